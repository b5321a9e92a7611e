//! `return` (§5.27): the first rows as search text, in the field `search`.
//!
//! Each row stands in parentheses, so that the text is one term wherever it is put; but a single value or comparison stands alone,
//! since it may also be a time or a number in an expression. A value alone, `$f`, is not quoted. ∅ is left out, and no row at all
//! gives `NOT ()`, as for `format`.

use retrohunt_spl::plan::ReturnItem;

use super::cells::value_at;
use super::format::{check_length, comparison, one_row};
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::Table;
use crate::table_stage::{Context, TableStage};

/// A `return` made ready.
#[derive(Clone, Debug)]
pub(super) struct Return {
    /// How many rows.
    count: usize,
    /// The arguments.
    items: Vec<ReturnItem>,
}

impl Return {
    /// Makes a `return` ready.
    pub(super) fn new(count: u64, items: &[ReturnItem]) -> Self {
        Self { count: usize::try_from(count).unwrap_or(usize::MAX), items: items.to_vec() }
    }
}

/// The field that an item reads.
fn source(item: &ReturnItem) -> &str {
    match item {
        ReturnItem::Field(field) | ReturnItem::Alias(_, field) | ReturnItem::Value(field) => field,
    }
}

impl TableStage for Return {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        table.rows.truncate(self.count);
        let places: Vec<Option<usize>> = self.items.iter().map(|item| table.column(source(item))).collect();
        let mut rows: Vec<String> = Vec::new();
        let (mut single, mut length) = (true, 0_usize);
        for row in &table.rows {
            let mut terms: Vec<String> = Vec::new();
            for (item, place) in self.items.iter().zip(&places) {
                let value = value_at(row, *place);
                let term = |text: &str| match item {
                    ReturnItem::Field(name) | ReturnItem::Alias(name, _) => comparison(name, text),
                    ReturnItem::Value(_) => text.to_owned(),
                };
                let texts: Vec<String> = value.texts().iter().map(|text| term(text)).collect();
                match texts.as_slice() {
                    [] => {}
                    [one] => {
                        single &= matches!(item, ReturnItem::Field(_) | ReturnItem::Alias(..))
                            || !one.contains(char::is_whitespace);
                        terms.push(one.clone());
                    }
                    several => terms.push(format!("({})", several.join(" OR "))),
                }
            }
            single &= terms.len() == 1;
            if !terms.is_empty() {
                let text = terms.join(" ");
                length = length.saturating_add(text.len());
                check_length("return", length)?;
                rows.push(text);
            }
        }
        let text = match rows.as_slice() {
            [] => "NOT ()".to_owned(),
            [one] if single => one.clone(),
            several => several.iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(" OR "),
        };
        Ok(one_row(table, text))
    }

    fn needs(&self, _after: Needs) -> Needs {
        self.items.iter().fold(Needs::Fields(Vec::new()), |needs, item| needs.and_field(source(item)))
    }
}
