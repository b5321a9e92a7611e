//! Sysmon events, flat, as a converter of the Windows event log leaves them; `_raw` is the event's XML on one line.

use super::{HostName, Shape, write_host};
use crate::clock;
use crate::event::{Activity, Event, Integrity};
use crate::mapping::Source::{BaseName, Column as Of};
use crate::mapping::{Field, base_name};
use crate::row::{Column, Row, int, text};

/// Number of the first column that is event data; those before it are the header of the event.
const FIRST_DATA: usize = 7;

/// The columns, in order.
const COLUMNS: &[Column] = &[
    int("EventID"),
    text("Channel"),
    text("Provider"),
    text("Computer"),
    int("EventRecordID"),
    text("SystemTime"),
    text("Level"),
    text("UtcTime"),
    text("ProcessGuid"),
    int("ProcessId"),
    text("Image"),
    text("OriginalFileName"),
    text("CommandLine"),
    text("CurrentDirectory"),
    text("User"),
    text("IntegrityLevel"),
    text("Hashes"),
    text("ParentProcessGuid"),
    int("ParentProcessId"),
    text("ParentImage"),
    text("ParentCommandLine"),
    text("ParentUser"),
    text("Protocol"),
    text("DestinationIp"),
    int("DestinationPort"),
    text("TargetFilename"),
    text("TargetObject"),
    text("Details"),
];

/// How rows of this vendor look.
pub(super) const SHAPE: Shape = Shape {
    columns: COLUMNS,
    others: &[(Activity::Connect, 60), (Activity::WriteFile, 50), (Activity::SetValue, 40)],
    fill,
    raw,
    fields: |_| FIELDS,
};

/// What the columns of a process start are called in a rule.
const FIELDS: &[Field] = &[
    ("host", Of("Computer")),
    ("user", Of("User")),
    ("src_user", Of("ParentUser")),
    ("process", Of("CommandLine")),
    ("process_path", Of("Image")),
    ("process_name", BaseName(&["Image"])),
    ("process_exec", BaseName(&["Image"])),
    ("process_id", Of("ProcessId")),
    ("process_guid", Of("ProcessGuid")),
    ("process_hash", Of("Hashes")),
    ("process_current_directory", Of("CurrentDirectory")),
    ("process_integrity_level", Of("IntegrityLevel")),
    ("parent_process", Of("ParentCommandLine")),
    ("parent_process_path", Of("ParentImage")),
    ("parent_process_name", BaseName(&["ParentImage"])),
    ("parent_process_exec", BaseName(&["ParentImage"])),
    ("parent_process_id", Of("ParentProcessId")),
    ("parent_process_guid", Of("ParentProcessGuid")),
];

/// Returns Sysmon's number for what happened.
fn event_id(activity: Activity) -> i64 {
    match activity {
        Activity::Start | Activity::StartOther => 1,
        Activity::Connect => 3,
        Activity::SetValue => 13,
        _ => 11,
    }
}

/// Appends the cells of `event` to `row`.
fn fill(event: &Event, row: &mut Row) {
    let start = &event.start;
    row.int(event_id(event.activity));
    row.text("Microsoft-Windows-Sysmon/Operational");
    row.text("Microsoft-Windows-Sysmon");
    row.with_some(!event.host.is_empty(), |out| write_host(event, HostName::Full, out));
    row.int(super::record_number(event));
    row.time_text(event.time, clock::iso_micros);
    row.text("4");
    row.time_text(event.time, clock::utc_millis);
    row.with(|out| process_guid(event.uid, out));
    row.int(i64::from(event.pid));
    row.some_text(&start.image);
    if matches!(event.activity, Activity::Start | Activity::StartOther) {
        started(event, row);
        row.nulls(6);
        return;
    }
    row.null();
    row.text_if(event.activity == Activity::Other, &start.command);
    row.null();
    user(event, row);
    row.nulls(7);
    if event.activity == Activity::Connect {
        row.text("tcp");
        row.with(|out| super::write_address(event, out));
        row.int(i64::from(event.port));
    } else {
        row.nulls(3);
    }
    row.text_if(matches!(event.activity, Activity::WriteFile | Activity::Other), &event.target);
    if event.activity == Activity::SetValue {
        row.text(&event.target);
        row.with(|out| {
            out.push_str("DWORD (0x");
            for place in (0..8).rev() {
                out.push(crate::random::hex_digit(event.salt >> (4 * place)));
            }
            out.push(')');
        });
    } else {
        row.nulls(2);
    }
}

/// Appends the cells from `OriginalFileName` to `ParentUser` of a process start.
fn started(event: &Event, row: &mut Row) {
    let start = &event.start;
    row.some_text(base_name(&start.image));
    row.text_if(!start.command.is_empty() || event.empty_command, &start.command);
    row.some_text(&event.directory);
    user(event, row);
    row.text(match event.integrity {
        Integrity::Low => "Low",
        Integrity::Medium => "Medium",
        Integrity::High => "High",
        Integrity::System => "System",
    });
    row.with(|out| hashes(event, out));
    row.with(|out| process_guid(event.parent_uid, out));
    row.int(i64::from(event.parent_pid));
    row.some_text(start.parent_image);
    row.some_text(start.parent_command);
    if event.salt & 3 == 0 { user(event, row) } else { row.text(r"NT AUTHORITY\SYSTEM") }
}

/// Appends the account's cell with its domain; null when there is none.
fn user(event: &Event, row: &mut Row) {
    if event.user.is_empty() {
        row.null();
    } else {
        row.with(|out| {
            out.push_str(event.domain);
            out.push('\\');
            out.push_str(&event.user);
        });
    }
}

/// Appends the four hashes as Sysmon writes them, in upper case.
fn hashes(event: &Event, out: &mut String) {
    let hashes = &event.hashes;
    let all =
        [("SHA1=", &hashes.sha1), (",MD5=", &hashes.md5), (",SHA256=", &hashes.sha256), (",IMPHASH=", &hashes.imphash)];
    for (name, digits) in all {
        out.push_str(name);
        out.extend(digits.chars().map(|digit| digit.to_ascii_uppercase()));
    }
}

/// Appends the unique id of a process in braces.
fn process_guid(uid: u64, out: &mut String) {
    out.push('{');
    crate::commands::guid(0x5f1c_3b2a_0000_0000 | uid >> 32, uid << 32 | 0x1000, out);
    out.push('}');
}

/// Appends the event's XML.
fn raw(row: &Row, event: &Event, out: &mut String) {
    let cell = |index: usize, out: &mut String| {
        row.write_text(index, out);
    };
    out.push_str("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='");
    cell(2, out);
    out.push_str("' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/><EventID>");
    cell(0, out);
    out.push_str("</EventID><Version>5</Version><Level>4</Level><Task>");
    cell(0, out);
    out.push_str("</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='");
    cell(5, out);
    out.push_str("'/><EventRecordID>");
    cell(4, out);
    out.push_str("</EventRecordID><Correlation/><Execution ProcessID='");
    crate::commands::number(event.account + 1000, out);
    out.push_str("' ThreadID='4312'/><Channel>");
    cell(1, out);
    out.push_str("</Channel><Computer>");
    cell(3, out);
    out.push_str("</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data>");
    crate::raw::xml_data(COLUMNS, FIRST_DATA, row, out);
    out.push_str("</EventData></Event>");
}
