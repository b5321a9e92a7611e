//! What a planted row's columns are called in a rule: each vendor's fields, as its shipped profile names them.
//!
//! This is a second, much smaller statement of the mapping, so that the truth does not come from the code under test. A
//! field that the seed rule does not ask for is not listed.

use crate::row::{Column, Row};
use std::collections::BTreeMap;

/// A field's texts in one row: more than one for a multivalue.
pub(crate) type Texts = Vec<String>;

/// Where a field's texts come from. Names are those of columns.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// The column.
    Column(&'static str),
    /// The last part of the path in the first of the columns that is neither missing nor `-`.
    BaseName(&'static [&'static str]),
    /// What follows the last backslash in the column, or all of it.
    Account(&'static str),
    /// The name of the integrity level whose number ends the text of the column.
    Integrity(&'static str),
    /// The first of the columns that is neither missing nor `-`.
    First(&'static [&'static str]),
    /// All of the columns that are not missing.
    All(&'static [&'static str]),
    /// The folder in the first column with the file name of the second, unless it ends with it already.
    Path(&'static str, &'static str),
}

/// A field's name and where its texts come from.
pub(crate) type Field = (&'static str, Source);

/// Returns the fields of `row` that the seed rule prints, by name: those of `fields`, and native columns whose names the
/// rule's patterns match and no field hides. Missing ones are left out.
pub(crate) fn fields(columns: &[Column], fields: &[Field], row: &Row) -> BTreeMap<&'static str, Texts> {
    let mut result = BTreeMap::new();
    for column in columns {
        let asked = column.name.starts_with("process_") || column.name.starts_with("parent_process_");
        if asked && let Some(text) = column_text(columns, column.name, row) {
            result.insert(column.name, vec![text]);
        }
    }
    for &(name, source) in fields {
        let texts = evaluate(source, columns, row);
        if texts.is_empty() {
            result.remove(name)
        } else {
            result.insert(name, texts)
        };
    }
    result
}

/// Returns the texts of `source` in `row`; none when it is missing.
fn evaluate(source: Source, columns: &[Column], row: &Row) -> Texts {
    let text = |name: &str| column_text(columns, name, row);
    let first = |names: &[&str]| names.iter().filter_map(|&name| text(name)).find(|text| text != "-");
    let found = match source {
        Source::Column(name) => text(name),
        Source::BaseName(names) => first(names).map(|path| base_name(&path).to_owned()).filter(|name| !name.is_empty()),
        Source::Account(name) => text(name).map(|account| account.rsplit('\\').next().unwrap_or(&account).to_owned()),
        Source::Integrity(name) => text(name).map(|level| integrity(&level).to_owned()),
        Source::First(names) => first(names),
        Source::All(names) => return names.iter().filter_map(|&name| text(name)).collect(),
        Source::Path(folder, name) => match (text(folder), text(name)) {
            (Some(folder), Some(name)) if !folder.to_lowercase().ends_with(&name.to_lowercase()) => {
                Some(format!("{folder}\\{name}"))
            }
            (folder, name) => folder.or(name),
        },
    };
    found.into_iter().collect()
}

/// Returns the name of the integrity level whose number ends `level`; `level` itself for other numbers.
fn integrity(level: &str) -> &str {
    match level.rsplit('-').next() {
        Some("0") => "Untrusted",
        Some("4096") => "Low",
        Some("8192") => "Medium",
        Some("8448") => "Medium_Plus",
        Some("12288") => "High",
        Some("16384") => "System",
        Some("20480") => "Protected",
        _ => level,
    }
}

/// Returns the text of the column `name` in `row`; none when there is none or it is null or empty.
fn column_text(columns: &[Column], name: &str, row: &Row) -> Option<String> {
    let index = columns.iter().position(|column| column.name == name)?;
    let mut text = String::new();
    row.write_text(index, &mut text).then_some(text)
}

/// Returns what follows the last backslash or slash of `path`.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::{int, text};

    #[test]
    fn a_mapped_name_hides_the_native_column_also_when_it_is_missing() {
        let columns = [text("process_name"), text("process_x"), text("other"), int("parent_process_n"), text("path")];
        let mut row = Row::default();
        row.text("native");
        row.text("kept");
        row.text("not asked for");
        row.int(7);
        row.null();
        let found = fields(&columns, &[("process_name", Source::BaseName(&["path"]))], &row);
        let expected = [("parent_process_n", vec!["7".to_owned()]), ("process_x", vec!["kept".to_owned()])];
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_source_reads_its_columns() {
        let columns = [text("a"), text("b"), text("c"), text("folder"), text("name")];
        let mut row = Row::default();
        row.text("-");
        row.text(r"DOM\anna");
        row.text("S-1-16-12288");
        row.text(r"C:\Tools");
        row.text("x.exe");
        let one = |source| evaluate(source, &columns, &row).join("|");
        assert_eq!(one(Source::First(&["a", "b"])), r"DOM\anna");
        assert_eq!(one(Source::Account("b")), "anna");
        assert_eq!(one(Source::BaseName(&["a", "b"])), "anna");
        assert_eq!(one(Source::Integrity("c")), "High");
        assert_eq!(one(Source::Integrity("b")), r"DOM\anna");
        assert_eq!(one(Source::Column("missing")), "");
        assert_eq!(one(Source::All(&["a", "missing", "name"])), "-|x.exe");
        assert_eq!(one(Source::Path("folder", "name")), r"C:\Tools\x.exe");
        assert_eq!(one(Source::Path("folder", "missing")), r"C:\Tools");
        assert_eq!(one(Source::Path("name", "name")), "x.exe");
    }
}
