//! Profile files: TOML text to [`Profile`], every message with line and column, no unknown key passed over.

mod expression;
mod reader;
mod selection;

use std::collections::BTreeMap;

use self::reader::{Table, Text, Value};
use crate::error::{Error, Kind};
use crate::event_class::EventClass;
use crate::markers::Marker;
use crate::profile::{Class, Evidence, Mapping, Profile, TimeRule};
use crate::selector::Clause;
use crate::time::TimeFormat;

/// What stands for each of a profile's prefixes in a list of columns.
const PREFIX_MARK: &str = "{prefix}";

/// Conditions by name, for use in `select`.
type Conditions = BTreeMap<String, Clause>;

/// Reads a profile.
pub(crate) fn profile(origin: &str, text: &str) -> Result<Profile, Error> {
    let source = Text::new(origin, text);
    let document = source.parse()?;
    let top = Table::document(&source, &document);
    top.allow(&[
        "name",
        "title",
        "description",
        "fallback",
        "evidence",
        "prefixes",
        "columns",
        "not_text",
        "time",
        "conditions",
        "always",
        "class",
    ])?;
    let prefixes = match top.get("prefixes") {
        Some(value) => value.strings()?,
        None => vec![String::new()],
    };
    let conditions = conditions(&top)?;
    let mut classes = Vec::new();
    for table in top.tables("class")? {
        classes.push(class(&table, &conditions)?);
    }
    Ok(Profile {
        name: top.need("name")?.string()?,
        title: top.string_or("title", "")?,
        description: top.string_or("description", "")?,
        fallback: top.bool_or("fallback", false)?,
        evidence: top.tables("evidence")?.iter().map(evidence).collect::<Result<_, _>>()?,
        columns: columns(&top, &prefixes)?,
        prefixes,
        not_text: top.strings_or_none("not_text")?,
        time: top.tables("time")?.iter().map(time_rule).collect::<Result<_, _>>()?,
        always: match top.get("always") {
            Some(value) => mappings(&value.table()?)?,
            None => Vec::new(),
        },
        classes,
    })
}

/// Reads a table of class markers.
pub(crate) fn markers(origin: &str, text: &str) -> Result<Vec<Marker>, Error> {
    let source = Text::new(origin, text);
    let document = source.parse()?;
    let top = Table::document(&source, &document);
    top.allow(&["marker"])?;
    let mut markers = Vec::new();
    for table in top.tables("marker")? {
        table.allow(&["class", "terms", "fields"])?;
        let mut fields = Vec::new();
        if let Some(value) = table.get("fields") {
            for (field, values) in value.table()?.entries() {
                fields.push((field, values.strings()?));
            }
        }
        let class = event_class(&table.need("class")?)?;
        markers.push(Marker { class, terms: table.strings_or_none("terms")?, fields });
    }
    Ok(markers)
}

/// Reads one group of evidence.
fn evidence(table: &Table<'_>) -> Result<Evidence, Error> {
    table.allow(&["all", "any", "at_least"])?;
    let (all, any) = (table.strings_or_none("all")?, table.strings_or_none("any")?);
    let at_least = match table.get("at_least") {
        None => usize::from(!any.is_empty()),
        Some(value) => match usize::try_from(value.integer()?) {
            Ok(count) if count <= any.len() => count,
            _ => {
                return Err(value
                    .invalid(format!("`at_least` must be from 0 to {}, the number of columns in `any`", any.len())));
            }
        },
    };
    if all.is_empty() && at_least == 0 {
        return Err(table.invalid(
            "evidence without columns fits every archive; name some in `all` or `any`, or write `fallback = true`",
        ));
    }
    Ok(Evidence { all, any, at_least })
}

/// Reads the logical columns, prefixes resolved.
fn columns(top: &Table<'_>, prefixes: &[String]) -> Result<Vec<(String, Vec<String>)>, Error> {
    let Some(value) = top.get("columns") else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for (logical, value) in value.table()?.entries() {
        let mut columns: Vec<String> = Vec::new();
        for name in value.strings()? {
            let resolved = match name.strip_prefix(PREFIX_MARK) {
                Some(bare) => prefixes.iter().map(|prefix| format!("{prefix}{bare}")).collect(),
                None => vec![name],
            };
            for name in resolved {
                if !columns.contains(&name) {
                    columns.push(name);
                }
            }
        }
        all.push((logical, columns));
    }
    Ok(all)
}

/// Reads where the time stands.
fn time_rule(table: &Table<'_>) -> Result<TimeRule, Error> {
    table.allow(&["column", "format"])?;
    let format = table.need("format")?;
    let name = format.string()?;
    match TimeFormat::from_name(&name) {
        Some(known) => Ok(TimeRule { column: table.need("column")?.string()?, format: known }),
        None => Err(format.unknown_name("a time format", &name, TimeFormat::names())),
    }
}

/// Reads the named conditions.
fn conditions(top: &Table<'_>) -> Result<Conditions, Error> {
    let mut named = Conditions::new();
    if let Some(value) = top.get("conditions") {
        for (name, value) in value.table()?.entries() {
            // A named condition cannot use another, so there are no cycles.
            named.insert(name, selection::clause(&value, &Conditions::new())?);
        }
    }
    Ok(named)
}

