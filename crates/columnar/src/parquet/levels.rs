//! The hybrid of runs and bit-packed groups in which Parquet stores definition levels and dictionary codes.
//!
//! The data is a sequence of pieces, each with a variable-length head: an even head is a run (`head / 2` times one value, of as
//! many whole bytes as the width needs), an odd one `head / 2` groups of eight bit-packed values, least significant bit first.

use crate::page::validity::Validity;

/// A piece of the hybrid.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    /// `count` times `value`.
    Run {
        /// How often.
        count: u32,
        /// What.
        value: u32,
    },
    /// `count` values packed into `bytes`, which may hold some padding after them.
    Packed {
        /// How many.
        count: u32,
        /// Where.
        bytes: &'a [u8],
    },
}

/// Iterates over the pieces that make up a known number of values.
#[derive(Debug, Clone)]
pub(crate) struct Pieces<'a> {
    /// What is not read yet.
    bytes: &'a [u8],
    /// Bits per value, at most 32.
    width: u32,
    /// Values not read yet.
    left: u32,
}

impl<'a> Pieces<'a> {
    /// The pieces of `values` values of `width` bits (at most 32) in `bytes`.
    pub(crate) fn new(bytes: &'a [u8], width: u32, values: u32) -> Self {
        Self { bytes, width, left: values }
    }

    /// The next piece; `None` after the last value.
    ///
    /// # Errors
    ///
    /// A text if the bytes end before the values do or a head is malformed.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'a>>, &'static str> {
        loop {
            if self.left == 0 {
                return Ok(None);
            }
            let head = self.head()?;
            let count = u32::try_from(head >> 1).unwrap_or(u32::MAX);
            let piece = if head & 1 == 0 {
                let count = count.min(self.left);
                let value = self.run_value()?;
                self.left -= count;
                (count > 0).then_some(Piece::Run { count, value })
            } else {
                // Writers may cut the padding of the last group short, and some do; what is there must cover the values.
                let wanted = usize::try_from(u64::from(count) * u64::from(self.width)).unwrap_or(usize::MAX);
                let (packed, rest) = self.bytes.split_at(wanted.min(self.bytes.len()));
                let count = count.saturating_mul(8).min(self.left);
                if u64::from(count) * u64::from(self.width) > packed.len() as u64 * 8 {
                    return Err("a bit-packed group is longer than the page");
                }
                self.bytes = rest;
                self.left -= count;
                (count > 0).then_some(Piece::Packed { count, bytes: packed })
            };
            if piece.is_some() {
                return Ok(piece);
            }
        }
    }

    /// The head of a piece.
    fn head(&mut self) -> Result<u64, &'static str> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let (byte, rest) = self.bytes.split_first().ok_or("its levels or codes end too early")?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a run has a malformed length")
    }

    /// The value of a run, little-endian.
    fn run_value(&mut self) -> Result<u32, &'static str> {
        let length = usize::try_from(self.width.div_ceil(8)).unwrap_or(4);
        let bytes = self.bytes.get(..length).ok_or("its levels or codes end too early")?;
        self.bytes = &self.bytes[length..];
        Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }
}

/// Values that [`unpack`] hands over at a time: as many as a bit-packed group has, so that each group begins at a whole byte.
const GROUP: usize = 8;

