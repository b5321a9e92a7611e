//! Which row of a stream is planted with what.

use super::hits::HITS;
use super::misses::MISSES;
use super::{Case, Plant, Verdict};
use crate::clock::{SECOND, START};
use crate::commands::Template;
use crate::event::Source;
use crate::options::Vendor;
use crate::random::Random;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows for each true hit, where there are enough rows for it.
const ROWS_PER_HIT: u64 = 20_000;

/// Of how many rows at most one is planted, in archives too small for all cases.
const ROWS_PER_PLANT: u64 = 4;

/// Longest time that an archive spans, in microseconds: 30 days.
const LONGEST: u64 = 30 * 86_400 * 1_000_000;

/// Longest time between two rows of a stream, in microseconds.
const LONGEST_STEP: u64 = 500_000;

/// All rows of one vendor with, or all without, `_raw`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stream {
    /// The vendor.
    pub(crate) vendor: Vendor,
    /// Whether there is a `_raw` column.
    pub(crate) raw: bool,
}

impl Stream {
    /// A number that stays the stream's own, for its random numbers; below 16.
    pub(crate) fn number(self) -> u64 {
        self.vendor.number() * 2 + u64::from(self.raw)
    }
}

/// The planted rows of a stream, by their number in it.
pub(crate) struct Plan {
    /// The rows.
    pub(crate) plants: BTreeMap<u64, Plant>,
    /// Microseconds between two rows.
    step: u64,
}

impl Plan {
    /// Returns the time of row `number` of the stream, microseconds since the epoch, when it is not planted.
    pub(crate) fn time(&self, number: u64, random: &mut Random) -> i64 {
        let offset = number.saturating_mul(self.step).saturating_add(random.below_large(self.step));
        START.saturating_add(i64::try_from(offset).unwrap_or(i64::MAX))
    }
}

/// Returns the plan for the `rows` rows of `stream`.
///
/// The cases begin at another place in their list for each stream, so that several small ones still hold all of them.
pub(crate) fn schedule(stream: Stream, rows: u64, seed: u64, source: &Source) -> Plan {
    let mut random = Random::new(seed, 1_000 + stream.number());
    let mut planner = Planner {
        plan: Plan { plants: BTreeMap::new(), step: (LONGEST / rows.max(1)).clamp(1, LONGEST_STEP) },
        rows,
        room: rows / ROWS_PER_PLANT,
        source,
    };
    let fits = |case: &&Case| case.vendors.contains(&stream.vendor) && (stream.raw || !case.raw_only);
    let hits: Vec<&'static Case> = HITS.iter().filter(fits).collect();
    let misses: Vec<&'static Case> = MISSES.iter().filter(fits).collect();
    let first = usize::try_from(stream.number()).unwrap_or(0) * 7;
    for number in 0..hits.len().max(misses.len()) {
        for (verdict, cases) in [(Verdict::Hit, &hits), (Verdict::NearMiss, &misses)] {
            if number < cases.len()
                && let Some(case) = cases.get((first + number) % cases.len())
            {
                planner.lay(verdict, case, &mut random);
            }
        }
    }
    for (verdict, cases) in [(Verdict::Hit, hits), (Verdict::NearMiss, misses)] {
        // Long values are for the reader's limits, not for weight: each once is enough.
        let short: Vec<&'static Case> = cases.into_iter().filter(|case| case.padding == 0).collect();
        while planner.count(verdict) < rows / ROWS_PER_HIT && !short.is_empty() {
            let Some(case) = short.get(random.index(short.len())) else { break };
            if !planner.lay(verdict, case, &mut random) {
                break;
            }
        }
    }
    planner.plan
}

/// A plan under construction.
struct Planner<'a> {
    /// What is laid so far.
    plan: Plan,
    /// Rows of the stream.
    rows: u64,
    /// Rows that may still be planted.
    room: u64,
    /// For names in command lines.
    source: &'a Source,
}

