//! The warnings and notes that a pipeline gives while it runs.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: &str = $code;)+
        /// Every code of this crate with its meaning, in the order listed here.
        pub const ALL: &[(&str, &str)] = &[$(($name, concat!($($doc),+))),+];
    };
}

codes! {
    /// A function or operator met a multivalue for which it is not defined, and gave nothing (§4.5.2).
    MV_SCALAR = "W-MV-SCALAR";
}

/// Returns the code of this text, if it is one of this crate.
pub(crate) fn find(text: &str) -> Option<&'static str> {
    ALL.iter().map(|(code, _)| *code).find(|code| *code == text)
}
