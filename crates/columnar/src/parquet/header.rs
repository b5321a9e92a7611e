//! Page headers: what a page is and how large, known before it is decompressed.

use parquet::basic::Encoding;

use super::thrift::{Fault, Reader, Wire};
use crate::error::Error;
use crate::source::Source;

/// Bytes read at first for a page header where the file is not mapped; most headers are shorter than 64.
const WINDOW: usize = 256;

/// The most bytes that one page may decompress to. Writers aim at one megabyte; a page is larger only if a few values are
/// (or a dictionary is), so this is far beyond real pages and still small enough to allocate.
pub(crate) const MAX_PAGE_BYTES: usize = 512 << 20;

/// What a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageType {
    /// Values, after their levels, all compressed together.
    DataV1,
    /// Values, compressed apart from their levels.
    DataV2 {
        /// Bytes of definition levels.
        definition_bytes: usize,
        /// Bytes of repetition levels, which come first.
        repetition_bytes: usize,
        /// The values are compressed.
        compressed: bool,
    },
    /// The column chunk's distinct values.
    Dictionary,
    /// Nothing that we use.
    Index,
}

/// A page header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageHeader {
    /// What the page holds.
    pub(crate) page_type: PageType,
    /// Bytes of the header itself.
    pub(crate) header_bytes: usize,
    /// Bytes of the page in the file, after the header.
    pub(crate) compressed_bytes: usize,
    /// Bytes of the page once decompressed, at most [`MAX_PAGE_BYTES`].
    pub(crate) uncompressed_bytes: usize,
    /// Checksum of the page in the file.
    pub(crate) crc: Option<u32>,
    /// Values in the page, nulls included; entries of a dictionary.
    pub(crate) values: u32,
    /// How the values are encoded; `None` if unknown here.
    pub(crate) encoding: Option<Encoding>,
    /// Definition levels of a V1 page are run-length encoded, as all current writers do.
    pub(crate) levels_are_runs: bool,
}

/// Field values as they are read, before they are checked.
#[derive(Default)]
struct Raw {
    /// Field 1 of the header.
    page_type: Option<i32>,
    /// Field 2.
    uncompressed: Option<i32>,
    /// Field 3.
    compressed: Option<i32>,
    /// Field 4.
    crc: Option<i32>,
    /// The page-type-specific struct, by its field id in the header.
    detail: Option<(i16, Detail)>,
}

/// The integer fields 1 to 7 of the page-type-specific struct; Booleans are 0 and 1.
type Detail = [Option<i32>; 8];

impl PageHeader {
    /// The header of the page at `at` in a column chunk that ends at `end`; the page lies within the chunk.
    ///
    /// # Errors
    ///
    /// If the header is damaged, claims impossible sizes, or cannot be read.
    pub(crate) fn read(source: &Source, at: u64, end: u64) -> Result<Self, Error> {
        let left = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut window = if source.is_mapped() { left } else { left.min(WINDOW) };
        loop {
            match Self::parse(&source.bytes(at, window)?) {
                Ok(header) if header.header_bytes as u64 + header.compressed_bytes as u64 <= left as u64 => {
                    return Ok(header);
                }
                Ok(_) => return Err(Error::damaged("it is longer than its column chunk")),
                Err(Fault::End) if window < left => window = left.min(window * 8),
                Err(fault) => return Err(Error::damaged(format!("its page header is damaged: {}", fault.text()))),
            }
        }
    }

    /// The header that `bytes` begin with.
    ///
    /// # Errors
    ///
    /// [`Fault::End`] if more bytes are needed; [`Fault::Invalid`] if it is no page header or claims impossible sizes.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::new(bytes);
        let mut raw = Raw::default();
        let mut last = 0;
        while let Some((id, wire)) = reader.field(&mut last)? {
            match (id, wire) {
                (1, Wire::Int) => raw.page_type = Some(reader.int32()?),
                (2, Wire::Int) => raw.uncompressed = Some(reader.int32()?),
                (3, Wire::Int) => raw.compressed = Some(reader.int32()?),
                (4, Wire::Int) => raw.crc = Some(reader.int32()?),
                (5 | 7 | 8, Wire::Struct) => raw.detail = Some((id, detail(&mut reader)?)),
                _ => reader.skip(wire)?,
            }
        }
        raw.check(reader.position())
    }

    /// True if the values are codes into the dictionary.
    pub(crate) fn is_dictionary_coded(&self) -> bool {
        // Old writers use the second name for the same encoding.
        matches!(self.encoding, Some(Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY))
    }
}

/// Reads the page-type-specific struct at `reader`.
fn detail(reader: &mut Reader<'_>) -> Result<Detail, Fault> {
    let mut fields = Detail::default();
    let mut last = 0;
    while let Some((id, wire)) = reader.field(&mut last)? {
        let slot = usize::try_from(id).ok().and_then(|id| fields.get_mut(id));
        match (slot, wire) {
            (Some(slot), Wire::Int) => *slot = Some(reader.int32()?),
            (Some(slot), Wire::Bool(value)) => *slot = Some(i32::from(value)),
            _ => reader.skip(wire)?,
        }
    }
    Ok(fields)
}

