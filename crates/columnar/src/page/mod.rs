//! Pages as a search sees them: bytes to look into, and the way from hits to rows and values.
//!
//! A column chunk is a run of pages. Its values are either in the page itself or in a dictionary that comes first, and the
//! page has codes. A searcher does not need to know: it searches [`PageView::haystack`] of every page and hands the hits
//! back, and gets rows.
//!
//! ```no_run
//! # use retrohunt_columnar::{ColumnId, DataFile, Error, RowHit};
//! # fn search(haystack: &[u8]) -> Vec<(u32, u32)> { Vec::new() }
//! # fn scan(file: &DataFile, column: ColumnId) -> Result<(), Error> {
//! let mut rows: Vec<RowHit> = Vec::new();
//! if let Some(mut cursor) = file.pages(0, column)? {
//!     while let Some(mut page) = cursor.next()? {
//!         let hits = search(page.haystack());
//!         page.rows_of(&hits, &mut rows)?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub(crate) mod data;
pub(crate) mod dictionary;
pub(crate) mod layout;
pub(crate) mod state;
pub(crate) mod validity;

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use arrow_array::StringArray;
use arrow_array::builder::StringBuilder;
use roaring::RoaringBitmap;

use crate::error::Error;
use crate::ipc::pages::IpcPages;
use crate::parquet::cursor::ParquetPages;
use state::PageState;

/// A row that was hit, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowHit {
    /// The row, counted from zero in its row group.
    pub row: u32,
    /// The tag of the hit, as it was given to [`PageView::rows_of`].
    pub tag: u32,
}

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// The distinct values that the codes of later pages stand for. It has bytes but no rows.
    Dictionary,
    /// Rows whose values are codes into the dictionary. It has rows but no bytes.
    Codes,
    /// Rows and the bytes of their values.
    Values,
}

/// Where a page is, for messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The file.
    pub(crate) path: &'a Path,
    /// The row group.
    pub(crate) row_group: usize,
    /// The column's dotted name.
    pub(crate) column: &'a str,
}

impl Place<'_> {
    /// `error`, with this place in it, at page `page`.
    pub(crate) fn locate(&self, error: Error, page: usize) -> Error {
        error.in_file(self.path).in_row_group(self.row_group).in_column(self.column).in_page(page)
    }

    /// A [`crate::ErrorKind::Damaged`] error at page `page` that says `message`.
    pub(crate) fn damaged(&self, message: impl Into<String>, page: usize) -> Error {
        self.locate(Error::damaged(message), page)
    }
}

/// Goes through the pages of one column in one row group, one page in memory at a time.
pub struct PageCursor<'a> {
    /// Where the pages come from.
    pages: Pages<'a>,
    /// Where the column is.
    place: Place<'a>,
    /// The page in memory.
    state: Box<PageState>,
    /// An error ended the run.
    failed: bool,
}

/// Where pages come from.
pub(crate) enum Pages<'a> {
    /// A Parquet column chunk.
    Parquet(Box<ParquetPages<'a>>),
    /// A column of an Arrow record batch.
    Ipc(IpcPages<'a>),
}

impl<'a> PageCursor<'a> {
    /// A cursor before the first of `pages`, which are at `place`.
    pub(crate) fn new(pages: Pages<'a>, place: Place<'a>) -> Self {
        let spare = SPARE.try_with(|spare| spare.borrow_mut().pop());
        let mut state = spare.ok().flatten().unwrap_or_default();
        state.clear();
        Self { pages, place, state, failed: false }
    }

    /// The values of `rows`, ascending, one entry per row and null for ∅, read from the pages that hold one of them and no others; `None`
    /// if a page has an encoding that is not understood here, or the cursor is not over Parquet: then the column has to be decoded.
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next) and [`PageView::values`].
    pub(crate) fn lookup(mut self, rows: &'a RoaringBitmap) -> Result<Option<StringArray>, Error> {
        let Pages::Parquet(pages) = &mut self.pages else { return Ok(None) };
        pages.only(rows);
        let mut values = StringBuilder::new();
        while let Some(mut page) = self.next()? {
            if page.opaque() {
                return Ok(None);
            }
            page.values(rows, &mut values)?;
        }
        Ok(Some(values.finish()))
    }

    /// The next page; `None` after the last. The page before is dropped from memory.
    ///
    /// Pages that cannot have a hit are passed over unread: pages of codes if no value of the dictionary was hit. So hits in a
    /// dictionary must be given to its [`PageView::rows_of`] before this is called again.
    ///
    /// # Errors
    ///
    /// If the page is damaged or uses a codec that is not supported, or the file changed while it was read; the error names
    /// file, row group, column and page. After an error there are no more pages.
    #[expect(
        clippy::should_implement_trait,
        reason = "a page borrows from its cursor, which an iterator cannot express"
    )]
    pub fn next(&mut self) -> Result<Option<PageView<'_>>, Error> {
        if self.failed {
            return Ok(None);
        }
        let page = match &mut self.pages {
            Pages::Parquet(pages) => pages.next(&mut self.state, &self.place),
            Pages::Ipc(pages) => pages.next(&mut self.state, &self.place),
        };
        match page {
            Ok(true) => Ok(Some(PageView { state: &mut self.state, place: &self.place })),
            Ok(false) => Ok(None),
            Err(error) => {
                self.failed = true;
                Err(error)
            }
        }
    }
}

