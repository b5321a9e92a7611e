//! The schemas of the recorded archives choose the profiles that one expects, and process creation has its fields there.
//!
//! The recordings are not part of the repository; where they are absent the tests say so and pass.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must fail")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::fs::File;
use std::path::PathBuf;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;
use retrohunt_profile::{ColumnDesc, EventClass, FieldMap, Kind, Profile, TimeFormat, choose, shipped};

/// The files and the profiles that their columns should choose.
const FILES: [(&str, &[&str]); 17] = [
    ("evtx-attack-samples-other-00", &["windows-security"]),
    ("evtx-attack-samples-powershell-00", &["windows-security"]),
    ("evtx-attack-samples-security-00", &["windows-security"]),
    ("evtx-attack-samples-sysmon-00", &["sysmon", "windows-security"]),
    // Events of many clouds in one file; its columns include those of Sysmon and of Defender's tables.
    ("mordor-cloud-00", &["sysmon", "windows-security", "defender"]),
    ("mordor-other-00", &["windows-security"]),
    ("mordor-powershell-00", &["windows-security"]),
    ("mordor-security-00", &["windows-security"]),
    ("mordor-sysmon-00", &["sysmon", "windows-security"]),
    ("mordor-sysmon-01", &["sysmon", "windows-security"]),
    ("sigma-regression-other-00", &["windows-security"]),
    ("sigma-regression-security-00", &["windows-security"]),
    ("sigma-regression-sysmon-00", &["sysmon", "windows-security"]),
    ("splunk-attack-data-other-00", &["windows-security"]),
    ("splunk-attack-data-powershell-00", &["windows-security"]),
    ("splunk-attack-data-security-00", &["windows-security"]),
    ("splunk-attack-data-sysmon-00", &["sysmon", "windows-security"]),
];

/// The columns of a recorded file, or `None` where the recordings are absent.
fn columns(file: &str) -> Option<Vec<(String, Kind)>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/windows-events");
    if !root.is_dir() {
        println!("skipped: no recordings at {}", root.display());
        return None;
    }
    let path = root.join(format!("{file}.parquet"));
    let reader = SerializedFileReader::new(File::open(&path).expect("recorded file")).expect("Parquet");
    let Type::GroupType { fields, .. } = reader.metadata().file_metadata().schema() else {
        panic!("{file}: no schema")
    };
    let kind = |name: &str, physical| match physical {
        _ if name == "_time" => Kind::Time,
        parquet::basic::Type::BYTE_ARRAY => Kind::Text,
        _ => Kind::Number,
    };
    Some(fields.iter().map(|field| (field.name().to_owned(), kind(field.name(), field.get_physical_type()))).collect())
}

/// Describes columns as the profile crate wants them.
fn describe(columns: &[(String, Kind)]) -> Vec<ColumnDesc<'_>> {
    columns.iter().map(|(name, kind)| ColumnDesc { name, kind: *kind, multivalue: false }).collect()
}

#[test]
fn every_recorded_schema_chooses_what_one_expects() {
    let profiles = shipped().expect("valid");
    for (file, expected) in FILES {
        let Some(columns) = columns(file) else { return };
        let columns = describe(&columns);
        let choice = choose(&columns, &profiles);
        let names: Vec<&str> = choice.chosen.iter().map(|chosen| chosen.profile.name()).collect();
        assert_eq!(names, expected, "{file}");
        assert_eq!(choice.chosen.len() + choice.rejected.len(), profiles.len(), "{file}");
        assert!(choice.rejected.iter().all(|rejected| !rejected.reason.is_empty()), "{file}");

        let map = FieldMap::new(&columns, &choice.profiles(), &[]);
        assert_eq!(map.time().columns.len(), 1, "{file}");
        assert_eq!(map.time().columns[0].format, TimeFormat::Stored, "{file}");
        let raw = map.raw().expect("the recordings have _raw");
        assert_eq!(columns[raw].name, "_raw");
        let texts = map.text_columns();
        for (index, column) in columns.iter().enumerate() {
            let left_out = ["_raw", "_time", "source_dataset", "source_file", "source_record"].contains(&column.name);
            assert!(!left_out || !texts.contains(&index), "{file}: {}", column.name);
        }
        for name in ["EventCode", "EventID", "signature_id", "host", "dest", "dvc"] {
            assert!(!map.resolve(name).is_absent(), "{file}: {name}");
        }
    }
}

#[test]
fn process_creation_has_all_its_fields_on_the_recorded_schemas() {
    let profiles = shipped().expect("valid");
    let security = [
        "dest",
        "user",
        "src_user",
        "process",
        "process_path",
        "process_name",
        "process_exec",
        "process_id",
        "parent_process",
        "parent_process_path",
        "parent_process_name",
        "parent_process_exec",
        "parent_process_id",
        "action",
        "vendor_product",
    ];
    let sysmon = [
        "dest",
        "user",
        "process",
        "process_path",
        "process_name",
        "process_exec",
        "process_id",
        "process_guid",
        "process_hash",
        "process_current_directory",
        "process_integrity_level",
        "original_file_name",
        "parent_process",
        "parent_process_path",
        "parent_process_name",
        "parent_process_exec",
        "parent_process_id",
        "parent_process_guid",
        "action",
        "vendor_product",
    ];
    let wanted: [(&str, &str, &[&str]); 6] = [
        ("evtx-attack-samples-sysmon-00", "sysmon", &sysmon),
        ("mordor-sysmon-00", "sysmon", &sysmon),
        ("sigma-regression-sysmon-00", "sysmon", &sysmon),
        ("splunk-attack-data-sysmon-00", "sysmon", &sysmon),
        ("mordor-security-00", "windows-security", &security),
        ("splunk-attack-data-security-00", "windows-security", &security),
    ];
    for (file, profile, fields) in wanted {
        let Some(columns) = columns(file) else { return };
        let columns = describe(&columns);
        let chosen: Vec<&Profile> = choose(&columns, &profiles).profiles();
        let map = FieldMap::new(&columns, &chosen, &[]);
        let classes = map.classes_of(EventClass::ProcessCreation);
        let class = *classes.iter().find(|&&index| map.classes()[index.0].profile == profile).expect("class");
        for field in fields {
            let source = map.resolve(field);
            let general = |index: usize| map.classes()[index].name.starts_with("any");
            let mapped = source
                .cases
                .iter()
                .any(|case| case.class == Some(class) || case.class.is_some_and(|class| general(class.0)));
            assert!(mapped, "{file}: {field}");
        }
    }
}
