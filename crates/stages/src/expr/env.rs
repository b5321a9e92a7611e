//! What a function knows beside its arguments.

use crate::batch::RowKey;
use crate::pipeline::Settings;

/// The surroundings of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Env<'a> {
    /// Zone, now, seed.
    pub(crate) settings: &'a Settings,
    /// Key of the row, for `random()` (§6.5).
    pub(crate) key: RowKey,
}
