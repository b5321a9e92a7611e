//! Which columns a result has, and in which order (§5.2, §9.5, §9.6).
//!
//! Batches come from files with different schemas, so a batch cannot say what the columns of the result are. The commands can: they
//! give a list of slots, each a name or a pattern, and the slots are filled with the fields that have a value in some result row.
//! So a file that is never read cannot change the output.

use std::collections::BTreeSet;
use std::sync::Arc;

use retrohunt_spl::plan::FieldPattern;

use crate::batch::{RAW, TIME};
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
    Pattern(FieldPattern),
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
}

impl Layout {
    /// The columns of a scan: `_time` first, then all fields by code point.
    pub(crate) fn of_scan() -> Self {
        let time = Slot::Field { name: TIME.into(), named: false };
        Self { slots: vec![time, Slot::Everything], made: BTreeSet::new() }
    }

    /// The columns of a finished table.
    pub(crate) fn of_table(table: &Table) -> Self {
        let slot = |column: &TableColumn| Slot::Field { name: column.name.clone(), named: column.named };
        Self { slots: table.columns.iter().map(slot).collect(), made: BTreeSet::new() }
    }

    /// The columns after `table` (§5.2.1) or `fields +` (§5.2.5; with `internal`, `_time` and `_raw` stay, behind the list).
    pub(crate) fn select(list: &[FieldPattern], internal: bool) -> Self {
        let slot = |pattern: &FieldPattern| match pattern.glob.literal() {
            // Only `table` promises its columns, also empty ones (§9.6).
            Some(name) => Slot::Field { name: name.into(), named: !internal },
            None => Slot::Pattern(pattern.clone()),
        };
        let mut slots: Vec<Slot> = list.iter().map(slot).collect();
        if internal {
            slots.extend([TIME, RAW].map(|name| Slot::Field { name: name.into(), named: false }));
        }
        Self { slots, made: BTreeSet::new() }
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
        self.slots.push(Slot::Field { name: field.clone(), named: true });
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
            match slot {
                Slot::Field { name, named } => {
                    if *named || present.contains(name) {
                        push(name, *named);
                    }
                }
                Slot::Pattern(pattern) => {
                    let selected = |name: &&Arc<str>| pattern.selects(name) && !self.made.contains(*name);
                    present.iter().filter(selected).for_each(|name| push(name, false));
                }
                Slot::Everything => {
                    present.iter().filter(|name| !self.made.contains(*name)).for_each(|name| push(name, false));
                }
            }
        }
        columns
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

    #[test]
    fn a_scan_gives_time_first_and_a_new_field_last() {
        let mut layout = Layout::of_scan();
        layout.add(&"bin".into());
        assert_eq!(columns(&layout, &["zz", "_time", "A", "bin", "_raw"]), ["_time", "A", "_raw", "zz", "bin"]);
        layout.remove(&list(&["z*", "bin"]));
        assert_eq!(columns(&layout, &["_time", "A"]), ["_time", "A"]);
    }
}
