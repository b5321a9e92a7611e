//! Bytes of a file: mapped into memory, or read at positions. All `unsafe` code of the crate is in this folder.
//!
//! A mapped file is handed out as [`bytes::Bytes`] without copying. Mapping has one danger that reading has not: when the file
//! becomes shorter, touching the lost part raises SIGBUS, which kills a process by default. [`fault`] catches that signal,
//! puts zeros where the file was and marks the mapping *poisoned*; readers look at [`Source::poisoned`] after they used the
//! bytes and discard what they made of them. A file that is rewritten in place while it is mapped can show either version of
//! its bytes; every consumer in this crate checks lengths where it uses them.

mod fault;

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use memmap2::{Mmap, UncheckedAdvice};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::error::{Error, ErrorKind};

/// The bytes of one file, cheap to clone.
#[derive(Clone)]
pub(crate) struct Source(Arc<Inner>);

/// How the bytes of a [`Source`] are reached.
enum Inner {
    /// The whole file is mapped; `bytes` borrows from `mapping`, which both keep alive.
    Mapped {
        /// All bytes of the file.
        bytes: Bytes,
        /// The mapping behind them.
        mapping: Arc<Mapping>,
        /// The open file, to see whether it was cut.
        file: File,
    },
    /// Ranges are read on demand.
    Positioned {
        /// The open file.
        file: File,
        /// Its length in bytes when it was opened.
        length: u64,
    },
}

/// A read-only mapping that is known to the fault handler while it lives.
struct Mapping {
    /// The mapped file.
    map: Mmap,
    /// Its place in the handler's registry; freed before `map` is unmapped.
    slot: fault::Slot,
}

impl AsRef<[u8]> for Mapping {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

/// Shares one [`Mapping`] with the [`Bytes`] made from it.
struct Owner(Arc<Mapping>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl Source {
    /// The bytes of the file `path`, mapped if `mmap` and if the system allows it, else read on demand.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened or is not a regular file. The error has no path yet.
    pub(crate) fn open(path: &Path, mmap: bool) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::io("open it", &error))?;
        let metadata = file.metadata().map_err(|error| Error::io("read its size", &error))?;
        if !metadata.is_file() {
            return Err(Error::new(ErrorKind::Io, "not a regular file; name a file, a directory or a pattern"));
        }
        let length = metadata.len();
        let mapped = if mmap { Self::map(&file) } else { None };
        Ok(Self(Arc::new(match mapped {
            Some((bytes, mapping)) => Inner::Mapped { bytes, mapping, file },
            None => Inner::Positioned { file, length },
        })))
    }

    /// A mapping of `file`; `None` where it cannot be mapped (empty, a pipe-like file system) or cannot be guarded.
    fn map(file: &File) -> Option<(Bytes, Arc<Mapping>)> {
        if !fault::install() {
            return None;
        }
        // SAFETY: the mapping is read-only and private to this process. `memmap2` asks that the file not be changed while
        // it is mapped, which nobody can promise for an archive. A shorter file is handled by `fault`, which keeps every
        // page readable. A file rewritten in place changes bytes under us; these bytes are only read as plain `u8` and
        // checked where they are used as lengths, and the results are the caller's risk (documented at `OpenOptions`).
        let map = unsafe { Mmap::map(file) }.ok()?;
        let slot = fault::Slot::register(map.as_ptr().expose_provenance(), map.len())?;
        let mapping = Arc::new(Mapping { map, slot });
        let bytes = Bytes::from_owner(Owner(Arc::clone(&mapping)));
        Some((bytes, mapping))
    }

    /// The length of the file in bytes, as it was when it was opened.
    pub(crate) fn length(&self) -> u64 {
        match &*self.0 {
            Inner::Mapped { bytes, .. } => bytes.len() as u64,
            Inner::Positioned { length, .. } => *length,
        }
    }

