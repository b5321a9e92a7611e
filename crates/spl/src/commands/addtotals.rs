//! `addtotals [options] [fields]`.

use super::{Arguments, CommandDoc};
use crate::lex::TokenKind;
use crate::plan::{AddTotalsCommand, Command};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "addtotals",
    aliases: &[],
    syntax: "addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<text>] [fieldname=<name>] [<fields>]",
    section: "§5.29",
    summary: "Adds the sum of each row's numbers, or a row with the sums of columns.",
    examples: &[
        "* | addtotals fieldname=all bytes_*",
        "* | table host, bytes | addtotals row=false col=true labelfield=host",
    ],
};

/// Reads options and fields.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut row, mut column) = (true, false);
    let (mut name, mut label, mut label_field) = ("Total".to_owned(), "Total".to_owned(), None);
    let mut fields = Vec::new();
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "row" => row = arguments.flag(&setting)?,
                "col" => column = arguments.flag(&setting)?,
                "fieldname" => name = setting.value,
                "label" => label = setting.value,
                "labelfield" => label_field = Some(setting.value),
                _ => return arguments.no_option("addtotals", &setting, "row, col, labelfield, label, fieldname"),
            }
            continue;
        }
        arguments.next();
        if token.kind != TokenKind::Comma {
            fields.push(arguments.pattern(&token, "a list of fields")?);
        }
    }
    let column = column.then_some((label, label_field));
    Some(Command::AddTotals(AddTotalsCommand { row: row.then_some(name), column, fields }))
}
