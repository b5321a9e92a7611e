//! Every algorithm on every instruction set finds what the oracle finds: every occurrence, in order.

use proptest::prelude::*;
use retrohunt_prefilter::{Algorithm, Hit, Needle, NeedleId, Options, Searcher, SimdChoice, naive};

/// Every combination of algorithm and instruction set, the free choice included; some cannot search some needles.
fn every_option() -> Vec<Options> {
    let algorithms = Algorithm::ALL.into_iter().map(Some).chain([None]);
    let sets = [SimdChoice::Auto, SimdChoice::Scalar, SimdChoice::Ssse3, SimdChoice::Avx2];
    algorithms.flat_map(|algorithm| sets.map(|simd| Options { simd, algorithm })).collect()
}

/// Every searcher that `needles` can have.
fn every_searcher(needles: &[Needle]) -> Vec<(Options, Searcher)> {
    let mut searchers = Vec::new();
    for options in every_option() {
        match Searcher::new(needles, &options) {
            Ok(searcher) => searchers.push((options, searcher)),
            Err(error) => assert!(error.is_option() && options != Options::default(), "{options:?}: {error}"),
        }
    }
    searchers
}

/// What the oracle finds.
fn expected(needles: &[Needle], haystack: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    naive::search(needles, haystack, &mut hits);
    hits
}

/// Checks each searcher on `haystack`.
fn check(searchers: &[(Options, Searcher)], needles: &[Needle], haystack: &[u8]) {
    let wanted = expected(needles, haystack);
    for (options, searcher) in searchers {
        let mut hits = Vec::new();
        searcher.search(haystack, &mut hits);
        assert_eq!(hits, wanted, "{options:?} {:?} of {needles:?} in {:?}", searcher.choice(), haystack.escape_ascii());
    }
}

/// Needle sets that between them suit every algorithm.
fn sets() -> Vec<Vec<Needle>> {
    let folded = |texts: &[&str]| texts.iter().map(|text| Needle::folded(*text)).collect::<Vec<_>>();
    vec![
        vec![Needle::exact("\\\\")],
        vec![Needle::exact("Net.exe")],
        folded(&["psexec"]),
        folded(&["k"]),
        folded(&["e", "1"]),
        folded(&["-e"]),
        folded(&["-e", "/C", "xq"]),
        folded(&["e", "-e", "-en", "-enc", "enc"]),
        folded(&["mimikatz", "katz", "mimi", "psexec.exe", ".exe"]),
        vec![Needle::exact("Cmd"), Needle::folded("cMD"), Needle::exact("cmd"), Needle::folded("cmd")],
        folded(&["ä"]),
        folded(&["Ⱥb", "straße", "ΣΊΣΥΦΟΣ", "xyzⱥ"]),
        vec![Needle::folded(b"\xFFa\xC3".to_vec()), Needle::folded(b"\xC3".to_vec())],
        folded(&["a-needle-that-is-longer-than-any-vector-is-wide-and-then-some-more-of-it", "wide"]),
        (0..40).map(|n| Needle::folded(format!("tool{n}"))).collect(),
        (0..300).map(|n| Needle::folded(format!("host{n:03}.example"))).collect(),
    ]
}

#[test]
fn a_needle_is_found_at_every_offset_of_every_length() {
    // Four vectors of 32 bytes; all offsets near the ends of vectors are passed on the way.
    for needles in sets() {
        let searchers = every_searcher(&needles);
        let swapped: Vec<u8> = needles[0]
            .bytes
            .iter()
            .map(|byte| if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() })
            .collect();
        for length in (0..=128).filter(|length| length % 3 == 0 || length % 16 < 3 || length % 16 > 13) {
            let mut haystack = vec![b'.'; length];
            check(&searchers, &needles, &haystack);
            for text in [&needles[0].bytes, &swapped] {
                for at in (0..length).step_by(if length > 70 { 5 } else { 1 }).chain(length.checked_sub(text.len())) {
                    let end = length.min(at + text.len());
                    haystack[at..end].copy_from_slice(&text[..end - at]);
                    check(&searchers, &needles, &haystack);
                    haystack[at..end].fill(b'.');
                }
            }
        }
    }
}

#[test]
fn every_needle_of_a_set_is_found_at_every_alignment() {
    for needles in sets() {
        let searchers = every_searcher(&needles);
        for shift in 0..33 {
            let mut haystack = vec![b' '; shift];
            for needle in needles.iter().step_by(needles.len().div_ceil(30)) {
                haystack.extend_from_slice(&needle.bytes);
                haystack.extend_from_slice(b"\0\x09");
            }
            check(&searchers, &needles, &haystack);
        }
    }
}

