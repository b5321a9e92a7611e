//! What expressions mean, and what is refused at which place.

use super::parse;
use crate::plan::expr::LogicOp;
use crate::plan::{Expr, ExprKind};
use crate::print::expression;

fn read(text: &str) -> Expr {
    let (expr, findings) = parse(text);
    expr.unwrap_or_else(|| panic!("{text}: {findings:?}"))
}

/// The expression with all groups written out.
fn grouped(text: &str) -> String {
    fn write(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::Logic(_, left, right) => {
                format!("({} {} {})", write(left), operator(expr), write(right))
            }
            ExprKind::Not(inner) => format!("NOT({})", write(inner)),
            ExprKind::Negate(inner) => format!("-({})", write(inner)),
            _ => expression(expr),
        }
    }
    fn operator(expr: &Expr) -> String {
        let name = match &expr.kind {
            ExprKind::Arithmetic(op, ..) => format!("{op:?}"),
            ExprKind::Compare(op, ..) => format!("{op:?}"),
            ExprKind::Logic(op, ..) => format!("{op:?}"),
            _ => String::new(),
        };
        name.to_lowercase()
    }
    write(&read(text))
}

/// Code and marked text of the only error.
fn mistake(text: &str) -> (&'static str, String) {
    let (expr, findings) = parse(text);
    assert!(expr.is_none(), "{text} was read");
    let errors: Vec<_> = findings.iter().filter(|finding| finding.code.is_error()).collect();
    assert_eq!(errors.len(), 1, "{text}: {findings:?}");
    (errors[0].code.0, text[errors[0].span.range()].to_owned())
}

fn help(text: &str) -> String {
    parse(text).1.into_iter().find_map(|finding| finding.help).unwrap_or_default()
}

fn warnings(text: &str) -> Vec<&'static str> {
    read(text);
    parse(text).1.iter().map(|finding| finding.code.0).collect()
}

#[test]
fn precedence_s6_1() {
    assert_eq!(grouped("a=1 OR b=2 AND c=3"), "((a eq 1) or ((b eq 2) and (c eq 3)))");
    assert_eq!(grouped("a=1 xor b=2 or c=3"), "((a eq 1) xor ((b eq 2) or (c eq 3)))");
    assert_eq!(grouped("NOT a = b AND c = d"), "(NOT((a eq b)) and (c eq d))");
    assert_eq!(grouped("!match(a, \"b\") and !isnull(c)"), "(NOT(match(a, \"b\")) and NOT(isnull(c)))");
    assert_eq!(grouped("a + b * c . d > -e % 2"), "(((a add (b multiply c)) concat d) gt (-(e) modulo 2))");
    assert_eq!(grouped("a - b - c"), "((a subtract b) subtract c)");
    assert_eq!(grouped("a . 1.5 . .5 == +b"), "(((a concat 1.5) concat 0.5) eq b)");
    assert_eq!(grouped("not not a<>1"), "NOT(NOT((a ne 1)))");
    assert_eq!(grouped(".25 > (a/b)"), "(0.25 gt (a divide b))");
}

#[test]
fn like_and_in_are_operators_and_functions_s6_1_1() {
    assert_eq!(grouped("NOT a LIKE \"b%\" AND c=1"), "(NOT(like(a, \"b%\")) and (c eq 1))");
    assert_eq!(grouped("x IN (\"a\", b) or \"l\" in(c,d)"), "(in(x, \"a\", b) or in(\"l\", c, d))");
    assert_eq!(grouped("in(x, 1) AND LIKE(y, \"z\")"), "(in(x, 1) and like(y, \"z\"))");
    assert_eq!(grouped("a . b in (c)"), "in(a . b, c)");
}

