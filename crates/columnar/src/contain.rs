//! Runs a foreign decoder so that its panic becomes an error.
//!
//! The `parquet` and `arrow` crates check most of what a file claims, but not all of it: a hostile or damaged file can still
//! reach an index or an `unwrap` in them. A scan over an archive must name such a file and go on, so every call into their
//! decoders goes through here. What they allocate stays bounded, because sizes are checked before they are called. The panic
//! message itself goes to the process's panic hook, as any panic does.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;

/// The result of `decode`; a panic in it is a [`crate::ErrorKind::Damaged`] error that quotes the panic.
///
/// What `decode` borrows must not be used after an error unless it is plain data: a panic can leave it half changed. All
/// callers drop the decoder.
pub(crate) fn contain<T, E: std::fmt::Display>(decode: impl FnOnce() -> Result<T, E>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Error::damaged(error.to_string())),
        Err(panic) => Err(Error::damaged(format!("the data is damaged in a way that stopped its decoder: {}", text(&*panic)))),
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
        assert_eq!(contain(|| Err::<(), _>("plain")).unwrap_err().message(), "plain");
    }
}
