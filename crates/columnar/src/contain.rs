//! Runs a foreign decoder so that its panic becomes an error.
//!
//! The `parquet` and `arrow` crates check most of what a file claims, but not all of it: a hostile or damaged file can still
//! reach an index, a division or an `unwrap` in them (mutated files do, a few in ten thousand). A scan over an archive must name
//! such a file and go on, so every call into their decoders goes through here. What they allocate stays bounded, because sizes
//! are checked before they are called.
//!
//! The panic's message becomes part of the error, so it is not printed as well: on first use a panic hook is put before the one
//! that is there, which stays silent for panics that are caught here and passes on all others.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::error::Error;

thread_local! {
    /// How many calls of [`contain`] this thread is in.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Puts the silencing hook in place, once.
static HOOK: Once = Once::new();

/// Raises [`DEPTH`] while it lives.
struct Inside;

impl Inside {
    /// Enters a contained call.
    fn enter() -> Self {
        DEPTH.with(|depth| depth.set(depth.get() + 1));
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
}

/// Puts a panic hook in front of the present one, silent for contained calls.
fn silence() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if DEPTH.try_with(Cell::get).unwrap_or(0) == 0 {
            previous(info);
        }
    }));
}

/// The result of `decode`; a panic in it is a [`crate::ErrorKind::Damaged`] error that quotes the panic.
///
/// What `decode` borrows must not be used after an error unless it is plain data: a panic can leave it half changed. All
/// callers drop the decoder.
pub(crate) fn contain<T, E: IntoError>(decode: impl FnOnce() -> Result<T, E>) -> Result<T, Error> {
    HOOK.call_once(silence);
    let result = {
        let _inside = Inside::enter();
        catch_unwind(AssertUnwindSafe(decode))
    };
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.into_error()),
        Err(panic) => {
            let message = format!("the data is damaged in a way that stopped its decoder: {}", text(&*panic));
            Err(Error::damaged(message))
        }
    }
}

/// Errors of decoders.
pub(crate) trait IntoError {
    /// This error as this crate's.
    fn into_error(self) -> Error;
}

impl IntoError for Error {
    fn into_error(self) -> Error {
        self
    }
}

impl IntoError for parquet::errors::ParquetError {
    fn into_error(self) -> Error {
        Error::damaged(self.to_string())
    }
}

impl IntoError for arrow_schema::ArrowError {
    fn into_error(self) -> Error {
        Error::damaged(self.to_string())
    }
}

/// The text that a panic was raised with.
fn text(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "no message"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_quotes_it() {
        let error = contain(|| -> Result<(), Error> { panic!("index {}", 7) }).unwrap_err();
        assert!(error.message().contains("index 7"), "{error}");
        assert_eq!(contain(|| Ok::<_, Error>(3)).unwrap(), 3);
        assert_eq!(
            contain(|| Err::<(), _>(Error::changed())).unwrap_err().kind(),
            crate::ErrorKind::Changed,
            "kept as it is"
        );
        DEPTH.with(|depth| assert_eq!(depth.get(), 0));
    }
}
