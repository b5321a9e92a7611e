//! The rules that are measured, and running them.

use std::path::PathBuf;
use std::sync::Arc;

use retrohunt_catalogue::{Rule, load_text};
use retrohunt_engine::{Observer, Outcome, Profiles, Program, ScanOptions, Settings};
use retrohunt_spl::macros::Macros;

use crate::Error;

/// Path of the seed rule, as results name it.
const SEED_PATH: &str = "datasets/rules/remote_admin_tools.yml";

/// Nine rules beside the seed rule: terms, wildcards, lists and patterns over command lines, most with few results.
const OTHERS: [&str; 9] = [
    r#"(vssadmin OR wmic) delete shadow* | table _time, host, process"#,
    r#"process="*mimikatz*" OR process="*sekurlsa*" | table _time, host, user, process"#,
    r#"process_name="powershell.exe" process="* -enc *" | stats count by host"#,
    r#"process IN ("*localgroup administrators*", "*group \"domain admins\"*") | stats count by host, user"#,
    r#"schtasks /run | regex process="(?i)schtasks(\.exe)?\s+/run\s+/tn" | stats count by host"#,
    r#"certutil (urlcache OR decode) | table _time, host, process"#,
    r#"process="reg* add *" process="*\\run*" OR process="reg* add *LastRun*" | stats count by host"#,
    r#""nslookup" "_ldap" | stats dc(host) as hosts by process_name"#,
    r#"rundll32 NOT shell32 | regex process="(?i)rundll32(\.exe)?\"?\s+.*\.dll" | stats count by process_name"#,
];

/// Groups all rows.
const EVERY_ROW: &str = "* | stats count dc(user) values(process_name) by host, parent_process_name";

/// Returns the seed rule.
///
/// # Errors
///
/// If its file cannot be read as a rule.
pub fn seed() -> Result<Arc<Rule>, Error> {
    let text = include_bytes!("../../datasets/rules/remote_admin_tools.yml");
    let entries = load_text(SEED_PATH.as_ref(), text);
    let rule = entries.first().and_then(retrohunt_catalogue::Entry::rule);
    rule.map(|rule| Arc::new(rule.clone())).ok_or_else(|| "the seed rule cannot be read".into())
}

/// Returns the seed rule and nine others.
///
/// # Errors
///
/// If the seed rule cannot be read.
pub fn ten() -> Result<Vec<Arc<Rule>>, Error> {
    let others = OTHERS.iter().map(|spl| Arc::new(retrohunt_catalogue::query(spl)));
    Ok(std::iter::once(seed()?).chain(others).collect())
}

/// Returns the rule that groups all rows.
#[must_use]
pub fn every_row() -> Arc<Rule> {
    Arc::new(retrohunt_catalogue::query(EVERY_ROW))
}

/// Rules that are ready to run.
pub struct Hunt {
    /// The rules, compiled.
    pub program: Program,
    /// The shipped profiles.
    pub profiles: Profiles,
}

impl Hunt {
    /// Returns the rules compiled.
    ///
    /// # Errors
    ///
    /// If one of them does not run.
    pub fn new(rules: &[Arc<Rule>]) -> Result<Self, Error> {
        let program = retrohunt_engine::compile(rules, &Macros::shipped(), &Settings::default())?;
        if let Some(refused) = program.rules.iter().find(|rule| rule.body.is_none()) {
            let findings: Vec<&str> = refused.findings.iter().map(|finding| finding.message.as_str()).collect();
            return Err(format!("does not run: {}: {}", refused.rule.logic, findings.join("; ")).into());
        }
        Ok(Self { program, profiles: Profiles::Choose(retrohunt_profile::shipped()?) })
    }

    /// Runs the rules over `files` on `threads` threads and returns what came of it. With `plain`, every row is decoded and
    /// tested, on one thread.
    ///
    /// # Errors
    ///
    /// If not all could be read.
    pub fn run(
        &self,
        files: &[PathBuf],
        threads: usize,
        plain: bool,
        observer: &dyn Observer,
    ) -> Result<Outcome, Error> {
        let options = ScanOptions { threads, plain, ..ScanOptions::default() };
        let outcome = retrohunt_engine::scan(&self.program, files, &self.profiles, &options, observer);
        if outcome.complete() {
            return Ok(outcome);
        }
        let files = outcome.inputs.iter().filter_map(|input| input.error.as_deref());
        let groups = outcome.inputs.iter().flat_map(|input| &input.failed).map(|(_, error)| error.as_str());
        let rules = outcome.rules.iter().filter_map(|rule| rule.error.as_deref());
        let errors: Vec<&str> = files.chain(groups).chain(rules).chain(outcome.stopped.as_deref()).collect();
        Err(format!("not complete: {}", errors.join("; ")).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rules_run() {
        assert_eq!(Hunt::new(&ten().unwrap()).unwrap().program.rules.len(), 10);
        assert!(Hunt::new(&[every_row()]).is_ok());
    }
}
