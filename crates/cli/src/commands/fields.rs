//! `retrohunt fields`: the columns of each input and the fields that they are mapped to.

use std::io::{self, Write};
use std::path::Path;

use retrohunt_columnar::{DataFile, OpenOptions};
use retrohunt_engine::Profiles;
use retrohunt_engine::schedule::{describe, field_map};
use retrohunt_profile::{ColumnDesc, Profile, choose};
use serde::Serialize;

use super::{archive, to_stdout};
use crate::{
    args::{Fields, Reading, ReportFormat},
    exit,
    failure::Failure,
    messages::{Messages, Severity},
    terminal::escape,
};

/// What is said of one file.
#[derive(Debug, Serialize)]
struct FileReport {
    /// Its path.
    path: String,
    /// Its rows.
    rows: u64,
    /// Its columns.
    columns: Vec<ColumnReport>,
    /// The profiles applied, each with why.
    profiles: Vec<ProfileReport>,
    /// The fields that profiles add.
    fields: Vec<FieldReport>,
    /// Columns whose name a profile gives to something else on some rows.
    collisions: Vec<CollisionReport>,
}

/// One column.
#[derive(Debug, Serialize)]
struct ColumnReport {
    name: String,
    #[serde(rename = "type")]
    physical: String,
    multivalue: bool,
    /// Do bare terms look at it, where there is no `_raw`?
    text: bool,
}

/// One profile that was weighed.
#[derive(Debug, Serialize)]
struct ProfileReport {
    name: String,
    applied: bool,
    why: String,
}

/// One mapped field.
#[derive(Debug, Serialize)]
struct FieldReport {
    name: String,
    mapped_by: Vec<String>,
    columns: Vec<String>,
}

/// One collision.
#[derive(Debug, Serialize)]
struct CollisionReport {
    field: String,
    hidden_by: Vec<String>,
}

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files.
pub(super) fn run(args: &Fields, messages: Messages) -> Result<u8, Failure> {
    let files = archive::inputs(&args.inputs, messages)?;
    let profiles = archive::profiles(&args.reading)?;
    let (mut reports, mut failed) = (Vec::new(), false);
    for path in &files {
        match report(path, &profiles, &args.reading) {
            Ok(report) => reports.push(report),
            Err(error) => {
                failed = true;
                messages.say(Severity::Warning, &error.to_string());
            }
        }
    }
    match args.format {
        ReportFormat::Json => to_stdout(|out| {
            serde_json::to_writer_pretty(&mut *out, &reports)?;
            writeln!(out)
        })?,
        ReportFormat::Text => to_stdout(|out| reports.iter().try_for_each(|report| text(out, report)))?,
    }
    Ok(if failed { exit::INCOMPLETE } else { exit::COMPLETE })
}

/// Looks at one file.
fn report(path: &Path, profiles: &Profiles, reading: &Reading) -> Result<FileReport, retrohunt_columnar::Error> {
    let file = DataFile::open(path, &OpenOptions { mmap: !reading.no_mmap })?;
    let (map, applied) = field_map(file.columns(), profiles, &reading.not_text);
    let texts = map.text_columns();
    let columns = file.columns().iter().enumerate().map(|(index, column)| ColumnReport {
        name: column.name.clone(),
        physical: column.physical.clone(),
        multivalue: column.multivalue,
        text: texts.contains(&index),
    });
    let name_of = |column: usize| file.columns()[column].name.clone();
    let mapped = map.fields().into_iter().filter(|field| !field.mapped_by.is_empty());
    let fields = mapped.map(|field| {
        let columns = map.resolve(&field.name).columns().into_iter().map(name_of).collect();
        FieldReport { name: field.name, mapped_by: field.mapped_by, columns }
    });
    let collisions =
        map.collisions().into_iter().map(|hidden| CollisionReport { field: hidden.field, hidden_by: hidden.hidden_by });
    Ok(FileReport {
        path: path.to_string_lossy().into_owned(),
        rows: file.rows(),
        columns: columns.collect(),
        profiles: weighed(&file, profiles, &applied),
        fields: fields.collect(),
        collisions: collisions.collect(),
    })
}

/// The profiles, applied or not, each with why.
fn weighed(file: &DataFile, profiles: &Profiles, applied: &[String]) -> Vec<ProfileReport> {
    match profiles {
        Profiles::Forced(_) => {
            let forced = |name: &String| ProfileReport {
                name: name.clone(),
                applied: true,
                why: "asked for with --profile".to_owned(),
            };
            applied.iter().map(forced).collect()
        }
        Profiles::Choose(shipped) => {
            let columns: Vec<ColumnDesc<'_>> = file.columns().iter().map(describe).collect();
            let choice = choose(&columns, shipped);
            let one = |profile: &Profile, applied, why: &str| ProfileReport {
                name: profile.name().to_owned(),
                applied,
                why: why.to_owned(),
            };
            let chosen = choice.chosen.iter().map(|chosen| one(chosen.profile, true, &chosen.evidence));
            let rejected = choice.rejected.iter().map(|rejected| one(rejected.profile, false, &rejected.reason));
            chosen.chain(rejected).collect()
        }
    }
}

/// Writes a report for people.
fn text(out: &mut dyn Write, report: &FileReport) -> io::Result<()> {
    writeln!(out, "{}: {} rows, {} columns", escape(&report.path), report.rows, report.columns.len())?;
    for profile in &report.profiles {
        let word = if profile.applied { "profile" } else { "not" };
        writeln!(out, "  {word:8} {}: {}", profile.name, escape(&profile.why))?;
    }
    writeln!(out, "  columns")?;
    for column in &report.columns {
        let list = if column.multivalue { ", multivalue" } else { "" };
        let hidden = if column.text { "" } else { ", not searched by bare terms" };
        writeln!(out, "    {}  {}{list}{hidden}", escape(&column.name), column.physical)?;
    }
    writeln!(out, "  mapped fields")?;
    for field in &report.fields {
        let columns = if field.columns.is_empty() {
            "a constant".to_owned()
        } else {
            escape(&field.columns.join(", ")).into_owned()
        };
        writeln!(out, "    {}  <- {columns}  ({})", escape(&field.name), field.mapped_by.join(", "))?;
    }
    for collision in &report.collisions {
        writeln!(
            out,
            "  column {} is hidden on the rows of {}",
            escape(&collision.field),
            collision.hidden_by.join(", ")
        )?;
    }
    writeln!(out)
}
