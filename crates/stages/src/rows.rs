//! The state of a pipeline without `stats`: the rows themselves, and in the end a table of them.
//!
//! Partial state, one row per row: `time`, `file`, `row` (the key) and the fields, each named `<kind>|<field>` by the kind of its
//! column, since files may disagree on a field's type; a row has a value in at most one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, NullArray, RecordBatch};
use arrow_schema::DataType;

use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::kernels::value::{Column, ValueRef, is_canonical, mixed};
use crate::layout::Layout;
use crate::partial::{self, Parts};
use crate::table::{Table, TableColumn, TableRow, Value};

/// Kind of the partial state.
const KIND: &str = "rows";

/// The rows so far, in no order.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowsState {
    /// Batches with any schemas.
    batches: Vec<Batch>,
}

impl RowsState {
    /// Takes the rows of a batch.
    pub(crate) fn update(&mut self, batch: Batch) {
        if batch.rows() > 0 {
            self.batches.push(batch);
        }
    }

    /// Takes another state.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.batches.extend(other.batches);
    }

    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        let batch = |batch: &Batch| {
            let columns = batch.fields().iter().map(|(_, array)| array.get_array_memory_size());
            std::mem::size_of_val(batch.keys()) + columns.sum::<usize>()
        };
        self.batches.iter().map(batch).sum()
    }

    /// The state as a batch.
    pub(crate) fn partial(&self) -> Result<RecordBatch, PipelineError> {
        let keys: Vec<RowKey> = self.batches.iter().flat_map(|batch| batch.keys().iter().copied()).collect();
        let mut columns: Vec<(String, ArrayRef)> =
            partial::write_keys(&keys).map(|(name, array)| (name.to_owned(), array)).to_vec();
        let mut variants: BTreeSet<(String, Arc<str>, DataTypeKey)> = BTreeSet::new();
        for (name, array) in self.batches.iter().flat_map(|batch| batch.fields()) {
            let kind = kind(array.data_type());
            variants.insert((format!("{kind}|{name}"), name.clone(), DataTypeKey(array.data_type().clone())));
        }
        for (full, name, data_type) in variants {
            let pieces: Vec<ArrayRef> = self
                .batches
                .iter()
                .map(|batch| match batch.column(&name).filter(|array| *array.data_type() == data_type.0) {
                    Some(array) => array.clone(),
                    None => arrow_array::new_null_array(&data_type.0, batch.rows()),
                })
                .collect();
            // Every text is in some buffer once, so this is not less than what the whole column needs.
            partial::check_size(0, pieces.iter().map(|array| array.get_buffer_memory_size()))?;
            let pieces: Vec<&dyn Array> = pieces.iter().map(|array| array.as_ref()).collect();
            let whole = arrow_select::concat::concat(&pieces)
                .map_err(|error| PipelineError::new("E-STAGE-ARROW", error.to_string()))?;
            columns.push((full, whole));
        }
        partial::write(KIND, columns, keys.len())
    }

    /// Takes a partial state.
    pub(crate) fn merge(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        partial::check(batch, KIND)?;
        let keys = partial::read_keys(&Parts { batch, prefix: String::new() })?;
        // Rows are split by which of the variants of each field they have, so that a batch has each name once.
        for (fields, rows) in split_variants(batch)? {
            let indices = arrow_array::UInt32Array::from(rows.clone());
            let take = |(name, array): (Arc<str>, ArrayRef)| match arrow_select::take::take(&array, &indices, None) {
                Ok(array) => Ok((name, array)),
                Err(error) => Err(PipelineError::new("E-STAGE-ARROW", error.to_string())),
            };
            let fields = fields.into_iter().map(take).collect::<Result<Vec<_>, _>>()?;
            self.update(Batch::new(fields, rows.iter().map(|row| keys[*row as usize]).collect())?);
        }
        Ok(())
    }

    /// The result: the rows in stream order, under the columns of a layout.
    pub(crate) fn finish(self, layout: &Layout, evidence: usize) -> Table {
        let mut present: BTreeSet<Arc<str>> = BTreeSet::new();
        for (name, array) in self.batches.iter().flat_map(|batch| batch.fields()) {
            let column = Column::new(array);
            if !present.contains(name) && (0..array.len()).any(|row| column.is_present(row)) {
                present.insert(name.clone());
            }
        }
        let columns = layout.columns(&present);
        let mut order: Vec<(RowKey, usize, usize)> = Vec::new();
        for (at, batch) in self.batches.iter().enumerate() {
            order.extend(batch.keys().iter().enumerate().map(|(row, key)| (*key, at, row)));
        }
        // Stable, though keys are unique: equal ones keep the order of arrival.
        order.sort_by_key(|(key, ..)| *key);
        let views: Vec<Vec<Column<'_>>> = self.batches.iter().map(|batch| views(batch, &columns)).collect();
        let rows = order.into_iter().map(|(key, at, row)| {
            let cells = views[at].iter().zip(&columns);
            let values = cells.map(|(view, column)| cell_value(view, row).under(&column.name)).collect();
            TableRow { values, evidence: if evidence == 0 { Vec::new() } else { vec![key] } }
        });
        let rows = rows.collect();
        Table { columns, rows }
    }
}

