//! `convert` (§5.26).

use retrohunt_spl::plan::{ConvertClause, ConvertFunction, FieldPattern};

use super::super::expression::{format_time, parse_time};
use super::super::row::RowSet;
use super::super::settings::Settings;
use super::super::value::{Number, Scalar};

/// Clauses in order; fields that `none` names are left out of the others' wildcards.
pub(super) fn convert(mut rows: RowSet, form: &str, clauses: &[ConvertClause], settings: &Settings) -> RowSet {
    let exempt: Vec<&FieldPattern> =
        clauses.iter().filter(|clause| clause.function == ConvertFunction::None).map(|clause| &clause.field).collect();
    for clause in clauses.iter().filter(|clause| clause.function != ConvertFunction::None) {
        let names: Vec<String> = match clause.field.glob.literal() {
            Some(name) => vec![name.to_owned()],
            None => {
                let mut names: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
                names.retain(|name| clause.field.selects(name) && !exempt.iter().any(|pattern| pattern.selects(name)));
                names
            }
        };
        for name in names {
            one(&mut rows, clause, &name, form, settings);
        }
    }
    rows
}

/// One clause on one field.
fn one(rows: &mut RowSet, clause: &ConvertClause, name: &str, form: &str, settings: &Settings) {
    let target = match &clause.alias {
        None => name.to_owned(),
        Some(alias) => match alias.literal() {
            Some(alias) => alias.to_owned(),
            None => {
                let [first, .., last] = clause.field.glob.pieces.as_slice() else { return };
                let stem = name.strip_prefix(first.as_str()).unwrap_or(name);
                alias.pieces.join(stem.strip_suffix(last.as_str()).unwrap_or(stem))
            }
        },
    };
    let convertible = |value: &Scalar| converted(clause.function, value, form, settings);
    let all = rows.rows.iter().flat_map(|row| row.get(name)).all(|value| convertible(value).is_some());
    if clause.function == ConvertFunction::Auto && !all {
        if target == name {
            return;
        }
        let values = rows.rows.iter().map(|row| row.get(name).to_vec()).collect();
        rows.assign(&target, values);
        return;
    }
    let values = rows.rows.iter().map(|row| {
        let one = |value: &Scalar| match (convertible(value), clause.function) {
            (None, ConvertFunction::Num) => None,
            (found, _) => Some(found.unwrap_or_else(|| value.clone())),
        };
        row.get(name).iter().filter_map(one).collect()
    });
    let values = values.collect();
    rows.assign(&target, values);
}

/// The value converted, if it can be.
fn converted(function: ConvertFunction, value: &Scalar, form: &str, settings: &Settings) -> Option<Scalar> {
    let text = value.text();
    let number = || value.number().map(Number::real);
    match function {
        ConvertFunction::None => None,
        ConvertFunction::Ctime => {
            let micros = format!("{:.0}", number()? * 1e6).parse().ok()?;
            format_time(micros, form, &settings.timezone).map(Scalar::Text)
        }
        ConvertFunction::Mktime => parse_time(&text, form, settings).map(|micros| Scalar::Float(micros as f64 / 1e6)),
        ConvertFunction::Dur2sec => duration(&text).map(Scalar::Float),
        ConvertFunction::Mstime => match text.split_once(':') {
            Some((minutes, seconds)) => Some(Scalar::Float(plain(minutes)? * 60.0 + plain(seconds)?)),
            None => plain(&text).map(Scalar::Float),
        },
        ConvertFunction::Memk => {
            let unit = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let factor = match text[unit.len()..].to_ascii_lowercase().as_str() {
                "" | "k" => 1.0,
                "m" => 1024.0,
                "g" => 1024.0 * 1024.0,
                _ => return None,
            };
            plain(unit).map(|number| Scalar::Float(number * factor))
        }
        ConvertFunction::Rmcomma => Some(Scalar::Text(text.replace(',', ""))),
        ConvertFunction::Rmunit => {
            let ends: Vec<usize> = (1..=text.len()).filter(|end| text.is_char_boundary(*end)).collect();
            ends.into_iter().rev().find_map(|end| plain(&text[..end])).map(Scalar::Float)
        }
        ConvertFunction::Auto | ConvertFunction::Num => {
            number().or_else(|| duration(&text)).or_else(|| plain(&text.replace(',', ""))).map(Scalar::Float)
        }
    }
}

/// A text of numeric form.
fn plain(text: &str) -> Option<f64> {
    Number::of_text(text).map(Number::real)
}

/// `[D+]HH:MM:SS` in seconds.
fn duration(text: &str) -> Option<f64> {
    let (days, clock) = text.split_once('+').unwrap_or(("0", text));
    let parts: Vec<u32> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    Some(f64::from(days.parse::<u32>().ok()?) * 86_400.0 + f64::from(hours * 3600 + minutes * 60 + seconds))
}
