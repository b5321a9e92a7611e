//! The limit: the time to decompress exactly the pages that an ideal plan of the seed rule touches.
//!
//! An ideal plan reads all pages of the columns that filter, which are those that a file's profile maps to `process`, and of all
//! other columns that the rule needs, to decide or to return, only the pages with a row that the rule returns. Which rows
//! those are is known from the truth beside the archive. Where such a page has dictionary codes, the dictionary is read with it.
//!
//! Opening files, footers, page headers and choosing pages is start-up ([`Plan::new`]). What counts as the limit is
//! [`Plan::run`]: pages are read into one buffer and decompressed into another, both of them used again, with the fastest
//! codec call, and nothing is done with them.

mod header;

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader};
use retrohunt_columnar::{DataFile, OpenOptions};
use retrohunt_profile::{FieldMap, FieldSource};

use crate::archive::Archive;
use crate::rules::Hunt;
use crate::{Error, truth};
use header::PageHeader;

/// Bytes read for a page header; longer ones (statistics of long texts) are read again.
const HEADER_WINDOW: usize = 512;

/// One page to decompress.
#[derive(Clone, Copy, Debug)]
struct Page {
    /// Offset in the file, after header and uncompressed levels.
    offset: u64,
    /// Bytes in the file.
    compressed: usize,
    /// Bytes once decompressed.
    uncompressed: usize,
    /// Compressed with zstd, otherwise not at all.
    zstd: bool,
}

/// The pages of one row group.
struct Unit {
    /// Number of the file.
    file: usize,
    /// Its pages, column by column.
    pages: Vec<Page>,
}

/// What was decompressed, or is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Number of pages.
    pub pages: u64,
    /// Their bytes in the files.
    pub compressed: u64,
    /// Their bytes once decompressed.
    pub uncompressed: u64,
}

impl std::ops::AddAssign for Volume {
    fn add_assign(&mut self, other: Self) {
        self.pages += other.pages;
        self.compressed += other.compressed;
        self.uncompressed += other.uncompressed;
    }
}

/// The pages of an ideal plan for an archive.
pub struct Plan {
    /// The files.
    files: Vec<File>,
    /// Their row groups.
    units: Vec<Unit>,
    /// Pages of the columns that filter.
    pub filtering: Volume,
    /// Pages of the other columns.
    pub others: Volume,
    /// Rows of the archive.
    pub rows: u64,
}

/// The columns of a schema that a plan reads, by index.
struct Columns {
    /// Those that filter.
    filtering: BTreeSet<usize>,
    /// The others.
    others: BTreeSet<usize>,
}

impl Plan {
    /// Returns the pages that an ideal plan of the rule touches; `hunt` has that one rule, and `archive` its truth.
    ///
    /// # Errors
    ///
    /// If the archive is not one of Parquet files with flat columns, plain or in zstd, or has no truth.
    pub fn new(hunt: &Hunt, archive: &Archive) -> Result<Self, Error> {
        let hits = truth::hit_rows(&archive.path)?;
        let mut plan = Self {
            files: Vec::new(),
            units: Vec::new(),
            filtering: Volume::default(),
            others: Volume::default(),
            rows: 0,
        };
        for path in &archive.files {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            plan.add(hunt, path, hits.get(name).unwrap_or(&BTreeSet::new()))?;
        }
        Ok(plan)
    }

    /// Adds the file at `path`, in which the rule returns `hits`.
    fn add(&mut self, hunt: &Hunt, path: &Path, hits: &BTreeSet<u64>) -> Result<(), Error> {
        let columns = columns(hunt, path)?;
        let file = File::open(path)?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        let mut first = 0;
        for group in metadata.row_groups() {
            let rows = u64::try_from(group.num_rows())?;
            let hits: Vec<u64> = hits.range(first..first + rows).map(|row| row - first).collect();
            let mut unit = Unit { file: self.files.len(), pages: Vec::new() };
            for (column, chunk) in group.columns().iter().enumerate() {
                if columns.filtering.contains(&column) {
                    self.filtering += unit.add(&pages(&file, chunk, rows)?, |_| true);
                } else if columns.others.contains(&column) && !hits.is_empty() {
                    let has_hit = |rows: &std::ops::Range<u64>| {
                        let at = hits.partition_point(|row| *row < rows.start);
                        hits.get(at).is_some_and(|row| rows.contains(row))
                    };
                    self.others += unit.add(&pages(&file, chunk, rows)?, has_hit);
                }
            }
            self.units.push(unit);
            first += rows;
        }
        self.rows += first;
        self.files.push(file);
        Ok(())
    }

