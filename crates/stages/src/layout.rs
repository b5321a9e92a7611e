//! Which columns a result has, and in which order (§5.2, §9.5, §9.6).
//!
//! Batches come from files with different schemas, so a batch cannot say what the columns of the result are. The commands can: they
//! give a list of slots, each a name or a pattern, and the slots are filled with the fields that have a value in some result row.
//! So a file that is never read cannot change the output.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use retrohunt_spl::plan::{FieldPattern, Glob, RenameClause};

use crate::batch::{RAW, TIME};
use crate::commands::wildcard;
use crate::table::{Table, TableColumn};

/// A place for columns.
#[derive(Clone, Debug)]
enum Slot {
    /// One field. `named`: it is there even if it is ∅ in every row.
    Field {
        /// Its name.
        name: Arc<str>,
        /// Written by name.
        named: bool,
    },
    /// All fields that a pattern selects, by code point, without those that have a place elsewhere.
    Pattern {
        /// The pattern.
        pattern: FieldPattern,
        /// What a `rename` by patterns may have made of their names.
        renamed: Vec<Glob>,
    },
    /// All fields, by code point.
    Everything,
}

/// The columns of a row set, before it is known which fields have values.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The slots in order.
    slots: Vec<Slot>,
    /// Fields that a later command has made; a pattern that stands before them does not take them.
    made: BTreeSet<Arc<str>>,
    /// Fields that got another name, each with the name under which a pattern takes it and gives it its place.
    origins: BTreeMap<Arc<str>, Arc<str>>,
}

impl Slot {
    /// Is it the place of this field?
    fn is(&self, field: &str) -> bool {
        matches!(self, Self::Field { name, .. } if **name == *field)
    }

    /// Does the slot take a field that had this name when the slot was made? One field's slot takes none but its own.
    fn takes(&self, origin: &str) -> bool {
        match self {
            Self::Field { .. } => false,
            Self::Pattern { pattern, .. } => pattern.selects(origin),
            Self::Everything => true,
        }
    }
}

impl Layout {
    /// These slots, nothing made or renamed yet.
    fn of(slots: Vec<Slot>) -> Self {
        Self { slots, made: BTreeSet::new(), origins: BTreeMap::new() }
    }

    /// The columns of a scan: `_time` first, then all fields by code point.
    pub(crate) fn of_scan() -> Self {
        let time = Slot::Field { name: TIME.into(), named: false };
        Self::of(vec![time, Slot::Everything])
    }

    /// The columns of a finished table.
    pub(crate) fn of_table(table: &Table) -> Self {
        let slot = |column: &TableColumn| Slot::Field { name: column.name.clone(), named: column.named };
        Self::of(table.columns.iter().map(slot).collect())
    }

    /// The columns after `table` (§5.2.1) or `fields +` (§5.2.5; with `internal`, `_time` and `_raw` stay, behind the list).
    pub(crate) fn select(list: &[FieldPattern], internal: bool) -> Self {
        let slot = |pattern: &FieldPattern| match pattern.glob.literal() {
            // Only `table` promises its columns, also empty ones (§9.6).
            Some(name) => Slot::Field { name: name.into(), named: !internal },
            None => Slot::Pattern { pattern: pattern.clone(), renamed: Vec::new() },
        };
        let mut slots: Vec<Slot> = list.iter().map(slot).collect();
        if internal {
            slots.extend([TIME, RAW].map(|name| Slot::Field { name: name.into(), named: false }));
        }
        Self::of(slots)
    }

    /// Takes out the columns that `fields -` removes (§5.2.5). What patterns would have given is gone from the rows themselves.
    pub(crate) fn remove(&mut self, list: &[FieldPattern]) {
        let removed = |name: &str| list.iter().any(|pattern| pattern.selects(name));
        self.slots.retain(|slot| !matches!(slot, Slot::Field { name, .. } if removed(name)));
        self.made.retain(|name| !removed(name));
    }

