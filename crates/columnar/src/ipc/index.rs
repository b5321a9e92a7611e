//! The record batches of an IPC file or stream: where they are, how many rows they have, which dictionaries hold for them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::read_dictionary;
use arrow_ipc::{Block, Endianness, Message, MessageHeader, RecordBatch, root_as_footer, root_as_message};
use arrow_schema::{Schema, SchemaRef};

use super::{FILE_MAGIC, STREAM_MAGIC};
use crate::MAX_ROW_GROUP_ROWS;
use crate::contain::contain;
use crate::error::{Error, ErrorKind};
use crate::source::Source;

/// Dictionaries by id.
pub(super) type Dictionaries = Arc<HashMap<i64, ArrayRef>>;

/// A file's schema and batches.
pub(super) struct Index {
    /// The root columns.
    pub(super) schema: SchemaRef,
    /// The batches, in order.
    pub(super) batches: Vec<Batch>,
}

/// A record batch in the file.
pub(super) struct Batch {
    /// Where its message begins.
    pub(super) offset: u64,
    /// Bytes of the message's head and metadata.
    pub(super) metadata: usize,
    /// Bytes of its body.
    pub(super) body: usize,
    /// Its rows.
    pub(super) rows: u32,
    /// The dictionaries that its columns refer to.
    pub(super) dictionaries: Dictionaries,
}

impl Batch {
    /// Bytes of the whole message.
    pub(super) fn length(&self) -> usize {
        self.metadata + self.body
    }
}

/// Bytes after the footer of a file: its length and the magic.
const TAIL: u64 = 10;

/// The most bytes that one buffer may decompress to.
const MAX_BUFFER: i64 = 2 << 30;

/// The index of the IPC file `source`, by its footer.
///
/// # Errors
///
/// If it is cut or damaged.
pub(super) fn of_file(source: &Source) -> Result<Index, Error> {
    let length = source.length();
    let cut = || {
        let message = "the Arrow file is cut: it begins as one but has no footer at its end; \
                       copy it again or let its writer finish";
        Error::new(ErrorKind::Cut, message)
    };
    if length < 8 + TAIL {
        return Err(cut());
    }
    let tail = source.bytes(length - TAIL, 10)?;
    if tail[4..] != FILE_MAGIC {
        return Err(cut());
    }
    let claimed = i32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]);
    let footer_length = u64::try_from(claimed).ok().filter(|size| *size > 0 && *size <= length - TAIL - 8);
    let footer_length = footer_length.ok_or_else(|| {
        let message =
            format!("the Arrow footer claims {claimed} bytes, but the file has {length}: restore it from a good copy");
        Error::damaged(message)
    })?;
    let footer_start = length - TAIL - footer_length;
    let bytes = source.bytes(footer_start, usize::try_from(footer_length).unwrap_or(0))?;
    let (schema, dictionaries, batches) = contain(|| parse_footer(&bytes))
        .map_err(|error| Error::damaged(format!("its footer is damaged: {}", error.message())))?;
    let mut known = HashMap::new();
    for block in &dictionaries {
        let place = place(block, footer_start)?;
        add_dictionary(source, place, &schema, &mut known)?;
    }
    let known = Arc::new(known);
    let batches = batches.iter().enumerate().map(|(number, block)| {
        let place = place(block, footer_start).map_err(|error| error.in_row_group(number))?;
        let rows = batch_rows(source, place).map_err(|error| error.in_row_group(number))?;
        Ok(Batch { offset: place.0, metadata: place.1, body: place.2, rows, dictionaries: Arc::clone(&known) })
    });
    Ok(Index { batches: batches.collect::<Result<_, Error>>()?, schema })
}

/// Schema, dictionary blocks and batch blocks of a footer.
type Footer = (SchemaRef, Vec<Block>, Vec<Block>);

