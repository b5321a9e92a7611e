//! What is wrong with an expression that can be read, and what is only worth a warning.

use super::kind::Truth;
use super::lex::{Kind, Token};
use crate::commands::{Arguments, distance};
use crate::diagnostic::{Diagnostic, codes};
use crate::functions::{self, Function};
use crate::plan::expr::ExprCompareOp;
use crate::plan::{Expr, ExprKind};
use crate::span::Span;

/// Functions of other languages, and what does the same here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("contains", "write like(field, \"%text%\") or match(field, \"regex\")"),
    ("startswith", "write like(field, \"text%\")"),
    ("endswith", "write like(field, \"%text\")"),
    ("regex", "write match(field, \"regex\")"),
    ("length", "write len(text)"),
    ("strlen", "write len(text)"),
    ("substring", "write substr(text, start, length)"),
    ("concat", "join texts with a point: a . b"),
    ("tolower", "write lower(text)"),
    ("toupper", "write upper(text)"),
    ("nvl", "write coalesce(a, b)"),
    ("ifnull", "write coalesce(a, b)"),
    ("isempty", "write isnull(x) OR x=\"\""),
    ("count", "aggregates stand in stats, eventstats and streamstats"),
    ("values", "aggregates stand in stats, eventstats and streamstats"),
    ("dc", "aggregates stand in stats, eventstats and streamstats"),
];

/// Refuses a value where a condition is needed.
pub(crate) fn condition(findings: &mut Vec<Diagnostic>, expr: &Expr) -> Option<()> {
    if expr.truth() != Truth::Value {
        return Some(());
    }
    let message = match &expr.kind {
        ExprKind::Field(name) => format!("a condition is needed here, and the field `{name}` is none"),
        _ => "a condition is needed here, and this is none".to_owned(),
    };
    findings.push(
        Diagnostic::new(codes::NOT_A_CONDITION, expr.span, message)
            .help("compare it, as in x=\"true\", or test it, as in isnotnull(x)"),
    );
    None
}

/// Refuses a condition where a field is set (§5.9.1).
pub(crate) fn assigned(findings: &mut Vec<Diagnostic>, expr: &Expr) -> Option<()> {
    if !matches!(expr.truth(), Truth::Boolean | Truth::Mixed) {
        return Some(());
    }
    let message = "a field cannot hold a condition";
    let help = "write if(condition, \"true\", \"false\"), or tostring(condition)";
    findings.push(Diagnostic::new(codes::BOOLEAN_ASSIGNED, expr.span, message).help(help));
    None
}

/// Checks a call's arguments.
pub(super) fn call(findings: &mut Vec<Diagnostic>, function: Function, arguments: &[Expr], span: Span) -> Option<()> {
    count(findings, function, arguments, span)?;
    let conditions: Vec<&Expr> = match function {
        Function::If | Function::MvFilter => arguments.iter().take(1).collect(),
        Function::Case | Function::Validate => arguments.iter().step_by(2).collect(),
        _ => Vec::new(),
    };
    for expr in conditions {
        condition(findings, expr)?;
    }
    match (function, arguments) {
        (Function::MvFilter, [condition]) => mvfilter(findings, condition, span)?,
        (Function::MvMap, [over, _]) => mvmap(findings, over)?,
        (Function::Like, [_, pattern]) => like(findings, pattern),
        (Function::CidrMatch, [network, address]) => cidr(findings, network, address, span),
        (Function::In, [_, values @ ..]) => values.iter().for_each(|value| star(findings, value)),
        _ => {}
    }
    Some(())
}

/// Checks the number of arguments (§6.1.5).
fn count(findings: &mut Vec<Diagnostic>, function: Function, arguments: &[Expr], span: Span) -> Option<()> {
    let signature = function.signature();
    let given = arguments.len();
    let pairs = match function {
        Function::Case | Function::Validate | Function::JsonObject => given.is_multiple_of(2),
        Function::JsonSet | Function::JsonAppend => !given.is_multiple_of(2),
        _ => true,
    };
    if given >= signature.least && signature.most.is_none_or(|most| given <= most) && pairs {
        return Some(());
    }
    let wanted = match (signature.least, signature.most) {
        _ if !pairs && given >= signature.least => "its arguments in pairs".to_owned(),
        (0, Some(0)) => "no argument".to_owned(),
        (1, Some(1)) => "1 argument".to_owned(),
        (least, Some(most)) if least == most => format!("{least} arguments"),
        (least, Some(most)) => format!("{least} to {most} arguments"),
        (least, None) => format!("at least {least} arguments"),
    };
    let message = format!("`{}` takes {wanted} and has {given}; it is written {}", signature.name, signature.syntax);
    let mut finding = Diagnostic::new(codes::WRONG_ARGUMENTS, span, message);
    // `match(field = "re")` is a common slip.
    if let ([Expr { kind: ExprKind::Compare(ExprCompareOp::Eq, left, right), .. }], 2) = (arguments, signature.least) {
        let print = crate::print::expression;
        finding = finding.help(format!("write {}({}, {})", signature.name, print(left), print(right)));
    }
    findings.push(finding);
    None
}