    /// Adds a field that a command makes: in its place if the name has one, else behind the others.
    pub(crate) fn add(&mut self, field: &Arc<str>) {
        for slot in &mut self.slots {
            if let Slot::Field { name, named } = slot
                && name == field
            {
                *named = true;
                return;
            }
        }
        self.made.insert(field.clone());
        self.origins.remove(field);
        self.slots.push(Slot::Field { name: field.clone(), named: true });
    }

    /// Adds a field that a command fills where it is ∅: in its place if the name has one, or a pattern may give it one.
    pub(crate) fn add_if_new(&mut self, field: &Arc<str>) {
        let takes = |slot: &Slot| !slot.is(field) && self.taken(slot, field).is_some();
        if self.slots.iter().any(|slot| slot.is(field)) || !self.slots.iter().any(takes) {
            self.add(field);
        }
    }

    /// Changes names as `rename` does (§5.3). A renamed field keeps its place (§5.3.3); where a pattern gives the place and a pattern
    /// the new name, new names stand by code point, since which files had which names must not matter.
    pub(crate) fn rename(&mut self, clauses: &[RenameClause]) {
        for (at, clause) in clauses.iter().enumerate() {
            match (clause.from.glob.literal(), clause.to.literal()) {
                (Some(from), Some(to)) if from != to => {
                    self.rename_field(from, &to.into(), wildcard::may_give(&clauses[..at], to));
                }
                (Some(_), _) => {}
                (None, _) => self.rename_pattern(clause),
            }
        }
    }

    /// Renames one field. `written`: an earlier clause gives the target too, which then stays where this source is missing (§5.3.3).
    fn rename_field(&mut self, from: &str, to: &Arc<str>, written: bool) {
        let origin = self.origins.remove(from).or_else(|| (!self.made.contains(from)).then(|| from.into()));
        let origin = origin.filter(|origin| self.slots.iter().any(|slot| slot.takes(origin)));
        let placed = self.slots.iter().any(|slot| slot.is(from));
        if written && !placed {
            return;
        }
        self.slots.retain(|slot| !slot.is(to));
        for slot in &mut self.slots {
            if let Slot::Field { name, .. } = slot
                && **name == *from
            {
                *name = to.clone();
            }
        }
        self.made.remove(from);
        match origin {
            // A pattern gives the field, whatever other place it has.
            Some(origin) => {
                self.made.remove(to);
                self.origins.insert(to.clone(), origin);
            }
            None => {
                self.origins.remove(to);
                self.made.insert(to.clone());
            }
        }
    }

    /// Renames the fields that a pattern selects.
    fn rename_pattern(&mut self, clause: &RenameClause) {
        let target = |name: &str| -> Option<Arc<str>> { Some(wildcard::rename(clause, name)?.into()) };
        let mut promised: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut replaced: BTreeSet<Arc<str>> = BTreeSet::new();
        for slot in &self.slots {
            if let Slot::Field { name, named } = slot
                && let Some(new) = target(name)
            {
                replaced.insert(new.clone());
                let promises = |slot: &Slot| matches!(slot, Slot::Field { name, named: true } if *name == new);
                if *named || self.slots.iter().any(promises) {
                    promised.insert(new);
                }
            }
        }
        self.slots.retain(
            |slot| !matches!(slot, Slot::Field { name, .. } if replaced.contains(name) && target(name).is_none()),
        );
        for slot in &mut self.slots {
            match slot {
                Slot::Field { name, named } => {
                    if let Some(new) = target(name) {
                        *named = promised.contains(&new);
                        self.made.remove(name);
                        self.made.insert(new.clone());
                        *name = new;
                    }
                }
                Slot::Pattern { renamed, .. } => {
                    if !renamed.contains(&clause.to) {
                        renamed.push(clause.to.clone());
                    }
                }
                Slot::Everything => {}
            }
        }
        let moved: Vec<(Arc<str>, Arc<str>)> =
            self.origins.keys().filter_map(|name| Some((name.clone(), target(name)?))).collect();
        for (old, new) in moved {
            if let Some(origin) = self.origins.remove(&old) {
                self.origins.insert(new, origin);
            }
        }
    }

