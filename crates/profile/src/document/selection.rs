//! Conditions of a class in TOML: `{ column = "EventID", is = 1 }`, `{ present = … }`, `{ any = […] }`, `{ all = […] }`, or a name.

use super::Conditions;
use super::reader::{Table, Value};
use crate::error::Error;
use crate::selector::{Clause, ClauseBody, Test};

/// Conditions may be nested this deep; deeper ones are mistakes.
const DEEPEST: usize = 12;

/// Reads a condition; a text names one of `conditions`.
pub(super) fn clause(value: &Value<'_>, conditions: &Conditions) -> Result<Clause, Error> {
    nested_clause(value, conditions, 0)
}

/// Reads a condition inside `depth` others.
fn nested_clause(value: &Value<'_>, conditions: &Conditions, depth: usize) -> Result<Clause, Error> {
    if depth > DEEPEST {
        return Err(value.invalid(format!("conditions are nested more than {DEEPEST} deep; write them flatter")));
    }
    if value.is_string() {
        let name = value.string()?;
        return conditions.get(&name).cloned().ok_or_else(|| {
            value.unknown_name("a condition of this profile", &name, conditions.keys().cloned().collect())
        });
    }
    let table = value.table()?;
    table.allow(&["column", "is", "by", "present", "any", "all", "optional"])?;
    let kinds: Vec<&str> =
        ["column", "present", "any", "all"].into_iter().filter(|key| table.get(key).is_some()).collect();
    let body = match kinds.as_slice() {
        ["column"] => ClauseBody::Test { column: table.need("column")?.string()?, test: test(&table)? },
        ["present"] => ClauseBody::Present(table.need("present")?.string()?),
        ["any"] => ClauseBody::Any(members(&table.need("any")?, conditions, depth)?),
        ["all"] => ClauseBody::All(members(&table.need("all")?, conditions, depth)?),
        _ => return Err(value.invalid("a condition needs one of `column`, `present`, `any` and `all`".to_owned())),
    };
    if kinds != ["column"] && (table.get("is").is_some() || table.get("by").is_some()) {
        return Err(value.invalid("`is` and `by` belong to `column`".to_owned()));
    }
    Ok(Clause { body, optional: table.bool_or("optional", false)? })
}

/// Reads the members of `any` or `all`.
fn members(value: &Value<'_>, conditions: &Conditions, depth: usize) -> Result<Vec<Clause>, Error> {
    let members = value.array()?;
    if members.is_empty() {
        return Err(value.invalid("an empty list of conditions; write some, or leave it out".to_owned()));
    }
    members.iter().map(|member| nested_clause(member, conditions, depth + 1)).collect()
}

/// Reads what a column's value must be.
fn test(table: &Table<'_>) -> Result<Test, Error> {
    let is = table.need("is")?;
    let wanted = if is.is_array() { is.array()? } else { vec![table.need("is")?] };
    if wanted.is_empty() {
        return Err(is.invalid("`is` is empty; nothing would be selected".to_owned()));
    }
    let by = table.string_or("by", "whole")?;
    if wanted.iter().all(Value::is_integer) && by == "whole" {
        return Ok(Test::Integers(wanted.iter().map(Value::integer).collect::<Result<_, _>>()?));
    }
    if !wanted.iter().all(Value::is_string) {
        return Err(is.invalid(
            "`is` takes texts, or integers with the whole value, and not texts and integers at once".to_owned(),
        ));
    }
    let texts = wanted.iter().map(Value::string).collect::<Result<Vec<_>, _>>()?;
    match by.as_str() {
        "whole" => Ok(Test::Texts(texts)),
        "prefix" => Ok(Test::Prefixes(texts.iter().map(|text| retrohunt_fold::fold(text).into_owned()).collect())),
        other => {
            let by = table.need("by")?;
            Err(by.unknown_name("a way to compare", other, vec!["whole".to_owned(), "prefix".to_owned()]))
        }
    }
}
