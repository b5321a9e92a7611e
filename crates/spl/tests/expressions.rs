//! An expression, printed and parsed again, is the same expression; and no text makes the parser panic.

#![expect(clippy::unwrap_used, reason = "the patterns of generated texts are constants")]

use proptest::prelude::*;
use retrohunt_spl::escape;
use retrohunt_spl::expr::parse;
use retrohunt_spl::functions::Function;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp, Literal, LogicOp};
use retrohunt_spl::plan::{Assignment, Command, EvalTarget, Expr, ExprKind, TargetPiece};
use retrohunt_spl::span::Span;
use retrohunt_spl::{compile, print};

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

/// A quoted text: what stands between the quotes, and what it means.
fn text() -> impl Strategy<Value = Expr> {
    proptest::string::string_regex(r#"([a-c .*%()\[\]',|é-]|\\\\|\\"|\\d){0,8}"#)
        .unwrap()
        .prop_map(|raw| expr(ExprKind::Text { value: escape::string(&raw), raw }))
}

/// A field, however it must be quoted.
fn field() -> impl Strategy<Value = Expr> {
    prop_oneof!["[a-z_][a-z0-9_:]{0,4}", r"[a-c .*%()\[\]'\\,|é{}-]{1,6}", "(?i)(and|or|in|null|like|not|true)"]
        .prop_map(|name| expr(ExprKind::Field(name)))
}

fn boxed(value: Expr) -> Box<Expr> {
    Box::new(value)
}

/// A value.
fn value() -> impl Strategy<Value = Expr> {
    let number = prop_oneof![(0.0..1e6_f64), (0.0..1e300_f64), (0_u32..20).prop_map(f64::from), Just(1e-12)]
        .prop_map(|number| expr(ExprKind::Number(Literal(number))));
    let leaf = prop_oneof![3 => text(), 3 => field(), 2 => number, 1 => Just(expr(ExprKind::Null))];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let op = prop_oneof![
            Just(ArithmeticOp::Add),
            Just(ArithmeticOp::Subtract),
            Just(ArithmeticOp::Multiply),
            Just(ArithmeticOp::Divide),
            Just(ArithmeticOp::Modulo),
            Just(ArithmeticOp::Concat)
        ];
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|x| expr(ExprKind::Negate(boxed(x)))),
            (op, pair()).prop_map(|(op, (x, y))| expr(ExprKind::Arithmetic(op, boxed(x), boxed(y)))),
            (pair(), pair()).prop_map(|((a, b), (x, y))| {
                let condition = expr(ExprKind::Compare(ExprCompareOp::Lt, boxed(a), boxed(b)));
                expr(ExprKind::Call(Function::If, vec![condition, x, y]))
            }),
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|items| expr(ExprKind::Call(Function::MvAppend, items))),
        ]
    })
}

/// A condition.
fn condition() -> impl Strategy<Value = Expr> {
    let op = prop_oneof![
        Just(ExprCompareOp::Eq),
        Just(ExprCompareOp::Ne),
        Just(ExprCompareOp::Lt),
        Just(ExprCompareOp::Le),
        Just(ExprCompareOp::Gt),
        Just(ExprCompareOp::Ge)
    ];
    let leaf = prop_oneof![
        4 => (op.clone(), value(), value()).prop_map(|(op, x, y)| expr(ExprKind::Compare(op, boxed(x), boxed(y)))),
        1 => (value(), text()).prop_map(|(x, y)| expr(ExprKind::Call(Function::Match, vec![x, y]))),
        1 => proptest::collection::vec(value(), 2..4).prop_map(|items| expr(ExprKind::Call(Function::In, items))),
        1 => any::<bool>().prop_map(|value| expr(ExprKind::Bool(value))),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let logic = prop_oneof![Just(LogicOp::And), Just(LogicOp::Or), Just(LogicOp::Xor)];
        prop_oneof![
            2 => (logic, proptest::collection::vec(inner.clone(), 2..6)).prop_map(|(op, parts)| chain(op, parts)),
            1 => inner.clone().prop_map(|x| expr(ExprKind::Not(boxed(x)))),
            1 => (op.clone(), inner.clone(), inner).prop_map(|(op, x, y)| expr(ExprKind::Compare(op, boxed(x), boxed(y)))),
        ]
    })
}

/// A chain as the parser builds it: groups of the same operator dissolved, then halved again and again.
fn chain(op: LogicOp, parts: Vec<Expr>) -> Expr {
    fn flatten(part: Expr, op: LogicOp, flat: &mut Vec<Expr>) {
        match part.kind {
            ExprKind::Logic(inner, left, right) if inner == op => {
                flatten(*left, op, flat);
                flatten(*right, op, flat);
            }
            kind => flat.push(expr(kind)),
        }
    }
    fn halve(parts: &[Expr], op: LogicOp) -> Expr {
        match parts {
            [one] => one.clone(),
            _ => {
                let (left, right) = parts.split_at(parts.len().div_ceil(2));
                expr(ExprKind::Logic(op, boxed(halve(left, op)), boxed(halve(right, op))))
            }
        }
    }
    let mut flat = Vec::new();
    parts.into_iter().for_each(|part| flatten(part, op, &mut flat));
    halve(&flat, op)
}

