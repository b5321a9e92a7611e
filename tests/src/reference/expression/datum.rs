//! A value inside an expression.

use super::super::value::{Number, Scalar, float_text};

/// A value inside an expression. The kinds of text differ in comparison and arithmetic only (§4.3.2).
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Datum {
    /// ∅.
    Null,
    /// The result of a condition (§4.1.2).
    Bool(bool),
    /// A number.
    Number(f64),
    /// An integer of a column that a double cannot hold (§4.3.4), or would print otherwise than the column does (§4.4).
    Big(i128),
    /// A field's text, which acts as a number where it has numeric form.
    Field(String),
    /// A string of the rule's text.
    Literal(String),
    /// The result of a string function.
    Text(String),
    /// At least two texts, each like a field's (§4.1.1).
    Multi(Vec<String>),
}

impl Datum {
    /// The value of a field.
    pub(super) fn of_field(values: &[Scalar]) -> Self {
        match values {
            [] => Self::Null,
            [one] => match one {
                Scalar::Text(text) => Self::Field(text.clone()),
                Scalar::Bool(truth) => Self::Field(truth.to_string()),
                Scalar::Float(number) => Self::Number(*number),
                Scalar::Int(number) => Self::of_integer(i128::from(*number)),
                Scalar::UInt(number) => Self::of_integer(i128::from(*number)),
                Scalar::Time(micros) => Self::Number(*micros as f64 / 1e6),
            },
            several => Self::Multi(several.iter().map(Scalar::text).collect()),
        }
    }

    /// An integer of a column.
    fn of_integer(number: i128) -> Self {
        if number.unsigned_abs() < 1_000_000_000_000_000 { Self::Number(number as f64) } else { Self::Big(number) }
    }

    /// ∅, one text or several, each like a field's (§4.1.1).
    pub(super) fn of_texts(mut texts: Vec<String>) -> Self {
        match texts.len() {
            0 => Self::Null,
            1 => Self::Field(texts.remove(0)),
            _ => Self::Multi(texts),
        }
    }

    /// A number, or ∅ where there is none (§6.5).
    pub(super) fn of_real(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }

    /// The text (§4.4) of a value that has one.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Field(text) | Self::Literal(text) | Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(float_text(*number)),
            Self::Big(number) => Some(number.to_string()),
            Self::Null | Self::Bool(_) | Self::Multi(_) => None,
        }
    }

    /// The texts of its values.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Multi(texts) => texts.clone(),
            other => other.text().into_iter().collect(),
        }
    }

    /// The number that it is, or that a field's text has the form of (§4.3.2).
    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(whole(*number)),
            Self::Big(number) => Some(Number::Integer(*number)),
            Self::Field(text) => Number::of_text(text),
            _ => None,
        }
    }

    /// The same, and the number that any text has the form of.
    pub(super) fn loose_number(&self) -> Option<f64> {
        match self {
            Self::Literal(text) | Self::Text(text) => Number::of_text(text).map(Number::real),
            other => other.number().map(Number::real),
        }
    }

    /// Its values one by one, each like a field's; one that is no multivalue is itself.
    pub(super) fn each(&self) -> Vec<Self> {
        match self {
            Self::Null => Vec::new(),
            Self::Multi(texts) => texts.iter().cloned().map(Self::Field).collect(),
            other => vec![other.clone()],
        }
    }

    /// What a field gets (§5.9.1).
    pub(in super::super) fn into_values(self) -> Vec<Scalar> {
        match self {
            Self::Null | Self::Bool(_) => Vec::new(),
            Self::Number(number) => vec![Scalar::Float(number)],
            Self::Big(number) => {
                let signed = i64::try_from(number).ok().map(Scalar::Int);
                let unsigned = || u64::try_from(number).ok().map(Scalar::UInt);
                vec![signed.or_else(unsigned).unwrap_or_else(|| Scalar::Text(number.to_string()))]
            }
            Self::Field(text) | Self::Literal(text) | Self::Text(text) => vec![Scalar::Text(text)],
            Self::Multi(texts) => texts.into_iter().map(Scalar::Text).collect(),
        }
    }
}

/// A double as a number: an integer where it is one.
fn whole(number: f64) -> Number {
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
        format!("{number:.0}").parse().map_or(Number::Real(number), Number::Integer)
    } else {
        Number::Real(number)
    }
}
