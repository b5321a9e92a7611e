//! What each function of numbers gives, with concrete values.

use retrohunt_spl::functions::Function as F;

use super::super::test::{call, field, multi, text};
use super::*;
use crate::batch::RowKey;
use crate::pipeline::Settings;

/// Relative accuracy that §6.5 asks for.
fn near(cell: &Cell<'_>, expected: f64) -> bool {
    let Cell::Float(value) = cell else { return false };
    (value - expected).abs() <= expected.abs() * 1e-9
}

#[test]
fn section_6_5_values_of_the_usual_functions() {
    let x = Cell::Float;
    for (function, argument, expected) in [
        (F::Exp, 3.0, 20.085_536_923_187_668),
        (F::Ln, 10.0, std::f64::consts::LN_10),
        (F::Log, 1000.0, 3.0),
        (F::Sqrt, 2.0, std::f64::consts::SQRT_2),
        (F::Sin, 1.0, 0.841_470_984_807_896_5),
        (F::Cos, 1.0, 0.540_302_305_868_139_8),
        (F::Tan, 1.0, 1.557_407_724_654_902_3),
        (F::Asin, 0.5, 0.523_598_775_598_298_8),
        (F::Acos, 0.5, 1.047_197_551_196_597_6),
        (F::Atan, 2.0, 1.107_148_717_794_090_4),
        (F::Sinh, 1.0, 1.175_201_193_643_801_4),
        (F::Cosh, 1.0, 1.543_080_634_815_243_7),
        (F::Tanh, 1.0, 0.761_594_155_955_764_9),
    ] {
        assert!(near(&call(function, &[x(argument)]), expected), "{function:?}");
    }
    assert_eq!(call(F::Pi, &[]), x(std::f64::consts::PI));
    assert!(near(&call(F::Atan2, &[x(1.0), x(-1.0)]), 2.356_194_490_192_345));
    assert_eq!(call(F::Hypot, &[x(3.0), x(4.0)]), x(5.0));
    assert_eq!(call(F::Pow, &[x(2.0), x(10.0)]), x(1024.0));
    assert_eq!(call(F::Log, &[x(8.0), x(2.0)]), x(3.0));
    assert_eq!(call(F::Log, &[field("100")]), x(2.0));
    assert!(near(&call(F::Log, &[x(27.0), x(3.0)]), 3.0));
}

#[test]
fn section_6_5_a_haversine_distance_is_accurate() {
    // From 52.52 N 13.405 E to 40.7128 N 74.006 W over a sphere of 6371 km.
    let x = Cell::Float;
    let half = |degrees: f64| x(degrees * std::f64::consts::PI / 360.0);
    let sine = |cell| call(F::Sin, &[cell]).number().unwrap().to_f64();
    let cosine = |degrees: f64| call(F::Cos, &[x(degrees.to_radians())]).number().unwrap().to_f64();
    let a = sine(half(52.52 - 40.7128)).powi(2) + cosine(52.52) * cosine(40.7128) * sine(half(13.405 + 74.006)).powi(2);
    let root = |value: f64| call(F::Sqrt, &[x(value)]);
    let angle = call(F::Atan2, &[root(a), root(1.0 - a)]).number().unwrap().to_f64();
    assert!((6371.0 * 2.0 * angle / 6_385.256_395_8 - 1.0).abs() < 1e-3);
}

#[test]
fn section_6_5_domain_errors_are_null() {
    let x = Cell::Float;
    for (function, arguments) in [
        (F::Ln, vec![x(0.0)]),
        (F::Ln, vec![x(-1.0)]),
        (F::Log, vec![x(0.0)]),
        (F::Log, vec![x(5.0), x(1.0)]),
        (F::Log, vec![x(5.0), x(-2.0)]),
        (F::Sqrt, vec![x(-1.0)]),
        (F::Asin, vec![x(2.0)]),
        (F::Acos, vec![x(-2.0)]),
        (F::Exp, vec![x(1e6)]),
        (F::Pow, vec![x(0.0), x(-1.0)]),
        (F::Pow, vec![x(-8.0), x(0.5)]),
        (F::Cosh, vec![x(1e6)]),
    ] {
        assert_eq!(call(function, &arguments), Cell::Null, "{function:?}");
    }
}

#[test]
fn section_6_1_5_null_strings_and_multivalues_give_null() {
    for function in [F::Abs, F::Ceiling, F::Floor, F::Exp, F::Sqrt, F::Round, F::Exact, F::SigFig, F::Log, F::Tanh] {
        for argument in [Cell::Null, text("x"), field("x"), multi(&["1", "2"]), Cell::Bool(true), field("")] {
            assert_eq!(call(function, std::slice::from_ref(&argument)), Cell::Null, "{function:?} {argument:?}");
        }
    }
    assert_eq!(call(F::Pow, &[Cell::Float(2.0), text("three")]), Cell::Null);
    assert_eq!(call(F::Round, &[Cell::Float(2.0), Cell::Float(0.5)]), Cell::Null);
    assert_eq!(call(F::Round, &[field("1e999")]), Cell::Null);
}

#[test]
fn section_4_3_5_a_string_of_numeric_form_acts_as_a_number_where_only_numbers_make_sense() {
    assert_eq!(call(F::Abs, &[text("-5")]), Cell::Int(5));
    assert_eq!(call(F::Round, &[text("2.675"), text("2")]), field("2.68"));
    assert_eq!(call(F::Pow, &[text("2"), text("3")]), Cell::Float(8.0));
    assert_eq!(call(F::Sqrt, &[text(" 4")]), Cell::Null);
}

