//! The loop that feeds a vector kernel a haystack of any length: full vectors, then the tail, or all of it at once when it
//! is shorter than a vector.
//!
//! A *window* is what a kernel looks at for one start: the byte at the start and up to `reach` bytes after it. Starts run
//! from 0 to `haystack.len() - reach`, exclusive. What must stay true: each start is offered once, and no byte outside the haystack
//! (or the padded copy of it) is read; the second is asserted here, before a kernel's `unsafe` code relies on it.

use crate::candidates::Candidates;
use crate::fault;

/// Most bytes past a window's start that a kernel may look at.
pub(crate) const LARGEST_REACH: usize = 63;

/// Most window starts that one vector holds.
pub(crate) const LARGEST_WIDTH: usize = 32;

/// A vector kernel: finds window starts worth verifying, many at once.
pub(crate) trait Kernel {
    /// Window starts in one vector, at most [`LARGEST_WIDTH`].
    fn width(&self) -> usize;

    /// Bytes after a window's start that are looked at, at most [`LARGEST_REACH`].
    fn reach(&self) -> usize;

    /// Looks at the starts `from..`, a whole vector at a time while one fits before `end` and `out` has room, and adds the candidates
    /// among them to `out`. Returns the first start not looked at.
    ///
    /// # Panics
    ///
    /// If `end + reach` exceeds the length of `haystack`.
    fn run(&self, haystack: &[u8], from: usize, end: usize, out: &mut Candidates) -> usize;
}

/// Calls `found` with every window start of `haystack` that `kernel` holds for a candidate, ascending, each once.
#[inline]
pub(crate) fn scan(kernel: &impl Kernel, haystack: &[u8], mut found: impl FnMut(usize)) {
    let (width, reach) = (kernel.width(), kernel.reach());
    let Some(end) = haystack.len().checked_sub(reach) else { return };
    if end < width {
        return short(kernel, haystack, end, found);
    }
    let mut candidates = Candidates::new();
    let mut at = 0;
    while end - at >= width {
        at = kernel.run(haystack, at, end, &mut candidates);
        candidates.take().iter().for_each(|&start| found(start as usize));
    }
    if at < end && !fault::is_on(fault::DROP_TAIL) {
        // The last vector overlaps the one before; starts that were looked at already are left out.
        kernel.run(haystack, end - width, end, &mut candidates);
        candidates.take().iter().map(|&start| start as usize).filter(|&start| start >= at).for_each(found);
    }
}

/// [`scan`] for a haystack with fewer window starts (`end`) than a vector: a copy padded with zeros is looked at instead.
#[cold]
fn short(kernel: &impl Kernel, haystack: &[u8], end: usize, found: impl FnMut(usize)) {
    if fault::is_on(fault::DROP_TAIL) {
        return;
    }
    let mut padded = [0; LARGEST_WIDTH + LARGEST_REACH];
    padded[..haystack.len()].copy_from_slice(haystack);
    let mut candidates = Candidates::new();
    kernel.run(&padded, 0, kernel.width(), &mut candidates);
    // Starts in the padding are no starts of the haystack.
    candidates.take().iter().map(|&start| start as usize).filter(|&start| start < end).for_each(found);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A kernel that holds every start for a candidate and checks what it is given.
    struct Everything {
        width: usize,
        reach: usize,
    }

    impl Kernel for Everything {
        fn width(&self) -> usize {
            self.width
        }

        fn reach(&self) -> usize {
            self.reach
        }

        fn run(&self, haystack: &[u8], mut from: usize, end: usize, out: &mut Candidates) -> usize {
            assert!(end + self.reach <= haystack.len());
            while from + self.width <= end && out.has_room() {
                out.push(from, u32::MAX >> (32 - self.width));
                from += self.width;
            }
            from
        }
    }

    #[test]
    fn every_start_is_offered_once_in_order() {
        for width in [16, 32] {
            for reach in [0, 1, 2, LARGEST_REACH] {
                for length in (0..200).chain(1000..1040) {
                    let mut starts = Vec::new();
                    scan(&Everything { width, reach }, &vec![b'x'; length], |start| starts.push(start));
                    assert_eq!(
                        starts,
                        (0..length.saturating_sub(reach)).collect::<Vec<_>>(),
                        "{width} {reach} {length}"
                    );
                }
            }
        }
    }
}
