//! `tags [options] [fields]` (§5.29).

use super::{Arguments, CommandDoc};
use crate::lex::TokenKind;
use crate::plan::{Command, TagsCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "tags",
    aliases: &[],
    syntax: "tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] [allowed_tags=<tags>] [<fields>]",
    section: "§5.29",
    summary: "Adds the tags of values, from the tag table.",
    examples: &["* | tags", "* | tags outputfield=found allowed_tags=\"vip, server\" host"],
};

/// Reads options and fields.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = TagsCommand {
        output_field: None,
        include_name: false,
        include_value: false,
        allowed: Vec::new(),
        fields: Vec::new(),
    };
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "outputfield" => command.output_field = Some(setting.value),
                "inclname" => command.include_name = arguments.flag(&setting)?,
                "inclvalue" => command.include_value = arguments.flag(&setting)?,
                "allowed_tags" => {
                    let tags = setting.value.split(',').map(|tag| tag.trim().to_owned());
                    command.allowed = tags.filter(|tag| !tag.is_empty()).collect();
                }
                _ => return arguments.no_option("tags", &setting, "outputfield, inclname, inclvalue, allowed_tags"),
            }
            continue;
        }
        arguments.next();
        if token.kind != TokenKind::Comma {
            let field = arguments.exact(&token, "a list of field names")?;
            command.fields.push(field);
        }
    }
    Some(Command::Tags(command))
}
