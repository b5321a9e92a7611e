//! `foreach` (§5.28): its template with the placeholders filled in, once a field or once a value, read and run as commands.

use retrohunt_spl::commands::filled_template;
use retrohunt_spl::plan::{ForeachCommand, ForeachMode, Plan};
use serde_json::Value;

use super::super::expression::json_text;
use super::super::row::{Row, RowSet};
use super::super::run::Refusal;
use super::super::value::{has_numeric_form, texts};
use super::Runs;
use super::assign::captures;

/// Runs the template for each field on all rows, or for each value of a field on its row.
pub(super) fn foreach(mut rows: RowSet, command: &ForeachCommand, runs: &dyn Runs) -> Result<RowSet, Refusal> {
    if command.mode == ForeachMode::MultiField {
        for texts in fields(&rows, command) {
            rows = run(&fill(&command.template, &texts), rows, runs)?;
        }
        return Ok(rows);
    }
    let name = command.fields.first().and_then(|field| field.glob.literal()).unwrap_or_default();
    let mut done = RowSet { columns: rows.columns.clone(), rows: Vec::new() };
    for row in rows.rows {
        let mut one = RowSet { columns: done.columns.clone(), rows: vec![row.clone()] };
        for (index, item) in items(&row, name, command.mode).into_iter().enumerate() {
            let texts = [
                (command.item_text.clone(), value(&item), item),
                (command.iter_text.clone(), index.to_string(), index.to_string()),
                (command.field_text.clone(), name.to_owned(), name.to_owned()),
            ];
            one = run(&fill(&command.template, &texts), one, runs)?;
        }
        for column in one.columns {
            done.add_column(&column.name, column.named);
        }
        done.rows.extend(one.rows);
    }
    done.changed();
    Ok(done)
}

/// A placeholder, what stands for it, and what stands for it inside double quotes, before `"` and `\` are escaped.
type Filling = (String, String, String);

/// The fillings for each field of the list; patterns stand for the fields that have values, in their order.
fn fields(rows: &RowSet, command: &ForeachCommand) -> Vec<Vec<Filling>> {
    let mut names: Vec<(String, Vec<String>)> = Vec::new();
    for pattern in &command.fields {
        let found: Vec<(String, Vec<String>)> = match pattern.glob.literal() {
            Some(name) => vec![(name.to_owned(), Vec::new())],
            None => {
                let filled = |name: &str| rows.rows.iter().any(|row| !row.get(name).is_empty());
                let present = rows.columns.iter().map(|column| column.name.clone());
                let selected = present.filter(|name| pattern.selects(name) && filled(name));
                selected.map(|name| (name.clone(), captures(pattern, &name))).collect()
            }
        };
        for (name, found) in found {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, found));
            }
        }
    }
    let one = |(name, found): (String, Vec<String>)| {
        let same = |placeholder: &str, text: String| (placeholder.to_owned(), text.clone(), text);
        let mut texts = vec![same(&command.field_text, name), same(&command.match_text, found.concat())];
        for (at, placeholder) in command.segment_texts.iter().enumerate() {
            texts.push(same(placeholder, found.get(at).cloned().unwrap_or_default()));
        }
        texts
    };
    names.into_iter().map(one).collect()
}

/// The values to go through.
fn items(row: &Row, name: &str, mode: ForeachMode) -> Vec<String> {
    let values = texts(row.get(name));
    let array = || match values.as_slice() {
        [one] => match serde_json::from_str(one) {
            Ok(Value::Array(elements)) => Some(elements.iter().filter_map(json_text).collect::<Vec<String>>()),
            _ => None,
        },
        _ => None,
    };
    match mode {
        ForeachMode::JsonArray => array().unwrap_or_default(),
        ForeachMode::AutoCollections => array().unwrap_or_else(|| values.clone()),
        ForeachMode::MultiValue | ForeachMode::MultiField => values.clone(),
    }
}

/// A value outside quotes: a number as it is, another text in quotes.
fn value(text: &str) -> String {
    if has_numeric_form(text) { text.to_owned() } else { format!("\"{}\"", escaped(text)) }
}

/// A text inside double quotes.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The template with its placeholders filled in.
fn fill(template: &str, texts: &[Filling]) -> String {
    let (mut out, mut rest, mut quoted) = (String::new(), template, false);
    while let Some(next) = rest.chars().next() {
        if let Some((placeholder, bare, inside)) = texts.iter().find(|(placeholder, ..)| rest.starts_with(placeholder))
        {
            out.push_str(&if quoted { escaped(inside) } else { bare.clone() });
            rest = &rest[placeholder.len()..];
            continue;
        }
        let mut length = next.len_utf8();
        if next == '\\' {
            length += rest[length..].chars().next().map_or(0, char::len_utf8);
        }
        quoted ^= next == '"';
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// Reads commands and runs them.
fn run(text: &str, rows: RowSet, runs: &dyn Runs) -> Result<RowSet, Refusal> {
    let (steps, _) = filled_template(text);
    let steps = steps.ok_or_else(|| Refusal { kind: "foreach", text: text.to_owned() })?;
    runs.commands(&Plan { steps }, rows)
}
