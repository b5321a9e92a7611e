//! The command line: what can be asked for, and what it says about each option.

mod values;

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use retrohunt_catalogue::Selection;

use crate::exit::Policy;

/// Runs Splunk detection rules, unchanged, over archived telemetry in Parquet and Arrow files.
#[derive(Debug, Parser)]
#[command(name = "retrohunt", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to talk about it.
    #[command(flatten)]
    pub(crate) talk: Talk,
}

/// The exit codes, as the help shows them.
const EXIT_CODES: &str = "\
Exit codes: 0 complete, 1 findings (only with --fail-on any), 2 a rule could not run, 3 usage or configuration,
4 incomplete (a file, row group, row or limit). The highest that applies wins.";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run rules over an archive
    Scan(Scan),
    /// Tell which rules run, which do not, and why; against an archive, which of them could match
    Check(Check),
    /// Show the plan: stages, anchor, needles, chosen algorithms, pruning
    Explain(Explain),
    /// Run the tests that rules carry, and show which clause decided against an event
    Test(Test),
    /// Show columns, types, the chosen profile and the SPL fields that it maps
    Fields(Fields),
    /// Write synthetic telemetry with planted ground truth
    Synth(Synth),
    /// List the supported commands, or describe one
    Commands(Listing),
    /// List the supported functions, or describe one
    Functions(Listing),
    /// Tell what a code of a message means, with an example and what to do
    ExplainCode(ExplainCode),
}

/// Options that every command has.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Talk {
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more on standard error; twice for still more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `retrohunt scan`.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Which rules.
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Files, directories or globs of Parquet and Arrow files
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Which rows.
    #[command(flatten)]
    pub(crate) times: Times,
    /// Where results go.
    #[command(flatten)]
    pub(crate) results: Results,
    /// How the work is done.
    #[command(flatten)]
    pub(crate) work: Work,
    /// Exit with 1 if there are findings
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) fail_on: FailOn,
}

/// `retrohunt check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Which rules.
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Tell which rules could match in these files, directories or globs
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Form of the report
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) format: ReportFormat,
}

/// `retrohunt explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Which rules.
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Explain the plan for these files, directories or globs too
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Tell clause by clause why the rules take or leave the events of this file (NDJSON, Parquet or Arrow)
    #[arg(long, value_name = "FILE")]
    pub(crate) event: Option<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Which rows.
    #[command(flatten)]
    pub(crate) times: Times,
    /// Instruction set for the search; for tests
    #[arg(long, value_enum, env = "RETROHUNT_SIMD", hide = true, default_value_t)]
    pub(crate) simd: Simd,
}

/// `retrohunt test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Which rules.
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Write the results as JUnit XML to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// How to read events.
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Which rows.
    #[command(flatten)]
    pub(crate) times: Times,
    /// Instruction set for the search; for tests
    #[arg(long, value_enum, env = "RETROHUNT_SIMD", hide = true, default_value_t)]
    pub(crate) simd: Simd,
}

/// `retrohunt fields`.
#[derive(Debug, Args)]
pub(crate) struct Fields {
    /// Files, directories or globs of Parquet and Arrow files
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Form of the report
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) format: ReportFormat,
}

/// `retrohunt synth`.
#[derive(Debug, Args)]
pub(crate) struct Synth {
    /// Rows to write, over all files
    #[arg(long, value_name = "N")]
    pub(crate) rows: u64,
    /// Folder to write into
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Where chance begins; the same seed gives the same files
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// With a `_raw` column: the event as its product writes it
    #[arg(long)]
    pub(crate) raw: bool,
    /// Replace files that are there already
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// `retrohunt commands` and `retrohunt functions`.
#[derive(Debug, Args)]
pub(crate) struct Listing {
    /// Only this one
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Form of the list
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) format: ListingFormat,
}

/// Form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListingFormat {
    /// For people
    #[default]
    Text,
    /// Tables in Markdown
    Markdown,
}

