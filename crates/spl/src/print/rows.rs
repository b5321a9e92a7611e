//! Commands that work row by row as SPL text.

use std::fmt::Write as _;

use super::expression::field;
use super::{expression, fields, pattern};
use crate::commands::print_sed;
use crate::escape::quote;
use crate::plan::{Assignment, EvalTarget, ForeachCommand, ForeachMode, HeadCommand, RexCommand, RexMode, TargetPiece};

/// `eval`.
pub(super) fn eval(assignments: &[Assignment]) -> String {
    let one = |assignment: &Assignment| format!("{}={}", target(&assignment.target), expression(&assignment.value));
    format!("eval {}", assignments.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// The left side of an assignment.
fn target(target: &EvalTarget) -> String {
    match target {
        EvalTarget::Field(name) => field(name),
        EvalTarget::Template(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                TargetPiece::Literal(text) => text.clone(),
                TargetPiece::Field(name) => format!("{{{name}}}"),
            })
            .collect(),
    }
}

/// `rex`.
pub(super) fn rex(rex: &RexCommand) -> String {
    let mut out = format!("rex field={}", option(&rex.field));
    match &rex.mode {
        RexMode::Extract { raw_pattern, max_match, offset_field, .. } => {
            if *max_match != 1 {
                let _ = write!(out, " max_match={max_match}");
            }
            if let Some(field) = offset_field {
                let _ = write!(out, " offset_field={}", option(field));
            }
            let _ = write!(out, " {}", pattern(raw_pattern));
        }
        RexMode::Sed(steps) => {
            let _ = write!(out, " mode=sed {}", pattern(&print_sed(steps)));
        }
    }
    out
}

/// The value of an option, quoted where it must be.
fn option(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || "_.:{}@".contains(c));
    if plain && !text.is_empty() { text.to_owned() } else { quote(text) }
}

/// `head`.
pub(super) fn head(head: &HeadCommand) -> String {
    let mut out = String::from("head");
    if let Some(limit) = head.limit {
        let _ = write!(out, " limit={limit}");
    }
    if let Some(condition) = &head.condition {
        let _ = write!(out, " ({})", expression(condition));
    }
    for (option, on) in [("keeplast", head.keep_last), ("null", head.null)] {
        if on {
            let _ = write!(out, " {option}=true");
        }
    }
    out
}

/// `foreach`.
pub(super) fn foreach(foreach: &ForeachCommand) -> String {
    let mut out = String::from("foreach");
    let mode = match foreach.mode {
        ForeachMode::MultiField => None,
        ForeachMode::MultiValue => Some("multivalue"),
        ForeachMode::JsonArray => Some("json_array"),
        ForeachMode::AutoCollections => Some("auto_collections"),
    };
    if let Some(mode) = mode {
        let _ = write!(out, " mode={mode}");
    }
    let mut texts = vec![
        ("fieldstr".to_owned(), &foreach.field_text, "<<FIELD>>".to_owned()),
        ("matchstr".to_owned(), &foreach.match_text, "<<MATCHSTR>>".to_owned()),
        ("itemstr".to_owned(), &foreach.item_text, "<<ITEM>>".to_owned()),
        ("iterstr".to_owned(), &foreach.iter_text, "<<ITER>>".to_owned()),
    ];
    for (index, text) in (1..).zip(&foreach.segment_texts) {
        texts.push((format!("matchseg{index}"), text, format!("<<MATCHSEG{index}>>")));
    }
    for (option, text, default) in texts {
        if *text != default {
            let _ = write!(out, " {option}={}", quote(text));
        }
    }
    let _ = write!(out, " {} [{}]", fields(&foreach.fields), foreach.template);
    out
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    #[test]
    fn what_is_printed_reads_back() {
        for text in [
            "* | eval a.b=1, 'c d'=\"x\", v_{f}_{g}=h",
            "* | where a LIKE \"b%\" AND NOT c IN (1, \"2\")",
            "* | rex field=\"a b\" max_match=0 offset_field=o \"(?<x>a\\\"b|\\\\\\\\)\"",
            "* | rex mode=sed \"s/a\\/b/\\1c/2 y/a\\\"/bc/\"",
            "* | rex field=x mode=sed s#/#\\\\#gi",
            "* | rex x=(?<a>\\S+)\\",
            "* | regex x=a\\",
            "* | head limit=5 (a=1) keeplast=t null=t",
            "* | foreach mode=json_array itemstr=\"$I\" a [eval b=b+$I]",
            "* | foreach matchseg2=S2 a_*_* \"b c\" [| eval b='<<FIELD>>' . \"S2\" | rex \"(?<q>[|])\"]",
            "* | stats c(x), distinct_count(y), mean(z) as \"a b\", sparkline, sparkline(avg(x), 1h) as s, sum(eval(a+b)), p95.5(x) by \"u v\"",
            "* | eventstats allnum=t median(x) by y",
            "* | streamstats window=3 current=f global=f reset_on_change=t time_window=1500ms reset_before=(a=1 OR b=2) reset_after=\"c=\\\"d\\\"\" count by z",
            "* | chart limit=bottom3 useother=f nullstr=none sep=- format=\"$VAL$ x\" cont=f count sum(x) over a span=5 by b bins=3",
            "* | chart bins=20 count",
            "* | timechart span=1d aligntime=@d+3h minspan=5m count by x start=1 end=10.5",
            "* | bin bins=20 minspan=5 start=-5 end=1e3 x AS y",
            "* | bin aligntime=earliest span=5m",
        ] {
            let (plan, findings) = compile(text, &Macros::shipped());
            let plan = plan.unwrap_or_else(|| panic!("{text}: {findings:?}"));
            let printed = print::plan(&plan);
            let (again, findings) = compile(&printed, &Macros::shipped());
            assert_eq!(again.as_ref(), Some(&plan), "{text}\n{printed}\n{findings:?}");
        }
    }
}
