//! The delta encodings of byte arrays: lengths apart from bytes, and values that share a prefix with the one before.

use super::header::MAX_PAGE_BYTES;
use crate::page::layout::{Span, offset};

/// Decodes a DELTA_BINARY_PACKED sequence of at most `most` integers at the start of `bytes` into `out` (cleared first); the
/// number of bytes it takes.
///
/// # Errors
///
/// A text if the sequence is malformed.
pub(crate) fn binary_packed(bytes: &[u8], most: u32, out: &mut Vec<i64>) -> Result<usize, &'static str> {
    out.clear();
    let mut at = 0;
    let block = varint(bytes, &mut at)?;
    let miniblocks = varint(bytes, &mut at)?;
    let total = varint(bytes, &mut at)?;
    let mut value = zigzag(varint(bytes, &mut at)?);
    if miniblocks == 0 || miniblocks > 1 << 12 || block % miniblocks != 0 || block / miniblocks % 8 != 0 {
        return Err("its delta blocks are malformed");
    }
    let per_miniblock = usize::try_from(block / miniblocks).unwrap_or(0);
    if total > u64::from(most) || per_miniblock == 0 || per_miniblock > MAX_PAGE_BYTES {
        return Err("it has more lengths than values");
    }
    let mut left = usize::try_from(total).unwrap_or(0);
    if left > 0 {
        out.push(value);
        left -= 1;
    }
    while left > 0 {
        let smallest = zigzag(varint(bytes, &mut at)?);
        let count = usize::try_from(miniblocks).unwrap_or(0);
        let widths = at..at + count;
        at += count;
        for width in bytes.get(widths).ok_or("its delta blocks end too early")? {
            if left == 0 {
                break;
            }
            let width = usize::from(*width);
            let length = per_miniblock * width / 8;
            let packed = bytes.get(at..at + length).ok_or("its delta blocks end too early")?;
            if width > 64 {
                return Err("its delta blocks are malformed");
            }
            at += length;
            for i in 0..left.min(per_miniblock) {
                value = value.wrapping_add(smallest).wrapping_add(bits(packed, i * width, width).cast_signed());
                out.push(value);
            }
            left -= left.min(per_miniblock);
        }
    }
    Ok(at)
}

/// The `width` (at most 64) bits of `bytes` from bit `at` on.
fn bits(bytes: &[u8], at: usize, width: usize) -> u64 {
    let rest = bytes.get(at / 8..).unwrap_or_default();
    let mut word = [0; 16];
    let length = rest.len().min(9);
    word[..length].copy_from_slice(&rest[..length]);
    let word = u128::from_le_bytes(word) >> (at % 8);
    #[expect(clippy::cast_possible_truncation, reason = "masked to at most 64 bits")]
    let value = (word & ((1_u128 << width) - 1)) as u64;
    value
}

/// A variable-length integer at `at`, which moves past it.
fn varint(bytes: &[u8], at: &mut usize) -> Result<u64, &'static str> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at).ok_or("its delta blocks end too early")?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("its delta blocks are malformed")
}

/// The signed integer that zigzag stores as `value`.
fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Finds the values of a DELTA_LENGTH_BYTE_ARRAY body of `values` values: appends their spans to `spans`, relative to the
/// returned offset in `bytes`, where the values' own bytes begin.
///
/// # Errors
///
/// A text if lengths and bytes do not fit together.
pub(crate) fn length_byte_array(
    bytes: &[u8],
    values: u32,
    lengths: &mut Vec<i64>,
    spans: &mut Vec<Span>,
) -> Result<usize, &'static str> {
    if values == 0 {
        return Ok(bytes.len());
    }
    let start = binary_packed(bytes, values, lengths)?;
    if lengths.len() != values as usize {
        return Err("it has fewer lengths than values");
    }
    let size = bytes.len() - start;
    let mut at = 0_usize;
    for length in lengths.iter() {
        let end = usize::try_from(*length).ok().and_then(|length| at.checked_add(length)).filter(|end| *end <= size);
        let end = end.ok_or("the length of a value is beyond the end of the page")?;
        spans.push((offset(at)?, offset(end)?));
        at = end;
    }
    Ok(start)
}

/// Rebuilds the values of a DELTA_BYTE_ARRAY body of `values` values one after the other in `out`, their spans in `spans`.
///
/// # Errors
///
/// A text if the body is malformed or rebuilds to more than [`MAX_PAGE_BYTES`].
pub(crate) fn byte_array(
    bytes: &[u8],
    values: u32,
    (prefixes, lengths): (&mut Vec<i64>, &mut Vec<i64>),
    spans: &mut Vec<Span>,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    if values == 0 {
        return Ok(());
    }
    let after_prefixes = binary_packed(bytes, values, prefixes)?;
    if prefixes.len() != values as usize {
        return Err("it has fewer prefix lengths than values");
    }
    let bytes = &bytes[after_prefixes..];
    let start = length_byte_array(bytes, values, lengths, spans)?;
    let suffixes = &bytes[start..];
    let mut before = 0..0;
    for (prefix, span) in prefixes.iter().zip(spans.iter_mut()) {
        let prefix = usize::try_from(*prefix).ok().filter(|prefix| *prefix <= before.len());
        let prefix = prefix.ok_or("a prefix is longer than the value before")?;
        let suffix = &suffixes[span.0 as usize..span.1 as usize];
        let begin = out.len();
        if begin + prefix + suffix.len() > MAX_PAGE_BYTES {
            return Err("it rebuilds to more than 512 MiB; rewrite the file with smaller pages");
        }
        out.extend_from_within(before.start..before.start + prefix);
        out.extend_from_slice(suffix);
        before = begin..out.len();
        *span = (offset(before.start)?, offset(before.end)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hostile_bodies_are_errors_or_consistent(bytes in proptest::collection::vec(any::<u8>(), 0..120), values in 0_u32..50) {
            let (mut a, mut b, mut spans, mut out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            if let Ok(start) = length_byte_array(&bytes, values, &mut a, &mut spans) {
                prop_assert!(spans.iter().all(|s| s.0 <= s.1 && start + s.1 as usize <= bytes.len()));
            }
            spans.clear();
            if byte_array(&bytes, values, (&mut a, &mut b), &mut spans, &mut out).is_ok() {
                prop_assert_eq!(spans.len(), values as usize);
                prop_assert!(spans.iter().all(|s| s.0 <= s.1 && s.1 as usize <= out.len()));
            }
        }
    }

    #[test]
    fn the_example_of_the_format_decodes() {
        // Block of 128 in 4 miniblocks, 5 values, first 7, then deltas -2 1 1 1: smallest -2, two bits each: 0 3 3 3.
        let mut bytes = vec![0x80, 0x01, 4, 5, 14, 3, 2, 0, 0, 0, 0b1111_1100];
        bytes.resize(bytes.len() + 7, 0);
        let mut out = Vec::new();
        assert_eq!(binary_packed(&bytes, 5, &mut out), Ok(bytes.len()));
        assert_eq!(out, [7, 5, 6, 7, 8]);
        assert!(binary_packed(&bytes, 4, &mut out).is_err());
    }
}