#[test]
fn section_4_3_4_integers_stay_exact() {
    assert_eq!(call(F::Abs, &[Cell::Int(i64::MIN)]), Cell::UInt(9_223_372_036_854_775_808));
    assert_eq!(call(F::Floor, &[Cell::UInt(u64::MAX)]), Cell::UInt(u64::MAX));
    assert_eq!(call(F::Round, &[field("9007199254740993")]), Cell::Int(9_007_199_254_740_993));
    assert_eq!(call(F::Exact, &[Cell::Int(9_007_199_254_740_993)]), Cell::Int(9_007_199_254_740_993));
    assert_eq!(call(F::Sum, &[Cell::Int(i64::MAX), Cell::Int(1)]), Cell::UInt(9_223_372_036_854_775_808));
}

#[test]
fn section_6_5_abs_ceiling_floor() {
    assert_eq!(call(F::Abs, &[field("-1.5")]), Cell::Float(1.5));
    assert_eq!(call(F::Ceiling, &[Cell::Float(1.9)]), Cell::Float(2.0));
    assert_eq!(call(F::Floor, &[Cell::Float(1.9)]), Cell::Float(1.0));
    assert_eq!(call(F::Floor, &[field("-1.1")]), Cell::Float(-2.0));
    assert_eq!(call(F::SigFig, &[Cell::Float(1111.0)]), Cell::Float(1111.0));
}

#[test]
fn section_4_4_round_prints_exactly_its_decimals_and_stays_a_number() {
    assert_eq!(call(F::Round, &[Cell::Float(4.0), Cell::Float(2.0)]), field("4.00"));
    assert_eq!(call(F::Round, &[Cell::Float(2.675), Cell::Float(2.0)]), field("2.68"));
    assert_eq!(call(F::Round, &[field("2.675"), Cell::Float(2.0)]), field("2.68"));
    assert_eq!(call(F::Round, &[field("1.5e-3"), Cell::Float(3.0)]), field("0.002"));
    assert_eq!(call(F::Round, &[Cell::Float(4.0), Cell::Float(2.0)]).number().unwrap().to_f64(), 4.0);
    assert_eq!(call(F::Round, &[Cell::Float(2.5)]), Cell::Float(3.0));
    assert_eq!(call(F::Round, &[Cell::Float(-2.5), Cell::Float(0.0)]), Cell::Float(-3.0));
    assert_eq!(call(F::Round, &[Cell::Int(1555), Cell::Int(-2)]), Cell::Int(1600));
    assert_eq!(call(F::Round, &[Cell::Float(1e300)]), Cell::Float(1e300));
    assert_eq!(call(F::Round, &[Cell::Time(1_700_000_123_500_000)]), Cell::Float(1_700_000_124.0));
    assert_eq!(call(F::Round, &[Cell::Float(1.0), Cell::Float(1e9)]), Cell::Null);
}

#[test]
fn section_6_5_min_and_max_put_numbers_below_strings_and_skip_null() {
    let arguments = [field("10"), Cell::Null, Cell::Int(9), text("abc"), text("5")];
    assert_eq!(call(F::Min, &arguments), Cell::Int(9));
    assert_eq!(call(F::Max, &arguments), text("abc"));
    assert_eq!(call(F::Max, &[field("10"), Cell::Int(9)]), field("10"));
    assert_eq!(call(F::Min, &[multi(&["7", "3"]), Cell::Int(5)]), field("3"));
    assert_eq!(call(F::Min, &[text("b"), text("a")]), text("a"));
    assert_eq!(call(F::Max, &[field("007"), Cell::Int(7)]), field("007"));
    assert_eq!(call(F::Min, &[Cell::Null, Cell::Bool(true)]), Cell::Null);
}

#[test]
fn section_6_5_sum_and_avg_take_numbers_and_the_values_of_multivalues() {
    assert_eq!(call(F::Sum, &[Cell::Int(1), multi(&["2", "x", "3"]), Cell::Null, text("9")]), Cell::Int(6));
    assert_eq!(call(F::Sum, &[Cell::Float(0.5), field("1")]), Cell::Float(1.5));
    assert_eq!(call(F::Avg, &[Cell::Int(1), multi(&["2", "x"])]), Cell::Float(1.5));
    assert_eq!(call(F::Sum, &[Cell::Null, text("x")]), Cell::Null);
    assert_eq!(call(F::Avg, &[Cell::Null]), Cell::Null);
    assert_eq!(call(F::Sum, &[Cell::Float(f64::MAX), Cell::Float(f64::MAX)]), Cell::Null);
}

#[test]
fn section_6_5_random_is_a_function_of_seed_file_and_row() {
    let at = |seed, file, row| {
        let settings = Settings { seed, ..Settings::default() };
        random(&Env { settings: &settings, key: RowKey { time: Some(5), file, row } })
    };
    let values = [at(1, 1, 1), at(2, 1, 1), at(1, 2, 1), at(1, 1, 2)];
    assert!(values.iter().all(|value| (0..1_i64 << 31).contains(value)));
    assert!(values[1..].iter().all(|value| *value != values[0]));
    assert_eq!(at(1, 1, 1), values[0]);
    let mean = (0..1000).map(|row| at(3, 0, row)).sum::<i64>() / 1000;
    assert!((900_000_000..1_250_000_000).contains(&mean));
}
