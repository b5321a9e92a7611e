//! Commands that take texts apart: `rex` (§5.7), `spath` (§5.25), the multivalue commands (§5.24).

use std::collections::BTreeMap;

use retrohunt_spl::plan::{MakeMvBy, MakeMvCommand, RexCommand, RexMode, SedStep, SedWhich, SpathCommand};
use serde_json::Value;

use super::super::expression::{World, json_leaves, json_lookup};
use super::super::pattern::Pattern;
use super::super::row::{Row, RowSet};
use super::super::value::{Scalar, texts};

/// The texts that `rex` searches: the field's values, or the virtual raw text where there is no `_raw` (§5.5.2).
fn subjects(rows: &RowSet, row: &Row, field: &str, world: &World<'_>) -> Vec<String> {
    if field == "_raw" && !row.known.contains("_raw") {
        world.warn("W-VIRTUAL-RAW");
        return vec![row.virtual_raw(&rows.columns)];
    }
    texts(row.get(field))
}

/// `rex`; the error is a pattern that does not compile.
pub(super) fn rex(mut rows: RowSet, command: &RexCommand, world: &World<'_>) -> Result<RowSet, String> {
    match &command.mode {
        RexMode::Extract { pattern, raw_pattern, max_match, offset_field } => {
            let pattern = Pattern::new(pattern, raw_pattern).map_err(|error| error.0)?;
            if pattern.rescued {
                world.warn("W-REGEX-BACKSLASH");
            }
            let names: Vec<String> = pattern.names().iter().flatten().cloned().collect();
            let found = |row: &Row| {
                let subjects = subjects(&rows, row, &command.field, world);
                world.watched(|| groups(&pattern, &subjects, *max_match, offset_field.as_deref(), world))
            };
            let found: Vec<BTreeMap<String, Vec<String>>> =
                rows.rows.iter().map(|row| found(row).unwrap_or_default()).collect();
            for name in names.iter().chain(offset_field) {
                rows.add_column(name, true);
            }
            for (row, found) in rows.rows.iter_mut().zip(found) {
                for (name, texts) in found {
                    row.set(&name, texts.into_iter().map(Scalar::Text).collect());
                }
            }
        }
        RexMode::Sed(steps) => {
            let found: Vec<Vec<String>> =
                rows.rows.iter().map(|row| subjects(&rows, row, &command.field, world)).collect();
            for (row, before) in rows.rows.iter_mut().zip(found) {
                let after = before.iter().map(|text| sed(text, steps)).collect::<Result<Vec<_>, _>>()?;
                // A value that nothing was replaced in stays what it is, a number for instance.
                if after != before {
                    row.set(&command.field, after.into_iter().map(Scalar::Text).collect());
                }
            }
        }
    }
    rows.changed();
    Ok(rows)
}

/// The texts of the named groups over the values of a field.
fn groups(
    pattern: &Pattern,
    subjects: &[String],
    max_match: u32,
    offset_field: Option<&str>,
    world: &World<'_>,
) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // One text a match, its groups joined (§5.7.6).
    let mut offsets: Vec<String> = Vec::new();
    for subject in subjects {
        let Some(matches) = pattern.all(subject) else {
            world.undecided.set(true);
            continue;
        };
        let limit = if max_match == 0 { usize::MAX } else { max_match as usize };
        for groups in matches.iter().take(limit) {
            let mut seen: Vec<&str> = Vec::new();
            let mut places: Vec<String> = Vec::new();
            for (name, place) in pattern.names().iter().zip(groups) {
                let (Some(name), Some((start, end))) = (name, place) else { continue };
                // Of a repeated name the first group that took part counts (§5.6.7).
                if seen.contains(&name.as_str()) {
                    continue;
                }
                seen.push(name);
                found.entry(name.clone()).or_default().push(subject[*start..*end].to_owned());
                let (from, to) = (subject[..*start].chars().count(), subject[..*end].chars().count());
                places.push(format!("{name}={from}-{}", to.saturating_sub(1)));
            }
            if !places.is_empty() {
                offsets.push(places.join("&"));
            }
        }
    }
    if let Some(field) = offset_field.filter(|_| !offsets.is_empty()) {
        found.insert(field.to_owned(), offsets);
    }
    found
}

/// Sed expressions, one after the other (§5.7.5).
fn sed(text: &str, steps: &[SedStep]) -> Result<String, String> {
    let mut text = text.to_owned();
    for step in steps {
        text = match step {
            SedStep::Exchange(pairs) => {
                let exchanged = |c: char| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
                text.chars().map(exchanged).collect()
            }
            SedStep::Substitute { pattern, raw_pattern, replacement, which } => {
                let pattern = Pattern::new(pattern, raw_pattern).map_err(|error| error.0)?;
                let matches = pattern.all(&text).unwrap_or_default();
                let mut out = String::new();
                let mut done = 0;
                for (number, groups) in (1_u32..).zip(&matches) {
                    let wanted = match which {
                        SedWhich::All => true,
                        SedWhich::Nth(nth) => number == *nth,
                    };
                    if let (true, Some((start, end))) = (wanted, groups[0]) {
                        out.push_str(&text[done..start]);
                        out.push_str(&super::super::expression_filled(replacement, &text, groups));
                        done = end;
                    }
                }
                out.push_str(&text[done..]);
                out
            }
        };
    }
    Ok(text)
}

