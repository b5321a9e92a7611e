//! Which transaction a row joins, and when one is closed (§5.19.3, §5.19.5).
//!
//! A row joins the transaction that was extended last of those it may join. They are found by the values of the listed fields;
//! transactions that are closed are dropped from the lists when these are read. What a rule without a limit of time would keep open
//! is bounded by an explicit error, not by eviction (§7).

use std::collections::{BTreeSet, HashSet};

use hashbrown::HashMap;
use retrohunt_spl::plan::TransactionCommand;

use super::Group;
use crate::error::PipelineError;

/// Most transactions looked at for all rows together.
const WORK_LIMIT: u64 = 200_000_000;

/// A row as it is seen here.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Its number.
    pub(super) row: usize,
    /// Its time in microseconds.
    pub(super) time: Option<i64>,
    /// The texts of each listed field.
    pub(super) values: Vec<Vec<String>>,
    /// It is what a transaction starts with.
    pub(super) starts: bool,
    /// It is what a transaction ends with.
    pub(super) ends: bool,
}

/// A transaction that rows may join.
#[derive(Clone, Debug)]
struct Open {
    /// Its rows, newest first.
    rows: Vec<usize>,
    /// Texts of each listed field.
    values: Vec<HashSet<String>>,
    /// Time of the newest row.
    newest: Option<i64>,
    /// Time of the oldest row.
    oldest: Option<i64>,
    /// It has what it starts with.
    started: bool,
    /// It has what it ends with.
    ended: bool,
}

/// The transactions on the way.
pub(super) struct Opened<'a> {
    /// The options.
    command: &'a TransactionCommand,
    /// By number; none: closed.
    open: Vec<Option<Open>>,
    /// Numbers by field and text.
    by_value: Vec<HashMap<String, Vec<usize>>>,
    /// The open ones by their last row.
    by_recency: BTreeSet<(usize, usize)>,
    /// What is put out.
    groups: Vec<Group>,
    /// How many were looked at.
    work: u64,
}

impl<'a> Opened<'a> {
    /// None yet.
    pub(super) fn new(command: &'a TransactionCommand) -> Self {
        let by_value = vec![HashMap::new(); command.fields.len()];
        Self { command, open: Vec::new(), by_value, by_recency: BTreeSet::new(), groups: Vec::new(), work: 0 }
    }

    /// Takes the next older row.
    pub(super) fn take(&mut self, member: &Member) -> Result<(), PipelineError> {
        let linked = self.command.fields.is_empty() || member.values.iter().any(|texts| !texts.is_empty());
        let boundary = (member.starts || member.ends) && !self.command.unify_ends;
        let mut target = if linked { self.find(member)? } else { None };
        if target.is_none() && boundary {
            target = self.latest(member);
        }
        let allowed = linked || boundary;
        if self.command.ends_with.is_some() {
            match target {
                _ if !allowed => self.orphan(member),
                Some(number) if !member.ends || member.starts => self.join(number, member),
                None if !member.ends => self.orphan(member),
                // A last row opens the next one; what was open has all it will get.
                previous => {
                    if let Some(number) = previous {
                        self.close(number, false);
                    }
                    self.begin(member);
                }
            }
        } else {
            match target {
                _ if !allowed => self.orphan(member),
                Some(number) => self.join(number, member),
                None => self.begin(member),
            }
        }
        Ok(())
    }

    /// What is put out. `last`: time of the last row, which tells what a limit of time has closed.
    pub(super) fn finish(mut self, last: Option<i64>) -> Vec<Group> {
        for number in 0..self.open.len() {
            let expired = self.open[number].as_ref().is_some_and(|open| self.expired(open, last));
            self.close(number, expired);
        }
        self.groups
    }

    /// Is a row of this time too old for a transaction?
    fn expired(&self, open: &Open, time: Option<i64>) -> bool {
        let beyond = |limit: Option<i64>, from: Option<i64>| match (limit, from, time) {
            (Some(limit), Some(from), Some(time)) => i128::from(from) - i128::from(time) > i128::from(limit),
            _ => false,
        };
        beyond(self.command.max_span, open.newest) || beyond(self.command.max_pause, open.oldest)
    }

