//! Functions of numbers (§6.5).

use retrohunt_spl::functions::Function as F;

use super::super::value::Number;
use super::Datum;

/// Returns the value of a number function, `None` for others.
pub(super) fn call(function: F, arguments: &[Datum]) -> Option<Datum> {
    let number = |at: usize| arguments.get(at).and_then(Datum::loose_number);
    let one = |of: fn(f64) -> f64| number(0).map_or(Datum::Null, |number| Datum::of_real(of(number)));
    let two = |of: fn(f64, f64) -> f64| match (number(0), number(1)) {
        (Some(left), Some(right)) => Datum::of_real(of(left, right)),
        _ => Datum::Null,
    };
    Some(match function {
        F::Pi => Datum::Number(std::f64::consts::PI),
        F::Abs => one(f64::abs),
        F::Ceiling => one(f64::ceil),
        F::Floor => one(f64::floor),
        F::Exp => one(f64::exp),
        F::Ln => one(f64::ln),
        F::Log => match (number(0), arguments.len()) {
            (Some(number), 1) => Datum::of_real(number.log10()),
            _ => two(|number, base| if base > 0.0 { number.ln() / base.ln() } else { f64::NAN }),
        },
        F::Pow => two(f64::powf),
        F::Sqrt => one(f64::sqrt),
        F::Exact | F::SigFig => one(|number| number),
        F::Sin => one(f64::sin),
        F::Cos => one(f64::cos),
        F::Tan => one(f64::tan),
        F::Asin => one(f64::asin),
        F::Acos => one(f64::acos),
        F::Atan => one(f64::atan),
        F::Atan2 => two(f64::atan2),
        F::Sinh => one(f64::sinh),
        F::Cosh => one(f64::cosh),
        F::Tanh => one(f64::tanh),
        F::Hypot => two(f64::hypot),
        F::Round => round(arguments).unwrap_or(Datum::Null),
        F::Min | F::Max => extreme(function, arguments),
        F::Sum | F::Avg => {
            let numbers: Vec<f64> =
                arguments.iter().flat_map(Datum::each).filter_map(|value| value.number().map(Number::real)).collect();
            let sum: f64 = numbers.iter().sum();
            match (numbers.len(), function) {
                (0, _) => Datum::Null,
                (_, F::Sum) => Datum::of_real(sum),
                (count, _) => Datum::of_real(sum / count as f64),
            }
        }
        _ => return None,
    })
}

/// `round(x [, n])`: half away from zero, of the decimal text; with n above 0 the text has exactly n decimals.
fn round(arguments: &[Datum]) -> Option<Datum> {
    let number = arguments.first()?.loose_number().filter(|number| number.is_finite())?;
    let places = match arguments.get(1) {
        None => 0,
        Some(places) => {
            let places = places.loose_number().filter(|places| places.fract() == 0.0)?;
            format!("{:.0}", places.clamp(-400.0, 400.0)).parse::<i32>().ok()?
        }
    };
    let text = rounded(&format!("{number}"), places);
    if places > 0 { Some(Datum::Field(text)) } else { text.parse().ok().map(Datum::of_real) }
}

/// A decimal text rounded to so many places after its point, digit by digit.
fn rounded(text: &str, places: i32) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // All digits as one number, with the point behind `whole`.
    let mut all: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    let mut point = whole.len();
    let moved = usize::try_from(places.unsigned_abs()).unwrap_or(0);
    let keep = if places >= 0 { Some(point + moved) } else { point.checked_sub(moved) };
    let Some(keep) = keep else { return "0".to_owned() };
    let up = all.get(keep).is_some_and(|digit| *digit >= 5);
    all.resize(keep, 0);
    if up {
        let mut at = all.len();
        loop {
            if at == 0 {
                all.insert(0, 1);
                point += 1;
                break;
            }
            at -= 1;
            if all[at] < 9 {
                all[at] += 1;
                break;
            }
            all[at] = 0;
        }
    }
    all.resize(all.len().max(point), 0);
    let digit = |digit: &u8| char::from(b'0' + digit);
    let whole: String = all[..point].iter().map(digit).collect();
    let fraction: String = all[point..].iter().map(digit).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.chars().all(|digit| digit == '0');
    let sign = if zero { "" } else { sign };
    if places > 0 { format!("{sign}{whole}.{fraction}") } else { format!("{sign}{whole}") }
}

/// `min` and `max`: numbers are below strings (§6.5); literals and results of string functions are strings (§4.3.2).
fn extreme(function: F, arguments: &[Datum]) -> Datum {
    let mut best: Option<Datum> = None;
    for value in arguments.iter().flat_map(Datum::each) {
        let Some(text) = value.text() else { continue };
        let better = best.as_ref().is_none_or(|best| {
            let order = match (value.number(), best.number()) {
                (Some(left), Some(right)) => left.order(right),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => text.cmp(&best.text().unwrap_or_default()),
            };
            if function == F::Min { order.is_lt() } else { order.is_gt() }
        });
        if better {
            best = Some(value);
        }
    }
    best.unwrap_or(Datum::Null)
}
