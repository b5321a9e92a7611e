//! Resident memory of this process, as the system states it.

use std::sync::atomic::{AtomicU64, Ordering};

use retrohunt_engine::Observer;

use crate::Error;

/// Resident memory, in KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Anonymous memory now: heap and stacks, without mapped files.
    pub anonymous: u64,
    /// The most that was resident at a time, mapped files included.
    pub peak: u64,
}

/// Returns the resident memory of this process.
///
/// # Errors
///
/// If the system does not state it, as only Linux does.
pub fn resident() -> Result<Memory, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let number = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
        number.ok_or_else(|| Error::from(format!("/proc/self/status has no {name}")))
    };
    Ok(Memory { anonymous: field("RssAnon")?, peak: field("VmHWM")? })
}

/// Watches a scan and keeps the most anonymous memory that it had when a row group was done.
#[derive(Debug, Default)]
pub struct Watch {
    /// In KiB.
    most: AtomicU64,
}

impl Watch {
    /// Returns the most anonymous memory that was seen, in KiB.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }
}

impl Observer for Watch {
    fn progress(&self, _bytes: u64, _rows: u64) {
        if let Ok(memory) = resident() {
            self.most.fetch_max(memory.anonymous, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_no_less_than_what_is_resident_now() {
        let memory = resident().unwrap();
        assert!(memory.anonymous > 0 && memory.peak >= memory.anonymous, "{memory:?}");
    }
}
