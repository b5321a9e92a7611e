//! `makeresults [options]` (§5.29).

use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::plan::{Command, DataFormat, MakeResultsCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "makeresults",
    aliases: &[],
    syntax: "makeresults [count=<n>] [annotate=<bool>] [format=csv | json data=\"<rows>\"]",
    section: "§5.29",
    summary: "Begins with rows made of nothing but the time, or with rows given as text.",
    examples: &["| makeresults count=3", "| makeresults format=json data=\"[{\\\"a\\\": 1}]\""],
};

/// Reads the options.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = MakeResultsCommand { count: 1, annotate: false, data: None };
    let (mut format, mut data) = (None, None);
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            "count" => command.count = arguments.count(&setting)?,
            "annotate" => command.annotate = arguments.flag(&setting)?,
            "format" => {
                format = Some(match setting.value.to_ascii_lowercase().as_str() {
                    "csv" => DataFormat::Csv,
                    "json" => DataFormat::Json,
                    _ => return arguments.bad_value(&setting, "write csv or json"),
                });
            }
            "data" => data = Some(setting.value),
            // Where the rows would be made: without meaning here.
            "splunk_server" | "splunk_server_group" => {}
            _ => return arguments.no_option("makeresults", &setting, "count, annotate, format, data"),
        }
    }
    arguments.finish("`makeresults` takes options only")?;
    command.data = format.zip(data.clone());
    if command.data.is_none() && (format.is_some() || data.is_some()) {
        let (start, end) = (arguments.stage.start, arguments.stage.end);
        let help = Some("write `format=csv data=\"…\"`");
        arguments.error(codes::OPTION_CONFLICT, start, end, "`format` and `data` need each other", help);
        return None;
    }
    Some(Command::MakeResults(command))
}
