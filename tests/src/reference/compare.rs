//! Field comparison of `search` (§3.1-3.7, §3.11, §3.17).

use std::cmp::Ordering;
use std::net::IpAddr;

use retrohunt_spl::plan::{CompareOp, Glob};

use super::value::{Number, Scalar, fold};

/// Does `field op value` hold for these values of the field? Any of them may make it true (§3.1, §3.4); none makes it false (§3.3).
pub(super) fn holds(values: &[Scalar], op: CompareOp, literal: &Glob, case: bool) -> bool {
    values.iter().any(|value| one_holds(value, op, literal, case))
}

/// Does the comparison hold for one value?
fn one_holds(value: &Scalar, op: CompareOp, literal: &Glob, case: bool) -> bool {
    match op {
        CompareOp::Eq => equals(value, literal, case),
        CompareOp::Ne => match in_network(value, literal) {
            Some(inside) => !inside,
            None => !matches_whole(&value.text(), literal, case),
        },
        CompareOp::Indexed => matches_whole(&value.text(), literal, case),
        CompareOp::Lt => orders(value, literal, Ordering::is_lt),
        CompareOp::Le => orders(value, literal, Ordering::is_le),
        CompareOp::Gt => orders(value, literal, Ordering::is_gt),
        CompareOp::Ge => orders(value, literal, Ordering::is_ge),
    }
}

/// `f=v` for one value: containment in a network, else equal text, else equal number where the value is of a number type.
fn equals(value: &Scalar, literal: &Glob, case: bool) -> bool {
    if let Some(inside) = in_network(value, literal) {
        return inside;
    }
    let text_equal = all_texts(value).iter().any(|text| matches_whole(text, literal, case));
    text_equal || (value.is_number() && numerically_equal(value, literal))
}

/// Are a number and a literal of numeric form equal (§3.2)?
fn numerically_equal(value: &Scalar, literal: &Glob) -> bool {
    let literal = literal.literal().and_then(Number::of_text);
    matches!((value.number(), literal), (Some(left), Some(right)) if left.order(right).is_eq())
}

/// Returns the texts under which a value compares: a Boolean also as `1` or `0` (§3.17).
fn all_texts(value: &Scalar) -> Vec<String> {
    let mut texts = vec![value.text()];
    if let Scalar::Bool(truth) = value {
        texts.push(u8::from(*truth).to_string());
    }
    texts
}

/// Does an ordering comparison hold: by number if both sides have numeric form, else by code point after folding (§3.2)?
fn orders(value: &Scalar, literal: &Glob, wanted: fn(Ordering) -> bool) -> bool {
    let right = literal.text();
    let one = |left: &String| match (Number::of_text(left), Number::of_text(&right)) {
        (Some(left), Some(right)) => left.order(right),
        _ => fold(left).cmp(&fold(&right)),
    };
    all_texts(value).iter().map(one).any(wanted)
}

/// Does the whole text match, `*` standing for any run of characters (§3.1)?
pub(super) fn matches_whole(text: &str, glob: &Glob, case: bool) -> bool {
    let fold = |text: &str| if case { text.to_owned() } else { fold(text) };
    let pieces: Vec<String> = glob.pieces.iter().map(|piece| fold(piece)).collect();
    let text = fold(text);
    match pieces.as_slice() {
        [] => false,
        [only] => text == *only,
        [first, middle @ .., last] => {
            let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
            for piece in middle {
                let Some(at) = rest.find(piece.as_str()) else { return false };
                rest = &rest[at + piece.len()..];
            }
            rest.ends_with(last.as_str())
        }
    }
}

/// Is the value an address in the network that the literal names? `None` if either is no such thing (§3.7).
fn in_network(value: &Scalar, literal: &Glob) -> Option<bool> {
    let (network, length) = literal.literal()?.split_once('/')?;
    let (network, bits) = address_bits(network)?;
    let length = length.bytes().all(|byte| byte.is_ascii_digit()).then_some(length)?.parse::<u32>().ok()?;
    if length > bits {
        return None;
    }
    let (address, address_bits) = address_bits(&value.text())?;
    // A shift by all 128 bits is a mask of nothing, that is /0 of IPv6.
    let prefix = |address: u128| address.checked_shr(bits - length).unwrap_or(0);
    Some(bits == address_bits && prefix(address) == prefix(network))
}

/// Returns an address as a number, and how many bits its family has.
fn address_bits(text: &str) -> Option<(u128, u32)> {
    match text.parse().ok()? {
        IpAddr::V4(address) => Some((u128::from(address.to_bits()), 32)),
        IpAddr::V6(address) => Some((address.to_bits(), 128)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text value.
    fn text(text: &str) -> Scalar {
        Scalar::Text(text.to_owned())
    }

    #[test]
    fn networks_mask_the_literal_and_keep_families_apart() {
        let inside = |value: &str, net: &str| in_network(&text(value), &Glob::new(net));
        assert_eq!(inside("10.9.9.9", "10.1.2.3/8"), Some(true));
        assert_eq!(inside("11.0.0.0", "10.1.2.3/8"), Some(false));
        assert_eq!(inside("1.2.3.4", "0.0.0.0/0"), Some(true));
        assert_eq!(inside("::1", "0.0.0.0/0"), Some(false));
        assert_eq!(inside("2001:db8::5", "2001:db8::/32"), Some(true));
        assert_eq!(inside("::5", "::/0"), Some(true));
        assert_eq!(inside("10.0.0.0/8", "10.0.0.0/8"), None);
        assert_eq!(inside("10.0.0.1", "10.0.0.0/33"), None);
    }

    #[test]
    fn wildcards_span_everything_and_do_not_overlap() {
        assert!(matches_whole("a\nb", &Glob::new("A*B"), false));
        assert!(!matches_whole("aba", &Glob::new("ab*ba"), false));
        assert!(matches_whole("abba", &Glob::new("ab*ba"), false));
        assert!(!matches_whole("ABBA", &Glob::new("ab*ba"), true));
    }
}
