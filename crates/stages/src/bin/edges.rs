//! Where the intervals of a `bin` begin and end (§5.4.3-5.4.5).

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use retrohunt_columnar::text;
use retrohunt_spl::plan::{BinSpan, CalendarUnit};

use crate::batch::micros_of;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::decimal::Decimal;
use crate::kernels::number::Number;
use crate::kernels::value::ValueRef;

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// Seconds in a day.
pub(super) const DAY_SECONDS: i64 = 86_400;

/// Where the edges of the intervals are.
#[derive(Clone, Debug)]
pub(crate) enum Edges {
    /// Multiples of a length from an origin, in microseconds.
    Micros {
        /// The length, above zero.
        span: i64,
        /// Where they are counted from (§5.4.7).
        origin: i64,
    },
    /// Local midnights.
    Calendar(Calendar),
    /// Multiples of a number; also as an exact decimal where its digits fit.
    Number(f64, Option<Decimal>),
    /// `coefficient · base^k`.
    Log(f64, f64),
}

impl Edges {
    /// The edges of a span; `time`: the field is `_time`, where a bare number is seconds.
    ///
    /// # Errors
    ///
    /// `E-STAGE-SPAN` if the span is not above zero, or a logarithm's base not above one.
    pub(crate) fn new(span: &BinSpan, time: bool, timezone: &TimeZone) -> Result<Self, PipelineError> {
        let wrong = || PipelineError::new("E-STAGE-SPAN", "the span of `bin` must be above zero");
        let positive = |value: f64| if value > 0.0 && value.is_finite() { Ok(value) } else { Err(wrong()) };
        Ok(match span {
            BinSpan::Micros(span) => {
                let span = i64::try_from(*span).ok().filter(|span| *span > 0).ok_or_else(wrong)?;
                Self::Micros { span, origin: 0 }
            }
            BinSpan::Calendar { count: 0, .. } => return Err(wrong()),
            BinSpan::Calendar { count, unit } => {
                Self::Calendar(Calendar { count: i64::from(*count), unit: *unit, timezone: timezone.clone() })
            }
            BinSpan::Number(span) if time => {
                let span = micros_of(positive(*span)?).filter(|span| *span > 0).ok_or_else(wrong)?;
                Self::Micros { span, origin: 0 }
            }
            BinSpan::Number(span) => Self::number(positive(*span)?),
            BinSpan::Log { coefficient, base } if *base > 1.0 => Self::Log(positive(*coefficient)?, positive(*base)?),
            BinSpan::Log { .. } => return Err(wrong()),
        })
    }

    /// Multiples of a number above zero.
    pub(crate) fn number(span: f64) -> Self {
        Self::Number(span, Decimal::parse(&text::f64_text(span)))
    }

    /// The same with another origin; days and longer units keep theirs (§5.4.7).
    pub(crate) fn aligned(self, origin: i64) -> Self {
        match self {
            Self::Micros { span, .. } => Self::Micros { span, origin: origin.rem_euclid(span) },
            other => other,
        }
    }

    /// The edge after one of these edges, for intervals of time.
    pub(crate) fn next(&self, edge: i64) -> Option<i64> {
        match self {
            Self::Micros { span, .. } => edge.checked_add(*span),
            Self::Calendar(calendar) => calendar.interval(edge)?.1,
            Self::Number(..) | Self::Log(..) => None,
        }
    }

    /// The interval after one of these intervals of numbers, given and returned as `low-high` texts and their borders.
    pub(crate) fn next_interval(&self, high: &str) -> Option<(String, String)> {
        let value = Number::parse(high)?.to_f64();
        match self {
            Self::Number(span, decimal) => number_interval(high, value, *span, *decimal),
            Self::Log(coefficient, base) => log_interval(value, *coefficient, *base),
            Self::Micros { .. } | Self::Calendar(_) => None,
        }
    }

