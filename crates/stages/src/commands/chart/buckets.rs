//! The rows of a chart: in order, and with the empty ones between them (§5.23.1).

use std::cmp::Ordering;

use retrohunt_columnar::text;

use crate::bin::edges::Edges;
use crate::kernels::decimal;
use crate::kernels::number::Number;
use crate::notes::Notes;
use crate::stats::order::compare;

/// Most rows with the empty ones between. Past it the gaps stay, with a note: one row with an odd time must not cost the others.
const FILL_LIMIT: usize = 1_000_000;

/// What the row field is cut into.
pub(super) struct Buckets<'a> {
    /// The edges, if it is cut.
    pub(super) edges: Option<&'a Edges>,
}

/// The borders of a `low-high` text.
fn borders(interval: &str) -> Option<(&str, &str)> {
    let parts = interval.match_indices('-').filter(|(at, _)| *at > 0);
    let mut pairs = parts.map(|(at, _)| (&interval[..at], &interval[at + 1..]));
    pairs.find(|(low, high)| Number::parse(low).is_some() && Number::parse(high).is_some())
}

impl Buckets<'_> {
    /// The number by which a bucket is ordered: its own, or that of its lower border.
    fn number(&self, name: &str) -> Option<Number> {
        match self.edges {
            Some(Edges::Number(..) | Edges::Log(..)) => Number::parse(borders(name).map_or(name, |(low, _)| low)),
            _ => Number::parse(name),
        }
    }

    /// The rows in ascending order; with `cont`, those without input too.
    pub(super) fn in_order<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        cont: bool,
        notes: &mut Notes,
    ) -> Vec<String> {
        let mut rows: Vec<(&str, Option<Number>)> = names.map(|name| (name, self.number(name))).collect();
        rows.sort_by(|left, right| compare(&[*left], &[*right]));
        rows.dedup_by(|left, right| left.0 == right.0);
        let plain = || rows.iter().map(|(name, _)| (*name).to_owned()).collect();
        let Some(edges) = self.edges.filter(|_| cont) else { return plain() };
        let filled = match edges {
            Edges::Micros { .. } | Edges::Calendar(_) => Self::times(&rows, edges),
            Edges::Number(..) | Edges::Log(..) => Self::intervals(&rows, edges),
        };
        filled.unwrap_or_else(|| {
            notes.warn("W-CHART-GAPS", "a chart has gaps: with all empty buckets it would have over 1000000 rows");
            plain()
        })
    }

    /// The rows and the times between them; `None` if there are too many.
    fn times(rows: &[(&str, Option<Number>)], edges: &Edges) -> Option<Vec<String>> {
        let mut filled: Vec<String> = Vec::with_capacity(rows.len());
        let mut expected: Option<i64> = None;
        for (name, _) in rows {
            if let Some(micros) = decimal::micros(name) {
                while let Some(between) = expected.filter(|between| *between < micros) {
                    filled.push(text::epoch_text(between));
                    expected = edges.next(between);
                    if filled.len() > FILL_LIMIT {
                        return None;
                    }
                }
                expected = edges.next(micros);
            }
            filled.push((*name).to_owned());
        }
        Some(filled)
    }

    /// The rows and the intervals between them; `None` if there are too many.
    fn intervals(rows: &[(&str, Option<Number>)], edges: &Edges) -> Option<Vec<String>> {
        let mut filled: Vec<String> = Vec::with_capacity(rows.len());
        let mut expected: Option<(String, String)> = None;
        for (name, number) in rows {
            if let (Some(number), Some((_, own_high))) = (number, borders(name)) {
                let before = |low: &str| Number::parse(low).is_some_and(|low| low.compare(*number) == Ordering::Less);
                while let Some((low, high)) = expected.take_if(|(low, _)| before(low)) {
                    filled.push(format!("{low}-{high}"));
                    // An interval too small for its numbers leads to itself.
                    expected = edges.next_interval(&high).filter(|(next, _)| *next != low);
                    if filled.len() > FILL_LIMIT {
                        return None;
                    }
                }
                expected = edges.next_interval(own_high);
            }
            filled.push((*name).to_owned());
        }
        Some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use retrohunt_spl::plan::{BinSpan, CalendarUnit};

    fn rows(span: &BinSpan, time: bool, names: &[&str], cont: bool) -> (Vec<String>, Notes) {
        let edges = Edges::new(span, time, &TimeZone::UTC).unwrap();
        let mut notes = Notes::default();
        let rows = Buckets { edges: Some(&edges) }.in_order(names.iter().copied(), cont, &mut notes);
        (rows, notes)
    }

    #[test]
    fn section_5_23_1_rows_ascend_by_number_and_gaps_are_filled() {
        let names = ["100-110", "20-30", "0-10", "n/a", "80-90"];
        assert_eq!(rows(&BinSpan::Number(10.0), false, &names, false).0, ["0-10", "20-30", "80-90", "100-110", "n/a"]);
        let filled = rows(&BinSpan::Number(10.0), false, &["-20--10", "10-20", "x"], true).0;
        assert_eq!(filled, ["-20--10", "-10-0", "0-10", "10-20", "x"]);
        let log = BinSpan::Log { coefficient: 1.0, base: 10.0 };
        assert_eq!(rows(&log, false, &["100-1000", "1-10"], true).0, ["1-10", "10-100", "100-1000"]);
        let times = rows(&BinSpan::Micros(60_000_000), true, &["240", "60", "60"], true).0;
        assert_eq!(times, ["60", "120", "180", "240"]);
        let days = BinSpan::Calendar { count: 1, unit: CalendarUnit::Day };
        assert_eq!(rows(&days, true, &["0", "172800"], true).0, ["0", "86400", "172800"]);
    }

    #[test]
    fn a_gap_of_a_million_rows_stays() {
        let (rows, notes) = rows(&BinSpan::Micros(1_000_000), true, &["0", "1700000000"], true);
        assert_eq!(rows, ["0", "1700000000"]);
        assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-CHART-GAPS"]);
    }

    #[test]
    fn borders_of_intervals() {
        for (interval, expected) in [
            ("0-10", Some(("0", "10"))),
            ("-20--10", Some(("-20", "-10"))),
            ("1e-7-2e-7", Some(("1e-7", "2e-7"))),
            ("a-b", None),
            ("5", None),
            ("-5", None),
        ] {
            assert_eq!(borders(interval), expected, "{interval}");
        }
    }
}
