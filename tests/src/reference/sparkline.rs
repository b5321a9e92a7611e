//! `sparkline` (§5.10.8): an aggregate for each bin of time, as a list.

use retrohunt_spl::plan::{BinOptions, BinSpan};

use super::aggregate;
use super::bin;
use super::expand::Output;
use super::expression::World;
use super::row::Row;
use super::spans;
use super::value::{Scalar, texts};

/// Most bins where no span was written: those of any bin of time (§5.4.6).
const MOST_BINS: u64 = 100;

/// Returns the mark and the texts of all bins, oldest first; `delim` stands between several values of one bin. All groups share
/// the bins of `all` rows, so that their lists compare; a bin without a value is 0. Rows without a time are in no bin, and
/// without any other row in the group there is no list.
pub(super) fn result(
    output: &Output,
    written: Option<&BinSpan>,
    delim: &str,
    rows: &[&Row],
    all: &[Row],
    world: &World<'_>,
) -> Vec<Scalar> {
    let options = BinOptions { span: written.cloned(), ..BinOptions::default() };
    let times: Vec<Scalar> = all.iter().flat_map(|row| row.get("_time")).cloned().collect();
    let Some(width) = spans::width(&options, "_time", &times, MOST_BINS, false, world.settings) else {
        return Vec::new();
    };
    let place = |row: &Row| row.get("_time").first().and_then(|time| bin::one(time, "_time", &width, world.settings));
    if rows.iter().all(|row| place(row).is_none()) {
        return Vec::new();
    }
    let value = |bucket: &Scalar| {
        let members: Vec<&Row> = rows.iter().copied().filter(|row| place(row).as_ref() == Some(bucket)).collect();
        let found = if members.is_empty() { Vec::new() } else { texts(&aggregate::result(output, &members, world)) };
        Scalar::Text(if found.is_empty() { "0".to_owned() } else { found.join(delim) })
    };
    let buckets = spans::between(&times, "_time", &width, world.settings);
    let mark = Scalar::Text("##__SPARKLINE__##".to_owned());
    std::iter::once(mark).chain(buckets.iter().map(value)).collect()
}
