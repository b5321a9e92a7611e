//! The ways in which the same rules can run over the same rows.

use super::layout::{Dictionary, Format, Layout, Parquet, Statistics, Texts};

/// One way.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// What is special about it.
    pub name: &'static str,
    /// Everything decoded, nothing searched or pruned.
    pub plain: bool,
    /// Threads.
    pub threads: usize,
    /// No vector instructions.
    pub scalar: bool,
    /// Files mapped into memory.
    pub mmap: bool,
    /// The files.
    pub layout: Layout,
}

impl Configuration {
    /// Returns the fast path on one thread over mapped files of this layout.
    #[must_use]
    pub fn fast(name: &'static str, layout: Layout) -> Self {
        // The whole suite without vector instructions, as a run of its own.
        let scalar = std::env::var("RETROHUNT_SIMD").is_ok_and(|simd| simd == "scalar");
        Self { name, plain: false, threads: 1, scalar, mmap: true, layout }
    }

    /// The plain path instead.
    #[must_use]
    pub fn plain(self) -> Self {
        Self { plain: true, ..self }
    }

    /// Three threads instead of one.
    #[must_use]
    pub fn threads(self) -> Self {
        Self { threads: 3, ..self }
    }

    /// Without vector instructions.
    #[must_use]
    pub fn scalar(self) -> Self {
        Self { scalar: true, ..self }
    }

    /// Positioned reads instead of a mapping.
    #[must_use]
    pub fn unmapped(self) -> Self {
        Self { mmap: false, ..self }
    }

    /// Texts of another Arrow type.
    #[must_use]
    pub fn texts(mut self, texts: Texts) -> Self {
        self.layout.texts = texts;
        self
    }

    /// Files cut into files of so many rows.
    #[must_use]
    pub fn cut(mut self, rows: usize) -> Self {
        self.layout.cut = Some(rows);
        self
    }
}

/// Returns configurations in which every setting of every knob occurs, and with it the pairs of settings that share code:
/// encodings with pages of both versions, statistics with row groups small enough to be pruned, threads with cut files.
#[must_use]
pub fn covering() -> Vec<Configuration> {
    let parquet = |knobs: Parquet| Layout::parquet(knobs);
    let arrow_file =
        |batch_rows, zstd| Layout { format: Format::ArrowFile { batch_rows, zstd }, texts: Texts::Utf8, cut: None };
    let arrow_stream =
        |batch_rows, zstd| Layout { format: Format::ArrowStream { batch_rows, zstd }, texts: Texts::Utf8, cut: None };
    let base = Parquet::default();
    let off = Parquet { dictionary: Dictionary::Off, ..Parquet::default() };
    let full = Dictionary::Fallback;
    let fast = Configuration::fast;
    vec![
        fast("the writer's defaults", parquet(base.clone())),
        fast("the writer's defaults, plain", parquet(base.clone())).plain(),
        fast(
            "dictionaries, version 2, groups of two rows, zstd",
            parquet(Parquet { version_2: true, group_rows: 2, zstd: true, ..base.clone() }),
        )
        .threads(),
        fast("no dictionary, pages of one row, positioned reads", parquet(Parquet { page_rows: 1, ..off.clone() }))
            .unmapped(),
        fast(
            "no dictionary, version 2, pages of two rows, zstd, scalar",
            parquet(Parquet { version_2: true, page_rows: 2, zstd: true, ..off.clone() }),
        )
        .scalar(),
        fast(
            "a dictionary that overflows, pages of two rows",
            parquet(Parquet { dictionary: full, page_rows: 2, ..base.clone() }),
        ),
        fast(
            "a dictionary that overflows, version 2, groups of three rows, scalar",
            parquet(Parquet {
                dictionary: full,
                version_2: true,
                page_rows: 1,
                group_rows: 3,
                zstd: true,
                ..base.clone()
            }),
        )
        .scalar()
        .threads(),
        fast(
            "no statistics, groups of one row",
            parquet(Parquet { statistics: Statistics::None, group_rows: 1, ..base.clone() }),
        ),
        fast(
            "bounds of one byte, groups of one row",
            parquet(Parquet { statistics: Statistics::Truncated(1), group_rows: 1, ..off.clone() }),
        ),
        fast(
            "bounds of three bytes, groups of two rows, views",
            parquet(Parquet { statistics: Statistics::Truncated(3), group_rows: 2, ..off }),
        )
        .texts(Texts::Utf8View),
        fast("files of one row, three threads", parquet(base.clone())).cut(1).threads(),
        fast("files of two rows, plain, positioned reads", parquet(base)).cut(2).plain().unmapped(),
        fast("an Arrow file", arrow_file(1 << 20, false)),
        fast("an Arrow file, batches of two rows, zstd, positioned reads, three threads", arrow_file(2, true))
            .unmapped()
            .threads(),
        fast("an Arrow stream, batches of one row, scalar, large strings", arrow_stream(1, false))
            .scalar()
            .texts(Texts::LargeUtf8),
        fast("an Arrow stream, zstd, views", arrow_stream(3, true)).texts(Texts::Utf8View),
        fast("an Arrow file with dictionaries", arrow_file(1 << 20, false)).texts(Texts::Dictionary),
        fast("an Arrow file with views, plain", arrow_file(2, false)).texts(Texts::Utf8View).plain(),
    ]
}
