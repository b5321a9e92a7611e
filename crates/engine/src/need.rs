//! What a matching row must hold: literals by column, derived from a rule's filter (`design`: required literals).
//!
//! A [`Need`] is a *necessary* condition (law 1): every row that the filter lets through satisfies it. It never says that a row matches.

use std::collections::BTreeSet;

/// A literal that must occur in a value of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// The column, by its index in the file's schema.
    pub column: usize,
    /// The bytes; lower-cased by [`retrohunt_fold`] where `folded`.
    pub bytes: Vec<u8>,
    /// May the value spell it in either case?
    pub folded: bool,
}

/// A necessary condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing is known: any row may match.
    Any,
    /// No row can match.
    Never,
    /// One of these literals occurs.
    Has(Vec<Literal>),
    /// All of them hold.
    All(Vec<Need>),
    /// One of them holds.
    Either(Vec<Need>),
}

impl Need {
    /// Joins by AND.
    #[must_use]
    pub fn all(needs: Vec<Need>) -> Need {
        let mut kept = Vec::new();
        for need in needs {
            match need {
                Need::Any => {}
                Need::Never => return Need::Never,
                Need::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Need::Any,
            1 => kept.remove(0),
            _ => Need::All(kept),
        }
    }

    /// Joins by OR. One side about which nothing is known leaves nothing known.
    #[must_use]
    pub fn either(needs: Vec<Need>) -> Need {
        let mut kept = Vec::new();
        for need in needs {
            match need {
                Need::Any => return Need::Any,
                Need::Never => {}
                Need::Either(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Need::Never,
            1 => kept.remove(0),
            _ => Need::Either(kept),
        }
    }
}

/// The OR-set of literals searched for a rule, and what it is expected to cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// At least one occurs in every matching row; sorted, without duplicates. Empty: no row can match.
    pub literals: Vec<Literal>,
    /// Expected cost in bytes touched per row; only for comparing anchors of one schema.
    pub cost: f64,
}

/// What a schema says about the cost of searching a column.
pub trait Costs {
    /// Expected bytes per row of a column.
    fn width(&self, column: usize) -> f64;
}

/// Bytes touched, on top of the search, to verify one candidate row: other columns are read for it.
///
/// Decoding the rest of a row costs about what searching a few hundred bytes does; a set that lets everything through must cost more than
/// any search, since then every column is read for every row.
const VERIFY: f64 = 2_000.0;

/// Literals that most command lines and log lines hold, with the share of rows that do (measured on recorded Windows events, rounded up).
const COMMON: &[(&str, f64)] = &[
    (".exe", 0.9),
    ("exe", 0.9),
    (".dll", 0.5),
    ("\\", 0.9),
    (":\\", 0.9),
    ("/", 0.7),
    (" ", 0.9),
    (" -", 0.4),
    (" /", 0.4),
    ("c:\\", 0.9),
    ("windows", 0.8),
    ("system32", 0.7),
    ("microsoft", 0.5),
    ("program files", 0.3),
    ("powershell", 0.2),
    ("powershell.exe", 0.1),
    ("cmd.exe", 0.1),
    ("cmd", 0.15),
    ("process", 0.8),
    ("http", 0.3),
    ("svchost.exe", 0.2),
];

/// Returns the expected share of rows whose value holds the literal.
fn share(literal: &Literal) -> f64 {
    let text = String::from_utf8_lossy(&literal.bytes).to_lowercase();
    if let Some((_, share)) = COMMON.iter().find(|(common, _)| *common == text) {
        return *share;
    }
    // Each further byte makes a literal rarer by about half; letters and digits are common one by one, punctuation pairs are not.
    let rarity: f64 = literal
        .bytes
        .iter()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b' ' | b'.' => 0.55,
            b'0'..=b'9' => 0.5,
            b'\\' | b'/' | b'-' | b':' | b'_' | b'=' => 0.12,
            _ => 0.2,
        })
        .product();
    rarity.clamp(1e-6, 0.95)
}

/// Returns the cheapest anchor of a need, or `None` where any row may match.
#[must_use]
pub fn anchor(need: &Need, costs: &dyn Costs) -> Option<Anchor> {
    match need {
        Need::Any => None,
        Need::Never => Some(Anchor { literals: Vec::new(), cost: 0.0 }),
        Need::Has(literals) => Some(price(literals.iter().cloned().collect(), costs)),
        Need::All(needs) => {
            let anchors = needs.iter().filter_map(|need| anchor(need, costs));
            anchors.min_by(|a, b| a.cost.total_cmp(&b.cost))
        }
        Need::Either(needs) => {
            let anchors: Option<Vec<Anchor>> = needs.iter().map(|need| anchor(need, costs)).collect();
            Some(price(anchors?.into_iter().flat_map(|anchor| anchor.literals).collect(), costs))
        }
    }
}

/// The cost of an OR-set: the columns it searches, and the rows it lets through.
fn price(literals: BTreeSet<Literal>, costs: &dyn Costs) -> Anchor {
    let columns: BTreeSet<usize> = literals.iter().map(|literal| literal.column).collect();
    let searched: f64 = columns.iter().map(|&column| costs.width(column)).sum();
    // The same literal in many columns is one thing that may occur, most likely in one of them.
    let distinct: BTreeSet<(&[u8], bool)> =
        literals.iter().map(|literal| (literal.bytes.as_slice(), literal.folded)).collect();
    let passed: f64 = distinct
        .iter()
        .map(|(bytes, folded)| share(&Literal { column: 0, bytes: bytes.to_vec(), folded: *folded }))
        .sum::<f64>()
        .min(1.0);
    Anchor { literals: literals.into_iter().collect(), cost: searched + passed * VERIFY }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Widths(Vec<f64>);

    impl Costs for Widths {
        fn width(&self, column: usize) -> f64 {
            self.0[column]
        }
    }

    fn has(column: usize, text: &str) -> Need {
        Need::Has(vec![Literal { column, bytes: text.as_bytes().to_vec(), folded: true }])
    }

    #[test]
    fn or_with_an_unknown_side_has_no_anchor_and_and_keeps_the_known_one() {
        let costs = Widths(vec![100.0]);
        assert_eq!(anchor(&Need::either(vec![Need::Any, has(0, "mimikatz")]), &costs), None);
        let both = Need::all(vec![Need::Any, has(0, "mimikatz")]);
        assert_eq!(anchor(&both, &costs).unwrap().literals.len(), 1);
        assert_eq!(anchor(&Need::either(vec![Need::Never, Need::Never]), &costs).unwrap().literals, []);
        assert_eq!(Need::all(vec![Need::Never, has(0, "a")]), Need::Never);
    }

    #[test]
    fn the_seed_rule_anchors_on_two_backslashes_in_one_column() {
        // `".exe"` and `"\\\\"` in any of three columns, and the pattern's own literals in column 1.
        let costs = Widths(vec![60.0, 100.0, 60.0]);
        let any = |text: &str| {
            Need::Has((0..3).map(|column| Literal { column, bytes: text.as_bytes().to_vec(), folded: true }).collect())
        };
        let pattern = Need::all(vec![Need::either(vec![has(1, ".exe"), has(1, "psexec")]), has(1, "\\\\")]);
        let need = Need::all(vec![any(".exe"), any("\\\\"), pattern]);
        let anchor = anchor(&need, &costs).unwrap();
        assert_eq!(anchor.literals, [Literal { column: 1, bytes: b"\\\\".to_vec(), folded: true }]);
    }
}
