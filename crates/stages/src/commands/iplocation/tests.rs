//! §5.14 by example.

use retrohunt_enrich::{Geo, testing::location_database};
use retrohunt_spl::plan::Command;

use super::super::sample::{NULL, codes, list, names, run, table, text, values};
use super::*;
use crate::pipeline::Pipeline;

fn settings() -> Settings {
    let full = Place {
        city: Some("Zürich"),
        country: Some("Switzerland"),
        region: Some("Zurich"),
        lat: Some(47.25),
        lon: Some(8.5),
        continent: Some("Europe"),
        metro_code: Some(501),
        timezone: Some("Europe/Zurich"),
    };
    let country = Place { country: Some("United States"), ..Place::default() };
    let bytes = location_database(&[("192.0.2.0/24", full), ("2001:db8::/32", country)]);
    let enrichment = Enrichment { geo: Some(Geo::of_bytes(bytes).unwrap()), ..Enrichment::default() };
    Settings { enrichment: Arc::new(enrichment), ..Settings::default() }
}

fn command(prefix: &str, all_fields: bool) -> Command {
    Command::IpLocation(IpLocationCommand { prefix: prefix.into(), all_fields, field: "ip".into() })
}

#[test]
fn section_5_14_five_fields_with_a_prefix_or_eight() {
    let input = || table(&["ip"], vec![vec![text("192.0.2.9")]]);
    let (result, notes) = run(command("src_", false), &settings(), input()).unwrap();
    assert_eq!(names(&result), ["ip", "src_City", "src_Country", "src_Region", "src_lat", "src_lon"]);
    let place = [text("Zürich"), text("Switzerland"), text("Zurich"), Value::Float(47.25), Value::Float(8.5)];
    assert_eq!(values(&result)[0][1..], place);
    assert_eq!(codes(&notes), Vec::<&str>::new());
    let (result, _) = run(command("", true), &settings(), input()).unwrap();
    assert_eq!(names(&result)[6..], ["Continent", "MetroCode", "Timezone"]);
    assert_eq!(values(&result)[0][6..], [text("Europe"), Value::Int(501), text("Europe/Zurich")]);
}

#[test]
fn section_5_14_fields_are_overwritten_only_on_a_hit() {
    let row = |ip: Value| vec![ip, text("own city"), text("own country")];
    let input = table(
        &["ip", "City", "Country"],
        vec![
            row(text("192.0.2.1")),
            row(text("2001:db8::1")),
            row(text("10.0.0.1")),
            row(text("host")),
            row(text("")),
            row(NULL),
            row(Value::Int(3_221_225_985)),
        ],
    );
    let (result, _) = run(command("", false), &settings(), input).unwrap();
    let found: Vec<Vec<Value>> = values(&result).into_iter().map(|row| row[1..4].to_vec()).collect();
    let kept = vec![text("own city"), text("own country"), NULL];
    let mut expected = vec![
        vec![text("Zürich"), text("Switzerland"), text("Zurich")],
        // What a hit does not say is ∅.
        vec![NULL, text("United States"), NULL],
    ];
    expected.extend(std::iter::repeat_n(kept, 5));
    assert_eq!(found, expected);
}

#[test]
fn section_5_14_without_a_database_the_fields_are_null() {
    let input = table(&["ip", "lat"], vec![vec![text("192.0.2.1"), text("own")]]);
    let (result, notes) = run(command("", false), &Settings::default(), input).unwrap();
    assert_eq!(names(&result), ["ip", "lat", "City", "Country", "Region", "lon"]);
    assert_eq!(values(&result), [vec![text("192.0.2.1"), text("own"), NULL, NULL, NULL, NULL]]);
    assert_eq!(codes(&notes), ["W-NO-GEOIP"]);
}

#[test]
fn section_4_5_2_a_multivalue_is_no_address() {
    let input = table(&["ip"], vec![vec![list(&["192.0.2.1", "192.0.2.2"])]]);
    let (result, notes) = run(command("", false), &settings(), input).unwrap();
    assert_eq!(values(&result)[0][1..], [NULL, NULL, NULL, NULL, NULL]);
    assert_eq!(codes(&notes), ["W-MV-SCALAR"]);
}

#[test]
fn the_address_and_the_targets_are_read() {
    let commands = [command("", false), Command::Table(vec![crate::needs::exactly("City")])];
    let needs = Pipeline::new(&commands, &settings()).unwrap().needs();
    assert!(needs.selects("ip") && needs.selects("City") && !needs.selects("Country"));
}
