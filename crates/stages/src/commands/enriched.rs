//! Fields of a batch that a row-wise command reads and writes, as values.

use std::sync::Arc;

use crate::batch::{Batch, TIME};
use crate::error::PipelineError;
use crate::kernels::decimal;
use crate::rows::{array_of, batch_to_table};
use crate::table::Value;

/// The values of a field, one per row, ∅ if the batch does not have it.
pub(super) fn field_values(batch: &Batch, name: &str) -> Vec<Value> {
    if batch.column(name).is_none() {
        return vec![Value::Null; batch.rows()];
    }
    let table = batch_to_table(&batch.clone().keep_fields(|field| field == name));
    table.rows.into_iter().map(|mut row| row.values.pop().unwrap_or(Value::Null)).collect()
}

/// The batch with a field of these values, one per row.
pub(super) fn with_values(batch: Batch, name: &Arc<str>, values: &[Value]) -> Result<Batch, PipelineError> {
    let values: Vec<&Value> = values.iter().collect();
    Ok(batch.with_column(name, array_of(&values)?))
}

/// The value of a text that comes from a table: under `_time`, the time of which it is the epoch seconds (§4.6.1).
pub(super) fn text_under(name: &str, text: String) -> Value {
    if name == TIME
        && let Some(micros) = decimal::micros(&text)
    {
        return Value::Time(micros);
    }
    Value::Text(text)
}

/// The texts of a list as a value under a name.
pub(super) fn texts_under(name: &str, mut texts: Vec<String>) -> Value {
    match texts.len() {
        1 => texts.pop().map_or(Value::Null, |text| text_under(name, text)),
        _ => Value::from_texts(texts),
    }
}
