//! Whole scans over synthetic archives, results checked.
//!
//! The seed rule is checked against the truth that was planted; the others against a plain scan, which decodes and tests every row.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput};
use retrohunt_benches::archive::Archive;
use retrohunt_benches::rules::{self, Hunt};
use retrohunt_benches::{Error, once, truth};
use retrohunt_engine::{Outcome, Silent};
use serde_json::Value as Json;

/// Rows of each archive.
const ROWS: u64 = 1_000_000;

/// Rows when each benchmark only runs once.
const FEW_ROWS: u64 = 20_000;

/// Threads of each scan.
const THREADS: usize = 2;

/// Rules over an archive, with the results that they must give.
struct Definition<'a> {
    /// Name of the benchmark.
    name: &'a str,
    /// The rules.
    hunt: Hunt,
    /// The archive.
    archive: &'a Archive,
    /// By rule, its results.
    expected: Vec<Vec<Json>>,
}

impl<'a> Definition<'a> {
    /// The seed rule, checked against the truth.
    fn seed(name: &'a str, archive: &'a Archive) -> Result<Self, Error> {
        let expected = vec![truth::expected(&archive.path)?];
        Ok(Self { name, hunt: Hunt::new(&[rules::seed()?])?, archive, expected })
    }

    /// Other rules, checked against a plain scan.
    fn plain(name: &'a str, hunt: Hunt, archive: &'a Archive) -> Result<Self, Error> {
        let expected = results(&hunt.run(&archive.files, 1, true, &Silent)?);
        Ok(Self { name, hunt, archive, expected })
    }

    /// Runs the scan.
    fn run(&self) -> Result<Outcome, Error> {
        self.hunt.run(&self.archive.files, THREADS, false, &Silent)
    }

    /// Checks the results of one scan, then measures scans.
    fn measure(&self, criterion: &mut Criterion) -> Result<(), Error> {
        let outcome = self.run()?;
        let found = results(&outcome);
        for (rule, (found, expected)) in found.iter().zip(&self.expected).enumerate() {
            truth::compare(found, expected).map_err(|error| format!("{}, rule {rule}: {error}", self.name))?;
        }
        let rows: usize = self.expected.iter().map(Vec::len).sum();
        assert!(rows > 0, "{}: no results, so nothing is checked", self.name);
        let mut group = criterion.benchmark_group("scan");
        group.sample_size(10);
        let (elements, bytes) = (outcome.metrics.rows, outcome.metrics.bytes_searched.max(1));
        group.throughput(Throughput::ElementsAndBytes { elements, bytes });
        group.bench_function(self.name, |bencher| {
            bencher.iter(|| {
                let outcome = self.run().ok();
                assert_eq!(outcome.as_ref().map(Outcome::hits), Some(rows), "{}: wrong results", self.name);
                black_box(outcome)
            });
        });
        group.finish();
        Ok(())
    }
}

/// The results of each rule.
fn results(outcome: &Outcome) -> Vec<Vec<Json>> {
    outcome.rules.iter().map(|rule| truth::results(&rule.table)).collect()
}

fn main() -> Result<(), Error> {
    let mut criterion = Criterion::default().configure_from_args();
    let rows = if once() { FEW_ROWS } else { ROWS };
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (bare, raw) = (Archive::synthetic(directory, rows, false)?, Archive::synthetic(directory, rows, true)?);
    Definition::seed("seed", &bare)?.measure(&mut criterion)?;
    Definition::seed("seed-raw", &raw)?.measure(&mut criterion)?;
    Definition::plain("ten-rules", Hunt::new(&rules::ten()?)?, &bare)?.measure(&mut criterion)?;
    Definition::plain("stats-every-row", Hunt::new(&[rules::every_row()])?, &bare)?.measure(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
