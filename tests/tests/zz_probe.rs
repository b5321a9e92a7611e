//! Probe.
use retrohunt_tests::cases::parse;
use retrohunt_tests::harness::*;
#[test]
fn probe() {
    let text = std::fs::read_to_string(std::env::var("PROBE").unwrap()).unwrap();
    for case in parse("probe", &text).unwrap() {
        let mut shown = std::collections::BTreeMap::<String, Vec<&str>>::new();
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
                shown
                    .entry(format!(
                        "{} `{}`: got {:?} {:?} complete {} wanted {:?} {}",
                        case.name,
                        case.rule,
                        got,
                        r.codes,
                        s.outcome.complete(),
                        wanted,
                        if !s.outcome.complete() { format!("   {:?}", s.outcome.inputs) } else { String::new() }
                    ))
                    .or_default()
                    .push(configuration.name);
            }
        }
        for (m, c) in shown {
            println!("{m}\n   {} configurations: {:?}", c.len(), &c[..c.len().min(3)]);
        }
    }
}
