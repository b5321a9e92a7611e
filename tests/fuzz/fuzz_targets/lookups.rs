//! Any text as a table and as its definition, parted by the first NUL: an error has a code, and every row is found by its own cells.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_enrich::Lookups;
use retrohunt_fuzz::Folder;

fuzz_target!(|input: &[u8]| {
    let part = input.iter().position(|byte| *byte == 0);
    let (csv, definition) = part.map_or((input, None), |at| (&input[..at], Some(&input[at + 1..])));
    let (toml, yaml) = definition
        .map_or((None, None), |text| if text.starts_with(b"[") { (Some(text), None) } else { (None, Some(text)) });
    let folder = Folder::of(&[("t.csv", Some(csv)), ("lookups.toml", toml), ("d.yml", yaml)]);
    let Ok((lookups, _)) = Lookups::load(folder.path()) else { return };
    for name in lookups.names() {
        let Some(table) = lookups.get(name) else { continue };
        let mut found = Vec::new();
        for column in 0..table.columns().len().min(4) {
            let matcher = table.matcher(&[column]);
            for row in 0..table.len().min(16) {
                let Some(cell) = table.cell(row, column) else { continue };
                found.clear();
                matcher.find(&[cell], &mut found);
                assert!(found.is_sorted(), "rows of {name} come in another order: {found:?}");
                assert!(found.iter().all(|row| usize::try_from(*row).is_ok_and(|row| row < table.len())));
            }
        }
    }
});
