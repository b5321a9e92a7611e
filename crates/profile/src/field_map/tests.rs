//! Field maps of small schemas.

use super::*;
use crate::Profile;

/// Text columns.
fn texts<'a>(names: &[&'a str]) -> Vec<ColumnDesc<'a>> {
    names.iter().map(|&name| ColumnDesc { name, kind: Kind::Text, multivalue: false }).collect()
}

/// The map of a schema under one profile.
fn map(names: &[&str], profile: &str) -> FieldMap {
    let profile = Profile::parse("test", profile).expect("valid");
    FieldMap::new(&texts(names), &[&profile], &[])
}

const PROFILE: &str = r#"
name = "p"
prefixes = ["", "data."]
not_text = ["from_file", "meta.*"]
[columns]
id = ["id", "event_id"]
_hidden = ["inner"]
[always]
number = "id"
[[class]]
name = "starts"
event_class = "process_creation"
select = [{ column = "id", is = 1 }]
[class.fields]
name = { last_part = "path" }
inside = "_hidden"
kind = { constant = "start", value_text = true }
[[class]]
name = "rest"
select = [{ present = "id" }]
[class.fields]
name = "label"
"#;

#[test]
fn cases_stand_in_the_order_of_the_profile_and_the_native_column_is_last() {
    let map = map(&["id", "path", "name", "label"], PROFILE);
    let name = map.resolve("name");
    assert_eq!(name.matched, MatchedBy::Exact);
    assert_eq!(name.cases.iter().map(|case| case.class).collect::<Vec<_>>(), [Some(ClassIdx(0)), Some(ClassIdx(1))]);
    assert_eq!((name.native, name.reachable_native()), (Some(2), Some(2)));
    assert_eq!(name.columns(), [1, 3, 2]);
    assert_eq!(map.classes_of(EventClass::ProcessCreation), [ClassIdx(0)]);
    let collisions = map.collisions();
    assert_eq!(collisions.len(), 1);
    assert_eq!((collisions[0].field.as_str(), collisions[0].column), ("name", 2));
    assert_eq!(collisions[0].hidden_by, ["p: starts", "p: rest"]);
}

#[test]
fn the_first_case_that_takes_a_row_decides_even_if_it_is_null() {
    let map = map(&["id", "path", "name", "label"], PROFILE);
    let source = map.resolve("name");
    let value = |row: [&'static str; 4]| {
        let mut get = |index: usize| if row[index].is_empty() { vec![] } else { vec![Cow::Borrowed(row[index])] };
        map.values(&source, &mut get).first().map(|text| text.to_string())
    };
    assert_eq!(value(["1", "/a/b", "n", "l"]).as_deref(), Some("b"));
    assert_eq!(value(["1", "", "n", "l"]), None, "not the label, not the native column");
    assert_eq!(value(["2", "/a/b", "n", "l"]).as_deref(), Some("l"));
    assert_eq!(value(["2", "/a/b", "n", ""]), None);
    assert_eq!(value(["", "/a/b", "n", "l"]).as_deref(), Some("n"), "no case takes the row");
}

#[test]
fn what_has_no_columns_is_dropped_but_constants_stay() {
    let map = map(&["id", "other"], PROFILE);
    assert!(map.resolve("name").is_absent());
    assert!(map.resolve("inside").is_absent());
    let kind = map.resolve("kind");
    assert_eq!(kind.cases[0].expr, Expr::Constant("start".to_owned()));
    let constants = map.constants();
    assert_eq!(constants.len(), 1);
    assert!(constants[0].value_text && constants[0].class == Some(ClassIdx(0)));
    // Without the selector's column there are no classes at all.
    let none = self::map(&["path", "label"], PROFILE);
    assert!(none.classes().is_empty() && none.resolve("kind").is_absent());
}

#[test]
fn logical_columns_and_prefixed_data_are_fields() {
    let map = map(&["event_id", "data.path", "data.Extra", "inner"], PROFILE);
    assert_eq!(map.resolve("id").as_column(), Some(0));
    assert_eq!(map.resolve("number").as_column(), Some(0));
    assert_eq!(map.resolve("path").as_column(), Some(1));
    assert_eq!(map.resolve("Extra").as_column(), Some(2));
    assert_eq!(map.resolve("data.path").as_column(), Some(1));
    assert!(map.resolve("_hidden").is_absent(), "a name within the profile only");
    assert!(!map.resolve("inside").is_absent());
    let both = self::map(&["id", "event_id"], PROFILE);
    assert_eq!(both.resolve("id").columns(), [0, 1]);
    assert_eq!(both.resolve("id").reachable_native(), None, "the mapping takes every row");
}

