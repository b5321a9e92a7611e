//! `retrohunt scan`: rules and inputs to results, and the record of what was done.

use std::{borrow::Cow, num::NonZeroUsize, sync::Arc};

use jiff::Timestamp;
use retrohunt_catalogue::Rule;
use retrohunt_engine::{InputOutcome, Observer, Program};

use super::{archive, load, refused, to_stdout};
use crate::{
    args::{OnError, Results, Scan, Talk},
    exit::{Outcome, Policy},
    failure::Failure,
    manifest::{DiagnosticRecord, InputRecord, LimitRecord, Manifest, RowGroups, RuleRecord, Status},
    messages::{Messages, Severity},
    output::{self, Hits, OutDir, RuleRef, Source, Style, Value, write_file},
    progress::Progress,
    terminal::Screen,
};

/// The name of the manifest in a folder of results.
const MANIFEST: &str = "manifest.json";

/// What the engine found.
struct Found {
    /// The results of each rule, in any order.
    hits: Vec<Box<dyn Hits>>,
    /// Every rule that was compiled, those that could not be among them.
    rules: Vec<RuleRecord>,
    /// Every input.
    inputs: Vec<InputRecord>,
    /// Every limit that was hit.
    limits: Vec<LimitRecord>,
}

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit each other or the files, or the results cannot be written.
pub(super) fn run(args: &Scan, talk: Talk, screen: Screen, messages: Messages) -> Result<u8, Failure> {
    let started = Timestamp::now();
    let entries = load(&args.rules, messages)?;
    let refusals: Vec<RuleRecord> = entries.iter().filter_map(|entry| refused(entry, messages)).collect();
    let rules = archive::rules(&entries);
    let delivery = Delivery::open(&args.results, screen, args.times.timezone.clone())?;
    let mut found = hunt(args, &rules, talk, messages)?;
    found.rules.extend(refusals);
    let hits: Vec<&dyn Hits> = found.hits.iter().map(AsRef::as_ref).collect();
    let manifest = Manifest::new(started, found.rules, found.inputs, found.limits);
    delivery.deliver(&hits, &manifest)?;
    for input in &manifest.inputs {
        if let Some(error) = &input.error {
            // Most errors begin with the path themselves.
            let place = if error.starts_with(&input.path) { String::new() } else { format!("{}: ", input.path) };
            messages.say(Severity::Warning, &format!("{place}{error}"));
        }
    }
    messages.say(Severity::Note, &summary(&manifest));
    Ok(code(&manifest, args.policy()))
}

/// Returns what to tell people about a scan with this manifest.
fn summary(manifest: &Manifest) -> String {
    let fired = manifest.rules.iter().filter(|rule| rule.hits > 0).count();
    let mut text = format!(
        "{} hits of {fired} rules out of {} in {} files",
        manifest.findings,
        manifest.rules.len(),
        manifest.inputs.len()
    );
    let not_runnable = manifest.not_runnable();
    if not_runnable > 0 {
        text += &format!("; {not_runnable} rules could not run");
    }
    if !manifest.complete {
        text += "; the results are not complete";
    }
    text
}

/// Returns the exit code of a scan with this manifest.
fn code(manifest: &Manifest, policy: Policy) -> u8 {
    let outcome =
        Outcome { findings: manifest.findings, not_runnable: manifest.not_runnable(), incomplete: !manifest.complete };
    outcome.code(policy)
}

/// Scans the inputs.
///
/// # Errors
///
/// If an argument about the inputs or times is wrong.
fn hunt(args: &Scan, rules: &[Arc<Rule>], talk: Talk, messages: Messages) -> Result<Found, Failure> {
    let settings = archive::settings(&args.rules, messages, &args.times, args.results.evidence, args.work.simd)?;
    let profiles = archive::profiles(&args.reading)?;
    let program = archive::program(&args.rules, rules, &settings, messages)?;
    let files = archive::inputs(&args.inputs, messages)?;
    for compiled in program.rules.iter().filter(|compiled| compiled.body.is_none()) {
        let errors = compiled.findings.iter().filter(|finding| finding.code.is_error());
        let shown: Vec<String> = errors.map(|finding| archive::rendered(finding, &compiled.rule)).collect();
        messages
            .say(Severity::Warning, &format!("rule {} cannot run\n{}", compiled.rule.id, shown.concat().trim_end()));
    }
    let threads = args.work.threads.map_or_else(default_threads, NonZeroUsize::get);
    let options = archive::options(&args.reading, threads, args.work.on_error == OnError::Fail);
    let bytes = files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|metadata| metadata.len()).sum();
    let progress = Progress::new(args.work.progress, talk.quiet, bytes);
    let outcome = retrohunt_engine::scan(&program, &files, &profiles, &options, &Watch(&progress));
    progress.finish();
    Ok(found(&program, &Arc::new(outcome)))
}