#[test]
fn overlapping_needles_are_all_found() {
    let needles: Vec<Needle> = ["aa", "aaa", "aab", "baa", "aaaa", "a"].map(Needle::folded).to_vec();
    let searchers = every_searcher(&needles);
    for length in 0..100 {
        check(&searchers, &needles, &vec![b'A'; length]);
        let mixed: Vec<u8> = (0..length).map(|at| if at % 7 == 3 { b'b' } else { b'a' }).collect();
        check(&searchers, &needles, &mixed);
    }
}

#[test]
fn nested_needles_are_all_found() {
    let needles: Vec<Needle> = ["powershell.exe -enc", "powershell.exe", "powershell", "shell", "ell.e", ".exe -enc"]
        .map(Needle::folded)
        .to_vec();
    check(&every_searcher(&needles), &needles, b"C:\\PowerShell.exe -Enc ZQ POWERSHELL.EXE powershell");
}

#[test]
fn equal_needles_are_each_reported() {
    let needles = [Needle::folded("Net"), Needle::folded("nET"), Needle::exact("net"), Needle::exact("net")];
    for (_, searcher) in every_searcher(&needles) {
        let mut hits = vec![Hit { offset: 9, needle: NeedleId(9) }];
        searcher.search(b"net NET", &mut hits);
        let hits: Vec<(u32, u32)> = hits.iter().map(|hit| (hit.offset, hit.needle.0)).collect();
        assert_eq!(hits, [(9, 9), (0, 0), (0, 1), (0, 2), (0, 3), (4, 0), (4, 1)], "hits are appended");
    }
}

#[test]
fn characters_outside_ascii_never_meet_ascii_letters() {
    let needles: Vec<Needle> = ["k", "s", "ks", "\u{212A}", "\u{17F}", "task", "i", "ss"].map(Needle::folded).to_vec();
    let haystack = "tas\u{212A} ta\u{17F}k \u{17F}\u{17F} TASK ß İ ı";
    check(&every_searcher(&needles), &needles, haystack.as_bytes());
    let task = expected(&needles, haystack.as_bytes()).iter().filter(|hit| hit.needle == NeedleId(5)).count();
    assert_eq!(task, 1);
}

#[test]
fn folding_outside_ascii_finds_every_member_of_a_class() {
    let needles: Vec<Needle> = ["Ⱥ", "σας", "straße", "\u{1E9E}", "Åse", "Привет", "ǆ"].map(Needle::folded).to_vec();
    let haystack = "Ⱥⱥ ΣΑΣ σασ Σας STRAẞE Straße \u{212B}SE åse ПРИВЕТ приВЕТ Ǆ ǅ ǆ";
    let searchers = every_searcher(&needles);
    for cut in 0..haystack.len() {
        // Also where the haystack begins or ends amid a character.
        check(&searchers, &needles, &haystack.as_bytes()[cut..]);
        check(&searchers, &needles, &haystack.as_bytes()[..cut]);
    }
    assert_eq!(expected(&needles, haystack.as_bytes()).len(), 2 + 3 + 2 + 2 + 2 + 2 + 3);
}

/// A page of plain values, at most 65,535 bytes each: a value comes after its length in four bytes, little-endian.
fn page(values: &[&str]) -> Vec<u8> {
    let mut page = Vec::new();
    for value in values {
        let [low, high, ..] = value.len().to_le_bytes();
        page.extend_from_slice(&[low, high, 0, 0]);
        page.extend_from_slice(value.as_bytes());
    }
    page
}

#[test]
fn pages_with_lengths_between_values_are_searched_as_they_are() {
    let needles: Vec<Needle> = ["psexec", ".exe", "\\\\", "e", "-s"].map(Needle::folded).to_vec();
    let long = "x".repeat(300) + "PsExec.EXE";
    let haystack = page(&["PSEXEC.exe \\\\W5 -s", "", "cmd", &long, "\\\\\\", "net.exe", "eeeee"]);
    check(&every_searcher(&needles), &needles, &haystack);
    // A length byte can look like a needle's byte; the hit is reported and is the caller's to drop.
    let spanning = [Needle::exact(b"a\x02\0\0\0b".to_vec())];
    check(&every_searcher(&spanning), &spanning, &page(&["a", "bc"]));
}

