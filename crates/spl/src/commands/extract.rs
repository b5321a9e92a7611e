//! `extract`, also `kv` (§5.29): pairs out of `_raw`.

use super::{Arguments, CommandDoc};
use crate::plan::{Command, ExtractCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "extract",
    aliases: &["kv"],
    syntax: "extract [pairdelim=<characters>] [kvdelim=<characters>]",
    section: "§5.29",
    summary: "Makes fields of pairs such as `key=value` in the event's text.",
    examples: &["* | extract", "* | extract pairdelim=\"|;\" kvdelim=\"=:\""],
};

/// Characters between pairs, and between key and value, where none were written.
pub(crate) const DELIMS: (&str, &str) = (" ,;|\t\r\n", "=");

/// Reads the options.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut pair_delims, mut kv_delims) = (DELIMS.0.to_owned(), DELIMS.1.to_owned());
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            "pairdelim" | "kvdelim" if setting.value.is_empty() => {
                return arguments.bad_value(&setting, "write at least one character");
            }
            "pairdelim" => pair_delims = setting.value,
            "kvdelim" => kv_delims = setting.value,
            // Limits are lifted; keys are always cleaned.
            "limit" | "maxchars" => arguments.count(&setting).map(|_| ())?,
            "auto" | "reload" | "clean_keys" => arguments.flag(&setting).map(|_| ())?,
            "mv_add" => {
                if arguments.flag(&setting)? {
                    return arguments.unsupported_option("extract", &setting);
                }
            }
            _ => return arguments.no_option("extract", &setting, "pairdelim, kvdelim, limit, maxchars"),
        }
    }
    arguments.finish("`extract` takes options only; named extractions are not supported")?;
    Some(Command::Extract(ExtractCommand { pair_delims, kv_delims }))
}
