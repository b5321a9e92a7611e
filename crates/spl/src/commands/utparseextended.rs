//! `utparseextended <field> <list>`, what the add-on macro `ut_parse_extended(field, list)` stands for (§5.29).

use super::{Arguments, CommandDoc, field_name};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "utparseextended",
    aliases: &[],
    syntax: "utparseextended <field> <list>",
    section: "§5.29",
    summary: "Adds the parts of an address on the web: `ut_netloc`, `ut_domain` and so on; the macro `ut_parse_extended` calls it.",
    examples: &["* | utparseextended url \"mozilla\""],
};

/// Reads field and list.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let help = "write `utparseextended url \"mozilla\"` for instance";
    let field = arguments.exact_field("`utparseextended` needs a field", help)?;
    let Some(token) = arguments.next() else {
        arguments.missing("`utparseextended` needs the name of a list", help);
        return None;
    };
    let Some(list) = field_name(&token.kind) else {
        arguments.unexpected(&token, "the name of a list");
        return None;
    };
    arguments.finish("`utparseextended` takes a field and a list")?;
    Some(Command::ParseUrl { field, list })
}