/// The columns of a batch in the order of a table's.
fn views<'a>(batch: &'a Batch, columns: &[TableColumn]) -> Vec<Column<'a>> {
    let view = |column: &TableColumn| batch.column(&column.name).map_or(Column::Missing, |array| Column::new(array));
    columns.iter().map(view).collect()
}

/// The value of a cell as a result.
pub(crate) fn cell_value(column: &Column<'_>, row: usize) -> Value {
    if column.is_list() {
        let mut texts = Vec::new();
        column.for_each(row, |_, value| texts.push(value.text().into_owned()));
        return Value::from_texts(texts);
    }
    match column.scalar(row) {
        None => Value::Null,
        Some(ValueRef::Int(value)) => Value::Int(value),
        Some(ValueRef::UInt(value)) => Value::UInt(value),
        Some(ValueRef::Float(value)) => Value::Float(value),
        Some(ValueRef::Time(micros)) => Value::Time(micros),
        Some(value @ (ValueRef::Text(_) | ValueRef::Bool(_))) => Value::Text(value.text().into_owned()),
    }
}

/// A data type that sorts, by its kind; canonical types have one each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DataTypeKey(DataType);

impl Ord for DataTypeKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.to_string().cmp(&other.0.to_string())
    }
}

impl PartialOrd for DataTypeKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The kind of a canonical column, as it stands in a partial state's column names.
fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int64 => "int",
        DataType::UInt64 => "uint",
        DataType::Float64 => "float",
        DataType::Boolean => "bool",
        DataType::Timestamp(..) => "time",
        DataType::List(_) => "list",
        DataType::Struct(_) => "mixed",
        DataType::Null => "null",
        _ => "text",
    }
}

/// Fields with their columns, and the rows for which they hold.
type Variant = (Vec<(Arc<str>, ArrayRef)>, Vec<u32>);

/// Splits the rows of a partial state so that every part has one column per field.
fn split_variants(batch: &RecordBatch) -> Result<Vec<Variant>, PipelineError> {
    let mut fields: Vec<(Arc<str>, Vec<&ArrayRef>)> = Vec::new();
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let Some((_, name)) = field.name().split_once('|') else { continue };
        if !is_canonical(array.data_type()) {
            return Err(partial::refused(format!("column `{}` has another type", field.name())));
        }
        match fields.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, arrays)) => arrays.push(array),
            None => fields.push((name.into(), vec![array])),
        }
    }
    // The signature of a row: for each field, which of its columns has the value.
    let mut parts: hashbrown::HashMap<Vec<usize>, Vec<u32>> = hashbrown::HashMap::new();
    let mut order: Vec<Vec<usize>> = Vec::new();
    for (row, number) in (0..batch.num_rows()).zip(0_u32..) {
        let which = |arrays: &Vec<&ArrayRef>| arrays.iter().position(|array| array.is_valid(row)).unwrap_or(0);
        let signature: Vec<usize> = fields.iter().map(|(_, arrays)| which(arrays)).collect();
        let rows = parts.entry(signature.clone()).or_insert_with(|| {
            order.push(signature);
            Vec::new()
        });
        rows.push(number);
    }
    let variant = |signature: Vec<usize>| {
        let rows = parts.remove(&signature).unwrap_or_default();
        let columns = fields.iter().zip(&signature);
        (columns.map(|((name, arrays), at)| (name.clone(), arrays[*at].clone())).collect(), rows)
    };
    Ok(order.into_iter().map(variant).collect())
}

