//! Proofs from statistics that no row of a row group can match. Everything that is not a proof reads on.
//!
//! A predicate over rows is true, false or unknown from statistics alone, and only "false for every row" prunes: that is
//! [`Proof::Never`]. Missing statistics, a bound of another type than the predicate's, a cut bound on the wrong side: all are
//! [`Proof::Maybe`].

use std::cmp::Ordering;

use crate::text::numeric_form;

/// A bound of a column's values in a row group.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Not known, or not trusted.
    Unknown,
    /// Of signed integers.
    Int(i64),
    /// Of unsigned integers of 64 bits.
    UInt(u64),
    /// Of floating-point numbers; never NaN.
    Float(f64),
    /// Of texts, by their UTF-8 bytes.
    Bytes {
        /// The bound.
        value: Vec<u8>,
        /// True if some row has this very value; false if it may have been cut short (a minimum) or cut and raised (a maximum).
        exact: bool,
    },
    /// Of times, in microseconds since the epoch: rounded down for a minimum, up for a maximum.
    Time(i64),
}

/// What is known of a column in a row group. Null means ∅ (§4.1.1).
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnStatistics {
    /// Rows in the row group.
    pub rows: u64,
    /// Rows that are null, if known. An empty text counts as a value here, though it reads as ∅.
    pub null_count: Option<u64>,
    /// No value is below this.
    pub min: Bound,
    /// No value is above this.
    pub max: Bound,
}

impl ColumnStatistics {
    /// Nothing is known of a column but the row group's number of `rows`.
    #[must_use]
    pub fn unknown(rows: u64) -> Self {
        Self { rows, null_count: None, min: Bound::Unknown, max: Bound::Unknown }
    }
}

/// Whether rows can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is proven that no row matches.
    Never,
    /// Some row may match, or nothing is known.
    Maybe,
}

impl Proof {
    /// `Never` if `proven`.
    fn never_if(proven: bool) -> Self {
        if proven { Proof::Never } else { Proof::Maybe }
    }

    /// True if no row matches, so that the row group need not be read for this predicate.
    #[must_use]
    pub fn prunes(self) -> bool {
        self == Proof::Never
    }

    /// Whether rows can match both: one proof is enough.
    #[must_use]
    pub fn and(self, other: Proof) -> Proof {
        Proof::never_if(self.prunes() || other.prunes())
    }

    /// Whether rows can match either: both proofs are needed.
    #[must_use]
    pub fn or(self, other: Proof) -> Proof {
        Proof::never_if(self.prunes() && other.prunes())
    }
}

/// A comparison of a row's value (left) with a constant (right).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

/// `Never` if the column is ∅ in every row: for predicates that need a value. No rows at all is such a case.
#[must_use]
pub fn all_null(statistics: &ColumnStatistics) -> Proof {
    Proof::never_if(statistics.null_count == Some(statistics.rows) || statistics.rows == 0)
}

/// Whether some row's number can stand in `comparison` to `value`. Only bounds of number columns prove anything (§2.7.4).
///
/// Holds for comparison in doubles as well as in exact integers: where a 64-bit bound rounds to `value`, nothing is proven.
#[must_use]
pub fn number(statistics: &ColumnStatistics, comparison: Comparison, value: f64) -> Proof {
    let below = |bound: &Bound| against(bound, value).is_some_and(|(order, _)| order == Ordering::Less);
    let above = |bound: &Bound| against(bound, value).is_some_and(|(order, _)| order == Ordering::Greater);
    let same = |bound: &Bound| against(bound, value).is_some_and(|(order, exact)| order == Ordering::Equal && exact);
    let (min, max) = (&statistics.min, &statistics.max);
    let proven = match comparison {
        Comparison::Less => above(min) || same(min),
        Comparison::LessOrEqual => above(min),
        Comparison::Equal => above(min) || below(max),
        Comparison::GreaterOrEqual => below(max),
        Comparison::Greater => below(max) || same(max),
    };
    Proof::never_if(proven).and(all_null(statistics))
}

