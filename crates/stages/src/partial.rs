//! Partial states as Arrow batches: columns by name, and a version tag in the schema's metadata.
//!
//! A partial state crosses a thread, a spill file or a network unchanged, and is read only by the same pipeline: the tag also holds
//! what kind of state it is. Everything else about its form is stated where it is written: [`crate::rows`], [`crate::stats`], and
//! the files of [`crate::aggregate`].

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, PrimitiveBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, ListArray, PrimitiveArray, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{Field, Schema};

use crate::batch::RowKey;
use crate::codes;
use crate::error::PipelineError;
use crate::notes::Notes;

/// Version of the form. A state of another version is refused.
const VERSION: &str = "1";

/// Metadata key of the version.
const VERSION_KEY: &str = "retrohunt.stages.version";

/// Metadata key of the kind of state.
const KIND_KEY: &str = "retrohunt.stages.kind";

/// The error for a partial state that cannot be taken.
pub(crate) fn refused(message: impl Into<String>) -> PipelineError {
    PipelineError::new("E-STAGE-PARTIAL", message)
}

/// Checks that a column of lists with this many elements, or of texts of these lengths in bytes, is within arrow's 32-bit offsets.
///
/// # Errors
///
/// `E-STAGE-LIMIT` if it is not; arrow itself would panic.
pub(crate) fn check_size(elements: usize, texts: impl Iterator<Item = usize>) -> Result<(), PipelineError> {
    let bytes = texts.fold(0_usize, usize::saturating_add);
    if i32::try_from(bytes).is_err() || i32::try_from(elements).is_err() {
        let message = format!("a column of {bytes} bytes of text and {elements} list elements is too large");
        return Err(PipelineError::new("E-STAGE-LIMIT", message));
    }
    Ok(())
}

/// Puts columns into a tagged batch of `rows` rows.
pub(crate) fn write(kind: &str, columns: Vec<(String, ArrayRef)>, rows: usize) -> Result<RecordBatch, PipelineError> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let tags = HashMap::from([(VERSION_KEY.to_owned(), VERSION.to_owned()), (KIND_KEY.to_owned(), kind.to_owned())]);
    let schema = Arc::new(Schema::new_with_metadata(fields, tags));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, arrays, &options).map_err(|error| refused(error.to_string()))
}

/// Checks the tag of a batch.
pub(crate) fn check(batch: &RecordBatch, kind: &str) -> Result<(), PipelineError> {
    let schema = batch.schema_ref();
    let tag = |key: &str| schema.metadata().get(key).map_or("none", String::as_str);
    if tag(VERSION_KEY) != VERSION {
        return Err(refused(format!("version {} of the form, not {VERSION}", tag(VERSION_KEY))));
    }
    if tag(KIND_KEY) != kind {
        return Err(refused(format!("a state of `{}`, not of `{kind}`", tag(KIND_KEY))));
    }
    Ok(())
}

/// Metadata key of the number of undecided rows.
const UNDECIDED_KEY: &str = "retrohunt.stages.undecided";

/// What the metadata keys of warnings begin with; the code follows.
const CODE_KEY: &str = "retrohunt.stages.note.";

/// The batch with the findings of a state in its metadata.
pub(crate) fn with_notes(batch: &RecordBatch, notes: &Notes) -> Result<RecordBatch, PipelineError> {
    let mut tags = batch.schema_ref().metadata().clone();
    tags.insert(UNDECIDED_KEY.to_owned(), notes.undecided.to_string());
    tags.extend(notes.codes.iter().map(|(code, message)| (format!("{CODE_KEY}{code}"), message.clone())));
    let schema = Schema::clone(batch.schema_ref()).with_metadata(tags);
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(schema), batch.columns().to_vec(), &options)
        .map_err(|error| refused(error.to_string()))
}

/// The findings in the metadata of a batch.
pub(crate) fn notes(batch: &RecordBatch) -> Result<Notes, PipelineError> {
    let mut notes = Notes::default();
    for (key, value) in batch.schema_ref().metadata() {
        if key == UNDECIDED_KEY {
            notes.undecided = value.parse().map_err(|_| refused("the number of undecided rows is malformed"))?;
        } else if let Some(code) = key.strip_prefix(CODE_KEY) {
            let code = codes::find(code).ok_or_else(|| refused(format!("`{code}` is no code of a note")))?;
            notes.warn(code, value);
        }
    }
    Ok(notes)
}

/// The columns of one part of a partial state: those whose names begin with a prefix.
pub(crate) struct Parts<'a> {
    /// The whole state.
    pub(crate) batch: &'a RecordBatch,
    /// What the names begin with.
    pub(crate) prefix: String,
}

