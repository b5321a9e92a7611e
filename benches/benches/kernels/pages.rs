//! Searching pages undecoded, against decoding the column and searching the values.

use std::collections::BTreeSet;
use std::hint::black_box;

use arrow_array::Array as _;
use arrow_array::cast::AsArray as _;
use criterion::{Criterion, Throughput};
use retrohunt_benches::Error;
use retrohunt_benches::archive::Archive;
use retrohunt_columnar::{ColumnId, DataFile, OpenOptions};
use retrohunt_engine::Profiles;
use retrohunt_prefilter::{Needle, Options, Searcher};

use crate::needles::NEEDLES_IN_PAGES;

/// One column of command lines.
pub(crate) struct CommandLines {
    /// The file that has it.
    file: DataFile,
    /// Which it is.
    column: ColumnId,
}

/// Returns the columns that profiles map to `process`, of all files of an archive.
pub(crate) fn process_columns(archive: &Archive) -> Result<Vec<CommandLines>, Error> {
    let profiles = Profiles::Choose(retrohunt_profile::shipped()?);
    let mut columns = Vec::new();
    for path in &archive.files {
        let file = DataFile::open(path, &OpenOptions::default())?;
        let (map, _) = retrohunt_engine::schedule::field_map(file.columns(), &profiles, &[]);
        let column = *map.resolve("process").columns().first().ok_or("a file has no column for `process`")?;
        columns.push(CommandLines { file, column: ColumnId(u32::try_from(column)?) });
    }
    Ok(columns)
}

/// Returns command lines of all columns in turn, each after its length, as in a page: at least `bytes` bytes, if there are as many.
pub(crate) fn haystack(columns: &[CommandLines], bytes: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(bytes + (1 << 16));
    for lines in columns {
        let part = out.len() + bytes / columns.len();
        for group in 0..lines.file.row_groups() {
            let array = lines.file.read(group, &[lines.column], None)?;
            for line in array[0].as_string::<i32>().iter().flatten() {
                if out.len() < part {
                    out.extend_from_slice(&u32::try_from(line.len())?.to_le_bytes());
                    out.extend_from_slice(line.as_bytes());
                }
            }
        }
    }
    Ok(out)
}

/// Returns the number of rows in which a needle occurs, over all needles, by searching pages; and the bytes searched.
fn search(columns: &[CommandLines], searcher: &Searcher, needles: usize) -> Result<(u64, u64), Error> {
    let (mut total, mut bytes) = (0, 0);
    let (mut hits, mut offsets, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for lines in columns {
        for group in 0..lines.file.row_groups() {
            let mut found = vec![BTreeSet::new(); needles];
            let mut cursor = lines.file.pages(group, lines.column)?.ok_or("the column has no pages to search")?;
            while let Some(mut page) = cursor.next()? {
                hits.clear();
                searcher.search(page.haystack(), &mut hits);
                bytes += page.haystack().len() as u64;
                offsets.clear();
                offsets.extend(hits.iter().map(|hit: &retrohunt_prefilter::Hit| (hit.offset, hit.needle.0)));
                rows.clear();
                page.rows_of(&offsets, &mut rows)?;
                for row in &rows {
                    found[row.tag as usize].insert(row.row);
                }
            }
            total += found.iter().map(|rows| rows.len() as u64).sum::<u64>();
        }
    }
    Ok((total, bytes))
}

/// The same number, by decoding the column and looking for each needle in each value.
fn decode(columns: &[CommandLines], needles: &[&str]) -> Result<u64, Error> {
    let mut total = 0;
    for lines in columns {
        for group in 0..lines.file.row_groups() {
            let array = lines.file.read(group, &[lines.column], None)?;
            for line in array[0].as_string::<i32>().iter().flatten() {
                let line = line.to_ascii_lowercase();
                total += needles.iter().filter(|needle| line.contains(*needle)).count() as u64;
            }
        }
    }
    Ok(total)
}

/// Measures the search of pages, and for comparison the decoding of the column alone.
pub(crate) fn measure(criterion: &mut Criterion, columns: &[CommandLines]) -> Result<(), Error> {
    let needles: Vec<Needle> = NEEDLES_IN_PAGES.iter().map(|needle| Needle::folded(*needle)).collect();
    let searcher = Searcher::new(&needles, &Options::default())?;
    let expected = decode(columns, &NEEDLES_IN_PAGES)?;
    let (found, bytes) = search(columns, &searcher, needles.len())?;
    // A hit may span two values; with these needles, none of which can begin or end in a length, it cannot.
    assert_eq!(found, expected, "page search found {found} rows, expected {expected}");
    assert!(expected > 0, "no needle occurs, so nothing is checked");
    let rows: u64 = columns.iter().map(|lines| lines.file.rows()).sum();
    let mut group = criterion.benchmark_group("pages");
    group.sample_size(20);
    group.throughput(Throughput::ElementsAndBytes { elements: rows, bytes });
    group.bench_function("search", |bencher| {
        bencher.iter(|| {
            let found = search(columns, &searcher, needles.len()).ok();
            assert_eq!(found.map(|found| found.0), Some(expected), "wrong number of rows");
            found
        });
    });
    group.bench_function("decode-only", |bencher| bencher.iter(|| black_box(decoded_rows(columns).ok())));
    group.finish();
    Ok(())
}

/// Decodes the columns and returns the number of values.
fn decoded_rows(columns: &[CommandLines]) -> Result<usize, Error> {
    let mut rows = 0;
    for lines in columns {
        for group in 0..lines.file.row_groups() {
            rows += lines.file.read(group, &[lines.column], None)?[0].len();
        }
    }
    Ok(rows)
}
