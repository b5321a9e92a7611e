//! The law of necessary conditions, and how much of a literal is kept.

use proptest::prelude::*;

use super::*;
use crate::expr::Skip;

/// A literal anywhere in a value, case not counting.
fn anywhere(literal: &str) -> Wanted<'_> {
    Wanted { literal, folded: true, at_start: false, at_end: false }
}

/// Columns, literals and anchors of the needles.
fn needles(expr: &Expr, wanted: &Wanted<'_>) -> Vec<(usize, String, bool, bool)> {
    match Inverse::of(expr, wanted) {
        Inverse::Either(needles) => {
            needles.into_iter().map(|needle| (needle.column, needle.literal, needle.at_start, needle.at_end)).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The file name of a path.
fn last(of: Expr) -> Expr {
    Expr::LastPart { of: Box::new(of), separators: "\\/".to_owned() }
}

/// A constant.
fn fixed(text: &str) -> Expr {
    Expr::Constant(text.to_owned())
}

#[test]
fn the_last_part_keeps_the_right_anchor_and_drops_the_left() {
    let expr = last(Expr::Column(3));
    let exact = Wanted { at_start: true, at_end: true, ..anywhere("cmd.exe") };
    assert_eq!(needles(&expr, &exact), [(3, "cmd.exe".to_owned(), false, true)]);
    assert_eq!(Inverse::of(&expr, &anywhere("a\\cmd.exe")), Inverse::Constant(false), "a name holds no separator");
}

#[test]
fn a_choice_of_columns_is_an_or() {
    let expr = Expr::Coalesce { members: vec![Expr::Column(0), Expr::Column(1)], skip: Skip::Unset(Vec::new()) };
    assert_eq!(needles(&expr, &anywhere("x")), [(0, "x".to_owned(), false, false), (1, "x".to_owned(), false, false)]);
    let with_constant = Expr::Coalesce { members: vec![Expr::Column(0), fixed("-")], skip: Skip::Null };
    assert_eq!(needles(&with_constant, &anywhere("x")), [(0, "x".to_owned(), false, false)]);
    assert_eq!(Inverse::of(&with_constant, &anywhere("-")), Inverse::Unknown);
}

#[test]
fn constants_are_decided() {
    let expr = fixed("DeviceProcessEvents");
    assert_eq!(Inverse::of(&expr, &anywhere("deviceprocess")), Inverse::Constant(true));
    assert_eq!(Inverse::of(&expr, &anywhere("x")), Inverse::Constant(false));
    let exact = Wanted { folded: false, at_start: true, at_end: true, literal: "deviceprocessevents" };
    assert_eq!(Inverse::of(&expr, &exact), Inverse::Constant(false));
}

#[test]
fn a_concatenation_keeps_the_longest_piece_of_each_place() {
    // RegistryKey + "\" + RegistryValueName
    let expr = Expr::Concat(vec![Expr::Column(0), fixed("\\"), Expr::Column(1)]);
    let found = needles(&expr, &anywhere("Run\\evil"));
    assert_eq!(
        found,
        [
            (0, "run\\evil".to_owned(), false, false),
            // The separator in the literal is the one between the two.
            (1, "evil".to_owned(), true, false),
            (1, "run\\evil".to_owned(), false, false),
        ]
    );
    let source = Expr::Concat(vec![fixed("XmlWinEventLog:"), Expr::Column(0)]);
    let exact = Wanted { at_start: true, at_end: true, ..anywhere("XmlWinEventLog:Security") };
    assert_eq!(needles(&source, &exact), [(0, "security".to_owned(), true, true)]);
    let other = Wanted { at_start: true, at_end: true, ..anywhere("WinEventLog:Security") };
    assert_eq!(Inverse::of(&source, &other), Inverse::Constant(false));
    assert_eq!(Inverse::of(&source, &anywhere("eventlog")), Inverse::Unknown, "it is always there");
}

#[test]
fn a_path_join_looks_at_folder_and_name() {
    let expr = Expr::PathJoin { folder: Box::new(Expr::Column(0)), name: Box::new(Expr::Column(1)) };
    let wanted = Wanted { at_end: true, ..anywhere("\\System32\\cmd.exe") };
    let found = needles(&expr, &wanted);
    assert!(found.contains(&(0, "\\System32\\cmd.exe".to_owned(), false, true)), "{found:?}");
    assert!(found.contains(&(0, "\\System32".to_owned(), false, false)), "{found:?}");
}

#[test]
fn a_translation_demands_the_entries_that_give_the_literal() {
    let table = vec![("true".to_owned(), "outbound".to_owned())];
    let expr =
        |otherwise| Expr::Map { of: Box::new(Expr::Column(0)), by: MapBy::Whole, table: table.clone(), otherwise };
    assert_eq!(needles(&expr(Otherwise::Null), &anywhere("outbound")), [(0, "true".to_owned(), false, false)]);
    assert_eq!(Inverse::of(&expr(Otherwise::Null), &anywhere("inbound")), Inverse::Constant(false));
    assert_eq!(Inverse::of(&expr(Otherwise::Text("inbound".to_owned())), &anywhere("inbound")), Inverse::Unknown);
    let kept = needles(&expr(Otherwise::Keep), &anywhere("bound"));
    assert_eq!(kept, [(0, "true".to_owned(), false, false), (0, "bound".to_owned(), false, false)]);
    assert_eq!(Inverse::of(&Expr::HexToDecimal(Box::new(Expr::Column(0))), &anywhere("1")), Inverse::Unknown);
}

#[test]
fn an_empty_literal_and_a_hostile_concatenation_demand_nothing() {
    assert_eq!(Inverse::of(&Expr::Column(0), &anywhere("")), Inverse::Unknown);
    let long = "a".repeat(3000);
    let expr = Expr::Concat((0..30).map(Expr::Column).collect());
    assert_eq!(Inverse::of(&expr, &anywhere(&long)), Inverse::Unknown);
}

#[test]
fn a_concatenation_with_a_multivalue_is_null_and_says_so() {
    let both = Expr::All(vec![Expr::Column(0), Expr::Column(0)]);
    let expr = Expr::Concat(vec![both]);
    assert!(expr.is_multivalued(&|_| false));
    assert!(expr.values(&mut |_| vec![Cow::Borrowed("a")]).is_empty());
}

/// Texts from the corners: separators, marks, unset values, case outside ASCII.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(
            prop::sample::select(vec!['a', 'B', 'b', '\\', '/', '-', '=', ',', ' ', '0', 'x', 'É', 'é', '\u{212A}']),
            0..8
        )
        .prop_map(|characters| characters.into_iter().collect()),
        prop::sample::select(vec!["-", "0x1F", "{a}", "a=b,B=x", "S-1-0-0", "a\\b", "b"]).prop_map(str::to_owned),
    ]
}