#[test]
fn bytes_that_are_not_utf8_are_searched_as_they_are() {
    let needles = [
        Needle::folded("é"),
        Needle::folded(b"\xFF\xFE".to_vec()),
        Needle::folded(b"a\xC3".to_vec()),
        Needle::exact(b"\x80".to_vec()),
    ];
    let haystack = b"\xC3\xA9 \xC3 \x89 \xFF\xFE A\xC3\x89 \xE9 \x80\x80 \xF0\x9F a\xC3";
    check(&every_searcher(&needles), &needles, haystack);
}

#[test]
fn a_searcher_without_needles_finds_nothing() {
    let searcher = Searcher::new(&[], &Options::default()).expect("no needle is empty");
    let mut hits = Vec::new();
    searcher.search(b"anything", &mut hits);
    assert!(hits.is_empty());
    assert_eq!(searcher.choice().algorithm, Algorithm::Nothing);
}

#[test]
fn an_empty_needle_is_refused() {
    let error = Searcher::new(&[Needle::folded("a"), Needle::exact("")], &Options::default()).expect_err("empty");
    assert_eq!(error.needle(), Some(NeedleId(1)));
    assert!(error.to_string().contains("needle 1 is empty"), "{error}");
}

#[test]
fn large_sets_of_mixed_lengths_agree() {
    let text = |n: u32| -> String {
        let length = 3 + n % 14;
        (0..length)
            .map(|at| char::from(b'a' + u8::try_from((n * 31 + at * at * 7 + n / 5 * at) % 26).expect("a letter")))
            .collect()
    };
    let needles: Vec<Needle> = (0..900)
        .map(|n| if n % 5 == 0 { Needle::exact(text(n).to_uppercase()) } else { Needle::folded(text(n)) })
        .collect();
    let mut haystack = Vec::new();
    for n in 0..900 {
        let word = text(n * 3 % 900);
        haystack.extend_from_slice(if n % 2 == 0 { word.to_uppercase() } else { word }.as_bytes());
        haystack.push(b" \\.-/"[n as usize % 5]);
    }
    let searchers = every_searcher(&needles);
    assert!(searchers.iter().any(|(options, _)| options.algorithm == Some(Algorithm::Grams)));
    check(&searchers, &needles, &haystack);
}

/// Bytes over a small alphabet, so that needles overlap, nest and nearly match.
fn bytes(alphabet: &'static [&'static str], length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(alphabet), length).prop_map(|parts| parts.concat().into_bytes())
}

/// Needles over the same alphabet.
fn needles(
    alphabet: &'static [&'static str],
    length: std::ops::Range<usize>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Needle>> {
    let needle = (bytes(alphabet, length), any::<bool>())
        .prop_map(|(bytes, folded)| if folded { Needle::folded(bytes) } else { Needle::exact(bytes) });
    prop::collection::vec(needle, count)
}

/// Two letters in both cases.
const TWO: &[&str] = &["a", "b", "A", "B"];
/// Letters, their look-alikes, and characters whose cases differ in length.
const STRANGE: &[&str] = &["k", "K", "\u{212A}", "s", "\u{17F}", "Ⱥ", "ⱥ", "ß", "\u{1E9E}", "σ", "ς", "Σ", "@", "`"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn overlap_heavy_sets_agree(needles in needles(TWO, 1..5, 1..6), haystack in bytes(TWO, 0..140)) {
        check(&every_searcher(&needles), &needles, &haystack);
    }

    #[test]
    fn sets_of_longer_needles_agree(needles in needles(TWO, 3..14, 1..30), haystack in bytes(TWO, 0..300)) {
        check(&every_searcher(&needles), &needles, &haystack);
    }

    #[test]
    fn sets_outside_ascii_agree(needles in needles(STRANGE, 1..5, 1..6), haystack in bytes(STRANGE, 0..60), cut in 0..4usize) {
        let haystack = &haystack[cut.min(haystack.len())..];
        check(&every_searcher(&needles), &needles, haystack);
    }

    #[test]
    fn any_bytes_agree(
        needles in prop::collection::vec((prop::collection::vec(prop::sample::select(&[0u8, 0x20, 0x41, 0x61, 0x80, 0xBA, 0xC3, 0xC8, 0xFF][..]), 1..4), any::<bool>()), 1..5),
        haystack in prop::collection::vec(prop::sample::select(&[0u8, 0x20, 0x41, 0x61, 0x80, 0xBA, 0xC3, 0xC8, 0xFF][..]), 0..120),
    ) {
        let needle = |(bytes, folded): (Vec<u8>, bool)| if folded { Needle::folded(bytes) } else { Needle::exact(bytes) };
        let needles: Vec<Needle> = needles.into_iter().map(needle).collect();
        check(&every_searcher(&needles), &needles, &haystack);
    }
}
