//! `avlbase64 type=decode | encode field=<field>`, an add-on command (§5.29).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "avlbase64",
    aliases: &[],
    syntax: "avlbase64 type=decode | encode field=<field>",
    section: "§5.29",
    summary: "Decodes or encodes a field as base64, into `base64_<field>`.",
    examples: &["* | avlbase64 type=decode field=base64_cmd"],
};

/// Reads the options, both of which are needed.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut decode, mut field) = (None, None);
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            "type" => {
                decode = Some(match setting.value.to_ascii_lowercase().as_str() {
                    "decode" => true,
                    "encode" => false,
                    _ => return arguments.bad_value(&setting, "write decode or encode"),
                });
            }
            "field" => field = Some(arguments.exact(&setting.token, "a field name")?),
            _ => return arguments.no_option("avlbase64", &setting, "type, field"),
        }
    }
    arguments.finish("`avlbase64` takes options only")?;
    let (Some(decode), Some(field)) = (decode, field) else {
        arguments.missing("`avlbase64` needs `type` and `field`", "write `avlbase64 type=decode field=cmd`");
        return None;
    };
    Some(Command::Base64 { decode, field })
}