    /// How many intervals there are from one time to another, both included.
    pub(crate) fn count(&self, low: i64, high: i64) -> Option<i64> {
        let (low, high) = match self {
            Self::Micros { span, origin } => {
                let index = |time: i64| Some(time.checked_sub(*origin)?.div_euclid(*span));
                (index(low)?, index(high)?)
            }
            Self::Calendar(calendar) => (calendar.index_of(low)?, calendar.index_of(high)?),
            Self::Number(..) | Self::Log(..) => return None,
        };
        high.checked_sub(low)?.checked_add(1)
    }
}

/// The lower edge of the interval of a value. A value that has no interval gives `None` and stays as it is (§5.4.7).
pub(crate) struct Floor<'a> {
    /// Where the edges are.
    edges: &'a Edges,
    /// The last calendar interval found, in microseconds: most neighbouring rows share it.
    last: Option<(i64, i64)>,
}

impl<'a> Floor<'a> {
    /// Nothing found yet.
    pub(crate) fn new(edges: &'a Edges) -> Self {
        Self { edges, last: None }
    }

    /// The edge below a time in microseconds.
    pub(crate) fn micros(&mut self, micros: i64) -> Option<i64> {
        let low = match self.edges {
            Edges::Micros { span, origin } => {
                micros.checked_sub(*origin)?.div_euclid(*span).checked_mul(*span)?.checked_add(*origin)?
            }
            Edges::Calendar(calendar) => match self.last {
                Some((start, end)) if (start..end).contains(&micros) => start,
                _ => {
                    let (start, end) = calendar.interval(micros)?;
                    self.last = end.map(|end| (start, end));
                    start
                }
            },
            Edges::Number(..) | Edges::Log(..) => return None,
        };
        if fault("stages-bin-rounds-up")
            && low != micros
            && let Edges::Micros { span, .. } = self.edges
        {
            return low.checked_add(*span);
        }
        Some(low)
    }

    /// The edge below a number of seconds (§5.4.4).
    pub(super) fn number(&mut self, number: Number) -> Option<Number> {
        let micros = match number {
            Number::Int(seconds) => i64::try_from(seconds.checked_mul(i128::from(SECOND))?).ok()?,
            Number::Float(seconds) => micros_of(seconds)?,
        };
        self.micros(micros).map(Number::from_micros)
    }

    /// The text of a cut value of a column of texts and numbers, and whether it is a number.
    pub(super) fn cell(&mut self, value: ValueRef<'_>) -> (String, bool) {
        let number = if matches!(value, ValueRef::Text(_) | ValueRef::Bool(_)) { None } else { value.number() };
        match number {
            Some(number) => (number_text(self.number(number).unwrap_or(number)), true),
            None => (self.text(&value.text()), false),
        }
    }

    /// The interval of a text of numeric form, as a text; any other text unchanged.
    pub(crate) fn text(&mut self, value: &str) -> String {
        let cut = Number::parse(value).and_then(|number| match self.edges {
            Edges::Micros { .. } | Edges::Calendar(_) => self.number(number).map(number_text),
            Edges::Number(span, decimal) => number_interval(value, number.to_f64(), *span, *decimal).map(joined),
            Edges::Log(coefficient, base) => log_interval(number.to_f64(), *coefficient, *base).map(joined),
        });
        cut.unwrap_or_else(|| value.to_owned())
    }
}

/// The text of a number (§4.4).
fn number_text(number: Number) -> String {
    match number {
        Number::Int(value) => value.to_string(),
        Number::Float(value) => ValueRef::Float(value).text().into_owned(),
    }
}

/// `low-high` (§5.4.5).
fn joined((low, high): (String, String)) -> String {
    format!("{low}-{high}")
}

/// The texts of the multiples of `span` around a value (§5.4.5).
fn number_interval(written: &str, value: f64, span: f64, decimal: Option<Decimal>) -> Option<(String, String)> {
    let exact = Decimal::parse(written).zip(decimal).and_then(|(value, span)| value.bin(span));
    if let Some((low, high)) = exact {
        let text = |edge: Decimal| {
            let mut out = String::new();
            edge.write(&mut out);
            out
        };
        return Some((text(low), text(high)));
    }
    let low = (value / span).floor() * span;
    interval_text(low, low + span)
}