    /// May a row join a transaction? For every listed field that both have, a value is equal; and there is such a field, or rows may
    /// join without (`connected=f`).
    fn fits(&self, open: &Open, member: &Member) -> bool {
        let both = |(own, texts): &(&HashSet<String>, &Vec<String>)| !own.is_empty() && !texts.is_empty();
        let mut shared = open.values.iter().zip(&member.values).filter(both).peekable();
        if shared.peek().is_none() && self.command.connected && !self.command.fields.is_empty() {
            return false;
        }
        shared.all(|(own, texts)| texts.iter().any(|text| own.contains(text)))
    }

    /// The transaction that a row joins: the one extended last of those that it may join. Those that are too old for it are closed.
    fn find(&mut self, member: &Member) -> Result<Option<usize>, PipelineError> {
        let candidates: Vec<usize> = if self.command.fields.is_empty() || !self.command.connected {
            self.by_recency.iter().rev().map(|(_, number)| *number).collect()
        } else {
            let mut found = Vec::new();
            for (index, texts) in self.by_value.iter_mut().zip(&member.values) {
                for text in texts {
                    if let Some(list) = index.get_mut(text) {
                        list.retain(|number| self.open[*number].is_some());
                        found.extend_from_slice(list);
                    }
                }
            }
            found
        };
        self.work = self.work.saturating_add(candidates.len() as u64);
        if self.work > WORK_LIMIT {
            let message = "`transaction` keeps too many transactions open; give it `maxspan` or `maxpause`";
            return Err(PipelineError::new("E-STAGE-LIMIT", message));
        }
        let mut best: Option<(usize, usize)> = None;
        for number in candidates {
            let Some(open) = &self.open[number] else { continue };
            let last = open.rows.last().copied().unwrap_or(0);
            if self.expired(open, member.time) {
                self.close(number, true);
            } else if best.is_none_or(|(row, _)| last > row) && self.fits(open, member) {
                best = Some((last, number));
            }
        }
        Ok(best.map(|(_, number)| number))
    }

    /// The transaction that was extended last, for a boundary that need not share a field.
    fn latest(&mut self, member: &Member) -> Option<usize> {
        while let Some((_, number)) = self.by_recency.last().copied() {
            match &self.open[number] {
                Some(open) if self.expired(open, member.time) => self.close(number, true),
                _ => return Some(number),
            }
        }
        None
    }

    /// Opens a transaction with a row.
    fn begin(&mut self, member: &Member) {
        let number = self.open.len();
        let values = vec![HashSet::new(); self.command.fields.len()];
        let (started, ended) = (false, false);
        self.open.push(Some(Open { rows: Vec::new(), values, newest: None, oldest: None, started, ended }));
        self.join(number, member);
    }

    /// Adds a row to a transaction, and closes it if that is what the row does.
    fn join(&mut self, number: usize, member: &Member) {
        let Some(open) = &mut self.open[number] else { return };
        if let Some(last) = open.rows.last() {
            self.by_recency.remove(&(*last, number));
        }
        open.rows.push(member.row);
        self.by_recency.insert((member.row, number));
        open.newest = open.newest.or(member.time);
        open.oldest = member.time.or(open.oldest);
        open.started |= member.starts;
        open.ended |= member.ends;
        for ((own, texts), index) in open.values.iter_mut().zip(&member.values).zip(&mut self.by_value) {
            for text in texts {
                if own.insert(text.clone()) {
                    index.entry_ref(text.as_str()).or_default().push(number);
                }
            }
        }
        let full = self.command.max_events.is_some_and(|most| open.rows.len() as u64 >= most);
        if member.starts || full {
            self.close(number, true);
        }
    }

    /// Closes a transaction; one that lacks a boundary is put out only if the rule wants that.
    fn close(&mut self, number: usize, closed: bool) {
        let Some(open) = self.open[number].take() else { return };
        if let Some(last) = open.rows.last() {
            self.by_recency.remove(&(*last, number));
        }
        let complete =
            (self.command.starts_with.is_none() || open.started) && (self.command.ends_with.is_none() || open.ended);
        if complete || self.command.keep_evicted {
            self.groups.push(Group { rows: open.rows, closed: Some(closed) });
        }
    }

    /// Puts out a row that belongs to no transaction, if the rule wants that.
    fn orphan(&mut self, member: &Member) {
        if self.command.keep_orphans {
            self.groups.push(Group { rows: vec![member.row], closed: None });
        }
    }
}
