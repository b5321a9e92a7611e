//! Commands that bring row sets together (§5.20, §5.21), and the text of a subsearch's result (§5.27).

use retrohunt_spl::plan::{Command, FormatCommand, JoinCommand, Plan, ReturnItem};

use super::super::row::{Field, Row, RowSet};
use super::super::value::{Scalar, texts};

/// `append`: the other rows come last; columns are united.
pub(super) fn append(mut rows: RowSet, more: RowSet) -> RowSet {
    for column in &more.columns {
        rows.add_column(&column.name, column.named);
    }
    rows.rows.extend(more.rows);
    rows.changed();
    rows
}

/// `multisearch`: rows of all parts, newest first; ties in the order of the parts.
pub(super) fn merge(parts: Vec<RowSet>) -> RowSet {
    let mut all = RowSet::default();
    for part in parts {
        all = append(all, part);
    }
    let time = |row: &Row| match row.get("_time").first() {
        Some(Scalar::Time(micros)) => Some(*micros),
        _ => None,
    };
    all.rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
    all
}

/// Does a search look at one row at a time? Only commands that certainly do are listed.
pub(super) fn streams(plan: &Plan) -> bool {
    plan.steps.iter().all(|step| {
        matches!(
            step.command,
            Command::Search(_)
                | Command::Regex(_)
                | Command::Fields(_)
                | Command::Where(_)
                | Command::Eval(_)
                | Command::Rex(_)
                | Command::Rename(_)
                | Command::MakeMv(_)
                | Command::MvExpand { .. }
                | Command::Spath(_)
                | Command::Convert { .. }
                | Command::Foreach(_)
        )
    })
}

/// `appendcols`: row i of the subsearch beside row i.
pub(super) fn append_cols(mut rows: RowSet, more: &RowSet, overwrite: bool) -> RowSet {
    let columns: Vec<&Field> = more.columns.iter().filter(|column| !column.name.starts_with('_')).collect();
    for column in &columns {
        rows.add_column(&column.name, column.named);
    }
    for (at, other) in more.rows.iter().enumerate() {
        if at >= rows.rows.len() {
            rows.rows.push(Row::default());
        }
        for column in &columns {
            let values = other.get(&column.name);
            let mine = rows.rows[at].get(&column.name);
            if !values.is_empty() && (overwrite || mine.is_empty()) {
                rows.rows[at].set(&column.name, values.to_vec());
            }
        }
    }
    rows.changed();
    rows
}

/// `join` (§5.20).
pub(super) fn join(mut rows: RowSet, command: &JoinCommand, other: &RowSet) -> RowSet {
    let pairs: Vec<(String, String)> = if command.fields.is_empty() {
        let common = rows.columns.iter().filter(|column| other.columns.iter().any(|c| c.name == column.name));
        common.map(|c| (c.name.clone(), c.name.clone())).filter(|(name, _)| !name.starts_with('_')).collect()
    } else {
        command.fields.clone()
    };
    let named = |side: bool, name: &str| match &command.aliases {
        Some((left, right)) => format!("{}.{name}", if side { left } else { right }),
        None => name.to_owned(),
    };
    if command.aliases.is_some() {
        for column in &mut rows.columns {
            column.name = named(true, &column.name);
        }
        for row in &mut rows.rows {
            row.fields = std::mem::take(&mut row.fields)
                .into_iter()
                .map(|(name, values)| (named(true, &name), values))
                .collect();
        }
    }
    for column in &other.columns {
        rows.add_column(&named(false, &column.name), column.named);
    }
    let time = |row: &Row, name: &str| match row.get(name).first() {
        Some(Scalar::Time(micros)) => Some(*micros),
        _ => None,
    };
    let matches = |row: &Row, candidate: &Row| {
        let keys = pairs.iter().all(|(left, right)| {
            let (left, right) = (texts(row.get(&named(true, left))), texts(candidate.get(right)));
            !left.is_empty() && left == right
        });
        let timely = !command.use_time
            || match (time(row, &named(true, "_time")), time(candidate, "_time")) {
                (Some(own), Some(other)) if command.earlier => other <= own,
                (Some(own), Some(other)) => other >= own,
                _ => false,
            };
        keys && timely
    };
    let limit = if command.max == 0 { usize::MAX } else { usize::try_from(command.max).unwrap_or(usize::MAX) };
    let mut joined = Vec::new();
    for row in rows.rows.drain(..) {
        let found: Vec<&Row> = other.rows.iter().filter(|candidate| matches(&row, candidate)).take(limit).collect();
        if found.is_empty() && command.left {
            joined.push(row);
            continue;
        }
        for candidate in found {
            let mut row = row.clone();
            for (name, values) in &candidate.fields {
                let name = named(false, name);
                if !values.is_empty() && (command.overwrite || row.get(&name).is_empty()) {
                    row.set(&name, values.clone());
                }
            }
            joined.push(row);
        }
    }
    rows.rows = joined;
    rows.changed();
    rows
}

