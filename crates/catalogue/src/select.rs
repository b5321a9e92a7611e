//! Which rules run: by id, by technique, and all but some.

use crate::{Entry, NotSplunk, Rule};

/// The choice of rules from the command line. The default takes every rule.
///
/// A pattern is an id as it is, or one with `*` (any characters) and `?` (one character); case counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Patterns for ids, one of which must match; empty takes all.
    pub rule_ids: Vec<String>,
    /// Technique ids, one of which must be among the rule's; empty takes all. `T1059` stands for its sub-techniques too; case
    /// does not count.
    pub techniques: Vec<String>,
    /// Patterns for ids that are left out, whatever else says.
    pub exclude: Vec<String>,
}

/// What a [`Selection`] left.
#[derive(Debug)]
pub struct Selected {
    /// The entries to work on, in the order they had. Files that are not rules are always among them: nobody can say that they
    /// were not meant.
    pub entries: Vec<Entry>,
    /// The patterns and techniques of the selection that met no rule at all, likely misspelt.
    pub unmatched: Vec<String>,
}

impl Selection {
    /// Returns the entries that the selection takes, and its parts that met no rule.
    #[must_use]
    pub fn apply(&self, entries: Vec<Entry>) -> Selected {
        let mut unmatched = Vec::new();
        let meets = |test: &dyn Fn(&str, &[String]) -> bool| {
            entries.iter().filter_map(selectable).any(|(id, techniques)| test(id, techniques))
        };
        for pattern in self.rule_ids.iter().chain(&self.exclude) {
            if !meets(&|id, _| matches(pattern, id)) {
                unmatched.push(pattern.clone());
            }
        }
        for technique in &self.techniques {
            if !meets(&|_, techniques| techniques.iter().any(|found| covers(technique, found))) {
                unmatched.push(technique.clone());
            }
        }
        let entries = entries
            .into_iter()
            .filter(|entry| selectable(entry).is_none_or(|(id, techniques)| self.takes(id, techniques)));
        Selected { entries: entries.collect(), unmatched }
    }

    /// Returns whether a rule with this id and these technique ids is taken.
    #[must_use]
    pub fn takes(&self, id: &str, technique_id: &[String]) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, id));
        let techniques = || technique_id.iter().any(|found| self.techniques.iter().any(|wanted| covers(wanted, found)));
        (self.rule_ids.is_empty() || any(&self.rule_ids))
            && (self.techniques.is_empty() || techniques())
            && !any(&self.exclude)
    }
}

/// Returns the id and the technique ids of an entry that has them.
fn selectable(entry: &Entry) -> Option<(&str, &[String])> {
    match entry {
        Entry::Rule(rule) => {
            let Rule { id, technique_id, .. } = &**rule;
            Some((id, technique_id))
        }
        Entry::NotSplunk(NotSplunk { id, technique_id, .. }) => Some((id, technique_id)),
        Entry::Error(_) => None,
    }
}

/// Returns whether the technique `wanted` is `found` or the technique of which `found` is a sub-technique.
fn covers(wanted: &str, found: &str) -> bool {
    let (wanted, found) = (wanted.trim().to_ascii_uppercase(), found.trim().to_ascii_uppercase());
    found.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Returns whether `id` is `pattern`, or fits it with its `*` and `?`.
///
/// Linear but for a factor of the pattern's length: after a mismatch only the last `*` is tried again, one character further.
fn matches(pattern: &str, id: &str) -> bool {
    if pattern == id {
        return true;
    }
    let (pattern, id): (Vec<char>, Vec<char>) = (pattern.chars().collect(), id.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < id.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&char) if char == '?' || char == id[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((place, tried)) = star else { return false };
                star = Some((place, tried + 1));
                at = place + 1;
                from = tried + 1;
            }
        }
    }
    pattern[at..].iter().all(|&char| char == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an entry with the given id and technique ids.
    fn entry(id: &str, techniques: &[&str]) -> Entry {
        let mut rule = crate::query("x");
        rule.id = id.to_owned();
        rule.technique_id = techniques.iter().map(|&id| id.to_owned()).collect();
        Entry::Rule(Box::new(rule))
    }

    /// Returns the ids of the rules that the selection takes, and its unmatched parts.
    fn run(selection: &Selection) -> (Vec<String>, Vec<String>) {
        let entries =
            vec![entry("5343.18043", &["T1569.002", "T1021"]), entry("5343.1", &["T1059.003"]), entry("a*b", &[])];
        let selected = selection.apply(entries);
        let ids = selected.entries.iter().filter_map(Entry::rule).map(|rule| rule.id.clone()).collect();
        (ids, selected.unmatched)
    }

    /// Returns owned texts.
    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn nothing_said_takes_every_rule() {
        assert_eq!(run(&Selection::default()), (texts(&["5343.18043", "5343.1", "a*b"]), vec![]));
    }

    #[test]
    fn ids_match_as_they_are_or_by_pattern() {
        let by = |ids: &[&str]| run(&Selection { rule_ids: texts(ids), ..Selection::default() });
        assert_eq!(by(&["5343.1"]).0, texts(&["5343.1"]));
        assert_eq!(by(&["5343.*"]).0, texts(&["5343.18043", "5343.1"]));
        assert_eq!(by(&["?*?"]).0.len(), 3);
        assert_eq!(by(&["a*b", "zz"]), (texts(&["a*b"]), texts(&["zz"])));
    }

    #[test]
    fn a_technique_stands_for_its_sub_techniques_only() {
        let by = |ids: &[&str]| run(&Selection { techniques: texts(ids), ..Selection::default() });
        assert_eq!(by(&["t1569"]).0, texts(&["5343.18043"]));
        assert_eq!(by(&["T1059.003"]).0, texts(&["5343.1"]));
        assert_eq!(by(&["T102", "T1059.00"]), (vec![], texts(&["T102", "T1059.00"])));
    }

    #[test]
    fn excluded_ids_win() {
        let selection = Selection { rule_ids: texts(&["5343.*"]), exclude: texts(&["*.1"]), ..Selection::default() };
        assert_eq!(run(&selection), (texts(&["5343.18043"]), vec![]));
    }

    #[test]
    fn files_that_are_no_rules_stay_in_view() {
        let entries = crate::load_text("x.yml".as_ref(), b"[");
        let selection = Selection { rule_ids: texts(&["none"]), ..Selection::default() };
        assert_eq!(selection.apply(entries).entries.len(), 1);
    }

    #[test]
    fn patterns_agree_with_a_recursive_reading() {
        fn naive(pattern: &[u8], id: &[u8]) -> bool {
            match (pattern.first(), id.first()) {
                (None, None) => true,
                (Some(b'*'), _) => naive(&pattern[1..], id) || (!id.is_empty() && naive(pattern, &id[1..])),
                (Some(&a), Some(&b)) => (a == b'?' || a == b) && naive(&pattern[1..], &id[1..]),
                _ => false,
            }
        }
        let words = |letters: &[u8], length: u32| -> Vec<String> {
            let mut all = vec![String::new()];
            for _ in 0..length {
                let longer =
                    all.iter().flat_map(|word| letters.iter().map(move |&c| format!("{word}{}", char::from(c))));
                all = longer.chain(all.clone()).collect();
            }
            all
        };
        for pattern in words(b"ab*?", 4) {
            for id in words(b"ab", 4) {
                assert_eq!(matches(&pattern, &id), naive(pattern.as_bytes(), id.as_bytes()), "{pattern} on {id}");
            }
        }
    }
}
