//! The ways in which the same rows can stand in a file.

/// How rows are laid out in files.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The kind of file.
    pub format: Format,
    /// The Arrow type of texts.
    pub texts: Texts,
    /// Rows per file: one file is cut into several of so many rows, in order. `None` leaves it whole.
    pub cut: Option<usize>,
}

impl Layout {
    /// Returns the layout of a Parquet file with plain Arrow strings, whole.
    #[must_use]
    pub fn parquet(parquet: Parquet) -> Self {
        Self { format: Format::Parquet(parquet), texts: Texts::Utf8, cut: None }
    }
}

/// The kind of file.
#[derive(Clone, Debug)]
pub enum Format {
    /// Parquet.
    Parquet(Parquet),
    /// Arrow IPC with a footer.
    ArrowFile {
        /// Rows per record batch.
        batch_rows: usize,
        /// Compress the buffers.
        zstd: bool,
    },
    /// Arrow IPC as a stream.
    ArrowStream {
        /// Rows per record batch.
        batch_rows: usize,
        /// Compress the buffers.
        zstd: bool,
    },
}

/// Knobs of a Parquet file.
#[derive(Clone, Debug)]
pub struct Parquet {
    /// Dictionary encoding.
    pub dictionary: Dictionary,
    /// Data pages of version 2, and the encodings that come with them.
    pub version_2: bool,
    /// Rows per data page, at most.
    pub page_rows: usize,
    /// Rows per row group, at most.
    pub group_rows: usize,
    /// Compress pages.
    pub zstd: bool,
    /// What the footer says about values.
    pub statistics: Statistics,
}

impl Default for Parquet {
    /// What the library writes without settings, all rows in one row group.
    fn default() -> Self {
        Self {
            dictionary: Dictionary::On,
            version_2: false,
            page_rows: 20_000,
            group_rows: 1 << 20,
            zstd: false,
            statistics: Statistics::Full,
        }
    }
}

/// Dictionary encoding of a Parquet file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dictionary {
    /// Wherever it fits.
    On,
    /// Nowhere.
    Off,
    /// The dictionary is full after a few values, and the rest of the chunk is not coded by it.
    Fallback,
}

/// What a Parquet footer says about values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistics {
    /// Nothing.
    None,
    /// The exact least and greatest value.
    Full,
    /// Bounds of so many bytes.
    Truncated(usize),
}

/// The Arrow type of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// `Utf8`.
    Utf8,
    /// `LargeUtf8`.
    LargeUtf8,
    /// `Utf8View`.
    Utf8View,
    /// `Dictionary<Int32, Utf8>`.
    Dictionary,
}