#[test]
fn names_without_regard_to_case_count_only_if_unambiguous() {
    let map = map(&["id", "ProcessId", "ProcessID", "Image", "Ä"], PROFILE);
    assert_eq!(map.resolve("ProcessId").native, Some(1));
    assert_eq!(map.resolve("ProcessID").native, Some(2));
    let ambiguous = map.resolve("processid");
    assert!(ambiguous.is_absent());
    assert_eq!(ambiguous.matched, MatchedBy::Ambiguous(vec!["ProcessID".to_owned(), "ProcessId".to_owned()]));
    let image = map.resolve("image");
    assert_eq!((image.name.as_str(), image.matched, image.native), ("Image", MatchedBy::CaseInsensitive, Some(3)));
    assert_eq!(map.resolve("ä").native, Some(4));
    assert_eq!(map.resolve("NUMBER").as_column(), Some(0), "mapped names too");
    assert_eq!(map.resolve("nothing").matched, MatchedBy::Absent);
    // Profiles themselves look columns up as they are written.
    assert!(self::map(&["ID"], PROFILE).classes().is_empty());
}

#[test]
fn reference_texts_leave_out_raw_time_binary_and_provenance() {
    let profile = Profile::parse("test", PROFILE).expect("valid");
    let mut columns = texts(&["_raw", "id", "from_file", "meta.x", "metal", "_time", "bytes", "extra"]);
    columns[5].kind = Kind::Time;
    columns[6].kind = Kind::Binary;
    let map = FieldMap::new(&columns, &[&profile], &["ext*".to_owned()]);
    assert_eq!(map.text_columns(), [1, 4]);
    assert_eq!(map.raw(), Some(0));
    assert!(map.is_provenance(2) && map.is_provenance(7) && !map.is_provenance(4) && !map.is_provenance(99));
}

#[test]
fn the_rows_time_is_a_column_of_that_name_else_what_the_profile_says() {
    let profile = "name = 'p'\n[[time]]\ncolumn = 'a'\nformat = 'iso'\n[[time]]\ncolumn = 'b'\nformat = 'epoch_ms'\n";
    let profile = Profile::parse("test", profile).expect("valid");
    let time = |columns: &[(&str, Kind)]| {
        let columns: Vec<_> =
            columns.iter().map(|&(name, kind)| ColumnDesc { name, kind, multivalue: false }).collect();
        let map = FieldMap::new(&columns, &[&profile], &[]);
        map.time().columns.iter().map(|time| (time.column, time.format)).collect::<Vec<_>>()
    };
    use TimeFormat::{EpochMillis, EpochSeconds, Iso, Stored};
    assert_eq!(time(&[("a", Kind::Text), ("_time", Kind::Time)]), [(1, Stored)]);
    assert_eq!(time(&[("_time", Kind::Text)]), [(0, Iso)]);
    assert_eq!(time(&[("_time", Kind::Number)]), [(0, EpochSeconds)]);
    assert_eq!(time(&[("b", Kind::Number), ("a", Kind::Text)]), [(1, Iso), (0, EpochMillis)]);
    assert_eq!(time(&[("a", Kind::Number), ("b", Kind::Text)]), [(1, EpochMillis)], "a number is no calendar date");
    assert_eq!(time(&[("a", Kind::Time)]), [(0, Stored)]);
    assert_eq!(time(&[("_time", Kind::Binary), ("c", Kind::Text)]), []);
}

#[test]
fn a_column_is_seen_under_its_own_and_its_aliases_names() {
    let map = map(&["id", "path", "label"], PROFILE);
    let names =
        |column| map.aliases_of(column).into_iter().map(|visible| (visible.name, visible.class)).collect::<Vec<_>>();
    assert_eq!(names(0), [("id".to_owned(), None), ("number".to_owned(), None)]);
    assert_eq!(names(1), [("path".to_owned(), None)], "a computed field is another text");
    assert_eq!(names(2), [("label".to_owned(), None), ("name".to_owned(), Some(ClassIdx(1)))]);
    let fields: Vec<String> = map.fields().into_iter().map(|field| field.name).collect();
    assert_eq!(fields, ["id", "kind", "label", "name", "number", "path"]);
}

#[test]
fn conditions_on_absent_columns_are_false_or_left_out_if_optional() {
    let with = |select: &str, names: &[&str]| {
        map(names, &format!("name = 'p'\n[[class]]\nname = 'c'\nselect = {select}\n")).classes().first().cloned()
    };
    let optional = "[{ column = 'a', is = 1 }, { column = 'b', is = 'x', optional = true }]";
    assert_eq!(with(optional, &["a", "b"]).expect("class").selector.columns(), [0, 1]);
    assert_eq!(with(optional, &["a"]).expect("class").selector.columns(), [0]);
    assert_eq!(with(optional, &["b"]), None);
    assert_eq!(with("[{ column = 'b', is = 'x', optional = true }]", &["a"]), None, "never every row");
    let any = "[{ any = [{ column = 'a', is = 1 }, { all = [{ column = 'b', is = 2 }, { column = 'a', is = 1, optional = true }] }] }]";
    assert_eq!(with(any, &["a", "b"]).expect("class").selector.columns(), [0], "a or (b and a) is a");
    assert_eq!(with(any, &["b"]).expect("class").selector.columns(), [0]);
    assert_eq!(with(any, &["c"]), None);
}

#[test]
fn a_schema_with_two_columns_of_one_name_uses_the_first() {
    let map = map(&["id", "id", "path"], PROFILE);
    assert_eq!(map.resolve("id").as_column(), Some(0));
    assert_eq!(map.fields().iter().filter(|field| field.name == "id").count(), 1);
}
