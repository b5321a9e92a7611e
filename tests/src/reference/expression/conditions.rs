//! Conditions and tests (§6.2), and the functions whose arguments are not all evaluated.

use std::net::IpAddr;

use retrohunt_spl::functions::Function as F;
use retrohunt_spl::plan::expr::ExprCompareOp;
use retrohunt_spl::plan::{Expr, ExprKind};

use super::super::pattern::Pattern;
use super::super::row::Row;
use super::super::value::Scalar;
use super::operators::satisfies;
use super::{Datum, World, holds, value};

/// Functions that choose among their arguments (§6.1.4), or evaluate one several times.
pub(super) fn lazy(function: F, arguments: &[Expr], row: &Row, world: &World<'_>) -> Option<Datum> {
    Some(match (function, arguments) {
        (F::If, [condition, yes, no]) => {
            if holds(condition, row, world) {
                value(yes, row, world)
            } else {
                value(no, row, world)
            }
        }
        (F::Case, pairs) => {
            let found = pairs.chunks_exact(2).find(|pair| holds(&pair[0], row, world));
            found.map_or(Datum::Null, |pair| value(&pair[1], row, world))
        }
        (F::Validate, pairs) => {
            let found = pairs.chunks_exact(2).find(|pair| !holds(&pair[0], row, world));
            found.map_or(Datum::Null, |pair| value(&pair[1], row, world))
        }
        (F::Coalesce, members) => members
            .iter()
            .map(|member| value(member, row, world))
            .find(|value| *value != Datum::Null)
            .unwrap_or(Datum::Null),
        (F::MvFilter, [condition]) => filter(condition, row, world),
        (F::MvMap, [list, body]) => map(list, body, row, world),
        _ => return None,
    })
}

/// `mvfilter(c)`: the values of the one field for which the condition holds.
fn filter(condition: &Expr, row: &Row, world: &World<'_>) -> Datum {
    let fields = condition.fields();
    let [name] = fields.as_slice() else { return Datum::Null };
    let values = row.get(name).to_vec();
    let kept = values.iter().filter(|value| holds(condition, &with(row, name, vec![(*value).clone()]), world));
    Datum::of_field(&kept.cloned().collect::<Vec<Scalar>>())
}

/// `mvmap(x, e)`: e for each value, with the field bound to it.
fn map(list: &Expr, body: &Expr, row: &Row, world: &World<'_>) -> Datum {
    let name = match &list.kind {
        ExprKind::Field(name) => name,
        ExprKind::Call(F::MvIndex, arguments) => match arguments.first().map(|first| &first.kind) {
            Some(ExprKind::Field(name)) => name,
            _ => return Datum::Null,
        },
        _ => return Datum::Null,
    };
    let values = match value(list, row, world) {
        Datum::Null => return Datum::Null,
        Datum::Multi(texts) => texts.into_iter().map(Scalar::Text).collect(),
        one => one.into_values(),
    };
    let one = |value_: Scalar| value(body, &with(row, name, vec![value_]), world);
    let results: Vec<Datum> = values.into_iter().map(one).filter(|value| *value != Datum::Null).collect();
    match results.as_slice() {
        [one] => one.clone(),
        several => Datum::of_texts(several.iter().flat_map(Datum::texts).collect()),
    }
}

/// The row with a field bound to other values.
fn with(row: &Row, name: &str, values: Vec<Scalar>) -> Row {
    let mut row = row.clone();
    row.set(name, values);
    row
}

/// Functions that look at ∅ themselves.
pub(super) fn test(function: F, arguments: &[Datum], world: &World<'_>) -> Option<Datum> {
    let first = arguments.first()?;
    let number = first.number().is_some();
    Some(match (function, arguments) {
        (F::IsNull, _) => Datum::Bool(*first == Datum::Null),
        (F::IsNotNull, _) => Datum::Bool(*first != Datum::Null),
        (F::IsNum, _) => Datum::Bool(number),
        (F::IsInt, _) => Datum::Bool(first.number().is_some_and(|number| number.real().fract() == 0.0)),
        (F::IsStr, _) => Datum::Bool(match first {
            Datum::Literal(_) | Datum::Text(_) => true,
            Datum::Field(_) => !number,
            _ => false,
        }),
        (F::IsBool, _) => Datum::Bool(matches!(first, Datum::Bool(_))),
        (F::IsMv, _) => Datum::Bool(matches!(first, Datum::Multi(_))),
        (F::TypeOf, _) => Datum::Text(
            match first {
                Datum::Null => "Invalid",
                Datum::Bool(_) => "Boolean",
                Datum::Multi(_) => "Multivalue",
                _ if number => "Number",
                _ => "String",
            }
            .to_owned(),
        ),
        (F::NullIf, [left, right]) => {
            let same = left
                .each()
                .iter()
                .any(|left| right.each().iter().any(|right| satisfies(ExprCompareOp::Eq, left, right)));
            if same { Datum::Null } else { left.clone() }
        }
        (F::Match, [subject, pattern]) => Datum::Bool(matches(subject, pattern, world)),
        (F::Like, [subject, pattern]) => {
            Datum::Bool(pattern.text().is_some_and(|pattern| subject.texts().iter().any(|text| like(text, &pattern))))
        }
        (F::CidrMatch, [network, address]) => {
            let within = |a: &str, b: &str| contains(a, b).or_else(|| contains(b, a)).unwrap_or(false);
            Datum::Bool(
                network.texts().iter().any(|network| address.texts().iter().any(|address| within(network, address))),
            )
        }
        (F::In, [subject, members @ ..]) => Datum::Bool(subject.each().iter().any(|subject| {
            let mut members = members.iter().flat_map(Datum::each);
            members.any(|member| satisfies(ExprCompareOp::Eq, subject, &member))
        })),
        _ => return None,
    })
}

/// `match(s, re)`: false for ∅ (§6.2); any value of a multivalue.
fn matches(subject: &Datum, pattern: &Datum, world: &World<'_>) -> bool {
    let Some(pattern) = pattern.text() else { return false };
    // A pattern that is spelt out compiles (`bad_pattern`); one made from fields may not, and then nothing matches.
    let Ok(pattern) = Pattern::new(&pattern, &pattern) else { return false };
    let found: Vec<Option<bool>> = subject.texts().iter().map(|text| pattern.matches(text)).collect();
    if !found.contains(&Some(true)) && found.contains(&None) {
        world.undecided.set(true);
    }
    found.contains(&Some(true))
}

/// `like(s, p)`: `%` is any run, `_` one character, the whole value, with case.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    // `reached[i]`: the pattern so far fits the first `i` characters.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match symbol {
                '%' => reached[at] || (at > 0 && next[at - 1]),
                '_' => at > 0 && reached[at - 1],
                other => at > 0 && reached[at - 1] && text[at - 1] == other,
            };
        }
        reached = next;
    }
    reached[text.len()]
}

/// Is the address in the network? `None` if the first is no network or the second no address.
fn contains(network: &str, address: &str) -> Option<bool> {
    let (base, bits) = network.split_once('/')?;
    let (base, address): (IpAddr, IpAddr) = (base.parse().ok()?, address.parse().ok()?);
    let bits: u32 = bits.parse().ok()?;
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let ((base, width), (address, other)) = (number(base), number(address));
    let shift = width_check(width, bits)?;
    Some(width == other && base.checked_shr(shift).unwrap_or(0) == address.checked_shr(shift).unwrap_or(0))
}

/// How many bits of an address do not count.
fn width_check(width: u32, bits: u32) -> Option<u32> {
    width.checked_sub(bits)
}
