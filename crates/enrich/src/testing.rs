//! Location databases for tests, in MaxMind's format: a search tree over address bits, records, and what describes them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::geo::Place;

/// The bytes between tree and records.
const SEPARATOR: [u8; 16] = [0; 16];

/// What stands before the description.
const MARKER: &[u8] = b"\xAB\xCD\xEFMaxMind.com";

/// Where a bit of an address leads.
#[derive(Clone, Copy)]
enum Branch {
    /// Nowhere.
    Nothing,
    /// To another node.
    Node(usize),
    /// To the record at this offset.
    Record(usize),
}

/// Returns a database in which these networks, none of which holds another, have these places. Texts that are no network are left
/// out.
#[must_use]
pub fn location_database(places: &[(&str, Place<'_>)]) -> Vec<u8> {
    let mut nodes = vec![[Branch::Nothing; 2]];
    let mut records = Vec::new();
    for (network, place) in places {
        let Ok(network) = network.parse::<IpNet>() else { continue };
        let offset = records.len();
        write_place(&mut records, place);
        let mut at = 0;
        let bits = bits(&network);
        for (depth, bit) in bits.iter().enumerate() {
            if depth + 1 == bits.len() {
                nodes[at][*bit] = Branch::Record(offset);
            } else if let Branch::Node(next) = nodes[at][*bit] {
                at = next;
            } else {
                nodes.push([Branch::Nothing; 2]);
                nodes[at][*bit] = Branch::Node(nodes.len() - 1);
                at = nodes.len() - 1;
            }
        }
    }
    let mut bytes = Vec::new();
    for branch in nodes.iter().flatten() {
        let value = match branch {
            Branch::Nothing => nodes.len(),
            Branch::Node(node) => *node,
            Branch::Record(offset) => nodes.len() + SEPARATOR.len() + offset,
        };
        bytes.extend_from_slice(&value.to_be_bytes()[size_of::<usize>() - 3..]);
    }
    bytes.extend_from_slice(&SEPARATOR);
    bytes.extend_from_slice(&records);
    bytes.extend_from_slice(MARKER);
    write_description(&mut bytes, nodes.len());
    bytes
}

/// The bits of a network's address that lead to it, in a tree of IPv6 addresses, in which IPv4 ones stand below 96 zeros.
fn bits(network: &IpNet) -> Vec<usize> {
    let (octets, length) = match network.network() {
        IpAddr::V4(address) => {
            let mut octets = [0; 16];
            octets[12..].copy_from_slice(&address.octets());
            (octets, 96 + usize::from(network.prefix_len()))
        }
        IpAddr::V6(address) => (address.octets(), usize::from(network.prefix_len())),
    };
    let bits = octets.iter().flat_map(|octet| (0..8).rev().map(move |at| usize::from(octet >> at & 1)));
    bits.take(length).collect()
}

/// What describes the database.
fn write_description(out: &mut Vec<u8>, nodes: usize) {
    write_map(out, 9);
    let mut number = |key: &str, kind: u8, value: usize| {
        write_text(out, key);
        write_number(out, kind, value);
    };
    number("binary_format_major_version", 5, 2);
    number("binary_format_minor_version", 5, 0);
    number("build_epoch", 9, 1);
    number("ip_version", 5, 6);
    number("node_count", 6, nodes);
    number("record_size", 5, 24);
    write_text(out, "database_type");
    write_text(out, "Test-City");
    write_text(out, "languages");
    write_head(out, 11, 0);
    write_text(out, "description");
    write_map(out, 0);
}

/// The record of a place, without what it does not have.
fn write_place(out: &mut Vec<u8>, place: &Place<'_>) {
    let named = [("city", place.city), ("country", place.country), ("continent", place.continent)];
    let named: Vec<(&str, &str)> = named.into_iter().filter_map(|(key, name)| Some((key, name?))).collect();
    let numbers = [("latitude", place.lat), ("longitude", place.lon)];
    let numbers: Vec<(&str, f64)> = numbers.into_iter().filter_map(|(key, number)| Some((key, number?))).collect();
    let location = numbers.len() + usize::from(place.metro_code.is_some()) + usize::from(place.timezone.is_some());
    write_map(out, named.len() + usize::from(location > 0) + usize::from(place.region.is_some()));
    for (key, name) in named {
        write_text(out, key);
        write_names(out, name);
    }
    if let Some(region) = place.region {
        write_text(out, "subdivisions");
        write_head(out, 11, 1);
        write_names(out, region);
    }
    if location == 0 {
        return;
    }
    write_text(out, "location");
    write_map(out, location);
    for (key, number) in numbers {
        write_text(out, key);
        write_head(out, 3, 8);
        out.extend_from_slice(&number.to_be_bytes());
    }
    if let Some(code) = place.metro_code {
        write_text(out, "metro_code");
        write_number(out, 5, usize::from(code));
    }
    if let Some(timezone) = place.timezone {
        write_text(out, "time_zone");
        write_text(out, timezone);
    }
}

/// `{names: {de: …, en: name}}`, the German name another one.
fn write_names(out: &mut Vec<u8>, name: &str) {
    write_map(out, 1);
    write_text(out, "names");
    write_map(out, 2);
    write_text(out, "de");
    write_text(out, "anders");
    write_text(out, "en");
    write_text(out, name);
}

/// The head of a map with so many entries.
fn write_map(out: &mut Vec<u8>, entries: usize) {
    write_head(out, 7, entries);
}

/// A text of at most 283 bytes; longer ones are cut to none.
fn write_text(out: &mut Vec<u8>, text: &str) {
    let text = if text.len() < 284 { text } else { "" };
    write_head(out, 2, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// A number without leading zeros.
fn write_number(out: &mut Vec<u8>, kind: u8, value: usize) {
    let bytes = value.to_be_bytes();
    let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    write_head(out, kind, bytes.len());
    out.extend_from_slice(bytes);
}

/// What stands before a value: its kind and its size.
fn write_head(out: &mut Vec<u8>, kind: u8, size: usize) {
    let (short, more) = if size < 29 { (size, None) } else { (29, Some(size - 29)) };
    let short = u8::try_from(short).unwrap_or(0);
    if kind < 8 {
        out.push(kind << 5 | short);
    } else {
        out.push(short);
        out.push(kind - 7);
    }
    out.extend(more.map(|more| u8::try_from(more).unwrap_or(0)));
}