    /// The fields that are there by name.
    pub(crate) fn named(&self) -> impl Iterator<Item = &Arc<str>> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Field { name, named: true } => Some(name),
            _ => None,
        })
    }

    /// The columns, given the fields that have a value in some row. No name occurs twice (§5.2.1).
    pub(crate) fn columns(&self, present: &BTreeSet<Arc<str>>) -> Vec<TableColumn> {
        let mut columns: Vec<TableColumn> = Vec::new();
        let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut push = |name: &Arc<str>, named: bool| {
            if seen.insert(name.clone()) {
                columns.push(TableColumn { name: name.clone(), named });
            }
        };
        for slot in &self.slots {
            if let Slot::Field { name, named } = slot {
                if *named || present.contains(name) {
                    push(name, *named);
                }
                continue;
            }
            let mut taken: Vec<(&Arc<str>, &Arc<str>)> =
                present.iter().filter_map(|name| Some((self.taken(slot, name)?, name))).collect();
            taken.sort();
            taken.into_iter().for_each(|(_, name)| push(name, false));
        }
        columns
    }

    /// The name by which a slot of many fields places a field that is there; `None` if it does not take it.
    fn taken<'a>(&'a self, slot: &Slot, name: &'a Arc<str>) -> Option<&'a Arc<str>> {
        if self.made.contains(name) {
            return None;
        }
        let origin = self.origins.get(name).unwrap_or(name);
        let renamed = match slot {
            Slot::Pattern { renamed, .. } => renamed.iter().any(|glob| wildcard::captures(glob, name).is_some()),
            _ => false,
        };
        (slot.takes(origin) || renamed).then_some(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retrohunt_spl::plan::Glob;

    fn list(names: &[&str]) -> Vec<FieldPattern> {
        names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect()
    }

    fn columns(layout: &Layout, present: &[&str]) -> Vec<String> {
        let present = present.iter().map(|name| Arc::from(*name)).collect();
        layout.columns(&present).iter().map(|column| column.name.to_string()).collect()
    }

    #[test]
    fn section_5_2_2_patterns_are_anchored_and_do_not_repeat() {
        let layout = Layout::select(&list(&["a", "a*"]), false);
        assert_eq!(columns(&layout, &["a", "ab", "ac", "b"]), ["a", "ab", "ac"]);
        let layout = Layout::select(&list(&["process_*"]), false);
        assert_eq!(columns(&layout, &["process", "process_id", "parent_process_name"]), ["process_id"]);
    }

    #[test]
    fn section_5_2_3_a_pattern_without_values_gives_no_column_a_name_does() {
        let layout = Layout::select(&list(&["x*", "a"]), false);
        assert_eq!(columns(&layout, &[]), ["a"]);
        // A name that an earlier pattern gave already is not repeated; if it has no value, its own place counts.
        let layout = Layout::select(&list(&["a*", "b", "a"]), false);
        assert_eq!(columns(&layout, &["a", "b"]), ["a", "b"]);
        assert_eq!(columns(&layout, &["b"]), ["b", "a"]);
    }

    #[test]
    fn section_5_2_5_fields_keeps_internal_fields_that_have_values() {
        let layout = Layout::select(&list(&["b", "a"]), true);
        assert_eq!(columns(&layout, &["_time", "a", "b"]), ["b", "a", "_time"]);
    }

    #[test]
    fn section_9_4_seed_rule() {
        let names = ["_time", "host", "user", "process", "process_*", "parent_process", "parent_process_*", "src_user"];
        let layout = Layout::select(&list(&names), false);
        let present = ["_time", "host", "parent_process", "parent_process_id", "process", "process_id", "process_a"];
        assert_eq!(
            columns(&layout, &present),
            [
                "_time",
                "host",
                "user",
                "process",
                "process_a",
                "process_id",
                "parent_process",
                "parent_process_id",
                "src_user"
            ]
        );
    }

    fn clauses(pairs: &[(&str, &str)]) -> Vec<RenameClause> {
        let clause = |(from, to): &(&str, &str)| RenameClause {
            from: FieldPattern { glob: Glob::new(from) },
            to: Glob::new(to),
        };
        pairs.iter().map(clause).collect()
    }

    fn renamed(mut layout: Layout, pairs: &[(&str, &str)], present: &[&str]) -> Vec<String> {
        layout.rename(&clauses(pairs));
        columns(&layout, present)
    }

    #[test]
    fn section_5_3_3_a_renamed_column_keeps_its_position() {
        // In a scan, where the new name would sort elsewhere.
        assert_eq!(renamed(Layout::of_scan(), &[("b", "z")], &["a", "c", "z"]), ["a", "z", "c"]);
        let twice = [("b", "z"), ("z", "y")];
        assert_eq!(renamed(Layout::of_scan(), &twice, &["a", "c", "y"]), ["a", "y", "c"]);
        let listed = || Layout::select(&list(&["a", "b", "c"]), false);
        assert_eq!(renamed(listed(), &[("b", "z")], &["a", "z", "c"]), ["a", "z", "c"]);
        // The target's own place goes; a field of a pattern has the pattern's place.
        assert_eq!(renamed(listed(), &[("c", "a")], &["a", "b"]), ["b", "a"]);
        let mixed = || Layout::select(&list(&["b", "a*", "a1"]), false);
        assert_eq!(renamed(mixed(), &[("a1", "x")], &["a0", "a2", "b", "x"]), ["b", "a0", "x", "a2"]);
        // Without a value in it, its own place promises it.
        assert_eq!(renamed(mixed(), &[("a1", "x")], &["a0"]), ["b", "a0", "x"]);
    }

    #[test]
    fn section_5_3_2_a_missing_source_takes_the_target_away() {
        let listed = || Layout::select(&list(&["a", "b"]), false);
        assert_eq!(renamed(listed(), &[("zz", "b")], &["a"]), ["a"]);
        assert_eq!(renamed(listed(), &[("a", "x"), ("zz", "x")], &["b", "x"]), ["x", "b"]);
        assert_eq!(renamed(listed(), &[("a", "a")], &["a", "b"]), ["a", "b"]);
    }

    #[test]
    fn section_5_3_1_wildcards_over_names_and_over_patterns() {
        let listed = || Layout::select(&list(&["x.b", "x.a", "n"]), false);
        assert_eq!(renamed(listed(), &[("x.*", "*")], &[]), ["b", "a", "n"]);
        let pattern = || Layout::select(&list(&["n", "x.*", "m"]), false);
        assert_eq!(renamed(pattern(), &[("x.*", "*")], &["a", "b", "m", "n"]), ["n", "a", "b", "m"]);
        assert_eq!(renamed(pattern(), &[("x.*", "y*_z")], &["ya_z", "m"]), ["n", "ya_z", "m"]);
        assert_eq!(renamed(Layout::of_scan(), &[("x.*", "*")], &["_time", "a", "b"]), ["_time", "a", "b"]);
        // A hidden name that comes out of a pattern is not lost.
        assert_eq!(renamed(pattern(), &[("x.*", "*")], &["_b"]), ["n", "_b", "m"]);
        // A field made on the way keeps its place behind the others.
        let mut made = Layout::of_scan();
        made.add(&"x.new".into());
        assert_eq!(renamed(made, &[("x.*", "*")], &["new", "z"]), ["z", "new"]);
    }

    #[test]
    fn a_field_made_after_a_rename_stands_last() {
        let mut layout = Layout::of_scan();
        layout.rename(&clauses(&[("b", "z")]));
        layout.add(&"b".into());
        layout.add(&"z".into());
        assert_eq!(columns(&layout, &["b", "c", "z"]), ["c", "b", "z"]);
    }

    #[test]
    fn a_scan_gives_time_first_and_a_new_field_last() {
        let mut layout = Layout::of_scan();
        layout.add(&"bin".into());
        assert_eq!(columns(&layout, &["zz", "_time", "A", "bin", "_raw"]), ["_time", "A", "_raw", "zz", "bin"]);
        layout.remove(&list(&["z*", "bin"]));
        assert_eq!(columns(&layout, &["_time", "A"]), ["_time", "A"]);
    }
}