/// Reads a class.
fn class(table: &Table<'_>, conditions: &Conditions) -> Result<Class, Error> {
    table.allow(&["name", "event_class", "select", "fields"])?;
    let select = table.need("select")?;
    let clauses =
        select.array()?.iter().map(|value| selection::clause(value, conditions)).collect::<Result<Vec<_>, _>>()?;
    if clauses.is_empty() {
        return Err(select.invalid("`select` is empty; a mapping for every row belongs into [always]".to_owned()));
    }
    Ok(Class {
        name: table.need("name")?.string()?,
        event_class: table.get("event_class").map(|value| event_class(&value)).transpose()?,
        select: clauses,
        fields: match table.get("fields") {
            Some(value) => mappings(&value.table()?)?,
            None => Vec::new(),
        },
    })
}

/// Reads the name of an event class.
fn event_class(value: &Value<'_>) -> Result<EventClass, Error> {
    let name = value.string()?;
    EventClass::from_name(&name).ok_or_else(|| {
        value.unknown_name("an event class", &name, EventClass::names().into_iter().map(str::to_owned).collect())
    })
}

/// Reads fields and how they are made.
fn mappings(table: &Table<'_>) -> Result<Vec<Mapping>, Error> {
    let mut all = Vec::new();
    for (field, value) in table.entries() {
        if field.is_empty() || matches!(field.as_str(), "_raw" | "_time") {
            let message = format!(
                "`{field}` cannot be mapped as a field; `_time` is set by [[time]], `_raw` is a column of that name"
            );
            return Err(value.invalid(message));
        }
        let (expr, value_text) = expression::field(&value)?;
        all.push(Mapping { field, expr, value_text });
    }
    Ok(all)
}

/// Makes the error of an unknown key.
fn unknown_key(key: &str, place: &str, allowed: &[&str]) -> Kind {
    Kind::UnknownKey {
        key: key.to_owned(),
        place: place.to_owned(),
        allowed: allowed.iter().map(|&key| key.to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Expr, Skip};

    /// The message of a text that must be refused.
    fn refusal(text: &str) -> String {
        profile("p.toml", text).expect_err("must be refused").to_string()
    }

    #[test]
    fn a_small_profile_is_read() {
        let text = r#"
name = "own"
prefixes = ["", "data."]
[columns]
id = ["{prefix}id", "event"]
[[class]]
name = "starts"
event_class = "process_creation"
select = [{ column = "id", is = 1 }]
[class.fields]
process_name = { last_part = "exe" }
user = { coalesce = ["user", "uid"], skip = ["nobody"] }
"#;
        let profile = profile("own.toml", text).expect("valid");
        assert_eq!(profile.name(), "own");
        assert_eq!(profile.candidates("id"), ["id", "data.id", "event"]);
        assert_eq!(profile.candidates("exe"), ["exe", "data.exe"]);
        assert_eq!(profile.field_names(), ["process_name", "user"]);
        let user = &profile.classes[0].fields.iter().find(|mapping| mapping.field == "user").expect("mapped").expr;
        let skip = Skip::Unset(vec!["nobody".to_owned()]);
        let members = vec![Expr::Column("user".to_owned()), Expr::Column("uid".to_owned())];
        assert_eq!(*user, Expr::Coalesce { members, skip });
    }

    #[test]
    fn unknown_keys_are_refused_with_their_place() {
        assert_eq!(
            refusal("name = 'x'\n[[class]]\nname = 'c'\nslect = []\n"),
            "profile p.toml:4:1: unknown key `slect` in [[class]]; known are name, event_class, select, fields"
        );
        assert!(
            refusal("nam = 'x'").starts_with("profile p.toml:1:1: unknown key `nam` in the profile; known are name,")
        );
        let text = "name = 'x'\n[always]\na = { last_part = 'b', separator = '/' }\n";
        assert!(refusal(text).starts_with("profile p.toml:3:24: unknown key `separator`"), "{}", refusal(text));
    }

    #[test]
    fn what_is_wrong_is_said_with_line_and_column() {
        assert!(refusal("name = ").starts_with("profile p.toml:1:"), "{}", refusal("name = "));
        assert_eq!(refusal("title = 'x'"), "profile p.toml: the profile has no `name`; add it");
        assert_eq!(refusal("name = 5"), "profile p.toml:1:8: `name` is an integer, but must be a text");
        assert!(
            refusal("name = 'x'\n[[time]]\ncolumn = 't'\nformat = 'epoch'")
                .contains("4:10: `epoch` is not a time format; known are epoch_s")
        );
        let class = "name = 'x'\n[[class]]\nname = 'c'\nselect = ";
        assert!(refusal(&format!("{class}['sysmon']")).contains("`sysmon` is not a condition of this profile"));
        assert!(refusal(&format!("{class}[]")).contains("belongs into [always]"));
        assert!(refusal(&format!("{class}[{{ column = 'a' }}]")).contains("no `is`"));
        assert!(refusal(&format!("{class}[{{ column = 'a', is = [1, 'b'] }}]")).contains("texts and integers"));
        assert!(refusal(&format!("{class}[{{ present = 'a' }}]\nevent_class = 'proc'")).contains("process_creation"));
        assert!(refusal("name = 'x'\n[always]\n_time = 'b'").contains("[[time]]"));
        assert!(refusal("name = 'x'\n[always]\na = { last = 'b' }").contains("last_part"));
        assert!(refusal("name = 'x'\n[always]\na = { last_part = 'b', coalesce = ['c'] }").contains("one of"));
        assert!(refusal("name = 'x'\n[[evidence]]\nany = ['a']\nat_least = 2").contains("from 0 to 1"));
        assert!(refusal("name = 'x'\n[[evidence]]\n").contains("fits every archive"));
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        for depth in [40, 4000] {
            let expr = format!("{}'c'{}", "{ lower = ".repeat(depth), " }".repeat(depth));
            refusal(&format!("name = 'x'\n[always]\na = {expr}"));
        }
    }
}
