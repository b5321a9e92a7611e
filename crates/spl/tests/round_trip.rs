//! A plan, printed and parsed again, is the same plan; and no text makes the parser panic.

#![expect(clippy::unwrap_used, reason = "the patterns of generated texts are constants")]

use proptest::prelude::*;
use retrohunt_spl::breakers::first_major;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::{
    Command, CompareOp, Comparison, FieldPattern, FieldRef, Glob, Membership, Plan, RegexCommand, SearchCommand,
    SearchExpr, Step, Term, TermKind,
};
use retrohunt_spl::span::Span;
use retrohunt_spl::{compile, print};

/// Texts that are hard to quote.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex(r#"[a-c .:=\\"'|`()\[\]*,<>é-]{1,8}"#).unwrap()
}

/// A term that is not every row.
fn term() -> impl Strategy<Value = SearchExpr> {
    let kind = prop_oneof![Just(TermKind::Plain), Just(TermKind::Term), Just(TermKind::Case)];
    let made = (text(), kind).prop_map(|(text, kind)| {
        let glob = Glob::new(&text);
        // A TERM with a major breaker is planned as a phrase (§2.4.3).
        let kind = if kind == TermKind::Term && first_major(&glob.text()).is_some() { TermKind::Plain } else { kind };
        Term { glob, kind, span: Span::default() }
    });
    made.prop_filter("every row", |term| !term.glob.is_any()).prop_map(SearchExpr::Term)
}

/// A field's name as written, quoted where it must be.
fn field() -> impl Strategy<Value = FieldRef> {
    prop_oneof!["[a-z][a-z_.]{0,5}", "[a-z]{1,3} [a-z]{1,3}"]
        .prop_filter("keywords and bounds", |name| !matches!(name.as_str(), "earliest" | "latest"))
        .prop_map(|name| FieldRef::plain(&name))
}

/// A comparison or an IN.
fn comparison() -> impl Strategy<Value = SearchExpr> {
    let op = prop_oneof![
        Just(CompareOp::Eq),
        Just(CompareOp::Ne),
        Just(CompareOp::Lt),
        Just(CompareOp::Le),
        Just(CompareOp::Gt),
        Just(CompareOp::Ge)
    ];
    let compare = (field(), op, prop_oneof![Just(String::new()), text()]).prop_map(|(field, op, value)| {
        SearchExpr::Compare(Comparison { field, op, value: Glob::new(&value), case: false, span: Span::default() })
    });
    let membership = (field(), proptest::collection::vec(text(), 1..4)).prop_map(|(field, values)| {
        SearchExpr::In(Membership {
            field,
            values: values.iter().map(|value| Glob::new(value)).collect(),
            span: Span::default(),
        })
    });
    prop_oneof![compare, membership]
}

/// A condition in the form that the parser gives: flat joints of at least two, no double NOT, no `*` beside others.
fn condition() -> impl Strategy<Value = SearchExpr> {
    prop_oneof![term(), comparison()].prop_recursive(4, 24, 4, |inner| {
        let parts = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts().prop_map(|parts| join(parts, true)),
            parts().prop_map(|parts| join(parts, false)),
            inner.prop_map(|part| match part {
                SearchExpr::Not(part) => *part,
                part => SearchExpr::Not(Box::new(part)),
            }),
        ]
    })
}

/// Joins and flattens.
fn join(parts: Vec<SearchExpr>, and: bool) -> SearchExpr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            SearchExpr::And(inner) if and => flat.extend(inner),
            SearchExpr::Or(inner) if !and => flat.extend(inner),
            part => flat.push(part),
        }
    }
    if and { SearchExpr::And(flat) } else { SearchExpr::Or(flat) }
}

/// A whole rule.
fn plan() -> impl Strategy<Value = Plan> {
    let raw = proptest::string::string_regex(r#"([a-c .|()]|\\\\|\\"|\\d){1,8}"#).unwrap();
    let regex = ("[a-z_]{1,6}", any::<bool>(), raw).prop_map(|(field, negated, raw_pattern)| {
        let pattern = retrohunt_spl::escape::string(&raw_pattern);
        Command::Regex(RegexCommand { field, negated, pattern, raw_pattern })
    });
    let table = proptest::collection::vec("[a-z_]{1,4}[*]?|[a-z] [a-z]", 1..4)
        .prop_map(|names| Command::Table(names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect()));
    let steps = proptest::collection::vec(prop_oneof![regex, table], 0..3);
    (condition(), steps).prop_map(|(expr, steps)| {
        let search = Command::Search(SearchCommand { expr, earliest: None, latest: None });
        let steps = std::iter::once(search).chain(steps).map(|command| Step { command, span: Span::default() });
        Plan { steps: steps.collect() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_printed_plan_reads_back(plan in plan()) {
        let text = print::plan(&plan);
        let (again, findings) = compile(&text, &Macros::shipped());
        prop_assert_eq!(again.as_ref(), Some(&plan), "{}\n{:?}", text, findings);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in r#"[a-zA-Z0-9 .:=\\"'|`()\[\]*,<>!é\n-]{0,60}"#) {
        let (plan, findings) = compile(&text, &Macros::shipped());
        prop_assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.code.is_error()));
        for finding in &findings {
            prop_assert!(text.get(finding.span.range()).is_some(), "{:?} is not within {:?}", finding, text);
            let _ = retrohunt_spl::diagnostic::render(finding, "x", &text);
        }
    }

    #[test]
    fn words_of_the_language_in_any_order_do_not_panic(
        words in proptest::collection::vec(
            prop_oneof![
                Just("AND"), Just("OR"), Just("NOT"), Just("("), Just(")"), Just("|"), Just("stats"), Just("count"), Just("by"), Just("as"),
                Just("values(*)"), Just("table"), Just("bin"), Just("span=1s"), Just("regex"), Just("x=\"a\""), Just("IN"), Just("TERM(a)"),
                Just("`get_web_data`"), Just("```c```"), Just("\"p q\""), Just("fields"), Just("-"), Just("*"), Just("search"), Just(",")
            ],
            0..12,
        ),
    ) {
        let text = words.join(" ");
        let (plan, findings) = compile(&text, &Macros::shipped());
        prop_assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.code.is_error()), "{}", text);
        if let Some(plan) = plan {
            let printed = print::plan(&plan);
            let again = compile(&printed, &Macros::shipped()).0;
            prop_assert_eq!(again.as_ref(), Some(&plan), "{} -> {}", text, printed);
        }
    }
}
