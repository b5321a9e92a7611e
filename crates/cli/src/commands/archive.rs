//! What commands on an archive share: options to the engine's settings, rules to a program, inputs to files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use retrohunt_catalogue::{Entry, Rule};
use retrohunt_engine::{CompiledRule, Profiles, Program, ScanOptions, Settings};
use retrohunt_enrich::{Enrichment, Geo, Lookups, MissingLookup};
use retrohunt_profile::Profile;
use retrohunt_spl::diagnostic::Diagnostic;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::time;

use crate::{
    args::{Reading, Rules, Simd, Times},
    failure::Failure,
    manifest::{DiagnosticRecord, RuleRecord},
    messages::{Messages, Severity},
};

/// Returns the rules among the entries.
pub(super) fn rules(entries: &[Entry]) -> Vec<Arc<Rule>> {
    entries.iter().filter_map(Entry::rule).map(|rule| Arc::new(rule.clone())).collect()
}

/// Returns the settings that the options mean.
///
/// # Errors
///
/// If a time, a lookup table or the location database cannot be read.
pub(super) fn settings(
    rules: &Rules,
    messages: Messages,
    times: &Times,
    evidence: u32,
    simd: Simd,
) -> Result<Settings, Failure> {
    let clock = Timestamp::now().as_microsecond();
    let resolve = |name: &str, text: &Option<String>, now: i64| match text {
        None => Ok(None),
        // The beginning of time is a bound too: a row without a time does not pass it (§4.6.8).
        Some(text) => {
            time::resolve(text, now, &times.timezone).map(|time| Some(time.unwrap_or(i64::MIN))).map_err(|message| {
                let help = "write -24h@h, MM/DD/YYYY:HH:MM:SS, seconds since 1970, or ISO 8601";
                Failure::usage(format!("--{name}: {message}")).help(help)
            })
        }
    };
    let now = resolve("now", &times.now, clock)?.map_or(clock, |now| now.max(0));
    Ok(Settings {
        now,
        zone: times.timezone.clone(),
        earliest: resolve("earliest", &times.earliest, now)?,
        latest: resolve("latest", &times.latest, now)?,
        evidence: usize::try_from(evidence).unwrap_or(usize::MAX),
        scalar: simd == Simd::Scalar,
        enrichment: Arc::new(enrichment(rules, messages)?),
        ..Settings::default()
    })
}

/// Returns the lookup tables and the location database that the options name.
///
/// # Errors
///
/// If one of them cannot be read.
pub(super) fn enrichment(args: &Rules, messages: Messages) -> Result<Enrichment, Failure> {
    let mut enrichment = Enrichment::default();
    if let Some(folder) = &args.lookups {
        let (lookups, warnings) =
            Lookups::load(folder).map_err(|error| Failure::usage(format!("--lookups: {error}")))?;
        for warning in warnings {
            messages.say(Severity::Warning, &warning.to_string());
        }
        enrichment.lookups = lookups;
    }
    if let Some(path) = &args.geoip {
        let geo = Geo::open(path).map_err(|error| Failure::usage(format!("--geoip: {error}")))?;
        enrichment.geo = Some(geo);
    }
    enrichment.missing_lookup = match args.missing_lookup {
        crate::args::MissingLookup::Error => MissingLookup::Error,
        crate::args::MissingLookup::Empty => MissingLookup::Empty,
    };
    Ok(enrichment)
}

/// Returns the rules compiled with the macros that the options name.
///
/// # Errors
///
/// If a macro file cannot be read.
pub(super) fn program(
    args: &Rules,
    rules: &[Arc<Rule>],
    settings: &Settings,
    messages: Messages,
) -> Result<Program, Failure> {
    let macros = macros(args, messages)?;
    retrohunt_engine::compile(rules, &macros, settings).map_err(|error| Failure::usage(error.to_string()))
}