    /// The `length` bytes from `offset` on: borrowed from the mapping, or read into memory.
    ///
    /// # Errors
    ///
    /// If the range is not within the file, or reading fails.
    pub(crate) fn bytes(&self, offset: u64, length: usize) -> Result<Bytes, Error> {
        let end = offset.checked_add(length as u64).filter(|end| *end <= self.length());
        let Some(end) = end else {
            let have = self.length();
            return Err(Error::damaged(format!(
                "{length} bytes at offset {offset} are claimed, but the file has {have}"
            )));
        };
        match &*self.0 {
            Inner::Mapped { bytes, .. } => {
                let range = usize::try_from(offset).ok().zip(usize::try_from(end).ok());
                let (start, end) = range.ok_or_else(|| Error::damaged("an offset is beyond the address space"))?;
                Ok(bytes.slice(start..end))
            }
            Inner::Positioned { file, .. } => {
                let mut buffer = vec![0; length];
                file.read_exact_at(&mut buffer, offset).map_err(|error| Error::io("read it", &error))?;
                Ok(Bytes::from(buffer))
            }
        }
    }

    /// True once a fault was caught on the mapping: bytes read since then may be zeros that the file does not have.
    pub(crate) fn poisoned(&self) -> bool {
        match &*self.0 {
            // A file that was cut within a page of the system reads as zeros up to the page's end, without a fault.
            Inner::Mapped { mapping, file, bytes } => {
                mapping.slot.poisoned() || file.metadata().map_or(true, |now| now.len() < bytes.len() as u64)
            }
            Inner::Positioned { .. } => false,
        }
    }

    /// `Err` once the mapping is [`poisoned`](Self::poisoned).
    pub(crate) fn intact(&self) -> Result<(), Error> {
        if self.poisoned() { Err(Error::changed()) } else { Ok(()) }
    }

    /// True if the bytes are mapped rather than read.
    pub(crate) fn is_mapped(&self) -> bool {
        matches!(&*self.0, Inner::Mapped { .. })
    }

    /// Tells the system that the bytes of `range` are not needed soon, so that they leave resident memory.
    ///
    /// They stay readable. Only whole pages within the range are released. Failure is ignored: it is advice.
    pub(crate) fn release(&self, range: Range<u64>) {
        let Inner::Mapped { mapping, .. } = &*self.0 else { return };
        let length = mapping.map.len();
        let clamp = |at: u64| usize::try_from(at).unwrap_or(length).min(length);
        let (start, end) = (clamp(range.start), clamp(range.end));
        if start < end {
            // SAFETY: the mapping is a shared, read-only mapping of a file (or zeros that `fault` put there, which come back
            // as zeros), so dropping its pages loses nothing: the next access reads them again. No memory is written.
            let _ = unsafe { mapping.map.unchecked_advise_range(UncheckedAdvice::DontNeed, start, end - start) };
        }
    }
}

/// `error` as the `parquet` crate's error.
fn to_parquet(error: &Error) -> ParquetError {
    ParquetError::General(error.message().to_owned())
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length()
    }
}

impl ChunkReader for Source {
    type T = SourceReader;