/// An assignment.
fn assignment() -> impl Strategy<Value = Assignment> {
    let target = prop_oneof![
        "[a-z_][a-z0-9_]{0,4}|[a-c ]{1,4}|[a-c]\\.[a-c]".prop_map(EvalTarget::Field),
        ("[a-c_]{1,3}", "[a-c.]{1,3}").prop_map(|(literal, field)| {
            EvalTarget::Template(vec![TargetPiece::Literal(literal), TargetPiece::Field(field)])
        }),
    ];
    (target, value()).prop_map(|(target, value)| Assignment { target, value })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_printed_expression_reads_back(expr in prop_oneof![value(), condition()]) {
        let text = print::expression(&expr);
        let (again, findings) = parse(&text);
        prop_assert_eq!(again.as_ref(), Some(&expr), "{}\n{:?}", text, findings);
    }

    #[test]
    fn a_printed_where_and_eval_read_back(
        condition in condition(),
        assignments in proptest::collection::vec(assignment(), 1..3),
    ) {
        let commands = [Command::Where(condition), Command::Eval(assignments)];
        let text = format!("* | {} | {}", print::command(&commands[0]), print::command(&commands[1]));
        let (plan, findings) = compile(&text, &Macros::shipped());
        let plan = plan.ok_or_else(|| TestCaseError::fail(format!("{text}\n{findings:?}")))?;
        prop_assert_eq!(&plan.steps[1].command, &commands[0], "{}", text);
        prop_assert_eq!(&plan.steps[2].command, &commands[1], "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in r#"[a-zA-Z0-9 .:=\\"'|`()\[\]*,<>!é\n+/%{}-]{0,60}"#) {
        let (expr, findings) = parse(&text);
        prop_assert_eq!(expr.is_none(), findings.iter().any(|finding| finding.code.is_error()));
        for finding in &findings {
            prop_assert!(text.get(finding.span.range()).is_some(), "{:?} is not within {:?}", finding, text);
        }
        for command in ["where", "eval", "rex", "head", "foreach", "streamstats", "stats", "chart"] {
            let rule = format!("*|{command} {text}");
            let (plan, findings) = compile(&rule, &Macros::shipped());
            prop_assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.code.is_error()));
            for finding in &findings {
                prop_assert!(rule.get(finding.span.range()).is_some(), "{:?} is not within {:?}", finding, rule);
            }
        }
    }

    #[test]
    fn words_of_expressions_in_any_order_read_back(
        words in proptest::collection::vec(
            prop_oneof![
                Just("AND"), Just("or"), Just("NOT"), Just("xor"), Just("("), Just(")"), Just("a"), Just("'b c'"), Just("\"d\""), Just("="),
                Just("!"), Just("-"), Just("."), Just("1"), Just(".5"), Just("IN"), Just("like"), Just("match("), Just("if("), Just(","),
                Just("null"), Just("true()"), Just("isnull(a)"), Just("*"), Just("+")
            ],
            0..9,
        ),
    ) {
        let text = words.join(" ");
        let (expr, findings) = parse(&text);
        prop_assert_eq!(expr.is_none(), findings.iter().any(|finding| finding.code.is_error()), "{}", text);
        if let Some(expr) = expr {
            let printed = print::expression(&expr);
            let again = parse(&printed).0;
            prop_assert_eq!(again.as_ref(), Some(&expr), "{} -> {}", text, printed);
        }
    }

    #[test]
    fn commands_of_all_words_in_any_order_read_back(
        command in prop_oneof![
            Just("stats"), Just("eventstats"), Just("streamstats"), Just("chart"), Just("timechart"), Just("head"), Just("rex"), Just("bin"),
            Just("foreach"), Just("eval"), Just("where"),
        ],
        words in proptest::collection::vec(
            prop_oneof![
                Just("count"), Just("sum(eval(a=1))"), Just("p95(b)"), Just("sparkline(avg(c), 1h)"), Just("as"), Just("by"), Just("over"),
                Just("x"), Just("'y z'"), Just("window=3"), Just("current=f"), Just("reset_before=(a=1)"), Just("limit=5"), Just("span=5m"),
                Just("bins=7"), Just("useother=f"), Just("allnum=t"), Just("10"), Just("(a=1)"), Just("keeplast=t"), Just("field=f"),
                Just("max_match=0"), Just("\"(?<n>a|b)\""), Just("(?<n>\"c d\")"), Just("mode=sed"), Just("s/a/b/g"), Just("[eval <<FIELD>>=1]"),
                Just("q=1"), Just(","), Just("mode=multivalue"), Just("aligntime=earliest"), Just("dc"),
            ],
            0..6,
        ),
    ) {
        let text = format!("* | {command} {}", words.join(" "));
        let (plan, _) = compile(&text, &Macros::shipped());
        if let Some(plan) = plan {
            let printed = print::plan(&plan);
            let (again, findings) = compile(&printed, &Macros::shipped());
            prop_assert_eq!(again.as_ref(), Some(&plan), "{} -> {}\n{:?}", text, printed, findings);
        }
    }
}