/// `spath` (§5.25) over JSON.
pub(super) fn spath(mut rows: RowSet, command: &SpathCommand) -> RowSet {
    let documents: Vec<Option<Value>> = rows
        .rows
        .iter()
        .map(|row| row.get(&command.input).first().and_then(|text| serde_json::from_str(&text.text()).ok()))
        .collect();
    if let Some(path) = &command.path {
        rows.add_column(command.output.as_ref().unwrap_or(path), true);
    }
    for (at, document) in documents.iter().enumerate() {
        let Some(document) = document.as_ref().filter(|document| document.is_object() || document.is_array()) else {
            continue;
        };
        let found = match &command.path {
            Some(path) => {
                let texts = json_lookup(document, path).iter().filter_map(super::super::json_text).collect();
                vec![(command.output.as_ref().unwrap_or(path).clone(), texts)]
            }
            None => json_leaves(document),
        };
        for (name, texts) in found.into_iter().filter(|(_, texts): &(String, Vec<String>)| !texts.is_empty()) {
            rows.add_column(&name, command.path.is_some());
            rows.rows[at].set(&name, texts.into_iter().map(Scalar::Text).collect());
        }
    }
    rows.changed();
    rows
}

/// `fromjson`: the top-level keys of an object.
pub(super) fn from_json(mut rows: RowSet, field: &str, prefix: &str) -> RowSet {
    for at in 0..rows.rows.len() {
        let text = rows.rows[at].get(field).first().map(Scalar::text).unwrap_or_default();
        let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(&text) else { continue };
        for (name, value) in fields {
            let name = format!("{prefix}{name}");
            if let Some(text) = super::super::json_text(&value) {
                rows.add_column(&name, false);
                rows.rows[at].set(&name, vec![Scalar::Text(text)]);
            }
        }
    }
    rows.changed();
    rows
}

/// `makemv` (§5.24).
pub(super) fn make_mv(mut rows: RowSet, command: &MakeMvCommand) -> Result<RowSet, String> {
    let tokenizer = match &command.by {
        MakeMvBy::Tokenizer(pattern) => Some(Pattern::new(pattern, pattern).map_err(|error| error.0)?),
        MakeMvBy::Delimiter(_) => None,
    };
    for row in &mut rows.rows {
        let [one] = row.get(&command.field) else { continue };
        let text = one.text();
        let mut pieces: Vec<String> = match (&command.by, &tokenizer) {
            (MakeMvBy::Delimiter(delimiter), _) if !delimiter.is_empty() => {
                text.split(delimiter.as_str()).map(str::to_owned).collect()
            }
            (_, Some(pattern)) => {
                let matches = pattern.all(&text).unwrap_or_default();
                let group = |groups: &Vec<Option<(usize, usize)>>| groups.get(1).copied().flatten();
                matches.iter().filter_map(group).map(|(start, end)| text[start..end].to_owned()).collect()
            }
            _ => continue,
        };
        if !command.allow_empty {
            pieces.retain(|piece| !piece.is_empty());
        }
        if command.set_sv {
            continue;
        }
        row.set(&command.field, pieces.into_iter().map(Scalar::Text).collect());
    }
    rows.changed();
    Ok(rows)
}

/// `nomv` (§5.24).
pub(super) fn no_mv(mut rows: RowSet, field: &str) -> RowSet {
    for row in &mut rows.rows {
        if row.get(field).len() > 1 {
            let text = texts(row.get(field)).join("\n");
            row.set(field, vec![Scalar::Text(text)]);
        }
    }
    rows.changed();
    rows
}

/// `mvexpand` (§5.24): one row per value; a row without the field goes.
pub(super) fn mv_expand(mut rows: RowSet, field: &str, limit: u64) -> RowSet {
    let limit = if limit == 0 { usize::MAX } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    let expand = |row: Row| {
        let values = row.get(field).to_vec();
        values.into_iter().take(limit).map(move |value| {
            let mut row = row.clone();
            row.set(field, vec![value]);
            row
        })
    };
    rows.rows = rows.rows.into_iter().flat_map(expand).collect();
    rows.changed();
    rows
}

/// `mvcombine` (§5.24): rows that are equal in all other fields become one, at the first one's place.
pub(super) fn mv_combine(mut rows: RowSet, field: &str) -> RowSet {
    let mut kept: Vec<Row> = Vec::new();
    for row in rows.rows.drain(..) {
        let others = |row: &Row| {
            let mut fields = row.fields.clone();
            fields.remove(field);
            fields.into_iter().map(|(name, values)| (name, texts(&values))).collect::<Vec<_>>()
        };
        let twin = kept
            .iter_mut()
            .find(|known| !row.get(field).is_empty() && !known.get(field).is_empty() && others(known) == others(&row));
        match twin {
            Some(twin) => {
                let mut values = twin.get(field).to_vec();
                values.extend_from_slice(row.get(field));
                let values = texts(&values).into_iter().map(Scalar::Text).collect();
                twin.set(field, values);
            }
            None => kept.push(row),
        }
    }
    rows.rows = kept;
    rows.changed();
    rows
}
