//! Places out of small databases.

use super::*;
use crate::testing::location_database;

/// All there is about one network.
const FULL: Place<'static> = Place {
    city: Some("Zürich"),
    country: Some("Switzerland"),
    region: Some("Zurich"),
    lat: Some(47.3664),
    lon: Some(8.5546),
    continent: Some("Europe"),
    metro_code: Some(501),
    timezone: Some("Europe/Zurich"),
};

/// A country alone.
const COUNTRY: Place<'static> = Place {
    city: None,
    country: Some("United States"),
    region: None,
    lat: None,
    lon: None,
    continent: None,
    metro_code: None,
    timezone: None,
};

fn database() -> Vec<u8> {
    location_database(&[("192.0.2.0/25", FULL), ("2001:db8::/32", COUNTRY), ("198.51.100.7/32", Place::default())])
}

#[test]
fn section_5_14_english_names_of_both_families() {
    let geo = Geo::of_bytes(database()).unwrap();
    assert_eq!(geo.find("192.0.2.127").unwrap(), Some(FULL));
    assert_eq!(geo.find("2001:db8:1::5").unwrap(), Some(COUNTRY));
    for nothing in ["192.0.2.128", "10.0.0.1", "::1", "198.51.100.7", "", "host", "192.0.2.1/32", "192.0.2.1 "] {
        assert_eq!(geo.find(nothing).unwrap(), None, "{nothing}");
    }
}

#[test]
fn files_are_opened_or_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mmdb");
    std::fs::write(&path, database()).unwrap();
    assert_eq!(Geo::open(&path).unwrap().find("192.0.2.1").unwrap().unwrap().city, Some("Zürich"));
    std::fs::write(&path, b"no database").unwrap();
    let error = Geo::open(&path).unwrap_err();
    assert_eq!(error.code, "E-GEOIP");
    assert!(error.message.starts_with("not a location database: "), "{error}");
    assert_eq!(Geo::open(&dir.path().join("none")).unwrap_err().code, "E-GEOIP");
}

#[test]
fn a_damaged_database_is_an_error_or_a_place_but_no_panic() {
    let bytes = database();
    let mut seen = [0, 0];
    for at in 0..bytes.len() {
        for value in [0x00, 0x1F, 0xE9, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            let found =
                Geo::of_bytes(damaged).map(|geo| geo.find("192.0.2.1").is_ok() && geo.find("2001:db8::1").is_ok());
            seen[usize::from(found == Ok(true))] += 1;
        }
        if let Ok(geo) = Geo::of_bytes(bytes[..at].to_vec()) {
            let _ = geo.find("192.0.2.1");
        }
    }
    assert!(seen[0] > 100 && seen[1] > 100, "{seen:?}");
}
