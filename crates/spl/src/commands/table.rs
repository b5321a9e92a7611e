//! `table <list>` (§5.2).

use super::Arguments;
use crate::plan::Command;

/// Reads the list.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let list = arguments.field_list();
    if list.is_empty() {
        arguments.missing("`table` needs a list of fields", "write `table _time, host, *` for instance");
        return None;
    }
    Some(Command::Table(list))
}
