//! `bin` (§5.4): time and numbers cut into intervals.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use retrohunt_columnar::text;
use retrohunt_spl::plan::{BinCommand, BinSpan, CalendarUnit};

use crate::batch::{Batch, TIME, micros_of};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::decimal::Decimal;
use crate::kernels::number::{Number, seconds};
use crate::kernels::value::{Column, ValueRef};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::partial;
use crate::stage::Stage;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Seconds in a day.
const DAY_SECONDS: i64 = 86_400;

/// A `bin` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Bin {
    /// The field that is cut.
    field: Arc<str>,
    /// The field that takes the result.
    target: Arc<str>,
    /// Where the edges are.
    edges: Edges,
}

/// Where the edges of the intervals are.
#[derive(Clone, Debug)]
enum Edges {
    /// Multiples of a length in microseconds, from the epoch.
    Micros(i64),
    /// Local midnights.
    Calendar(Calendar),
    /// Multiples of a number; also as an exact decimal where its digits fit.
    Number(f64, Option<Decimal>),
    /// `coefficient · base^k`.
    Log(f64, f64),
}

impl Bin {
    /// Makes a `bin` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-SPAN` if the span is not above zero, or a logarithm's base not above one.
    pub(crate) fn new(command: &BinCommand, timezone: &TimeZone) -> Result<Self, PipelineError> {
        let wrong = || PipelineError::new("E-STAGE-SPAN", "the span of `bin` must be above zero");
        let positive = |value: f64| if value > 0.0 && value.is_finite() { Ok(value) } else { Err(wrong()) };
        let Some(span) = &command.options.span else { return Err(wrong()) };
        let edges = match span {
            BinSpan::Micros(span) => {
                Edges::Micros(i64::try_from(*span).ok().filter(|span| *span > 0).ok_or_else(wrong)?)
            }
            BinSpan::Calendar { count: 0, .. } => return Err(wrong()),
            BinSpan::Calendar { count, unit } => {
                Edges::Calendar(Calendar { count: i64::from(*count), unit: *unit, timezone: timezone.clone() })
            }
            BinSpan::Number(span) if command.field == TIME => {
                Edges::Micros(micros_of(positive(*span)?).filter(|span| *span > 0).ok_or_else(wrong)?)
            }
            BinSpan::Number(span) => Edges::Number(positive(*span)?, Decimal::parse(&text::f64_text(*span))),
            BinSpan::Log { coefficient, base } if *base > 1.0 => Edges::Log(positive(*coefficient)?, positive(*base)?),
            BinSpan::Log { .. } => return Err(wrong()),
        };
        let field: Arc<str> = command.field.as_str().into();
        let target = command.alias.as_deref().map_or_else(|| field.clone(), Arc::from);
        Ok(Self { field, target, edges })
    }

    /// The column of intervals of a column.
    fn cut(&self, array: &ArrayRef) -> ArrayRef {
        let mut floor = Floor { edges: &self.edges, last: None };
        match (Column::new(array), &self.edges) {
            (Column::Bool(_) | Column::Missing, _) => array.clone(),
            (Column::Text(texts), _) => {
                let cut: StringArray = texts.iter().map(|text| text.map(|text| floor.text(text))).collect();
                Arc::new(cut)
            }
            (Column::List(lists, _), _) => {
                let column = Column::new(array);
                let mut builder = ListBuilder::new(StringBuilder::new());
                for row in 0..lists.len() {
                    let mut any = false;
                    column.for_each(row, |_, value| {
                        any = true;
                        builder.values().append_value(floor.text(&value.text()));
                    });
                    builder.append(any);
                }
                Arc::new(builder.finish())
            }
            (column @ Column::Mixed(..), _) | (column, Edges::Number(..) | Edges::Log(..)) => {
                let text = |row| column.scalar(row).map(|value| floor.text(&value.text()));
                Arc::new((0..array.len()).map(text).collect::<StringArray>())
            }
            (Column::Time(times), Edges::Micros(_) | Edges::Calendar(_)) => {
                let cut = times.iter().map(|time| time.map(|micros| floor.micros(micros).unwrap_or(micros)));
                self.times(cut.collect())
            }
            (column, Edges::Micros(_) | Edges::Calendar(_)) => {
                let number = |row| {
                    let number = column.scalar(row).and_then(|value| value.number())?;
                    Some(floor.number(number).unwrap_or(number))
                };
                self.numbers(&column, (0..array.len()).map(number))
            }
        }
    }

    /// Does a time on an edge always have whole seconds?
    fn whole_seconds(&self) -> bool {
        !matches!(self.edges, Edges::Micros(span) if span % SECOND != 0)
    }

    /// The column of cut times: times if it is to be `_time`, numbers of seconds otherwise (§4.6.1).
    fn times(&self, times: Vec<Option<i64>>) -> ArrayRef {
        if *self.target == *TIME {
            return Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"));
        }
        if self.whole_seconds() {
            // A time beyond what the calendar knows stays as it was and may have a fraction, which goes.
            let whole = |time: Option<i64>| time.map(|micros| micros.div_euclid(SECOND));
            return Arc::new(times.into_iter().map(whole).collect::<Int64Array>());
        }
        Arc::new(times.into_iter().map(|time| time.map(seconds)).collect::<Float64Array>())
    }

