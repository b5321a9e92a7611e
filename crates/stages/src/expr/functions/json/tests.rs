//! What each function of JSON gives, with concrete values.

use retrohunt_spl::functions::Function as F;

use super::super::test::{call, field, multi, text};
use super::*;

const DOC: &str = r#"{"a":{"b":[1,"x",null]},"c.d":2.5,"e":true,"n":null}"#;

#[test]
fn section_6_3_spath_takes_values_from_json_and_xml() {
    let at = |path| call(F::Spath, &[field(DOC), text(path)]);
    assert_eq!(at("a.b{0}"), Cell::Int(1));
    assert_eq!(at("a.b{1}"), text("x"));
    assert_eq!(at("a.b{}"), multi(&["1", "x"]));
    assert_eq!(at("a"), text(r#"{"b":[1,"x",null]}"#));
    assert_eq!(at("e"), text("true"));
    for nowhere in ["n", "a.x", "", "a{", "c.d"] {
        assert_eq!(at(nowhere), Cell::Null, "{nowhere}");
    }
    assert_eq!(call(F::Spath, &[field("<a><b k='1'>x</b></a>"), text("a.b{@k}")]), text("1"));
    assert_eq!(call(F::Spath, &[field("no document"), text("a")]), Cell::Null);
    assert_eq!(call(F::Spath, &[Cell::Null, text("a")]), Cell::Null);
    assert_eq!(call(F::Spath, &[multi(&["{}", "{}"]), text("a")]), Cell::Null);
}

#[test]
fn section_6_3_json_extract() {
    assert_eq!(call(F::JsonExtract, &[field(DOC), text("a.b{}")]), text(r#"[1,"x",null]"#));
    assert_eq!(call(F::JsonExtract, &[field(DOC), text("a.b")]), text(r#"[1,"x",null]"#));
    assert_eq!(call(F::JsonExtract, &[field(DOC), text("a.b{0}")]), Cell::Int(1));
    assert_eq!(call(F::JsonExtract, &[field(DOC), text("e"), text("x"), text("a.b{1}")]), text(r#"[true,null,"x"]"#));
    assert_eq!(call(F::JsonExtract, &[field("[1,2]")]), text("[1,2]"));
    assert_eq!(call(F::JsonExtract, &[field("[1,2]"), text("{1}")]), Cell::Int(2));
    assert_eq!(call(F::JsonExtract, &[field(DOC), text("x")]), Cell::Null);
    assert_eq!(call(F::JsonExtract, &[field("{"), text("x")]), Cell::Null);
    assert_eq!(call(F::JsonExtract, &[Cell::Null, text("x")]), Cell::Null);
}

#[test]
fn section_6_3_json_extract_exact_takes_keys_as_they_are() {
    assert_eq!(call(F::JsonExtractExact, &[field(DOC), text("c.d")]), Cell::Float(2.5));
    assert_eq!(call(F::JsonExtractExact, &[field(DOC), text("c.d"), text("e")]), text("[2.5,true]"));
    assert_eq!(call(F::JsonExtractExact, &[field(DOC), text("a.b")]), Cell::Null);
    assert_eq!(call(F::JsonExtractExact, &[field("[1]"), text("a")]), Cell::Null);
}

#[test]
fn section_6_3_json_object_and_json_array() {
    let object = call(F::JsonObject, &[text("a"), Cell::Float(1.0), text("b"), Cell::Null, text("c"), text("5")]);
    assert_eq!(object, text(r#"{"a":1,"b":null,"c":"5"}"#));
    let nested = call(F::JsonArray, &[object, Cell::Bool(true), Cell::Float(0.5), multi(&["1", "x"]), field("007")]);
    assert_eq!(nested, text(r#"[{"a":1,"b":null,"c":"5"},true,0.5,["1","x"],"007"]"#));
    let array =
        call(F::JsonArray, &[field("7"), field("1.5"), field("x\"y"), Cell::UInt(u64::MAX), Cell::Time(1_500_000)]);
    assert_eq!(array, text(r#"[7,1.5,"x\"y",18446744073709551615,1.5]"#));
    assert_eq!(call(F::JsonObject, &[]), text("{}"));
    assert_eq!(call(F::JsonArray, &[]), text("[]"));
    assert_eq!(call(F::JsonObject, &[text("a"), Cell::Int(1), text("a"), Cell::Int(2)]), text(r#"{"a":2}"#));
    assert_eq!(call(F::JsonObject, &[Cell::Null, Cell::Int(1)]), Cell::Null);
    assert_eq!(call(F::JsonObject, &[multi(&["a", "b"]), Cell::Int(1)]), Cell::Null);
    assert_eq!(call(F::JsonObject, &[text("a")]), Cell::Null);
}

#[test]
fn section_6_3_json_keys_and_json_valid() {
    assert_eq!(call(F::JsonKeys, &[field(DOC)]), text(r#"["a","c.d","e","n"]"#));
    assert_eq!(call(F::JsonKeys, &[field("[1]")]), Cell::Null);
    assert_eq!(call(F::JsonKeys, &[field("x")]), Cell::Null);
    assert_eq!(call(F::JsonValid, &[field(DOC)]), Cell::Bool(true));
    assert_eq!(call(F::JsonValid, &[field("{'a':1}")]), Cell::Bool(false));
    assert_eq!(call(F::JsonValid, &[field(&"[".repeat(5000))]), Cell::Bool(false));
    assert_eq!(call(F::JsonValid, &[Cell::Null]), Cell::Null);
    assert_eq!(call(F::JsonValid, &[multi(&["{}", "{}"])]), Cell::Null);
}

#[test]
fn section_6_3_json_set_makes_and_changes_places() {
    let set = |path, value| call(F::JsonSet, &[field(r#"{"a":{"b":[1]}}"#), text(path), value]);
    assert_eq!(set("a.b{0}", Cell::Int(2)), text(r#"{"a":{"b":[2]}}"#));
    assert_eq!(set("a.b{1}", text("x")), text(r#"{"a":{"b":[1,"x"]}}"#));
    assert_eq!(set("a.c.d", Cell::Null), text(r#"{"a":{"b":[1],"c":{"d":null}}}"#));
    for nowhere in ["a.b{5}", "x.b{5}", "a.b.c", "a.b{}", ""] {
        assert_eq!(set(nowhere, Cell::Int(2)), text(r#"{"a":{"b":[1]}}"#), "{nowhere}");
    }
    assert_eq!(
        call(F::JsonSet, &[field("{}"), text("a"), Cell::Int(1), text("b"), text("[2]")]),
        text(r#"{"a":1,"b":[2]}"#)
    );
    assert_eq!(call(F::JsonSet, &[Cell::Null, text("a"), Cell::Int(1)]), Cell::Null);
    assert_eq!(call(F::JsonSet, &[field("x"), text("a"), Cell::Int(1)]), Cell::Null);
    assert_eq!(call(F::JsonSet, &[field("{}"), text("a")]), Cell::Null);
}

#[test]
fn section_6_3_json_append_and_json_delete() {
    let append = |path, value| call(F::JsonAppend, &[field(r#"{"a":[1],"b":2}"#), text(path), value]);
    assert_eq!(append("a", Cell::Int(2)), text(r#"{"a":[1,2],"b":2}"#));
    assert_eq!(append("a", text("[2]")), text(r#"{"a":[1,[2]],"b":2}"#));
    assert_eq!(append("b", Cell::Null), text(r#"{"a":[1],"b":[2,null]}"#));
    assert_eq!(append("c", Cell::Int(2)), text(r#"{"a":[1],"b":2}"#));
    assert_eq!(
        call(F::JsonDelete, &[field(DOC), text("c.d"), text("a.b{0}"), text("n")]),
        text(r#"{"a":{"b":["x",null]},"e":true}"#)
    );
    assert_eq!(call(F::JsonDelete, &[field("{\"a\":1}"), text("x")]), text("{\"a\":1}"));
    assert_eq!(call(F::JsonDelete, &[field("5"), text("x")]), Cell::Null);
}

#[test]
fn section_6_3_arrays_and_multivalues() {
    assert_eq!(
        call(F::JsonArrayToMv, &[field(r#"["a",1,null,{"b":2},true]"#)]),
        multi(&["a", "1", r#"{"b":2}"#, "true"])
    );
    assert_eq!(call(F::JsonArrayToMv, &[field("[5]")]), Cell::Int(5));
    assert_eq!(call(F::JsonArrayToMv, &[field("[]")]), Cell::Null);
    assert_eq!(call(F::JsonArrayToMv, &[field("{}")]), Cell::Null);
    let list = || multi(&["a", "1", "true", "{\"b\":2}", "007"]);
    assert_eq!(call(F::MvToJsonArray, &[list()]), text(r#"["a","1","true","{\"b\":2}","007"]"#));
    assert_eq!(call(F::MvToJsonArray, &[list(), Cell::Bool(true)]), text(r#"["a",1,true,{"b":2},"007"]"#));
    assert_eq!(call(F::MvToJsonArray, &[list(), Cell::Bool(false)]), call(F::MvToJsonArray, &[list()]));
    assert_eq!(call(F::MvToJsonArray, &[field("x")]), text(r#"["x"]"#));
    assert_eq!(call(F::MvToJsonArray, &[Cell::Null]), Cell::Null);
}
