//! An algorithm that the caller asks for, over all needles, or the reason why it cannot.

use super::{Algorithm, Parts, cost};
use crate::automaton::Automaton;
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

/// Adds to `parts` what searches all of `needles`, at least one, by `algorithm`: one part, or one a needle for the searches of one needle.
///
/// # Errors
///
/// If it cannot search some of them.
pub(super) fn build(
    needles: &NeedleSet,
    originals: &[Needle],
    algorithm: Algorithm,
    isa: Isa,
    parts: &mut Parts,
) -> Result<(), Error> {
    let members: Vec<Index> = needles.indices().collect();
    let unsuitable = |reason: &str| Error::unsuitable(algorithm, reason);
    let mut push = |count: usize, part: Part| parts.push(algorithm, count, "asked for".to_owned(), part);
    match algorithm {
        Algorithm::Nothing => return Err(unsuitable("there are needles")),
        Algorithm::Memmem => {
            for &index in &members {
                let part = Memmem::new(needles, index).ok_or_else(|| unsuitable("one has letters of two cases"))?;
                push(1, Part::Memmem(Box::new(part)));
            }
        }
        Algorithm::Memchr => {
            let part =
                Bytes::new(needles, &members).ok_or_else(|| unsuitable("they are not one to three byte values"))?;
            push(members.len(), Part::Bytes(part));
        }
        Algorithm::Pair => {
            for &index in &members {
                let part = Pair::new(needles, index, isa).ok_or_else(|| unsuitable("one has no two fixed bytes"))?;
                push(1, Part::Pair(part));
            }
        }
        Algorithm::BytePairs => push(members.len(), Part::BytePairs(BytePairs::new(needles, &members))),
        Algorithm::Teddy => {
            for members in members.chunks(teddy::LARGEST_SET) {
                let plan = cost::teddy(needles, members, isa).ok_or_else(Error::too_large)?;
                push(members.len(), plan.build(needles, members, isa)?);
            }
        }
        Algorithm::Grams => {
            let plan = cost::grams(needles, &members).ok_or_else(|| unsuitable("one is too short for a gram"))?;
            push(members.len(), plan.build(needles, &members, isa)?);
        }
        Algorithm::AhoCorasick => push(members.len(), Part::Automaton(Automaton::new(needles, &members)?)),
        Algorithm::Naive => push(members.len(), Part::Naive(originals.to_vec())),
    }
    Ok(())
}
