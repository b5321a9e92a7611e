//! PCRE2 in UTF mode without Unicode properties, case restricted to ASCII with ASCII.

use retrohunt_regex::{Captures, Regex};

/// Returns the pattern as PCRE2 compiles it, or `None` if it does not.
pub(crate) fn compile(pattern: &str) -> Option<pcre2::bytes::Regex> {
    // `(?r)` is PCRE2_EXTRA_CASELESS_RESTRICT, §2.6. Automatic possessification takes `.` and `\R` for disjoint, so that
    // `.*\R` does not match a lone CR, against PCRE2's own documentation. The group in front does nothing but make PCRE2
    // look further back than it believes it must: behind a start at 2, `(?<=\ba)` takes place 1 for the start of the text.
    let pattern = format!("(*NO_AUTO_POSSESS)(?:(?<=(?s:.{{16}}))|)(?r){pattern}");
    pcre2::bytes::RegexBuilder::new().utf(true).build(&pattern).ok()
}

/// Returns whether PCRE2 finds a match; `None` if it gave up.
pub(crate) fn is_match(regex: &pcre2::bytes::Regex, haystack: &str) -> Option<bool> {
    regex.is_match(haystack.as_bytes()).ok()
}

/// Where the groups of one match stand; group 0 is the whole match.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// Returns all matches as PCRE2 finds them, each search beginning where the one before ended, or one character further if
/// that match was empty; `None` if it gave up.
pub(crate) fn matches(regex: &pcre2::bytes::Regex, haystack: &str) -> Option<Vec<Groups>> {
    let mut locations = regex.capture_locations();
    let (mut all, mut start) = (Vec::new(), 0);
    while start <= haystack.len() {
        let Some(found) = regex.captures_read_at(&mut locations, haystack.as_bytes(), start).ok()? else { break };
        all.push((0..locations.len()).map(|group| locations.get(group)).collect());
        start = if found.start() == found.end() {
            let next = haystack[found.end()..].chars().next();
            found.end() + next.map_or(1, char::len_utf8)
        } else {
            found.end()
        };
    }
    Some(all)
}

/// Returns all matches as we find them; `None` if undecided.
pub(crate) fn our_matches(regex: &Regex, haystack: &str) -> Option<Vec<Groups>> {
    let mut captures = Captures::new();
    let (mut all, mut matches) = (Vec::new(), regex.matches(haystack));
    while matches.advance(&mut captures).ok()? {
        let group = |index| captures.group(index).map(|place| (place.start, place.end));
        all.push((0..captures.len()).map(group).collect());
    }
    Some(all)
}
