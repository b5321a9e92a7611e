//! Bytes of a page, wherever they live.

use std::ops::Deref;

use arrow_buffer::Buffer;
use bytes::Bytes;

/// Bytes that a page borrows from the file or owns.
#[derive(Debug)]
pub(crate) enum Data {
    /// Part of the mapped or read file.
    File(Bytes),
    /// Part of an Arrow array.
    Arrow(Buffer),
    /// Decompressed or rebuilt; the vector is reused from page to page.
    Owned(Vec<u8>),
}

impl Data {
    /// The owned vector, emptied, or a new one: a place to write the next page to.
    pub(crate) fn recycle(&mut self) -> Vec<u8> {
        match std::mem::take(self) {
            Data::Owned(mut vector) => {
                vector.clear();
                vector
            }
            _ => Vec::new(),
        }
    }
}

impl Default for Data {
    fn default() -> Self {
        Data::Owned(Vec::new())
    }
}

impl Deref for Data {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Data::File(bytes) => bytes,
            Data::Arrow(buffer) => buffer,
            Data::Owned(vector) => vector,
        }
    }
}
