//! The one decision: which algorithm searches which needles, on which instruction set, and why.
//!
//! [`choose`] reads as the decision list. A set is split by length into at most three parts, each searched by its own pass over the haystack
//! (a page, which stays in a near cache): needles with one or two usable places, the other short ones, and long ones. Every
//! part takes the cheapest algorithm by the estimates in [`cost`], which say in picoseconds a byte what the choice rests on.

mod cost;
mod forced;

use crate::byte_pairs::BytePairs;
use crate::bytes::Bytes;
use crate::error::Error;
use crate::memmem::Memmem;
use crate::needle::Needle;
use crate::needle_set::{Index, NeedleSet};
use crate::pair::Pair;
use crate::part::Part;
use crate::teddy;
use crate::vector::Isa;
use cost::{Picoseconds, Plan};
use std::fmt;

/// A way to search.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Algorithm {
    /// There are no needles.
    Nothing,
    /// One byte string: `memchr`'s substring search, restarted one byte after each find.
    Memmem,
    /// Needles of one byte with up to three values in all: `memchr` and its siblings.
    Memchr,
    /// One needle: its two rarest bytes compared at every place, a vector at a time.
    Pair,
    /// A bit for each pair of neighbouring bytes; for needles of one or two bytes.
    BytePairs,
    /// Fingerprints of up to three bytes in 8, 16 or 32 buckets, by table look-ups in vectors.
    Teddy,
    /// A hash of a few bytes, looked at only every so many bytes.
    Grams,
    /// The `aho-corasick` crate's automaton.
    AhoCorasick,
    /// Every needle tried at every place; only when forced.
    Naive,
}

impl Algorithm {
    /// Every algorithm, in the order of the type.
    pub const ALL: [Self; 9] = [
        Self::Nothing,
        Self::Memmem,
        Self::Memchr,
        Self::Pair,
        Self::BytePairs,
        Self::Teddy,
        Self::Grams,
        Self::AhoCorasick,
        Self::Naive,
    ];

    /// Returns the name that `explain` prints, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Memmem => "memmem",
            Self::Memchr => "memchr",
            Self::Pair => "pair",
            Self::BytePairs => "byte-pairs",
            Self::Teddy => "teddy",
            Self::Grams => "grams",
            Self::AhoCorasick => "aho-corasick",
            Self::Naive => "naive",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which instructions to search with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum SimdChoice {
    /// The widest that the machine has.
    #[default]
    Auto,
    /// None in our own kernels; what `memchr` and `aho-corasick` use is theirs to decide.
    Scalar,
    /// 16 bytes at a time.
    Ssse3,
    /// 32 bytes at a time.
    Avx2,
}

/// What the caller may ask of a searcher. The default leaves both to [`crate::Searcher::new`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// The instructions.
    pub simd: SimdChoice,
    /// The algorithm to use for all needles, for tests; `None` chooses.
    pub algorithm: Option<Algorithm>,
}

/// One pass over the haystack and what it searches for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartChoice {
    /// How.
    pub algorithm: Algorithm,
    /// Distinct needles searched in this pass.
    pub needles: usize,
    /// Why, with the figures that it rests on.
    pub reason: String,
}

/// What was chosen, for `explain`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The algorithm that searches most needles.
    pub algorithm: Algorithm,
    /// Why that one.
    pub reason: String,
    /// Algorithms that were weighed for the same needles and not taken, each with the reason.
    pub rejected: Vec<(Algorithm, String)>,
    /// The instruction set of our own kernels: `scalar`, `ssse3`, `avx2` or `neon`.
    pub vector: &'static str,
    /// Every pass; more than one when needles of different lengths are better searched apart.
    pub parts: Vec<PartChoice>,
}

/// Parts with what is said of them, as they are chosen.
struct Parts {
    /// The parts.
    built: Vec<Part>,
    /// Parallel to `built`.
    chosen: Vec<PartChoice>,
    /// What was weighed and not taken.
    rejected: Vec<(Algorithm, String)>,
}

impl Parts {
    /// Adds a part.
    fn push(&mut self, algorithm: Algorithm, needles: usize, reason: String, part: Part) {
        self.built.push(part);
        self.chosen.push(PartChoice { algorithm, needles, reason });
    }

    /// The parts, and the choice as a whole.
    fn finish(self, isa: Isa) -> (Vec<Part>, Choice) {
        let main = self.chosen.iter().max_by_key(|part| part.needles);
        let (algorithm, reason) = main.map_or((Algorithm::Nothing, "there are no needles".to_owned()), |part| {
            (part.algorithm, part.reason.clone())
        });
        let choice = Choice { algorithm, reason, rejected: self.rejected, vector: isa.name(), parts: self.chosen };
        (self.built, choice)
    }
}

/// Needles with so few fixed places go apart: their windows are common, and would make those of all others as short.
const FEW_PLACES: usize = 2;

/// Needles of two bytes up to which vectors beat the table of byte pairs. Their windows are so common that verification soon
/// costs more than the look-ups saved.
const PAIRS_IN_VECTORS: usize = 8;

