//! Functions of expressions (§6.2-6.5), one file a family, of the names of `retrohunt_spl::functions`.
//!
//! [`call`] applies what holds for all of them: the null rule (§6.1.5) and the multivalue rule (§4.5.2). Functions that need their
//! arguments unevaluated, or a compiled pattern, are nodes of their own and do not come here.

mod conditions;
pub(crate) mod crypto;
mod format;
pub(crate) mod json;
pub(crate) mod multivalue;
pub(crate) mod numbers;
mod text;
pub(crate) mod time;

use retrohunt_spl::functions::Function;

use super::cell::Cell;
use super::env::Env;
use super::typing::Multivalue;
use crate::faults::fault;

/// What ∅ among the arguments does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnNull {
    /// The result is ∅ (§6.1.5).
    Spreads,
    /// The result is false (§4.2.1).
    False,
    /// The function decides.
    Taken,
}

/// What ∅ among the arguments of a function does.
fn on_null(function: Function) -> OnNull {
    use Function as F;
    match function {
        F::Match | F::Like | F::CidrMatch => OnNull::False,
        F::IsNull | F::IsNotNull | F::IsNum | F::IsInt | F::IsStr | F::IsBool | F::IsMv | F::TypeOf | F::In => {
            OnNull::Taken
        }
        F::MvAppend | F::Min | F::Max | F::Sum | F::Avg => OnNull::Taken,
        F::JsonObject | F::JsonArray | F::JsonSet | F::JsonAppend => OnNull::Taken,
        _ => OnNull::Spreads,
    }
}

/// What a multivalue among the arguments does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnMultivalue {
    /// The result is ∅, with `W-MV-SCALAR`.
    Undefined,
    /// The first argument may be one; the function works on each value. In another argument it is undefined.
    Elementwise,
    /// The function decides.
    Taken,
}

/// What a multivalue among the arguments of a function does (§4.5.2).
fn on_multivalue(function: Function) -> OnMultivalue {
    use Function as F;
    match function {
        F::Lower | F::Upper | F::Trim | F::LTrim | F::RTrim | F::Replace => OnMultivalue::Elementwise,
        F::Md5 | F::Sha1 | F::Sha256 | F::Sha512 => OnMultivalue::Elementwise,
        F::IsNull | F::IsNotNull | F::IsNum | F::IsInt | F::IsStr | F::IsBool | F::IsMv | F::TypeOf => {
            OnMultivalue::Taken
        }
        F::Match | F::Like | F::CidrMatch | F::In => OnMultivalue::Taken,
        F::MvCount | F::MvIndex | F::MvJoin | F::MvAppend | F::MvDedup | F::MvSort | F::MvFind => OnMultivalue::Taken,
        F::MvReverse | F::MvZip | F::MvRange | F::MvToJsonArray => OnMultivalue::Taken,
        F::JsonObject | F::JsonArray | F::JsonSet | F::JsonAppend => OnMultivalue::Taken,
        F::Min | F::Max | F::Sum | F::Avg => OnMultivalue::Taken,
        _ => OnMultivalue::Undefined,
    }
}

/// Calls a function.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], env: &Env<'_>) -> Result<Cell<'a>, Multivalue> {
    if arguments.iter().any(Cell::is_null) {
        match on_null(function) {
            OnNull::Spreads => return Ok(Cell::Null),
            OnNull::False => return Ok(Cell::Bool(false)),
            OnNull::Taken => {}
        }
    }
    if arguments.iter().any(|argument| matches!(argument, Cell::Multi(_))) {
        match on_multivalue(function) {
            OnMultivalue::Undefined => return Err(Multivalue),
            OnMultivalue::Elementwise => return elementwise(function, arguments, env),
            OnMultivalue::Taken => {}
        }
    }
    Ok(dispatch(function, arguments, env))
}

