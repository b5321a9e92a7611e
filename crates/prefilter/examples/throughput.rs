//! Measures searches for different numbers of needles against `aho-corasick` on one haystack, and checks that they agree.
//!
//! ```text
//! cargo run --release -p retrohunt-prefilter --example throughput [HAYSTACK NEEDLES]
//! ```
//!
//! Without arguments, the haystack is 64 MB of synthetic command lines and the needles are words of detection rules. With
//! arguments, both are read from files, one needle a line.
#![expect(clippy::print_stdout, reason = "it reports on standard output")]

use aho_corasick::{AhoCorasick, MatchKind};
use retrohunt_prefilter::{Algorithm, Needle, Options, Searcher, SimdChoice};
use std::error::Error;
use std::time::{Duration, Instant};

/// Bytes of the synthetic haystack.
const HAYSTACK: usize = 64 << 20;

/// Bytes searched at a time: a page of a column.
const PAGE: usize = 512 << 10;

/// Searches of each page.
const RUNS: usize = 4;

/// Programs, arguments and places that synthetic command lines are made of.
const WORDS: [&str; 24] = [
    "C:\\Windows\\System32\\svchost.exe",
    "-k",
    "netsvcs",
    "-p",
    "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\"",
    "--type=renderer",
    "--lang=en-US",
    "C:\\Windows\\system32\\cmd.exe",
    "/c",
    "/d",
    "powershell.exe",
    "-NoProfile",
    "-ExecutionPolicy",
    "Bypass",
    "-File",
    "C:\\Users\\Administrator\\AppData\\Local\\Temp\\setup.ps1",
    "rundll32.exe",
    "shell32.dll,Control_RunDLL",
    "conhost.exe",
    "0xffffffff",
    "-ForceV1",
    "taskhostw.exe",
    "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\MsMpEng.exe",
    "wmiprvse.exe",
];

/// Stems from which needles are made.
const STEMS: [&str; 20] = [
    "mimikatz",
    "psexec",
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
    "schtasks",
    "wevtutil",
    "fodhelper",
    "rubeus",
    "kerberoast",
    "sharphound",
    "lazagne",
];

/// A small generator of numbers, the same in each run.
struct Numbers(u64);

