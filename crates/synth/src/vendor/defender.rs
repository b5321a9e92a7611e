//! Microsoft Defender: tables of advanced hunting, exported together, told apart by `Type`.

use super::{HostName, Shape, write_host};
use crate::event::{Activity, Event, Integrity};
use crate::mapping::Source::{All, Column as Of, Path};
use crate::mapping::{Field, base_name};
use crate::row::{Column, Row, int, text, time};

/// The columns, in order.
const COLUMNS: &[Column] = &[
    time("Timestamp"),
    text("Type"),
    text("DeviceId"),
    text("DeviceName"),
    text("ActionType"),
    text("FileName"),
    text("FolderPath"),
    text("SHA1"),
    text("SHA256"),
    text("MD5"),
    int("ProcessId"),
    text("ProcessCommandLine"),
    text("ProcessIntegrityLevel"),
    text("ProcessVersionInfoOriginalFileName"),
    text("AccountDomain"),
    text("AccountName"),
    text("AccountSid"),
    text("RemoteIP"),
    int("RemotePort"),
    text("InitiatingProcessAccountName"),
    text("InitiatingProcessFileName"),
    text("InitiatingProcessFolderPath"),
    text("InitiatingProcessCommandLine"),
    int("InitiatingProcessId"),
    text("InitiatingProcessParentFileName"),
    int("ReportId"),
];

/// How rows of this vendor look.
pub(super) const SHAPE: Shape = Shape {
    columns: COLUMNS,
    others: &[(Activity::Connect, 40), (Activity::WriteFile, 40)],
    fill,
    raw: |row, _, out| crate::raw::json(COLUMNS, row, out),
    fields: |_| FIELDS,
};

/// What the columns of a process start are called in a rule.
const FIELDS: &[Field] = &[
    ("host", Of("DeviceName")),
    ("user", Of("AccountName")),
    ("src_user", Of("InitiatingProcessAccountName")),
    ("process", Of("ProcessCommandLine")),
    ("process_path", Path("FolderPath", "FileName")),
    ("process_name", Of("FileName")),
    ("process_exec", Of("FileName")),
    ("process_id", Of("ProcessId")),
    ("process_hash", All(&["SHA256", "SHA1", "MD5"])),
    ("process_integrity_level", Of("ProcessIntegrityLevel")),
    ("parent_process", Of("InitiatingProcessCommandLine")),
    ("parent_process_path", Path("InitiatingProcessFolderPath", "InitiatingProcessFileName")),
    ("parent_process_name", Of("InitiatingProcessFileName")),
    ("parent_process_exec", Of("InitiatingProcessFileName")),
    ("parent_process_id", Of("InitiatingProcessId")),
];

/// Appends the cells of `event` to `row`.
fn fill(event: &Event, row: &mut Row) {
    row.time(event.time);
    row.text(match event.activity {
        Activity::Start | Activity::StartOther => "DeviceProcessEvents",
        Activity::Connect => "DeviceNetworkEvents",
        _ => "DeviceFileEvents",
    });
    row.with(|out| {
        let (high, low) = super::host_bits(event);
        crate::commands::guid(high, low, out);
    });
    row.with_some(!event.host.is_empty(), |out| write_host(event, HostName::FullLower, out));
    if matches!(event.activity, Activity::Start | Activity::StartOther) {
        row.text("ProcessCreated");
        started(event, row);
        row.nulls(2);
    } else if event.activity == Activity::Connect {
        row.text("ConnectionSuccess");
        row.nulls(12);
        row.with(|out| super::write_address(event, out));
        row.int(i64::from(event.port));
    } else {
        row.text("FileCreated");
        written(event, row);
        row.nulls(2);
    }
    initiating(event, row);
    row.int(super::record_number(event));
}

/// Appends the cells from `FileName` to `AccountSid` of a process start.
fn started(event: &Event, row: &mut Row) {
    let start = &event.start;
    let name = base_name(&start.image);
    row.some_text(name);
    row.some_text(folder_path(event, &start.image));
    row.text(&event.hashes.sha1);
    row.text(&event.hashes.sha256);
    row.text(&event.hashes.md5);
    row.int(i64::from(event.pid));
    row.text_if(!start.command.is_empty() || event.empty_command, &start.command);
    row.text(match event.integrity {
        Integrity::Low => "Low",
        Integrity::Medium => "Medium",
        Integrity::High => "High",
        Integrity::System => "System",
    });
    row.some_text(name);
    row.text(event.domain);
    row.some_text(&event.user);
    row.with(|out| super::write_sid(event, out));
}

/// Appends the cells from `FileName` to `AccountSid` of a written file. A planted one carries a command line, which the
/// table of files does not have and a reader of the union of all tables may still meet.
fn written(event: &Event, row: &mut Row) {
    row.some_text(base_name(&event.target));
    row.some_text(&event.target);
    row.text(&event.hashes.sha1);
    row.text(&event.hashes.sha256);
    row.text(&event.hashes.md5);
    row.null();
    row.text_if(event.activity == Activity::Other, &event.start.command);
    row.nulls(5);
}

/// Appends the cells of the process that did it: the parent where a process was started.
fn initiating(event: &Event, row: &mut Row) {
    let start = &event.start;
    let (image, pid) = if matches!(event.activity, Activity::Start | Activity::StartOther) {
        (start.parent_image, event.parent_pid)
    } else {
        (start.parent_image, event.pid)
    };
    row.some_text(if event.salt & 1 == 0 && !event.user.is_empty() { "system" } else { &event.user });
    row.some_text(base_name(image));
    row.some_text(folder_path(event, image));
    row.some_text(start.parent_command);
    row.int(i64::from(pid));
    row.some_text(base_name(event.grandparent));
}

/// Returns what the table says of the file `path`: all of it, as the product writes it, or in one of eight rows only the
/// folder, as its documentation says.
fn folder_path<'a>(event: &Event, path: &'a str) -> &'a str {
    match path.rsplit_once('\\') {
        Some((folder, _)) if event.salt & 0b1110 == 0 => folder,
        _ => path,
    }
}
