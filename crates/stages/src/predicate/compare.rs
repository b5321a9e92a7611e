//! `field op value` of `search` over one column (§3.1-3.5, §3.7, §3.11, §3.17).
//!
//! | Column | `=` | `!=` | `<` `<=` `>` `>=` |
//! | --- | --- | --- | --- |
//! | text, list | whole text, folded, `*`; CIDR | not that | numbers if both sides have numeric form, else folded texts |
//! | number, time | the text, or the number if the literal has numeric form | the text only, which keeps the row (§3.2) | as above |
//! | Boolean | `true`/`false`, also `1`/`0` | not that | `1`/`0` if the literal has numeric form, else the texts |
//!
//! ∅ is always false; a multivalue is true if any of its values is (§3.3-3.4).

use std::cmp::Ordering;
use std::net::IpAddr;

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use ipnet::IpNet;
use retrohunt_spl::plan::{CompareOp, Glob};

use crate::faults::fault;
use crate::kernels::glob::GlobMatch;
use crate::kernels::number::Number;
use crate::kernels::value::{Column, ValueRef, bool_text};

/// A comparison made ready to test values.
#[derive(Clone, Debug)]
pub struct CompareTest {
    /// The operator.
    op: CompareOp,
    /// Case counts.
    case: bool,
    /// The right side as a pattern over whole texts.
    glob: GlobMatch,
    /// The right side as a text, `*` being an ordinary character; for the order of texts.
    text: String,
    /// It is just `*`: presence (§3.5).
    any: bool,
    /// It holds no wildcard.
    literal: bool,
    /// Its number, if it has numeric form.
    number: Option<Number>,
    /// Its network, if it is `address/length` (§3.7).
    network: Option<IpNet>,
}

impl CompareTest {
    /// Makes a comparison ready; `case`: case counts (`field=CASE(x)`, §2.5).
    #[must_use]
    pub fn new(op: CompareOp, value: &Glob, case: bool) -> Self {
        let text = value.text();
        let literal = value.literal().is_some();
        // §3.11: `name::value` knows neither numbers nor networks.
        let typed = literal && op != CompareOp::Indexed;
        Self {
            op,
            case,
            glob: GlobMatch::new(value, case),
            any: value.is_any(),
            literal,
            number: Number::parse(&text).filter(|_| typed),
            network: text.parse::<IpNet>().ok().filter(|_| typed).map(|network| network.trunc()),
            text,
        }
    }

    /// Returns whether one value, which is not ∅, satisfies the comparison.
    #[must_use]
    pub fn matches(&self, value: ValueRef<'_>) -> bool {
        self.test(value, &mut String::new())
    }

    /// Returns, per row, whether any value of the cell satisfies the comparison (§3.3, §3.4). ∅ is false.
    #[must_use]
    pub fn select(&self, array: &dyn Array) -> BooleanBuffer {
        let column = Column::new(array);
        if self.any && matches!(self.op, CompareOp::Ne) {
            return BooleanBuffer::new_unset(array.len());
        }
        let mut scratch = String::new();
        let keeps_null = self.op == CompareOp::Ne && fault("stages-not-equal-keeps-null");
        BooleanBuffer::collect_bool(array.len(), |row| {
            column.any(row, |value| self.test(value, &mut scratch)) || (keeps_null && !column.is_present(row))
        })
    }

    /// Does one value satisfy the comparison? `scratch` takes the text of a number.
    fn test(&self, value: ValueRef<'_>, scratch: &mut String) -> bool {
        match self.op {
            CompareOp::Eq | CompareOp::Indexed => self.any || self.equals(value, scratch),
            CompareOp::Ne => !self.any && self.differs(value, scratch),
            CompareOp::Lt => self.order(value, scratch).is_lt(),
            CompareOp::Le => self.order(value, scratch).is_le(),
            CompareOp::Gt => self.order(value, scratch).is_gt(),
            CompareOp::Ge => self.order(value, scratch).is_ge(),
        }
    }

