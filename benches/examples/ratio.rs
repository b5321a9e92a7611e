//! Runs the limit and the scan of the seed rule in turn, in one process on one archive, and prints their ratio.
//!
//! ```text
//! cargo run --release -p retrohunt-benches --example ratio -- DIR [--threads N] [--runs N] [--scan-only]
//! ```
//!
//! `DIR` was written by `retrohunt synth`. Every scan's result rows are compared with the truth. `--scan-only` leaves the
//! limit out, for a profiler.
#![expect(clippy::print_stdout, reason = "it reports on standard output")]

use std::time::{Duration, Instant};

use retrohunt_benches::archive::Archive;
use retrohunt_benches::limit::Plan;
use retrohunt_benches::memory::{Watch, resident};
use retrohunt_benches::rules::{self, Hunt};
use retrohunt_benches::{Error, truth};

/// What the command line asks for.
struct Arguments {
    /// The archive.
    directory: String,
    /// Threads of either.
    threads: usize,
    /// How often each runs.
    runs: usize,
    /// The limit is left out.
    scan_only: bool,
}

impl Arguments {
    /// Returns the arguments of this process.
    fn parse() -> Result<Self, Error> {
        let mut parsed = Self { directory: String::new(), threads: 2, runs: 7, scan_only: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--threads" => parsed.threads = arguments.next().ok_or("--threads takes a number")?.parse()?,
                "--runs" => parsed.runs = arguments.next().ok_or("--runs takes a number")?.parse()?,
                "--scan-only" => parsed.scan_only = true,
                _ => parsed.directory = argument,
            }
        }
        if parsed.directory.is_empty() || parsed.runs == 0 {
            return Err("usage: ratio DIR [--threads N] [--runs N] [--scan-only]".into());
        }
        Ok(parsed)
    }
}

fn main() -> Result<(), Error> {
    let arguments = Arguments::parse()?;
    let archive = Archive::open(arguments.directory.as_ref())?;
    let compiling = Instant::now();
    let hunt = Hunt::new(&[rules::seed()?])?;
    println!("rule compiled in {:.1?}", compiling.elapsed());
    let expected = truth::expected(&archive.path)?;
    let plan = if arguments.scan_only { None } else { Some(Plan::new(&hunt, &archive)?) };
    if let Some(plan) = &plan {
        let (filtering, others) = (plan.filtering, plan.others);
        println!("limit: {} pages of columns that filter, {} bytes", filtering.pages, filtering.uncompressed);
        println!("limit: {} pages of other columns, {} bytes", others.pages, others.uncompressed);
    }
    let before = resident()?;
    let watch = Watch::default();
    let mut pairs: Vec<(Duration, Duration)> = Vec::new();
    for run in 0..arguments.runs {
        let started = Instant::now();
        if let Some(plan) = &plan {
            plan.run(arguments.threads)?;
        }
        let limit = started.elapsed();
        let started = Instant::now();
        let outcome = hunt.run(&archive.files, arguments.threads, false, &watch)?;
        let scan = started.elapsed();
        let found = truth::results(&outcome.rules[0].table);
        let rows = truth::compare(&found, &expected)?;
        if run == 0 {
            let metrics = outcome.metrics;
            println!(
                "scan: {} rows, {} bytes searched, {} candidates, {} passed, {rows} result rows as expected",
                metrics.rows, metrics.bytes_searched, metrics.candidate_rows, metrics.passed_rows
            );
        }
        pairs.push((limit, scan));
        print(&format!("run {}", run + 1), limit, scan);
    }
    summary(&pairs);
    let after = resident()?;
    let mib = |kib: u64| kib / 1024;
    println!(
        "RssAnon {} MiB before, {} MiB at most between row groups, {} MiB after; peak RSS {} MiB",
        mib(before.anonymous),
        mib(watch.most()),
        mib(after.anonymous),
        mib(after.peak)
    );
    Ok(())
}

/// Prints least and median of the times, and of the ratios of the pairs.
fn summary(pairs: &[(Duration, Duration)]) {
    let sorted = |mut times: Vec<Duration>| {
        times.sort();
        times
    };
    let limits = sorted(pairs.iter().map(|pair| pair.0).collect());
    let scans = sorted(pairs.iter().map(|pair| pair.1).collect());
    let middle = pairs.len() / 2;
    print("least of each", limits[0], scans[0]);
    print("median of each", limits[middle], scans[middle]);
    let mut ratios: Vec<f64> = pairs.iter().map(|pair| ratio(pair.0, pair.1)).collect();
    ratios.sort_by(f64::total_cmp);
    println!("ratio of a pair: least {:.2}, median {:.2}", ratios[0], ratios[middle]);
}

/// Returns scan ÷ limit.
fn ratio(limit: Duration, scan: Duration) -> f64 {
    scan.as_secs_f64() / limit.as_secs_f64().max(1e-9)
}

/// Prints a pair of times.
fn print(what: &str, limit: Duration, scan: Duration) {
    let (limit_seconds, scan_seconds) = (limit.as_secs_f64(), scan.as_secs_f64());
    println!("{what}: limit {limit_seconds:.4} s, scan {scan_seconds:.4} s, ratio {:.2}", ratio(limit, scan));
}
