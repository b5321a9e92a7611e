//! What a search condition asks of an event.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use retrohunt_spl::plan::{CompareOp, Comparison, Glob, SearchExpr, TermKind};

use super::draft::Draft;
use super::scope::Scope;

/// Adds to a draft what makes the condition true. Where any of several will do, chance decides.
pub(super) fn satisfy(expr: &SearchExpr, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    match expr {
        SearchExpr::And(parts) => parts.iter().for_each(|part| satisfy(part, scope, draft, random)),
        SearchExpr::Or(parts) => {
            // A branch on a selector or a product's own field is as good as any other: all are tried over the turns.
            let pick = random.random_range(0..parts.len());
            satisfy(&parts[pick], scope, draft, random);
        }
        SearchExpr::Term(term) => {
            let text = filled(&term.glob, random);
            if !text.is_empty() && !draft.texts.contains(&text) {
                let text = match term.kind {
                    TermKind::Case | TermKind::Plain | TermKind::Term => text,
                };
                draft.texts.push(text);
            }
        }
        SearchExpr::Compare(comparison) => compare(comparison, scope, draft, random),
        SearchExpr::In(membership) => {
            let pick = random.random_range(0..membership.values.len());
            let text = value(&membership.values[pick], random);
            scope.want_text(&membership.field.name, &text, draft, random);
        }
        SearchExpr::All | SearchExpr::Not(_) | SearchExpr::Subsearch(_) => {}
    }
}

/// A comparison.
fn compare(comparison: &Comparison, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    let name = &comparison.field.name;
    let text = value(&comparison.value, random);
    let number: Option<f64> = comparison.value.literal().and_then(|text| text.parse().ok());
    match (comparison.op, number) {
        (CompareOp::Eq | CompareOp::Indexed, _) => scope.want_text(name, &text, draft, random),
        (CompareOp::Ne, _) => scope.want_present(name, draft, random),
        (CompareOp::Lt, Some(number)) => scope.want_number(name, number - 1.0, draft, random),
        (CompareOp::Gt, Some(number)) => scope.want_number(name, number + 1.0, draft, random),
        (CompareOp::Le | CompareOp::Ge, Some(number)) => scope.want_number(name, number, draft, random),
        (CompareOp::Lt, None) => scope.want_text(name, "", draft, random),
        (CompareOp::Le | CompareOp::Ge | CompareOp::Gt, None) => {
            scope.want_text(name, &format!("{text}z"), draft, random);
        }
    }
}

/// A value that a glob or a network stands for.
fn value(glob: &Glob, random: &mut ChaCha8Rng) -> String {
    let text = filled(glob, random);
    network_member(&text).unwrap_or(text)
}

/// An address of a network; `None` if the text is none.
pub(super) fn network_member(text: &str) -> Option<String> {
    let (address, bits) = text.split_once('/')?;
    let bits: u32 = bits.parse().ok()?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
    let base = u32::from(address) & mask;
    Some(std::net::Ipv4Addr::from(if bits >= 31 { base } else { base + 7 }).to_string())
}

/// A text that fits a glob.
fn filled(glob: &Glob, random: &mut ChaCha8Rng) -> String {
    let fill = ["", "q", "q r"][random.random_range(0..3)];
    glob.pieces.join(fill)
}
