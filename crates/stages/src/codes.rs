/// Returns the code of this text, if it is one of this crate.
pub(crate) fn find(text: &str) -> Option<&'static str> {
    ALL.iter().map(|(code, _)| *code).find(|code| *code == text)
}
