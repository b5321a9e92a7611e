//! Commands that are not run: those that need what an archive does not have, those not supported, and misspelt ones (§5.30).

use super::{Arguments, supported};
use crate::diagnostic::{Code, codes};

/// Commands that a pipeline can begin with, beside `search`, whether supported or not (§1.1.2).
pub(crate) const GENERATING: &[&str] = &[
    "datamodel",
    "dbinspect",
    "eventcount",
    "from",
    "gentimes",
    "inputcsv",
    "inputlookup",
    "loadjob",
    "makeresults",
    "mcatalog",
    "metadata",
    "metasearch",
    "msearch",
    "mstats",
    "multisearch",
    "pivot",
    "rest",
    "savedsearch",
    "summary",
    "tstats",
    "union",
];

/// SPL commands that exist but are not supported, so that a message can tell them from misspelt ones.
const KNOWN: &[&str] = &[
    "abstract",
    "accum",
    "addcoltotals",
    "addinfo",
    "addtotals",
    "analyzefields",
    "anomalies",
    "anomalousvalue",
    "anomalydetection",
    "append",
    "appendcols",
    "appendpipe",
    "apply",
    "arules",
    "associate",
    "autoregress",
    "avlbase64",
    "bucketdir",
    "chart",
    "cluster",
    "cofilter",
    "collect",
    "concurrency",
    "contingency",
    "convert",
    "correlate",
    "cyberchef",
    "datamodel",
    "dbinspect",
    "dedup",
    "delete",
    "delta",
    "diff",
    "erex",
    "eval",
    "eventcount",
    "eventstats",
    "extract",
    "fieldformat",
    "fieldsummary",
    "filldown",
    "fillnull",
    "findtypes",
    "folderize",
    "foreach",
    "format",
    "from",
    "fromjson",
    "gauge",
    "gentimes",
    "geom",
    "geomfilter",
    "geostats",
    "head",
    "highlight",
    "history",
    "iconify",
    "inputcsv",
    "inputlookup",
    "iplocation",
    "join",
    "kmeans",
    "kv",
    "kvform",
    "loadjob",
    "localize",
    "localop",
    "lookup",
    "makecontinuous",
    "makemv",
    "makeresults",
    "map",
    "mcatalog",
    "mcollect",
    "metadata",
    "metasearch",
    "meventcollect",
    "mpreview",
    "msearch",
    "mstats",
    "multikv",
    "multisearch",
    "mvcombine",
    "mvexpand",
    "nomv",
    "outlier",
    "outputcsv",
    "outputlookup",
    "outputtext",
    "overlap",
    "pivot",
    "predict",
    "rangemap",
    "rare",
    "redistribute",
    "relevancy",
    "reltime",
    "rename",
    "replace",
    "require",
    "rest",
    "return",
    "reverse",
    "rex",
    "rtorder",
    "run",
    "savedsearch",
    "script",
    "scrub",
    "searchtxn",
    "selfjoin",
    "sendalert",
    "sendemail",
    "set",
    "setfields",
    "sichart",
    "sirare",
    "sistats",
    "sitimechart",
    "sitop",
    "sort",
    "spath",
    "streamstats",
    "strcat",
    "summary",
    "summaryindex",
    "tags",
    "tail",
    "timechart",
    "timewrap",
    "tojson",
    "top",
    "transaction",
    "transpose",
    "trendline",
    "tscollect",
    "tstats",
    "typeahead",
    "typelearner",
    "typer",
    "union",
    "uniq",
    "untable",
    "walklex",
    "where",
    "x11",
    "xmlkv",
    "xmlunescape",
    "xpath",
    "xyseries",
];

/// Refuses a command by name.
pub(super) fn refuse(arguments: &mut Arguments<'_>, name: &str) {
    let (start, end) = (arguments.stage.start, arguments.stage.arguments.max(arguments.stage.start + 1));
    let from_table = name == "from" && !arguments.text().trim_start().to_ascii_lowercase().starts_with("datamodel");
    if let Some((code, message, help)) = refused(name).filter(|_| !from_table) {
        return arguments.error(code, start, end, message, Some(help));
    }
    if name.is_empty() || name == "|" || KNOWN.contains(&name) {
        let message = format!("the command `{name}` is not supported");
        let help = "leave the rule out, or write it without the command";
        return arguments.error(codes::UNSUPPORTED_COMMAND, start, end, &message, Some(help));
    }
    let names = supported();
    let near = names.iter().chain(KNOWN).filter(|known| distance(known, name) <= 2);
    let help = near
        .min_by_key(|known| distance(known, name))
        .map_or_else(|| format!("supported: {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
    arguments.error(codes::UNKNOWN_COMMAND, start, end, &format!("`{name}` is not an SPL command"), Some(&help));
}

/// Returns code, message and help for the commands that need something an archive does not have.
fn refused(name: &str) -> Option<(Code, &'static str, &'static str)> {
    match name {
        "tstats" | "datamodel" | "from" | "pivot" => Some((
            codes::DATA_MODEL,
            "data models are not supported yet",
            "write the rule over the events themselves: a search, then `stats`",
        )),
        "mstats" | "mcatalog" | "mpreview" | "msearch" => Some((
            codes::METRICS,
            "an archive of events has no metrics index",
            "write the rule over events, if the metric can be computed from them",
        )),
        "apply" | "fit" | "summary" | "sample" | "score" | "listmodels" | "deletemodel" => Some((
            codes::MODEL,
            "trained models are not supported",
            "replace the model by a fixed threshold, or leave the rule out",
        )),
        _ => None,
    }
}

/// Edit distance of two words, for suggestions.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<u8> = b.bytes().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (corner + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;

    #[test]
    fn section_5_30_what_an_archive_cannot_have_is_refused_with_its_own_code() {
        let code = |text: &str| compile(text, &Macros::shipped()).1[0].code.0;
        assert_eq!(code("| tstats count"), "E0170");
        assert_eq!(code("| from datamodel Web.Web"), "E0170");
        assert_eq!(code("| from lookup:x"), "E0121");
        assert_eq!(code("| mstats avg(x) where a=b"), "E0171");
        assert_eq!(code("a | apply m"), "E0172");
        assert_eq!(code("a | cyberchef x"), "E0121");
        assert_eq!(code("a | anomalydetection"), "E0121");
        assert_eq!(code("a | outlier"), "E0121");
        assert_eq!(code("a | tabel x"), "E0120");
    }

    #[test]
    fn a_distance_counts_changed_letters() {
        assert_eq!((distance("table", "tabel"), distance("", "ab"), distance("stats", "stats")), (2, 2, 0));
    }
}