/// As many threads as the machine has.
fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Hands what the engine reports to the progress shown.
struct Watch<'a>(&'a Progress);

impl Observer for Watch<'_> {
    fn progress(&self, bytes: u64, rows: u64) {
        self.0.advance(bytes, rows);
    }
}

/// Turns the engine's outcome into what is written.
fn found(program: &Program, outcome: &Arc<retrohunt_engine::Outcome>) -> Found {
    let mut found = Found { hits: Vec::new(), rules: Vec::new(), inputs: Vec::new(), limits: Vec::new() };
    for (index, (compiled, result)) in program.rules.iter().zip(&outcome.rules).enumerate() {
        let mut record = archive::record(compiled);
        record.hits = result.table.rows.len() as u64;
        record.undecided = result.undecided;
        let notes = result.notes.iter().map(|(code, message)| DiagnosticRecord::new(code.0, message.clone()));
        record.diagnostics.extend(notes);
        record.status = Status::of(&record.diagnostics);
        if let Some(message) = &result.error {
            let rule = Some(compiled.rule.id.clone());
            found.limits.push(LimitRecord { limit: "rule".to_owned(), rule, message: message.clone() });
        }
        found.rules.push(record);
        found.hits.push(Box::new(RuleHits::new(Arc::clone(&compiled.rule), Arc::clone(outcome), index)));
    }
    if let Some(why) = &outcome.stopped {
        found.limits.push(LimitRecord { limit: "run".to_owned(), rule: None, message: why.clone() });
    }
    found.inputs = outcome.inputs.iter().map(input).collect();
    found
}

/// The record of a file.
fn input(input: &InputOutcome) -> InputRecord {
    let count = |number: usize| number as u64;
    let failed = input.failed.iter().map(|(group, message)| format!("row group {group}: {message}"));
    let errors: Vec<String> = input.error.iter().cloned().chain(failed).collect();
    InputRecord {
        path: input.path.to_string_lossy().into_owned(),
        bytes: input.bytes,
        rows: input.rows,
        row_groups: RowGroups {
            total: count(input.row_groups),
            read: count(input.read),
            pruned: count(input.pruned),
            failed: count(input.failed.len()),
        },
        error: (!errors.is_empty()).then(|| errors.join("; ")),
    }
}

/// The results of one rule of an outcome.
struct RuleHits {
    rule: Arc<Rule>,
    /// The rule's path as text.
    path: String,
    outcome: Arc<retrohunt_engine::Outcome>,
    /// Which rule of the outcome.
    index: usize,
    columns: Vec<String>,
}

impl RuleHits {
    /// Those of the rule at `index`.
    fn new(rule: Arc<Rule>, outcome: Arc<retrohunt_engine::Outcome>, index: usize) -> Self {
        let columns = outcome.rules[index].table.columns.iter().map(|column| column.name.to_string()).collect();
        let path = rule.path.to_string_lossy().into_owned();
        Self { rule, path, outcome, index, columns }
    }
}

impl Hits for RuleHits {
    fn rule(&self) -> RuleRef<'_> {
        RuleRef { id: &self.rule.id, path: &self.path, title: &self.rule.title }
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.outcome.rules[self.index].table.rows.len()
    }

    fn value(&self, row: usize, column: usize) -> Value<'_> {
        match &self.outcome.rules[self.index].table.rows[row].values[column] {
            retrohunt_stages::Value::Null => Value::Null,
            retrohunt_stages::Value::Text(text) => Value::Text(Cow::Borrowed(text)),
            retrohunt_stages::Value::Int(number) => Value::Int(*number),
            retrohunt_stages::Value::UInt(number) => Value::UInt(*number),
            retrohunt_stages::Value::Float(number) => Value::Float(*number),
            retrohunt_stages::Value::Time(micros) => Value::Time(*micros),
            retrohunt_stages::Value::List(texts) => {
                Value::List(texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect())
            }
        }
    }

    fn sources(&self, row: usize) -> Vec<Source<'_>> {
        let evidence = &self.outcome.rules[self.index].table.rows[row].evidence;
        let positions = evidence.iter().filter_map(|key| self.outcome.position(key));
        positions
            .map(|(file, row_group, row)| Source { file: file.to_string_lossy(), row_group: row_group as u64, row })
            .collect()
    }
}

/// Where the results go; opened before the scan, so that a mistake costs no scan.
struct Delivery<'a> {
    /// The options.
    results: &'a Results,
    /// The folder, if one was asked for.
    folder: Option<OutDir>,
    /// The form of a table.
    style: Style,
}

