//! Any text as a rule: there is a plan exactly if nothing is an error, spans lie in the text, and a plan reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_fuzz::macros;
use retrohunt_spl::{compile, macros::Macros, print};

fuzz_target!(|text: &str| {
    let (plan, findings) = compile(text, &macros());
    assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.code.is_error()));
    for finding in &findings {
        let [start, end] = [finding.span.start, finding.span.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        assert!(start <= end && end <= text.len(), "{finding:?} lies outside the text");
        assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{finding:?} cuts a character");
    }
    if let Some(plan) = plan {
        let printed = print::plan(&plan);
        let (again, findings) = compile(&printed, &Macros::shipped());
        assert_eq!(Some(&plan), again.as_ref(), "printed as {printed}\n{findings:?}");
    }
});
