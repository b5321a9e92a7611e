//! The add-on macro `ut_parse_extended(field, list)` (§5.29): the parts of a URL or host name.
//!
//! The macro is a lookup, so as in `lookup` a row without the field keeps what it has, and several values give several of each part.

use std::sync::Arc;

use retrohunt_enrich::UrlParts;

use super::enriched::{field_values, with_values};
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;
use crate::table::Value;

/// The macro made ready.
#[derive(Debug)]
pub(crate) struct ParseUrl {
    /// The field.
    field: Arc<str>,
    /// The fields of the parts.
    targets: Vec<Arc<str>>,
}

impl ParseUrl {
    /// Makes the macro ready.
    pub(crate) fn new(field: &str) -> Self {
        Self { field: field.into(), targets: UrlParts::FIELDS.iter().map(|name| Arc::from(*name)).collect() }
    }
}

impl Stage for ParseUrl {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let urls = field_values(&batch, &self.field);
        let parts: Vec<Vec<[String; 12]>> =
            urls.iter().map(|value| value.texts().iter().map(|text| UrlParts::new(text).texts()).collect()).collect();
        let mut batch = batch;
        for (at, target) in self.targets.iter().enumerate() {
            let mut column = field_values(&batch, target);
            for (value, parts) in column.iter_mut().zip(&parts) {
                if !parts.is_empty() {
                    *value = Value::from_texts(parts.iter().map(|parts| parts[at].clone()).collect());
                }
            }
            batch = with_values(batch, target, &column)?;
        }
        Ok(batch)
    }

    fn layout(&self, layout: &mut Layout) {
        self.targets.iter().for_each(|target| layout.add(target));
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and_field(&self.field)
    }
}

#[cfg(test)]
mod tests;
