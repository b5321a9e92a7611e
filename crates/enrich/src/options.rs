//! How the keys of a table match, and what it gives without a match (§5.13.3, §5.13.4).

/// Most rows that one key finds where a definition says nothing (§5.13.3; Splunk's own default is 100).
pub const MAX_MATCHES: u32 = 1000;

/// How cells of a column match a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchKind {
    /// The whole text is the same.
    Exact,
    /// `*` in the cell is any run of characters.
    Wildcard,
    /// The cell is a network that holds the address.
    Cidr,
}

/// The options of a lookup definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Does case count? Without it, texts compare folded (§2.6).
    pub case_sensitive: bool,
    /// Columns that do not match exactly.
    pub match_kinds: Vec<(String, MatchKind)>,
    /// Most rows for one key, 1 to 1000, if the definition says so.
    pub max_matches: Option<u32>,
    /// Fewer matches than this are filled up with `default_match`.
    pub min_matches: u32,
    /// The text that fills absent matches.
    pub default_match: String,
}

impl Default for Options {
    /// Those of a table without a definition.
    fn default() -> Self {
        Self {
            case_sensitive: true,
            match_kinds: Vec::new(),
            max_matches: None,
            min_matches: 0,
            default_match: String::new(),
        }
    }
}

impl Options {
    /// Returns these options with `WILDCARD(column)`.
    #[must_use]
    pub fn wildcard(mut self, column: &str) -> Self {
        self.match_kinds.push((column.to_owned(), MatchKind::Wildcard));
        self
    }

    /// Returns these options with `CIDR(column)`.
    #[must_use]
    pub fn cidr(mut self, column: &str) -> Self {
        self.match_kinds.push((column.to_owned(), MatchKind::Cidr));
        self
    }

    /// Returns how a column matches.
    #[must_use]
    pub fn kind(&self, column: &str) -> MatchKind {
        self.match_kinds.iter().find(|(name, _)| name == column).map_or(MatchKind::Exact, |(_, kind)| *kind)
    }

    /// Returns the most rows that one key finds.
    #[must_use]
    pub fn most(&self) -> usize {
        usize::try_from(self.max_matches.unwrap_or(MAX_MATCHES)).unwrap_or(usize::MAX)
    }
}