impl Parts<'_> {
    /// The column of a name.
    fn column(&self, name: &str) -> Result<&ArrayRef, PipelineError> {
        let full = format!("{}{name}", self.prefix);
        self.batch.column_by_name(&full).ok_or_else(|| refused(format!("there is no column `{full}`")))
    }

    /// The error for a column of another type.
    fn mistyped(&self, name: &str) -> PipelineError {
        refused(format!("column `{}{name}` has another type", self.prefix))
    }

    /// A column of numbers.
    pub(crate) fn numbers<T: ArrowPrimitiveType>(&self, name: &str) -> Result<&PrimitiveArray<T>, PipelineError> {
        self.column(name)?.as_primitive_opt().ok_or_else(|| self.mistyped(name))
    }

    /// A column of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<&StringArray, PipelineError> {
        self.column(name)?.as_string_opt().ok_or_else(|| self.mistyped(name))
    }

    /// A column of bytes.
    pub(crate) fn bytes(&self, name: &str) -> Result<&arrow_array::BinaryArray, PipelineError> {
        self.column(name)?.as_binary_opt().ok_or_else(|| self.mistyped(name))
    }

    /// A column of Booleans.
    pub(crate) fn booleans(&self, name: &str) -> Result<&arrow_array::BooleanArray, PipelineError> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| self.mistyped(name))
    }

    /// A column of lists, and how many elements all of them have.
    pub(crate) fn lists(&self, name: &str) -> Result<&ListArray, PipelineError> {
        self.column(name)?.as_list_opt().ok_or_else(|| self.mistyped(name))
    }

    /// The elements of a column of lists of numbers.
    pub(crate) fn number_lists<T: ArrowPrimitiveType>(
        &self,
        name: &str,
    ) -> Result<(&ListArray, &PrimitiveArray<T>), PipelineError> {
        let lists = self.lists(name)?;
        Ok((lists, lists.values().as_primitive_opt().ok_or_else(|| self.mistyped(name))?))
    }

    /// The elements of a column of lists of texts.
    pub(crate) fn text_lists(&self, name: &str) -> Result<(&ListArray, &StringArray), PipelineError> {
        let lists = self.lists(name)?;
        Ok((lists, lists.values().as_string_opt().ok_or_else(|| self.mistyped(name))?))
    }
}

/// The range of elements of a row of a list column.
pub(crate) fn elements(lists: &ListArray, row: usize) -> std::ops::Range<usize> {
    let offset = |at: usize| usize::try_from(lists.value_offsets()[at]).unwrap_or(0);
    if lists.is_null(row) { 0..0 } else { offset(row)..offset(row + 1) }
}

/// The columns `time`, `file` and `row` of row keys.
pub(crate) fn write_keys(keys: &[RowKey]) -> [(&'static str, ArrayRef); 3] {
    [
        ("time", Arc::new(keys.iter().map(|key| key.time).collect::<PrimitiveArray<Int64Type>>())),
        ("file", Arc::new(keys.iter().map(|key| Some(key.file)).collect::<PrimitiveArray<UInt32Type>>())),
        ("row", Arc::new(keys.iter().map(|key| Some(key.row)).collect::<PrimitiveArray<UInt64Type>>())),
    ]
}

/// The row keys of the columns that [`write_keys`] wrote; key `i` is that of row `i`, of no meaning where the row is null.
pub(crate) fn read_keys(parts: &Parts<'_>) -> Result<Vec<RowKey>, PipelineError> {
    let times = parts.numbers::<Int64Type>("time")?;
    let (files, rows) = (parts.numbers::<UInt32Type>("file")?, parts.numbers::<UInt64Type>("row")?);
    Ok((0..times.len()).map(|at| key_at(times, files, rows, at)).collect())
}

/// One key out of its columns.
fn key_at(
    times: &PrimitiveArray<Int64Type>,
    files: &PrimitiveArray<UInt32Type>,
    rows: &PrimitiveArray<UInt64Type>,
    at: usize,
) -> RowKey {
    RowKey { time: times.is_valid(at).then(|| times.value(at)), file: files.value(at), row: rows.value(at) }
}

/// The columns `time`, `file` and `row` of lists of row keys.
pub(crate) fn write_key_lists<'a>(lists: impl Iterator<Item = &'a [RowKey]>) -> [(&'static str, ArrayRef); 3] {
    let mut times = ListBuilder::new(PrimitiveBuilder::<Int64Type>::new());
    let mut files = ListBuilder::new(PrimitiveBuilder::<UInt32Type>::new());
    let mut rows = ListBuilder::new(PrimitiveBuilder::<UInt64Type>::new());
    for keys in lists {
        times.append_value(keys.iter().map(|key| key.time));
        files.append_value(keys.iter().map(|key| Some(key.file)));
        rows.append_value(keys.iter().map(|key| Some(key.row)));
    }
    [("time", Arc::new(times.finish())), ("file", Arc::new(files.finish())), ("row", Arc::new(rows.finish()))]
}

/// The lists of row keys of the columns that [`write_key_lists`] wrote.
pub(crate) fn read_key_lists(parts: &Parts<'_>) -> Result<Vec<Vec<RowKey>>, PipelineError> {
    let (lists, times) = parts.number_lists::<Int64Type>("time")?;
    let (file_lists, files) = parts.number_lists::<UInt32Type>("file")?;
    let (row_lists, rows) = parts.number_lists::<UInt64Type>("row")?;
    if file_lists.value_offsets() != lists.value_offsets() || row_lists.value_offsets() != lists.value_offsets() {
        return Err(refused(format!("the lists of `{}` differ in length", parts.prefix)));
    }
    let keys = |row| elements(lists, row).map(|at| key_at(times, files, rows, at)).collect();
    Ok((0..lists.len()).map(keys).collect())
}
