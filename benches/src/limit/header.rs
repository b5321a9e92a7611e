//! Headers of Parquet pages, as far as the limit needs them: kind, sizes, number of values.
//!
//! The `parquet` crate keeps its own reader of them to itself.

use crate::Error;

/// What a page header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the header itself.
    pub(super) bytes: usize,
    /// Kind of the page: 0 and 3 have rows, 2 is a dictionary.
    pub(super) kind: u64,
    /// Bytes after the header that are not compressed: the levels of a page of version 2.
    pub(super) levels: usize,
    /// Bytes in the file, after the header, levels included.
    pub(super) compressed: usize,
    /// Bytes once decompressed, levels included.
    pub(super) uncompressed: usize,
    /// Values, nulls included.
    pub(super) values: u64,
    /// The number of the encoding of the values.
    pub(super) encoding: u64,
}

impl PageHeader {
    /// Returns the header that `bytes` begin with.
    ///
    /// # Errors
    ///
    /// If `bytes` do not begin with a page header, or end before it does.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader { bytes, at: 0 };
        let mut header = Self::default();
        reader.fields(|reader, id, wire| match (id, wire) {
            (1, _) => reader.number().map(|value| header.kind = value),
            (2, _) => reader.size().map(|value| header.uncompressed = value),
            (3, _) => reader.size().map(|value| header.compressed = value),
            (5 | 7 | 8, STRUCT) => reader.fields(|reader, inner, wire| match (id, inner, wire) {
                (_, 1, _) => reader.number().map(|value| header.values = value),
                (5 | 7, 2, _) | (8, 4, _) => reader.number().map(|value| header.encoding = value),
                (8, 5 | 6, _) => reader.size().map(|value| header.levels += value),
                _ => reader.skip(wire),
            }),
            _ => reader.skip(wire),
        })?;
        header.bytes = reader.at;
        if header.levels > header.compressed.min(header.uncompressed) {
            return Err("a page's levels are longer than the page".into());
        }
        Ok(header)
    }

    /// Returns whether the values are codes into the dictionary.
    pub(super) fn is_dictionary_coded(&self) -> bool {
        matches!(self.encoding, 2 | 8)
    }
}

/// Number of the Thrift wire type of a struct.
const STRUCT: u8 = 12;

/// Reads the Thrift compact protocol.
struct Reader<'a> {
    /// What is read.
    bytes: &'a [u8],
    /// Offset of the next byte.
    at: usize,
}

impl Reader<'_> {
    /// Returns the next byte.
    fn byte(&mut self) -> Result<u8, Error> {
        let byte = *self.bytes.get(self.at).ok_or("a page header ends too early")?;
        self.at += 1;
        Ok(byte)
    }

    /// Returns an unsigned integer of variable length.
    fn varint(&mut self) -> Result<u64, Error> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a page header has an integer that is too long".into())
    }

    /// Returns a signed integer that is not negative.
    fn number(&mut self) -> Result<u64, Error> {
        let value = self.varint()?;
        if value & 1 == 0 { Ok(value >> 1) } else { Err("a page header has a negative number".into()) }
    }

    /// Returns a number of bytes.
    fn size(&mut self) -> Result<usize, Error> {
        Ok(usize::try_from(self.number()?)?)
    }

    /// Calls `field` with number and wire type of each field of a struct; `field` reads the value.
    fn fields(&mut self, mut field: impl FnMut(&mut Self, u64, u8) -> Result<(), Error>) -> Result<(), Error> {
        let mut id = 0;
        loop {
            let head = self.byte()?;
            if head & 0x0f == 0 {
                return Ok(());
            }
            id = if head >> 4 == 0 { self.number()? } else { id + u64::from(head >> 4) };
            field(self, id, head & 0x0f)?;
        }
    }

    /// Passes over a value of wire type `wire`.
    fn skip(&mut self, wire: u8) -> Result<(), Error> {
        match wire {
            // The value of a Boolean field is its type.
            1 | 2 => {}
            3 => self.at += 1,
            4..=6 => {
                self.varint()?;
            }
            7 => self.at += 8,
            8 => self.at += usize::try_from(self.varint()?)?,
            STRUCT => self.fields(|reader, _, wire| reader.skip(wire))?,
            _ => return Err(format!("a page header has a field of type {wire}").into()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_page_header_reads_back() {
        // Kind 0, sizes 100 and 50; 7 values, PLAIN, levels as runs.
        let bytes = [0x15, 0, 0x15, 200, 1, 0x15, 100, 0x2c, 0x15, 14, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0];
        let header = PageHeader::parse(&bytes).unwrap();
        let expected = PageHeader { bytes: 18, compressed: 50, uncompressed: 100, values: 7, ..PageHeader::default() };
        assert_eq!(header, expected);
        assert!(!header.is_dictionary_coded());
        assert!((0..bytes.len()).all(|length| PageHeader::parse(&bytes[..length]).is_err()));
    }
}
