//! Widths of bins that a rule leaves open, found from the data (§5.4.6), and the bins between two others (§5.23.1).

use retrohunt_spl::plan::{AlignTime, BinOptions, BinSpan, CalendarUnit};

use super::bin;
use super::clock;
use super::row::{micros, row_time};
use super::settings::Settings;
use super::value::{Number, Scalar};

/// A width, and where the bins of a fixed length of time begin.
#[derive(Clone, Debug)]
pub(super) struct Width {
    /// The width.
    pub(super) span: BinSpan,
    /// A bin of `_time` begins here, in microseconds; the epoch unless `aligntime` says otherwise (§5.4.7).
    pub(super) origin: i64,
}

/// Steps of time, least first. Up to the hour they are lengths; days and months follow the calendar (§5.4.3).
const LADDER: [BinSpan; 11] = [
    seconds(1),
    seconds(5),
    seconds(10),
    seconds(30),
    seconds(60),
    seconds(300),
    seconds(600),
    seconds(1_800),
    seconds(3_600),
    BinSpan::Calendar { count: 1, unit: CalendarUnit::Day },
    BinSpan::Calendar { count: 1, unit: CalendarUnit::Month },
];

/// A length in seconds.
const fn seconds(count: u64) -> BinSpan {
    BinSpan::Micros(count * 1_000_000)
}

/// Returns the width for a field with these values: as written, or the least step that gives at most `most` bins. `None` if it is
/// open and no value is a number.
///
/// `searched`: the bounds of the run count as values of `_time` (§5.23.2).
pub(super) fn width(
    options: &BinOptions,
    field: &str,
    values: &[Scalar],
    most: u64,
    searched: bool,
    settings: &Settings,
) -> Option<Width> {
    let most = options.bins.unwrap_or(most);
    if field != "_time" {
        let span = options.span.clone().or_else(|| numeric(options, values, most))?;
        return Some(Width { span, origin: 0 });
    }
    let times: Vec<i64> = values.iter().filter_map(|value| row_time(value, settings)).collect();
    let bound = |bound: Option<i64>| bound.filter(|_| searched);
    let low = bound(settings.earliest).or(times.iter().min().copied());
    // The upper bound is exclusive (§4.6.6).
    let high = bound(settings.latest.map(|latest| latest - 1)).or(times.iter().max().copied());
    let origin = match &options.align {
        None => Some(0),
        Some(AlignTime::Earliest) => settings.earliest.or(low),
        Some(AlignTime::Latest) => settings.latest.or(high),
        Some(AlignTime::At(text)) => clock::bound(&text.0, settings),
    };
    let span = options.span.clone().or_else(|| timed(options, low?, high?, most, settings))?;
    Some(Width { span, origin: origin.unwrap_or(0) })
}

/// The least step of the ladder that is at least `minspan` and gives at most `most` bins between two times.
fn timed(options: &BinOptions, low: i64, high: i64, most: u64, settings: &Settings) -> Option<BinSpan> {
    let written = |bound: &Option<retrohunt_spl::plan::expr::Literal>| {
        bound.as_ref().and_then(|literal| micros(Number::Real(literal.0)))
    };
    // `start` and `end` only widen.
    let low = written(&options.start).map_or(low, |start| start.min(low));
    let high = written(&options.end).map_or(high, |end| end.max(high));
    let least = options.min_span.as_ref().map_or(0, length);
    let steps: Vec<&BinSpan> = LADDER.iter().filter(|step| length(step) >= least).collect();
    let fits = |step: &&&BinSpan| bins_of_time(low, high, step, most, settings) <= most;
    let chosen = steps.iter().find(fits).or(steps.last()).copied();
    chosen.or(options.min_span.as_ref()).cloned()
}

/// How many bins there are from one time to another, counted to one more than `most`.
fn bins_of_time(low: i64, high: i64, span: &BinSpan, most: u64, settings: &Settings) -> u64 {
    let Some(mut bin) = bin::time_bin(low, span, 0, &settings.timezone) else { return 0 };
    let mut count = 1;
    while count <= most {
        match bin::following(bin, span, &settings.timezone) {
            Some(next) if next <= high => bin = next,
            _ => break,
        }
        count += 1;
    }
    count
}

/// A width's length in microseconds, a month being 30 days: what `minspan` compares.
fn length(span: &BinSpan) -> u64 {
    const DAY: u64 = 86_400_000_000;
    match span {
        BinSpan::Micros(length) => *length,
        BinSpan::Calendar { count, unit } => {
            let days = match unit {
                CalendarUnit::Day => 1,
                CalendarUnit::Week => 7,
                CalendarUnit::Month => 30,
                CalendarUnit::Quarter => 91,
                CalendarUnit::Year => 365,
            };
            u64::from(*count) * days * DAY
        }
        BinSpan::Number(_) | BinSpan::Log { .. } => 0,
    }
}

