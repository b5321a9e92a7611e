//! Carbon Black event forwarder: one flat JSON object an event, times in seconds, paths in lower case.
//!
//! In a `childproc` event `process_*` and `pid` are the process that started the child; the child's own command line and
//! ids are in `child_*`.

use super::{HostName, Shape, write_host};
use crate::event::{Activity, Event};
use crate::mapping::Field;
use crate::mapping::Source::{Account, BaseName, Column as Of, First};
use crate::row::{Column, Row, float, int, text};

/// The columns, in order.
const COLUMNS: &[Column] = &[
    text("event_type"),
    text("type"),
    float("timestamp"),
    text("computer_name"),
    text("username"),
    text("command_line"),
    text("path"),
    text("md5"),
    int("pid"),
    text("process_guid"),
    text("process_path"),
    text("child_command_line"),
    int("child_pid"),
    text("child_process_guid"),
    text("parent_path"),
    int("parent_pid"),
    text("parent_process_guid"),
    text("cb_server"),
    int("sensor_id"),
    text("remote_ip"),
    int("remote_port"),
    text("file_path"),
];

/// How rows of this vendor look.
pub(super) const SHAPE: Shape = Shape {
    columns: COLUMNS,
    others: &[(Activity::Connect, 60), (Activity::WriteFile, 40), (Activity::StartOther, 200)],
    fill,
    raw: |row, _, out| crate::raw::json(COLUMNS, row, out),
    fields: |activity| if activity == Activity::StartOther { CHILD_FIELDS } else { FIELDS },
};

/// What the columns of a `proc` event are called in a rule.
const FIELDS: &[Field] = &[
    ("host", Of("computer_name")),
    ("user", Account("username")),
    ("process", Of("command_line")),
    ("process_path", Of("path")),
    ("process_name", BaseName(&["path"])),
    ("process_exec", BaseName(&["path"])),
    ("process_id", Of("pid")),
    ("process_guid", Of("process_guid")),
    ("process_hash", Of("md5")),
    ("parent_process_path", Of("parent_path")),
    ("parent_process_name", BaseName(&["parent_path"])),
    ("parent_process_exec", BaseName(&["parent_path"])),
    ("parent_process_id", Of("parent_pid")),
    ("parent_process_guid", Of("parent_process_guid")),
];

/// What the columns of a `childproc` event are called in a rule.
const CHILD_FIELDS: &[Field] = &[
    ("host", Of("computer_name")),
    ("user", Account("username")),
    ("process", First(&["child_command_line", "command_line"])),
    ("process_path", Of("path")),
    ("process_name", BaseName(&["path"])),
    ("process_exec", BaseName(&["path"])),
    ("process_id", First(&["child_pid", "pid"])),
    ("process_guid", First(&["child_process_guid", "process_guid"])),
    ("process_hash", Of("md5")),
    ("parent_process_path", First(&["process_path", "parent_path"])),
    ("parent_process_name", BaseName(&["process_path", "parent_path"])),
    ("parent_process_exec", BaseName(&["process_path", "parent_path"])),
    ("parent_process_id", First(&["parent_pid", "pid"])),
    ("parent_process_guid", First(&["parent_process_guid", "process_guid"])),
];

/// Appends the cells of `event` to `row`.
fn fill(event: &Event, row: &mut Row) {
    let (event_type, name) = match event.activity {
        Activity::Start => ("proc", "ingress.event.procstart"),
        Activity::StartOther => ("childproc", "ingress.event.childproc"),
        Activity::Connect => ("netconn", "ingress.event.netconn"),
        _ => ("filemod", "ingress.event.filemod"),
    };
    row.text(event_type);
    row.text(name);
    match event.time {
        // Milliseconds since 1970 are far below 2^52, so the quotient is exact to a microsecond.
        Some(time) => row.float(millis(time) / 1000.0),
        None => row.null(),
    }
    row.with_some(!event.host.is_empty(), |out| write_host(event, HostName::Short, out));
    row.with_some(!event.user.is_empty(), |out| {
        out.push_str(event.domain);
        out.push('\\');
        out.push_str(&event.user);
    });
    match event.activity {
        Activity::Start => proc(event, row),
        Activity::StartOther => childproc(event, row),
        _ => acted(event, row),
    }
    row.text("cb-edr-01");
    row.int(i64::from(event.account));
    if event.activity == Activity::Connect {
        row.with(|out| super::write_address(event, out));
        row.int(i64::from(event.port));
        row.null();
    } else {
        row.nulls(2);
        row.with_some(!event.target.is_empty(), |out| lower(&event.target, out));
    }
}

/// Returns `time`, microseconds, in whole milliseconds.
fn millis(time: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of the years of the archive are below 2^52")]
    let millis = time.div_euclid(1000) as f64;
    millis
}

/// Appends the command line's cell.
fn command(event: &Event, row: &mut Row) {
    row.with_some(!event.start.command.is_empty() || event.empty_command, |out| out.push_str(&event.start.command));
}

/// Appends the cells from `command_line` to `parent_process_guid` of a `proc` event.
fn proc(event: &Event, row: &mut Row) {
    let start = &event.start;
    command(event, row);
    row.with_some(!start.image.is_empty(), |out| lower(&start.image, out));
    row.text(&event.hashes.md5);
    row.int(i64::from(event.pid));
    row.with(|out| guid(event.uid, out));
    row.nulls(4);
    row.with_some(!start.parent_image.is_empty(), |out| lower(start.parent_image, out));
    row.int(i64::from(event.parent_pid));
    row.with(|out| guid(event.parent_uid, out));
}

/// Appends the cells from `command_line` to `parent_process_guid` of a `childproc` event.
fn childproc(event: &Event, row: &mut Row) {
    let start = &event.start;
    row.null();
    row.with_some(!start.image.is_empty(), |out| lower(&start.image, out));
    row.text(&event.hashes.md5);
    row.int(i64::from(event.parent_pid));
    row.with(|out| guid(event.parent_uid, out));
    row.with_some(!start.parent_image.is_empty(), |out| lower(start.parent_image, out));
    command(event, row);
    row.int(i64::from(event.pid));
    row.with(|out| guid(event.uid, out));
    row.nulls(3);
}

/// Appends the cells from `command_line` to `parent_process_guid` of an event that a running process caused. A planted
/// one carries a command line, which the product does not write and the profile must not read.
fn acted(event: &Event, row: &mut Row) {
    row.with_some(event.activity == Activity::Other, |out| out.push_str(&event.start.command));
    row.nulls(2);
    row.int(i64::from(event.pid));
    row.with(|out| guid(event.uid, out));
    row.with_some(!event.start.image.is_empty(), |out| lower(&event.start.image, out));
    row.nulls(6);
}

/// Appends the unique id of a process.
fn guid(uid: u64, out: &mut String) {
    crate::commands::guid(uid >> 40, uid << 24 | 0x01da, out);
}

/// Appends `path` in lower case.
fn lower(path: &str, out: &mut String) {
    out.extend(path.chars().map(|letter| letter.to_ascii_lowercase()));
}
