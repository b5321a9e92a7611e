//! One algorithm over some of the needles: what a searcher is made of.

use crate::automaton::Automaton;
use crate::byte_pairs::BytePairs;
use crate::bytes::Bytes;
use crate::grams::Grams;
use crate::memmem::Memmem;
use crate::naive;
use crate::needle::{Hit, Needle};
use crate::needle_set::NeedleSet;
use crate::pair::Pair;
use crate::teddy::Teddy;

/// One pass over the haystack.
#[derive(Debug)]
pub(crate) enum Part {
    /// One plain needle.
    Memmem(Box<Memmem>),
    /// Needles of one byte, few values.
    Bytes(Bytes),
    /// One needle.
    Pair(Pair),
    /// Needles of one or two bytes.
    BytePairs(BytePairs),
    /// Up to some hundreds of needles.
    Teddy(Box<Teddy>),
    /// Many needles.
    Grams(Grams),
    /// Any needles.
    Automaton(Automaton),
    /// Any needles, slowly.
    Naive(Vec<Needle>),
}

impl Part {
    /// Appends every occurrence in `haystack` of this part's needles, in any order.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        match self {
            Self::Memmem(part) => part.search(needles, haystack, hits),
            Self::Bytes(part) => part.search(needles, haystack, hits),
            Self::Pair(part) => part.search(needles, haystack, hits),
            Self::BytePairs(part) => part.search(needles, haystack, hits),
            Self::Teddy(part) => part.search(needles, haystack, hits),
            Self::Grams(part) => part.search(needles, haystack, hits),
            Self::Automaton(part) => part.search(needles, haystack, hits),
            Self::Naive(needles) => naive::search(needles, haystack, hits),
        }
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::Memmem(part) => size_of::<Memmem>() + part.memory_usage(),
            Self::Bytes(part) => part.memory_usage(),
            Self::Pair(_) => 0,
            Self::BytePairs(part) => part.memory_usage(),
            Self::Teddy(part) => size_of::<Teddy>() + part.memory_usage(),
            Self::Grams(part) => part.memory_usage(),
            Self::Automaton(part) => part.memory_usage(),
            Self::Naive(needles) => needles.iter().map(|needle| size_of::<Needle>() + needle.bytes.capacity()).sum(),
        }
    }
}
