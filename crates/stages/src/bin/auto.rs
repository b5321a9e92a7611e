//! `bin` whose span or origin hangs on the rows (§5.4.6, §5.4.7): the span from the range of the values, the origin from their times.

use jiff::tz::TimeZone;
use retrohunt_spl::plan::{BinCommand, BinSpan, CalendarUnit};

use super::edges::{Edges, SECOND};
use super::{Bin, Origin};
use crate::batch::{TIME, micros_of};
use crate::commands::{column_array, set_column};
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

/// Most bins where the rule does not say (§5.4.6).
pub(crate) const DEFAULT_BINS: u64 = 100;

/// Steps of the ladder below a day, in seconds.
const SECONDS: [u64; 9] = [1, 5, 10, 30, 60, 300, 600, 1800, 3600];

/// A `bin` made ready whose edges hang on the rows.
#[derive(Clone, Debug)]
pub(crate) struct AutoBin {
    /// The command.
    command: BinCommand,
    /// Where time bins begin.
    origin: Origin,
    /// Zone of days.
    timezone: TimeZone,
}

impl AutoBin {
    /// Makes a `bin` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-SPAN` if a span is not above zero.
    pub(crate) fn new(command: &BinCommand, origin: Origin, settings: &Settings) -> Result<Self, PipelineError> {
        let timezone = settings.timezone.clone();
        for span in command.options.span.iter().chain(&command.options.min_span) {
            Edges::new(span, command.field == TIME, &timezone)?;
        }
        Ok(Self { command: command.clone(), origin, timezone })
    }

    /// The field that is cut.
    pub(crate) fn field(&self) -> &str {
        &self.command.field
    }

    /// The command.
    pub(crate) fn command(&self) -> &BinCommand {
        &self.command
    }

    /// Are the rows' times looked at for the origin?
    pub(crate) fn reads_time(&self) -> bool {
        !matches!(self.origin, Origin::At(_))
    }

    /// Are the intervals of time?
    fn of_time(&self) -> bool {
        let options = &self.command.options;
        let span = options.span.as_ref().or(options.min_span.as_ref());
        self.command.field == TIME || matches!(span, Some(BinSpan::Micros(_) | BinSpan::Calendar { .. }))
    }

    /// The edges for these rows; `None` if no value has numeric form, so that there is nothing to cut.
    pub(crate) fn edges(&self, table: &Table) -> Result<Option<Edges>, PipelineError> {
        let options = &self.command.options;
        let Some((mut low, mut high)) = numeric_range(table, &self.command.field) else { return Ok(None) };
        low = options.start.map_or(low, |start| low.min(start.0));
        high = options.end.map_or(high, |end| high.max(end.0));
        let bins = options.bins.unwrap_or(DEFAULT_BINS);
        let edges = match &options.span {
            Some(span) => Edges::new(span, self.command.field == TIME, &self.timezone)?,
            None if self.of_time() => {
                let (low, high) = (micros_of(low).unwrap_or(i64::MIN), micros_of(high).unwrap_or(i64::MAX));
                time_edges(low, high, bins, options.min_span.as_ref(), &self.timezone)?
            }
            None => {
                let least = match options.min_span {
                    Some(BinSpan::Number(least)) => Some(least),
                    _ => None,
                };
                number_edges(low, high, bins, least)
            }
        };
        let times = || numeric_range(table, TIME);
        let origin = match self.origin {
            Origin::At(origin) => Some(origin),
            Origin::Least => times().and_then(|(low, _)| micros_of(low)),
            Origin::Greatest => times().and_then(|(_, high)| micros_of(high)),
        };
        Ok(Some(edges.aligned(origin.unwrap_or(0))))
    }
}

impl TableStage for AutoBin {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let target = self.command.alias.as_deref().unwrap_or(&self.command.field);
        let Some(array) = column_array(&table, &self.command.field)? else {
            table.remove_columns(|name| name == target && name != self.command.field);
            return Ok(table);
        };
        let cut = self.edges(&table)?.map(|edges| Bin::with_edges(&self.command, edges).cut(&array));
        set_column(&mut table, target, &cut.unwrap_or(array))?;
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        let after = match &self.command.alias {
            Some(alias) if *alias != self.command.field => after.without_field(alias),
            _ => after,
        };
        let after = if self.reads_time() { after.and_field(TIME) } else { after };
        after.and_field(&self.command.field)
    }
}

/// The least and greatest number of a field, each value of a multivalue on its own.
pub(crate) fn numeric_range(table: &Table, field: &str) -> Option<(f64, f64)> {
    let at = table.column(field)?;
    let mut range: Option<(f64, f64)> = None;
    let mut take = |number: f64| {
        if number.is_finite() {
            let (low, high) = range.get_or_insert((number, number));
            (*low, *high) = (low.min(number), high.max(number));
        }
    };
    for value in table.rows.iter().filter_map(|row| row.values.get(at)) {
        match value {
            Value::List(texts) => texts
                .iter()
                .filter_map(|text| crate::kernels::number::Number::parse(text))
                .for_each(|number| take(number.to_f64())),
            other => other.number().into_iter().for_each(|number| take(number.to_f64())),
        }
    }
    range
}