    /// Decompresses the pages on `threads` threads, a row group at a time, and returns how much that was.
    ///
    /// # Errors
    ///
    /// If a page cannot be read or decompressed to the size that its header states.
    pub fn run(&self, threads: usize) -> Result<Volume, Error> {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(|| self.work(&next))).collect();
            let mut total = Volume::default();
            for worker in workers {
                total += worker.join().map_err(|_| "a thread ended early")??;
            }
            Ok(total)
        })
    }

    /// One thread's part of the row groups.
    fn work(&self, next: &AtomicUsize) -> Result<Volume, Error> {
        let mut zstd = zstd::bulk::Decompressor::new()?;
        let (mut raw, mut out) = (Vec::new(), Vec::new());
        let mut total = Volume::default();
        while let Some(unit) = self.units.get(next.fetch_add(1, Ordering::Relaxed)) {
            for page in &unit.pages {
                if raw.len() < page.compressed {
                    raw.resize(page.compressed, 0);
                }
                let raw = &mut raw[..page.compressed];
                self.files[unit.file].read_exact_at(raw, page.offset)?;
                let bytes = if page.zstd && page.uncompressed > 0 {
                    out.clear();
                    out.reserve(page.uncompressed);
                    zstd.decompress_to_buffer(raw, &mut out)?
                } else {
                    raw.len()
                };
                if bytes != page.uncompressed {
                    return Err("a page does not decompress to the size in its header".into());
                }
                total += page.volume();
            }
        }
        Ok(total)
    }
}

impl Page {
    /// Returns the page as a volume.
    fn volume(self) -> Volume {
        Volume { pages: 1, compressed: self.compressed as u64, uncompressed: self.uncompressed as u64 }
    }
}

impl Unit {
    /// Adds those of a column's pages that have a row that is wanted, with the dictionary where they have codes; returns how much.
    fn add(&mut self, pages: &ColumnPages, wanted: impl Fn(&std::ops::Range<u64>) -> bool) -> Volume {
        let mut volume = Volume::default();
        let mut codes = false;
        for (page, rows, coded) in &pages.data {
            if wanted(rows) {
                codes |= coded;
                volume += page.volume();
                self.pages.push(*page);
            }
        }
        if let Some(dictionary) = pages.dictionary.filter(|_| codes) {
            volume += dictionary.volume();
            self.pages.push(dictionary);
        }
        volume
    }
}

/// The pages of one column chunk.
#[derive(Default)]
struct ColumnPages {
    /// The dictionary.
    dictionary: Option<Page>,
    /// Pages with rows: the rows, within the row group, and whether they are codes.
    data: Vec<(Page, std::ops::Range<u64>, bool)>,
}

/// Returns the pages of a column chunk of `rows` rows.
fn pages(file: &File, chunk: &ColumnChunkMetaData, rows: u64) -> Result<ColumnPages, Error> {
    if chunk.column_descr().max_rep_level() > 0 {
        return Err(format!("{}: lists have no limit yet", chunk.column_path()).into());
    }
    let zstd = match chunk.compression() {
        Compression::UNCOMPRESSED => false,
        Compression::ZSTD(_) => true,
        codec => return Err(format!("{}: {codec} has no limit yet", chunk.column_path()).into()),
    };
    let (start, length) = chunk.byte_range();
    let (mut at, end, mut row) = (start, start + length, 0);
    let mut pages = ColumnPages::default();
    while row < rows && at < end {
        let header = read_header(file, at, end)?;
        let page = Page {
            offset: at + (header.bytes + header.levels) as u64,
            compressed: header.compressed - header.levels,
            uncompressed: header.uncompressed - header.levels,
            zstd,
        };
        match header.kind {
            2 => pages.dictionary = Some(page),
            0 | 3 => {
                pages.data.push((page, row..row + header.values, header.is_dictionary_coded()));
                row += header.values;
            }
            _ => {}
        }
        at += (header.bytes + header.compressed) as u64;
    }
    if row == rows { Ok(pages) } else { Err(format!("{}: pages have {row} rows", chunk.column_path()).into()) }
}

