//! Arrow IPC files and streams. A record batch is a row group.
//!
//! - here: the index of batches, made at open, and decoding on demand
//! - [`index`]: walking footers and messages, where every claimed size is checked
//! - [`pages`]: text columns of a batch as pages, for searching
//!
//! Batches are copied before they are decoded, since Arrow checks once what it then trusts, and a mapping can change under it. Arrow's
//! validation is never skipped, so a hostile file gives errors.

mod index;
pub(crate) mod pages;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{Array, ArrayRef, UInt32Array};
use arrow_buffer::{Buffer, MutableBuffer};
use arrow_ipc::reader::RecordBatchDecoder;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::take::take;
use roaring::RoaringBitmap;

use crate::canonical;
use crate::contain::contain;
use crate::error::Error;
use crate::parquet::read::Wanted;
use crate::schema::{ColumnId, Leaves};
use crate::source::Source;
use index::Batch;
use pages::IpcPages;

/// The first bytes of an IPC file; a stream begins with [`STREAM_MAGIC`].
pub(crate) const FILE_MAGIC: [u8; 6] = *b"ARROW1";

/// The mark before every message of a stream, since Arrow 0.15.
pub(crate) const STREAM_MAGIC: [u8; 4] = [0xff; 4];

/// Batches whose decoded columns are kept until they are released; more than the threads that work on a file are of no use.
const KEPT_BATCHES: usize = 16;

/// An open Arrow IPC file or stream.
pub(crate) struct IpcFile {
    /// Its bytes.
    source: Source,
    /// Its root columns.
    schema: SchemaRef,
    /// Its columns.
    leaves: Leaves,
    /// Its record batches, in order.
    batches: Vec<Batch>,
    /// Decoded root columns of recent batches, so that searching and then reading a column decodes it once.
    kept: Mutex<VecDeque<Kept>>,
}

/// What is kept of a batch.
struct Kept {
    /// The batch.
    row_group: usize,
    /// Its root columns that were decoded, by number.
    columns: HashMap<usize, ArrayRef>,
    /// Its bytes.
    bytes: Option<Buffer>,
}

impl IpcFile {
    /// The IPC file or stream in `source`.
    ///
    /// # Errors
    ///
    /// If it is cut, damaged or not supported.
    pub(crate) fn open(source: Source, is_stream: bool) -> Result<Self, Error> {
        let index::Index { schema, batches } =
            if is_stream { index::of_stream(&source)? } else { index::of_file(&source)? };
        let leaves = Leaves::of(&schema)?;
        Ok(Self { source, schema, leaves, batches, kept: Mutex::new(VecDeque::new()) })
    }

    /// Its columns.
    pub(crate) fn leaves(&self) -> &Leaves {
        &self.leaves
    }

    /// Rows per row group.
    pub(crate) fn row_group_rows(&self) -> Vec<u32> {
        self.batches.iter().map(|batch| batch.rows).collect()
    }

    /// The part of the file that holds `row_group`.
    pub(crate) fn window(&self, row_group: usize) -> Range<u64> {
        self.batches.get(row_group).map_or(0..0, |batch| batch.offset..batch.offset + batch.length() as u64)
    }