    /// The column of cut numbers: integers stay integers where edges are whole seconds.
    fn numbers(&self, column: &Column<'_>, numbers: impl Iterator<Item = Option<Number>>) -> ArrayRef {
        let integral = matches!(column, Column::Int(_)) && self.whole_seconds();
        if integral {
            let integer = |number: Option<Number>| match number {
                Some(Number::Int(value)) => i64::try_from(value).ok(),
                _ => None,
            };
            return Arc::new(numbers.map(integer).collect::<Int64Array>());
        }
        Arc::new(numbers.map(|number| number.map(Number::to_f64)).collect::<Float64Array>())
    }
}

impl Stage for Bin {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let Some(array) = batch.column(&self.field) else {
            // ∅ stays ∅; with `AS`, the new field is ∅ too, whatever the rows had under that name.
            let target = self.target.clone();
            return Ok(batch.keep_fields(|name| *name != *target));
        };
        // A text of an interval has two numbers of at most 25 characters; a value without one keeps its own text.
        let elements = match Column::new(array) {
            Column::List(_, texts) => texts.len(),
            _ => array.len(),
        };
        partial::check_size(elements, [array.get_buffer_memory_size(), elements.saturating_mul(64)].into_iter())?;
        let cut = self.cut(array);
        Ok(batch.with_column(&self.target, cut))
    }

    fn layout(&self, layout: &mut Layout) {
        if self.target != self.field {
            layout.add(&self.target);
        }
    }

    fn needs(&self, after: Needs) -> Needs {
        let before = if self.target == self.field { after } else { after.without_field(&self.target) };
        before.and_field(&self.field)
    }
}

/// The lower edge of the interval of a value. A value that has no interval gives `None` and stays as it is (§5.4.7).
struct Floor<'a> {
    /// Where the edges are.
    edges: &'a Edges,
    /// The last calendar interval found, in microseconds: most neighbouring rows share it.
    last: Option<(i64, i64)>,
}

impl Floor<'_> {
    /// The edge below a time in microseconds.
    fn micros(&mut self, micros: i64) -> Option<i64> {
        let low = match self.edges {
            Edges::Micros(span) => micros.div_euclid(*span).checked_mul(*span)?,
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
            && let Edges::Micros(span) = self.edges
        {
            return low.checked_add(*span);
        }
        Some(low)
    }

    /// The edge below a number of seconds (§5.4.4).
    fn number(&mut self, number: Number) -> Option<Number> {
        let micros = match number {
            Number::Int(seconds) => i64::try_from(seconds.checked_mul(i128::from(SECOND))?).ok()?,
            Number::Float(seconds) => micros_of(seconds)?,
        };
        self.micros(micros).map(Number::from_micros)
    }

    /// The interval of a text of numeric form, as a text; any other text unchanged.
    fn text(&mut self, value: &str) -> String {
        let cut = Number::parse(value).and_then(|number| match self.edges {
            Edges::Micros(_) | Edges::Calendar(_) => self.number(number).map(number_text),
            Edges::Number(span, decimal) => number_interval(value, number.to_f64(), *span, *decimal),
            Edges::Log(coefficient, base) => log_interval(number.to_f64(), *coefficient, *base),
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

/// `low-high`, the multiples of `span` around a value (§5.4.5).
fn number_interval(written: &str, value: f64, span: f64, decimal: Option<Decimal>) -> Option<String> {
    let exact = Decimal::parse(written).zip(decimal).and_then(|(value, span)| value.bin(span));
    if let Some((low, high)) = exact {
        let mut out = String::new();
        low.write(&mut out);
        out.push('-');
        high.write(&mut out);
        return Some(out);
    }
    let low = (value / span).floor() * span;
    interval_text(low, low + span)
}

/// `low-high`, the edges `coefficient · base^k` around a value; numbers at or below zero have none (§5.4.5).
fn log_interval(value: f64, coefficient: f64, base: f64) -> Option<String> {
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

/// The text of an interval of doubles; `None` if an edge is out of range.
fn interval_text(low: f64, high: f64) -> Option<String> {
    let finite = low.is_finite() && high.is_finite();
    finite.then(|| format!("{}-{}", text::f64_text(low), text::f64_text(high)))
}

/// Intervals of days, weeks, months, quarters or years in local time.
#[derive(Clone, Debug)]
struct Calendar {
    /// How many units are one interval.
    count: i64,
    /// The unit.
    unit: CalendarUnit,
    /// Whose midnights count.
    timezone: TimeZone,
}

impl Calendar {
    /// The interval around a time: its start, and its end if the calendar goes so far. In microseconds.
    fn interval(&self, micros: i64) -> Option<(i64, Option<i64>)> {
        let time = Timestamp::from_microsecond(micros).ok()?;
        let date = self.timezone.to_datetime(time).date();
        let index = self.index(date)?;
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

#[cfg(test)]
mod tests;
