//! The state of a pipeline without `stats`: the rows themselves, and in the end a table of them.
//!
//! Partial state, one row per row: `time`, `file`, `row` (the key) and the fields, each named `<kind>|<field>` by the kind of its
//! column, since files may disagree on a field's type; a row has a value in at most one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, NullArray, RecordBatch};
use arrow_schema::DataType;

use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::kernels::value::{Column, ValueRef, is_canonical};
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
fn cell_value(column: &Column<'_>, row: usize) -> Value {
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

/// The rows of a finished table as batches, for the commands after a `stats`. Row `i` has the key of file 0, row `i`, without time,
/// so stream order is the order of the table. Every column is in every batch.
pub(crate) fn table_to_batches(table: &Table) -> Result<Vec<Batch>, PipelineError> {
    let mut parts: hashbrown::HashMap<Vec<u8>, usize> = hashbrown::HashMap::new();
    let mut groups: Vec<(Vec<u8>, Vec<usize>)> = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let signature: Vec<u8> = row.values.iter().map(value_kind).collect();
        let part = *parts.entry(signature.clone()).or_insert_with(|| {
            groups.push((signature, Vec::new()));
            groups.len() - 1
        });
        groups[part].1.push(at);
    }
    let batch = |(signature, rows): (Vec<u8>, Vec<usize>)| {
        let column = |(at, column): (usize, &TableColumn)| {
            let values = rows.iter().map(|row| &table.rows[*row].values[at]);
            Ok((column.name.clone(), array_of(signature[at], values.collect())?))
        };
        let fields = table.columns.iter().enumerate().map(column).collect::<Result<_, PipelineError>>()?;
        let key = |row: &usize| RowKey { time: None, file: 0, row: u64::try_from(*row).unwrap_or(u64::MAX) };
        Batch::new(fields, rows.iter().map(key).collect())
    };
    groups.into_iter().map(batch).collect()
}

/// The kind of a value, by which rows are put into batches.
fn value_kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Text(_) => 1,
        Value::Int(_) => 2,
        Value::UInt(_) => 3,
        Value::Float(_) => 4,
        Value::Time(_) => 5,
        Value::List(_) => 6,
    }
}

/// The column of values of one kind.
fn array_of(kind: u8, values: Vec<&Value>) -> Result<ArrayRef, PipelineError> {
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{PrimitiveArray, StringArray};
    /// The numbers of values that have one.
    fn numbers<T: arrow_array::ArrowPrimitiveType>(
        values: Vec<&Value>,
        number: impl Fn(&Value) -> Option<T::Native>,
    ) -> PrimitiveArray<T> {
        values.into_iter().map(number).collect()
    }
    let texts = |value: &&Value| match value {
        Value::Text(text) => (0, text.len()),
        Value::List(texts) => (texts.len(), texts.iter().map(String::len).sum()),
        _ => (0, 0),
    };
    let elements = values.iter().map(|value| texts(value).0).sum();
    partial::check_size(elements, values.iter().map(|value| texts(value).1))?;
    Ok(match kind {
        1 => {
            let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
            Arc::new(values.into_iter().map(text).collect::<StringArray>())
        }
        2 => Arc::new(numbers::<Int64Type>(values, |v| if let Value::Int(v) = v { Some(*v) } else { None })),
        3 => Arc::new(numbers::<UInt64Type>(values, |v| if let Value::UInt(v) = v { Some(*v) } else { None })),
        4 => Arc::new(numbers::<Float64Type>(values, |v| if let Value::Float(v) = v { Some(*v) } else { None })),
        5 => {
            let times =
                numbers::<TimestampMicrosecondType>(values, |v| if let Value::Time(v) = v { Some(*v) } else { None });
            Arc::new(times.with_timezone("UTC"))
        }
        6 => {
            let mut builder = ListBuilder::new(StringBuilder::new());
            for value in values {
                builder.append_option(if let Value::List(texts) = value { Some(texts.iter().map(Some)) } else { None });
            }
            Arc::new(builder.finish())
        }
        _ => Arc::new(NullArray::new(values.len())),
    })
}
