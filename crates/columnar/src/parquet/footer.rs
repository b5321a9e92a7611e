//! Opening a Parquet file: is it one, is it whole, and does its footer make sense.
//!
//! The footer is looked over before the `parquet` crate parses it, because that crate builds the schema recursively and
//! allocates lists by their claimed length; and again after, so that every offset and size it claims lies within the file.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};

use super::thrift::{Fault, Reader, Wire};
use crate::contain::contain;
use crate::error::{Error, ErrorKind};
use crate::source::Source;
use crate::{MAX_NESTING, MAX_ROW_GROUP_ROWS};

/// The four bytes at both ends of a Parquet file.
pub(crate) const MAGIC: [u8; 4] = *b"PAR1";

/// The four bytes instead of [`MAGIC`] if the footer is encrypted.
pub(crate) const MAGIC_ENCRYPTED: [u8; 4] = *b"PARE";

/// Bytes after the footer: its length and [`MAGIC`].
const TAIL: u64 = 8;

/// The longest footer that is read. Footers of archives have kilobytes, of very wide files megabytes.
const MAX_FOOTER: u64 = 256 << 20;

/// The most row groups in a file.
const MAX_ROW_GROUPS: usize = 1 << 20;

/// The metadata of the Parquet file `source`, which begins with [`MAGIC`], with an Arrow schema of plain types.
///
/// # Errors
///
/// If the file is cut, its footer damaged, or it uses what is not supported.
pub(crate) fn open(source: &Source) -> Result<ArrowReaderMetadata, Error> {
    let bytes = footer(source)?;
    let data_end = source.length() - TAIL - bytes.len() as u64;
    look_over(&bytes)?;
    let metadata = contain(|| ParquetMetaDataReader::decode_metadata(&bytes))
        .map_err(|error| Error::damaged(format!("its footer is damaged: {}", error.message())))?;
    check(&metadata, data_end)?;
    let metadata = Arc::new(metadata);
    let options = ArrowReaderOptions::new;
    let described = contain(|| ArrowReaderMetadata::try_new(Arc::clone(&metadata), options())).or_else(|_| {
        // The Arrow schema that some writers embed can contradict the file; the file's own schema then decides.
        contain(|| ArrowReaderMetadata::try_new(Arc::clone(&metadata), options().with_skip_arrow_metadata(true)))
    });
    let described = described.map_err(|error| unsupported_schema(&error))?;
    let plain = plain_schema(&described);
    let reader = contain(|| ArrowReaderMetadata::try_new(metadata, options().with_schema(plain)));
    Ok(reader.unwrap_or(described))
}

/// The error for a schema that the Arrow reader refuses.
fn unsupported_schema(error: &Error) -> Error {
    Error::new(ErrorKind::Unsupported, format!("its schema has no Arrow form: {}", error.message()))
}

