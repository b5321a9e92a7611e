//! `table` and `fields` (§5.2).

use retrohunt_spl::plan::{FieldPattern, FieldsCommand};

use crate::batch::{Batch, RAW, TIME};
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;

/// A projection.
#[derive(Clone, Debug)]
pub(crate) enum Project {
    /// Only the listed fields stay; with `internal`, also `_time` and `_raw`.
    Keep {
        /// The list.
        list: Vec<FieldPattern>,
        /// It is `fields`, not `table` (§5.2.4, §5.2.5).
        internal: bool,
    },
    /// The listed fields go. A pattern takes `_time` and `_raw` only if it begins with `_` (§1.7.4).
    Remove {
        /// The list.
        list: Vec<FieldPattern>,
    },
}

impl Project {
    /// The projection of a `table`.
    pub(crate) fn table(list: &[FieldPattern]) -> Self {
        Self::Keep { list: list.to_vec(), internal: false }
    }

    /// The projection of a `fields`.
    pub(crate) fn fields(command: &FieldsCommand) -> Self {
        let list = command.list.clone();
        if command.remove { Self::Remove { list } } else { Self::Keep { list, internal: true } }
    }
}

impl Stage for Project {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let listed = |list: &[FieldPattern], name: &str| list.iter().any(|pattern| pattern.selects(name));
        Ok(match self {
            Self::Keep { list, internal } => {
                batch.keep_fields(|name| listed(list, name) || (*internal && (name == TIME || name == RAW)))
            }
            Self::Remove { list } => batch.keep_fields(|name| !listed(list, name)),
        })
    }

    fn layout(&self, layout: &mut Layout) {
        match self {
            Self::Keep { list, internal } => *layout = Layout::select(list, *internal),
            Self::Remove { list } => layout.remove(list),
        }
    }

    fn needs(&self, after: Needs) -> Needs {
        match self {
            Self::Keep { list, internal } => after.before_projection(list, *internal),
            Self::Remove { list } => match after {
                Needs::All => Needs::All,
                Needs::Fields(mut patterns) => {
                    let gone = |name: &str| list.iter().any(|pattern| pattern.selects(name));
                    patterns.retain(|pattern| !pattern.glob.literal().is_some_and(gone));
                    Needs::Fields(patterns)
                }
            },
        }
    }
}