/// `retrohunt explain-code`.
#[derive(Debug, Args)]
pub(crate) struct ExplainCode {
    /// The code, such as E0141 or W-TERM-BREAKER
    #[arg(value_name = "CODE")]
    pub(crate) code: String,
}

/// Which rules a command works on.
#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// A rule file (.yml, .yaml, .spl) or a folder of them; may be given several times
    #[arg(long, value_name = "PATH", required_unless_present = "query", conflicts_with = "query")]
    pub(crate) rules: Vec<PathBuf>,
    /// An SPL text to run as a rule
    #[arg(long, value_name = "SPL")]
    pub(crate) query: Option<String>,
    /// A macros.conf, or a file or folder of macro definitions in YAML; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) macros: Vec<PathBuf>,
    /// A folder of lookup tables (CSV), with definitions in lookups.toml if they need any
    #[arg(long, value_name = "DIR")]
    pub(crate) lookups: Option<PathBuf>,
    /// A location database in MaxMind's format, for iplocation
    #[arg(long, value_name = "FILE")]
    pub(crate) geoip: Option<PathBuf>,
    /// What to do about a lookup table that is not there
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) missing_lookup: MissingLookup,
    /// Only rules with this id, or whose id fits this pattern of `*` and `?`
    #[arg(long = "rule-id", value_name = "ID", value_delimiter = ',')]
    pub(crate) rule_id: Vec<String>,
    /// Only rules for this ATT&CK technique or its sub-techniques
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) technique: Vec<String>,
    /// No rules with this id, or whose id fits this pattern
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) exclude: Vec<String>,
    /// Do not exit with 2 for rules that cannot run
    #[arg(long)]
    pub(crate) allow_not_runnable: bool,
}

/// What to do about a lookup table that is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissingLookup {
    /// Refuse the rules that need it
    #[default]
    Error,
    /// Take it as empty, and warn
    Empty,
}

/// How inputs are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Map columns by this profile, a name or a file, and not by the one that fits best
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) profile: Option<String>,
    /// Columns that bare search terms do not look at, such as file names of the collector
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) not_text: Vec<String>,
    /// Read files and do not map them into memory
    #[arg(long)]
    pub(crate) no_mmap: bool,
    /// Read every row of every column in the plainest way; slow, for comparing results
    #[arg(long)]
    pub(crate) plain: bool,
}

/// Which rows, by their time.
#[derive(Debug, Args)]
pub(crate) struct Times {
    /// Only rows from this time on
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) earliest: Option<String>,
    /// Only rows before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) latest: Option<String>,
    /// The time that relative times count from; the clock's by default
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
    /// Time zone of days and of times without one
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = values::timezone)]
    pub(crate) timezone: TimeZone,
}

/// Where results go, and in which form.
#[derive(Debug, Args)]
pub(crate) struct Results {
    /// Form of the results; table on a terminal, else ndjson
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) format: Option<Format>,
    /// Write the results and manifest.json into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace results that are there already
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Write the manifest to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// Name up to N rows of the input behind each result
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) evidence: u32,
}

/// How the work is done.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// Threads; as many as the machine has by default
    #[arg(short = 'j', long = "threads", value_name = "N", value_parser = values::threads)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// What to do about a file that cannot be read
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) on_error: OnError,
    /// Show how far the work is, on standard error
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub(crate) progress: Progress,
    /// Instruction set for the search; for tests
    #[arg(long, value_enum, env = "RETROHUNT_SIMD", hide = true, default_value_t)]
    pub(crate) simd: Simd,
}

/// Form of result rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: one block for each rule
    Table,
    /// One JSON object a line for each result
    Ndjson,
    /// One table of all results, with the columns of all rules
    Csv,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Which findings make the exit code 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Any finding
    Any,
    /// None
    #[default]
    Never,
}

/// What to do about a file that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// Stop
    Fail,
    /// Name it, go on, and exit with 4
    #[default]
    Skip,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// A bar, if standard error is a terminal
    #[default]
    Auto,
    /// Not at all
    Never,
    /// One JSON object a line, about once a second
    Json,
}

