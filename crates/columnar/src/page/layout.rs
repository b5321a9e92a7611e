//! Where the values of a page are in its bytes.

/// The bytes of one value: start and end, as offsets into its page's bytes.
pub(crate) type Span = (u32, u32);

/// How the values of a page are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// PLAIN: each value has its length before it, four bytes, little-endian.
    Prefixed,
    /// The page's list of spans says where each value is.
    Spans,
    /// Codes into the dictionary, in Parquet's hybrid of this many bits per code.
    Hybrid(u32),
    /// Codes into the dictionary, decoded.
    Codes,
    /// An encoding that is not understood here.
    Unknown,
}

/// Bytes of the length before a PLAIN value.
const PREFIX: usize = 4;

/// The message for a PLAIN value that is longer than its page.
const TOO_LONG: &str = "the length of a value is beyond the end of the page";

/// A position in a page of [`Layout::Prefixed`]: before value number `value`.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct PlainWalk {
    /// The value number.
    pub(crate) value: u32,
    /// Offset of the value's length.
    pub(crate) at: usize,
}

impl PlainWalk {
    /// The span of the value here.
    ///
    /// # Errors
    ///
    /// A text if the value does not fit into `bytes`.
    #[inline]
    pub(crate) fn span(&self, bytes: &[u8]) -> Result<(usize, usize), &'static str> {
        let start = self.at + PREFIX;
        let prefix = bytes.get(self.at..start).ok_or(TOO_LONG)?;
        let length = u32::from_le_bytes(prefix.try_into().unwrap_or_default()) as usize;
        let end = start + length;
        if end > bytes.len() { Err(TOO_LONG) } else { Ok((start, end)) }
    }

    /// Goes to the value that ends at `end`'s successor.
    #[inline]
    pub(crate) fn advance(&mut self, end: usize) {
        self.at = end;
        self.value += 1;
    }
}

/// Appends to `spans` the spans of `values` PLAIN values in `bytes`.
///
/// # Errors
///
/// A text if a value does not fit into `bytes`.
pub(crate) fn plain_spans(bytes: &[u8], values: u32, spans: &mut Vec<Span>) -> Result<(), &'static str> {
    if values as usize > bytes.len() / PREFIX {
        return Err("it has more values than bytes");
    }
    spans.reserve(values as usize);
    let mut walk = PlainWalk::default();
    while walk.value < values {
        let (start, end) = walk.span(bytes)?;
        spans.push((offset(start)?, offset(end)?));
        walk.advance(end);
    }
    Ok(())
}

/// `at` as an offset into a page.
///
/// # Errors
///
/// A text if it needs more than 32 bits.
pub(crate) fn offset(at: usize) -> Result<u32, &'static str> {
    u32::try_from(at).map_err(|_| "it is longer than 4 GiB")
}

/// The bytes of `span`, which was checked when it was made; empty if it is not within `bytes`.
#[inline]
pub(crate) fn value_at(bytes: &[u8], span: Span) -> &[u8] {
    bytes.get(span.0 as usize..span.1 as usize).unwrap_or_default()
}