/// How the number `bound` compares with `value`, and whether the comparison is exact; `None` if the bound is no number.
fn against(bound: &Bound, value: f64) -> Option<(Ordering, bool)> {
    #[expect(clippy::cast_precision_loss, reason = "the rounding is accounted for by the second result")]
    let (number, exact) = match bound {
        Bound::Int(bound) => (*bound as f64, bound.unsigned_abs() <= EXACT_INTEGER),
        Bound::UInt(bound) => (*bound as f64, *bound <= EXACT_INTEGER),
        Bound::Float(bound) => (*bound, true),
        Bound::Unknown | Bound::Bytes { .. } | Bound::Time(_) => return None,
    };
    number.partial_cmp(&value).map(|order| (order, exact))
}

/// The largest magnitude up to which every integer is a double.
const EXACT_INTEGER: u64 = 1 << 53;

/// Whether some row's time can be in the range from `earliest` (inclusive) to `latest` (exclusive), in microseconds since the
/// epoch (§4.6.6). A row without a time is in no explicit range (§4.6.8).
#[must_use]
pub fn time_range(statistics: &ColumnStatistics, earliest: Option<i64>, latest: Option<i64>) -> Proof {
    let too_early = matches!((&statistics.max, earliest), (Bound::Time(max), Some(earliest)) if *max < earliest);
    let too_late = matches!((&statistics.min, latest), (Bound::Time(min), Some(latest)) if *min >= latest);
    let no_time = (earliest.is_some() || latest.is_some()) && all_null(statistics).prunes();
    Proof::never_if(too_early || too_late || no_time)
}

/// Whether some row's text can equal `value` without regard to case (§2.6).
///
/// Every spelling of an ASCII text lies between its upper-case and its lower-case form. A `value` that is not ASCII proves
/// nothing, nor does one of numeric form, which may equal another text by its number (§2.7.4, §4.3.3).
#[must_use]
pub fn equals_text(statistics: &ColumnStatistics, value: &str) -> Proof {
    if !value.is_ascii() || value.is_empty() || numeric_form(value).is_some() {
        return Proof::Maybe;
    }
    let (upper, lower) = (value.to_ascii_uppercase(), value.to_ascii_lowercase());
    Proof::never_if(outside(statistics, upper.as_bytes(), lower.as_bytes())).and(all_null(statistics))
}

/// Whether some row's text can equal `value` byte for byte.
#[must_use]
pub fn equals_text_exactly(statistics: &ColumnStatistics, value: &str) -> Proof {
    if value.is_empty() || numeric_form(value).is_some() {
        return Proof::Maybe;
    }
    Proof::never_if(outside(statistics, value.as_bytes(), value.as_bytes())).and(all_null(statistics))
}

/// Whether some row's text can begin with `prefix` without regard to case; as [`equals_text`], for a value that ends in `*`.
#[must_use]
pub fn starts_with_text(statistics: &ColumnStatistics, prefix: &str) -> Proof {
    if !prefix.is_ascii() || prefix.is_empty() {
        return Proof::Maybe;
    }
    let (upper, lower) = (prefix.to_ascii_uppercase(), prefix.to_ascii_lowercase());
    let before = matches!(&statistics.max, Bound::Bytes { value, .. } if value.as_slice() < upper.as_bytes());
    let after = matches!(
        &statistics.min,
        Bound::Bytes { value, .. } if &value[..value.len().min(lower.len())] > lower.as_bytes()
    );
    Proof::never_if(before || after).and(all_null(statistics))
}

