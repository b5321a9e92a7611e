//! The SIGBUS handler: turns an access beyond the end of a shortened file into zeros and a flag.
//!
//! One handler serves the process. It knows the live mappings from a fixed table of atomics, which it reads without locks, and
//! does only what a signal handler may do: atomic loads and stores and the `mmap` and `sigaction` system calls. A fault
//! outside our mappings goes to the handler that was there before.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use libc::{c_int, c_void, siginfo_t};

/// Mappings that can be guarded at a time; further files are read at positions instead.
const SLOTS: usize = 4096;

/// One row of the table. It is in use while `claimed`; the handler trusts it only while `start` is not zero.
struct Entry {
    /// Owned by some [`Slot`].
    claimed: AtomicBool,
    /// Address of the mapping's first byte; zero while the entry is being filled or emptied.
    start: AtomicUsize,
    /// Address past the mapping's last byte.
    end: AtomicUsize,
    /// A fault was caught in the mapping.
    poisoned: AtomicBool,
}

/// The table of guarded mappings.
static TABLE: [Entry; SLOTS] = [const {
    Entry {
        claimed: AtomicBool::new(false),
        start: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        poisoned: AtomicBool::new(false),
    }
}; SLOTS];

/// Where the next search for a free entry begins, so that registering many files is not quadratic.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// The size of a memory page in bytes, set before the handler is installed.
static PAGE: AtomicUsize = AtomicUsize::new(4096);

/// What handled SIGBUS before, once the handler is installed; `None` if it could not be installed.
static PREVIOUS: OnceLock<Option<libc::sigaction>> = OnceLock::new();

/// A mapping's entry in the table, freed on drop.
pub(super) struct Slot(&'static Entry);

impl Slot {
    /// An entry for the mapping of `length` bytes at `start`; `None` if the table is full.
    pub(super) fn register(start: usize, length: usize) -> Option<Self> {
        let first = NEXT.fetch_add(1, Ordering::Relaxed);
        for offset in 0..SLOTS {
            let entry = &TABLE[first.wrapping_add(offset) % SLOTS];
            if entry.claimed.compare_exchange(false, true, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                entry.poisoned.store(false, Ordering::Relaxed);
                entry.end.store(start + length, Ordering::Relaxed);
                // Release: a handler that sees this start also sees the end above.
                entry.start.store(start, Ordering::Release);
                return Some(Self(entry));
            }
        }
        None
    }

    /// True once a fault was caught in the mapping.
    pub(super) fn poisoned(&self) -> bool {
        self.0.poisoned.load(Ordering::Acquire)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.start.store(0, Ordering::Release);
        self.0.claimed.store(false, Ordering::Release);
    }
}

/// Installs the handler on first use; false if that failed, in which case nothing must be mapped.
pub(super) fn install() -> bool {
    PREVIOUS.get_or_init(replace_handler).is_some()
}

/// Makes [`on_fault`] the handler of SIGBUS and gives back the one before.
fn replace_handler() -> Option<libc::sigaction> {
    // SAFETY: `sysconf` has no preconditions.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    PAGE.store(usize::try_from(page).ok().filter(|p| p.is_power_of_two())?, Ordering::Relaxed);
    let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = on_fault;
    // SAFETY: `sigaction` is plain data for which all zeros is a valid value (no flags, empty mask).
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler as *const () as usize;
    // ONSTACK: the runtime gives threads an alternate stack for their own fault handler, which may be our predecessor.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
    let mut previous = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: both pointers are to live values of the right type; `on_fault` has the signature that SA_SIGINFO asks for.
    let done = unsafe { libc::sigaction(libc::SIGBUS, &raw const action, previous.as_mut_ptr()) };
    // SAFETY: the call succeeded and filled `previous`; all zeros would have been valid too.
    (done == 0).then(|| unsafe { previous.assume_init() })
}

/// The handler. A fault in a guarded mapping is mended; any other is passed on.
extern "C" fn on_fault(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes a valid `siginfo_t` to an SA_SIGINFO handler, and for SIGBUS it carries an address.
    let address = unsafe { (*info).si_addr() }.addr();
    for entry in &TABLE {
        let start = entry.start.load(Ordering::Acquire);
        let end = entry.end.load(Ordering::Relaxed);
        // The second load detects an entry that was freed and reused between the two; the faulting thread's own mapping is
        // alive (it borrows it), so its entry is stable.
        if start != 0 && (start..end).contains(&address) && entry.start.load(Ordering::Acquire) == start {
            if mend(address, end) {
                entry.poisoned.store(true, Ordering::Release);
                return;
            }
            break;
        }
    }
    pass_on(signal, info, context);
}

/// Puts zeros from the page of `address` up to the page that holds `end`; true if that worked.
fn mend(address: usize, end: usize) -> bool {
    let page = PAGE.load(Ordering::Relaxed);
    let from = address & !(page - 1);
    let Some(to) = end.checked_next_multiple_of(page) else { return false };
    // SAFETY: `from..to` lies within whole pages of one live mapping of ours, which is read-only and whose bytes from the
    // faulting page on are beyond the end of the file, so replacing them loses nothing and touches no other mapping.
    // `errno` is saved around the call, as the interrupted code may be about to read it.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        let mapped = libc::mmap(ptr::with_exposed_provenance_mut(from), to - from, libc::PROT_READ, flags, -1, 0);
        *errno = saved;
        mapped != libc::MAP_FAILED
    }
}

/// Hands a fault that is not ours to the previous handler, or to the default, which ends the process.
fn pass_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let previous = PREVIOUS.get().and_then(Option::as_ref);
    match previous {
        Some(action) if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN => {
            let handler = ptr::with_exposed_provenance::<c_void>(action.sa_sigaction);
            if action.sa_flags & libc::SA_SIGINFO != 0 {
                // SAFETY: the previous owner registered this address as a handler of exactly this signature.
                let call: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = unsafe { std::mem::transmute(handler) };
                call(signal, info, context);
            } else {
                // SAFETY: as above, with the one-argument signature that applies without SA_SIGINFO.
                let call: extern "C" fn(c_int) = unsafe { std::mem::transmute(handler) };
                call(signal);
            }
        }
        _ => {
            // SAFETY: all zeros is the default action with an empty mask. When this handler returns, the access faults
            // again and the default action ends the process, with the right signal and a core file if enabled.
            unsafe {
                let action: libc::sigaction = MaybeUninit::zeroed().assume_init();
                libc::sigaction(signal, &raw const action, ptr::null_mut());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_reused_after_they_are_freed() {
        for round in 0..3 * SLOTS {
            let slot = Slot::register(0x1000 * (round + 1), 10).unwrap();
            assert!(!slot.poisoned());
        }
    }
}
