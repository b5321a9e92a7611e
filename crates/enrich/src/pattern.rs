//! A cell that stands for more than its own text: wildcards and networks (§5.13.4).

use std::net::IpAddr;

use ipnet::IpNet;

/// A cell made ready to match keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Literal pieces with any run of characters between each two neighbours, at least two pieces. Folded if case does not count.
    Wildcard(Box<[Box<str>]>),
    /// A network.
    Network(IpNet),
}

impl Pattern {
    /// The wildcard of a cell, `None` if it holds no `*`. `text` is folded already if case does not count.
    pub(crate) fn wildcard(text: &str) -> Option<Self> {
        let all: Vec<&str> = text.split('*').collect();
        let last = all.len() - 1;
        if last == 0 {
            return None;
        }
        let pieces = all.iter().enumerate().filter(|(at, piece)| *at == 0 || *at == last || !piece.is_empty());
        Some(Self::Wildcard(pieces.map(|(_, piece)| Box::from(*piece)).collect()))
    }

    /// The network of a cell, its host bits cleared (§3.7); an address alone is a network of one. `None` for any other text.
    pub(crate) fn network(text: &str) -> Option<Self> {
        let text = text.trim();
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
        Some(Self::Network(net.trunc()))
    }

    /// Does a key match? `key` is folded if case does not count; `address` is the address that it is, if it is one.
    pub(crate) fn matches(&self, key: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::Wildcard(pieces) => matches_pieces(pieces, key),
            Self::Network(net) => address.is_some_and(|address| net.contains(&address)),
        }
    }
}

/// Does the whole text match piece by piece? The leftmost place of each inner piece is the best one.
fn matches_pieces(pieces: &[Box<str>], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(text) = text.strip_prefix(&**first).and_then(|text| text.strip_suffix(&**last)) else { return false };
    let mut rest = text;
    for piece in middle {
        let Some(at) = rest.find(&**piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plain way: try every split.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some((wanted, rest)) => text.split_first().is_some_and(|(have, tail)| have == wanted && naive(rest, tail)),
        }
    }

    proptest! {
        #[test]
        fn wildcards_agree_with_the_plain_way(pattern in "[ab*]{0,4}\\*[abé*]{0,4}", text in "[abé]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            let wildcard = Pattern::wildcard(&pattern).unwrap();
            prop_assert_eq!(wildcard.matches(&text, None), naive(&chars(&pattern), &chars(&text)));
        }
    }

    #[test]
    fn section_5_13_4_networks_of_both_families() {
        let holds = |net: &str, address: &str| {
            Pattern::network(net).is_some_and(|net| net.matches(address, address.parse().ok()))
        };
        assert!(holds("10.1.2.3/8", "10.9.9.9") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("2001:db8::/32", "2001:0DB8:ffff::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("0.0.0.0/0", "255.255.255.255") && holds("::/0", "::1"));
        assert!(!holds("0.0.0.0/0", "::1") && !holds("::/0", "1.2.3.4"), "mixed families do not match");
        assert!(holds("192.0.2.7", "192.0.2.7") && holds("2001:db8::1", "2001:db8:0::1"));
        for text in ["10.0.0.0/33", "10.0.0/8", "::/129", "x/8", "", "10.0.0.0/-1", "10.0.0.0/8/8"] {
            assert_eq!(Pattern::network(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_without_star_is_no_wildcard() {
        assert_eq!(Pattern::wildcard("abc"), None);
        assert_eq!(Pattern::wildcard("a**b"), Pattern::wildcard("a*b"));
    }
}
