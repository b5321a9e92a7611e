//! `iplocation` (§5.14): the place of an address.

use std::sync::Arc;

use retrohunt_enrich::{Enrichment, Place};
use retrohunt_spl::plan::IpLocationCommand;

use super::enriched::{field_values, with_values};
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::stage::Stage;
use crate::table::Value;

/// Names of the fields, without the prefix; the first five are always there.
const FIELDS: [&str; 8] = ["City", "Country", "Region", "lat", "lon", "Continent", "MetroCode", "Timezone"];

/// How many fields there are without `allfields`.
const USUAL: usize = 5;

/// An `iplocation` made ready.
#[derive(Debug)]
pub(crate) struct IpLocation {
    /// The field with the address.
    field: Arc<str>,
    /// The fields that take the place, as many as are wanted of [`FIELDS`].
    targets: Vec<Arc<str>>,
    /// Holds the database.
    enrichment: Arc<Enrichment>,
}

impl IpLocation {
    /// Makes an `iplocation` ready.
    pub(crate) fn new(command: &IpLocationCommand, settings: &Settings) -> Self {
        let count = if command.all_fields { FIELDS.len() } else { USUAL };
        let targets = FIELDS[..count].iter().map(|name| format!("{}{name}", command.prefix).into()).collect();
        Self { field: command.field.as_str().into(), targets, enrichment: settings.enrichment.clone() }
    }

    /// The place of a value; none if it is no address, or nothing is known of it.
    fn place(&self, value: &Value, notes: &mut Notes) -> Option<Place<'_>> {
        let geo = self.enrichment.geo.as_ref()?;
        match value {
            Value::Text(text) => geo.find(text).unwrap_or_else(|_| {
                notes.warn("W-GEOIP-DAMAGED", "the location database is damaged; some addresses have no place");
                None
            }),
            Value::List(_) => {
                notes.warn("W-MV-SCALAR", "`iplocation` of a field with several values gives nothing");
                None
            }
            _ => None,
        }
    }
}

/// The values of a place, in the order of [`FIELDS`].
fn values(place: &Place<'_>) -> [Value; 8] {
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let number = |number: Option<f64>| number.map_or(Value::Null, Value::Float);
    [
        text(place.city),
        text(place.country),
        text(place.region),
        number(place.lat),
        number(place.lon),
        text(place.continent),
        place.metro_code.map_or(Value::Null, |code| Value::Int(code.into())),
        text(place.timezone),
    ]
}

impl Stage for IpLocation {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        if batch.rows() == 0 {
            return Ok(batch);
        }
        if self.enrichment.geo.is_none() {
            notes.warn("W-NO-GEOIP", "there is no location database, so `iplocation` gives nothing");
            return Ok(batch);
        }
        let addresses = field_values(&batch, &self.field);
        let places: Vec<Option<[Value; 8]>> =
            addresses.iter().map(|value| self.place(value, notes).as_ref().map(values)).collect();
        if places.iter().all(Option::is_none) {
            return Ok(batch);
        }
        let mut batch = batch;
        for (at, target) in self.targets.iter().enumerate() {
            let mut column = field_values(&batch, target);
            for (value, place) in column.iter_mut().zip(&places) {
                if let Some(place) = place {
                    *value = place[at].clone();
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
        // What a target holds before stays where the address has no place, so the targets stay among the needs.
        after.and_field(&self.field)
    }
}

#[cfg(test)]
mod tests;