/// Parses a footer.
fn parse_footer(bytes: &[u8]) -> Result<Footer, Error> {
    let footer = root_as_footer(bytes).map_err(|error| Error::damaged(error.to_string()))?;
    let schema = footer.schema().ok_or_else(|| Error::damaged("it has no schema"))?;
    let schema = arrow_schema(schema)?;
    let blocks = |blocks: Option<flatbuffers::Vector<'_, Block>>| blocks.into_iter().flatten().copied().collect();
    Ok((schema, blocks(footer.dictionaries()), blocks(footer.recordBatches())))
}

/// The schema that a file describes.
fn arrow_schema(schema: arrow_ipc::Schema<'_>) -> Result<SchemaRef, Error> {
    if schema.endianness() != Endianness::Little {
        return Err(Error::new(ErrorKind::Unsupported, "its numbers are big-endian; rewrite it on a common machine"));
    }
    try_fb_to_schema(schema).map(Arc::new).map_err(|error| Error::damaged(error.to_string()))
}

/// Where a message is: offset, bytes of metadata, bytes of body.
type Place = (u64, usize, usize);

/// The place that `block` claims, if it is before `end`.
fn place(block: &Block, end: u64) -> Result<Place, Error> {
    let claimed = (block.offset(), block.metaDataLength(), block.bodyLength());
    let sizes = usize::try_from(claimed.1).ok().zip(usize::try_from(claimed.2).ok());
    let inside = u64::try_from(claimed.0).ok().zip(sizes).filter(|(offset, (metadata, body))| {
        let stop = offset.checked_add(*metadata as u64).and_then(|at| at.checked_add(*body as u64));
        *metadata >= 8 && stop.is_some_and(|stop| stop <= end)
    });
    let (offset, (metadata, body)) = inside.ok_or_else(|| {
        Error::damaged(format!(
            "a message of {} + {} bytes at offset {} is not within the file",
            claimed.1, claimed.2, claimed.0
        ))
    })?;
    Ok((offset, metadata, body))
}

/// The message at the start of `bytes`, whose head and metadata have `metadata` bytes.
///
/// # Errors
///
/// If it is malformed.
pub(super) fn message(bytes: &[u8], metadata: usize) -> Result<Message<'_>, Error> {
    let bytes = bytes.get(..metadata).unwrap_or_default();
    let head = if bytes.starts_with(&STREAM_MAGIC) { 8 } else { 4 };
    let bytes = bytes.get(head..).ok_or_else(|| Error::damaged("a message is shorter than its head"))?;
    root_as_message(bytes).map_err(|error| Error::damaged(format!("a message is malformed: {error}")))
}

/// The number of rows of the record batch at `place`.
fn batch_rows(source: &Source, place: Place) -> Result<u32, Error> {
    let bytes = source.bytes(place.0, place.1)?;
    contain(|| rows_of(&message(&bytes, place.1)?))
}

/// The number of rows of the record batch `message`.
fn rows_of(message: &Message<'_>) -> Result<u32, Error> {
    let batch = message.header_as_record_batch().ok_or_else(|| Error::damaged("its message is not a record batch"))?;
    let rows = u32::try_from(batch.length()).ok().filter(|rows| *rows <= MAX_ROW_GROUP_ROWS);
    rows.ok_or_else(|| {
        let message = format!("it claims {} rows; at most {MAX_ROW_GROUP_ROWS} are read", batch.length());
        Error::new(ErrorKind::Unsupported, message)
    })
}

/// Checks the buffers of `batch` against its `body`, and what compressed ones claim to decompress to.
///
/// # Errors
///
/// If a buffer is not within the body or claims too much.
pub(super) fn check_buffers(batch: RecordBatch<'_>, body: &[u8]) -> Result<(), Error> {
    let compressed = batch.compression().is_some();
    for buffer in batch.buffers().into_iter().flatten() {
        let range = usize::try_from(buffer.offset()).ok().zip(usize::try_from(buffer.length()).ok());
        let bytes = range.and_then(|(start, length)| body.get(start..start.checked_add(length)?));
        let bytes = bytes.ok_or_else(|| Error::damaged("a buffer is not within its batch"))?;
        let size = bytes.first_chunk().map(|prefix| i64::from_le_bytes(*prefix));
        if compressed && size.is_some_and(|size| size > MAX_BUFFER) {
            return Err(Error::damaged("a buffer claims to decompress to more than 2 GiB; write smaller batches"));
        }
    }
    Ok(())
}

