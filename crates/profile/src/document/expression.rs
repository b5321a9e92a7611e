//! Expressions in TOML: `"Column"`, or a table with one function, for example `{ last_part = "Image" }`.

use super::reader::{Table, Value};
use crate::error::Error;
use crate::expr::{Expr, MapBy, Otherwise, Skip};

/// Expressions may be nested this deep; deeper ones are mistakes.
const DEEPEST: usize = 12;

/// What separates the parts of a path, unless an expression says otherwise.
const PATH_SEPARATORS: &str = "\\/";

/// Each function and the keys that may stand beside it.
const FUNCTIONS: [(&str, &[&str]); 15] = [
    ("column", &[]),
    ("constant", &["value_text"]),
    ("last_part", &["separators"]),
    ("parent_part", &["separators"]),
    ("text_before", &["mark"]),
    ("text_after", &["mark"]),
    ("keyed", &["key", "separator", "equals"]),
    ("coalesce", &["skip"]),
    ("all", &[]),
    ("concat", &[]),
    ("path_join", &[]),
    ("map", &["by", "values", "otherwise"]),
    ("hex_to_decimal", &[]),
    ("lower", &[]),
    ("strip_braces", &[]),
];

/// Reads the expression of a field, and whether it is a constant that counts as a value of the row.
pub(super) fn field(value: &Value<'_>) -> Result<(Expr<String>, bool), Error> {
    let expr = expression(value, 0)?;
    let value_text = match &expr {
        Expr::Constant(_) => value.table()?.bool_or("value_text", false)?,
        _ => false,
    };
    Ok((expr, value_text))
}

/// Reads an expression inside `depth` others.
fn expression(value: &Value<'_>, depth: usize) -> Result<Expr<String>, Error> {
    if depth > DEEPEST {
        return Err(value.invalid(format!("expressions are nested more than {DEEPEST} deep; write them flatter")));
    }
    if value.is_string() {
        return Ok(Expr::Column(value.string()?));
    }
    let table = value.table()?;
    let functions: Vec<_> = FUNCTIONS.iter().filter(|(name, _)| table.get(name).is_some()).collect();
    let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    let [(function, options)] = functions.as_slice() else {
        table.allow(&names)?;
        return Err(value.invalid(format!("an expression needs exactly one of {}", names.join(", "))));
    };
    let allowed: Vec<&str> = [*function].into_iter().chain(options.iter().copied()).collect();
    table.allow(&allowed)?;
    let operand = table.need(function)?;
    let of = || Ok::<_, Error>(Box::new(expression(&operand, depth + 1)?));
    let members =
        || operand.array()?.iter().map(|member| expression(member, depth + 1)).collect::<Result<Vec<_>, Error>>();
    Ok(match *function {
        "column" => Expr::Column(operand.string()?),
        "constant" => Expr::Constant(constant(&operand)?),
        "last_part" => Expr::LastPart { of: of()?, separators: separators(&table)? },
        "parent_part" => Expr::ParentPart { of: of()?, separators: separators(&table)? },
        "text_before" => Expr::TextBefore { of: of()?, mark: not_empty(&table.need("mark")?)? },
        "text_after" => Expr::TextAfter { of: of()?, mark: not_empty(&table.need("mark")?)? },
        "keyed" => Expr::Keyed {
            of: of()?,
            key: not_empty(&table.need("key")?)?,
            separator: table.get("separator").map_or_else(|| Ok(",".to_owned()), |value| not_empty(&value))?,
            equals: table.get("equals").map_or_else(|| Ok("=".to_owned()), |value| not_empty(&value))?,
        },
        "coalesce" => Expr::Coalesce { members: members()?, skip: Skip::Unset(table.strings_or_none("skip")?) },
        "all" => Expr::All(members()?),
        "concat" => Expr::Concat(members()?),
        "path_join" => path_join(&operand, members()?)?,
        "map" => map(&table, of()?)?,
        "hex_to_decimal" => Expr::HexToDecimal(of()?),
        "lower" => Expr::Lower(of()?),
        _ => Expr::StripBraces(of()?),
    })
}

/// Reads a constant; an empty one would be null on every row.
fn constant(value: &Value<'_>) -> Result<String, Error> {
    if value.is_integer() { Ok(value.integer()?.to_string()) } else { not_empty(value) }
}

/// Reads a text that must not be empty.
fn not_empty(value: &Value<'_>) -> Result<String, Error> {
    let text = value.string()?;
    if text.is_empty() {
        Err(value.invalid("an empty text means nothing here; write one".to_owned()))
    } else {
        Ok(text)
    }
}

/// Reads the separators of a path.
fn separators(table: &Table<'_>) -> Result<String, Error> {
    table.get("separators").map_or_else(|| Ok(PATH_SEPARATORS.to_owned()), |value| not_empty(&value))
}

/// Makes a path of a folder and a name.
fn path_join(value: &Value<'_>, mut members: Vec<Expr<String>>) -> Result<Expr<String>, Error> {
    match (members.pop(), members.pop(), members.is_empty()) {
        (Some(name), Some(folder), true) => Ok(Expr::PathJoin { folder: Box::new(folder), name: Box::new(name) }),
        _ => Err(value.invalid("`path_join` takes two: the folder and the file's name".to_owned())),
    }
}

/// Reads a translation.
fn map(table: &Table<'_>, of: Box<Expr<String>>) -> Result<Expr<String>, Error> {
    let mut entries = Vec::new();
    for (from, to) in table.need("values")?.table()?.entries() {
        entries.push((retrohunt_fold::fold(&from).into_owned(), not_empty(&to)?));
    }
    let by = match table.get("by") {
        None => MapBy::Whole,
        Some(value) => match value.string()?.as_str() {
            "whole" => MapBy::Whole,
            "prefix" => MapBy::Prefix,
            other => {
                return Err(value.unknown_name(
                    "a way to compare",
                    other,
                    vec!["whole".to_owned(), "prefix".to_owned()],
                ));
            }
        },
    };
    // The longest beginning wins; equally long ones cannot both be beginnings of one text.
    entries.sort_by(|(left, _), (right, _)| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
    let otherwise = match table.get("otherwise") {
        None => Otherwise::Null,
        Some(value) => match value.string()?.as_str() {
            "keep" => Otherwise::Keep,
            _ => Otherwise::Text(not_empty(&value)?),
        },
    };
    Ok(Expr::Map { of, by, table: entries, otherwise })
}