/// The condition of `mvfilter` reads exactly one field.
fn mvfilter(findings: &mut Vec<Diagnostic>, condition: &Expr, span: Span) -> Option<()> {
    // Two are enough to know; a rule may name thousands.
    let mut fields: Vec<&str> = Vec::new();
    condition.walk(&mut |expr| {
        if let ExprKind::Field(name) = &expr.kind
            && fields.len() < 2
            && !fields.contains(&name.as_str())
        {
            fields.push(name);
        }
    });
    let message = match fields.as_slice() {
        [_] => return Some(()),
        [] => "the condition of `mvfilter` reads no field".to_owned(),
        several => format!("the condition of `mvfilter` reads more than one field: {}", several.join(", ")),
    };
    findings.push(
        Diagnostic::new(codes::MVFILTER_FIELD, span, message)
            .help("name exactly one field, the one whose values are to be kept"),
    );
    None
}

/// `mvmap` goes over a field, or over `mvindex` of one.
fn mvmap(findings: &mut Vec<Diagnostic>, over: &Expr) -> Option<()> {
    let field = match &over.kind {
        ExprKind::Field(_) => true,
        ExprKind::Call(Function::MvIndex, arguments) => {
            matches!(arguments.first(), Some(Expr { kind: ExprKind::Field(_), .. }))
        }
        _ => false,
    };
    if field {
        return Some(());
    }
    let message = "`mvmap` goes over a field, or over `mvindex` of a field";
    let help = "assign this to a field first";
    findings.push(Diagnostic::new(codes::MVMAP_FIELD, over.span, message).help(help));
    None
}

/// Warns of a pattern of `like` that looks like one of `search` (§6.2).
fn like(findings: &mut Vec<Diagnostic>, pattern: &Expr) {
    if let ExprKind::Text { value, .. } = &pattern.kind
        && value.contains('*')
        && !value.contains('%')
    {
        let message = "`*` is a plain character in a pattern of `like`";
        findings.push(Diagnostic::new(codes::LIKE_STAR, pattern.span, message).help("write `%` for any run"));
    }
}

/// Warns of arguments that look swapped (§6.2).
fn cidr(findings: &mut Vec<Diagnostic>, network: &Expr, address: &Expr, span: Span) {
    let slash = |expr: &Expr| matches!(&expr.kind, ExprKind::Text { value, .. } if value.contains('/'));
    if slash(address) && !slash(network) {
        let message = "`cidrmatch` takes the network first and the address second; they were swapped";
        let print = crate::print::expression;
        let help = format!("write cidrmatch({}, {})", print(address), print(network));
        findings.push(Diagnostic::new(codes::CIDR_ARGUMENTS, span, message).help(help));
    }
}

/// Warns of a literal with `*`, which is no wildcard here (§5.8).
fn star(findings: &mut Vec<Diagnostic>, expr: &Expr) {
    if let ExprKind::Text { value, .. } = &expr.kind
        && value.contains('*')
    {
        let message = "`*` is a plain character here, not a wildcard";
        let help = "write like(field, \"%text%\"), or use `search`";
        findings.push(Diagnostic::new(codes::WHERE_STAR, expr.span, message).help(help));
    }
}

/// Warns of comparisons that do not do what they look like.
pub(super) fn comparison(findings: &mut Vec<Diagnostic>, kind: &ExprKind) {
    let ExprKind::Compare(op, left, right) = kind else { return };
    for side in [left, right] {
        if matches!(op, ExprCompareOp::Eq | ExprCompareOp::Ne) {
            star(findings, side);
        } else if let ExprKind::Text { value, .. } = &side.kind
            && numeric(value)
        {
            let message = "a quoted number is compared as a text, character by character";
            findings.push(Diagnostic::new(codes::STRING_ORDER, side.span, message).help("write it without quotes"));
        }
    }
}

/// Has a text numeric form (§4.3.1)?
fn numeric(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain && !text.ends_with('.') && text.parse::<f64>().is_ok()
}

