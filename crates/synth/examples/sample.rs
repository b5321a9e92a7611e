//! Writes the sample archive and its manifest: `cargo run -p retrohunt-synth --example sample`.
//!
//! The one argument, if there is one, is the directory in which `sample/` and `manifest.toml` are written; it is the
//! workspace's `datasets` otherwise. The result is the same every time.

use retrohunt_synth::{FileSpec, Format, Options, TRUTH_FILE, TRUTH_ROWS_FILE, Vendor, generate};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Seed of the sample.
const SEED: u64 = 20_240_301;

/// Rows of each file without `_raw`.
const ROWS: u64 = 3_000;

/// Rows of each file with `_raw`.
const RAW_ROWS: u64 = 2_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let datasets = std::env::args_os()
        .nth(1)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets"), PathBuf::from);
    let out = datasets.join("sample");
    let options =
        Options { seed: SEED, files: files(), row_group_rows: Some(1_000), overwrite: true, ..Options::new(&out, 0) };
    let summary = generate(&options)?;
    let mut manifest = String::from(
        "# The data files under this directory. Written by `cargo run -p retrohunt-synth --example sample`.\n",
    );
    for file in &summary.files {
        entry(&out, &file.name, file.rows, &mut manifest)?;
    }
    for name in [TRUTH_FILE, TRUTH_ROWS_FILE] {
        let lines = fs::read_to_string(out.join(name))?.lines().count();
        entry(&out, name, u64::try_from(lines)?, &mut manifest)?;
    }
    fs::write(datasets.join("manifest.toml"), manifest)?;
    Ok(())
}

/// Returns the files of the sample: each vendor without and with `_raw`, one of them in Arrow.
fn files() -> Vec<FileSpec> {
    let mut files = Vec::new();
    for vendor in Vendor::ALL {
        let format = if vendor == Vendor::Sysmon { Format::Arrow } else { Format::Parquet };
        files.push(FileSpec { vendor, rows: ROWS, raw: false, format });
        files.push(FileSpec { vendor, rows: RAW_ROWS, raw: true, format: Format::Parquet });
    }
    files
}

/// Appends the manifest's entry for the file `name` in `out`.
fn entry(out: &Path, name: &str, rows: u64, manifest: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = fs::read(out.join(name))?;
    let mut digest = String::new();
    for byte in Sha256::digest(&bytes) {
        write!(digest, "{byte:02x}")?;
    }
    let size = bytes.len();
    write!(manifest, "\n[[file]]\npath = \"sample/{name}\"\nbytes = {size}\nrows = {rows}\nsha256 = \"{digest}\"\n")?;
    Ok(())
}
