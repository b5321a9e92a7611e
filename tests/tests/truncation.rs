//! Files that get shorter while they are read, as by a collector that rotates them: the process lives, and the outcome is whole and
//! right, or says which part is missing and is right about the others.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's own functions")]

use std::collections::BTreeSet;
use std::fs::{self, File as DiskFile};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use retrohunt_engine::{Observer, Outcome, Program, ScanOptions, Silent};
use retrohunt_tests::harness::{Dictionary, Format, Layout, Parquet, Texts, compile, output, profiles, write_file};
use retrohunt_tests::reference::archive::{Cell, Column, ColumnKind, File};
use retrohunt_tests::reference::output::OutCell;
use retrohunt_tests::reference::settings::Settings;

/// Rows of the file.
const ROWS: usize = 12_000;

/// Rows of a row group.
const GROUP: usize = 1_000;

/// A sequence of numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    /// Returns the next number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}

/// Rows with their number as `id`, long texts that no two rows share, and a needle in every seventh.
fn rows() -> File {
    let mut dice = Dice(3);
    let columns = [("id", ColumnKind::Int), ("a", ColumnKind::Text), ("b", ColumnKind::Text)];
    let mut text = |row: usize| {
        let words: Vec<String> = (0..6).map(|_| format!("{:016x}", dice.below(u64::MAX))).collect();
        format!(
            "{} {} {}",
            words[..3].join("-"),
            if row.is_multiple_of(7) { "needle" } else { "straw" },
            words[3..].join("-")
        )
    };
    let row = |row: usize| vec![Cell::Int(row as i64), Cell::Text(text(row)), Cell::Text(text(row + 3))];
    File {
        name: "f".to_owned(),
        columns: columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect(),
        rows: (0..ROWS).map(row).collect(),
        mapping: None,
    }
}

/// Does the row of this number hold the needle?
fn hit(row: usize) -> bool {
    row.is_multiple_of(7) || (row + 3).is_multiple_of(7)
}

/// The rules: rows by a search, by a decoded value, and a count of all.
fn program() -> Program {
    compile(
        &["needle | table id", "id>=0 b=*needle* OR needle | table id", "* | stats count, sum(id) as sum"],
        &[],
        &Settings::default(),
        false,
    )
    .unwrap()
}

/// Shortens the file when so many row groups are done.
struct Shorten<'a> {
    path: &'a Path,
    length: u64,
    /// Row groups still to be done before.
    left: AtomicUsize,
}

impl Observer for Shorten<'_> {
    fn progress(&self, _bytes: u64, _rows: u64) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            shorten(self.path, self.length);
        }
    }
}

/// Sets the length of a file.
fn shorten(path: &Path, length: u64) {
    DiskFile::options().write(true).open(path).unwrap().set_len(length).unwrap();
}

/// Checks that what was not read is named and what was read is right; says whether the outcome is whole.
fn check(outcome: &Outcome) -> Result<bool, String> {
    let input = &outcome.inputs[0];
    let failed: BTreeSet<usize> = input.failed.iter().map(|(group, _)| *group).collect();
    let read = |row: &usize| input.error.is_none() && !failed.contains(&(row / GROUP));
    if outcome.complete() != (input.error.is_none() && failed.is_empty()) {
        return Err(format!("incomplete without a place: {outcome:?}"));
    }
    let rows: Vec<String> = (0..ROWS).filter(read).map(|row| row.to_string()).collect();
    let hits: Vec<String> = (0..ROWS).filter(read).filter(|row| hit(*row)).map(|row| row.to_string()).collect();
    for rule in 0..2 {
        let found: Vec<String> = output(&outcome.rules[rule].table)
            .rows
            .into_iter()
            .map(|row| match &row[0] {
                OutCell::Number(text) => text.clone(),
                other => format!("{other:?}"),
            })
            .collect();
        if found != hits {
            return Err(format!("rule {rule}: {} rows, {} expected; failed {failed:?}", found.len(), hits.len()));
        }
    }
    let sum: usize = (0..ROWS).filter(read).sum();
    let counts = output(&outcome.rules[2].table).ndjson();
    let wanted = if rows.is_empty() {
        "{\"count\":0}".to_owned()
    } else {
        format!("{{\"count\":{},\"sum\":{sum}}}", rows.len())
    };
    if counts != [wanted.clone()] {
        return Err(format!("{counts:?}, expected {wanted}; failed {failed:?}"));
    }
    Ok(outcome.complete())
}

/// Scans copies of a file that are shortened at many moments.
fn run(name: &str, layout: &Layout) {
    let folder = tempfile::tempdir().unwrap();
    let (whole, copy) = (folder.path().join("whole"), folder.path().join(name));
    write_file(&rows(), layout, &whole).unwrap();
    let (program, profiles, bytes) = (program(), profiles("cim").unwrap(), whole.metadata().unwrap().len());
    let scan = |observer: &dyn Observer, options: &ScanOptions| {
        retrohunt_engine::scan(&program, std::slice::from_ref::<PathBuf>(&copy), &profiles, options, observer)
    };
    fs::copy(&whole, &copy).unwrap();
    let start = Instant::now();
    assert_eq!(check(&scan(&Silent, &ScanOptions::default())), Ok(true), "{name}, as it is");
    let duration = start.elapsed();
    let mut dice = Dice(11);
    let mut incomplete = 0;
    for round in 0..60 {
        fs::copy(&whole, &copy).unwrap();
        let options = ScanOptions {
            threads: if round % 3 == 0 { 1 } else { 3 },
            plain: round % 5 == 0,
            mmap: round % 4 != 0,
            ..ScanOptions::default()
        };
        let length = dice.below(bytes);
        let outcome = if round % 2 == 0 {
            let left = AtomicUsize::new(usize::try_from(1 + dice.below(4)).unwrap());
            scan(&Shorten { path: &copy, length, left }, &options)
        } else {
            let moment = Duration::from_nanos(dice.below(u64::try_from(duration.as_nanos()).unwrap()));
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(moment);
                    shorten(&copy, length);
                });
                scan(&Silent, &options)
            })
        };
        match check(&outcome) {
            Ok(whole) => incomplete += usize::from(!whole),
            Err(message) => panic!("{name}, round {round}, cut to {length} of {bytes} bytes, {options:?}: {message}"),
        }
    }
    // The first row groups were done before every second cut, the others mostly not.
    assert!(incomplete >= 10, "{name}: only {incomplete} of 60 scans noticed");
}

#[test]
fn a_parquet_file_gets_shorter() {
    let parquet = Parquet { group_rows: GROUP, dictionary: Dictionary::Off, ..Parquet::default() };
    run("plain.parquet", &Layout::parquet(parquet.clone()));
    run("zstd.parquet", &Layout::parquet(Parquet { zstd: true, dictionary: Dictionary::On, ..parquet }));
}

#[test]
fn an_arrow_file_gets_shorter() {
    let layout = |format| Layout { format, texts: Texts::Utf8, cut: None };
    run("plain.arrow", &layout(Format::ArrowFile { batch_rows: GROUP, zstd: false }));
    run("zstd.arrow", &layout(Format::ArrowFile { batch_rows: GROUP, zstd: true }));
    run("plain.arrows", &layout(Format::ArrowStream { batch_rows: GROUP, zstd: false }));
}
