//! `extract` and `kv`: pairs out of `_raw`.
//!
//! As the vendor's reference has it: any character of `pairdelim` ends a pair, any of `kvdelim` the key. Without them, pairs end at
//! blanks, `,`, `;` and `|`, keys at `=`. A value may stand in double quotes, `\"` inside; characters of keys that are not letters, digits
//! or `_` become `_`, and digits and `_` at the front go; empty keys and values are passed over. The first of several equal keys of a
//! row counts, and replaces a field that is there. Rows without `_raw` have nothing to extract: their fields are there already.

use retrohunt_spl::plan::ExtractCommand;

use super::cells::value_at;
use super::pairs::Found;
use crate::batch::RAW;
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

/// An `extract` made ready.
#[derive(Clone, Debug)]
pub(super) struct Extract {
    /// Characters between pairs.
    pair_delims: Vec<char>,
    /// Characters between key and value.
    kv_delims: Vec<char>,
}

impl Extract {
    /// Makes an `extract` ready.
    pub(super) fn new(command: &ExtractCommand) -> Self {
        let or = |written: &str, default: &str| {
            if written.is_empty() { default.chars().collect() } else { written.chars().collect() }
        };
        Self { pair_delims: or(&command.pair_delims, " ,;|\t\r\n"), kv_delims: or(&command.kv_delims, "=") }
    }

    /// The pairs of a text.
    fn pairs(&self, text: &str) -> Vec<(String, String)> {
        let (mut pairs, mut rest) = (Vec::new(), text);
        let pair_end = |c: char| self.pair_delims.contains(&c);
        loop {
            rest = rest.trim_start_matches(pair_end);
            if rest.is_empty() {
                return pairs;
            }
            let end = rest.find(|c| pair_end(c) || self.kv_delims.contains(&c)).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            let Some(value) = after.strip_prefix(self.kv_delims.as_slice()) else {
                // A word without a value.
                rest = after;
                continue;
            };
            let (value, after) = match value.strip_prefix('"').and_then(quoted) {
                Some((value, after)) => (value, after),
                None => {
                    let (value, after) = value.split_at(value.find(pair_end).unwrap_or(value.len()));
                    (value.trim().to_owned(), after)
                }
            };
            let key = clean(key);
            if !key.is_empty() && !value.is_empty() {
                pairs.push((key, value));
            }
            rest = after;
        }
    }
}

/// The text up to the closing quote, and what follows; `None` if none closes.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match text[at + 1..].chars().next() {
                Some(next @ ('"' | '\\')) => {
                    value.push(next);
                    chars.next();
                }
                _ => value.push(c),
            },
            c => value.push(c),
        }
    }
    None
}

/// A key as a field name.
fn clean(key: &str) -> String {
    let name: String = key.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    name.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit()).to_owned()
}

impl TableStage for Extract {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let raw = table.column(RAW);
        let mut found = Found::default();
        for (at, row) in table.rows.iter().enumerate() {
            let mut seen = hashbrown::HashSet::new();
            for text in value_at(row, raw).texts() {
                for (key, value) in self.pairs(&text) {
                    if seen.insert(key.clone()) {
                        found.add(at, &key, Value::Text(value));
                    }
                }
            }
        }
        found.into_table("extract", table)
    }

    fn needs(&self, after: Needs) -> Needs {
        // Fields that rows have already stay where nothing is found for them.
        after.and_field(RAW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pair_delims: &str, kv_delims: &str, text: &str) -> Vec<(String, String)> {
        Extract::new(&ExtractCommand { pair_delims: pair_delims.into(), kv_delims: kv_delims.into() }).pairs(text)
    }

    fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn written_delimiters() {
        assert_eq!(pairs("|;", ":=", "a:1|b=x y;c:"), owned(&[("a", "1"), ("b", "x y")]));
    }

    #[test]
    fn without_delimiters_pairs_stand_between_blanks_and_punctuation() {
        let text = "at 9 user=bob, msg=\"say \\\"hi\\\" now\" 2nd.key=v|_x=7 =lost open=\"end";
        let expected = [("user", "bob"), ("msg", "say \"hi\" now"), ("nd_key", "v"), ("x", "7"), ("open", "\"end")];
        assert_eq!(pairs("", "", text), owned(&expected));
        assert_eq!(pairs("", "", ""), []);
        assert_eq!(pairs("", "", "===;;;"), []);
    }
}
