//! Each deliberate mistake makes a search disagree with the oracle, so the tests of agreement would see it.
//!
//! Run with `--features faults`. One test, as the switch is one for the process.

use retrohunt_prefilter::{Algorithm, Needle, Options, Searcher, SimdChoice, naive, set_fault};

/// Returns whether a search for `needles` in `haystack` finds what the oracle finds.
fn agrees(needles: &[Needle], haystack: &[u8], options: &Options) -> bool {
    let (mut found, mut wanted) = (Vec::new(), Vec::new());
    let searcher = Searcher::new(needles, options);
    assert!(searcher.is_ok(), "{searcher:?}");
    searcher.iter().for_each(|searcher| searcher.search(haystack, &mut found));
    naive::search(needles, haystack, &mut wanted);
    found == wanted
}

/// A case for a fault: its needles and haystack.
struct Case {
    fault: &'static str,
    needles: Vec<Needle>,
    haystack: String,
    /// Algorithms that the fault does not reach, or that cannot search these needles.
    spared: &'static [Algorithm],
}

#[test]
fn every_fault_makes_a_search_disagree() {
    use Algorithm::{AhoCorasick, BytePairs, Grams, Teddy};
    let folded = |texts: &[&str]| texts.iter().map(|text| Needle::folded(*text)).collect::<Vec<_>>();
    let cases = [
        Case {
            fault: "prefilter-skip-overlap",
            needles: folded(&["aaaa", "aaab"]),
            haystack: "xaaaaaabx".to_owned(),
            spared: &[],
        },
        // Two needles whose heads are long enough for grams.
        Case {
            fault: "prefilter-ascii-cross-fold",
            needles: folded(&["straßeä", "tooläx"]),
            haystack: "STRAẞEÄ TOOLÄX straßeä".to_owned(),
            spared: &[],
        },
        Case {
            fault: "prefilter-drop-tail",
            needles: folded(&["psexec", "mimikatz"]),
            // One byte short of three vectors, so the needle lies in no whole one.
            haystack: "x".repeat(89) + "psexec",
            spared: &[BytePairs],
        },
        Case {
            fault: "prefilter-drop-tail",
            needles: folded(&["e", "xe"]),
            haystack: "an axe".to_owned(),
            spared: &[Grams, Teddy, AhoCorasick],
        },
        Case {
            fault: "prefilter-one-case",
            needles: folded(&["psexec", "mimikatz"]),
            haystack: "PsExec MIMIKATZ".to_owned(),
            spared: &[],
        },
    ];
    for case in cases {
        let algorithms = [Teddy, Grams, AhoCorasick, BytePairs].into_iter().filter(|it| !case.spared.contains(it));
        for algorithm in algorithms.map(Some).chain([None]) {
            for simd in [SimdChoice::Auto, SimdChoice::Scalar] {
                let options = Options { simd, algorithm };
                set_fault(None);
                assert!(agrees(&case.needles, case.haystack.as_bytes(), &options), "{} off, {options:?}", case.fault);
                set_fault(Some(case.fault));
                assert!(!agrees(&case.needles, case.haystack.as_bytes(), &options), "{} on, {options:?}", case.fault);
            }
        }
    }
    set_fault(None);
}