/// The least power of ten that is at least `minspan` and gives at most `most` bins for the numbers among values.
fn numeric(options: &BinOptions, values: &[Scalar], most: u64) -> Option<BinSpan> {
    let written = |bound: &Option<retrohunt_spl::plan::expr::Literal>| bound.as_ref().map(|literal| literal.0);
    let numbers = || values.iter().filter_map(|value| value.number()).map(Number::real);
    let low = numbers().chain(written(&options.start).filter(|_| numbers().next().is_some())).reduce(f64::min)?;
    let high = numbers().chain(written(&options.end)).reduce(f64::max)?;
    let least = match options.min_span {
        Some(BinSpan::Number(least)) => least,
        _ => 0.0,
    };
    let bins = |span: f64| (bin::edges(high, span).0 - bin::edges(low, span).0) / span + 1.0;
    // One value fits into one bin of any width: then whole numbers.
    let first = if low < high { -300 } else { 0 };
    let powers = (first..=300).filter_map(|power| format!("1e{power}").parse::<f64>().ok());
    powers.into_iter().find(|span| *span >= least && bins(*span).round() <= most as f64).map(BinSpan::Number)
}

/// Returns all bins from the least value's to the greatest's, in order; none if no value is a number.
pub(super) fn between(values: &[Scalar], field: &str, width: &Width, settings: &Settings) -> Vec<Scalar> {
    if field == "_time" {
        let times = || values.iter().filter_map(|value| row_time(value, settings));
        let bin = |time| bin::time_bin(time, &width.span, width.origin, &settings.timezone);
        let (Some(low), Some(high)) = (times().min().and_then(bin), times().max().and_then(bin)) else {
            return Vec::new();
        };
        let next = |bin: &i64| bin::following(*bin, &width.span, &settings.timezone);
        let bins = std::iter::successors(Some(low), next).take_while(|bin| *bin <= high);
        return bins.map(Scalar::Time).collect();
    }
    let numbers = || values.iter().filter_map(|value| value.number()).map(Number::real);
    let (Some(low), Some(high)) = (numbers().reduce(f64::min), numbers().reduce(f64::max)) else { return Vec::new() };
    let one = |number: f64| bin::one(&Scalar::Float(number), field, width, settings);
    let (last, mut bins) = (one(high), Vec::new());
    let mut number = low;
    while let Some(bin) = one(number) {
        let done = last.as_ref().is_none_or(|last| last.text() == bin.text());
        bins.push(bin);
        let next = beyond(number, width, settings);
        if done || next.is_none_or(|next| next <= number) {
            break;
        }
        number = next.unwrap_or(number);
    }
    bins
}

/// A number in the next bin of a field other than `_time`.
fn beyond(number: f64, width: &Width, settings: &Settings) -> Option<f64> {
    match &width.span {
        // The middle of the bin, so that no rounding at its edges matters.
        BinSpan::Number(span) => Some(bin::edges(number, *span).1 + span / 2.0),
        BinSpan::Log { base, .. } => Some(number * base),
        BinSpan::Micros(span) => Some(number + *span as f64 / 1e6),
        BinSpan::Calendar { .. } => {
            let time = bin::time_bin(micros(Number::Real(number))?, &width.span, 0, &settings.timezone)?;
            bin::following(time, &width.span, &settings.timezone).map(|next| next as f64 / 1e6)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The width for numbers.
    fn open(bins: u64, numbers: &[f64]) -> Option<BinSpan> {
        let values: Vec<Scalar> = numbers.iter().map(|number| Scalar::Float(*number)).collect();
        width(&BinOptions::default(), "x", &values, bins, false, &Settings::default()).map(|width| width.span)
    }

    #[test]
    fn powers_of_ten_give_at_most_so_many_bins() {
        assert_eq!(open(10, &[0.0, 99.0]), Some(BinSpan::Number(10.0)));
        assert_eq!(open(10, &[0.0, 100.0]), Some(BinSpan::Number(100.0)));
        assert_eq!(open(100, &[0.0, 0.5]), Some(BinSpan::Number(0.01)));
        assert_eq!(open(100, &[]), None);
    }

    #[test]
    fn the_ladder_of_times() {
        let open = |minutes: i64, bins: u64| {
            let values = [Scalar::Time(0), Scalar::Time(minutes * 60_000_000)];
            width(&BinOptions::default(), "_time", &values, bins, false, &Settings::default()).map(|width| width.span)
        };
        assert_eq!(open(1, 100), Some(seconds(1)));
        assert_eq!(open(60, 100), Some(seconds(60)));
        assert_eq!(open(100, 100), Some(seconds(300)));
        assert_eq!(open(60 * 24 * 10, 100), Some(BinSpan::Calendar { count: 1, unit: CalendarUnit::Day }));
    }
}
