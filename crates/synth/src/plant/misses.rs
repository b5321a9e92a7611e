//! Cases that the seed rule does not return, though little is missing.

use super::{CASE, Case, CommandTwist, HostTwist, TWIST, Twist};
use crate::event::{Activity, RawForm};
use crate::options::Vendor;

/// A case of one row.
const fn one(name: &'static str, command: &'static str) -> Case {
    Case { name, command, ..CASE }
}

/// What would be a hit if nothing else were amiss.
const HIT: &str = r"net.exe  \\{srv}\C$\{h8}";

/// A case of one row with a command line that would be a hit, and what is amiss.
const fn amiss(name: &'static str, rows: &'static [Twist]) -> Case {
    Case { name, command: HIT, rows, ..CASE }
}

/// The cases.
pub(super) const MISSES: &[Case] = &[
    one("one-blank", r"net.exe \\{srv}\C$\{h8}"),
    one("one-blank-quoted-share", "net.exe \"\\\\{srv}\\C$\\{h8}\""),
    one("one-blank-quoted-program", "\"C:\\Windows\\System32\\net.exe\" \\\\{srv}\\C$\\{h8}"),
    one("two-quotes", "\"\"C:\\Windows\\System32\\net.exe\"\"  \\\\{srv}\\C$\\{h8}"),
    one("word-between", r"net.exe  view  \\{srv} /all"),
    one("no-word-boundary", r"net.exefoo  \\{srv}\C$\{h8}"),
    one("other-ending", r"net.com  \\{srv}\C$\{h8}"),
    one("no-dot", r"netexe  \\{srv}\C$\{h8}"),
    one("forward-slashes", r"net.exe  //{srv}/C$/{h8}"),
    one("single-backslash", r"net.exe  \{srv}\C$\{h8}"),
    one("blank-between-backslashes", r"net.exe  \ \{srv}\C$\{h8}"),
    one("slash-c-attached", r"cmd.exe/c \\{srv}\NETLOGON\{h8}.bat"),
    one("slash-c-joined", r"cmd.exe /c\\{srv}\NETLOGON\{h8}.bat"),
    one("slash-k", r"cmd.exe /k \\{srv}\NETLOGON\{h8}.bat"),
    one("one-letter-after", r"net.exe  \\x"),
    one("line-feed-after", "net.exe  \\\\\n{srv}\\C$\\{h8}"),
    one("nothing-after", r"net.exe  \\"),
    one("psexec-without-share", r"PsExec64.exe -accepteula -s cmd.exe /c C:\Temp\{h8}.bat"),
    one("psexec-line-feed", "psexec.exe\n\\\\{srv} cmd.exe"),
    one("psexec-nothing-between", r"psexec\\{srv} cmd.exe"),
    one("psexec-after-share", r"\\{srv}\Tools\psexec.exe -s cmd.exe"),
    one("psexec-long-s", "p\u{17f}exec64.exe -s \\\\{srv} cmd.exe"),
    one("psexec-full-width", "ｐｓｅｘｅｃ -s \\\\{srv} cmd.exe"),
    one("full-width-ending", "net．ｅｘｅ  \\\\{srv}\\C$\\{h8}"),
    one("full-width-backslashes", "net.exe  ＼＼{srv}＼C$＼{h8}"),
    one("no-break-blanks", "net.exe\u{a0}\u{a0}\\\\{srv}\\C$\\{h8}"),
    one("ideographic-blanks", "net.exe\u{3000}\u{3000}\\\\{srv}\\C$\\{h8}"),
    one("markup-blanks", r"net.exe&nbsp;&nbsp;\\{srv}\C$\{h8}"),
    Case { padding: 70_000, ..one("long-value", r"net.exe \\{srv}\C$\{h8}") },
    amiss("process-null", &[Twist { command: CommandTwist::Missing, ..TWIST }]),
    amiss("process-empty", &[Twist { command: CommandTwist::Empty, ..TWIST }]),
    amiss("host-null", &[Twist { host: HostTwist::Missing, ..TWIST }]),
    amiss("time-null", &[Twist { shift: None, ..TWIST }]),
    amiss("other-class", &[Twist { activity: Activity::Other, ..TWIST }]),
    Case {
        rows: &[Twist { parent_command: Some(r"C:\Windows\System32\net.exe  \\fs01\C$"), ..TWIST }],
        vendors: &[Vendor::Defender, Vendor::Sysmon],
        ..one("in-parent-only", r"net.exe \\{srv}\C$\{h8}")
    },
    Case {
        image: r"C:\Tools\psexec",
        rows: &[Twist { bare: true, ..TWIST }],
        ..one("no-ending-anywhere", r"psexec -s \\{srv} cmd")
    },
    Case { raw_only: true, ..amiss("raw-without-terms", &[Twist { raw: RawForm::Replaced, ..TWIST }]) },
];
