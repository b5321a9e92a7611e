//! What each function of multivalues gives, with concrete values.

use retrohunt_spl::functions::Function as F;

use super::super::test::{call, field, multi, text};
use super::*;

/// An index.
fn at(index: i64) -> Cell<'static> {
    Cell::Int(index)
}

#[test]
fn section_6_4_mvcount() {
    assert_eq!(call(F::MvCount, &[multi(&["a", "b", "a"])]), Cell::Int(3));
    assert_eq!(call(F::MvCount, &[field("a")]), Cell::Int(1));
    assert_eq!(call(F::MvCount, &[text("")]), Cell::Int(1));
    assert_eq!(call(F::MvCount, &[Cell::Null]), Cell::Null);
}

#[test]
fn section_6_4_mvindex_counts_from_both_ends_and_is_null_out_of_range() {
    let list = || multi(&["a", "b", "c"]);
    assert_eq!(call(F::MvIndex, &[list(), at(0)]), field("a"));
    assert_eq!(call(F::MvIndex, &[list(), Cell::Float(-1.0)]), field("c"));
    assert_eq!(call(F::MvIndex, &[list(), at(0), at(-1)]), list());
    assert_eq!(call(F::MvIndex, &[list(), at(1), at(2)]), multi(&["b", "c"]));
    assert_eq!(call(F::MvIndex, &[list(), at(1), at(1)]), field("b"));
    for bounds in [vec![at(3)], vec![at(-4)], vec![at(1), at(3)], vec![at(2), at(1)], vec![Cell::Float(0.5)]] {
        let arguments: Vec<Cell<'_>> = [list()].into_iter().chain(bounds.clone()).collect();
        assert_eq!(call(F::MvIndex, &arguments), Cell::Null, "{bounds:?}");
    }
    assert_eq!(call(F::MvIndex, &[list(), text("x")]), Cell::Null);
    assert_eq!(call(F::MvIndex, &[list(), at(i64::MIN)]), Cell::Null);
    // A single value is a list of one, and keeps its kind.
    assert_eq!(call(F::MvIndex, &[Cell::Int(7), at(0)]), Cell::Int(7));
    assert_eq!(call(F::MvIndex, &[Cell::Int(7), at(-1)]), Cell::Int(7));
    assert_eq!(call(F::MvIndex, &[Cell::Int(7), at(1)]), Cell::Null);
    assert_eq!(call(F::MvIndex, &[Cell::Null, at(0)]), Cell::Null);
}

#[test]
fn section_6_4_mvjoin() {
    assert_eq!(call(F::MvJoin, &[multi(&["a", "b"]), text(", ")]), text("a, b"));
    assert_eq!(call(F::MvJoin, &[Cell::Int(7), text(";")]), text("7"));
    assert_eq!(call(F::MvJoin, &[multi(&["a", "b"]), Cell::Null]), Cell::Null);
    assert_eq!(call(F::MvJoin, &[multi(&["a", "b"]), multi(&[",", ";"])]), Cell::Null);
}

#[test]
fn section_6_4_mvappend_skips_null() {
    assert_eq!(call(F::MvAppend, &[field("a"), Cell::Null, multi(&["b", "c"])]), multi(&["a", "b", "c"]));
    assert_eq!(call(F::MvAppend, &[Cell::Null, Cell::Int(5)]), Cell::Int(5));
    assert_eq!(call(F::MvAppend, &[Cell::Float(1.0), text("x"), Cell::Float(0.5)]), multi(&["1", "x", "0.5"]));
    assert_eq!(call(F::MvAppend, &[Cell::Null, Cell::Null]), Cell::Null);
    assert_eq!(call(F::MvAppend, &[text(""), text("a")]), multi(&["", "a"]));
}

