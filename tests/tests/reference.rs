//! Every rule case, through the parser and the reference interpreter.

use std::collections::BTreeSet;

use retrohunt_spl::compile;
use retrohunt_spl::macros::Macros;
use retrohunt_tests::cases::{Case, Expect, folder, load};
use retrohunt_tests::reference::run;

/// Runs one case; the error says what differs.
fn outcome(case: &Case) -> Result<(), String> {
    let mut macros = Macros::shipped();
    for (name, parameters, text) in &case.macros {
        let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
        macros.define(name, &parameters, text);
    }
    let (plan, findings) = compile(&case.rule, &macros);
    let mut codes: BTreeSet<String> = findings.iter().map(|finding| finding.code.0.to_owned()).collect();
    let Some(plan) = plan else {
        return match &case.expect {
            Expect::Refused(code) if codes.contains(code) => Ok(()),
            _ => Err(format!("does not compile: {findings:?}")),
        };
    };
    match (run(&case.archive, &plan, &case.settings), &case.expect) {
        (Err(refusal), Expect::Refused(code)) if refusal.kind == code => Ok(()),
        (Err(refusal), _) => Err(format!("{refusal:?}")),
        (Ok(output), _) => {
            codes.extend(output.warnings.iter().map(|code| (*code).to_owned()));
            case.check(&output, &codes)
        }
    }
}

#[test]
fn every_case_gives_what_it_expects() {
    let cases = load(&folder()).expect("the cases can be read");
    assert!(cases.len() > 100, "only {} cases were found", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        if let Err(message) = outcome(case) {
            failures.push(format!("{} ({}) `{}`\n  {message}", case.name, case.spec, case.rule));
        }
    }
    assert!(failures.is_empty(), "{} of {} cases failed:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
