//! What kind of event a class of rows holds.

use std::fmt;

/// What kind of event a class of rows holds. Class markers (§2.8) name some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventClass {
    /// A process was started.
    ProcessCreation,
    /// A connection was made, accepted or blocked.
    NetworkConnection,
    /// A file was written, changed, read or deleted.
    FileChange,
    /// A network share or a file on it was used.
    FileShare,
    /// A registry key or value was made, changed or deleted.
    RegistryChange,
    /// A library was loaded into a process.
    ImageLoad,
    /// A driver was loaded.
    DriverLoad,
    /// A thread was started in another process.
    RemoteThread,
    /// A process was opened by another.
    ProcessAccess,
    /// A named pipe was made or opened.
    Pipe,
    /// A name was looked up.
    DnsQuery,
    /// A script or a part of one was run.
    Script,
    /// Somebody logged on, or tried to.
    Logon,
    /// An account or a group was changed.
    AccountChange,
    /// A service was installed.
    ServiceInstall,
    /// A scheduled task was made or changed.
    ScheduledTask,
}

/// All classes with the name that profiles and reports use.
const NAMES: [(EventClass, &str); 16] = [
    (EventClass::ProcessCreation, "process_creation"),
    (EventClass::NetworkConnection, "network_connection"),
    (EventClass::FileChange, "file_change"),
    (EventClass::FileShare, "file_share"),
    (EventClass::RegistryChange, "registry_change"),
    (EventClass::ImageLoad, "image_load"),
    (EventClass::DriverLoad, "driver_load"),
    (EventClass::RemoteThread, "remote_thread"),
    (EventClass::ProcessAccess, "process_access"),
    (EventClass::Pipe, "pipe"),
    (EventClass::DnsQuery, "dns_query"),
    (EventClass::Script, "script"),
    (EventClass::Logon, "logon"),
    (EventClass::AccountChange, "account_change"),
    (EventClass::ServiceInstall, "service_install"),
    (EventClass::ScheduledTask, "scheduled_task"),
];

impl EventClass {
    /// Returns the name that profiles and reports use, for example `process_creation`.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(class, _)| *class == self).map_or("", |(_, name)| name)
    }

    /// Returns the class of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(class, _)| *class)
    }

    /// Returns all names, for messages.
    pub(crate) fn names() -> Vec<&'static str> {
        NAMES.iter().map(|(_, name)| *name).collect()
    }
}

impl fmt::Display for EventClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