/// `value` as a size.
fn size(value: Option<i32>) -> Result<usize, Fault> {
    let value = value.ok_or(Fault::Invalid("it lacks a size"))?;
    usize::try_from(value).map_err(|_| Fault::Invalid("it has a negative size"))
}

impl Raw {
    /// The header, of `header_bytes` bytes, if its fields make sense together.
    fn check(self, header_bytes: usize) -> Result<PageHeader, Fault> {
        let uncompressed_bytes = size(self.uncompressed)?;
        let compressed_bytes = size(self.compressed)?;
        if uncompressed_bytes > MAX_PAGE_BYTES {
            return Err(Fault::Invalid(
                "it claims to decompress to more than 512 MiB; rewrite the file with smaller pages",
            ));
        }
        let crc = self.crc.map(i32::cast_unsigned);
        let mut header = PageHeader {
            page_type: PageType::Index,
            header_bytes,
            compressed_bytes,
            uncompressed_bytes,
            crc,
            values: 0,
            encoding: None,
            levels_are_runs: true,
        };
        let encoding = match (self.page_type, self.detail) {
            (Some(0), Some((5, fields))) => {
                header.page_type = PageType::DataV1;
                header.levels_are_runs = fields[3] == Some(3);
                fields[2]
            }
            (Some(1), _) => return Ok(header),
            (Some(2), Some((7, fields))) => {
                header.page_type = PageType::Dictionary;
                fields[2]
            }
            (Some(3), Some((8, fields))) => {
                let (definition_bytes, repetition_bytes) = (size(fields[5])?, size(fields[6])?);
                if definition_bytes + repetition_bytes > uncompressed_bytes.min(compressed_bytes) {
                    return Err(Fault::Invalid("its levels are longer than the page"));
                }
                let compressed = fields[7] != Some(0);
                header.page_type = PageType::DataV2 { definition_bytes, repetition_bytes, compressed };
                fields[4]
            }
            _ => return Err(Fault::Invalid("its type and its content differ")),
        };
        if let Some((_, fields)) = self.detail {
            let values = fields[1].ok_or(Fault::Invalid("it lacks the number of values"))?;
            header.values = u32::try_from(values).map_err(|_| Fault::Invalid("it has a negative number of values"))?;
        }
        header.encoding = encoding.and_then(known_encoding);
        Ok(header)
    }
}

/// The encoding with number `code` in the format.
fn known_encoding(code: i32) -> Option<Encoding> {
    match code {
        0 => Some(Encoding::PLAIN),
        2 => Some(Encoding::PLAIN_DICTIONARY),
        5 => Some(Encoding::DELTA_BINARY_PACKED),
        6 => Some(Encoding::DELTA_LENGTH_BYTE_ARRAY),
        7 => Some(Encoding::DELTA_BYTE_ARRAY),
        8 => Some(Encoding::RLE_DICTIONARY),
        9 => Some(Encoding::BYTE_STREAM_SPLIT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A V1 data page header: type 0, sizes 100 and 50, 7 values, PLAIN, levels as runs.
    const V1: [u8; 18] = [0x15, 0, 0x15, 200, 1, 0x15, 100, 0x2c, 0x15, 14, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0];

    #[test]
    fn a_data_page_header_reads_back() {
        let header = PageHeader::parse(&V1).unwrap();
        assert_eq!(header.page_type, PageType::DataV1);
        assert_eq!((header.uncompressed_bytes, header.compressed_bytes), (100, 50));
        assert_eq!((header.values, header.encoding), (7, Some(Encoding::PLAIN)));
        assert_eq!((header.header_bytes, header.levels_are_runs, header.crc), (18, true, None));
        assert!(!header.is_dictionary_coded());
    }

    #[test]
    fn a_cut_header_asks_for_more_and_any_change_is_harmless() {
        for length in 0..V1.len() {
            assert_eq!(PageHeader::parse(&V1[..length]), Err(Fault::End), "{length}");
        }
        for at in 0..V1.len() {
            for value in 0..=255 {
                let mut bytes = V1;
                bytes[at] = value;
                if let Ok(header) = PageHeader::parse(&bytes) {
                    assert!(header.uncompressed_bytes <= MAX_PAGE_BYTES);
                }
            }
        }
    }

    #[test]
    fn a_page_that_claims_gigabytes_is_refused() {
        let mut bytes = vec![0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f];
        bytes.extend_from_slice(&V1[5..]);
        assert!(matches!(PageHeader::parse(&bytes), Err(Fault::Invalid(text)) if text.contains("512 MiB")));
    }
}
