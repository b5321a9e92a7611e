//! `map` (§5.28): a search for each row, with the row's values put into its text.

use retrohunt_spl::parse_subsearch;
use retrohunt_spl::plan::MapCommand;

use super::super::expression::World;
use super::super::row::{Row, RowSet};
use super::super::run::Refusal;
use super::super::value::texts;
use super::Runs;
use super::combine::append;

/// Returns the results of the runs, one after the other; rows beyond `maxsearches` have none.
pub(super) fn map(rows: &RowSet, command: &MapCommand, world: &World<'_>, runs: &dyn Runs) -> Result<RowSet, Refusal> {
    let most = usize::try_from(command.max_searches).unwrap_or(usize::MAX);
    if rows.rows.len() > most {
        world.warn("W-MAP-CUT");
    }
    let mut all = RowSet::default();
    for (index, row) in rows.rows.iter().take(most).enumerate() {
        // A search with a hole, or one that a value breaks, is not the search that the rule asks for: it is not run.
        let plan = filled(&command.template, row, index + 1).and_then(|text| parse_subsearch(&text).0);
        if let Some(plan) = plan {
            all = append(all, runs.plan(&plan)?);
        }
    }
    Ok(all)
}

/// The template with `$field$` replaced by the row's value and `$_serial_id$` by the number of the run, from 1. Inside quotes `"`
/// and `\` of a value are escaped. `None` if the row does not have a field of the template.
fn filled(template: &str, row: &Row, run: usize) -> Option<String> {
    let (mut out, mut rest, mut quoted) = (String::new(), template, false);
    while let Some(next) = rest.chars().next() {
        if let Some((name, after)) = placeholder(rest) {
            let value = if name == "_serial_id" { run.to_string() } else { texts(row.get(name)).join(" ") };
            if name != "_serial_id" && row.get(name).is_empty() {
                return None;
            }
            out.push_str(&if quoted { value.replace('\\', "\\\\").replace('"', "\\\"") } else { value });
            rest = after;
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
    Some(out)
}

/// The field name of `$name$` at the beginning of a text, and what follows; a `$` that no other one closes within a word is
/// itself.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('$')?;
    let end = inner.find(|c: char| c.is_whitespace() || "$\"|()[]=<>,".contains(c))?;
    let after = inner[end..].strip_prefix('$')?;
    (end > 0).then_some((&inner[..end], after))
}

#[cfg(test)]
mod tests {
    use super::super::super::value::Scalar;
    use super::*;

    #[test]
    fn values_are_escaped_inside_quotes_alone() {
        let mut row = Row::default();
        row.set("a", vec![Scalar::Text("x\"\\".to_owned())]);
        let text = filled("$a$ \"$a$\" $_serial_id$ 5$ |", &row, 2);
        assert_eq!(text.as_deref(), Some("x\"\\ \"x\\\"\\\\\" 2 5$ |"));
        assert_eq!(filled("$none$", &row, 1), None);
    }
}