/// A mark or separator, cased ones too.
fn mark() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["\\", "/", "b", "-", "\\/"]).prop_map(str::to_owned)
}

/// Any expression over three columns.
fn expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        4 => (0..3_usize).prop_map(Expr::Column),
        1 => text().prop_filter("constants are not empty", |text| !text.is_empty()).prop_map(Expr::Constant),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let some = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            (one(), mark()).prop_map(|(of, separators)| Expr::LastPart { of, separators }),
            (one(), mark()).prop_map(|(of, separators)| Expr::ParentPart { of, separators }),
            (one(), mark()).prop_map(|(of, mark)| Expr::TextBefore { of, mark }),
            (one(), mark()).prop_map(|(of, mark)| Expr::TextAfter { of, mark }),
            one().prop_map(|of| Expr::Keyed { of, key: "a".into(), separator: ",".into(), equals: "=".into() }),
            some().prop_map(|members| Expr::Coalesce { members, skip: Skip::Unset(vec!["x".into()]) }),
            some().prop_map(Expr::All),
            some().prop_map(Expr::Concat),
            (one(), one()).prop_map(|(folder, name)| Expr::PathJoin { folder, name }),
            (one(), any::<bool>(), 0..3).prop_map(|(of, prefix, otherwise)| Expr::Map {
                of,
                by: if prefix { MapBy::Prefix } else { MapBy::Whole },
                table: vec![("a\\b".into(), "Bab".into()), ("b".into(), "\\".into())],
                otherwise: match otherwise {
                    0 => Otherwise::Null,
                    1 => Otherwise::Keep,
                    _ => Otherwise::Text("a-b".into()),
                },
            }),
            one().prop_map(Expr::HexToDecimal),
            one().prop_map(Expr::Lower),
            one().prop_map(Expr::StripBraces),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8000))]

    /// The law: what is demanded of the columns holds on every row whose value holds the literal.
    #[test]
    fn every_demand_is_necessary(
        expr in expression(),
        row in proptest::collection::vec(text(), 3),
        (which, from, length) in (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..6_usize),
        (folded, upper) in (any::<bool>(), any::<bool>()),
    ) {
        let values = expr.values(&mut |column| vec![Cow::Borrowed(row[column].as_str())]);
        if values.is_empty() {
            return Ok(());
        }
        let value = which.get(&values);
        let starts: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
        let start = *from.get(&starts);
        let end = value[start..].char_indices().map(|(at, _)| start + at).chain([value.len()]).nth(length).unwrap_or(value.len());
        let literal = &value[start..end];
        let literal = match (folded, upper) {
            (true, true) => literal.chars().map(|c| if c.is_ascii() || c == 'é' { c.to_uppercase().next().unwrap_or(c) } else { c }).collect(),
            (true, false) => fold(literal).into_owned(),
            (false, _) => literal.to_owned(),
        };
        let wanted = Wanted { literal: &literal, folded, at_start: start == 0, at_end: end == value.len() };
        for wanted in [wanted, Wanted { at_start: false, at_end: false, ..wanted }] {
            match Inverse::of(&expr, &wanted) {
                Inverse::Either(needles) => {
                    let met = needles.iter().any(|needle| {
                        let (folded, at_start, at_end) = (needle.folded, needle.at_start, needle.at_end);
                        holds(&row[needle.column], &Wanted { literal: &needle.literal, folded, at_start, at_end })
                    });
                    prop_assert!(met, "{value:?} of {row:?} holds {wanted:?}, none of {needles:?} holds");
                }
                Inverse::Constant(holds) => prop_assert!(holds, "{value:?} of {row:?} holds {wanted:?}"),
                Inverse::Unknown => {}
            }
        }
    }

    /// One value is the first of all values.
    #[test]
    fn eval_is_the_first_of_values(expr in expression(), row in proptest::collection::vec(text(), 3)) {
        let values = expr.values(&mut |column| vec![Cow::Borrowed(row[column].as_str())]);
        let first = expr.eval(&mut |column| Some(Cow::Borrowed(row[column].as_str())));
        if !expr.is_multivalued(&|_| false) {
            prop_assert!(values.len() <= 1);
            prop_assert_eq!(values.first(), first.as_ref());
        }
        prop_assert!(values.iter().all(|value| !value.is_empty()));
    }
}