/// The footer's bytes, after the checks that tell a cut file from a damaged one.
fn footer(source: &Source) -> Result<bytes::Bytes, Error> {
    let length = source.length();
    let least = MAGIC.len() as u64 + TAIL;
    if length < least {
        let message =
            format!("the Parquet file is cut: it has only {length} bytes; copy it again or let its writer finish");
        return Err(Error::new(ErrorKind::Cut, message));
    }
    let tail = source.bytes(length - TAIL, 8)?;
    let (size, magic) = tail.split_at(4);
    if magic == MAGIC_ENCRYPTED {
        return Err(encrypted());
    }
    if magic != MAGIC {
        let message = "the Parquet file is cut: it begins as one but has no footer at its end; \
                       copy it again or let its writer finish";
        return Err(Error::new(ErrorKind::Cut, message));
    }
    let size = u64::from(u32::from_le_bytes(size.try_into().unwrap_or_default()));
    if size == 0 || size > length - least {
        let message = format!(
            "the Parquet footer claims {size} bytes, but the file has {length}: \
             it is damaged or was put together from parts; restore it from a good copy"
        );
        return Err(Error::damaged(message));
    }
    if size > MAX_FOOTER {
        let message =
            format!("the Parquet footer has {size} bytes, more than the {MAX_FOOTER} that are read; split the file");
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    let size_in_memory = usize::try_from(size).map_err(|_| Error::damaged("the footer is too long"))?;
    source.bytes(length - TAIL - size, size_in_memory)
}

/// The error for an encrypted file.
pub(crate) fn encrypted() -> Error {
    Error::new(ErrorKind::Unsupported, "the Parquet file is encrypted; decrypt it first")
}

/// Checks the shape of the footer: schema depth, list lengths, nesting.
fn look_over(bytes: &[u8]) -> Result<(), Error> {
    match shape(&mut Reader::new(bytes)) {
        Ok(false) => Ok(()),
        Ok(true) => Err(encrypted()),
        Err(fault) => Err(Error::damaged(format!("its footer is damaged: {}", fault.text()))),
    }
}

/// Walks the `FileMetaData` struct: field 2 is the schema, field 4 the row groups, field 8 how columns are encrypted; true if
/// they are.
fn shape(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    let (mut last, mut elements, mut is_encrypted) = (0, None, false);
    while let Some((id, wire)) = reader.field(&mut last)? {
        match (id, wire) {
            (2, Wire::List) => elements = Some(schema(reader)?),
            (4, Wire::List) => {
                let columns = elements.ok_or(Fault::Invalid("its row groups come before its schema"))?;
                row_groups(reader, columns)?;
            }
            _ => {
                is_encrypted |= id == 8;
                reader.skip(wire)?;
            }
        }
    }
    Ok(is_encrypted)
}

/// Walks the schema, a tree in depth-first order, and gives its number of elements. Field 5 of an element counts its children.
fn schema(reader: &mut Reader<'_>) -> Result<usize, Fault> {
    let (length, wire) = reader.list()?;
    if length > 0 && wire != Wire::Struct {
        return Err(Fault::Invalid("its schema is not a list of structs"));
    }
    // Children that are still to come, per open level.
    let mut open: Vec<u64> = Vec::new();
    for _ in 0..length {
        let (mut last, mut children) = (0, 0);
        while let Some((id, wire)) = reader.field(&mut last)? {
            if (id, wire) == (5, Wire::Int) {
                children =
                    u64::try_from(reader.int32()?).map_err(|_| Fault::Invalid("its schema has a negative size"))?;
            } else {
                reader.skip(wire)?;
            }
        }
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > MAX_NESTING {
            return Err(Fault::Invalid("its schema nests more than 64 deep"));
        }
    }
    Ok(length)
}

/// Walks the row groups. Field 1 of a row group lists its columns, of which there are fewer than schema `elements`.
fn row_groups(reader: &mut Reader<'_>, elements: usize) -> Result<(), Fault> {
    let (length, wire) = reader.list()?;
    if length > MAX_ROW_GROUPS {
        return Err(Fault::Invalid("it has more than a million row groups"));
    }
    if length > 0 && wire != Wire::Struct {
        return Err(Fault::Invalid("its row groups are not structs"));
    }
    for _ in 0..length {
        let mut last = 0;
        while let Some((id, wire)) = reader.field(&mut last)? {
            if (id, wire) == (1, Wire::List) {
                let mut ahead = reader.clone();
                if ahead.list()?.0 > elements {
                    return Err(Fault::Invalid("a row group has more columns than the schema"));
                }
            }
            reader.skip(wire)?;
        }
    }
    Ok(())
}

/// Checks every row group and column chunk against the schema and the bytes before `data_end`, where the footer begins.
fn check(metadata: &ParquetMetaData, data_end: u64) -> Result<(), Error> {
    let file = metadata.file_metadata();
    let columns = file.schema_descr().num_columns();
    if file.column_orders().is_some_and(|orders| orders.len() != columns) {
        return Err(Error::damaged("its footer has a column order for each of another number of columns"));
    }
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let located = |message: String| Error::damaged(message).in_row_group(number);
        let rows =
            u64::try_from(group.num_rows()).map_err(|_| located("it claims a negative number of rows".to_owned()))?;
        if rows > u64::from(MAX_ROW_GROUP_ROWS) {
            let message =
                format!("it has {rows} rows; at most {MAX_ROW_GROUP_ROWS} are read, write smaller row groups");
            return Err(Error::new(ErrorKind::Unsupported, message).in_row_group(number));
        }
        if group.num_columns() != columns {
            return Err(located(format!("it has {} columns, but the schema has {columns}", group.num_columns())));
        }
        for chunk in group.columns() {
            check_chunk(chunk, rows, data_end)
                .map_err(|error| error.in_column(&chunk.column_path().string()).in_row_group(number))?;
        }
    }
    Ok(())
}

