//! The Windows security log, flat, as a converter leaves it; `_raw` is the text that Windows shows of an event.

use super::{HostName, Shape, write_host};
use crate::clock;
use crate::event::{Activity, Event, Integrity};
use crate::mapping::Field;
use crate::mapping::Source::{BaseName, Column as Of, First, Integrity as Level};
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
    text("Keywords"),
    text("SubjectUserSid"),
    text("SubjectUserName"),
    text("SubjectDomainName"),
    text("SubjectLogonId"),
    text("NewProcessId"),
    text("NewProcessName"),
    text("TokenElevationType"),
    text("ProcessId"),
    text("CommandLine"),
    text("TargetUserName"),
    text("TargetDomainName"),
    text("ParentProcessName"),
    text("MandatoryLabel"),
    text("ProcessName"),
    text("ObjectType"),
    text("ObjectName"),
    text("AccessMask"),
    text("LogonType"),
    text("IpAddress"),
    text("Application"),
    text("DestAddress"),
    text("DestPort"),
];

/// How rows of this vendor look.
pub(super) const SHAPE: Shape = Shape {
    columns: COLUMNS,
    others: &[(Activity::Logon, 60), (Activity::WriteFile, 50), (Activity::Connect, 60)],
    fill,
    raw,
    fields: |_| FIELDS,
};

/// What the columns of a process start are called in a rule.
const FIELDS: &[Field] = &[
    ("host", Of("Computer")),
    ("user", First(&["TargetUserName", "SubjectUserName"])),
    ("src_user", Of("SubjectUserName")),
    ("process", First(&["CommandLine", "NewProcessName"])),
    ("process_path", Of("NewProcessName")),
    ("process_name", BaseName(&["NewProcessName"])),
    ("process_exec", BaseName(&["NewProcessName"])),
    ("process_id", Of("NewProcessId")),
    ("process_integrity_level", Level("MandatoryLabel")),
    ("parent_process", Of("ParentProcessName")),
    ("parent_process_path", Of("ParentProcessName")),
    ("parent_process_name", BaseName(&["ParentProcessName"])),
    ("parent_process_exec", BaseName(&["ParentProcessName"])),
    ("parent_process_id", Of("ProcessId")),
];

/// Returns the log's number for what happened.
fn event_id(activity: Activity) -> i64 {
    match activity {
        Activity::Start | Activity::StartOther => 4688,
        Activity::Logon => 4624,
        Activity::Connect => 5156,
        _ => 4663,
    }
}

/// Appends the cells of `event` to `row`.
fn fill(event: &Event, row: &mut Row) {
    row.int(event_id(event.activity));
    row.text("Security");
    row.text("Microsoft-Windows-Security-Auditing");
    row.with_some(!event.host.is_empty(), |out| write_host(event, HostName::Full, out));
    row.int(super::record_number(event));
    row.time_text(event.time, clock::iso_micros);
    row.text("0x8020000000000000");
    subject(event, row);
    match event.activity {
        Activity::Start | Activity::StartOther => {
            started(event, row);
            row.nulls(9);
        }
        Activity::Logon => {
            row.nulls(5);
            target(event, row);
            row.nulls(6);
            row.text("3");
            row.with(|out| super::write_address(event, out));
            row.nulls(3);
        }
        Activity::Connect => {
            row.nulls(3);
            row.decimal(u64::from(event.pid));
            row.nulls(11);
            row.with(|out| {
                out.push_str(r"\device\harddiskvolume3");
                out.extend(event.start.image.chars().skip(2).map(|letter| letter.to_ascii_lowercase()));
            });
            row.with(|out| super::write_address(event, out));
            row.decimal(u64::from(event.port));
        }
        _ => accessed(event, row),
    }
}

/// Returns whether the event says that the machine acted for the account.
fn by_machine(event: &Event) -> bool {
    event.salt & 7 == 0
}

/// Appends the four cells of the account that acted; machines have a `$` behind their name.
fn subject(event: &Event, row: &mut Row) {
    if event.user.is_empty() {
        row.nulls(4);
        return;
    }
    row.with(|out| super::write_sid(event, out));
    if event.account == 18 || by_machine(event) {
        row.with(|out| {
            out.push_str(&event.host);
            out.push('$');
        });
    } else {
        row.text(&event.user);
    }
    row.text(crate::population::DOMAIN);
    row.hexadecimal(event.parent_uid & 0xFFF_FFFF);
}

/// Appends the two cells of the account that is acted for: `-` unless a machine acted for a person.
fn target(event: &Event, row: &mut Row) {
    if event.user.is_empty() {
        row.nulls(2);
    } else if by_machine(event) {
        row.text(&event.user);
        row.text(event.domain);
    } else {
        row.text("-");
        row.text("-");
    }
}

/// Appends the cells from `NewProcessId` to `MandatoryLabel` of a process start.
fn started(event: &Event, row: &mut Row) {
    let start = &event.start;
    row.hexadecimal(u64::from(event.pid));
    row.some_text(&start.image);
    row.text("%%1936");
    row.hexadecimal(u64::from(event.parent_pid));
    row.with_some(!start.command.is_empty() || event.empty_command, |out| out.push_str(&start.command));
    target(event, row);
    row.some_text(start.parent_image);
    row.text(match event.integrity {
        Integrity::Low => "S-1-16-4096",
        Integrity::Medium => "S-1-16-8192",
        Integrity::High => "S-1-16-12288",
        Integrity::System => "S-1-16-16384",
    });
}

/// Appends the cells from `NewProcessId` to the end of an access to a file. A planted one has a command line for the
/// name of the process, so that only the class of the event keeps it from being a hit.
fn accessed(event: &Event, row: &mut Row) {
    row.nulls(3);
    row.hexadecimal(u64::from(event.pid));
    row.nulls(5);
    row.some_text(if event.activity == Activity::Other { &event.start.command } else { &event.start.image });
    row.text("File");
    row.text(&event.target);
    row.text("0x2");
    row.nulls(5);
}

/// Appends the event's text.
fn raw(row: &Row, event: &Event, out: &mut String) {
    if let Some(time) = event.time {
        clock::us_clock(time, out);
        out.push('\n');
    }
    let header = [("LogName", 1), ("SourceName", 2), ("EventCode", 0), ("ComputerName", 3), ("RecordNumber", 4)];
    for (name, index) in header {
        out.push_str(name);
        out.push('=');
        row.write_text(index, out);
        out.push('\n');
    }
    out.push_str("EventType=0\nType=Information\nKeywords=Audit Success\nMessage=");
    out.push_str(match event.activity {
        Activity::Start | Activity::StartOther => "A new process has been created.",
        Activity::Logon => "An account was successfully logged on.",
        Activity::Connect => "The Windows Filtering Platform has permitted a connection.",
        _ => "An attempt was made to access an object.",
    });
    out.push('\n');
    let mut text = String::new();
    for (index, column) in COLUMNS.iter().enumerate().skip(FIRST_DATA) {
        text.clear();
        if row.write_text(index, &mut text) {
            out.push('\t');
            spaced(column.name, out);
            out.push_str(":\t");
            out.push_str(&text);
            out.push('\n');
        }
    }
}

/// Appends `name` with a blank before each capital but the first: `New Process Name`.
fn spaced(name: &str, out: &mut String) {
    for (place, letter) in name.chars().enumerate() {
        if place > 0 && letter.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(letter);
    }
}
