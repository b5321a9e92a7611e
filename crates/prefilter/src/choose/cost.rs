//! What each algorithm is expected to cost for a set of needles.
//!
//! The figures are rough and only their order counts. They were measured with `examples/throughput.rs` on one x86-64 machine with AVX2, with
//! recorded command lines and needles of detection rules, and with whole events and indicators (digests, addresses, domains), pages of 512 KB in the
//! second cache. The rates at which candidates come are estimated from the frequencies of bytes.

use super::Algorithm;
use crate::automaton::{Automaton, FULL_TABLE_BYTES};
use crate::error::Error;
use crate::grams::{self, Shape};
use crate::needle_set::{Index, NeedleSet};
use crate::part::Part;
use crate::teddy;
use crate::vector::Isa;

/// Time for each byte of haystack. A gigabyte a second is 1,000.
pub(super) type Picoseconds = f32;

/// Teddy without candidates, by groups of buckets, with vectors of 32 bytes.
const TEDDY: [(usize, Picoseconds); 3] = [(1, 57.0), (2, 95.0), (4, 175.0)];

/// How much slower vectors of 16 bytes are.
const NARROW: f32 = 2.0;

/// How much slower plain code is in their place.
const PLAIN: f32 = 35.0;

/// One candidate of Teddy: finding its bit, the hash look-up, and mostly a branch that was not foreseen.
const CANDIDATE: Picoseconds = 10_000.0;

/// One look of the gram search while the bit table fits the nearest cache.
const LOOK: Picoseconds = 830.0;

/// One look beyond.
const FAR_LOOK: Picoseconds = 1_100.0;

/// Grams whose bit table still fits the nearest cache (32 KB).
const NEAR_GRAMS: usize = 1 << 12;

/// One look that finds its bit set: mostly a branch that was not foreseen, and the hash look-up.
const MET_GRAM: Picoseconds = 13_000.0;

/// The automaton as a full table that is small, and what each byte of needles adds as it outgrows the caches.
const FULL_TABLE: Picoseconds = 1_450.0;

/// See [`FULL_TABLE`].
const FULL_TABLE_BYTE: Picoseconds = 0.08;

/// The automaton as lists of transitions.
const LISTS: Picoseconds = 5_700.0;

/// Needles from which estimates are made on a sample of this many.
const SAMPLE: usize = 512;

/// An algorithm with its parameters, ready to be built.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plan {
    /// Teddy with so many groups of buckets.
    Teddy {
        /// Groups of eight buckets.
        groups: usize,
        /// Places of the fingerprints.
        places: usize,
        /// Candidates per byte.
        rate: f32,
        /// Estimate.
        cost: Picoseconds,
    },
    /// Grams of this shape.
    Grams {
        /// Length and stride.
        shape: Shape,
        /// Looks that find their bit set.
        rate: f32,
        /// Estimate.
        cost: Picoseconds,
    },
    /// The automaton.
    Automaton {
        /// Estimate.
        cost: Picoseconds,
    },
}

impl Plan {
    /// The estimate.
    pub(super) fn cost(&self) -> Picoseconds {
        match *self {
            Self::Teddy { cost, .. } | Self::Grams { cost, .. } | Self::Automaton { cost } => cost,
        }
    }

    /// The algorithm.
    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Teddy { .. } => Algorithm::Teddy,
            Self::Grams { .. } => Algorithm::Grams,
            Self::Automaton { .. } => Algorithm::AhoCorasick,
        }
    }

    /// What speaks for or against it, in figures, for so many needles.
    pub(super) fn reason(&self, needles: usize) -> String {
        match *self {
            Self::Teddy { groups, places, rate, cost } => format!(
                "{needles} needles: fingerprints of {places} bytes in {} buckets let {:.2} % of places through; about {cost:.0} ps a byte",
                groups * 8,
                rate * 100.0
            ),
            Self::Grams { shape: Shape { length, stride }, rate, cost } => format!(
                "{needles} needles: grams of {length} bytes, one look every {stride} bytes, of which {:.2} % meet one; about {cost:.0} ps a byte",
                rate * 100.0
            ),
            Self::Automaton { cost } => format!("{needles} needles: about {cost:.0} ps a byte whatever they are"),
        }
    }

    /// Builds the part that searches `members`.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub(super) fn build(&self, needles: &NeedleSet, members: &[Index], isa: Isa) -> Result<Part, Error> {
        match *self {
            Self::Teddy { groups, .. } => teddy::Layout::new(needles, members)
                .and_then(|layout| layout.build(groups, isa))
                .map(|teddy| Part::Teddy(Box::new(teddy)))
                .ok_or_else(Error::too_large),
            Self::Grams { shape, .. } => grams::Layout::new(needles, members, shape)
                .and_then(|layout| layout.build(needles))
                .map(Part::Grams)
                .ok_or_else(Error::too_large),
            Self::Automaton { .. } => Automaton::new(needles, members).map(Part::Automaton),
        }
    }
}

/// Returns every plan that can search `members`, each algorithm with its best parameters. Never empty, as the automaton always can.
pub(super) fn plans(needles: &NeedleSet, members: &[Index], isa: Isa) -> Vec<Plan> {
    let bytes: usize = members.iter().map(|&index| needles.head(index).0.len()).sum();
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let cost = if bytes <= FULL_TABLE_BYTES { FULL_TABLE + bytes as f32 * FULL_TABLE_BYTE } else { LISTS };
    let automaton = Plan::Automaton { cost };
    let mut plans = vec![automaton];
    plans.extend(teddy(needles, members, isa));
    plans.extend(grams(needles, members));
    plans
}

/// Returns the best plan for Teddy, or `None` if there are too many needles.
pub(super) fn teddy(needles: &NeedleSet, members: &[Index], isa: Isa) -> Option<Plan> {
    let slower = match (isa, isa.width()) {
        (Isa::Scalar, _) => PLAIN,
        (_, 16) => NARROW,
        _ => 1.0,
    };
    let layout = teddy::Layout::new(needles, members)?;
    let plan = |(groups, base): (usize, Picoseconds)| {
        let rate = layout.rate(groups);
        Plan::Teddy { groups, places: layout.places(), rate, cost: base * slower + rate * CANDIDATE }
    };
    TEDDY.into_iter().map(plan).min_by(|a, b| a.cost().total_cmp(&b.cost()))
}

/// Returns the best plan for grams, or `None` if a needle is too short for them.
pub(super) fn grams(needles: &NeedleSet, members: &[Index]) -> Option<Plan> {
    let shortest = members.iter().map(|&index| needles.head(index).0.len()).min()?;
    let step = members.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<Index> = members.iter().copied().step_by(step).collect();
    let plan = |shape: Shape| {
        let rate = grams::Layout::new(needles, &sample, shape)?.rate(members.len());
        let look = if members.len() * shape.stride <= NEAR_GRAMS { LOOK } else { FAR_LOOK };
        #[expect(clippy::cast_precision_loss, reason = "at most eight")]
        let cost = (look + rate * MET_GRAM) / shape.stride as f32;
        Some(Plan::Grams { shape, rate, cost })
    };
    Shape::all(shortest).filter_map(plan).min_by(|a, b| a.cost().total_cmp(&b.cost()))
}