#[test]
fn section_6_4_mvdedup_mvsort_mvreverse() {
    let list = multi(&["b", "a", "b", "10", "9", "B"]);
    assert_eq!(call(F::MvDedup, std::slice::from_ref(&list)), multi(&["b", "a", "10", "9", "B"]));
    assert_eq!(call(F::MvSort, std::slice::from_ref(&list)), multi(&["10", "9", "B", "a", "b", "b"]));
    assert_eq!(call(F::MvReverse, &[list]), multi(&["B", "9", "10", "b", "a", "b"]));
    // What is left of equal values is one value.
    assert_eq!(call(F::MvDedup, &[multi(&["x", "x"])]), field("x"));
    for function in [F::MvDedup, F::MvSort, F::MvReverse] {
        assert_eq!(call(function, &[Cell::Int(3)]), Cell::Int(3));
        assert_eq!(call(function, &[Cell::Null]), Cell::Null);
    }
}

#[test]
fn section_6_4_mvzip_pairs_up_to_the_shorter_list() {
    assert_eq!(call(F::MvZip, &[multi(&["a", "b", "c"]), multi(&["1", "2"])]), multi(&["a,1", "b,2"]));
    assert_eq!(call(F::MvZip, &[multi(&["a", "b"]), Cell::Int(1), text("|")]), field("a|1"));
    assert_eq!(call(F::MvZip, &[multi(&["a", "b"]), Cell::Null]), Cell::Null);
}

#[test]
fn section_6_4_mvrange_of_numbers() {
    let x = Cell::Float;
    assert_eq!(call(F::MvRange, &[x(1.0), x(11.0), x(2.0)]), multi(&["1", "3", "5", "7", "9"]));
    assert_eq!(call(F::MvRange, &[x(0.0), x(3.0)]), multi(&["0", "1", "2"]));
    assert_eq!(call(F::MvRange, &[x(1.0), x(2.0)]), field("1"));
    assert_eq!(call(F::MvRange, &[x(0.0), x(1.0), x(0.5)]), multi(&["0", "0.5"]));
    assert_eq!(call(F::MvRange, &[x(3.0), x(0.0), x(-2.0)]), multi(&["3", "1"]));
    assert_eq!(call(F::MvRange, &[field("5"), x(7.0)]), multi(&["5", "6"]));
    for arguments in [
        [x(3.0), x(1.0), x(1.0)],
        [x(0.0), x(5.0), x(0.0)],
        [x(0.0), x(1e12), x(1.0)],
        [x(0.0), x(1.0), x(1e-300)],
        [text("x"), x(3.0), x(1.0)],
        [x(0.0), x(3.0), Cell::Null],
        [x(0.0), x(3.0), multi(&["1", "2"])],
    ] {
        assert_eq!(call(F::MvRange, &arguments), Cell::Null, "{arguments:?}");
    }
}

#[test]
fn section_6_4_mvrange_with_a_time_span() {
    let x = Cell::Float;
    let days = call(F::MvRange, &[x(1_700_000_000.0), x(1_701_300_000.0), text("7d")]);
    assert_eq!(days, multi(&["1700000000", "1700604800", "1701209600"]));
    // 31 January, 29 February, 31 March 2024.
    let months = call(F::MvRange, &[x(1_706_659_200.0), x(1_711_900_000.0), text("1mon")]);
    assert_eq!(months, multi(&["1706659200", "1709164800", "1711843200"]));
    let back = call(F::MvRange, &[x(1_700_000_000.0), x(1_699_990_000.0), text("-1h")]);
    assert_eq!(back, multi(&["1700000000", "1699996400", "1699992800"]));
    for span in ["x", "0d", "d7", "7d@d", "", "99999999999999999999d"] {
        assert_eq!(call(F::MvRange, &[x(0.0), x(5.0), text(span)]), Cell::Null, "{span}");
    }
}

#[test]
fn what_would_grow_without_end_is_null() {
    let long = "x".repeat(1 << 24);
    let list = multi(&[long.as_str(); 8]);
    assert_eq!(call(F::MvAppend, &[list.clone(), list.clone(), list.clone()]), Cell::Null);
    assert!(matches!(call(F::MvAppend, &[list.clone(), field("a")]), Cell::Multi(texts) if texts.len() == 9));
    let many = Cell::Multi(vec!["a".into(); 1 << 10]);
    assert_eq!(call(F::MvJoin, &[many.clone(), field(&"-".repeat(1 << 20))]), Cell::Null);
    assert_eq!(call(F::MvZip, &[many.clone(), many, field(&"-".repeat(1 << 20))]), Cell::Null);
}