/// The texts of the edges `coefficient · base^k` around a value; numbers at or below zero have none (§5.4.5).
fn log_interval(value: f64, coefficient: f64, base: f64) -> Option<(String, String)> {
    if value <= 0.0 || !value.is_finite() {
        return None;
    }
    let edge = |power: i32| {
        // A division of exact numbers is rounded once: 1 / 10 is the double `0.1`.
        if power < 0 { coefficient / base.powi(-power) } else { coefficient * base.powi(power) }
    };
    let estimate = (value / coefficient).ln() / base.ln();
    #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a double, and the cast saturates")]
    let mut power = estimate.floor() as i32;
    // The logarithm is rounded; the edges decide.
    if edge(power) > value {
        power -= 1;
    } else if edge(power + 1) <= value {
        power += 1;
    }
    interval_text(edge(power), edge(power + 1))
}

/// The texts of two edges; `None` if one is out of range.
fn interval_text(low: f64, high: f64) -> Option<(String, String)> {
    let finite = low.is_finite() && high.is_finite();
    finite.then(|| (text::f64_text(low), text::f64_text(high)))
}

/// Intervals of days, weeks, months, quarters or years in local time.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    /// How many units are one interval.
    count: i64,
    /// The unit.
    unit: CalendarUnit,
    /// Whose midnights count.
    timezone: TimeZone,
}

impl Calendar {
    /// Which interval a time is in.
    fn index_of(&self, micros: i64) -> Option<i64> {
        let time = Timestamp::from_microsecond(micros).ok()?;
        self.index(self.timezone.to_datetime(time).date())
    }

    /// The interval around a time: its start, and its end if the calendar goes so far. In microseconds.
    fn interval(&self, micros: i64) -> Option<(i64, Option<i64>)> {
        let index = self.index_of(micros)?;
        Some((self.start(index)?, self.start(index + 1)))
    }

    /// Months in the unit, for the units that are counted in months.
    fn months(&self) -> Option<i64> {
        match self.unit {
            CalendarUnit::Day | CalendarUnit::Week => None,
            CalendarUnit::Month => Some(1),
            CalendarUnit::Quarter => Some(3),
            CalendarUnit::Year => Some(12),
        }
    }

    /// Days in the unit, and the day from which they are counted: weeks begin on Sunday, 1970-01-01 was a Thursday.
    fn days(&self) -> (i64, i64) {
        if self.unit == CalendarUnit::Week { (7, -4) } else { (1, 0) }
    }

    /// Which interval a date is in, counted from the one of 1970-01-01.
    fn index(&self, date: Date) -> Option<i64> {
        if let Some(months) = self.months() {
            let month = (i64::from(date.year()) - 1970) * 12 + i64::from(date.month()) - 1;
            return Some(month.div_euclid(months.checked_mul(self.count)?));
        }
        let (length, origin) = self.days();
        let midnight = TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()?;
        let day = midnight.as_second().div_euclid(DAY_SECONDS);
        Some((day - origin).div_euclid(length.checked_mul(self.count)?))
    }

    /// The first instant of an interval, in microseconds.
    fn start(&self, index: i64) -> Option<i64> {
        let date = if let Some(months) = self.months() {
            let month = index.checked_mul(months.checked_mul(self.count)?)?;
            let year = i16::try_from(month.div_euclid(12).checked_add(1970)?).ok()?;
            Date::new(year, i8::try_from(month.rem_euclid(12) + 1).ok()?, 1).ok()?
        } else {
            let (length, origin) = self.days();
            let day = index.checked_mul(length.checked_mul(self.count)?)?.checked_add(origin)?;
            let midnight = Timestamp::from_second(day.checked_mul(DAY_SECONDS)?).ok()?;
            TimeZone::UTC.to_datetime(midnight).date()
        };
        // Where a clock change leaves midnight out, this is the first instant of the day.
        Some(self.timezone.to_timestamp(date.to_datetime(Time::midnight())).ok()?.as_microsecond())
    }
}
