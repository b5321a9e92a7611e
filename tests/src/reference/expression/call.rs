//! Calls: which family a function is of, and the rules that hold for most of them.

use retrohunt_spl::functions::Function as F;
use retrohunt_spl::plan::{Expr, ExprKind};

use super::super::pattern::Pattern;
use super::super::row::Row;
use super::{Datum, World, conditions, digest, json, multivalue, numbers, printf, text, time, value};

/// Returns the value of a call.
pub(super) fn call(function: F, arguments: &[Expr], row: &Row, world: &World<'_>) -> Datum {
    if let Some(value) = conditions::lazy(function, arguments, row, world) {
        return value;
    }
    let written = written_pattern(function, arguments);
    let mut arguments: Vec<Datum> = arguments.iter().map(|argument| value(argument, row, world)).collect();
    if let Some((unescaped, raw)) = written
        && Pattern::new(unescaped, raw).is_ok_and(|pattern| pattern.rescued)
    {
        world.warn("W-REGEX-BACKSLASH");
        arguments[1] = Datum::Literal(raw.to_owned());
    }
    if let Some(value) = conditions::test(function, &arguments, world) {
        return value;
    }
    if !takes_null(function) && arguments.contains(&Datum::Null) {
        return Datum::Null;
    }
    if let (true, Some((Datum::Multi(texts), rest))) = (element_wise(function), arguments.split_first()) {
        let one = |text: &String| {
            let mut arguments = vec![Datum::Field(text.clone())];
            arguments.extend_from_slice(rest);
            family(function, &arguments, world)
        };
        return Datum::of_texts(texts.iter().map(one).flat_map(|value| value.texts()).collect());
    }
    if !takes_multivalue(function) && arguments.iter().any(|value| matches!(value, Datum::Multi(_))) {
        world.warn("W-MV-SCALAR");
        return Datum::Null;
    }
    family(function, &arguments, world)
}

/// The pattern of a call that has one and spells it out, unescaped and as written (§1.4.4).
fn written_pattern(function: F, arguments: &[Expr]) -> Option<(&str, &str)> {
    match (function, arguments.get(1).map(|pattern| &pattern.kind)) {
        (F::Match | F::Replace | F::MvFind, Some(ExprKind::Text { value, raw })) => Some((value, raw)),
        _ => None,
    }
}

/// Returns a pattern of the expression that is spelt out and does not compile (§5.6.9).
pub(in super::super) fn bad_pattern(expr: &Expr) -> Option<String> {
    let mut bad = None;
    expr.walk(&mut |expr| {
        if let ExprKind::Call(function, arguments) = &expr.kind
            && let Some((unescaped, raw)) = written_pattern(*function, arguments)
            && let Err(error) = Pattern::new(unescaped, raw)
        {
            bad = Some(error.0);
        }
    });
    bad
}

/// The value of a call with arguments that its family takes.
fn family(function: F, arguments: &[Datum], world: &World<'_>) -> Datum {
    if function == F::Printf {
        return printf::printf(arguments).map_or(Datum::Null, Datum::Text);
    }
    text::call(function, arguments, world)
        .or_else(|| multivalue::call(function, arguments, world))
        .or_else(|| numbers::call(function, arguments))
        .or_else(|| time::call(function, arguments, world))
        .or_else(|| json::call(function, arguments))
        .or_else(|| digest::call(function, arguments))
        .unwrap_or(Datum::Null)
}

/// Functions for which a ∅ argument is not the end (§6.1.5 and the tables).
fn takes_null(function: F) -> bool {
    matches!(
        function,
        F::MvAppend | F::Min | F::Max | F::Sum | F::Avg | F::JsonObject | F::JsonArray | F::JsonSet | F::JsonAppend
    )
}

/// Functions of one text that work on each value of a multivalue (§4.5.2).
fn element_wise(function: F) -> bool {
    matches!(
        function,
        F::Lower | F::Upper | F::Trim | F::LTrim | F::RTrim | F::Replace | F::Md5 | F::Sha1 | F::Sha256 | F::Sha512
    )
}

/// Functions that are about multivalues.
fn takes_multivalue(function: F) -> bool {
    matches!(
        function,
        F::MvCount
            | F::MvIndex
            | F::MvJoin
            | F::MvAppend
            | F::MvDedup
            | F::MvSort
            | F::MvFind
            | F::MvReverse
            | F::MvZip
            | F::MvToJsonArray
            | F::JsonObject
            | F::JsonArray
            | F::JsonSet
            | F::JsonAppend
            | F::Min
            | F::Max
            | F::Sum
            | F::Avg
    )
}
