//! Commands that set fields row by row.

use base64::Engine as _;
use retrohunt_spl::plan::{
    Assignment, EvalTarget, Expr, FieldPattern, IpLocationCommand, LookupCommand, LookupOutput, RenameClause,
    TargetPiece,
};

use super::super::expression::{Datum, World, holds, value};
use super::super::row::{Field, Row, RowSet, row_time};
use super::super::value::Scalar;

/// `where` (§5.8): the rows for which the condition is true. A row for which a pattern gave up is undecided (§5.6.8).
pub(super) fn filter(mut rows: RowSet, condition: &Expr, world: &World<'_>) -> RowSet {
    rows.rows.retain(|row| world.watched(|| holds(condition, row, world)).unwrap_or(false));
    rows
}

/// `eval` (§5.9): assignments from left to right.
pub(super) fn eval(mut rows: RowSet, assignments: &[Assignment], world: &World<'_>) -> RowSet {
    for Assignment { target, value: expr } in assignments {
        let value = |row| world.watched(|| value(expr, row, world)).unwrap_or(Datum::Null);
        let values: Vec<Datum> = rows.rows.iter().map(value).collect();
        match target {
            EvalTarget::Field(name) => {
                let values = values.into_iter().map(|value| stored(name, value, world)).collect();
                rows.assign(name, values);
            }
            EvalTarget::Template(pieces) => {
                let names: Vec<Option<String>> = rows.rows.iter().map(|row| target_name(pieces, row)).collect();
                for (at, (name, value)) in names.into_iter().zip(values).enumerate() {
                    if let Some(name) = name {
                        rows.add_column(&name, false);
                        let value = stored(&name, value, world);
                        rows.rows[at].set(&name, value);
                    }
                }
                rows.changed();
            }
        }
    }
    rows
}

/// What a field of this name gets; `_time` is a time if it is a number (§4.6.1).
fn stored(name: &str, value: Datum, world: &World<'_>) -> Vec<Scalar> {
    let values = value.into_values();
    match values.as_slice() {
        [one] if name == "_time" && one.number().is_some() => {
            row_time(one, world.settings).map(Scalar::Time).into_iter().collect()
        }
        _ => values,
    }
}

/// The name that a template spells on a row; none where a field of it is ∅ (§5.9.2).
fn target_name(pieces: &[TargetPiece], row: &Row) -> Option<String> {
    let mut name = String::new();
    for piece in pieces {
        match piece {
            TargetPiece::Literal(text) => name.push_str(text),
            TargetPiece::Field(field) => name.push_str(&row.get(field).first()?.text()),
        }
    }
    Some(name)
}

/// `rename` (§5.3): clauses from left to right.
pub(super) fn rename(mut rows: RowSet, clauses: &[RenameClause]) -> RowSet {
    for clause in clauses {
        match (clause.from.glob.literal(), clause.to.literal()) {
            (Some(from), Some(to)) => rename_one(&mut rows, from, to),
            _ => {
                let mut names: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
                names.retain(|name| clause.from.selects(name));
                for name in names {
                    let found = captures(&clause.from, &name);
                    let mut target = String::new();
                    for (at, piece) in clause.to.pieces.iter().enumerate() {
                        target.push_str(piece);
                        target.push_str(
                            found.get(at).filter(|_| at + 1 < clause.to.pieces.len()).map_or("", String::as_str),
                        );
                    }
                    rename_one(&mut rows, &name, &target);
                }
            }
        }
    }
    rows
}

/// What each `*` of a pattern stands for in a name.
pub(super) fn captures(pattern: &FieldPattern, name: &str) -> Vec<String> {
    let mut rest = name;
    let mut found = Vec::new();
    let pieces = &pattern.glob.pieces;
    for (at, piece) in pieces.iter().enumerate() {
        let place =
            if at + 1 == pieces.len() { rest.len().checked_sub(piece.len()) } else { rest.find(piece.as_str()) };
        let Some(place) = place else { continue };
        if at > 0 {
            found.push(rest[..place].to_owned());
        }
        rest = &rest[place + piece.len()..];
    }
    found
}

/// Renames one field; a target that exists is replaced, by nothing where the source does not exist (§5.3.2).
fn rename_one(rows: &mut RowSet, from: &str, to: &str) {
    if from == to {
        return;
    }
    let exists = rows.columns.iter().any(|column| column.name == from);
    if !exists {
        let there = rows.columns.iter().any(|column| column.name == to);
        if there {
            rows.rows.iter_mut().for_each(|row| row.set(to, Vec::new()));
            rows.changed();
        }
        return;
    }
    rows.columns.retain(|column| column.name != to);
    for column in &mut rows.columns {
        if column.name == from {
            *column = Field { name: to.to_owned(), named: true };
        }
    }
    for row in &mut rows.rows {
        let values = row.fields.remove(from).unwrap_or_default();
        row.set(to, values);
    }
    rows.changed();
}