/// Page buffers kept per thread for the next cursor; more than a few are never in use at a time.
const SPARE_STATES: usize = 4;

/// Buffers above this size in bytes are given back to the system rather than kept.
const SPARE_BYTES: usize = 16 << 20;

thread_local! {
    /// Page buffers of finished cursors. Fresh memory costs a page fault per 4 KiB, which for a page of codes or of barely
    /// compressed text is as much as decompressing it.
    #[expect(clippy::vec_box, reason = "a cursor holds its state as a box, which moves in and out as it is")]
    static SPARE: RefCell<Vec<Box<PageState>>> = const { RefCell::new(Vec::new()) };
}

impl Drop for PageCursor<'_> {
    fn drop(&mut self) {
        let mut state = std::mem::take(&mut self.state);
        state.clear();
        if state.memory() <= SPARE_BYTES {
            // The thread may be ending, its buffers already gone: then this one goes, too.
            let _ = SPARE.try_with(|spare| {
                let mut spare = spare.borrow_mut();
                if spare.len() < SPARE_STATES {
                    spare.push(state);
                }
            });
        }
    }
}

/// Most bytes of text that are copied out of a column's pages for one caller.
const MOST_COPIED: usize = 1 << 30;

/// One page in memory.
pub struct PageView<'p> {
    /// The page.
    state: &'p mut PageState,
    /// Where it is.
    place: &'p Place<'p>,
}

impl PageView<'_> {
    /// What the page is.
    #[must_use]
    pub fn kind(&self) -> PageKind {
        self.state.kind
    }

    /// The bytes to search: the values one after the other, with the lengths between them if the file has them there.
    ///
    /// Empty for a page of codes. A hit may start in a length (it is dropped by [`rows_of`](Self::rows_of)) or span two
    /// values (it counts for the one it starts in, and is false: candidates are to be verified).
    #[must_use]
    pub fn haystack(&self) -> &[u8] {
        self.state.haystack()
    }

    /// True if the bytes of some value are not the text that it stands for, so that the absence of a hit proves nothing: all
    /// [`rows`](Self::rows) of the page are candidates. Binary that is not UTF-8 (its text is hexadecimal), and encodings that
    /// are not understood here.
    #[must_use]
    pub fn opaque(&self) -> bool {
        self.state.opaque()
    }

    /// The rows of the page, counted from zero in the row group; empty for a dictionary.
    #[must_use]
    pub fn rows(&self) -> Range<u32> {
        self.state.rows()
    }

    /// Appends to `out` the rows of this page that `hits` fall into, ascending; a row appears once per tag and run of hits.
    ///
    /// `hits` are (offset into [`haystack`](Self::haystack), tag) in ascending order of offset. For a dictionary nothing is
    /// appended; the hits are remembered, and the rows come from the following pages of codes, which are given no hits.
    /// Rows without a value (∅) are never hit.
    ///
    /// # Errors
    ///
    /// If the lengths in the page, up to the last hit, are damaged.
    pub fn rows_of(&mut self, hits: &[(u32, u32)], out: &mut Vec<RowHit>) -> Result<(), Error> {
        self.state.rows_of(hits, out).map_err(|message| self.place.damaged(message, self.state.page))
    }

    /// Appends to `builder` the values of those `rows` that are in this page, ascending: one entry per row, null for ∅ (§4.1.4:
    /// an empty text is ∅). Rows of other pages are passed over.
    ///
    /// # Errors
    ///
    /// If the page is damaged, or has an encoding that is not understood here (see [`opaque`](Self::opaque)); then the column
    /// has to be decoded by [`crate::DataFile::read`]. `builder` may have got some of the values.
    pub fn values(&mut self, rows: &RoaringBitmap, builder: &mut StringBuilder) -> Result<(), Error> {
        for row in rows.range(self.rows()) {
            let held = builder.values_slice().len();
            match self.value_of(row)? {
                // A small page of codes can stand for any amount of text.
                Some(text) if held + text.len() > MOST_COPIED => {
                    let message = format!("its rows have more than {MOST_COPIED} bytes of text together");
                    return Err(self.place.damaged(message, self.state.page));
                }
                Some(text) => builder.append_value(text),
                None => builder.append_null(),
            }
        }
        Ok(())
    }

    /// The value of `row` (counted in the row group) as text; `None` if it is ∅ or not in this page. Cheapest in ascending order.
    ///
    /// # Errors
    ///
    /// As for [`values`](Self::values).
    pub fn value_of(&mut self, row: u32) -> Result<Option<Cow<'_, str>>, Error> {
        let Self { state, place } = self;
        let page = state.page;
        state.text_of(row).map_err(|message| place.damaged(message, page))
    }
}
