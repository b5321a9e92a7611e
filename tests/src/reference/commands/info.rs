//! What is known of the run and of values beside the rows: `addinfo`, `tags` (§5.29).

use super::super::expression::World;
use super::super::row::RowSet;
use super::super::value::{Number, Scalar, seconds_text};

/// `addinfo`: bounds of the run, its time and its name.
///
/// Without a lower bound the search begins at the beginning of time, which is 0: no row may fall out of a comparison with it
/// (§0.3).
pub(super) fn add_info(mut rows: RowSet, world: &World<'_>) -> RowSet {
    let open = Scalar::Text("+Infinity".to_owned());
    let values = [
        ("info_min_time", world.settings.earliest.map_or(Scalar::Int(0), seconds)),
        ("info_max_time", world.settings.latest.map_or(open, seconds)),
        ("info_search_time", seconds(world.settings.now)),
        ("info_sid", Scalar::Text(seconds_text(world.settings.now))),
    ];
    for (name, value) in values {
        let values = rows.rows.iter().map(|_| vec![value.clone()]).collect();
        rows.assign(name, values);
    }
    rows
}

/// Microseconds as a number of seconds.
fn seconds(micros: i64) -> Scalar {
    match Number::of_text(&seconds_text(micros)) {
        Some(Number::Integer(whole)) => i64::try_from(whole).map_or(Scalar::Float(whole as f64), Scalar::Int),
        Some(Number::Real(real)) => Scalar::Float(real),
        None => Scalar::Time(micros),
    }
}

/// `tags`: there is no table of tags here, so nothing changes.
pub(super) fn tags(rows: RowSet, world: &World<'_>) -> RowSet {
    world.warn("W-NO-TAGS");
    rows
}