impl Planner<'_> {
    /// Returns how many rows of that verdict are laid.
    fn count(&self, verdict: Verdict) -> u64 {
        u64::try_from(self.plan.plants.values().filter(|plant| plant.verdict == verdict).count()).unwrap_or(u64::MAX)
    }

    /// Lays the rows of `case` at random places; returns false, with nothing laid, when there is no room for all.
    fn lay(&mut self, verdict: Verdict, case: &'static Case, random: &mut Random) -> bool {
        let needed = u64::try_from(case.rows.len()).unwrap_or(u64::MAX);
        if needed > self.room {
            return false;
        }
        self.room -= needed;
        let mut command = String::new();
        for _ in 0..case.padding / 8 {
            command.push_str("padding ");
        }
        let user = self.source.population.person(self.source.population.draw_person(random)).to_owned();
        Template::new(case.command).write(&user, &self.source.population, random, &mut command);
        let command: Arc<str> = command.into();
        let machine = self.source.population.draw_machine(random);
        let (mut second, mut seed) = (None, 0);
        for twist in case.rows {
            let row = self.free_row(random);
            let second = *second.get_or_insert_with(|| {
                let offset = i64::try_from(row.saturating_mul(self.plan.step)).unwrap_or(0);
                (START + offset).div_euclid(SECOND) * SECOND
            });
            seed = if twist.copy { seed } else { random.bits() };
            let plant = Plant { verdict, case, twist: *twist, command: Arc::clone(&command), second, machine, seed };
            self.plan.plants.insert(row, plant);
        }
        true
    }

    /// Returns a row that nothing is planted in yet. At most one in four rows is, so the search is short.
    fn free_row(&self, random: &mut Random) -> u64 {
        loop {
            let row = random.below_large(self.rows);
            if !self.plan.plants.contains_key(&row) {
                return row;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names(plan: &Plan, verdict: Verdict) -> BTreeSet<&'static str> {
        plan.plants.values().filter(|plant| plant.verdict == verdict).map(|plant| plant.case.name).collect()
    }

    #[test]
    fn names_of_cases_are_unique() {
        for cases in [HITS, MISSES] {
            assert_eq!(cases.iter().map(|case| case.name).collect::<BTreeSet<_>>().len(), cases.len());
            assert!(cases.iter().all(|case| !case.name.is_empty() && !case.rows.is_empty()));
        }
    }

    #[test]
    fn a_thousand_rows_hold_every_case_that_fits() {
        let source = Source::new();
        for vendor in Vendor::ALL {
            for raw in [false, true] {
                let plan = schedule(Stream { vendor, raw }, 1000, 9, &source);
                let fits = |case: &&Case| case.vendors.contains(&vendor) && (raw || !case.raw_only);
                let expected = |cases: &'static [Case]| cases.iter().filter(fits).map(|case| case.name).collect();
                assert_eq!(names(&plan, Verdict::Hit), expected(HITS));
                assert_eq!(names(&plan, Verdict::NearMiss), expected(MISSES));
                assert!(plan.plants.keys().all(|&row| row < 1000));
            }
        }
    }

    #[test]
    fn tiny_streams_are_planted_sparsely() {
        let source = Source::new();
        let stream = Stream { vendor: Vendor::Sysmon, raw: false };
        assert_eq!(schedule(stream, 3, 9, &source).plants.len(), 0);
        let plan = schedule(stream, 40, 9, &source);
        assert!((5..=10).contains(&plan.plants.len()));
        assert!(!names(&plan, Verdict::Hit).is_empty() && !names(&plan, Verdict::NearMiss).is_empty());
    }

    #[test]
    fn large_streams_have_a_hit_in_twenty_thousand_rows() {
        let source = Source::new();
        let rows = 4_000_000;
        let plan = schedule(Stream { vendor: Vendor::Defender, raw: false }, rows, 9, &source);
        let hits = plan.plants.values().filter(|plant| plant.verdict == Verdict::Hit).count();
        assert!((200..205).contains(&hits), "{hits}");
    }
}
