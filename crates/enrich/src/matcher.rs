//! Keys to rows of a table.
//!
//! Rows are put into groups by which of their key cells are literal. In a group, rows are found by the literal cells through a
//! hash; the other cells are then tried one by one. A table without wildcards and networks is one group without tests; in most
//! tables with wildcards, few cells do hold a `*`, and only their rows are walked.

use std::borrow::Cow;
use std::net::IpAddr;

use hashbrown::HashMap;

use crate::options::MatchKind;
use crate::pattern::Pattern;
use crate::table::Table;

/// Finds the rows of a table whose cells match all keys.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// How many keys are given.
    width: usize,
    /// Does case count?
    case_sensitive: bool,
    /// Is some cell a network, so that keys are read as addresses?
    addresses: bool,
    /// Most rows found.
    most: usize,
    /// The groups of rows.
    groups: Vec<Group>,
}

/// The rows that have literal cells for the same keys.
#[derive(Clone, Debug)]
struct Group {
    /// For each key: is the cell literal?
    literal: Box<[bool]>,
    /// Places in `rows` by the literal cells.
    index: HashMap<Box<[u8]>, Vec<u32>, foldhash::fast::FixedState>,
    /// The rows, in table order.
    rows: Vec<Row>,
}

/// A row and the tests that its other cells are.
#[derive(Clone, Debug)]
struct Row {
    /// Its number in the table.
    number: u32,
    /// Number of the key, and what it must match.
    tests: Box<[(usize, Pattern)]>,
}

impl Matcher {
    /// The index of a table for keys of these columns.
    pub(crate) fn new(table: &Table, columns: &[usize]) -> Self {
        let options = table.options();
        let kinds: Vec<MatchKind> = columns
            .iter()
            .map(|column| table.columns().get(*column).map_or(MatchKind::Exact, |name| options.kind(name)))
            .collect();
        let mut matcher = Self {
            width: columns.len(),
            case_sensitive: options.case_sensitive,
            addresses: kinds.contains(&MatchKind::Cidr),
            most: options.most(),
            groups: Vec::new(),
        };
        let (mut literal, mut key, mut tests) = (Vec::new(), Vec::new(), Vec::new());
        for (row, number) in (0..table.len()).zip(0_u32..) {
            literal.clear();
            key.clear();
            for (at, (column, kind)) in columns.iter().zip(&kinds).enumerate() {
                let cell = matcher.fold(table.cell(row, *column).unwrap_or_default());
                let pattern = match kind {
                    MatchKind::Exact => None,
                    MatchKind::Wildcard => Pattern::wildcard(&cell),
                    MatchKind::Cidr => Pattern::network(&cell),
                };
                literal.push(pattern.is_none());
                match pattern {
                    Some(pattern) => tests.push((at, pattern)),
                    None => push_key(&mut key, &cell),
                }
            }
            matcher.add(&literal, &key, Row { number, tests: std::mem::take(&mut tests).into_boxed_slice() });
        }
        matcher
    }

