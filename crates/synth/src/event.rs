//! What happened on a machine, before a vendor gives it names.

use crate::commands::{Commands, Drawn, Start};
use crate::population::{DOMAIN, Population};
use crate::random::{Random, Zipf};

/// What the event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// A process was started, by the vendor's usual event.
    Start,
    /// A process was started, by the vendor's second event for it, if there is one.
    StartOther,
    /// A process opened a network connection.
    Connect,
    /// A process wrote a file.
    WriteFile,
    /// A process set a registry value.
    SetValue,
    /// Somebody logged on.
    Logon,
    /// Something else that may carry a command line, but is not a start.
    Other,
}

/// How the row's `_raw` comes out, in files that have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawForm {
    /// As the vendor logs it.
    Whole,
    /// Null.
    Missing,
    /// A notice of the forwarder instead of the event.
    Replaced,
}

/// Integrity of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integrity {
    /// Of a sandbox.
    Low,
    /// Of a person.
    Medium,
    /// Of an administrator.
    High,
    /// Of the system.
    System,
}

/// Hexadecimal hashes of a program file, lower case.
#[derive(Clone, Default)]
pub(crate) struct Hashes {
    /// 64 digits.
    pub(crate) sha256: String,
    /// 40 digits.
    pub(crate) sha1: String,
    /// 32 digits.
    pub(crate) md5: String,
    /// 32 digits.
    pub(crate) imphash: String,
}

/// An event. An empty text is a missing value.
pub(crate) struct Event {
    /// Microseconds since the epoch; none when the row has no time.
    pub(crate) time: Option<i64>,
    /// Short machine name, upper case.
    pub(crate) host: String,
    /// Whether `host` is to be written as it is, without the domain.
    pub(crate) host_as_is: bool,
    /// Account name.
    pub(crate) user: String,
    /// Domain of the account.
    pub(crate) domain: &'static str,
    /// Last part of the account's security id.
    pub(crate) account: u32,
    /// What happened.
    pub(crate) activity: Activity,
    /// The started program, its command line and its parent.
    pub(crate) start: Drawn,
    /// Full path of the file of the parent's parent.
    pub(crate) grandparent: &'static str,
    /// Whether a missing command line is an empty text rather than null.
    pub(crate) empty_command: bool,
    /// Hashes of the program file.
    pub(crate) hashes: Hashes,
    /// Working directory.
    pub(crate) directory: String,
    /// Integrity of the process.
    pub(crate) integrity: Integrity,
    /// Process id.
    pub(crate) pid: u32,
    /// Process id of the parent.
    pub(crate) parent_pid: u32,
    /// Unique id of the process.
    pub(crate) uid: u64,
    /// Unique id of the parent.
    pub(crate) parent_uid: u64,
    /// Sixty-four bits for ids that nothing else depends on.
    pub(crate) salt: u64,
    /// The file or registry value that the event is about.
    pub(crate) target: String,
    /// Remote port of a connection.
    pub(crate) port: u16,
    /// How `_raw` comes out.
    pub(crate) raw: RawForm,
}

impl Event {
    /// Returns an event to be overwritten.
    pub(crate) fn new() -> Event {
        Event {
            time: None,
            host: String::new(),
            host_as_is: false,
            user: String::new(),
            domain: DOMAIN,
            account: 0,
            activity: Activity::Start,
            start: Drawn::default(),
            grandparent: "",
            empty_command: false,
            hashes: Hashes::default(),
            directory: String::new(),
            integrity: Integrity::Medium,
            pid: 0,
            parent_pid: 0,
            uid: 0,
            parent_uid: 0,
            salt: 0,
            target: String::new(),
            port: 0,
            raw: RawForm::Whole,
        }
    }
}