/// `fillnull` (§5.15). Without a list: every field that some row has.
pub(super) fn fill_null(mut rows: RowSet, value: &str, fields: &[FieldPattern]) -> RowSet {
    let present: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
    let mut names: Vec<String> = Vec::new();
    if fields.is_empty() {
        names.extend(present.iter().filter(|name| rows.rows.iter().any(|row| !row.get(name).is_empty())).cloned());
    }
    for pattern in fields {
        match pattern.glob.literal() {
            Some(name) => names.push(name.to_owned()),
            None => names.extend(present.iter().filter(|name| pattern.selects(name)).cloned()),
        }
    }
    for name in names {
        let named = fields.iter().any(|pattern| pattern.glob.literal() == Some(&name));
        rows.add_column(&name, named);
        for row in rows.rows.iter_mut().filter(|row| row.get(&name).is_empty()) {
            row.set(&name, vec![Scalar::Text(value.to_owned())]);
        }
    }
    rows.changed();
    rows
}

/// `filldown` (§5.15): the last value above.
pub(super) fn fill_down(mut rows: RowSet, fields: &[FieldPattern]) -> RowSet {
    let names: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
    for name in names.iter().filter(|name| fields.is_empty() || fields.iter().any(|pattern| pattern.selects(name))) {
        let mut last: Vec<Scalar> = Vec::new();
        for row in &mut rows.rows {
            if row.get(name).is_empty() {
                row.set(name, last.clone());
            } else {
                last = row.get(name).to_vec();
            }
        }
    }
    rows.changed();
    rows
}

/// `avlbase64` (§5.29).
pub(super) fn base64(mut rows: RowSet, decode: bool, field: &str) -> RowSet {
    let target = format!("base64_{field}");
    rows.add_column(&target, true);
    for row in &mut rows.rows {
        let texts: Vec<String> = row.get(field).iter().map(Scalar::text).collect();
        // Bits beyond the last byte are passed over: a text that says something is not thrown away for them.
        let config = base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
        let standard = base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, config);
        let one = |text: &String| {
            if !decode {
                return Some(standard.encode(text.as_bytes()));
            }
            // Padding may be there, in part or not at all, but not more of it than there should be.
            let bare = text.trim_end_matches('=');
            let padding = ["", "", "==", "="][bare.len() % 4];
            if text.len() > bare.len() + padding.len() {
                return None;
            }
            let padded = format!("{bare}{padding}");
            standard.decode(padded.as_bytes()).ok().and_then(|bytes| decoded(&bytes))
        };
        let found: Vec<Scalar> = texts.iter().filter_map(one).map(Scalar::Text).collect();
        if !found.is_empty() {
            row.set(&target, found);
        }
    }
    rows.changed();
    rows
}

/// UTF-16LE where every second byte is 0, else UTF-8.
fn decoded(bytes: &[u8]) -> Option<String> {
    let wide = !bytes.is_empty() && bytes.len().is_multiple_of(2) && bytes.chunks_exact(2).all(|pair| pair[1] == 0);
    if wide {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16(&units).ok();
    }
    String::from_utf8(bytes.to_vec()).ok()
}

/// `ut_shannon(f)` (§5.29): entropy of the bytes, in bits per byte.
pub(super) fn shannon(mut rows: RowSet, field: &str) -> RowSet {
    let entropy = |row: &Row| {
        let [one] = row.get(field) else { return Vec::new() };
        let text = one.text();
        let mut counts = [0_u32; 256];
        text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
        let length = text.len() as f64;
        let share = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length);
        vec![Scalar::Float(share.map(|share| -share * share.log2()).sum::<f64>().abs())]
    };
    let values = rows.rows.iter().map(entropy).collect();
    rows.assign("ut_shannon", values);
    rows
}

/// `iplocation` without a database (§5.14): the fields are there and stay as they are.
pub(super) fn no_location(mut rows: RowSet, command: &IpLocationCommand) -> RowSet {
    let mut names = vec!["City", "Country", "Region", "lat", "lon"];
    if command.all_fields {
        names.extend(["Continent", "MetroCode", "Timezone"]);
    }
    for name in names {
        rows.add_column(&format!("{}{name}", command.prefix), true);
    }
    rows.changed();
    rows
}

/// A lookup in a table that nobody gave (§5.13.6): outputs are ∅.
pub(super) fn empty_lookup(mut rows: RowSet, command: &LookupCommand) -> RowSet {
    let (targets, new) = match &command.output {
        LookupOutput::All => (Vec::new(), false),
        LookupOutput::Overwrite(pairs) => (pairs.iter().map(|(_, field)| field.clone()).collect(), false),
        LookupOutput::New(pairs) => (pairs.iter().map(|(_, field)| field.clone()).collect::<Vec<_>>(), true),
    };
    for target in targets {
        rows.add_column(&target, true);
        for row in &mut rows.rows {
            // A row with a ∅ key is not looked up: its targets stay (§5.13.2).
            let asked = command.keys.iter().all(|(_, field)| !row.get(field).is_empty());
            if asked && !new {
                row.set(&target, Vec::new());
            }
        }
    }
    rows.changed();
    rows
}
