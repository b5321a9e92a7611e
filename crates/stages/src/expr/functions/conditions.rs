//! Conditions and tests (§6.2) whose arguments are values. `match`, `in` and `like` with a literal pattern are nodes of their own.

use std::net::IpAddr;

use ipnet::IpNet;
use retrohunt_spl::functions::Function;

use crate::expr::cell::Cell;
use crate::expr::env::Env;
use crate::expr::row;
use crate::kernels::number::Number;

/// Calls a function of this family; `None` if it is of another.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], _env: &Env<'_>) -> Option<Cell<'a>> {
    Some(match (function, arguments) {
        (Function::IsNull, [value]) => Cell::Bool(value.is_null()),
        (Function::IsNotNull, [value]) => Cell::Bool(!value.is_null()),
        (Function::IsNum, [value]) => Cell::Bool(value.number().is_some()),
        (Function::IsInt, [value]) => Cell::Bool(value.number().is_some_and(is_integer)),
        (Function::IsStr, [value]) => Cell::Bool(type_name(value) == "String"),
        (Function::IsBool, [value]) => Cell::Bool(matches!(value, Cell::Bool(_))),
        (Function::IsMv, [value]) => Cell::Bool(matches!(value, Cell::Multi(_))),
        (Function::TypeOf, [value]) => Cell::string(type_name(value)),
        (Function::Like, [text, pattern]) => Cell::Bool(pattern.texts().iter().any(|pattern| row::like(text, pattern))),
        (Function::CidrMatch, [network, address]) => Cell::Bool(cidr_match(network, address)),
        _ => return None,
    })
}

/// Is it a number without a fraction?
fn is_integer(number: Number) -> bool {
    match number {
        Number::Int(_) => true,
        Number::Float(value) => value.trunc() == value,
    }
}

/// The name of a value's kind; a field's text of numeric form is a number (§4.3.2).
fn type_name(value: &Cell<'_>) -> &'static str {
    match value {
        Cell::Null => "Invalid",
        Cell::Bool(_) => "Boolean",
        Cell::Multi(_) => "Multivalue",
        Cell::Text(_) => "String",
        other if other.number().is_some() => "Number",
        _ => "String",
    }
}

/// Is any of the addresses in any of the networks? The two may be swapped (§6.2).
fn cidr_match(network: &Cell<'_>, address: &Cell<'_>) -> bool {
    let addresses = address.texts();
    network.texts().iter().any(|network| addresses.iter().any(|address| contains(network, address)))
}

/// Is one text an address in the network that the other is?
fn contains(one: &str, other: &str) -> bool {
    let inside = |network: IpNet, address: &str| address.parse::<IpAddr>().is_ok_and(|ip| network.contains(&ip));
    match network(one) {
        Some(network) if !other.contains('/') => inside(network, other),
        Some(_) | None if !one.contains('/') => network(other).is_some_and(|network| inside(network, one)),
        _ => false,
    }
}

/// The network that a text is; an address is the network of itself.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::functions::test::{field, multi, result, text as string};

    #[test]
    fn section_6_2_tests_of_kind() {
        let values = [
            Cell::Null,
            Cell::Bool(true),
            Cell::Int(3),
            Cell::Float(1.5),
            field("12"),
            field("12.0"),
            field("x"),
            field(""),
            string("12"),
            multi(&["1", "2"]),
        ];
        for (function, expected) in [
            (Function::IsNull, "1000000000"),
            (Function::IsNotNull, "0111111111"),
            (Function::IsNum, "0011110000"),
            (Function::IsInt, "0010110000"),
            (Function::IsStr, "0000001110"),
            (Function::IsBool, "0100000000"),
            (Function::IsMv, "0000000001"),
        ] {
            let bits: String = values
                .iter()
                .map(
                    |value| {
                        if result(function, std::slice::from_ref(value)) == Ok(Cell::Bool(true)) { '1' } else { '0' }
                    },
                )
                .collect();
            assert_eq!(bits, expected, "{function:?}");
        }
        let names = values.iter().map(|value| result(Function::TypeOf, std::slice::from_ref(value)).unwrap());
        let names: Vec<String> = names.map(|name| name.text().unwrap().into_owned()).collect();
        assert_eq!(names.join(" "), "Invalid Boolean Number Number Number Number String String String Multivalue");
    }

    #[test]
    fn section_6_2_cidrmatch() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.9.9.9/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("10.0.0.0/8", "10.0.0.0/9", false),
            ("2001:db8::/32", "2001:DB8::1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", false),
            ("10.0.0.0/8", "host", false),
            ("x/8", "10.0.0.1", false),
            ("10.0.0.0/8", "", false),
            ("10.0.0.1", "10.0.0.1", true),
        ] {
            let arguments = [string(network), field(address)];
            assert_eq!(result(Function::CidrMatch, &arguments), Ok(Cell::Bool(expected)), "{network} {address}");
        }
        let any = [string("10.0.0.0/8"), multi(&["1.1.1.1", "10.0.0.1"])];
        assert_eq!(result(Function::CidrMatch, &any), Ok(Cell::Bool(true)));
    }
}