/// Returns the parts that search `needles` (the distinct ones of `originals`), and why.
///
/// # Errors
///
/// If an option cannot be served, or the needles are too many for the algorithm.
pub(crate) fn choose(
    needles: &NeedleSet,
    originals: &[Needle],
    options: &Options,
) -> Result<(Vec<Part>, Choice), Error> {
    let isa = Isa::choose(options.simd)?;
    let mut parts = Parts { built: Vec::new(), chosen: Vec::new(), rejected: Vec::new() };
    if needles.len() > 0
        && let Some(algorithm) = options.algorithm
    {
        forced::build(needles, originals, algorithm, isa, &mut parts)?;
        return Ok(parts.finish(isa));
    }
    let (few, others): (Vec<Index>, Vec<Index>) =
        needles.indices().partition(|&index| needles.fixed_len(index) <= FEW_PLACES);
    for members in [few, others] {
        match *members.as_slice() {
            [] => {}
            [index] => one(needles, index, isa, &mut parts)?,
            _ if members.iter().all(|&index| needles.fixed_len(index) <= FEW_PLACES) => {
                short(needles, &members, isa, &mut parts)?;
            }
            _ => several(needles, &members, isa, &mut parts)?,
        }
    }
    Ok(parts.finish(isa))
}

/// Chooses for one needle.
fn one(needles: &NeedleSet, index: Index, isa: Isa, parts: &mut Parts) -> Result<(), Error> {
    if let Some(part) = Bytes::new(needles, &[index]) {
        let reason = "one needle of one byte".to_owned();
        parts.push(Algorithm::Memchr, 1, reason, Part::Bytes(part));
    } else if let Some(part) = Memmem::new(needles, index) {
        let reason = "one needle without letters of two cases: one byte string".to_owned();
        parts.push(Algorithm::Memmem, 1, reason, Part::Memmem(Box::new(part)));
    } else if let Some(part) = Pair::new(needles, index, isa) {
        let [a, b] = part.places();
        let reason = format!("one caseless needle: its bytes {a} and {b} are the rarest");
        parts.rejected.push((Algorithm::Memmem, "the needle has letters of two cases".to_owned()));
        parts.push(Algorithm::Pair, 1, reason, Part::Pair(part));
    } else {
        let plan = cost::teddy(needles, &[index], isa).ok_or_else(Error::too_large)?;
        let why = "it begins with a character outside ASCII that has two cases";
        parts.rejected.push((Algorithm::Pair, why.to_owned()));
        parts.push(Algorithm::Teddy, 1, format!("one needle; {why}"), plan.build(needles, &[index], isa)?);
    }
    Ok(())
}

/// Chooses for several needles of one or two places.
fn short(needles: &NeedleSet, members: &[Index], isa: Isa, parts: &mut Parts) -> Result<(), Error> {
    let count = members.len();
    if let Some(part) = Bytes::new(needles, members) {
        let reason = format!("{count} needles of one byte with at most three values");
        parts.push(Algorithm::Memchr, count, reason, Part::Bytes(part));
        return Ok(());
    }
    let two_places = members.iter().all(|&index| needles.fixed_len(index) == FEW_PLACES);
    if two_places
        && count <= PAIRS_IN_VECTORS
        && isa != Isa::Scalar
        && let Some(plan) = cost::teddy(needles, members, isa)
    {
        let reason = format!("{count} needles of two bytes: few enough for vectors");
        parts.push(Algorithm::Teddy, count, reason, plan.build(needles, members, isa)?);
        return Ok(());
    }
    let reason = format!("{count} needles of one or two bytes: they are common, and the table does not mind how many");
    parts.push(Algorithm::BytePairs, count, reason, Part::BytePairs(BytePairs::new(needles, members)));
    Ok(())
}

/// A set of needles with the plan that searches it.
type Planned = (Vec<Index>, Plan);

/// Lengths at which a set may be cut in two. A gram needs [`crate::grams::SMALLEST_LENGTH`] bytes and pays from a stride of two on; a cut close to
/// the length of the shortest is no cut.
const CUTS: [usize; 4] = [5, 7, 10, 16];

/// Chooses for several needles of three places or more: the cheapest single pass, or two passes, cut by length.
fn several(needles: &NeedleSet, members: &[Index], isa: Isa, parts: &mut Parts) -> Result<(), Error> {
    let mut plans = cost::plans(needles, members, isa);
    plans.sort_by(|a, b| a.cost().total_cmp(&b.cost()));
    let single = plans.first().copied().ok_or_else(Error::too_large)?;
    let mut best = (single.cost(), vec![(members.to_vec(), single)]);
    for cut in CUTS {
        if let Some((cost, planned)) = cut_at(needles, members, cut, isa)
            && cost < best.0 * CUT_GAIN
        {
            best = (cost, planned);
        }
    }
    let (total, planned) = best;
    let taken: Vec<Algorithm> = planned.iter().map(|(_, plan)| plan.algorithm()).collect();
    for plan in plans {
        let known = parts.rejected.iter().any(|(algorithm, _)| *algorithm == plan.algorithm());
        if !known && !taken.contains(&plan.algorithm()) {
            let against = format!("{}, against {total:.0} ps", plan.reason(members.len()));
            parts.rejected.push((plan.algorithm(), against));
        }
    }
    if members.len() > teddy::LARGEST_SET && !taken.contains(&Algorithm::Teddy) {
        let why = format!("{} needles; it takes at most {}", members.len(), teddy::LARGEST_SET);
        parts.rejected.push((Algorithm::Teddy, why));
    }
    for (members, plan) in planned {
        let reason = plan.reason(members.len());
        parts.push(plan.algorithm(), members.len(), reason, plan.build(needles, &members, isa)?);
    }
    Ok(())
}

