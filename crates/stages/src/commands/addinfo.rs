//! `addinfo` (§5.29): the bounds of the run, "now", and an id of the run, which is the text of "now", so that runs can be compared.
//! An open lower bound is 0, the beginning of time (§4.6.6), an open upper one `+Infinity`.

use std::sync::Arc;

use retrohunt_columnar::text::epoch_text;

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::rows::array_of;
use crate::stage::Stage;
use crate::table::Value;

/// An `addinfo` made ready.
#[derive(Clone, Debug)]
pub(super) struct AddInfo {
    /// The fields and their values.
    fields: [(Arc<str>, Value); 4],
}

impl AddInfo {
    /// Makes an `addinfo` ready.
    pub(super) fn new(settings: &Settings) -> Self {
        let (earliest, latest) = settings.bounds;
        let time = |name: &str, micros: i64| (Arc::from(name), Value::Time(micros).under(name));
        let latest = latest.map_or_else(
            || (Arc::from("info_max_time"), Value::Text("+Infinity".to_owned())),
            |latest| time("info_max_time", latest),
        );
        let sid = ("info_sid".into(), Value::Text(epoch_text(settings.now)));
        Self {
            fields: [time("info_min_time", earliest.unwrap_or(0)), latest, time("info_search_time", settings.now), sid],
        }
    }
}

impl Stage for AddInfo {
    fn apply(&self, mut batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        for (name, value) in &self.fields {
            let array = array_of(&vec![value; batch.rows()])?;
            batch = batch.with_column(name, array);
        }
        Ok(batch)
    }

    fn layout(&self, layout: &mut Layout) {
        self.fields.iter().for_each(|(name, _)| layout.add(name));
    }

    fn needs(&self, after: Needs) -> Needs {
        self.fields.iter().fold(after, |needs, (name, _)| needs.without_field(name))
    }
}