/// The rows of a finished table as one batch, for the commands behind a command over the whole row set. Row `i` has the key of file
/// 0, row `i`, without time, so stream order is the order of the table.
pub(crate) fn numbered_batch(table: &Table) -> Result<Batch, PipelineError> {
    let key = |row| RowKey { time: None, file: 0, row };
    table_to_batch(table, (0_u64..).take(table.rows.len()).map(key).collect())
}

/// The rows of a table as one batch with these keys, one per row.
pub(crate) fn table_to_batch(table: &Table, keys: Vec<RowKey>) -> Result<Batch, PipelineError> {
    let column = |(at, column): (usize, &TableColumn)| {
        let values: Vec<&Value> = table.rows.iter().map(|row| row.values.get(at).unwrap_or(&Value::Null)).collect();
        Ok((column.name.clone(), array_of(&values)?))
    };
    Batch::new(table.columns.iter().enumerate().map(column).collect::<Result<_, PipelineError>>()?, keys)
}

/// The rows of a batch as a table, in their order, without evidence.
pub(crate) fn batch_to_table(batch: &Batch) -> Table {
    let columns: Vec<TableColumn> =
        batch.fields().iter().map(|(name, _)| TableColumn { name: name.clone(), named: false }).collect();
    let views = views(batch, &columns);
    let row = |row| {
        let cells = views.iter().zip(&columns);
        let values = cells.map(|(view, column)| cell_value(view, row).under(&column.name)).collect();
        TableRow { values, evidence: Vec::new() }
    };
    Table { rows: (0..batch.rows()).map(row).collect(), columns }
}

/// The canonical column of values: of their one kind, or of texts and numbers, or of lists.
pub(crate) fn array_of(values: &[&Value]) -> Result<ArrayRef, PipelineError> {
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray, UInt64Array};
    let size = |value: &&&Value| match value {
        Value::Text(text) => (0, text.len()),
        Value::List(texts) => (texts.len(), texts.iter().map(String::len).sum()),
        _ => (0, 0),
    };
    let elements = values.iter().map(|value| size(&value).0).sum();
    partial::check_size(elements, values.iter().map(|value| size(&value).1))?;
    let only = |test: fn(&Value) -> bool| values.iter().all(|value| value.is_null() || test(value));
    if only(|_| false) {
        return Ok(Arc::new(NullArray::new(values.len())));
    }
    if only(|value| matches!(value, Value::Text(_))) {
        let texts = values.iter().map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None });
        return Ok(Arc::new(texts.collect::<StringArray>()));
    }
    if only(|value| matches!(value, Value::Int(_))) {
        let number = |value: &&Value| if let Value::Int(value) = value { Some(*value) } else { None };
        return Ok(Arc::new(values.iter().map(number).collect::<Int64Array>()));
    }
    if only(|value| matches!(value, Value::UInt(_))) {
        let number = |value: &&Value| if let Value::UInt(value) = value { Some(*value) } else { None };
        return Ok(Arc::new(values.iter().map(number).collect::<UInt64Array>()));
    }
    if only(|value| matches!(value, Value::Float(_))) {
        let number = |value: &&Value| if let Value::Float(value) = value { Some(*value) } else { None };
        return Ok(Arc::new(values.iter().map(number).collect::<Float64Array>()));
    }
    if only(|value| matches!(value, Value::Time(_))) {
        let time = |value: &&Value| if let Value::Time(value) = value { Some(*value) } else { None };
        let times: TimestampMicrosecondArray = values.iter().map(time).collect();
        return Ok(Arc::new(times.with_timezone("UTC")));
    }
    if values.iter().any(|value| matches!(value, Value::List(_))) {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for value in values {
            let mut text = String::new();
            match value {
                Value::Null => builder.append_null(),
                Value::List(texts) => builder.append_value(texts.iter().map(Some)),
                other => {
                    other.write_text(&mut text, "");
                    builder.append_value([Some(&text)]);
                }
            }
        }
        return Ok(Arc::new(builder.finish()));
    }
    let text = |value: &&Value| {
        let mut text = String::new();
        value.write_text(&mut text, "");
        (!value.is_null()).then_some(text)
    };
    let number = |value: &&Value| Some(!matches!(value, Value::Text(_) | Value::Null));
    Ok(mixed(values.iter().map(text).collect::<StringArray>(), values.iter().map(number).collect::<BooleanArray>()))
}
