//! The parts that a scan spends its time in, each alone: needle search, page search, group-by. Results are checked.

mod groups;
mod needles;
mod pages;

use std::path::Path;

use criterion::Criterion;
use retrohunt_benches::archive::Archive;
use retrohunt_benches::{Error, once};

fn main() -> Result<(), Error> {
    let mut criterion = Criterion::default().configure_from_args();
    let sizes = if once() {
        Sizes { archive_rows: 20_000, haystack: 1 << 20, group_rows: 20_000 }
    } else {
        Sizes { archive_rows: 200_000, haystack: 16 << 20, group_rows: 1_000_000 }
    };
    let archive = Archive::synthetic(Path::new(env!("CARGO_TARGET_TMPDIR")), sizes.archive_rows, false)?;
    let columns = pages::process_columns(&archive)?;
    needles::measure(&mut criterion, &pages::haystack(&columns, sizes.haystack)?)?;
    pages::measure(&mut criterion, &columns)?;
    groups::measure(&mut criterion, sizes.group_rows)?;
    criterion.final_summary();
    Ok(())
}

/// How much is measured.
struct Sizes {
    /// Rows of the archive whose pages are searched.
    archive_rows: u64,
    /// Bytes in which needles are searched.
    haystack: usize,
    /// Rows that are grouped.
    group_rows: usize,
}
