//! Decompresses exactly the pages that an ideal plan of the seed rule touches in an archive, and does nothing with them.
//!
//! ```text
//! cargo run --release -p retrohunt-benches --example limit -- DIR [--threads N] [--runs N]
//! ```
//!
//! `DIR` was written by `retrohunt synth`. Choosing the pages is start-up and not part of the time.
#![expect(clippy::print_stdout, reason = "it reports on standard output")]

use std::time::{Duration, Instant};

use retrohunt_benches::Error;
use retrohunt_benches::archive::Archive;
use retrohunt_benches::limit::{Plan, Volume};
use retrohunt_benches::rules::{self, Hunt};

fn main() -> Result<(), Error> {
    let (mut directory, mut threads, mut runs) = (None, 2, 5);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--threads" => threads = arguments.next().ok_or("--threads takes a number")?.parse()?,
            "--runs" => runs = arguments.next().ok_or("--runs takes a number")?.parse()?,
            _ => directory = Some(argument),
        }
    }
    let directory = directory.ok_or("usage: limit DIR [--threads N] [--runs N]")?;
    let started = Instant::now();
    let archive = Archive::open(directory.as_ref())?;
    let plan = Plan::new(&Hunt::new(&[rules::seed()?])?, &archive)?;
    println!("{} rows in {} files, {} bytes", plan.rows, archive.files.len(), archive.bytes()?);
    print("columns that filter", plan.filtering);
    print("other columns, pages with a result", plan.others);
    println!("start-up {:.1?}", started.elapsed());
    let mut expected = plan.filtering;
    expected += plan.others;
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..runs {
        let started = Instant::now();
        let volume = plan.run(threads)?;
        times.push(started.elapsed());
        if volume != expected {
            return Err(format!("decompressed {volume:?}, expected {expected:?}").into());
        }
    }
    times.sort();
    for (name, time) in [("least", times.first()), ("median", times.get(times.len() / 2))] {
        let time = time.ok_or("--runs must be at least 1")?;
        let speed = expected.uncompressed as f64 / time.as_secs_f64() / 1e9;
        println!("{name} of {runs} runs with {threads} threads: {:.4} s, {speed:.2} GB/s", time.as_secs_f64());
    }
    Ok(())
}

/// Prints how much there is to decompress.
fn print(what: &str, volume: Volume) {
    println!("{what}: {} pages, {} bytes from {}", volume.pages, volume.uncompressed, volume.compressed);
}
