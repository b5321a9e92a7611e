//! The parts of a URL or host name (§5.29, `ut_parse_extended`).
//!
//! Texts in logs are no clean URLs: they lack schemes, hold any bytes and must keep their spelling. So the text is only split at its
//! delimiters, as Python's `urlparse` does, on which the add-on is built; nothing is decoded, and nothing is refused. The host is
//! then cut by the public suffix list; a host under no listed suffix, such as `server.local` or an address, has no domain.

use psl::Psl as _;

/// The parts of a text. A missing part is `None`; none is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// Before `://`.
    pub scheme: Option<&'a str>,
    /// Between the scheme and the path, with user and port.
    pub netloc: Option<&'a str>,
    /// Digits behind the host.
    pub port: Option<&'a str>,
    /// From the first `/` on, without what follows.
    pub path: Option<&'a str>,
    /// Behind the `;` of the last piece of the path.
    pub params: Option<&'a str>,
    /// Behind `?`.
    pub query: Option<&'a str>,
    /// Behind `#`.
    pub fragment: Option<&'a str>,
    /// The public suffix.
    pub tld: Option<&'a str>,
    /// The suffix and the label before it.
    pub domain: Option<&'a str>,
    /// The label before the suffix.
    pub domain_without_tld: Option<&'a str>,
    /// The labels before the domain.
    pub subdomain: Option<&'a str>,
    /// How many labels the subdomain has.
    pub subdomain_count: usize,
}

impl<'a> UrlParts<'a> {
    /// Names of the fields that `ut_parse_extended` makes, in the order of [`Self::texts`].
    pub const FIELDS: [&'static str; 12] = [
        "ut_scheme",
        "ut_netloc",
        "ut_port",
        "ut_path",
        "ut_params",
        "ut_query",
        "ut_fragment",
        "ut_tld",
        "ut_domain",
        "ut_domain_without_tld",
        "ut_subdomain",
        "ut_subdomain_count",
    ];

    /// Splits a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let text = text.trim();
        let mut parts = Self::default();
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => {
                parts.scheme = Some(scheme);
                rest
            }
            _ => text.strip_prefix("//").unwrap_or(text),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (netloc, rest) = rest.split_at(end);
        parts.netloc = filled(netloc);
        let (rest, fragment) = split(rest, '#');
        let (path, query) = split(rest, '?');
        let last_piece = path.rfind('/').unwrap_or(0);
        let (path, params) = match path[last_piece..].find(';') {
            Some(at) => (&path[..last_piece + at], &path[last_piece + at + 1..]),
            None => (path, ""),
        };
        (parts.path, parts.params) = (filled(path), filled(params));
        (parts.query, parts.fragment) = (filled(query), filled(fragment));
        let (host, port) = host_and_port(netloc);
        parts.port = filled(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        parts.cut_host(host);
        parts
    }

    /// Cuts a host at its public suffix.
    fn cut_host(&mut self, host: &'a str) {
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.split('.').any(str::is_empty) {
            return;
        }
        // The list is in lower case; labels, unlike bytes, are as many in both.
        let lower = host.to_lowercase();
        let Some(suffix) = psl::List.suffix(lower.as_bytes()).filter(psl::Suffix::is_known) else { return };
        let dots = suffix.as_bytes().iter().filter(|byte| **byte == b'.').count();
        let Some((before, tld)) = split_before_last(host, dots + 1) else { return };
        self.tld = filled(tld);
        if before.is_empty() {
            return;
        }
        self.domain = split_before_last(host, dots + 2).map(|(_, domain)| domain);
        let (subdomain, label) = before.rsplit_once('.').unwrap_or(("", before));
        self.domain_without_tld = filled(label);
        self.subdomain = filled(subdomain);
        self.subdomain_count = if subdomain.is_empty() { 0 } else { subdomain.split('.').count() };
    }

