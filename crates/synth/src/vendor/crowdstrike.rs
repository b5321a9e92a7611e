//! CrowdStrike Falcon Data Replicator: one flat JSON object an event, every value a text, an absent one empty.

use super::{HostName, Shape, write_host};
use crate::clock;
use crate::event::{Activity, Event, Integrity};
use crate::mapping::Field;
use crate::mapping::Source::{All, BaseName, Column as Of, First, Integrity as Level};
use crate::row::{Column, Row, text};

/// The columns, in order.
const COLUMNS: &[Column] = &[
    text("event_simpleName"),
    text("aid"),
    text("cid"),
    text("event_platform"),
    text("timestamp"),
    text("ComputerName"),
    text("UserName"),
    text("UserSid"),
    text("CommandLine"),
    text("ImageFileName"),
    text("SHA256HashData"),
    text("MD5HashData"),
    text("RawProcessId"),
    text("TargetProcessId"),
    text("ParentProcessId"),
    text("ParentBaseFileName"),
    text("IntegrityLevel"),
    text("ContextProcessId"),
    text("RemoteAddressIP4"),
    text("RemotePort"),
    text("TargetFileName"),
    text("CommandHistory"),
];

/// How rows of this vendor look.
pub(super) const SHAPE: Shape = Shape {
    columns: COLUMNS,
    others: &[(Activity::Connect, 40), (Activity::WriteFile, 30), (Activity::Other, 20), (Activity::StartOther, 10)],
    fill,
    raw: |row, _, out| crate::raw::json(COLUMNS, row, out),
    fields: |_| FIELDS,
};

/// What the columns of a process start are called in a rule.
const FIELDS: &[Field] = &[
    ("host", First(&["ComputerName", "aid"])),
    ("user", First(&["UserName", "UserSid"])),
    ("process", Of("CommandLine")),
    ("process_path", Of("ImageFileName")),
    ("process_name", BaseName(&["ImageFileName"])),
    ("process_exec", BaseName(&["ImageFileName"])),
    ("process_id", Of("RawProcessId")),
    ("process_guid", Of("TargetProcessId")),
    ("process_hash", All(&["SHA256HashData", "MD5HashData"])),
    ("process_integrity_level", Level("IntegrityLevel")),
    ("parent_process_name", Of("ParentBaseFileName")),
    ("parent_process_exec", Of("ParentBaseFileName")),
    ("parent_process_id", Of("ParentProcessId")),
    ("parent_process_guid", Of("ParentProcessId")),
];

/// Appends the cells of `event` to `row`.
fn fill(event: &Event, row: &mut Row) {
    row.text(match event.activity {
        Activity::Start => "ProcessRollup2",
        Activity::StartOther => "SyntheticProcessRollup2",
        Activity::Connect => "NetworkConnectIP4",
        Activity::WriteFile => "NewExecutableWritten",
        _ => "CommandHistory",
    });
    row.with(|out| {
        if !event.host.is_empty() {
            let (high, low) = super::host_bits(event);
            hex(high, out);
            hex(low, out);
        }
    });
    row.text("0c5e7d1b9f3a4c62a8d0e4b7f6152839");
    row.text("Win");
    row.time_text(event.time, clock::epoch_millis);
    row.with(|out| write_host(event, HostName::Short, out));
    row.text(&event.user);
    row.with(|out| {
        if !event.user.is_empty() {
            super::write_sid(event, out);
        }
    });
    if matches!(event.activity, Activity::Start | Activity::StartOther) {
        process(event, row);
        return;
    }
    row.nulls(9);
    row.decimal(event.uid);
    if event.activity == Activity::Connect {
        row.with(|out| super::write_address(event, out));
        row.decimal(u64::from(event.port));
    } else {
        row.nulls(2);
    }
    row.with_some(event.activity == Activity::WriteFile, |out| device_path(&event.target, out));
    row.text_if(event.activity == Activity::Other, &event.start.command);
}

/// Appends the cells that only a process has, and those that it has not.
fn process(event: &Event, row: &mut Row) {
    let start = &event.start;
    row.text_if(!start.command.is_empty() || event.empty_command, &start.command);
    row.with(|out| device_path(&start.image, out));
    row.text(&event.hashes.sha256);
    row.text(&event.hashes.md5);
    row.decimal(u64::from(event.pid));
    row.decimal(event.uid);
    row.decimal(event.parent_uid);
    row.text(crate::mapping::base_name(start.parent_image));
    row.text(match event.integrity {
        Integrity::Low => "4096",
        Integrity::Medium => "8192",
        Integrity::High => "12288",
        Integrity::System => "16384",
    });
    row.nulls(5);
}

/// Appends `path` with the device in place of the drive; a path without a drive as it is.
fn device_path(path: &str, out: &mut String) {
    match path.strip_prefix("C:") {
        Some(rest) => {
            out.push_str(r"\Device\HarddiskVolume3");
            out.push_str(rest);
        }
        None => out.push_str(path),
    }
}

/// Appends the sixteen digits of `bits`.
fn hex(bits: u64, out: &mut String) {
    for place in (0..16).rev() {
        out.push(crate::random::hex_digit(bits >> (4 * place)));
    }
}