    /// Adds a row to its group.
    fn add(&mut self, literal: &[bool], key: &[u8], row: Row) {
        let at = self.groups.iter().position(|group| *group.literal == *literal).unwrap_or_else(|| {
            self.groups.push(Group { literal: literal.into(), index: HashMap::default(), rows: Vec::new() });
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(at)
            && let Ok(place) = u32::try_from(group.rows.len())
        {
            group.index.entry(key.into()).or_default().push(place);
            group.rows.push(row);
        }
    }

    /// Appends the numbers of the rows that match all keys, in table order, at most as many as the options of the table say.
    /// `keys` has one text per column that [`Table::matcher`] was given; other numbers of keys find nothing. `out` is not cleared.
    ///
    /// Returns whether rows were left out for the limit.
    pub fn find(&self, keys: &[&str], out: &mut Vec<u32>) -> bool {
        if keys.len() != self.width {
            return false;
        }
        let start = out.len();
        let keys: Vec<Cow<'_, str>> = keys.iter().map(|key| self.fold(key)).collect();
        let addresses: Vec<Option<IpAddr>> =
            keys.iter().map(|key| if self.addresses { key.trim().parse().ok() } else { None }).collect();
        let mut literal_key = Vec::new();
        for group in &self.groups {
            literal_key.clear();
            let literals = keys.iter().zip(&group.literal).filter(|(_, literal)| **literal);
            literals.for_each(|(key, _)| push_key(&mut literal_key, key));
            let Some(places) = group.index.get(literal_key.as_slice()) else { continue };
            let rows = places.iter().filter_map(|place| group.rows.get(usize::try_from(*place).ok()?));
            let matching =
                rows.filter(|row| row.tests.iter().all(|(at, pattern)| pattern.matches(&keys[*at], addresses[*at])));
            // One more than wanted tells that rows were left out.
            out.extend(matching.map(|row| row.number).take(self.most.saturating_add(1)));
        }
        if self.groups.len() > 1 {
            out[start..].sort_unstable();
        }
        let cut = out.len() - start > self.most;
        out.truncate(start.saturating_add(self.most).min(out.len()));
        cut
    }

    /// A text as it is compared.
    fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.case_sensitive { Cow::Borrowed(text) } else { retrohunt_fold::fold(text) }
    }
}

/// Adds one text to a joined key; its length first, so that no two rows of texts join to the same key.
fn push_key(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(&text.len().to_le_bytes());
    key.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use proptest::prelude::*;

    fn table(rows: &[&[&str]], options: Options) -> Table {
        let columns = ["a", "b", "c"];
        let width = rows.first().map_or(1, |row| row.len());
        let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
        Table::new("t", &columns[..width], rows, options).unwrap()
    }

    fn find(table: &Table, columns: &[usize], keys: &[&str]) -> (Vec<u32>, bool) {
        let mut out = Vec::new();
        let cut = table.matcher(columns).find(keys, &mut out);
        (out, cut)
    }

    #[test]
    fn section_5_13_2_all_keys_must_match() {
        let table = table(&[&["x", "1"], &["x", "2"], &["y", "1"], &["x1", ""], &["x", "1"]], Options::default());
        assert_eq!(find(&table, &[0, 1], &["x", "1"]), (vec![0, 4], false));
        assert_eq!(find(&table, &[1, 0], &["1", "y"]), (vec![2], false));
        assert_eq!(find(&table, &[0, 1], &["", "x1"]).0, Vec::<u32>::new());
        assert_eq!(find(&table, &[0, 1], &["x1", ""]).0, [3], "an empty text matches an empty cell");
        assert_eq!(find(&table, &[0, 1], &["x"]).0, Vec::<u32>::new());
    }

    #[test]
    fn section_5_13_4_case_counts_by_default() {
        let rows: &[&[&str]] = &[&["Cmd.exe"], &["ÄÖ"], &["k"]];
        assert_eq!(find(&table(rows, Options::default()), &[0], &["cmd.exe"]).0, Vec::<u32>::new());
        let folded = table(rows, Options { case_sensitive: false, ..Options::default() });
        assert_eq!(find(&folded, &[0], &["CMD.EXE"]).0, [0]);
        assert_eq!(find(&folded, &[0], &["äö"]).0, [1]);
        assert_eq!(find(&folded, &[0], &["\u{212A}"]).0, Vec::<u32>::new());
    }

    #[test]
    fn section_5_13_4_wildcards_and_networks_in_table_order() {
        let options = Options { case_sensitive: false, ..Options::default() }.wildcard("a").cidr("b");
        let rows: &[&[&str]] = &[
            &["*.exe", "10.0.0.0/8"],
            &["cmd.exe", "10.1.0.0/16"],
            &["CMD.EXE", "10.1.2.3"],
            &["*", "internal"],
            &["c*d.*", "::/0"],
            &["*cmd*", "0.0.0.0/0"],
        ];
        let table = table(rows, options);
        assert_eq!(find(&table, &[0, 1], &["Cmd.EXE", "10.1.2.3"]), (vec![0, 1, 2, 5], false));
        assert_eq!(find(&table, &[0, 1], &["cmd.exe", "2001:db8::1"]).0, [4]);
        assert_eq!(find(&table, &[0, 1], &["x", "INTERNAL"]).0, [3], "a cell that is no network is a text");
        assert_eq!(find(&table, &[0, 1], &["cmd.exe", "nothing"]).0, Vec::<u32>::new());
        assert_eq!(find(&table, &[0], &["y.exe"]).0, [0, 3]);
    }

    #[test]
    fn a_star_in_a_column_without_wildcards_is_a_text() {
        let table = table(&[&["a*"], &["ab"]], Options::default());
        assert_eq!(find(&table, &[0], &["ab"]).0, [1]);
        assert_eq!(find(&table, &[0], &["a*"]).0, [0]);
    }

    #[test]
    fn section_5_13_3_matches_are_cut_at_the_limit() {
        let rows: Vec<&[&str]> = (0..1001).map(|_| &["x"][..]).collect();
        let default = table(&rows, Options::default());
        assert_eq!((find(&default, &[0], &["x"]).0.len(), find(&default, &[0], &["x"]).1), (1000, true));
        assert!(!find(&table(&rows[..1000], Options::default()), &[0], &["x"]).1);
        let two = Options { max_matches: Some(2), ..Options::default() }.wildcard("a");
        assert_eq!(find(&table(&[&["*"], &["x"], &["x*"]], two), &[0], &["x"]), (vec![0, 1], true));
    }

    proptest! {
        #[test]
        fn agrees_with_trying_every_row(
            rows in prop::collection::vec(("[aB*]{0,2}", "[ab]{0,1}", "(10\\.0\\.0\\.[0-3]/3[0-2]|x)"), 0..20),
            key in ("[Ab]{0,2}", "[ab]{0,1}", "(10\\.0\\.0\\.[0-3]|x)"),
            case_sensitive: bool,
        ) {
            let options = Options { case_sensitive, ..Options::default() }.wildcard("a").cidr("c");
            let texts: Vec<[&str; 3]> = rows.iter().map(|(a, b, c)| [a.as_str(), b, c]).collect();
            let texts: Vec<&[&str]> = texts.iter().map(|row| &row[..]).collect();
            let table = table(&texts, options);
            let fold = |text: &str| if case_sensitive { text.to_owned() } else { text.to_ascii_lowercase() };
            let mut expected = Vec::new();
            for ((a, b, c), number) in rows.iter().zip(0..) {
                let a_matches = Pattern::wildcard(&fold(a))
                    .map_or_else(|| fold(a) == fold(&key.0), |pattern| pattern.matches(&fold(&key.0), None));
                let c_matches = Pattern::network(c)
                    .map_or_else(|| *c == key.2, |pattern| pattern.matches(&key.2, key.2.parse().ok()));
                if a_matches && fold(b) == fold(&key.1) && c_matches {
                    expected.push(number);
                }
            }
            if !rows.is_empty() {
                prop_assert_eq!(find(&table, &[0, 1, 2], &[&key.0, &key.1, &key.2]).0, expected);
            }
        }
    }
}