/// Directories in which processes are started.
const DIRECTORIES: &[&str] =
    &[r"C:\Windows\system32\", r"C:\Windows\system32\", r"C:\Windows\", r"C:\", r"C:\ProgramData\", r"C:\Users\"];

/// Registry values that processes set.
const VALUES: &[&str] = &[
    r"HKLM\System\CurrentControlSet\Services\Tcpip\Parameters\DhcpDomain",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Updater",
    r"HKU\S-1-5-21-1004\SOFTWARE\Microsoft\Office\16.0\Common\LastUsed",
    r"HKLM\System\CurrentControlSet\Services\bam\State\UserSettings",
];

/// Ports that processes connect to.
const PORTS: &[u16] = &[443, 443, 443, 80, 445, 389, 53, 8443, 3389, 5985];

/// Draws ordinary events.
pub(crate) struct Source {
    /// The company.
    pub(crate) population: Population,
    /// Command lines.
    commands: Commands,
    /// Hashes of each image, by its number.
    hashes: Vec<Hashes>,
    /// Skew of the working directories.
    directories: Zipf,
}

impl Source {
    /// Number of images with hashes; [`Drawn::image_number`] is below it.
    const IMAGES: u64 = 256;

    /// Returns the same source every time.
    pub(crate) fn new() -> Source {
        let hashes = (0..Self::IMAGES)
            .map(|number| {
                let mut random = Random::new(0x1A5E, number);
                let mut hashes = Hashes::default();
                random.hex(64, &mut hashes.sha256);
                random.hex(40, &mut hashes.sha1);
                random.hex(32, &mut hashes.md5);
                random.hex(32, &mut hashes.imphash);
                hashes
            })
            .collect();
        Source {
            population: Population::new(),
            commands: Commands::new(),
            hashes,
            directories: Zipf::new(u32::try_from(DIRECTORIES.len()).unwrap_or(1)),
        }
    }

    /// Overwrites `event` with an ordinary one at `time`.
    ///
    /// `others` are the activities besides starts and how many of 1,000 events each takes.
    pub(crate) fn draw(&self, time: i64, others: &[(Activity, u32)], random: &mut Random, event: &mut Event) {
        event.time = Some(time);
        event.host_as_is = false;
        event.empty_command = false;
        event.raw = RawForm::Whole;
        event.grandparent = r"C:\Windows\System32\wininit.exe";
        event.activity = activity(others, random);
        event.host.clear();
        event.host.push_str(self.population.machine(self.population.draw_machine(random)));
        let start = self.commands.draw(random);
        self.draw_account(start.map_or(0, Start::by_system), random, event);
        if let Some(start) = start {
            start.write(&event.user, &self.population, random, &mut event.start);
        }
        if let Some(hashes) = self.hashes.get(event.start.image_number) {
            event.hashes.clone_from(hashes);
        }
        event.directory.clear();
        event.directory.push_str(DIRECTORIES.get(self.directories.draw(random)).copied().unwrap_or(""));
        event.pid = 4 * (1 + random.below(16_383));
        event.parent_pid = 4 * (1 + random.below(4_095));
        event.uid = random.bits();
        event.parent_uid = random.bits() & 0x000F_FFFF_FFFF_FFFF;
        event.salt = random.bits();
        self.draw_target(random, event);
    }

    /// Draws who it was: in `by_system` of eight events the system.
    fn draw_account(&self, by_system: u32, random: &mut Random, event: &mut Event) {
        event.user.clear();
        if random.chance(by_system, 8) {
            event.user.push_str("SYSTEM");
            event.domain = "NT AUTHORITY";
            event.account = 18;
            event.integrity = Integrity::System;
            return;
        }
        let number = self.population.draw_person(random);
        event.user.push_str(self.population.person(number));
        event.domain = DOMAIN;
        event.account = 1_100 + u32::try_from(number).unwrap_or(0);
        event.integrity = match random.below(10) {
            0 => Integrity::Low,
            1 | 2 => Integrity::High,
            _ => Integrity::Medium,
        };
    }

    /// Draws the file, registry value or port that the event is about.
    fn draw_target(&self, random: &mut Random, event: &mut Event) {
        event.target.clear();
        match event.activity {
            Activity::WriteFile | Activity::Other => {
                event.target.push_str(r"C:\Users\");
                event.target.push_str(&event.user);
                event.target.push_str(r"\AppData\Local\Temp\");
                random.hex(8, &mut event.target);
                event.target.push_str(".tmp");
            }
            Activity::SetValue => event.target.push_str(random.pick(VALUES)),
            _ => {}
        }
        event.port = PORTS.get(random.index(PORTS.len())).copied().unwrap_or(443);
    }
}

/// Draws an activity: one of `others`, each so often in 1,000, or a start.
fn activity(others: &[(Activity, u32)], random: &mut Random) -> Activity {
    let mut draw = random.below(1000);
    for &(activity, share) in others {
        if draw < share {
            return activity;
        }
        draw -= share;
    }
    Activity::Start
}