    /// Is the value equal to the right side (§3.1, §3.2)?
    fn equals(&self, value: ValueRef<'_>, scratch: &mut String) -> bool {
        match value {
            ValueRef::Text(text) => self.text_equals(text),
            ValueRef::Bool(value) => self.bool_equals(value),
            _ => match (self.number, value.number()) {
                // The text of a number has numeric form, so equal texts are equal numbers.
                (Some(wanted), Some(number)) => number.compare(wanted).is_eq(),
                _ if self.literal && self.op == CompareOp::Eq => false,
                _ => self.glob.matches(value.text_in(scratch)),
            },
        }
    }

    /// Is the value there and different from the right side? Numbers are compared as texts only (§3.2).
    fn differs(&self, value: ValueRef<'_>, scratch: &mut String) -> bool {
        match value {
            ValueRef::Text(text) => !self.text_equals(text),
            ValueRef::Bool(value) => !self.bool_equals(value),
            _ if self.literal && self.number.is_none() => true,
            _ => !self.glob.matches(value.text_in(scratch)),
        }
    }

    /// Does the text match, or lie in the network?
    fn text_equals(&self, text: &str) -> bool {
        self.glob.matches(text) || self.network.is_some_and(|network| in_network(network, text))
    }

    /// Does a Boolean match, as a word or as a digit (§3.17)?
    fn bool_equals(&self, value: bool) -> bool {
        self.glob.matches(bool_text(value)) || self.glob.matches(if value { "1" } else { "0" })
    }

    /// The order of the value against the right side (§3.2).
    fn order(&self, value: ValueRef<'_>, scratch: &mut String) -> Ordering {
        let number = match value {
            ValueRef::Bool(value) => Some(Number::Int(i128::from(value))),
            _ => value.number().filter(|_| self.number.is_some()),
        };
        if let (Some(number), Some(wanted)) = (number, self.number) {
            return number.compare(wanted);
        }
        let text = value.text_in(scratch);
        if self.case { text.cmp(&self.text) } else { retrohunt_fold::cmp(text, &self.text) }
    }
}

