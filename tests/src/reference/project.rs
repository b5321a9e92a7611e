//! `table` and `fields` (§5.2).

use std::collections::BTreeSet;
use std::rc::Rc;

use retrohunt_spl::plan::{FieldPattern, FieldsCommand};

use super::row::{Field, RowSet};

/// Fields that `fields` keeps unless told otherwise (§5.2.5).
const INTERNAL: [&str; 2] = ["_time", "_raw"];

/// `table`: the listed fields in order, those that do not exist as empty columns (§5.2.1).
pub(super) fn table(rows: RowSet, list: &[FieldPattern]) -> RowSet {
    let columns = listed(&rows.columns, list, true);
    keep(rows, columns)
}

/// `fields`: the listed ones and the internal ones, or all but the listed ones (§5.2.5).
pub(super) fn fields(rows: RowSet, command: &FieldsCommand) -> RowSet {
    let columns = if command.remove {
        // A name with `_` goes only if named or by a pattern with `_` in front, which is how patterns select anyway (§1.7.4).
        let goes = |column: &Field| command.list.iter().any(|pattern| pattern.selects(&column.name));
        rows.columns.iter().filter(|column| !goes(column)).cloned().collect()
    } else {
        let mut columns = listed(&rows.columns, &command.list, false);
        let internal = rows.columns.iter().filter(|column| INTERNAL.contains(&column.name.as_str()));
        let missing: Vec<Field> =
            internal.filter(|c| !columns.iter().any(|kept| kept.name == c.name)).cloned().collect();
        columns.extend(missing);
        columns
    };
    keep(rows, columns)
}

/// Returns the columns of a field list; a pattern stands for its fields in code point order. `create` makes columns for unknown names.
fn listed(present: &[Field], list: &[FieldPattern], create: bool) -> Vec<Field> {
    let mut columns: Vec<Field> = Vec::new();
    for pattern in list {
        let exact = pattern.glob.literal();
        let mut names: Vec<String> = match exact {
            Some(name) if create || present.iter().any(|column| column.name == name) => vec![name.to_owned()],
            Some(_) => Vec::new(),
            None => present.iter().map(|c| c.name.clone()).filter(|name| pattern.selects(name)).collect(),
        };
        names.sort();
        for name in names {
            match columns.iter_mut().find(|column| column.name == name) {
                Some(column) => column.named |= exact.is_some(),
                None => columns.push(Field { name, named: exact.is_some() }),
            }
        }
    }
    columns
}

/// Returns the rows with only these columns; later terms look at what is left (§3.15).
fn keep(mut rows: RowSet, columns: Vec<Field>) -> RowSet {
    let known: Rc<BTreeSet<String>> = Rc::new(columns.iter().map(|column| column.name.clone()).collect());
    for row in &mut rows.rows {
        row.fields.retain(|name, _| known.contains(name));
        row.known = Rc::clone(&known);
        row.source = None;
    }
    rows.columns = columns;
    rows
}