/// Calls `each` with the `count` values of `width` bits (1 to 32) packed into `bytes`, in order, up to eight at a time.
///
/// `bytes` must hold at least `count * width` bits. Groups of eight without a branch in between let the processor work on
/// several values at once, which made looking through codes twice as fast as value by value.
#[inline]
pub(crate) fn unpack(bytes: &[u8], width: u32, count: u32, mut each: impl FnMut(&[u32])) {
    let width = width.clamp(1, 32);
    let mask = u64::from(u32::MAX) >> (32 - width);
    let (width, count) = (width as usize, count as usize);
    let mut group = [0; GROUP];
    // A value starts at most 7 bits into a byte and has at most 32, so eight bytes always hold it.
    let whole = (bytes.len().saturating_sub(7) / width).min(count / GROUP);
    for packed in (0..whole).map(|number| &bytes[number * width..]) {
        for (place, value) in group.iter_mut().enumerate() {
            let bit = place * width;
            let word = packed[bit >> 3..].first_chunk().copied().map_or(0, u64::from_le_bytes);
            *value = low_bits(word >> (bit & 7) & mask);
        }
        each(&group);
    }
    let mut done = whole * GROUP;
    while done < count {
        let length = GROUP.min(count - done);
        for (place, value) in group[..length].iter_mut().enumerate() {
            let bit = (done + place) * width;
            let rest = bytes.get(bit >> 3..).unwrap_or_default();
            let mut word = [0; 8];
            let present = rest.len().min(8);
            word[..present].copy_from_slice(&rest[..present]);
            *value = low_bits(u64::from_le_bytes(word) >> (bit & 7) & mask);
        }
        each(&group[..length]);
        done += length;
    }
}

/// `word`, which is masked to 32 bits.
#[inline]
fn low_bits(word: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "masked to at most 32 bits")]
    let value = word as u32;
    value
}