impl<'a> Delivery<'a> {
    /// Returns the place for results that the options name.
    ///
    /// # Errors
    ///
    /// If there are results already that may not be replaced.
    fn open(results: &'a Results, screen: Screen, timezone: jiff::tz::TimeZone) -> Result<Self, Failure> {
        // Nobody looks at a file through the terminal's width.
        let screen = if results.out.is_some() { Screen { width: None, color: false } } else { screen };
        let style = Style { screen, timezone, evidence: results.evidence > 0 };
        let names = [output::file_name(results.form(false)), MANIFEST];
        let folder = results.out.as_ref().map(|out| OutDir::open(out, &names, results.overwrite)).transpose()?;
        if let Some(manifest) = results.manifest.as_deref()
            && manifest.exists()
            && !results.overwrite
        {
            let failure = Failure::usage(format!("{} is there already", manifest.display()));
            return Err(failure.help("choose another place, or replace it with --overwrite"));
        }
        Ok(Self { results, folder, style })
    }

    /// Writes the results and the manifest, the manifest last: where it is, the results are.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    fn deliver(self, hits: &[&dyn Hits], manifest: &Manifest) -> Result<(), Failure> {
        let mut record = serde_json::to_vec_pretty(manifest).map_err(std::io::Error::from)?;
        record.push(b'\n');
        match self.folder {
            Some(mut folder) => {
                let form = self.results.form(false);
                folder.write(output::file_name(form), |out| output::write(form, out, hits, &self.style))?;
                folder.write(MANIFEST, |out| out.write_all(&record))?;
                folder.commit()?;
            }
            None => {
                let form = self.results.form(self.style.screen.width.is_some());
                to_stdout(|out| output::write(form, out, hits, &self.style))?;
            }
        }
        match &self.results.manifest {
            Some(path) => write_file(path, &record, self.results.overwrite),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{args::Format, output::sample::seed};

    /// Returns options for results in `folder`.
    fn options(folder: &Path) -> Results {
        Results { format: None, out: Some(folder.join("out")), overwrite: false, manifest: None, evidence: 1 }
    }

    /// Delivers the sample's results.
    fn deliver(results: &Results) -> Result<(), Failure> {
        let screen = Screen { width: Some(20), color: true };
        let manifest = Manifest::new(Timestamp::UNIX_EPOCH, vec![], vec![], vec![]);
        Delivery::open(results, screen, TimeZone::UTC)?.deliver(&[&seed()], &manifest)
    }

    #[test]
    fn a_folder_gets_results_and_manifest() {
        let root = tempfile::tempdir().expect("a folder");
        deliver(&options(root.path())).expect("delivered");
        let hits = fs::read_to_string(root.path().join("out/hits.ndjson")).expect("results");
        assert!(hits.starts_with(r#"{"rule":{"id":"5343.18043""#) && hits.contains(r#""source":[{"#), "{hits}");
        let manifest = fs::read_to_string(root.path().join("out/manifest.json")).expect("a manifest");
        assert!(manifest.starts_with("{\n  \"complete\": true") && manifest.ends_with("}\n"), "{manifest}");
        assert_eq!(deliver(&options(root.path())).expect_err("there already").code(), 3);
        let again = Results { overwrite: true, format: Some(Format::Table), ..options(root.path()) };
        deliver(&again).expect("replaced");
        let table = fs::read_to_string(root.path().join("out/hits.txt")).expect("results");
        assert!(!table.contains('\x1b') && table.contains("process"), "a file is no terminal: {table}");
    }

    #[test]
    fn a_manifest_of_its_own_is_refused_where_one_is_before_the_scan() {
        let root = tempfile::tempdir().expect("a folder");
        let path = root.path().join("m.json");
        fs::write(&path, "x").expect("written");
        let results = Results { manifest: Some(path.clone()), ..options(root.path()) };
        let screen = Screen { width: None, color: false };
        assert_eq!(Delivery::open(&results, screen, TimeZone::UTC).err().map(|failure| failure.code()), Some(3));
        deliver(&Results { overwrite: true, ..results }).expect("replaced");
        assert!(fs::read_to_string(path).expect("there").contains("\"tool\""));
    }

    #[test]
    fn the_code_follows_the_manifest() {
        let failed = InputRecord {
            row_groups: RowGroups { total: 1, failed: 1, ..RowGroups::default() },
            ..InputRecord::default()
        };
        let manifest = |inputs| Manifest::new(Timestamp::UNIX_EPOCH, vec![], inputs, vec![]);
        assert_eq!(code(&manifest(vec![]), Policy::default()), 0);
        assert_eq!(summary(&manifest(vec![])), "0 hits of 0 rules out of 0 in 0 files");
        assert!(summary(&manifest(vec![failed.clone()])).ends_with("; the results are not complete"));
        assert_eq!(code(&manifest(vec![failed]), Policy::default()), 4);
    }
}