    /// Returns the texts of the fields, in the order of [`Self::FIELDS`]; a missing part is `None` in words.
    #[must_use]
    pub fn texts(&self) -> [String; 12] {
        let text = |part: Option<&str>| part.unwrap_or("None").to_owned();
        [
            text(self.scheme),
            text(self.netloc),
            text(self.port),
            text(self.path),
            text(self.params),
            text(self.query),
            text(self.fragment),
            text(self.tld),
            text(self.domain),
            text(self.domain_without_tld),
            text(self.subdomain),
            self.subdomain_count.to_string(),
        ]
    }
}

/// The last so many labels of a host and what stands before them, without the dot between; `None` if it has fewer.
fn split_before_last(host: &str, labels: usize) -> Option<(&str, &str)> {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    match dots.nth(labels.checked_sub(1)?) {
        Some(at) => Some((&host[..at], &host[at + 1..])),
        None => (host.split('.').count() == labels).then_some(("", host)),
    }
}

/// A text that is not empty.
fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What stands before the first `delimiter`, and what behind it.
fn split(text: &str, delimiter: char) -> (&str, &str) {
    text.split_once(delimiter).unwrap_or((text, ""))
}

/// Is it a scheme's name?
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'))
}

/// The host of a network location, without user and brackets, and what stands behind its colon.
fn host_and_port(netloc: &str) -> (&str, &str) {
    let place = netloc.rsplit_once('@').map_or(netloc, |(_, place)| place);
    if let Some((host, rest)) = place.strip_prefix('[').and_then(|place| place.split_once(']')) {
        return (host, rest.strip_prefix(':').unwrap_or(""));
    }
    split(place, ':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Subdomain, domain without suffix, suffix.
    fn host(text: &str) -> [&str; 3] {
        let parts = UrlParts::new(text);
        [parts.subdomain, parts.domain_without_tld, parts.tld].map(|part| part.unwrap_or("None"))
    }

    #[test]
    fn section_5_29_all_parts_of_a_url() {
        let parts = UrlParts::new("HTTPS://user:pw@a.b.Example.co.uk:8443/x/y;p=1?q=1&r=#frag#2");
        assert_eq!(
            parts.texts(),
            [
                "HTTPS",
                "user:pw@a.b.Example.co.uk:8443",
                "8443",
                "/x/y",
                "p=1",
                "q=1&r=",
                "frag#2",
                "co.uk",
                "Example.co.uk",
                "Example",
                "a.b",
                "2",
            ]
        );
    }

    #[test]
    fn section_5_29_missing_parts_are_none_in_words() {
        let expected = ["None", "co.uk", "None", "None", "None", "None", "None", "co.uk", "None", "None", "None", "0"];
        assert_eq!(UrlParts::new("co.uk").texts(), expected);
        assert_eq!(UrlParts::new("").texts()[..11], ["None"; 11]);
    }

    #[test]
    fn section_5_29_hosts_by_the_public_suffix_list() {
        for (text, expected) in [
            ("www.example.com", ["www", "example", "com"]),
            ("example.com.", ["None", "example", "com"]),
            ("x.y.k12.al.us", ["x", "y", "k12.al.us"]),
            ("a.github.io", ["None", "a", "github.io"]),
            ("server.local", ["None"; 3]),
            ("localhost", ["None"; 3]),
            ("http://192.0.2.1/x", ["None"; 3]),
            ("http://[2001:db8::1]:80/x", ["None"; 3]),
            ("a..com", ["None"; 3]),
            ("com", ["None", "None", "com"]),
            ("bücher.example.DE", ["bücher", "example", "DE"]),
            ("//cdn.example.org/x", ["cdn", "example", "org"]),
            ("example.org/a://b", ["None", "example", "org"]),
        ] {
            assert_eq!(host(text), expected, "{text}");
        }
        assert_eq!(UrlParts::new("http://[2001:db8::1]:80/x").port, Some("80"));
        assert_eq!(UrlParts::new("a.com:x/").port, None);
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in "[a.:/?#;@\\[\\]İß\u{130}cou k]{0,30}", any: String) {
            for text in [text, any] {
                let parts = UrlParts::new(&text);
                if let (Some(domain), Some(tld)) = (parts.domain, parts.tld) {
                    prop_assert!(domain.ends_with(tld));
                }
            }
        }
    }
}