/// A second pass must bring the estimate below this part of the first: estimates are rough, and a pass has costs of its own.
const CUT_GAIN: Picoseconds = 0.9;

/// Returns the cheapest plan for needles with heads shorter than `cut` bytes and for the others, with the sum of their costs.
fn cut_at(needles: &NeedleSet, members: &[Index], cut: usize, isa: Isa) -> Option<(Picoseconds, Vec<Planned>)> {
    let (short, long): (Vec<Index>, Vec<Index>) = members.iter().partition(|&&index| needles.head(index).0.len() < cut);
    if short.is_empty() || long.is_empty() {
        return None;
    }
    let cheapest = |members: Vec<Index>| -> Option<Planned> {
        let plans = cost::plans(needles, &members, isa);
        let plan = plans.into_iter().min_by(|a, b| a.cost().total_cmp(&b.cost()))?;
        Some((members, plan))
    };
    let (short, long) = (cheapest(short)?, cheapest(long)?);
    Some((short.1.cost() + long.1.cost(), vec![short, long]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(needles: &[Needle]) -> Choice {
        let set = NeedleSet::new(needles).expect("not empty");
        choose(&set, needles, &Options::default()).expect("chosen").1
    }

    #[test]
    fn one_needle_takes_the_search_for_its_kind() {
        for (needle, algorithm) in [
            (Needle::exact("\\\\"), Algorithm::Memmem),
            (Needle::folded("\\\\"), Algorithm::Memmem),
            (Needle::folded("=="), Algorithm::Memmem),
            (Needle::exact("Net"), Algorithm::Memmem),
            (Needle::folded("Net"), Algorithm::Pair),
            (Needle::folded("k"), Algorithm::Memchr),
            (Needle::exact("k"), Algorithm::Memchr),
            (Needle::folded("äx"), Algorithm::Teddy),
            (Needle::folded("xyä"), Algorithm::Pair),
            (Needle::folded("日"), Algorithm::Memmem),
        ] {
            assert_eq!(choice(std::slice::from_ref(&needle)).algorithm, algorithm, "{needle:?}");
        }
        assert_eq!(choice(&[]).algorithm, Algorithm::Nothing);
    }

    #[test]
    fn short_needles_are_searched_apart() {
        let found =
            choice(&[Needle::folded("e"), Needle::folded("-e"), Needle::folded("mimikatz"), Needle::folded("psexec")]);
        let parts: Vec<_> = found.parts.iter().map(|part| (part.algorithm, part.needles)).collect();
        assert_eq!(parts, [(Algorithm::BytePairs, 2), (Algorithm::Teddy, 2)]);
        assert_eq!(choice(&[Needle::folded("e"), Needle::exact("1")]).algorithm, Algorithm::Memchr);
    }

    #[test]
    fn what_was_weighed_is_told_with_reasons() {
        let needles: Vec<Needle> =
            (0..3000u32).map(|n| Needle::folded(format!("{:08x}", n.wrapping_mul(2_654_435_761)))).collect();
        let found = choice(&needles);
        assert_eq!(found.algorithm, Algorithm::Grams);
        assert!(found.rejected.iter().any(|(algorithm, reason)| *algorithm == Algorithm::Teddy && !reason.is_empty()));
        assert!(found.rejected.iter().any(|(algorithm, _)| *algorithm == Algorithm::AhoCorasick));
        assert!(found.reason.contains("3000"), "{}", found.reason);
    }

    #[test]
    fn an_algorithm_that_cannot_is_refused() {
        let refuse = |needles: &[Needle], algorithm| {
            let set = NeedleSet::new(needles).expect("not empty");
            let options = Options { algorithm: Some(algorithm), ..Options::default() };
            choose(&set, needles, &options).expect_err("cannot").is_option()
        };
        assert!(refuse(&[Needle::folded("a")], Algorithm::Pair));
        assert!(refuse(&[Needle::folded("ab")], Algorithm::Memmem));
        assert!(refuse(&[Needle::folded("ab")], Algorithm::Memchr));
        assert!(refuse(&[Needle::folded("ab")], Algorithm::Grams));
        assert!(refuse(&[Needle::folded("ab")], Algorithm::Nothing));
    }
}
