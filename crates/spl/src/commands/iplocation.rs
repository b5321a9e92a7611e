//! `iplocation [options] <field>` (§5.14).

use super::{Arguments, CommandDoc};
use crate::plan::{Command, IpLocationCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "iplocation",
    aliases: &[],
    syntax: "iplocation [prefix=<text>] [allfields=<bool>] [lang=<code>] <field>",
    section: "§5.14",
    summary: "Adds the place of an address: City, Country, Region, lat, lon.",
    examples: &["* | iplocation src_ip", "* | iplocation prefix=\"src_\" allfields=true src_ip"],
};

/// Reads options and field.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut prefix, mut all_fields, mut field) = (String::new(), false, None);
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "prefix" => prefix = setting.value,
                "allfields" => all_fields = arguments.flag(&setting)?,
                // Names are English, whatever is asked for (§5.14).
                "lang" => {}
                _ => return arguments.no_option("iplocation", &setting, "prefix, allfields, lang"),
            }
            continue;
        }
        let token = arguments.next()?;
        if field.is_some() {
            arguments.unexpected(&token, "`iplocation` takes one field");
            return None;
        }
        field = Some(arguments.exact(&token, "`iplocation` takes one field")?);
    }
    let Some(field) = field else {
        arguments.missing("`iplocation` needs a field", "write `iplocation src_ip` for instance");
        return None;
    };
    Some(Command::IpLocation(IpLocationCommand { prefix, all_fields, field }))
}
