//! Functions of time (§6.5). A time inside an expression is epoch seconds (§4.6.1).

use retrohunt_spl::functions::Function;

use super::super::cell::Cell;
use super::super::env::Env;
use crate::batch::micros_of;
use crate::faults::fault;
use crate::kernels::decimal;
use crate::kernels::number::Number;
use crate::kernels::{time_format, time_parse};

/// The value of a function of this family.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], env: &Env<'_>) -> Option<Cell<'a>> {
    let settings = env.settings;
    Some(match function {
        Function::Now | Function::Time => Cell::Time(settings.now),
        Function::RelativeTime => timed(arguments, |micros, modifier| {
            // The absolute forms of §4.6.6 are no modifiers.
            let relative = modifier.trim_start().starts_with(['+', '-', '@']);
            let from = if fault("stages-relative-time-from-now") { settings.now } else { micros };
            let moved = || retrohunt_spl::time::resolve(modifier, from, &settings.timezone).ok().flatten();
            relative.then(moved).flatten().map(Cell::Time)
        }),
        Function::Strftime => timed(arguments, |micros, format| {
            let utc = fault("stages-strftime-in-utc").then_some(jiff::tz::TimeZone::UTC);
            time_format::format(micros, format, utc.as_ref().unwrap_or(&settings.timezone)).map(Cell::string)
        }),
        Function::Strptime => {
            let [subject, format] = arguments else { return Some(Cell::Null) };
            let parsed = subject.text().zip(format.text());
            let micros = parsed
                .and_then(|(subject, format)| time_parse::parse(&subject, &format, settings.now, &settings.timezone));
            micros.map_or(Cell::Null, Cell::Time)
        }
        _ => return None,
    })
}

/// A function of a time and a text.
fn timed<'a>(arguments: &[Cell<'a>], operation: impl Fn(i64, &str) -> Option<Cell<'a>>) -> Cell<'a> {
    let [time, text] = arguments else { return Cell::Null };
    let (Some(micros), Some(text)) = (micros(time), text.text()) else { return Cell::Null };
    operation(micros, &text).unwrap_or(Cell::Null)
}

/// The microseconds of a value that is a number of seconds; `None` if it is none or no time can hold it.
pub(super) fn micros(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Time(micros) => Some(*micros),
        Cell::Field(text) | Cell::Text(text) => {
            decimal::micros(text).or_else(|| micros_of(Number::parse(text)?.to_f64()))
        }
        other => match other.number()? {
            Number::Int(seconds) => i64::try_from(seconds.checked_mul(1_000_000)?).ok(),
            Number::Float(seconds) => micros_of(seconds),
        },
    }
}

#[cfg(test)]
mod tests {
    use retrohunt_spl::functions::Function as F;

    use super::super::test::{NOW, call, field, multi, text};
    use super::*;

    #[test]
    fn section_6_5_now_and_time_are_one_value() {
        assert_eq!(call(F::Now, &[]), Cell::Time(NOW));
        assert_eq!(call(F::Time, &[]), Cell::Time(NOW));
    }

    #[test]
    fn section_4_6_4_relative_time_steps_and_snaps() {
        let at = |time: Cell<'static>, modifier| call(F::RelativeTime, &[time, text(modifier)]);
        assert_eq!(at(Cell::Float(1_700_000_123.0), "-1d@d"), Cell::Time(1_699_833_600_000_000));
        assert_eq!(at(field("1700000123.25"), "+1h"), Cell::Time(1_700_003_723_250_000));
        assert_eq!(at(Cell::Time(NOW), "@w0"), Cell::Time(1_699_747_200_000_000));
        for modifier in ["", "x", "now", "0", "2023-01-01", "-1x", "+99999999999999999999y"] {
            assert_eq!(at(Cell::Int(0), modifier), Cell::Null, "{modifier}");
        }
        assert_eq!(at(text("5"), "+1s"), Cell::Time(6_000_000));
        assert_eq!(at(field("x"), "-1d"), Cell::Null);
        assert_eq!(at(multi(&["1", "2"]), "-1d"), Cell::Null);
        assert_eq!(at(Cell::Null, "-1d"), Cell::Null);
        assert_eq!(at(Cell::Float(1e300), "-1d"), Cell::Null);
    }

    #[test]
    fn section_6_5_strftime_of_any_number() {
        let format = |time, format| call(F::Strftime, &[time, text(format)]);
        assert_eq!(format(Cell::Int(1_700_000_123), "%Y-%m-%dT%H:%M:%S"), text("2023-11-14T22:15:23"));
        assert_eq!(format(field("1700000123.987654"), "%H:%M:%S.%6N"), text("22:15:23.987654"));
        assert_eq!(format(Cell::Time(NOW), "%F %T.%3Q"), text("2023-11-14 22:15:23.500"));
        assert_eq!(format(Cell::Float(1e18), "%Y"), Cell::Null);
        assert_eq!(format(text("1700000123"), "%Y"), text("2023"));
        assert_eq!(format(text("x"), "%Y"), Cell::Null);
        assert_eq!(format(Cell::Null, "%Y"), Cell::Null);
        assert_eq!(format(multi(&["1", "2"]), "%Y"), Cell::Null);
    }

    #[test]
    fn section_6_5_strptime_gives_epoch_seconds() {
        let parse = |subject, format| call(F::Strptime, &[subject, text(format)]);
        assert_eq!(parse(text("2023-11-14T22:15:23"), "%Y-%m-%dT%H:%M:%S"), Cell::Time(1_700_000_123_000_000));
        assert_eq!(parse(Cell::Int(2023), "%Y"), Cell::Time(1_672_531_200_000_000));
        assert_eq!(parse(text("14 Nov"), "%Y"), Cell::Null);
        assert_eq!(parse(Cell::Null, "%Y"), Cell::Null);
        assert_eq!(parse(multi(&["2023", "2024"]), "%Y"), Cell::Null);
    }
}