#[test]
fn leaves_s6_1_2() {
    assert_eq!(read("null").kind, ExprKind::Null);
    assert_eq!(read("'null'").kind, ExprKind::Field("null".to_owned()));
    assert_eq!(read("TRUE()").kind, ExprKind::Bool(true));
    assert_eq!(read("true").kind, ExprKind::Field("true".to_owned()));
    assert_eq!(read("'a.b'").kind, ExprKind::Field("a.b".to_owned()));
    assert_eq!(
        read(r#""C:\\x\s\"y\"""#).kind,
        ExprKind::Text { value: r#"C:\x\s"y""#.to_owned(), raw: r#"C:\\x\s\"y\""#.to_owned() }
    );
    assert_eq!(grouped("AND_x . or_y = Match (a, \"b\")"), "((AND_x concat or_y) eq match(a, \"b\"))");
}

#[test]
fn spans_cover_what_was_written() {
    let text = r#"  (a = "b") AND NOT match (c, "d")"#;
    let ExprKind::Logic(LogicOp::And, left, right) = read(text).kind else { panic!("an AND") };
    assert_eq!(&text[left.span.range()], r#"(a = "b")"#);
    assert_eq!(&text[right.span.range()], r#"NOT match (c, "d")"#);
}

#[test]
fn searchmatch_holds_a_search_s6_2() {
    assert_eq!(
        expression(&read(r#"searchmatch("a=b* OR c NOT \"d e\"")"#)),
        r#"searchmatch("(a=\"b*\" OR \"c\") NOT \"d e\"")"#
    );
    assert_eq!(mistake(r#"searchmatch("a=b (c")"#), ("E0110", "(".to_owned()));
    assert_eq!(mistake(r#"searchmatch(a)"#), ("E0141", "searchmatch(a".to_owned()));
    assert_eq!(mistake(r#"searchmatch("earliest=-1d")"#), ("E0115", "earliest=-1d".to_owned()));
}

#[test]
fn mistakes_have_a_code_and_a_place() {
    for (text, code, marked) in [
        ("foo(a)", "E0140", "foo"),
        ("a=1 ANDmatch(b, \"c\")", "E0140", "ANDmatch"),
        ("ORlike(b, \"c\")", "E0140", "ORlike"),
        ("match(a = \"b\")", "E0141", "match(a = \"b\")"),
        ("if(a = 1, 2)", "E0141", "if(a = 1, 2)"),
        ("case(a = 1, 2, a = 3)", "E0141", "case(a = 1, 2, a = 3)"),
        ("pi(1)", "E0141", "pi(1)"),
        ("true(1)", "E0141", "true(1)"),
        ("a contains \"b\"", "E0142", "contains"),
        ("a NOT IN (1)", "E0142", "NOT"),
        ("a is null", "E0142", "is"),
        ("a=1 && b=2", "E0142", "&"),
        ("a in \"b\"", "E0142", "in"),
        ("a=1 b=2", "E0143", "b"),
        ("a=1 (b=2)", "E0143", "("),
        ("a AND b=1", "E0144", "a"),
        ("NOT a", "E0144", "a"),
        ("if(a, 1, 2)", "E0144", "a"),
        ("case(a = 1, 2, \"x\", 3)", "E0144", "\"x\""),
        ("mvfilter(a = b)", "E0146", "mvfilter(a = b)"),
        ("mvfilter(1 = 2)", "E0146", "mvfilter(1 = 2)"),
        ("mvmap(split(a, \",\"), a)", "E0147", "split(a, \",\")"),
        ("target{}.id = 1", "E0148", "{"),
        ("'' = 1", "E0148", "''"),
        ("a > 5m", "E0149", "5m"),
        ("a > 1e999", "E0149", "1e999"),
        ("(a = 1", "E0110", "("),
        ("match(a, \"b\"", "E0110", "("),
        ("a = 1)", "E0111", ")"),
        ("a =", "E0112", "="),
        ("a = 1 AND", "E0112", "AND"),
        ("AND a = 1", "E0112", "AND"),
        ("= 1", "E0112", "="),
        ("match(a, )", "E0112", ","),
        ("()", "E0113", "()"),
        ("a IN ()", "E0113", "()"),
        ("a = #", "E0115", "#"),
        ("a, b", "E0115", ","),
        ("'a = 1", "E0101", "'"),
        ("a = [search b]", "E0130", "[search b]"),
        ("a = [search b", "E0104", "["),
    ] {
        assert_eq!(mistake(text), (code, marked.to_owned()), "{text}");
    }
}

#[test]
fn messages_say_what_to_write() {
    for (text, wanted) in [
        ("isnul(a)", "did you mean `isnull`?"),
        ("lenght(a)", "write len(text)"),
        ("a=1 ANDmatch(b, \"c\")", "put a blank behind the operator: AND match(…)"),
        ("match(a = \"b\")", "write match(a, \"b\")"),
        ("contains(a, \"b\")", "write like(field, \"%text%\") or match(field, \"regex\")"),
        ("a NOT IN (1)", "put NOT in front: NOT field IN …"),
    ] {
        assert_eq!(help(text), wanted, "{text}");
    }
    let message = parse("len()").1.remove(0).message;
    assert_eq!(message, "`len` takes 1 argument and has 0; it is written len(text)");
}

#[test]
fn warnings_name_what_looks_otherwise() {
    assert_eq!(warnings("a < \"5\""), ["W-STRING-ORDER"]);
    assert_eq!(warnings("a < \"b\" AND a = \"5\""), [""; 0]);
    assert_eq!(warnings("a = \"*b\" OR a != \"c*\""), ["W-WHERE-STAR"; 2]);
    assert_eq!(warnings("a IN (\"b*\")"), ["W-WHERE-STAR"]);
    assert_eq!(warnings("a LIKE \"*b\" OR like(a, \"%*\")"), ["W-LIKE-STAR"]);
    assert_eq!(warnings("cidrmatch(\"10.1.2.3\", \"10.0.0.0/8\")"), ["W-CIDR-ARGUMENTS"]);
    assert_eq!(warnings("cidrmatch(ip, \"10.0.0.0/8\")"), ["W-CIDR-ARGUMENTS"]);
    assert_eq!(warnings("cidrmatch(\"10.0.0.0/8\", ip)"), [""; 0]);
}

#[test]
fn deep_nesting_is_refused_not_a_crash() {
    for (open, close) in [("(", ")"), ("NOT ", ""), ("-", ""), ("+", ""), ("!", ""), ("abs(", ")"), ("a = (", ")")] {
        let text = open.repeat(50_000) + "1" + &close.repeat(50_000);
        assert_eq!(parse(&text).1[0].code.0, "E0118", "{open}");
    }
    let text = "a".to_owned() + &" . a".repeat(50_000);
    assert_eq!(mistake(&text).0, "E0118");
    let text = "a".to_owned() + &" = a".repeat(50_000);
    assert_eq!(mistake(&text).0, "E0118");
}

#[test]
fn long_chains_are_balanced_trees() {
    for op in ["AND", "OR", "XOR"] {
        let text = vec!["a=1"; 50_000].join(&format!(" {op} "));
        let expr = read(&text);
        let mut leaves = 0;
        expr.walk(&mut |part| leaves += usize::from(matches!(part.kind, ExprKind::Compare(..))));
        assert_eq!(leaves, 50_000);
        assert_eq!(read(&expression(&expr)), expr);
    }
    assert_eq!(read("a=1 AND (b=2 AND c=3) AND d=4"), read("((a=1 AND b=2) AND c=3) AND d=4"));
    assert_eq!(grouped("a=1 OR b=2 OR c=3"), "(((a eq 1) or (b eq 2)) or (c eq 3))");
}