/// Which instructions the search may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Simd {
    /// The widest that the machine has
    #[default]
    Auto,
    /// None but ordinary ones
    Scalar,
}

impl Rules {
    /// Returns which of the loaded rules are meant.
    pub(crate) fn selection(&self) -> Selection {
        Selection { rule_ids: self.rule_id.clone(), techniques: self.technique.clone(), exclude: self.exclude.clone() }
    }
}

impl Scan {
    /// Returns how the outcome is judged.
    pub(crate) fn policy(&self) -> Policy {
        Policy { fail_on_findings: self.fail_on == FailOn::Any, allow_not_runnable: self.rules.allow_not_runnable }
    }
}

impl Results {
    /// Returns the form of the results, `terminal` saying whether standard output is one.
    pub(crate) fn form(&self, terminal: bool) -> Format {
        let default = if terminal && self.out.is_none() { Format::Table } else { Format::Ndjson };
        self.format.unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    /// Returns what the words of a command line mean.
    fn parse(line: &str) -> Result<Command, ErrorKind> {
        let words = std::iter::once("retrohunt").chain(line.split_whitespace());
        Cli::try_parse_from(words).map(|cli| cli.command).map_err(|error| error.kind())
    }

    /// Returns the scan that the words mean.
    fn scan(line: &str) -> Scan {
        match parse(line) {
            Ok(Command::Scan(scan)) => scan,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_definitions_agree_with_themselves() {
        Cli::command().debug_assert();
    }

    #[test]
    fn rules_and_inputs_are_told_apart() {
        let scan = scan("scan --rules a --rules b x.parquet y --rule-id 5343.*,7 --technique T1021");
        assert_eq!(scan.rules.rules, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(scan.inputs, [PathBuf::from("x.parquet"), PathBuf::from("y")]);
        assert_eq!(scan.rules.selection().rule_ids, ["5343.*", "7"]);
    }

    #[test]
    fn rules_or_a_query_are_needed_and_not_both() {
        assert_eq!(parse("scan x").err(), Some(ErrorKind::MissingRequiredArgument));
        assert_eq!(parse("scan --rules a").err(), Some(ErrorKind::MissingRequiredArgument));
        assert_eq!(parse("scan --rules a --query b x").err(), Some(ErrorKind::ArgumentConflict));
        assert_eq!(scan("scan --query cmd.exe x").rules.query.as_deref(), Some("cmd.exe"));
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let scan = scan("scan --rules a x");
        assert_eq!(
            (scan.work.on_error, scan.work.progress, scan.fail_on),
            (OnError::Skip, Progress::Auto, FailOn::Never)
        );
        assert_eq!((scan.results.evidence, scan.results.format), (0, None));
        assert_eq!(scan.times.timezone, TimeZone::UTC);
        assert_eq!((scan.results.form(true), scan.results.form(false)), (Format::Table, Format::Ndjson));
    }

    #[test]
    fn results_in_a_folder_are_for_machines_unless_said() {
        assert_eq!(scan("scan --rules a x --out d").results.form(true), Format::Ndjson);
        assert_eq!(scan("scan --rules a x --out d --format csv").results.form(true), Format::Csv);
    }

    #[test]
    fn relative_times_may_begin_with_a_hyphen() {
        let scan = scan("scan --rules a --earliest -24h@d --latest now x -j 2");
        assert_eq!((scan.times.earliest.as_deref(), scan.times.latest.as_deref()), (Some("-24h@d"), Some("now")));
        assert_eq!(scan.work.threads.map(NonZeroUsize::get), Some(2));
    }

    #[test]
    fn commands_that_do_not_work_yet_are_absent() {
        for line in ["convert x --out d", "catalogue --rules a --out d", "help"] {
            assert_eq!(parse(line).err(), Some(ErrorKind::InvalidSubcommand), "{line}");
        }
    }

    #[test]
    fn policy_follows_the_options() {
        let policy = scan("scan --rules a x --fail-on any --allow-not-runnable").policy();
        assert_eq!(policy, Policy { fail_on_findings: true, allow_not_runnable: true });
    }
}