impl Numbers {
    /// The next number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

/// Command lines, each after its length, as in a page.
fn synthetic_haystack() -> Vec<u8> {
    let mut numbers = Numbers(1);
    let mut out = Vec::with_capacity(HAYSTACK + 4096);
    while out.len() < HAYSTACK {
        let mut line = String::new();
        for _ in 0..1 + numbers.below(9) {
            line.push_str(WORDS[numbers.below(WORDS.len())]);
            line.push(' ');
            if numbers.below(4) == 0 {
                line.push_str(&format!("{:x} ", numbers.below(1 << 30)));
            }
        }
        if numbers.below(500) == 0 {
            line.push_str(STEMS[numbers.below(STEMS.len())]);
        }
        out.extend_from_slice(&u32::try_from(line.len()).unwrap_or(0).to_le_bytes());
        out.extend_from_slice(line.as_bytes());
    }
    out
}

/// Needles of five to twenty bytes.
fn synthetic_needles() -> Vec<String> {
    let endings = ["", ".exe", " -p", "::", " /create", "-x", ".dll", " delete"];
    let mut needles: Vec<String> = STEMS.iter().map(|stem| (*stem).to_owned()).collect();
    let mut numbers = Numbers(2);
    while needles.len() < 1000 {
        let stem = STEMS[numbers.below(STEMS.len())];
        let cut = 3 + numbers.below(stem.len() - 2);
        let letter = char::from(b'a' + u8::try_from(numbers.below(26)).unwrap_or(0));
        needles.push(format!("{}{letter}{}", &stem[..cut.min(stem.len())], endings[numbers.below(endings.len())]));
    }
    needles
}

/// Time for all pages, and the hits. Each page is searched several times in a row and the fastest counts, so that it comes from a near cache, as
/// pages do that have just been decompressed, and other work on the machine matters little.
fn time(haystack: &[u8], mut search: impl FnMut(&[u8]) -> usize) -> (Duration, usize) {
    let mut total = Duration::ZERO;
    let mut hits = 0;
    for page in haystack.chunks(PAGE) {
        let run = |_| {
            let start = Instant::now();
            let found = search(page);
            (start.elapsed(), found)
        };
        let (fastest, found) = (0..RUNS).map(run).min().unwrap_or_default();
        total += fastest;
        hits += found;
    }
    (total, hits)
}

/// Measures one number of needles.
fn measure(haystack: &[u8], texts: &[String]) -> Result<(), Box<dyn Error>> {
    let speed = |time: Duration| haystack.len() as f64 / time.as_secs_f64() / 1e9;
    let needles: Vec<Needle> = texts.iter().map(|text| Needle::folded(text.as_str())).collect();
    let start = Instant::now();
    let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(texts)?;
    let built = start.elapsed();
    let (automaton_time, wanted) = time(haystack, |page| automaton.find_overlapping_iter(page).count());
    println!(
        "{} needles: aho-corasick {:.2} GB/s, {wanted} hits, built in {built:.1?}, {:?}",
        texts.len(),
        speed(automaton_time),
        automaton.kind()
    );
    let algorithms = [Algorithm::Pair, Algorithm::Teddy, Algorithm::Grams, Algorithm::AhoCorasick];
    let forced: Vec<Option<Algorithm>> = [None].into_iter().chain(algorithms.map(Some)).collect();
    let sets = [SimdChoice::Auto, SimdChoice::Ssse3, SimdChoice::Scalar];
    for (algorithm, simd) in forced.iter().flat_map(|&algorithm| sets.map(|simd| (algorithm, simd))) {
        let too_many = match algorithm {
            Some(Algorithm::Pair) => texts.len() > 1,
            Some(Algorithm::Teddy) => texts.len() > 1024 || (simd == SimdChoice::Scalar && texts.len() > 64),
            Some(Algorithm::Grams | Algorithm::AhoCorasick) => simd != SimdChoice::Auto,
            _ => false,
        };
        if too_many {
            continue;
        }
        let start = Instant::now();
        let Ok(searcher) = Searcher::new(&needles, &Options { simd, algorithm }) else { continue };
        let built = start.elapsed();
        let mut hits = Vec::new();
        let (found_time, found) = time(haystack, |page| {
            hits.clear();
            searcher.search(page, &mut hits);
            hits.len()
        });
        if found != wanted {
            return Err(format!("{algorithm:?} {simd:?} found {found} hits, not {wanted}").into());
        }
        println!(
            "  {:12} {:7} {:6.2} GB/s, {:5.1} times aho-corasick; built in {built:.1?}, {} KB",
            algorithm.map_or("chosen", Algorithm::name),
            searcher.choice().vector,
            speed(found_time),
            automaton_time.as_secs_f64() / found_time.as_secs_f64(),
            searcher.memory_usage() / 1024,
        );
        if algorithm.is_none() || simd == SimdChoice::Auto {
            searcher.choice().parts.iter().for_each(|part| println!("    {} {}", part.algorithm, part.reason));
        }
        if algorithm.is_none() && simd == SimdChoice::Auto {
            searcher.choice().rejected.iter().for_each(|(name, reason)| println!("    not {name}: {reason}"));
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (haystack, needles) = match arguments.as_slice() {
        [haystack, needles] => {
            (std::fs::read(haystack)?, std::fs::read_to_string(needles)?.lines().map(str::to_owned).collect())
        }
        _ => (synthetic_haystack(), synthetic_needles()),
    };
    for count in [1, 4, 16, 64, 200, 500, 1000, 10_000, 100_000] {
        if count <= needles.len() {
            measure(&haystack, &needles[..count])?;
        }
    }
    Ok(())
}