/// True if all texts are below `lowest` or above `highest`. Bounds that were cut are still bounds, so they serve here.
fn outside(statistics: &ColumnStatistics, lowest: &[u8], highest: &[u8]) -> bool {
    let below = matches!(&statistics.max, Bound::Bytes { value, .. } if value.as_slice() < lowest);
    let above = matches!(&statistics.min, Bound::Bytes { value, .. } if value.as_slice() > highest);
    below || above
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Statistics of ten rows, none null.
    fn between(min: Bound, max: Bound) -> ColumnStatistics {
        ColumnStatistics { rows: 10, null_count: Some(0), min, max }
    }

    /// A text bound that may have been cut.
    fn cut(value: &str) -> Bound {
        Bound::Bytes { value: value.as_bytes().to_vec(), exact: false }
    }

    #[test]
    fn missing_statistics_never_prune() {
        let unknown = ColumnStatistics::unknown(10);
        for comparison in [Comparison::Less, Comparison::Equal, Comparison::Greater] {
            assert_eq!(number(&unknown, comparison, 5.0), Proof::Maybe);
        }
        assert_eq!(equals_text(&unknown, "x"), Proof::Maybe);
        assert_eq!(starts_with_text(&unknown, "x"), Proof::Maybe);
        assert_eq!(time_range(&unknown, Some(0), Some(1)), Proof::Maybe);
        assert_eq!(all_null(&unknown), Proof::Maybe);
        let half = between(Bound::Unknown, Bound::Int(5));
        assert_eq!(number(&half, Comparison::Less, -100.0), Proof::Maybe);
        assert_eq!(number(&half, Comparison::Greater, 5.0), Proof::Never);
    }

    #[test]
    fn a_column_that_is_all_null_matches_nothing() {
        let null = ColumnStatistics { null_count: Some(10), ..ColumnStatistics::unknown(10) };
        assert_eq!(number(&null, Comparison::Less, 1.0), Proof::Never);
        assert_eq!(equals_text(&null, "x"), Proof::Never);
        assert_eq!(time_range(&null, Some(0), None), Proof::Never);
        assert_eq!(time_range(&null, None, None), Proof::Maybe);
        assert_eq!(all_null(&ColumnStatistics::unknown(0)), Proof::Never);
    }

    #[test]
    fn text_and_number_bounds_do_not_mix() {
        assert_eq!(number(&between(cut("a"), cut("b")), Comparison::Equal, 5.0), Proof::Maybe);
        assert_eq!(equals_text(&between(Bound::Int(1), Bound::Int(2)), "zzz"), Proof::Maybe);
        assert_eq!(number(&between(Bound::Time(1), Bound::Time(2)), Comparison::Equal, 5.0), Proof::Maybe);
    }

    #[test]
    fn caseless_equality_prunes_only_outside_both_cases() {
        let statistics = between(cut("M"), cut("P"));
        assert_eq!(equals_text(&statistics, "net"), Proof::Maybe, "NET lies within");
        assert_eq!(equals_text(&statistics, "zoo"), Proof::Never, "both ZOO and zoo lie above");
        assert_eq!(equals_text(&statistics, "ärger"), Proof::Maybe, "not ASCII");
        assert_eq!(equals_text(&statistics, "007"), Proof::Maybe, "numeric form");
        assert_eq!(equals_text_exactly(&statistics, "net"), Proof::Never, "above P");
        let lower = between(cut("m"), cut("p"));
        assert_eq!(equals_text(&lower, "NET"), Proof::Maybe);
        assert_eq!(equals_text(&lower, "ARP"), Proof::Never);
    }

    #[test]
    fn a_cut_maximum_is_a_bound_and_not_a_value() {
        // The values go up to "power" + …, cut to three bytes and raised to "pox".
        let statistics = between(cut("cmd"), cut("pox"));
        assert_eq!(equals_text(&statistics, "powershell"), Proof::Maybe);
        assert_eq!(equals_text(&statistics, "pox"), Proof::Maybe);
        assert_eq!(starts_with_text(&statistics, "power"), Proof::Maybe);
        assert_eq!(starts_with_text(&statistics, "CM"), Proof::Maybe, "cmd begins so");
        assert_eq!(starts_with_text(&statistics, "c"), Proof::Maybe);
        assert_eq!(starts_with_text(&statistics, "wscript"), Proof::Maybe, "WSCRIPT lies below pox");
        assert_eq!(starts_with_text(&between(cut("CMD"), cut("POX")), "wscript"), Proof::Never);
        assert_eq!(starts_with_text(&between(cut("x"), cut("y")), "w"), Proof::Never);
    }

    #[test]
    fn large_integers_are_not_pruned_by_rounding() {
        let big = (1_i64 << 53) + 1;
        let statistics = between(Bound::Int(0), Bound::Int(big));
        #[expect(clippy::cast_precision_loss, reason = "the point of the test")]
        let rounded = big as f64;
        assert_eq!(number(&statistics, Comparison::Greater, rounded), Proof::Maybe, "{big} > 2^53 exactly");
        assert_eq!(number(&statistics, Comparison::GreaterOrEqual, rounded * 2.0), Proof::Never);
        assert_eq!(
            number(&between(Bound::UInt(u64::MAX), Bound::UInt(u64::MAX)), Comparison::Equal, 5.0),
            Proof::Never
        );
        assert_eq!(number(&statistics, Comparison::Equal, f64::NAN), Proof::Maybe);
    }

    #[test]
    fn time_ranges_are_half_open() {
        let statistics = between(Bound::Time(100), Bound::Time(200));
        assert_eq!(time_range(&statistics, Some(200), None), Proof::Maybe);
        assert_eq!(time_range(&statistics, Some(201), None), Proof::Never);
        assert_eq!(time_range(&statistics, None, Some(100)), Proof::Never);
        assert_eq!(time_range(&statistics, None, Some(101)), Proof::Maybe);
    }

    proptest! {
        #[test]
        fn a_proof_holds_for_every_row(values in proptest::collection::vec(-20_i64..20, 1..8), constant in -25_i8..25) {
            let min = *values.iter().min().unwrap();
            let max = *values.iter().max().unwrap();
            let statistics = between(Bound::Int(min), Bound::Int(max));
            let constant = i64::from(constant);
            type Holds = fn(&i64, &i64) -> bool;
            let table: [(Comparison, Holds); 5] = [
                (Comparison::Less, |a, b| a < b),
                (Comparison::LessOrEqual, |a, b| a <= b),
                (Comparison::Equal, |a, b| a == b),
                (Comparison::GreaterOrEqual, |a, b| a >= b),
                (Comparison::Greater, |a, b| a > b),
            ];
            for (comparison, holds) in table {
                let matches = values.iter().any(|value| holds(value, &constant));
                let value = f64::from(i8::try_from(constant).unwrap());
                let proof = number(&statistics, comparison, value);
                prop_assert!(!(matches && proof.prunes()), "{comparison:?} {constant}");
            }
        }

        #[test]
        fn a_text_proof_holds_for_every_row(
            values in proptest::collection::vec("[A-Ca-c_é]{1,4}", 1..6), wanted in "[A-Ca-c_]{1,3}", cut_at in 1_usize..4,
        ) {
            let min = values.iter().min().unwrap();
            let max = values.iter().max().unwrap();
            let low = &min.as_bytes()[..cut_at.min(min.len())];
            let statistics = between(
                Bound::Bytes { value: low.to_vec(), exact: false },
                Bound::Bytes { value: max.as_bytes().to_vec(), exact: true },
            );
            let equal = values.iter().any(|value| value.eq_ignore_ascii_case(&wanted));
            prop_assert!(!(equal && equals_text(&statistics, &wanted).prunes()));
            let prefixed = values.iter().any(|v| v.as_bytes().get(..wanted.len()).is_some_and(|v| v.eq_ignore_ascii_case(wanted.as_bytes())));
            prop_assert!(!(prefixed && starts_with_text(&statistics, &wanted).prunes()));
            prop_assert!(!(values.contains(&wanted) && equals_text_exactly(&statistics, &wanted).prunes()));
        }
    }
}