/// Is the text an address in the network? Addresses of the other family are not.
pub(super) fn in_network(network: IpNet, text: &str) -> bool {
    // An address begins with a hexadecimal digit or a colon; most texts are turned away here.
    let plausible = text.len() <= 45 && text.bytes().next().is_some_and(|b| b.is_ascii_hexdigit() || b == b':');
    plausible && text.parse::<IpAddr>().is_ok_and(|address| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompareOp::{Eq, Ge, Gt, Indexed, Le, Lt, Ne};
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{BooleanArray, Float64Array, Int64Array, ListArray, StringArray, UInt64Array};

    fn compare(op: CompareOp, value: &str) -> CompareTest {
        CompareTest::new(op, &Glob::new(value), false)
    }

    fn bits(buffer: &BooleanBuffer) -> Vec<bool> {
        buffer.iter().collect()
    }

    fn lists(rows: &[Option<&[&str]>]) -> ListArray {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for row in rows {
            builder.append_option(row.map(|row| row.iter().map(Some)));
        }
        builder.finish()
    }

    #[test]
    fn section_3_3_table() {
        let text = StringArray::from(vec![Some("a"), Some("b"), None, Some("")]);
        let list = lists(&[Some(&["a", "b"])]);
        for (op, value, expected, many) in [
            (Eq, "a", [true, false, false, false], true),
            (Ne, "a", [false, true, false, true], true),
            (Eq, "*", [true, true, false, true], true),
            (Ne, "*", [false, false, false, false], false),
            (Eq, "", [false, false, false, true], false),
            (Ne, "", [true, true, false, false], true),
        ] {
            assert_eq!(bits(&compare(op, value).select(&text)), expected, "{op:?} {value:?}");
            assert_eq!(bits(&compare(op, value).select(&list)), [many], "{op:?} {value:?}");
        }
    }

    #[test]
    fn section_3_1_wildcards_are_anchored_and_cross_line_breaks() {
        assert!(compare(Eq, "*\\CMD.exe").matches(ValueRef::Text("C:\\x\\cmd.EXE")));
        assert!(compare(Eq, "a*z").matches(ValueRef::Text("A\n Z")));
        assert!(!compare(Eq, "cmd").matches(ValueRef::Text("cmd.exe")));
        assert!(!CompareTest::new(Eq, &Glob::new("Cmd*"), true).matches(ValueRef::Text("cmd.exe")));
    }

    #[test]
    fn section_3_2_numbers() {
        assert!(!compare(Eq, "1").matches(ValueRef::Text("1.0")));
        for literal in ["10", "10.0", "010", "1e1"] {
            assert!(compare(Eq, literal).matches(ValueRef::Int(10)), "{literal}");
            assert!(compare(Eq, literal).matches(ValueRef::UInt(10)), "{literal}");
            assert!(compare(Eq, literal).matches(ValueRef::Float(10.0)), "{literal}");
            assert_eq!(compare(Ne, literal).matches(ValueRef::Int(10)), literal != "10", "{literal}");
        }
        assert!(compare(Eq, "1*").matches(ValueRef::Int(10)));
        assert!(compare(Lt, "10").matches(ValueRef::Text("9")));
        assert!(compare(Lt, "10").matches(ValueRef::Int(9)));
        assert!(compare(Gt, "10").matches(ValueRef::Text("9a")));
        assert!(compare(Ge, "ABC").matches(ValueRef::Text("abc")));
        assert!(compare(Le, "b").matches(ValueRef::Text("A")));
        assert!(compare(Gt, "9007199254740992").matches(ValueRef::Int(9_007_199_254_740_993)));
        assert!(!compare(Eq, "9007199254740992").matches(ValueRef::Int(9_007_199_254_740_993)));
        assert!(compare(Eq, "1700000123.5").matches(ValueRef::Time(1_700_000_123_500_000)));
    }

    #[test]
    fn section_3_7_networks() {
        let inside = compare(Eq, "10.1.2.3/8");
        let outside = compare(Ne, "10.1.2.3/8");
        for (text, contained) in [("10.255.0.1", true), ("11.0.0.1", false), ("::ffff:10.0.0.1", false), ("ten", false)]
        {
            assert_eq!(inside.matches(ValueRef::Text(text)), contained, "{text}");
            assert_eq!(outside.matches(ValueRef::Text(text)), !contained, "{text}");
        }
        assert!(inside.matches(ValueRef::Text("10.1.2.3/8")));
        assert!(compare(Eq, "2001:db8::/32").matches(ValueRef::Text("2001:DB8:1::1")));
    }

    #[test]
    fn section_3_11_indexed_is_text_only() {
        assert!(!compare(Indexed, "10.0").matches(ValueRef::Int(10)));
        assert!(compare(Indexed, "10").matches(ValueRef::Int(10)));
        assert!(!compare(Indexed, "10.0.0.0/8").matches(ValueRef::Text("10.0.0.1")));
        assert!(compare(Indexed, "A*").matches(ValueRef::Text("abc")));
    }

    #[test]
    fn section_3_17_booleans() {
        let column = BooleanArray::from(vec![Some(true), Some(false), None]);
        for (op, value, expected) in [
            (Eq, "TRUE", [true, false, false]),
            (Eq, "1", [true, false, false]),
            (Eq, "0", [false, true, false]),
            (Ne, "1", [false, true, false]),
            (Ne, "false", [true, false, false]),
            (Gt, "0", [true, false, false]),
        ] {
            assert_eq!(bits(&compare(op, value).select(&column)), expected, "{op:?} {value}");
        }
    }

    #[test]
    fn number_columns_by_type() {
        let ints = Int64Array::from(vec![Some(5), None, Some(-5)]);
        let unsigned = UInt64Array::from(vec![Some(u64::MAX)]);
        let floats = Float64Array::from(vec![Some(0.5), Some(f64::NAN)]);
        assert_eq!(bits(&compare(Eq, "5").select(&ints)), [true, false, false]);
        assert_eq!(bits(&compare(Ne, "5").select(&ints)), [false, false, true]);
        assert_eq!(bits(&compare(Ne, "x").select(&ints)), [true, false, true]);
        assert_eq!(bits(&compare(Eq, "18446744073709551615").select(&unsigned)), [true]);
        assert_eq!(bits(&compare(Eq, ".50").select(&floats)), [true, false]);
        assert_eq!(bits(&compare(Ne, "1").select(&floats)), [true, false]);
    }
}
