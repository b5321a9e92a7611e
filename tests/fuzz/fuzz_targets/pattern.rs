//! Any pattern and any text, parted by the first line feed: search and captures agree, and a match holds the literals.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_regex::{Captures, Regex};

fuzz_target!(|input: &str| {
    let (pattern, text) = input.split_once('\n').unwrap_or((input, input));
    let Ok((regex, _)) = Regex::new(pattern) else { return };
    let found = regex.try_match(text.as_bytes());
    assert!(!regex.is_regular() || found.is_ok(), "a regular pattern was undecided");
    if found == Ok(true) {
        assert!(regex.required().holds_in(text.as_bytes()), "{:?} is not in the match", regex.required().to_string());
    }
    let mut captures = Captures::new();
    let captured = regex.captures_at(text, 0, &mut captures);
    if let (Ok(found), Ok(captured)) = (found, captured) {
        assert_eq!(found, captured, "search and captures disagree");
    }
    if captured == Ok(true) {
        for group in (0..captures.len()).filter_map(|group| captures.group(group)) {
            assert!(text.get(group.clone()).is_some(), "a group stands at {group:?}");
        }
    }
    let mut matches = regex.matches(text);
    let mut count = 0;
    while matches.advance(&mut captures) == Ok(true) {
        count += 1;
        assert!(count <= 2 * text.len() + 2, "more matches than places");
    }
});