/// Returns the macros that the options name.
///
/// # Errors
///
/// If a macro file cannot be read.
pub(super) fn macros(args: &Rules, messages: Messages) -> Result<Macros, Failure> {
    let mut macros = Macros::shipped();
    macros.evaluate_with(Arc::new(retrohunt_engine::evaluate));
    let mut yaml = Vec::new();
    for path in &args.macros {
        if is_conf(path) {
            conf(path, &mut macros)?;
            continue;
        }
        let inside = std::fs::read_dir(path).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
        let mut confs: Vec<PathBuf> = inside.filter(|path| is_conf(path)).collect();
        confs.sort();
        confs.iter().try_for_each(|path| conf(path, &mut macros))?;
        if confs.is_empty() || !retrohunt_catalogue::load_macros(std::slice::from_ref(path)).0.is_empty() {
            yaml.push(path.clone());
        }
    }
    let (definitions, errors) = retrohunt_catalogue::load_macros(&yaml);
    if let Some(error) = errors.iter().find(|error| error.kind.is_path()) {
        return Err(Failure::usage(format!("--macros: {error}")));
    }
    for error in &errors {
        messages.say(Severity::Warning, &error.to_string());
    }
    for definition in &definitions {
        let params: Vec<&str> = definition.arguments.iter().map(String::as_str).collect();
        macros.define(&definition.name, &params, &definition.definition);
    }
    Ok(macros)
}

/// Is it a file of Splunk's own form?
fn is_conf(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|ending| ending == "conf")
}

/// Adds the definitions of a `macros.conf`.
fn conf(path: &Path, macros: &mut Macros) -> Result<(), Failure> {
    let wrong = |message: String| Failure::usage(format!("--macros: {}: {message}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let definitions = retrohunt_spl::macros::conf::read(&text).map_err(|error| wrong(error.to_string()))?;
    definitions.into_iter().for_each(|definition| macros.define_full(definition));
    Ok(())
}

/// Returns the files that the arguments name, and says what was passed over.
///
/// # Errors
///
/// If a path does not exist, a pattern matches nothing, or there is no data file at all.
pub(super) fn inputs(arguments: &[PathBuf], messages: Messages) -> Result<Vec<PathBuf>, Failure> {
    let found = retrohunt_columnar::input::expand(arguments).map_err(|error| Failure::usage(error.to_string()))?;
    for skipped in &found.skipped {
        messages.detail(&format!("{}: passed over, not a data file by its name", skipped.display()));
    }
    if found.files.is_empty() {
        let failure = Failure::usage("there is no data file in what was named");
        let endings = retrohunt_columnar::input::EXTENSIONS.join(", ");
        return Err(
            failure.help(format!("in a folder, files ending in {endings} are taken; name other files themselves"))
        );
    }
    Ok(found.files)
}

/// Returns the profiles to map columns by.
///
/// # Errors
///
/// If a named profile does not exist or cannot be read.
pub(super) fn profiles(reading: &Reading) -> Result<Profiles, Failure> {
    let shipped = retrohunt_profile::shipped().map_err(|error| Failure::usage(error.to_string()))?;
    let Some(name) = &reading.profile else { return Ok(Profiles::Choose(shipped)) };
    if let Some(profile) = shipped.iter().find(|profile| profile.name() == name) {
        return Ok(Profiles::Forced(vec![profile.clone()]));
    }
    if !Path::new(name).exists() {
        let names: Vec<&str> = shipped.iter().map(Profile::name).collect();
        let failure = Failure::usage(format!("there is no profile named {name}, and no file of that path"));
        return Err(failure.help(format!("shipped profiles: {}", names.join(", "))));
    }
    let profile = Profile::load(Path::new(name)).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Profiles::Forced(vec![profile]))
}

/// Returns how files are gone over.
pub(super) fn options(reading: &Reading, threads: usize, fail_fast: bool) -> ScanOptions {
    ScanOptions { threads, plain: reading.plain, mmap: !reading.no_mmap, fail_fast, not_text: reading.not_text.clone() }
}

/// Returns the record of a compiled rule.
pub(super) fn record(compiled: &CompiledRule) -> RuleRecord {
    let rule = &compiled.rule;
    let diagnostics = compiled.findings.iter().map(|finding| diagnostic(finding, rule)).collect();
    RuleRecord::new(rule, diagnostics)
}

/// A finding with its place in the rule's file.
fn diagnostic(finding: &Diagnostic, rule: &Rule) -> DiagnosticRecord {
    let start = usize::try_from(finding.span.start).unwrap_or(usize::MAX);
    DiagnosticRecord::of_rule(finding.code.0, finding.message.clone(), rule, start)
}

/// Returns a finding as text for people: message, place, the piece of the rule with carets.
pub(super) fn rendered(finding: &Diagnostic, rule: &Rule) -> String {
    let start = usize::try_from(finding.span.start).unwrap_or(usize::MAX);
    let position = rule.positions.locate(start);
    let place = format!("{}:{}:{}", rule.path.display(), position.line, position.column);
    retrohunt_spl::diagnostic::render(finding, &place, &rule.logic)
}