/// Returns the header of the page at `at` in a column chunk that ends at `end`.
fn read_header(file: &File, at: u64, end: u64) -> Result<PageHeader, Error> {
    let left = usize::try_from(end - at)?;
    let mut window = vec![0; HEADER_WINDOW.min(left)];
    loop {
        file.read_exact_at(&mut window, at)?;
        match PageHeader::parse(&window) {
            Err(_) if window.len() < left => window.resize((window.len() * 8).min(left), 0),
            parsed => return parsed,
        }
    }
}

/// Returns the columns of the file at `path` that an ideal plan of the rule reads.
///
/// The seed rule's terms and comparisons need no columns of their own: `process` itself and the class of the row, which says whether
/// there is a `process`, decide them.
fn columns(hunt: &Hunt, path: &Path) -> Result<Columns, Error> {
    let file = DataFile::open(path, &OpenOptions::default())?;
    let (map, _) = retrohunt_engine::schedule::field_map(file.columns(), &hunt.profiles, &[]);
    let body = hunt.program.body(0).ok_or("there is no rule that runs")?;
    let process = map.resolve("process");
    let filtering: BTreeSet<usize> = process.columns().into_iter().collect();
    let mut others: BTreeSet<usize> = map.time().columns.first().map(|time| time.column).into_iter().collect();
    for field in map.fields() {
        if field.name != "_time" && body.needs.selects(&field.name) {
            of_field(&map.resolve(&field.name), &map, &mut others);
        }
    }
    of_field(&process, &map, &mut others);
    others.retain(|column| !filtering.contains(column));
    Ok(Columns { filtering, others })
}

/// Adds the columns that a field's values come from, and those that say which of its cases holds.
fn of_field(source: &FieldSource, map: &FieldMap, columns: &mut BTreeSet<usize>) {
    columns.extend(source.columns());
    for class in source.cases.iter().filter_map(|case| map.class(case.class?)) {
        columns.extend(class.selector.columns());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn the_plan_has_all_pages_of_process_and_some_of_the_others() {
        let directory = tempfile::tempdir().unwrap();
        let archive = Archive::synthetic(directory.path(), 20_000, false).unwrap();
        let hunt = Hunt::new(&[rules::seed().unwrap()]).unwrap();
        let plan = Plan::new(&hunt, &archive).unwrap();
        assert_eq!((plan.rows, plan.files.len()), (20_000, 5));
        let mut expected = plan.filtering;
        expected += plan.others;
        assert!(plan.filtering.pages > 0 && plan.others.pages > 0);
        for threads in [1, 3] {
            assert_eq!(plan.run(threads).unwrap(), expected);
        }
    }

    #[test]
    fn a_column_chunk_is_its_pages_and_their_headers() {
        let directory = tempfile::tempdir().unwrap();
        let archive = Archive::synthetic(directory.path(), 5_000, false).unwrap();
        for path in &archive.files {
            let file = File::open(path).unwrap();
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
            for group in metadata.row_groups() {
                for chunk in group.columns() {
                    let found = pages(&file, chunk, u64::try_from(group.num_rows()).unwrap()).unwrap();
                    let all = found.data.iter().map(|(page, ..)| page).chain(&found.dictionary);
                    let sizes: Vec<(u64, u64)> = all.map(|p| (p.compressed as u64, p.uncompressed as u64)).collect();
                    let total = sizes.iter().fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1));
                    let stated =
                        [chunk.compressed_size(), chunk.uncompressed_size()].map(|s| u64::try_from(s).unwrap());
                    // Both sizes of the chunk count the headers.
                    assert_eq!(stated[0] - total.0, stated[1] - total.1, "{}", chunk.column_path());
                    assert!(stated[0] > total.0 && stated[0] - total.0 < 300 * sizes.len() as u64);
                }
            }
        }
    }

    #[test]
    fn without_a_result_only_columns_that_filter_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let archive = Archive::synthetic(directory.path(), 5_000, false).unwrap();
        std::fs::write(archive.path.join(retrohunt_synth::TRUTH_ROWS_FILE), "").unwrap();
        let hunt = Hunt::new(&[rules::seed().unwrap()]).unwrap();
        let plan = Plan::new(&hunt, &archive).unwrap();
        assert!(plan.filtering.pages > 0);
        assert_eq!(plan.others, Volume::default());
    }
}
