//! The Thrift compact protocol, as far as Parquet's footer and page headers need it.
//!
//! The `parquet` crate parses the footer, but keeps its page header parser to itself, and builds the schema recursively. So
//! this reader parses page headers, which says what is in a page before anything is decompressed, and looks over a footer
//! before the `parquet` crate sees it ([`super::footer`]).

/// The wire type of a field or list element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// A Boolean; as a field its value is in the type.
    Bool(bool),
    /// One byte.
    Byte,
    /// A zigzag integer of up to 64 bits.
    Int,
    /// Eight bytes.
    Double,
    /// Bytes with their length before them.
    Binary,
    /// A list or set.
    List,
    /// A map.
    Map,
    /// A struct.
    Struct,
    /// Sixteen bytes.
    Uuid,
}

/// Why bytes are not Thrift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They end too early.
    End,
    /// They break the protocol; the text says how.
    Invalid(&'static str),
}

impl Fault {
    /// What is wrong, as part of a sentence.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Fault::End => "it ends too early",
            Fault::Invalid(text) => text,
        }
    }
}

/// How deep structs and lists may nest in what is skipped; Parquet's own nest 7 deep.
const MAX_DEPTH: u32 = 32;

/// A reading position in Thrift bytes.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    /// All bytes.
    bytes: &'a [u8],
    /// Offset of the next byte.
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the first of `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The next byte.
    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = *self.bytes.get(self.at).ok_or(Fault::End)?;
        self.at += 1;
        Ok(byte)
    }

    /// Passes over `count` bytes.
    fn pass(&mut self, count: usize) -> Result<(), Fault> {
        let rest = self.bytes.len() - self.at;
        if count > rest {
            return Err(Fault::End);
        }
        self.at += count;
        Ok(())
    }

    /// An unsigned variable-length integer.
    fn varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Fault::Invalid("it has an integer of more than ten bytes"))
    }

    /// A signed integer.
    pub(crate) fn int(&mut self) -> Result<i64, Fault> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A signed integer of 32 bits.
    pub(crate) fn int32(&mut self) -> Result<i32, Fault> {
        i32::try_from(self.int()?).map_err(|_| Fault::Invalid("it has an integer of more than 32 bits"))
    }

    /// A size in bytes or elements.
    fn size(&mut self) -> Result<usize, Fault> {
        usize::try_from(self.varint()?).map_err(|_| Fault::End)
    }

    /// The next field of a struct: its id and wire type; `None` at the end. `last` carries the id from field to field.
    pub(crate) fn field(&mut self, last: &mut i16) -> Result<Option<(i16, Wire)>, Fault> {
        let head = self.byte()?;
        if head & 0x0f == 0 {
            return Ok(None);
        }
        let delta = i16::from(head >> 4);
        *last = if delta == 0 {
            i16::try_from(self.int()?).map_err(|_| Fault::Invalid("it has a field id of more than 16 bits"))?
        } else {
            last.checked_add(delta).ok_or(Fault::Invalid("it has a field id of more than 16 bits"))?
        };
        Ok(Some((*last, wire(head & 0x0f)?)))
    }

    /// The head of a list: its length and element type. The length is at most the bytes left.
    pub(crate) fn list(&mut self) -> Result<(usize, Wire), Fault> {
        let head = self.byte()?;
        if head == 0 {
            // Some writers give an empty list no element type.
            return Ok((0, Wire::Byte));
        }
        let short = usize::from(head >> 4);
        let length = if short == 15 { self.size()? } else { short };
        if length > self.bytes.len() - self.at {
            return Err(Fault::Invalid("it has a list that is longer than its bytes"));
        }
        Ok((length, wire(head & 0x0f)?))
    }

    /// Passes over a field value of type `wire`.
    pub(crate) fn skip(&mut self, wire: Wire) -> Result<(), Fault> {
        if let Wire::Bool(_) = wire {
            return Ok(());
        }
        self.skip_nested(wire, MAX_DEPTH)
    }

    /// Passes over a value of type `wire`; a Boolean has a byte here, as it has in lists and maps.
    fn skip_nested(&mut self, wire: Wire, depth: u32) -> Result<(), Fault> {
        let deeper = depth.checked_sub(1).ok_or(Fault::Invalid("it nests too deep"))?;
        match wire {
            Wire::Bool(_) | Wire::Byte => self.pass(1),
            Wire::Int => self.varint().map(|_| ()),
            Wire::Double => self.pass(8),
            Wire::Uuid => self.pass(16),
            Wire::Binary => self.size().and_then(|length| self.pass(length)),
            Wire::List => {
                let (length, element) = self.list()?;
                (0..length).try_for_each(|_| self.skip_nested(element, deeper))
            }
            Wire::Map => {
                let length = self.size()?;
                if length == 0 {
                    return Ok(());
                }
                let types = self.byte()?;
                let (key, value) = (element(types >> 4)?, element(types & 0x0f)?);
                for _ in 0..length {
                    self.skip_nested(key, deeper)?;
                    self.skip_nested(value, deeper)?;
                }
                Ok(())
            }
            Wire::Struct => {
                let mut last = 0;
                while let Some((_, wire)) = self.field(&mut last)? {
                    if !matches!(wire, Wire::Bool(_)) {
                        self.skip_nested(wire, deeper)?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// The wire type with number `code`.
fn wire(code: u8) -> Result<Wire, Fault> {
    match code {
        1 => Ok(Wire::Bool(true)),
        2 => Ok(Wire::Bool(false)),
        3 => Ok(Wire::Byte),
        4..=6 => Ok(Wire::Int),
        7 => Ok(Wire::Double),
        8 => Ok(Wire::Binary),
        9 | 10 => Ok(Wire::List),
        11 => Ok(Wire::Map),
        12 => Ok(Wire::Struct),
        13 => Ok(Wire::Uuid),
        _ => Err(Fault::Invalid("it has an unknown type")),
    }
}

/// The wire type of map keys and values with number `code`.
fn element(code: u8) -> Result<Wire, Fault> {
    wire(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_and_fields_read_as_the_protocol_says() {
        let mut reader = Reader::new(&[0x15, 0x02, 0x15, 0x01, 0x11, 0x22, 0x00]);
        let mut last = 0;
        assert_eq!(reader.field(&mut last), Ok(Some((1, Wire::Int))));
        assert_eq!(reader.int32(), Ok(1));
        assert_eq!(reader.field(&mut last), Ok(Some((2, Wire::Int))));
        assert_eq!(reader.int(), Ok(-1));
        assert_eq!(reader.field(&mut last), Ok(Some((3, Wire::Bool(true)))));
        assert_eq!(reader.field(&mut last), Ok(Some((5, Wire::Bool(false)))));
        assert_eq!(reader.field(&mut last), Ok(None));
        assert_eq!(reader.position(), 7);
        assert_eq!(reader.field(&mut last), Err(Fault::End));
    }

    #[test]
    fn hostile_sizes_and_nesting_are_refused() {
        assert_eq!(Reader::new(&[0xff; 12]).varint(), Err(Fault::Invalid("it has an integer of more than ten bytes")));
        let long = [0xf5, 0xff, 0xff, 0xff, 0x7f];
        assert!(matches!(Reader::new(&long).list(), Err(Fault::Invalid(_))));
        assert_eq!(Reader::new(&[0xff, 0xff, 0x7f]).skip(Wire::Binary), Err(Fault::End));
        assert!(matches!(Reader::new(&[0x1c; 1000]).skip(Wire::Struct), Err(Fault::Invalid("it nests too deep"))));
        assert!(matches!(Reader::new(&[0x19; 1000]).skip(Wire::List), Err(Fault::Invalid("it nests too deep"))));
    }

    proptest! {
        #[test]
        fn any_bytes_end_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut reader = Reader::new(&bytes);
            let _ = reader.skip(Wire::Struct);
            prop_assert!(reader.position() <= bytes.len());
        }
    }
}
