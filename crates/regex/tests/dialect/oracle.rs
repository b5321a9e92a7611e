//! PCRE2 in UTF mode without Unicode properties, case restricted to ASCII with ASCII.

/// Returns the pattern as PCRE2 compiles it, or `None` if it does not.
pub(crate) fn compile(pattern: &str) -> Option<pcre2::bytes::Regex> {
    // `(?r)` is PCRE2_EXTRA_CASELESS_RESTRICT, §2.6. Automatic possessification takes `.` and `\R` for disjoint, so that
    // `.*\R` does not match a lone CR, against PCRE2's own documentation.
    pcre2::bytes::RegexBuilder::new().utf(true).build(&format!("(*NO_AUTO_POSSESS)(?r){pattern}")).ok()
}

/// Returns whether PCRE2 finds a match; `None` if it gave up.
pub(crate) fn is_match(regex: &pcre2::bytes::Regex, haystack: &str) -> Option<bool> {
    regex.is_match(haystack.as_bytes()).ok()
}
