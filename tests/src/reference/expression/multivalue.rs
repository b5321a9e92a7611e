//! Functions of multivalues (§6.4); a single value is a list of one.

use std::cell::Cell;

use retrohunt_spl::functions::Function as F;

use super::super::clock;
use super::super::pattern::Pattern;
use super::super::settings::Settings;
use super::super::value::float_text;
use super::{Datum, World};

/// Returns the value of a multivalue function, `None` for others.
pub(super) fn call(function: F, arguments: &[Datum], world: &World<'_>) -> Option<Datum> {
    let first = arguments.first();
    let texts = |at: usize| arguments.get(at).map(Datum::texts).unwrap_or_default();
    let text = |at: usize| arguments.get(at).and_then(Datum::text);
    let result = match function {
        F::MvCount => Some(Datum::Number(texts(0).len() as f64)),
        F::MvIndex => index(first?, arguments),
        F::MvJoin => text(1).map(|delimiter| Datum::Text(texts(0).join(&delimiter))),
        F::MvAppend => {
            Some(match arguments.iter().filter(|value| **value != Datum::Null).collect::<Vec<_>>().as_slice() {
                [one] => (*one).clone(),
                several => Datum::of_texts(several.iter().flat_map(|value| value.texts()).collect()),
            })
        }
        F::MvDedup => {
            let mut kept: Vec<String> = Vec::new();
            for text in texts(0) {
                if !kept.contains(&text) {
                    kept.push(text);
                }
            }
            Some(listed(first?, kept))
        }
        F::MvSort => {
            let mut sorted = texts(0);
            sorted.sort();
            Some(listed(first?, sorted))
        }
        F::MvReverse => Some(listed(first?, texts(0).into_iter().rev().collect())),
        F::MvFind => text(1).and_then(|pattern| Pattern::new(&pattern, &pattern).ok()).and_then(|pattern| {
            let gave_up = Cell::new(false);
            let place = texts(0).iter().position(|text| {
                let found = pattern.matches(text);
                gave_up.set(gave_up.get() || found.is_none());
                found == Some(true)
            });
            if gave_up.get() {
                world.undecided.set(true);
                return None;
            }
            place.map(|place| Datum::Number(place as f64))
        }),
        F::MvZip => {
            let delimiter = if arguments.len() > 2 { text(2) } else { Some(",".to_owned()) };
            delimiter.map(|delimiter| {
                let pairs = texts(0).into_iter().zip(texts(1));
                Datum::of_texts(pairs.map(|(left, right)| format!("{left}{delimiter}{right}")).collect())
            })
        }
        F::MvRange => range(arguments, world.settings),
        _ => return None,
    };
    Some(result.unwrap_or(Datum::Null))
}

/// The value of a list; a single value stays what it is.
fn listed(first: &Datum, texts: Vec<String>) -> Datum {
    if matches!(first, Datum::Multi(_)) { Datum::of_texts(texts) } else { first.clone() }
}

/// `mvindex(x, i [, j])`: negative places count from the end, `j` is inclusive; anything out of range is ∅.
fn index(list: &Datum, arguments: &[Datum]) -> Option<Datum> {
    let values = list.each();
    let place = |at: usize| {
        let number = arguments.get(at)?.loose_number().filter(|number| number.fract() == 0.0)?;
        let place = if number < 0.0 { values.len() as f64 + number } else { number };
        let inside = place >= 0.0 && place < values.len() as f64;
        if inside { format!("{place:.0}").parse::<usize>().ok() } else { None }
    };
    let from = place(1)?;
    let to = if arguments.len() > 2 { place(2)? } else { from };
    if to < from {
        return None;
    }
    match &values[from..=to] {
        [one] => Some(one.clone()),
        several => Some(Datum::of_texts(several.iter().flat_map(Datum::texts).collect())),
    }
}

/// Most values of `mvrange`; more is ∅.
const MOST: usize = 1 << 20;

/// `mvrange(a, b [, step])`: b excluded; the step is a number or a span of time.
fn range(arguments: &[Datum], settings: &Settings) -> Option<Datum> {
    let number = |at: usize| arguments.get(at).and_then(Datum::loose_number);
    let (from, to) = (number(0)?, number(1)?);
    let mut values = Vec::new();
    if let (Some(step), None) = (arguments.get(2), number(2)) {
        let step = step.text()?;
        let mut time = from;
        while time < to && values.len() <= MOST {
            values.push(float_text(time));
            let here = Settings { now: format!("{:.0}", time * 1e6).parse().ok()?, ..settings.clone() };
            let next = clock::relative(&format!("+{step}"), &here)? as f64 / 1e6;
            if next <= time {
                return None;
            }
            time = next;
        }
    } else {
        let step = if arguments.len() > 2 { number(2)? } else { 1.0 };
        if step == 0.0 {
            return None;
        }
        let mut at = 0.0;
        loop {
            let value = from + at * step;
            if (step > 0.0 && value >= to) || (step < 0.0 && value <= to) || values.len() > MOST {
                break;
            }
            values.push(float_text(value));
            at += 1.0;
        }
    }
    match values.as_slice() {
        all if all.len() > MOST => None,
        [one] => one.parse().ok().map(Datum::Number),
        _ => Some(Datum::of_texts(values)),
    }
}
