//! Recorded events, where they are at hand: page search and decoding agree on them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking and say why they skip")]

use std::path::{Path, PathBuf};

use arrow_array::Array;
use arrow_array::cast::AsArray;
use retrohunt_columnar::{ColumnId, ColumnKind, DataFile, OpenOptions, PageKind, RowHit, input};
use roaring::RoaringBitmap;

/// The recordings, or `None` with a printed reason.
fn recordings() -> Option<Vec<PathBuf>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/windows-events");
    if !dir.exists() {
        println!("skipped: the recordings are not at ../shared/data/windows-events");
        return None;
    }
    let mut files = input::expand(&[dir]).unwrap().files;
    files.sort_by_key(|path| std::fs::metadata(path).map(|metadata| metadata.len()).unwrap_or(u64::MAX));
    Some(files)
}

/// Rows of `column` whose bytes hold `needle`, by pages.
fn rows_by_pages(file: &DataFile, group: usize, column: ColumnId, needle: &str) -> Option<RoaringBitmap> {
    let mut cursor = file.pages(group, column).unwrap()?;
    let mut found: Vec<RowHit> = Vec::new();
    while let Some(mut page) = cursor.next().unwrap() {
        let hay = page.haystack();
        let mut hits = Vec::new();
        let mut from = 0;
        while let Some(at) = hay[from..].windows(needle.len()).position(|window| window == needle.as_bytes()) {
            hits.push((u32::try_from(from + at).unwrap(), 0));
            from += at + 1;
        }
        if page.opaque() && page.kind() != PageKind::Dictionary {
            found.extend(page.rows().map(|row| RowHit { row, tag: 0 }));
        }
        page.rows_of(&hits, &mut found).unwrap();
    }
    Some(found.into_iter().map(|hit| hit.row).collect())
}

#[test]
fn page_search_finds_what_decoding_finds() {
    let Some(files) = recordings() else { return };
    let mut searched = 0;
    for path in files.iter().take(8) {
        let file = DataFile::open(path, &OpenOptions::default()).unwrap();
        let total: u64 = (0..file.row_groups()).map(|group| u64::from(file.row_group_rows(group))).sum();
        assert_eq!(total, file.rows());
        for group in 0..file.row_groups().min(2) {
            for (column, info) in (0..).map(ColumnId).zip(file.columns()) {
                if info.multivalue || info.kind != ColumnKind::Text {
                    continue;
                }
                let Some(found) = rows_by_pages(&file, group, column, "powershell") else { continue };
                let decoded = file.read(group, &[column], None).unwrap().remove(0);
                let decoded = decoded.as_string::<i32>();
                let want: RoaringBitmap = (0..)
                    .zip(decoded.iter())
                    .filter(|(_, value)| value.is_some_and(|value| value.contains("powershell")))
                    .map(|(row, _)| row)
                    .collect();
                assert!(want.is_subset(&found), "{} of {}", info.name, path.display());
                let some = file.read(group, &[column], Some(&want)).unwrap().remove(0);
                let some = some.as_string::<i32>();
                assert!(some.iter().all(|value| value.is_some_and(|value| value.contains("powershell"))));
                assert_eq!(some.len() as u64, want.len());
                searched += want.len();
            }
            file.release(group);
        }
    }
    assert!(searched > 0, "the recordings hold PowerShell");
}
