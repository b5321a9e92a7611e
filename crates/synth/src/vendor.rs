//! The vendors: how each writes an event as a row.

mod carbon_black;
mod crowdstrike;
mod defender;
mod security;
mod sysmon;

use crate::event::{Activity, Event};
use crate::mapping::Field;
use crate::options::Vendor;
use crate::population::SUFFIX;
use crate::row::{Column, Row};

/// How rows of a vendor look.
pub(crate) struct Shape {
    /// The columns, without `_raw`.
    pub(crate) columns: &'static [Column],
    /// What is in the archive besides process starts, and in how many of 1,000 rows.
    pub(crate) others: &'static [(Activity, u32)],
    /// Appends one cell a column.
    pub(crate) fill: fn(&Event, &mut Row),
    /// Appends the text of `_raw`, from the row and the event it was filled from.
    pub(crate) raw: fn(&Row, &Event, &mut String),
    /// Returns what the columns of a process start are called in a rule.
    pub(crate) fields: fn(Activity) -> &'static [Field],
}

impl Shape {
    /// Returns the shape of `vendor`'s rows.
    pub(crate) fn of(vendor: Vendor) -> &'static Shape {
        match vendor {
            Vendor::CrowdStrike => &crowdstrike::SHAPE,
            Vendor::Defender => &defender::SHAPE,
            Vendor::CarbonBlack => &carbon_black::SHAPE,
            Vendor::Sysmon => &sysmon::SHAPE,
            Vendor::Security => &security::SHAPE,
        }
    }
}

/// A way to write a machine's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HostName {
    /// `WKS-00104`.
    Short,
    /// `WKS-00104.nordwind.example`.
    Full,
    /// `wks-00104.nordwind.example`.
    FullLower,
}

/// Appends the name of the event's machine.
fn write_host(event: &Event, form: HostName, out: &mut String) {
    if event.host_as_is || form == HostName::Short {
        out.push_str(&event.host);
        return;
    }
    if form == HostName::FullLower {
        out.extend(event.host.chars().map(|letter| letter.to_ascii_lowercase()));
    } else {
        out.push_str(&event.host);
    }
    out.push_str(SUFFIX);
}

/// Returns 128 bits that belong to the event's machine.
fn host_bits(event: &Event) -> (u64, u64) {
    let high = event
        .host
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (high, high.rotate_left(23) ^ 0x9e37_79b9_7f4a_7c15)
}

/// Returns a number that grows with time, as a log's record numbers do.
fn record_number(event: &Event) -> i64 {
    event.time.map_or(0, |time| (time - crate::clock::START).div_euclid(1000))
}

/// Appends the security id of the event's account.
fn write_sid(event: &Event, out: &mut String) {
    if event.account == 18 {
        out.push_str("S-1-5-18");
    } else {
        out.push_str("S-1-5-21-2872341155-1190764321-405221973-");
        crate::commands::number(event.account, out);
    }
}