    fn get_read(&self, start: u64) -> Result<SourceReader, ParquetError> {
        if self.is_mapped() {
            let length = self.length().saturating_sub(start);
            let length = usize::try_from(length).map_err(|_| ParquetError::EOF("file too long".to_owned()))?;
            return Ok(SourceReader::Mapped(self.bytes(start, length).map_err(|e| to_parquet(&e))?.reader()));
        }
        Ok(SourceReader::Positioned { source: self.clone(), offset: start, window: Bytes::new() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.bytes(start, length).map_err(|error| to_parquet(&error))
    }
}

/// Bytes that a positioned reader fetches at a time; page headers, its only use, are a few dozen bytes.
const READ_AHEAD: u64 = 8 << 10;

/// Sequential reading of a [`Source`] from some offset on.
pub(crate) enum SourceReader {
    /// Straight from the mapping.
    Mapped(bytes::buf::Reader<Bytes>),
    /// In windows of [`READ_AHEAD`] bytes.
    Positioned {
        /// The file.
        source: Source,
        /// Where the next window begins.
        offset: u64,
        /// What was fetched and not yet read.
        window: Bytes,
    },
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            SourceReader::Mapped(reader) => reader.read(buffer),
            SourceReader::Positioned { source, offset, window } => {
                if window.is_empty() {
                    let length = source.length().saturating_sub(*offset).min(READ_AHEAD);
                    let wanted = usize::try_from(length).unwrap_or(0);
                    *window =
                        source.bytes(*offset, wanted).map_err(|e| std::io::Error::other(e.message().to_owned()))?;
                    *offset += length;
                }
                let count = window.len().min(buffer.len());
                buffer[..count].copy_from_slice(&window[..count]);
                window.advance(count);
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of `length` bytes, each the low byte of its offset.
    fn file(length: usize) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..length).map(|i| u8::try_from(i & 0xff).unwrap()).collect();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn mapped_and_positioned_reads_agree() {
        let file = file(100_000);
        let mapped = Source::open(file.path(), true).unwrap();
        let positioned = Source::open(file.path(), false).unwrap();
        assert!(mapped.is_mapped() && !positioned.is_mapped());
        for (offset, length) in [(0, 0), (0, 100_000), (99_999, 1), (100_000, 0), (4095, 8194)] {
            assert_eq!(mapped.bytes(offset, length).unwrap(), positioned.bytes(offset, length).unwrap());
        }
        for (offset, length) in [(0, 100_001), (100_000, 1), (u64::MAX, 2), (u64::MAX, usize::MAX)] {
            assert_eq!(mapped.bytes(offset, length).unwrap_err().kind(), ErrorKind::Damaged);
            assert_eq!(positioned.bytes(offset, length).unwrap_err().kind(), ErrorKind::Damaged);
        }
        let mut all = [Vec::new(), Vec::new()];
        mapped.get_read(70_000).unwrap().read_to_end(&mut all[0]).unwrap();
        positioned.get_read(70_000).unwrap().read_to_end(&mut all[1]).unwrap();
        assert_eq!(all[0].len(), 30_000);
        assert_eq!(all[0], all[1]);
    }

    #[test]
    fn released_bytes_stay_readable() {
        let file = file(50_000);
        let source = Source::open(file.path(), true).unwrap();
        let bytes = source.bytes(0, 50_000).unwrap();
        source.release(0..50_000);
        source.release(10..u64::MAX);
        #[expect(clippy::reversed_empty_ranges, reason = "a hostile range must be harmless")]
        source.release(40..3);
        assert_eq!(bytes[49_999], 0x4f);
        assert!(!source.poisoned());
    }

    #[test]
    fn a_file_that_becomes_shorter_poisons_its_mapping_and_kills_nobody() {
        let (file, other) = (file(1 << 20), file(1 << 16));
        let source = Source::open(file.path(), true).unwrap();
        let untouched = Source::open(other.path(), true).unwrap();
        let bytes = source.bytes(0, 1 << 20).unwrap();
        assert_eq!(bytes[700_000], 0x60);
        std::fs::File::options().write(true).open(file.path()).unwrap().set_len(4096).unwrap();
        let sum: u64 = bytes[500_000..].iter().map(|b| u64::from(*b)).sum();
        assert_eq!(sum, 0, "the lost part reads as zeros");
        assert!(source.poisoned());
        assert_eq!(source.intact().unwrap_err().kind(), ErrorKind::Changed);
        assert_eq!(bytes[100], 100, "what the file still has is still there");
        assert!(bytes[4096..500_000].iter().all(|b| *b == 0));
        assert!(!untouched.poisoned());
    }

    #[test]
    fn a_cut_within_a_page_of_the_system_is_noticed_although_nothing_faults() {
        let file = file(4096 + 3000);
        let source = Source::open(file.path(), true).unwrap();
        let bytes = source.bytes(0, 4096 + 3000).unwrap();
        assert!(!source.poisoned());
        std::fs::File::options().write(true).open(file.path()).unwrap().set_len(4096 + 1000).unwrap();
        assert!(bytes[4096 + 1000..].iter().all(|b| *b == 0), "the lost part reads as zeros");
        assert!(source.poisoned());
    }

    #[test]
    fn positioned_reads_of_a_file_that_became_shorter_fail() {
        let file = file(10_000);
        let source = Source::open(file.path(), false).unwrap();
        std::fs::File::options().write(true).open(file.path()).unwrap().set_len(100).unwrap();
        assert_eq!(source.bytes(5000, 10).unwrap_err().kind(), ErrorKind::Changed);
    }

    #[test]
    fn a_missing_file_and_a_directory_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Source::open(&dir.path().join("no"), true).err().unwrap().kind(), ErrorKind::NotFound);
        assert_eq!(Source::open(dir.path(), true).err().unwrap().kind(), ErrorKind::Io);
    }
}