/// Checks one column chunk of a row group of `rows` rows.
fn check_chunk(chunk: &ColumnChunkMetaData, rows: u64, data_end: u64) -> Result<(), Error> {
    if chunk.file_path().is_some_and(|path| !path.is_empty()) {
        return Err(Error::new(ErrorKind::Unsupported, "its data is in another file; merge the files first"));
    }
    if chunk.num_values() < 0 {
        return Err(Error::damaged("it claims a negative number of values"));
    }
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let range = u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
    let end = range.and_then(|(start, length)| start.checked_add(length));
    if end.is_none_or(|end| end > data_end) || start < 4 && rows > 0 {
        let message = format!("its {} bytes at offset {start} are not within the file", chunk.compressed_size());
        return Err(Error::damaged(message));
    }
    Ok(())
}

/// The schema of `described` with the types that decode fastest to canonical columns: no dictionaries, views or 64-bit offsets
/// for text, and INT96 times in microseconds, which reach beyond the year 2262.
fn plain_schema(described: &ArrowReaderMetadata) -> Arc<Schema> {
    let schema = described.schema();
    Arc::new(Schema::new_with_metadata(plain_fields(schema.fields(), described), schema.metadata().clone()))
}

/// [`plain_schema`] for the root fields.
fn plain_fields(fields: &Fields, described: &ArrowReaderMetadata) -> Fields {
    let mut leaf = 0;
    fields.iter().map(|field| plain_field(field, described, &mut leaf)).collect()
}

/// The plain form of `field`, whose first leaf is number `leaf` in the Parquet schema; `leaf` moves past its leaves.
fn plain_field(field: &FieldRef, described: &ArrowReaderMetadata, leaf: &mut usize) -> FieldRef {
    let mut nested = |field: &FieldRef| plain_field(field, described, leaf);
    let plain = match field.data_type() {
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(&mut nested).collect()),
        DataType::List(item) => DataType::List(nested(item)),
        DataType::LargeList(item) => DataType::LargeList(nested(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(nested(item), *size),
        DataType::Map(entries, sorted) => DataType::Map(nested(entries), *sorted),
        scalar => {
            let schema = described.parquet_schema();
            let is_int96 =
                *leaf < schema.num_columns() && schema.column(*leaf).physical_type() == parquet::basic::Type::INT96;
            *leaf += 1;
            plain_scalar(scalar, is_int96)
        }
    };
    Arc::new(Field::clone(field).with_data_type(plain))
}

/// The plain form of a leaf type.
fn plain_scalar(scalar: &DataType, is_int96: bool) -> DataType {
    match scalar {
        DataType::Dictionary(_, value) => plain_scalar(value, is_int96),
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Timestamp(TimeUnit::Nanosecond, zone) if is_int96 => {
            DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `FileMetaData` with a schema of `depth` groups within each other.
    fn nested(depth: u16) -> Vec<u8> {
        // Field 2 is a list of structs, with its length as a variable-length integer; each struct has field 5 = 1.
        let mut bytes = vec![0x29, 0xfc, u8::try_from(depth & 0x7f).unwrap() | 0x80, u8::try_from(depth >> 7).unwrap()];
        for _ in 0..depth {
            bytes.extend([0x55, 0x02, 0x00]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_schema_that_nests_without_end_is_refused_before_it_is_built() {
        assert_eq!(shape(&mut Reader::new(&nested(60))), Ok(false));
        let refused = shape(&mut Reader::new(&nested(10_000)));
        assert_eq!(refused, Err(Fault::Invalid("its schema nests more than 64 deep")));
        assert!(look_over(&nested(10_000)).unwrap_err().message().contains("64 deep"));
    }

    #[test]
    fn a_row_group_with_more_columns_than_the_schema_is_refused() {
        // An empty schema; one row group whose column list claims three elements.
        let bytes = [0x29, 0x0c, 0x29, 0x1c, 0x19, 0x3c, 0, 0, 0, 0, 0];
        let refused = shape(&mut Reader::new(&bytes));
        assert_eq!(refused, Err(Fault::Invalid("a row group has more columns than the schema")));
        assert_eq!(
            shape(&mut Reader::new(&[0x49, 0x0c, 0])),
            Err(Fault::Invalid("its row groups come before its schema"))
        );
    }

    #[test]
    fn encryption_is_recognised() {
        assert_eq!(shape(&mut Reader::new(&[0x8c, 0, 0])), Ok(true));
    }
}