/// The edges of the smallest power of ten that gives at most so many bins (§5.4.6). A range of one value has bins of 1.
pub(crate) fn number_edges(low: f64, high: f64, bins: u64, least: Option<f64>) -> Edges {
    let bins = bins.max(1) as f64;
    let power = |exponent: i32| format!("1e{exponent}").parse::<f64>().unwrap_or(f64::MAX);
    let fits = |span: f64| (high / span).floor() - (low / span).floor() < bins;
    let width = high - low;
    let estimate = if width > 0.0 { (width / bins).log10().floor() - 1.0 } else { 0.0 };
    let estimate = least.filter(|least| *least > 0.0).map_or(estimate, |least| estimate.max(least.log10().floor()));
    #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a double, and the cast saturates")]
    let first = (estimate as i32).clamp(-300, 308);
    let allowed = |span: &f64| fits(*span) && least.is_none_or(|least| *span >= least);
    Edges::number((first..=308).map(power).find(allowed).unwrap_or_else(|| power(308)))
}

/// How long a span is, about, in microseconds.
fn length(span: &BinSpan) -> f64 {
    let day = 86_400.0 * SECOND as f64;
    match span {
        BinSpan::Micros(micros) => *micros as f64,
        BinSpan::Calendar { count, unit } => {
            let days = match unit {
                CalendarUnit::Day => 1.0,
                CalendarUnit::Week => 7.0,
                CalendarUnit::Month => 30.0,
                CalendarUnit::Quarter => 91.0,
                CalendarUnit::Year => 365.0,
            };
            f64::from(*count) * days * day
        }
        BinSpan::Number(seconds) => seconds * SECOND as f64,
        BinSpan::Log { .. } => 0.0,
    }
}

/// The edges of the smallest step of the ladder that gives at most so many bins, or of its last step (§5.4.6). A least span beyond
/// the ladder is the span.
///
/// # Errors
///
/// `E-STAGE-SPAN` if the least span is not above zero.
pub(crate) fn time_edges(
    low: i64,
    high: i64,
    bins: u64,
    least: Option<&BinSpan>,
    timezone: &TimeZone,
) -> Result<Edges, PipelineError> {
    let bins = i64::try_from(bins.max(1)).unwrap_or(i64::MAX);
    let seconds = SECONDS.iter().map(|seconds| BinSpan::Micros(seconds * 1_000_000));
    let calendar = [CalendarUnit::Day, CalendarUnit::Month].map(|unit| BinSpan::Calendar { count: 1, unit });
    let mut last = None;
    for step in seconds.chain(calendar) {
        if least.is_some_and(|least| length(&step) < length(least)) {
            continue;
        }
        let edges = Edges::new(&step, true, timezone)?;
        if edges.count(low, high).is_some_and(|count| count <= bins) {
            return Ok(edges);
        }
        last = Some(edges);
    }
    match (last, least) {
        (Some(edges), _) => Ok(edges),
        (None, Some(least)) => Edges::new(least, true, timezone),
        (None, None) => Edges::new(&BinSpan::Calendar { count: 1, unit: CalendarUnit::Month }, true, timezone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bin::edges::Floor;

    fn span(edges: &Edges) -> String {
        match edges {
            Edges::Micros { span, .. } => format!("{}s", span / SECOND),
            Edges::Calendar(calendar) => format!("{calendar:?}"),
            Edges::Number(span, _) => retrohunt_columnar::text::f64_text(*span),
            Edges::Log(..) => "log".to_owned(),
        }
    }

    #[test]
    fn section_5_4_6_smallest_power_of_ten() {
        for (low, high, bins, least, expected) in [
            (0.0, 99.0, 100, None, "1"),
            (0.0, 100.0, 100, None, "10"),
            (0.0, 5.0, 100, None, "0.1"),
            (0.0, 5.0, 3, None, "10"),
            (0.0, 5.0, 6, None, "1"),
            (3.0, 3.0, 100, None, "1"),
            (-50.0, 49.0, 100, None, "1"),
            (0.0, 5.0, 100, Some(2.0), "10"),
            (0.0, 5.0, 100, Some(1.0), "1"),
            (0.0, 1e300, 10, None, "1e300"),
        ] {
            assert_eq!(span(&number_edges(low, high, bins, least)), expected, "{low} {high} {bins} {least:?}");
        }
    }

    #[test]
    fn section_5_4_6_smallest_step_of_the_ladder() {
        let edges = |seconds: i64, bins, least: Option<BinSpan>| {
            span(&time_edges(0, seconds * SECOND, bins, least.as_ref(), &TimeZone::UTC).unwrap())
        };
        assert_eq!(edges(99, 100, None), "1s");
        assert_eq!(edges(100, 100, None), "5s");
        assert_eq!(edges(3600, 100, None), "60s");
        assert_eq!(edges(86_399, 24, None), "3600s");
        assert!(edges(86_400, 24, None).contains("Day"));
        assert!(edges(86_400 * 4000, 100, None).contains("Month"));
        assert_eq!(edges(10, 100, Some(BinSpan::Micros(120_000_000))), "300s");
        assert!(edges(10, 100, Some(BinSpan::Calendar { count: 1, unit: CalendarUnit::Year })).contains("Year"));
    }

    #[test]
    fn section_5_4_7_alignment_shifts_bins_below_a_day() {
        let five = Edges::new(&BinSpan::Micros(300 * 1_000_000), true, &TimeZone::UTC).unwrap().aligned(100 * SECOND);
        assert_eq!(Floor::new(&five).micros(399 * SECOND), Some(100 * SECOND));
        assert_eq!(Floor::new(&five).micros(400 * SECOND), Some(400 * SECOND));
        assert_eq!(Floor::new(&five).micros(99 * SECOND), Some(-200 * SECOND));
        let day = BinSpan::Calendar { count: 1, unit: CalendarUnit::Day };
        let day = Edges::new(&day, true, &TimeZone::UTC).unwrap().aligned(100 * SECOND);
        assert_eq!(Floor::new(&day).micros(399 * SECOND), Some(0));
    }
}