/// Decodes the dictionary batch at `place` into `known`.
fn add_dictionary(
    source: &Source,
    place: Place,
    schema: &Schema,
    known: &mut HashMap<i64, ArrayRef>,
) -> Result<(), Error> {
    let bytes = super::owned(&source.bytes(place.0, place.1 + place.2)?);
    contain(|| {
        let message = message(&bytes, place.1)?;
        let dictionary = message.header_as_dictionary_batch();
        let dictionary = dictionary.ok_or_else(|| Error::damaged("a message is not a dictionary"))?;
        let body = bytes.slice_with_length(place.1, place.2);
        if let Some(data) = dictionary.data() {
            check_buffers(data, &body)?;
        }
        read_dictionary(&body, dictionary, schema, known, &message.version())
            .map_err(|error| Error::damaged(format!("a dictionary is damaged: {error}")))
    })
}

/// The index of the IPC stream `source`, by walking its messages.
///
/// # Errors
///
/// If it is cut or damaged.
pub(super) fn of_stream(source: &Source) -> Result<Index, Error> {
    let mut schema: Option<SchemaRef> = None;
    let mut batches = Vec::new();
    let mut known: Dictionaries = Arc::default();
    let mut at = 0;
    while let Some(place) = next_message(source, at)? {
        let bytes = source.bytes(place.0, place.1)?;
        let message = message(&bytes, place.1)?;
        match (message.header_type(), &schema) {
            (MessageHeader::Schema, None) => {
                let described = message.header_as_schema().ok_or_else(|| Error::damaged("it has no schema"))?;
                schema = Some(contain(|| arrow_schema(described))?);
            }
            (MessageHeader::DictionaryBatch, Some(schema)) => {
                let mut changed = HashMap::clone(&known);
                add_dictionary(source, place, schema, &mut changed)?;
                known = Arc::new(changed);
            }
            (MessageHeader::RecordBatch, Some(_)) => {
                let rows = rows_of(&message).map_err(|error| error.in_row_group(batches.len()))?;
                let dictionaries = Arc::clone(&known);
                batches.push(Batch { offset: place.0, metadata: place.1, body: place.2, rows, dictionaries });
            }
            _ => return Err(Error::damaged(format!("the Arrow stream has an unexpected message at offset {at}"))),
        }
        at = place.0 + (place.1 + place.2) as u64;
    }
    let schema = schema.ok_or_else(|| Error::damaged("the Arrow stream has no schema"))?;
    Ok(Index { schema, batches })
}

/// The place of the message at `at`; `None` at the end of the stream.
fn next_message(source: &Source, at: u64) -> Result<Option<Place>, Error> {
    let left = source.length().saturating_sub(at);
    let cut = || {
        let message = format!("the Arrow stream is cut at offset {at}; copy it again or let its writer finish");
        Error::new(ErrorKind::Cut, message)
    };
    if left == 0 {
        return Ok(None);
    }
    let head = source.bytes(at, usize::try_from(left.min(8)).unwrap_or(0))?;
    let marked = head.starts_with(&STREAM_MAGIC);
    let length = if marked { head.get(4..8) } else { head.get(..4) };
    let length = length.and_then(|bytes| bytes.try_into().ok()).map(i32::from_le_bytes).ok_or_else(cut)?;
    if length == 0 {
        return Ok(None);
    }
    let length = usize::try_from(length)
        .map_err(|_| Error::damaged(format!("the message at offset {at} has a negative length")))?;
    let metadata = length + if marked { 8 } else { 4 };
    if metadata as u64 > left {
        return Err(cut());
    }
    let bytes = source.bytes(at, metadata)?;
    let body = message(&bytes, metadata)?.bodyLength();
    let body = usize::try_from(body)
        .map_err(|_| Error::damaged(format!("the message at offset {at} has a negative length")))?;
    if (metadata as u64).checked_add(body as u64).is_none_or(|length| length > left) {
        return Err(cut());
    }
    Ok(Some((at, metadata, body)))
}