    /// Forgets what was decoded of `row_group`.
    pub(crate) fn release(&self, row_group: usize) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|kept| kept.row_group != row_group);
    }

    /// The pages of `column` in `row_group`; `None` if the column has to be decoded instead.
    ///
    /// # Errors
    ///
    /// If the batch is damaged.
    pub(crate) fn pages(&self, row_group: usize, column: ColumnId) -> Result<Option<IpcPages<'_>>, Error> {
        let leaf = self.leaves.leaves.get(column.0 as usize);
        let leaf = leaf.ok_or_else(|| Error::damaged("there is no such column"))?;
        if self.leaves.columns[column.0 as usize].multivalue || !pages::is_searchable(&leaf.data_type) {
            return Ok(None);
        }
        let root = self.roots(row_group, &BTreeSet::from([leaf.root]))?.remove(&leaf.root);
        let root = root.ok_or_else(|| Error::damaged("there is no such column"))?;
        let array = contain(|| canonical::descend(&root, &leaf.steps))?;
        Ok(Some(IpcPages::new(&self.source, array)))
    }

    /// The canonical arrays of `columns` in `row_group`, for `rows` ascending or for all.
    ///
    /// # Errors
    ///
    /// If the batch is damaged. The error lacks file and row group.
    pub(crate) fn read(
        &self,
        row_group: usize,
        columns: &[Wanted],
        rows: Option<&RoaringBitmap>,
    ) -> Result<Vec<ArrayRef>, Error> {
        let leaves = &self.leaves.leaves;
        let wanted: BTreeSet<usize> = columns.iter().map(|(column, _)| leaves[column.0 as usize].root).collect();
        let mut roots = self.roots(row_group, &wanted)?;
        let total = self.batches.get(row_group).map_or(0, |batch| batch.rows);
        contain(|| {
            if let Some(rows) = rows
                && rows.range_cardinality(..total) < u64::from(total)
            {
                let indices: UInt32Array = rows.range(..total).collect::<Vec<u32>>().into();
                for root in roots.values_mut() {
                    *root = take(root, &indices, None)?;
                }
            }
            let column = |(column, time): &Wanted| {
                let leaf = &leaves[column.0 as usize];
                canonical::leaf(&roots[&leaf.root], &leaf.steps, *time)
            };
            columns.iter().map(column).collect::<Result<_, ArrowError>>()
        })
    }

    /// The decoded root columns `wanted` of `row_group`.
    fn roots(&self, row_group: usize, wanted: &BTreeSet<usize>) -> Result<HashMap<usize, ArrayRef>, Error> {
        let batch = self.batches.get(row_group).ok_or_else(|| Error::damaged("there is no such row group"))?;
        let mut found = HashMap::new();
        let mut bytes = None;
        if let Some(kept) = self.lock().iter().find(|kept| kept.row_group == row_group) {
            bytes.clone_from(&kept.bytes);
            for root in wanted {
                if let Some(array) = kept.columns.get(root) {
                    found.insert(*root, Arc::clone(array));
                }
            }
        }
        let missing: Vec<usize> = wanted.iter().copied().filter(|root| !found.contains_key(root)).collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => owned(&self.source.bytes(batch.offset, batch.length())?),
        };
        let decoded = self.decode(batch, &bytes, &missing)?;
        self.source.intact()?;
        let mut all = self.lock();
        if all.iter().all(|kept| kept.row_group != row_group) {
            all.truncate(KEPT_BATCHES - 1);
            all.push_front(Kept { row_group, columns: HashMap::new(), bytes: None });
        }
        if let Some(kept) = all.iter_mut().find(|kept| kept.row_group == row_group) {
            kept.bytes = Some(bytes);
            kept.columns.extend(missing.iter().copied().zip(decoded.iter().map(Arc::clone)));
        }
        drop(all);
        found.extend(missing.into_iter().zip(decoded));
        Ok(found)
    }

    /// The kept batches.
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decodes root columns of `batch` from its `bytes`.
    fn decode(&self, batch: &Batch, bytes: &Buffer, roots: &[usize]) -> Result<Vec<ArrayRef>, Error> {
        let arrays = contain(|| {
            let message = index::message(bytes, batch.metadata)?;
            let header = message.header_as_record_batch();
            let header = header.ok_or_else(|| Error::damaged("its message is not a record batch"))?;
            let body = bytes.slice_with_length(batch.metadata, batch.body);
            index::check_buffers(header, &body)?;
            let version = message.version();
            let decoder =
                RecordBatchDecoder::try_new(&body, header, Arc::clone(&self.schema), &batch.dictionaries, &version)
                    .and_then(|decoder| decoder.with_projection(Some(roots)).read_record_batch());
            decoder.map(|batch| batch.columns().to_vec()).map_err(|error| Error::damaged(error.to_string()))
        })?;
        if arrays.len() != roots.len() || arrays.iter().any(|array| array.len() != batch.rows as usize) {
            return Err(Error::damaged("its columns have not the rows that the batch claims"));
        }
        Ok(arrays)
    }
}

/// A copy of bytes of the file, aligned for every type.
///
/// Arrow checks offsets once and then trusts them, so arrays must not borrow from a mapping: a file that is cut under it reads as zeros, and
/// offsets that were valid are not any more.
pub(crate) fn owned(bytes: &[u8]) -> Buffer {
    let mut copy = MutableBuffer::with_capacity(bytes.len());
    copy.extend_from_slice(bytes);
    copy.into()
}
