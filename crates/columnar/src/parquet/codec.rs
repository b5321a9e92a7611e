//! Decompression of pages.
//!
//! The two codecs that archives use most, Zstandard and Snappy, are called here directly, into a buffer that is reused from
//! page to page; uncompressed pages are not copied at all. The other codecs go through the `parquet` crate's page reader,
//! whose codecs are not public by themselves.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::column::page::PageReader;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::contain::contain;
use crate::error::Error;
use crate::source::Source;

/// How the pages of a column chunk are decompressed.
pub(crate) enum Codec {
    /// They are not compressed.
    Plain,
    /// Zstandard.
    Zstd,
    /// Snappy.
    Snappy(snap::raw::Decoder),
    /// Some other codec: this reader is kept at the same page as ours.
    Other(Box<SerializedPageReader<Source>>),
}

impl Codec {
    /// The codec of `chunk`, which has `rows` rows.
    ///
    /// # Errors
    ///
    /// If the codec is not supported.
    pub(crate) fn of(chunk: &ColumnChunkMetaData, source: &Source, rows: u32) -> Result<Self, Error> {
        match chunk.compression() {
            Compression::UNCOMPRESSED => Ok(Codec::Plain),
            Compression::ZSTD(_) => Ok(Codec::Zstd),
            Compression::SNAPPY => Ok(Codec::Snappy(snap::raw::Decoder::new())),
            _ => contain(|| SerializedPageReader::new(Arc::new(source.clone()), chunk, rows as usize, None))
                .map(|reader| Codec::Other(Box::new(reader))),
        }
    }

    /// Tells a reader of another codec that the page at hand is passed over.
    ///
    /// # Errors
    ///
    /// If that reader fails.
    pub(crate) fn skip(&mut self) -> Result<(), Error> {
        match self {
            Codec::Other(reader) => contain(|| reader.skip_next_page()),
            _ => Ok(()),
        }
    }

    /// The decompressed bytes of the page at hand, levels included, if another codec is used; `None` otherwise.
    ///
    /// # Errors
    ///
    /// If the page cannot be decompressed.
    pub(crate) fn foreign_page(&mut self) -> Result<Option<Bytes>, Error> {
        let Codec::Other(reader) = self else { return Ok(None) };
        let page = contain(|| reader.get_next_page())?;
        let page = page.ok_or_else(|| Error::damaged("the column chunk ends before its pages do"))?;
        Ok(Some(page.buffer().clone()))
    }

    /// Decompresses `input` to exactly `size` bytes, appended to the empty `out`. Not for [`Codec::Plain`] and [`Codec::Other`].
    ///
    /// # Errors
    ///
    /// A text if `input` does not decompress to `size` bytes.
    pub(crate) fn decompress(
        &mut self,
        zstd: &mut Option<zstd::bulk::Decompressor<'static>>,
        input: &[u8],
        size: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        if size == 0 {
            return Ok(());
        }
        let written = match self {
            Codec::Zstd => {
                if zstd.is_none() {
                    *zstd = Some(zstd::bulk::Decompressor::new().map_err(|error| error.to_string())?);
                }
                out.reserve(size);
                let decompressor = zstd.as_mut().ok_or_else(|| "no memory for the codec".to_owned())?;
                decompressor.decompress_to_buffer(input, out).map_err(|error| error.to_string())?
            }
            Codec::Snappy(decoder) => {
                let claimed = snap::raw::decompress_len(input).map_err(|error| error.to_string())?;
                if claimed != size {
                    return Err(format!("it decompresses to {claimed} bytes, not to the {size} that its header says"));
                }
                out.resize(size, 0);
                decoder.decompress(input, out).map_err(|error| error.to_string())?
            }
            Codec::Plain | Codec::Other(_) => return Err("its codec has no decompressor here".to_owned()),
        };
        if written == size {
            Ok(())
        } else {
            Err(format!("it decompresses to {written} bytes, not to the {size} that its header says"))
        }
    }
}
