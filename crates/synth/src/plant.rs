//! The planted rows: what is in them, and where they go.
//!
//! A [`Case`] is one way for the seed rule to hit or to miss narrowly, with a name that says which. The plan of a
//! *stream* (all files of one vendor with, or all without, `_raw`) lays every case once, as far as there is room, and
//! past that repeats cases so that true hits are about one row in 20,000.

mod hits;
mod misses;
mod schedule;

pub(crate) use schedule::{Plan, Stream, schedule};

use crate::event::{Activity, Event, RawForm, Source};
use crate::options::Vendor;
use crate::random::Random;
use std::sync::Arc;

/// Whether the seed rule returns a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It does.
    Hit,
    /// It does not, though the row has something of what it takes.
    NearMiss,
}

/// One way to hit or to miss.
pub(crate) struct Case {
    /// Its name, unique among all cases.
    pub(crate) name: &'static str,
    /// Template of the command line of all its rows.
    pub(crate) command: &'static str,
    /// Path of the program.
    pub(crate) image: &'static str,
    /// Its rows; they share the machine, the second and the command line but for their twists.
    pub(crate) rows: &'static [Twist],
    /// Bytes of harmless text before the command line.
    pub(crate) padding: usize,
    /// Whose archives can hold it.
    pub(crate) vendors: &'static [Vendor],
    /// Whether it makes sense only beside a `_raw` column.
    pub(crate) raw_only: bool,
}

/// A case without content, for the tables.
const CASE: Case = Case {
    name: "",
    command: "",
    image: r"C:\Windows\System32\net.exe",
    rows: &[TWIST],
    padding: 0,
    vendors: &Vendor::ALL,
    raw_only: false,
};

/// How one row of a case differs from the others.
#[derive(Clone, Copy)]
pub(crate) struct Twist {
    /// Microseconds after the case's second begins; none for a row without time.
    shift: Option<i64>,
    /// The machine.
    host: HostTwist,
    /// The command line.
    command: CommandTwist,
    /// What happened.
    activity: Activity,
    /// `_raw`.
    raw: RawForm,
    /// Whether the account is missing.
    no_user: bool,
    /// Whether nothing but the command line names a program with its ending.
    bare: bool,
    /// Process id, where it matters.
    pid: Option<u32>,
    /// Command line of the parent, where it matters.
    parent_command: Option<&'static str>,
    /// Whether the row is an exact copy of the one before it, but for the shift.
    copy: bool,
}

/// A row without a twist.
const TWIST: Twist = Twist {
    shift: Some(417_000),
    host: HostTwist::Same,
    command: CommandTwist::Same,
    activity: Activity::Start,
    raw: RawForm::Whole,
    no_user: false,
    bare: false,
    pid: None,
    parent_command: None,
    copy: false,
};

/// The machine of a row.
#[derive(Clone, Copy)]
enum HostTwist {
    /// The case's.
    Same,
    /// None.
    Missing,
    /// One of this name, without a domain.
    Named(&'static str),
}

/// The command line of a row.
#[derive(Clone, Copy)]
enum CommandTwist {
    /// The case's.
    Same,
    /// Null.
    Missing,
    /// Of no bytes.
    Empty,
}

/// A row to be planted.
pub(crate) struct Plant {
    /// Whether it is a hit.
    pub(crate) verdict: Verdict,
    /// The case it belongs to.
    pub(crate) case: &'static Case,
    /// How it differs from the others.
    twist: Twist,
    /// The command line of the case.
    command: Arc<str>,
    /// Begin of the case's second, microseconds since the epoch.
    second: i64,
    /// Number of the case's machine.
    machine: usize,
    /// Seed of everything else.
    seed: u64,
}

impl Plant {
    /// Overwrites `event` with the planted one.
    pub(crate) fn write(&self, source: &Source, event: &mut Event) {
        let twist = &self.twist;
        source.draw(self.second, &[(twist.activity, 1000)], &mut Random::new(self.seed, 0), event);
        event.time = twist.shift.map(|shift| self.second + shift);
        event.host.clear();
        match twist.host {
            HostTwist::Same => event.host.push_str(source.population.machine(self.machine)),
            HostTwist::Missing => {}
            HostTwist::Named(name) => event.host.push_str(name),
        }
        event.host_as_is = matches!(twist.host, HostTwist::Named(_));
        if twist.no_user {
            event.user.clear();
        }
        let start = &mut event.start;
        start.image.clear();
        start.image.push_str(self.case.image);
        start.command.clear();
        if matches!(twist.command, CommandTwist::Same) {
            start.command.push_str(&self.command);
        }
        event.empty_command = matches!(twist.command, CommandTwist::Empty);
        if twist.bare {
            start.parent_image = r"C:\Windows\explorer";
            start.parent_command = "";
            event.grandparent = "";
        }
        if let Some(command) = twist.parent_command {
            start.parent_command = command;
        }
        event.pid = twist.pid.unwrap_or(event.pid);
        event.raw = twist.raw;
    }

    /// Returns the kind of the row in the list of planted rows: `hit:…` or `near-miss:…`.
    pub(crate) fn kind(&self) -> String {
        match self.verdict {
            Verdict::Hit => format!("hit:{}", self.case.name),
            Verdict::NearMiss => format!("near-miss:{}", self.case.name),
        }
    }
}