/// Calls a function on each value of its first argument.
fn elementwise<'a>(function: Function, arguments: &[Cell<'a>], env: &Env<'_>) -> Result<Cell<'a>, Multivalue> {
    let Some((Cell::Multi(values), rest)) = arguments.split_first() else { return Err(Multivalue) };
    if rest.iter().any(|argument| matches!(argument, Cell::Multi(_))) {
        return Err(Multivalue);
    }
    let mut single = arguments.to_vec();
    let mut results = Vec::with_capacity(values.len());
    for value in values {
        single[0] = Cell::Field(value.clone());
        if fault("stages-elementwise-first-only") && !results.is_empty() {
            results.push(value.clone());
            continue;
        }
        if let Cell::Field(text) | Cell::Text(text) = dispatch(function, &single, env) {
            results.push(text);
        }
    }
    Ok(Cell::from_texts(results))
}

/// Asks the families, in order; a function that none has is ∅.
fn dispatch<'a>(function: Function, arguments: &[Cell<'a>], env: &Env<'_>) -> Cell<'a> {
    conditions::call(function, arguments, env)
        .or_else(|| text::call(function, arguments, env))
        .or_else(|| multivalue::call(function, arguments, env))
        .or_else(|| numbers::call(function, arguments, env))
        .or_else(|| time::call(function, arguments, env))
        .or_else(|| json::call(function, arguments, env))
        .or_else(|| crypto::call(function, arguments, env))
        .unwrap_or(Cell::Null)
}

#[cfg(test)]
pub(crate) mod test {
    //! Calls with little around them.

    use super::*;
    use crate::batch::RowKey;
    use crate::pipeline::Settings;

    /// 2023-11-14T22:15:23.5Z, a Tuesday.
    pub(crate) const NOW: i64 = 1_700_000_123_500_000;

    /// The result of a call; a multivalue where none is allowed is `Err`.
    pub(crate) fn result<'a>(function: Function, arguments: &[Cell<'a>]) -> Result<Cell<'a>, Multivalue> {
        let settings = Settings { now: NOW, seed: 7, ..Settings::default() };
        let key = RowKey { time: None, file: 1, row: 2 };
        super::call(function, arguments, &Env { settings: &settings, key })
    }

    /// The value of a call.
    pub(crate) fn call<'a>(function: Function, arguments: &[Cell<'a>]) -> Cell<'a> {
        result(function, arguments).unwrap_or(Cell::Null)
    }

    /// A field's text.
    pub(crate) fn field(text: &str) -> Cell<'_> {
        Cell::Field(text.into())
    }

    /// A string.
    pub(crate) fn text(text: &str) -> Cell<'_> {
        Cell::Text(text.into())
    }

    /// A multivalue.
    pub(crate) fn multi<'a>(texts: &[&'a str]) -> Cell<'a> {
        Cell::Multi(texts.iter().map(|text| (*text).into()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::test::{field, multi, result, text as string};
    use super::*;

    #[test]
    fn section_6_1_5_null_spreads_but_for_tests() {
        assert_eq!(result(Function::Len, &[Cell::Null]), Ok(Cell::Null));
        assert_eq!(result(Function::Substr, &[string("abc"), Cell::Null]), Ok(Cell::Null));
        assert_eq!(result(Function::IsNull, &[Cell::Null]), Ok(Cell::Bool(true)));
        assert_eq!(result(Function::TypeOf, &[Cell::Null]), Ok(string("Invalid")));
        assert_eq!(result(Function::CidrMatch, &[Cell::Null, field("10.0.0.1")]), Ok(Cell::Bool(false)));
        assert_eq!(result(Function::Like, &[field("a"), Cell::Null]), Ok(Cell::Bool(false)));
    }

    #[test]
    fn section_4_5_2_elementwise_or_undefined() {
        let ab = multi(&["A b", "C"]);
        assert_eq!(result(Function::Lower, std::slice::from_ref(&ab)), Ok(multi(&["a b", "c"])));
        assert_eq!(result(Function::RTrim, &[ab.clone(), string("b")]), Ok(multi(&["A ", "C"])));
        for function in [Function::Len, Function::UrlDecode, Function::ToNumber] {
            assert_eq!(result(function, std::slice::from_ref(&ab)), Err(Multivalue), "{function:?}");
        }
        assert_eq!(result(Function::Split, &[ab.clone(), string(",")]), Err(Multivalue));
        assert_eq!(result(Function::Trim, &[string("a"), ab.clone()]), Err(Multivalue));
        assert_eq!(result(Function::Substr, &[Cell::Null, ab]), Ok(Cell::Null));
    }
}
