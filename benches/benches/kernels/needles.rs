//! Searching 1, 64 and 500 caseless needles in command lines, against `aho-corasick`.

use std::hint::black_box;

use aho_corasick::{AhoCorasick, MatchKind};
use criterion::{Criterion, Throughput};
use retrohunt_benches::Error;
use retrohunt_prefilter::{Needle, Options, Searcher};

/// Bytes searched at a time: about a page of a column.
const PAGE: usize = 512 << 10;

/// The needles of the search in pages; the first few occur.
pub(crate) const NEEDLES_IN_PAGES: [&str; 8] =
    ["psexec", "nslookup -type", "whoami.exe", "taskkill /f", "mimikatz", "sekurlsa::", "vssadmin", "ntdsutil"];

/// Stems from which needles are made. The first ones occur in the command lines.
const STEMS: [&str; 25] = [
    "psexec",
    "whoami",
    "nslookup",
    "taskkill",
    "localgroup",
    "mimikatz",
    "sekurlsa",
    "vssadmin",
    "bcdedit",
    "certutil",
    "bitsadmin",
    "regsvr32",
    "mshta",
    "wscript",
    "cscript",
    "procdump",
    "ntdsutil",
    "wevtutil",
    "fodhelper",
    "rubeus",
    "kerberoast",
    "sharphound",
    "lazagne",
    "pwdump",
    "bloodhound",
];

/// What follows the stems.
const ENDINGS: [&str; 20] = [
    "", ".exe", " /f", " -p", "::", " /create", "-x", ".dll", " delete", ".ps1", " -type", " admin", "\\", " /q",
    " -enc", ".bat", "64", "_x86", " http", ".exe\"",
];

/// Returns `count` different needles; the first is the first stem alone.
fn needles(count: usize) -> Vec<String> {
    let all = ENDINGS.iter().flat_map(|ending| STEMS.iter().map(move |stem| format!("{stem}{ending}")));
    all.take(count).collect()
}

/// Returns how often needles occur in the pages, overlapping ones each: needle by needle, byte by byte.
fn expected(haystack: &[u8], needles: &[String]) -> usize {
    let haystack = haystack.to_ascii_lowercase();
    let finders: Vec<_> = needles.iter().map(memchr::memmem::Finder::new).collect();
    let count = |page: &[u8], finder: &memchr::memmem::Finder<'_>| {
        let (mut at, mut found) = (0, 0);
        while let Some(next) = page.get(at..).and_then(|rest| finder.find(rest)) {
            at += next + 1;
            found += 1;
        }
        found
    };
    haystack.chunks(PAGE).map(|page| finders.iter().map(|finder| count(page, finder)).sum::<usize>()).sum()
}

/// Measures searches in the haystack, page by page.
pub(crate) fn measure(criterion: &mut Criterion, haystack: &[u8]) -> Result<(), Error> {
    for count in [1, 64, 500] {
        let texts = needles(count);
        assert_eq!(texts.len(), count, "there are not as many needles");
        let expected = expected(haystack, &texts);
        assert!(expected > 0, "no needle occurs, so nothing is checked");
        let folded: Vec<Needle> = texts.iter().map(|text| Needle::folded(text.as_str())).collect();
        let searcher = Searcher::new(&folded, &Options::default())?;
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(&texts)?;
        let mut group = criterion.benchmark_group(format!("needles/{count}"));
        group.sample_size(20);
        group.throughput(Throughput::Bytes(haystack.len() as u64));
        let mut hits = Vec::new();
        group.bench_function("prefilter", |bencher| {
            bencher.iter(|| {
                let search = |page: &[u8]| {
                    hits.clear();
                    searcher.search(page, &mut hits);
                    hits.len()
                };
                assert_eq!(haystack.chunks(PAGE).map(search).sum::<usize>(), expected, "wrong number of hits");
            });
        });
        group.bench_function("aho-corasick", |bencher| {
            bencher.iter(|| {
                let search = |page: &[u8]| automaton.find_overlapping_iter(page).count();
                let found: usize = haystack.chunks(PAGE).map(search).sum();
                assert_eq!(found, expected, "wrong number of hits");
                black_box(found)
            });
        });
        group.finish();
    }
    Ok(())
}