/// What a subsearch's rows are as the text of a condition, with the default strings (§5.27), or what it wrote itself (§1.6.4).
pub(in super::super) fn formatted(rows: &RowSet) -> String {
    if let ([column], [row]) = (rows.columns.as_slice(), rows.rows.as_slice())
        && ["search", "query"].contains(&column.name.as_str())
        && let [one] = row.get(&column.name)
    {
        return one.text();
    }
    let strings = ["(", "(", "AND", ")", "OR", ")"].map(str::to_owned);
    text(rows, &strings, "OR", 0, "NOT ()")
}

/// `format`: one row with the text in the field `search`.
pub(super) fn format(rows: &RowSet, command: &FormatCommand) -> RowSet {
    one_row(text(rows, &command.strings, &command.mv_sep, command.max_results, &command.empty))
}

/// `return`: the first rows as a condition.
pub(super) fn returned(rows: &RowSet, count: u64, items: &[ReturnItem]) -> RowSet {
    let row = |row: &Row| {
        let part = |item: &ReturnItem| {
            let (name, field) = match item {
                ReturnItem::Field(field) => (Some(field), field),
                ReturnItem::Alias(alias, field) => (Some(alias), field),
                ReturnItem::Value(field) => (None, field),
            };
            let value = row.get(field).first()?.text();
            Some(match name {
                Some(name) => format!("{name}=\"{}\"", escaped(&value)),
                None => value,
            })
        };
        items.iter().filter_map(part).collect::<Vec<_>>().join(" ")
    };
    let rows: Vec<String> = rows.rows.iter().take(usize::try_from(count).unwrap_or(usize::MAX)).map(row).collect();
    let values = items.iter().all(|item| matches!(item, ReturnItem::Value(_)));
    let text = match rows.as_slice() {
        [] => "NOT ()".to_owned(),
        rows if values => rows.join(" OR "),
        rows => rows.iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(" OR "),
    };
    one_row(text)
}

/// A row set of one row with a text in `search`.
fn one_row(text: String) -> RowSet {
    let mut rows =
        RowSet { columns: vec![Field { name: "search".to_owned(), named: true }], rows: vec![Row::default()] };
    rows.rows[0].set("search", vec![Scalar::Text(text)]);
    rows.changed();
    rows
}

/// A value inside quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The text of rows.
fn text(rows: &RowSet, strings: &[String; 6], mv_sep: &str, most: u64, empty: &str) -> String {
    let [row_open, column_open, and, column_close, or, row_close] = strings;
    let most = if most == 0 { usize::MAX } else { usize::try_from(most).unwrap_or(usize::MAX) };
    let row = |row: &Row| {
        let shown = rows.columns.iter().filter(|column| !column.name.starts_with('_'));
        let parts = shown.filter_map(|column| {
            let values = texts(row.get(&column.name));
            // A column of this name is raw search text (§1.6.4).
            if ["search", "query"].contains(&column.name.as_str()) {
                return values.into_iter().next();
            }
            match values.as_slice() {
                [] => None,
                [one] => Some(format!("{}=\"{}\"", column.name, escaped(one))),
                several => {
                    let parts: Vec<String> =
                        several.iter().map(|value| format!("{}=\"{}\"", column.name, escaped(value))).collect();
                    Some(format!("( {} )", parts.join(&format!(" {mv_sep} "))))
                }
            }
        });
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() {
            None
        } else {
            Some(format!("{column_open} {} {column_close}", parts.join(&format!(" {and} "))))
        }
    };
    let all: Vec<String> = rows.rows.iter().take(most).filter_map(row).collect();
    if all.is_empty() {
        return empty.to_owned();
    }
    format!("{row_open} {} {row_close}", all.join(&format!(" {or} ")))
}
