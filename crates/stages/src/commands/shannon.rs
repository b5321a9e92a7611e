//! `ut_shannon(field)` (§5.29): the entropy of a text's bytes in bits per byte, into `ut_shannon`. An empty text has 0; ∅ and a
//! multivalue set nothing.

use std::sync::Arc;

use super::cells::derive;
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;
use crate::table::Value;

/// The command made ready.
#[derive(Clone, Debug)]
pub(super) struct Shannon {
    /// The field.
    field: String,
    /// The new field.
    target: Arc<str>,
}

impl Shannon {
    /// Makes the command ready.
    pub(super) fn new(field: &str) -> Self {
        Self { field: field.to_owned(), target: "ut_shannon".into() }
    }
}

/// The entropy of bytes.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_usize; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let total = bytes.len() as f64;
    let mut bits = 0.0;
    for count in counts.into_iter().filter(|count| *count > 0) {
        let share = count as f64 / total;
        bits -= share * share.log2();
    }
    // Of one byte value only, the sum is a negative zero.
    bits + 0.0
}

impl Stage for Shannon {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let mut scratch = String::new();
        derive(batch, &self.field, &self.target, |column, row| {
            let value = column.scalar(row)?;
            Some(Value::Float(entropy(value.text_in(&mut scratch).as_bytes())))
        })
    }

    fn layout(&self, layout: &mut Layout) {
        layout.add(&self.target);
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and_field(&self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_29_bits_per_byte() {
        assert_eq!(entropy(b""), 0.0);
        assert!(entropy(b"aaaa").is_sign_positive() && entropy(b"aaaa") == 0.0);
        assert_eq!(entropy(b"abcd"), 2.0);
        assert_eq!(entropy(b"aabb"), 1.0);
        assert_eq!(entropy("é".as_bytes()), 1.0);
    }
}