/// Appends a private IPv4 address.
fn write_address(event: &Event, out: &mut String) {
    out.push_str("10");
    for shift in [8, 16, 24] {
        out.push('.');
        crate::commands::number(u32::try_from(event.salt >> shift & 0xFF).unwrap_or(0), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Source;
    use crate::random::Random;
    use crate::row::{Kind, Value};

    #[test]
    fn every_activity_fills_every_column_with_its_type() {
        let source = Source::new();
        let mut random = Random::new(5, 5);
        let mut event = Event::new();
        let mut row = Row::default();
        let all = [
            Activity::Start,
            Activity::StartOther,
            Activity::Connect,
            Activity::WriteFile,
            Activity::SetValue,
            Activity::Logon,
            Activity::Other,
        ];
        for vendor in Vendor::ALL {
            let shape = Shape::of(vendor);
            for activity in all {
                source.draw(crate::clock::START, &[(activity, 1000)], &mut random, &mut event);
                row.clear();
                (shape.fill)(&event, &mut row);
                assert_eq!(row.len(), shape.columns.len(), "{vendor:?} {activity:?}");
                for (index, column) in shape.columns.iter().enumerate() {
                    let fits = match row.value(index) {
                        Value::Null => true,
                        Value::Text(_) => column.kind == Kind::Text,
                        Value::Int(_) => column.kind == Kind::Int,
                        Value::Float(_) => column.kind == Kind::Float,
                        Value::Time(_) => column.kind == Kind::Time,
                    };
                    assert!(fits, "{vendor:?} {activity:?} {}", column.name);
                }
            }
        }
    }

    #[test]
    fn every_field_reads_columns_that_exist() {
        use crate::mapping::Source as From;
        for vendor in Vendor::ALL {
            let shape = Shape::of(vendor);
            for activity in [Activity::Start, Activity::StartOther] {
                for &(field, source) in (shape.fields)(activity) {
                    let names = match source {
                        From::Column(name) | From::Account(name) | From::Integrity(name) => vec![name],
                        From::BaseName(names) | From::First(names) | From::All(names) => names.to_vec(),
                        From::Path(folder, name) => vec![folder, name],
                    };
                    for name in names {
                        assert!(shape.columns.iter().any(|column| column.name == name), "{vendor:?} {field} {name}");
                    }
                }
            }
        }
    }

    /// The names of `value`'s members: columns, in the order in which they stand.
    fn names(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::String(name) => found.push(name.clone()),
            toml::Value::Array(members) => members.iter().for_each(|member| names(member, found)),
            toml::Value::Table(table) => {
                let own = ["coalesce", "last_part", "text_after", "all", "path_join", "map"];
                own.iter().filter_map(|key| table.get(*key)).for_each(|value| names(value, found));
            }
            _ => {}
        }
    }

    /// The form and the columns of a field in the words of a profile.
    fn in_profile(value: &toml::Value) -> (&str, Vec<String>) {
        let form = match value {
            toml::Value::Table(table) => ["last_part", "text_after", "all", "path_join", "map", "coalesce"]
                .into_iter()
                .find(|form| table.contains_key(*form))
                .unwrap_or("unknown"),
            _ => "column",
        };
        let mut columns = Vec::new();
        names(value, &mut columns);
        (form, columns)
    }

    /// The form and the columns of a field in the same words.
    fn here(source: crate::mapping::Source) -> (&'static str, Vec<String>) {
        use crate::mapping::Source as From;
        let (form, columns) = match source {
            From::Column(name) => ("column", vec![name]),
            From::BaseName(names) => ("last_part", names.to_vec()),
            From::Account(name) => ("text_after", vec![name]),
            From::Integrity(name) => ("map", vec![name]),
            From::First(names) => ("coalesce", names.to_vec()),
            From::All(names) => ("all", names.to_vec()),
            From::Path(folder, name) => ("path_join", vec![folder, name]),
        };
        (form, columns.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn the_shipped_profiles_map_process_starts_alike() {
        let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../profile/src/shipped");
        let profiles = [
            (Vendor::CrowdStrike, Activity::Start, "crowdstrike-fdr", "process creation"),
            (Vendor::Defender, Activity::Start, "defender", "process creation"),
            (Vendor::CarbonBlack, Activity::Start, "carbon-black", "process creation (forwarder)"),
            (Vendor::CarbonBlack, Activity::StartOther, "carbon-black", "child process (forwarder)"),
            (Vendor::Sysmon, Activity::Start, "sysmon", "process creation"),
            (Vendor::Security, Activity::Start, "windows-security", "process creation"),
        ];
        let asked = |name: &str| {
            ["user", "src_user", "process", "parent_process"].contains(&name)
                || name.starts_with("process_")
                || name.starts_with("parent_process_")
        };
        for (vendor, activity, profile, class) in profiles {
            let text = std::fs::read_to_string(shipped.join(profile).with_extension("toml")).unwrap();
            let profile: toml::Table = text.parse().unwrap();
            let classes = profile["class"].as_array().unwrap();
            let class = classes.iter().find(|entry| entry["name"].as_str() == Some(class)).unwrap();
            let shape = Shape::of(vendor);
            let known = |column: &String| shape.columns.iter().any(|own| own.name == column);
            let there: Vec<_> = class["fields"].as_table().unwrap().iter().filter(|(name, _)| asked(name)).collect();
            let own = (shape.fields)(activity);
            assert_eq!(there.len(), own.iter().filter(|(name, _)| asked(name)).count(), "{vendor:?}");
            for (name, value) in there {
                let (form, mut columns) = in_profile(value);
                columns.retain(known);
                let (_, source) = own.iter().find(|(own, _)| own == name).unwrap();
                let (own_form, own_columns) = here(*source);
                // A choice among columns of which the archive has one is that column.
                let form = if form == "coalesce" && columns.len() == 1 { "column" } else { form };
                assert_eq!((form, columns), (own_form, own_columns), "{vendor:?} {name}");
            }
        }
    }
}
