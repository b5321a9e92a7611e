//! Cases that the seed rule returns.

use super::{CASE, Case, HostTwist, TWIST, Twist};
use crate::clock::SECOND;
use crate::event::{Activity, RawForm};
use crate::options::Vendor;

/// A case of one row.
const fn one(name: &'static str, image: &'static str, command: &'static str) -> Case {
    Case { name, image, command, ..CASE }
}

/// A service control program.
const SC: &str = r"C:\Windows\System32\sc.exe";
/// A copying program.
const XCOPY: &str = r"C:\Windows\System32\xcopy.exe";
/// The command processor.
const CMD: &str = r"C:\Windows\System32\cmd.exe";
/// The tool that the rule is named after.
const PSEXEC: &str = r"C:\Tools\PsExec64.exe";

/// Twist of a row that `shift` microseconds after the begin of the second happened.
const fn at(shift: i64) -> Twist {
    Twist { shift: Some(shift), ..TWIST }
}

/// The cases.
pub(super) const HITS: &[Case] = &[
    one("two-blanks", SC, r"sc.exe  \\{srv} create {svc}{h4} binPath= C:\Windows\{h8}.exe start= auto"),
    one("many-blanks", XCOPY, r"C:\Windows\System32\xcopy.exe      \\{srv}\C$\{h8}.dat C:\Windows\Temp /Y"),
    one("quoted-program", SC, "\"C:\\Windows\\System32\\sc.exe\"  \\\\{srv} start {svc}{h4}"),
    one("quoted-share", XCOPY, "xcopy.exe  \"\\\\{srv}\\ADMIN$\\{h8}.exe\" C:\\Windows\\Temp"),
    one("many-quotes", XCOPY, "\"xcopy.exe\"   \"\"\"\\\\{srv}\\C$\\{h8}\"\"\" D:\\in"),
    one("slash-c", CMD, r"C:\Windows\system32\cmd.exe /c \\{srv}\NETLOGON\{h8}.bat"),
    one("slash-c-two-blanks", CMD, r"cmd.exe  /c  \\{srv}\NETLOGON\{h8}.bat"),
    one("slash-c-quoted", CMD, "cmd.exe /c \"\\\\{srv}\\deploy$\\{app}\\run {h4}.cmd\""),
    one("slash-c-upper-case", CMD, r"CMD.EXE /C \\{srv}\NETLOGON\{h8}.BAT"),
    one("upper-case", SC, r"SC.EXE  \\{srv} QUERY {svc}"),
    one("tabs", SC, "sc.exe\t\t\\\\{srv} stop {svc}{h4}"),
    one("blank-and-line-feed", CMD, "cmd.exe /q\r\nsc.exe \n\\\\{srv} delete {svc}{h4}"),
    one("vertical-tab-and-form-feed", SC, "sc.exe\u{b}\u{c}\\\\{srv} query {h4}"),
    one("four-backslashes", XCOPY, r"xcopy.exe  \\\\{srv}\\C$\\{h8} D:\in"),
    one("shortest-tail", SC, r"{h8}.exe  \\x1"),
    one("psexec-one-blank", PSEXEC, r"psexec \\{srv} -s cmd.exe"),
    one("psexec-options", PSEXEC, r"C:\Tools\PsExec64.exe -accepteula -nobanner -s \\{srv} cmd.exe /c whoami"),
    one("psexec-upper-case", PSEXEC, r"PSEXEC64.EXE -D \\{srv} CMD.EXE"),
    one("psexec-one-letter-between", PSEXEC, r"psexec6\\{srv} cmd"),
    one("psexec-quotes", PSEXEC, "psexec.exe -u {user} \"\"\\\\{srv}\\\" cmd"),
    one("psexec-carriage-return", PSEXEC, "psexec.exe -s\r\\\\{srv} cmd.exe"),
    one(
        "non-ascii",
        r"C:\Büro\ſ\Dienst.exe",
        "C:\\Büro\\ſ\\\u{212a}\\Dienst.exe  \\\\{srv}\\Ablage\\Überſicht-請求書-🗂-{h4}.odt",
    ),
    Case { padding: 70_000, ..one("long-value", XCOPY, r"xcopy.exe  \\{srv}\C$\{h8}.bin C:\Windows\Temp") },
    Case {
        rows: &[
            Twist { pid: Some(12), ..at(0) },
            Twist { pid: Some(8), ..at(250_000) },
            Twist { copy: true, pid: Some(8), ..at(250_000) },
            Twist { pid: Some(400), ..at(999_000) },
        ],
        ..one("same-second", SC, r"sc.exe  \\{srv} config {svc}{h4} start= disabled")
    },
    Case {
        rows: &[at(0), at(SECOND), at(2 * SECOND + 999_000)],
        ..one("other-seconds", SC, r"sc.exe  \\{srv} qc {svc}{h4}")
    },
    Case { rows: &[at(999_999), at(SECOND)], ..one("edge-of-a-second", XCOPY, r"xcopy.exe  \\{srv}\IPC$\{h8} .") },
    Case {
        rows: &[
            Twist { host: HostTwist::Named("10"), ..TWIST },
            Twist { host: HostTwist::Named("9"), ..TWIST },
            Twist { host: HostTwist::Named("9-lives"), ..TWIST },
            Twist { host: HostTwist::Same, ..TWIST },
        ],
        ..one("numbers-for-hosts", SC, r"sc.exe  \\{srv} queryex {h4}")
    },
    Case { rows: &[Twist { no_user: true, ..TWIST }], ..one("no-user", SC, r"sc.exe  \\{srv} sdshow {svc}{h4}") },
    Case {
        rows: &[Twist { activity: Activity::StartOther, ..TWIST }],
        vendors: &[Vendor::CrowdStrike, Vendor::CarbonBlack],
        ..one("second-event-for-a-start", SC, r"sc.exe  \\{srv} failure {svc}{h4}")
    },
    Case {
        rows: &[Twist { raw: RawForm::Missing, ..TWIST }],
        raw_only: true,
        ..one("raw-null", SC, r"sc.exe  \\{srv} enumdepend {svc}{h4}")
    },
];
