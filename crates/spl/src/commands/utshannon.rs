//! `utshannon <field>`, what the add-on macro `ut_shannon(field)` stands for (§5.29).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "utshannon",
    aliases: &[],
    syntax: "utshannon <field>",
    section: "§5.29",
    summary: "Adds `ut_shannon`, the entropy of a field in bits per byte; the macro `ut_shannon(field)` calls it.",
    examples: &["* | utshannon process", "* | `ut_shannon(process)` | table ut_shannon ```utshannon```"],
};

/// Reads the field.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let field = arguments.exact_field("`utshannon` needs a field", "write `utshannon process` for instance")?;
    arguments.finish("`utshannon` takes one field")?;
    Some(Command::Shannon { field })
}