/// Refuses a function that does not exist.
pub(super) fn unknown_function(arguments: &mut Arguments<'_>, word: &str, (start, end): (usize, usize)) {
    let message = format!("`{word}` is not a function");
    let help = glued(word).or_else(|| {
        let lower = word.to_ascii_lowercase();
        let elsewhere = |far| {
            let near = |name: &str| name.len().abs_diff(lower.len()) <= far && distance(name, &lower) <= far;
            let found = ELSEWHERE.iter().find(|(name, _)| name.len() > 2 * far && near(name));
            found.map(|(_, help)| (*help).to_owned())
        };
        let function = || nearest(&lower).map(|near| format!("did you mean `{near}`?"));
        elsewhere(0).or_else(function).or_else(|| elsewhere(2))
    });
    arguments.error(codes::UNKNOWN_FUNCTION, start, end, &message, help.as_deref());
}

/// The function whose name is nearest.
fn nearest(lower: &str) -> Option<&'static str> {
    let names = functions::signatures().flat_map(|entry| entry.aliases.iter().chain([&entry.name])).copied();
    let constants = functions::CONSTANTS.iter().map(|constant| constant.name);
    let all = names.chain(constants).filter(|name| name.len().abs_diff(lower.len()) <= 2);
    let near = all.map(|name| (distance(name, lower), name)).filter(|(far, name)| *far <= 2 && far + 1 < name.len());
    near.min().map(|(_, name)| name)
}

/// For `ANDmatch`: what to write.
fn glued(word: &str) -> Option<String> {
    ["AND", "OR", "NOT", "XOR"].iter().find_map(|operator| {
        let head = word.get(..operator.len()).filter(|head| head.eq_ignore_ascii_case(operator))?;
        let tail = &word[head.len()..];
        functions::find(tail).map(|_| format!("put a blank behind the operator: {head} {tail}(…)"))
    })
}

/// Refuses what stands behind a whole expression. `next` is the token behind it.
pub(super) fn leftover(arguments: &mut Arguments<'_>, token: Token<'_>, next: Token<'_>) {
    let text = arguments.expanded.text.get(token.start..token.end).unwrap_or_default();
    let (code, message, help) = match token.kind {
        Kind::Close => (codes::EXTRA_PAREN, "this parenthesis closes nothing".to_owned(), Some("remove it".to_owned())),
        Kind::Word(word, _) if glued(word).is_some() => {
            (codes::UNKNOWN_FUNCTION, format!("`{word}` is not a function"), glued(word))
        }
        Kind::Word(word, _) if word_operator(word, next.kind).is_some() => {
            (codes::UNKNOWN_OPERATOR, format!("`{word}` is not an operator here"), word_operator(word, next.kind))
        }
        Kind::Word(..) | Kind::Name(_) if matches!(next.kind, Kind::Compare(ExprCompareOp::Eq)) => (
            codes::MISSING_OPERATOR,
            format!("there is no operator before `{text}`"),
            Some(
                "expressions have no implied AND: write AND between conditions, or a comma between assignments"
                    .to_owned(),
            ),
        ),
        Kind::Text(_)
        | Kind::Name(_)
        | Kind::Word(..)
        | Kind::Number(_)
        | Kind::Open
        | Kind::Bang
        | Kind::Subsearch => (
            codes::MISSING_OPERATOR,
            format!("there is no operator before `{}`", shorten(text)),
            Some("expressions have no implied AND: write the operator".to_owned()),
        ),
        Kind::Other('&') => (
            codes::UNKNOWN_OPERATOR,
            "`&` is not an operator here".to_owned(),
            Some("write AND between conditions, and a point between texts to be joined".to_owned()),
        ),
        Kind::Other(c) => (
            codes::BAD_NAME,
            format!("`{c}` cannot stand here"),
            Some("put single quotes round a field name with other characters than letters, digits and `_`".to_owned()),
        ),
        _ => (codes::UNEXPECTED_TEXT, format!("`{text}` is not expected here"), None),
    };
    arguments.error(code, token.start, token.end, &message, help.as_deref());
}

/// For a word used as an operator: what to write.
fn word_operator(word: &str, next: Kind<'_>) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    if lower == "not" {
        return match next {
            Kind::Word(next, _) if ["in", "like"].iter().any(|word| next.eq_ignore_ascii_case(word)) => {
                Some(format!("put NOT in front: NOT field {} …", next.to_ascii_uppercase()))
            }
            _ => Some("expressions have no implied AND: write AND NOT".to_owned()),
        };
    }
    let help = match lower.as_str() {
        "contains" | "has" | "startswith" | "endswith" => "write like(field, \"%text%\") or match(field, \"regex\")",
        "matches" | "regex" | "rlike" => "write match(field, \"regex\")",
        "is" => "write isnull(field) or isnotnull(field)",
        "eq" | "equals" => "write =",
        "in" => "write the values in parentheses: field IN (\"a\", \"b\")",
        _ => return None,
    };
    Some(help.to_owned())
}

/// The beginning of a long text, for a message.
fn shorten(text: &str) -> String {
    const MOST: usize = 30;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}