/// Decodes `rows` definition levels of at most `max_level` in `bytes` into `validity`, which becomes the rows that have a value.
///
/// # Errors
///
/// A text if the levels are malformed.
pub(crate) fn validity(bytes: &[u8], max_level: u32, rows: u32, validity: &mut Validity) -> Result<(), &'static str> {
    validity.clear();
    let width = u32::BITS - max_level.leading_zeros();
    let mut pieces = Pieces::new(bytes, width, rows);
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Run { count, value } => validity.push_run(value == max_level, count),
            Piece::Packed { count, bytes } if width == 1 => validity.push_bits(bytes, count),
            Piece::Packed { count, bytes } => {
                unpack(bytes, width, count, |levels| {
                    levels.iter().for_each(|level| validity.push_run(*level == max_level, 1));
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod naive {
    //! A bit-at-a-time decoder and an encoder, as oracles.

    /// The `values` values of `width` bits in the hybrid `bytes`; `None` if malformed.
    pub(crate) fn decode(bytes: &[u8], width: u32, values: usize) -> Option<Vec<u32>> {
        let (mut out, mut at) = (Vec::new(), 0);
        while out.len() < values {
            let (mut head, mut shift) = (0_u64, 0);
            loop {
                let byte = *bytes.get(at)?;
                at += 1;
                head |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            if head & 1 == 0 {
                let mut value = 0;
                for i in 0..width.div_ceil(8) {
                    value |= u32::from(*bytes.get(at)?) << (8 * i);
                    at += 1;
                }
                out.extend((0..(head >> 1).min(values as u64)).map(|_| value));
            } else {
                for i in 0..(head >> 1) * 8 {
                    let mut value = 0;
                    for bit in 0..u64::from(width) {
                        let place = i * u64::from(width) + bit;
                        let byte = bytes.get(at + usize::try_from(place / 8).unwrap()).copied().unwrap_or(0);
                        value |= u32::from(byte >> (place % 8) & 1) << bit;
                    }
                    out.push(value);
                }
                at += usize::try_from(head >> 1).unwrap() * width as usize;
            }
        }
        out.truncate(values);
        Some(out)
    }

    /// The hybrid of `values` of `width` bits, a run where `runs` says so, else groups of eight.
    pub(crate) fn encode(values: &[u32], width: u32, runs: &[bool]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = 0;
        let mut choice = runs.iter().cycle();
        while at < values.len() {
            let same = values[at..].iter().take_while(|v| **v == values[at]).count();
            if *choice.next().unwrap_or(&false) || (same > 20 && values.len() - at > 8) {
                varint(&mut out, (same as u64) << 1);
                out.extend_from_slice(&values[at].to_le_bytes()[..width.div_ceil(8) as usize]);
                at += same;
            } else {
                let group: Vec<u32> = (0..8).map(|i| values.get(at + i).copied().unwrap_or(0)).collect();
                varint(&mut out, 3);
                let mut bits = vec![0_u8; width as usize];
                for (i, value) in group.iter().enumerate() {
                    for bit in 0..width as usize {
                        let place = i * width as usize + bit;
                        bits[place / 8] |= u8::try_from(value >> bit & 1).unwrap() << (place % 8);
                    }
                }
                out.extend(bits);
                at += 8;
            }
        }
        out
    }

    /// Appends `value` as a variable-length integer.
    fn varint(out: &mut Vec<u8>, mut value: u64) {
        while value >= 0x80 {
            out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
            value >>= 7;
        }
        out.push(u8::try_from(value).unwrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All values of the hybrid by the code under test.
    fn decode(bytes: &[u8], width: u32, values: u32) -> Result<Vec<u32>, &'static str> {
        let mut out = Vec::new();
        let mut pieces = Pieces::new(bytes, width, values);
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Run { count, value } => out.extend((0..count.min(100_000)).map(|_| value)),
                Piece::Packed { count, bytes } if width > 0 => {
                    unpack(bytes, width, count, |values| out.extend_from_slice(values));
                }
                Piece::Packed { count, .. } => out.extend((0..count).map(|_| 0)),
            }
        }
        Ok(out)
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_as_the_naive_decoder_says(
            width in 1_u32..=32,
            seeds in proptest::collection::vec((any::<u32>(), 1_usize..40), 0..40),
            runs in proptest::collection::vec(any::<bool>(), 1..8),
        ) {
            let mask = u32::MAX >> (32 - width);
            let values: Vec<u32> =
                seeds.iter().flat_map(|(value, times)| std::iter::repeat_n(value & mask, *times)).collect();
            let bytes = naive::encode(&values, width, &runs);
            let count = u32::try_from(values.len()).unwrap();
            prop_assert_eq!(&naive::decode(&bytes, width, values.len()).unwrap(), &values);
            prop_assert_eq!(&decode(&bytes, width, count).unwrap(), &values);
        }

        #[test]
        fn hostile_bytes_give_an_error_or_the_asked_number(
            bytes in proptest::collection::vec(any::<u8>(), 0..60), width in 0_u32..=32, values in 0_u32..5000,
        ) {
            if let Ok(out) = decode(&bytes, width, values) {
                prop_assert_eq!(out.len(), values as usize);
            }
        }

        #[test]
        fn validity_is_the_rows_at_the_highest_level(
            max in 1_u32..5,
            levels in proptest::collection::vec(0_u32..5, 0..300),
            runs in proptest::collection::vec(any::<bool>(), 1..4),
        ) {
            let levels: Vec<u32> = levels.into_iter().map(|level| level.min(max)).collect();
            let width = u32::BITS - max.leading_zeros();
            let bytes = naive::encode(&levels, width, &runs);
            let mut out = Validity::default();
            super::validity(&bytes, max, u32::try_from(levels.len()).unwrap(), &mut out).unwrap();
            let got: Vec<bool> = (0..levels.len()).map(|row| out.is_valid(u32::try_from(row).unwrap())).collect();
            let want: Vec<bool> = levels.iter().map(|level| *level == max).collect();
            prop_assert_eq!(got, want);
        }
    }

    #[test]
    fn a_last_group_without_its_padding_is_accepted() {
        assert_eq!(decode(&[3, 0b1010_0101], 4, 2), Ok(vec![5, 10]));
        assert!(decode(&[3, 0b1010_0101], 4, 3).is_err());
        assert!(decode(&[], 1, 1).is_err());
        assert_eq!(decode(&[], 1, 0), Ok(vec![]));
    }
}
