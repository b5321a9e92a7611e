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
    /// A pattern that comes from a field does not compile, and matched nothing.
    DYNAMIC_PATTERN = "W-DYNAMIC-PATTERN";
    /// A pattern of `rex` was read as written, or holds a backslash that probably was to be a literal one (§1.4.4).
    REGEX_BACKSLASH = "W-REGEX-BACKSLASH";
    /// A group name occurs twice in a pattern of `rex` (§5.6.7).
    REGEX_DUPLICATE_GROUP = "W-REGEX-DUPLICATE-GROUP";
    /// A hyphen in a class of a pattern of `rex` was taken literally.
    REGEX_HYPHEN = "W-REGEX-HYPHEN";
    /// `rename` names a field that is not there and a target that is, which is removed (§5.3.2).
    RENAME_MISSING = "W-RENAME-MISSING";
    /// A lookup that asks another system found nothing, since no table of its name was given (§5.13.6).
    EXTERNAL_LOOKUP = "W-EXTERNAL-LOOKUP";
    /// A lookup table that is not there was taken as empty (§5.13.6).
    MISSING_LOOKUP = "W-MISSING-LOOKUP";
    /// More rows of a lookup table matched than are put out (§5.13.3).
    LOOKUP_CUT = "W-LOOKUP-CUT";
    /// More rows of a lookup table matched than Splunk puts out; all were (§7).
    LIMIT_LOOKUP = "N-LIMIT-LOOKUP";
    /// No location database was given, so `iplocation` found nothing (§5.14).
    NO_GEOIP = "W-NO-GEOIP";
    /// The location database is damaged; some addresses have no location.
    GEOIP_DAMAGED = "W-GEOIP-DAMAGED";
    /// `join` without fields, and no field that both sides have: nothing matched (§5.20).
    JOIN_NO_FIELD = "W-JOIN-NO-FIELD";
    /// The subsearch of `join` has more rows than Splunk takes; all were taken (§7).
    LIMIT_JOIN = "N-LIMIT-JOIN";
    /// The subsearch of `append` has more rows than Splunk takes; all were taken (§7).
    LIMIT_APPEND = "N-LIMIT-APPEND";
    /// The subsearch of `appendcols` has more rows than Splunk takes; all were taken (§7).
    LIMIT_APPENDCOLS = "N-LIMIT-APPENDCOLS";
    /// A subsearch of `union` has more rows than Splunk takes; all were taken (§7).
    LIMIT_UNION = "N-LIMIT-UNION";
    /// `map` had more rows than `maxsearches`; the others were passed over (§5.28).
    MAP_CUT = "W-MAP-CUT";
    /// A row lacks a field that the search of `map` names, and was passed over (§5.28).
    MAP_FIELD = "W-MAP-FIELD";
    /// No table of tags was given, so `tags` changed nothing (§5.29).
    NO_TAGS = "W-NO-TAGS";
    /// A command that hands rows on to another system did nothing (§5.29).
    SIDE_EFFECT = "W-SIDE-EFFECT";
    /// An aggregate by time met rows without `_time` (§5.10.8).
    NO_TIME = "W-NO-TIME";
    /// `sparkline` gives the values of its buckets as text (§5.10.8).
    SPARKLINE = "W-SPARKLINE";
    /// `sort` had more rows than Splunk keeps; all were kept (§7).
    LIFTED_SORT = "W-LIFTED-SORT";
    /// `streamstats` had a larger window than Splunk allows (§7).
    LIFTED_STREAMSTATS = "W-LIFTED-STREAMSTATS";
    /// Rows of `transaction` were not in order of time, and were sorted first (§5.19.2).
    TRANSACTION_ORDER = "W-TRANSACTION-ORDER";
    /// A chart has too many empty buckets to fill (§5.23).
    CHART_GAPS = "W-CHART-GAPS";
    /// `spath` left out a text whose keys would take too much room; its row is undecided.
    SPATH_LIMIT = "W-SPATH-LIMIT";
}

/// Returns the code of this text, if it is one of this crate.
pub(crate) fn find(text: &str) -> Option<&'static str> {
    ALL.iter().map(|(code, _)| *code).find(|code| *code == text)
}
