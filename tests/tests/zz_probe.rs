//! Probe.
use retrohunt_tests::cases::parse;
use retrohunt_tests::harness::*;
#[test]
fn probe() {
    let text = std::fs::read_to_string(std::env::var("PROBE").unwrap()).unwrap();
    for case in parse("probe", &text).unwrap() {
        for configuration in covering() {
            let folder = tempfile::tempdir().unwrap();
            let paths = write_archive(&case.archive, &configuration.layout, folder.path()).unwrap();
            let program = compile(&[&case.rule], &case.macros, &case.settings, configuration.scalar).unwrap();
            let s = scan(&program, &paths, &profiles(&case.profile).unwrap(), &case.settings, &configuration);
            let r = &s.rules[0];
            let (plan, _) = retrohunt_spl::compile(&case.rule, &retrohunt_spl::macros::Macros::shipped());
            let wanted = plan.map(|p| retrohunt_tests::reference::run(&case.archive, &p, &case.settings));
            let wanted = wanted.map(|w| w.map(|o| o.ndjson()));
            let got = r.output.as_ref().map(|o| o.ndjson());
            if !matches!((&wanted, &got), (Some(Ok(a)), Some(b)) if a == b) || !s.outcome.complete() {
                println!("{} `{}` under {}: got {:?} {:?} complete {} wanted {:?}", case.name, case.rule, configuration.name, got, r.codes, s.outcome.complete(), wanted);
                if !s.outcome.complete() { println!("   {:?}", s.outcome); }
            }
        }
    }
}
