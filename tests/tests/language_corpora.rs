//! The language on published catalogues, which are not part of the repository; skipped with a printed reason where they are absent.
//!
//! A rule that its product would take must be read; one that is malformed must be refused with the right code.

#![expect(clippy::unwrap_used, reason = "a test stops where its data is malformed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use retrohunt_catalogue::{Entry, Rule, load, load_macros};
use retrohunt_spl::diagnostic::{codes, render};
use retrohunt_spl::macros::Macros;
use retrohunt_spl::{compile, print};

/// Malformed rules of the first catalogue by file name, and how they are refused.
const MALFORMED: &[(&str, &str)] = &[
    ("auth0_failed_password_change-splunk-auth0.yml", "E0141"),
    ("auth0_failed_username_change-splunk-auth0.yml", "E0141"),
    ("auth0_guardian_tenant_update-splunk-auth0.yml", "E0141"),
    ("auth0_high_volume_auth_attempts-splunk-auth0.yml", "E0141"),
    ("auth0_login_attempts_from_inconsistent_locations-splunk-auth0.yml", "E0141"),
    ("auth0_successful_login_after_multiple_recovery_errors-splunk-auth0.yml", "E0141"),
    ("auth0_user_block_released_from_anomaly_detection-splunk-auth0.yml", "E0141"),
    ("auth0_user_management_warning_events-splunk-auth0.yml", "E0141"),
    ("certificate_enumeration-windows-splunk-edr.yml", "E0111"),
    ("clear_windows_event_logs-splunk-powershell.yml", "E0110"),
    ("create_add_local_domain_user-splunk-edr.yml", "E0140"),
    ("create_add_local_domain_user-splunk-winevent.yml", "E0140"),
    ("cve-2024-28995-solarwinds_serv-u_directory_traversal-splunk-waf.yml", "E0114"),
    ("domain_trust_discovery_commands-windows-splunk-sysmon.yml", "E0110"),
    ("iso_image_mounted-windows-splunk-powershell.yml", "E0110"),
    ("potential_cve-2023-2640_or_cve-2023-32629-overlay-splunk-unix.yml", "E0111"),
    ("potential_lightwire_web_shell-splunk-waf.yml", "E0110"),
    ("powershell_smbexec_script-splunk-powershell.yml", "E0140"),
    ("suspicious_cupsd_child_process-nix-splunk-edr.yml", "E0110"),
    ("suspicious_recaptcha_command_line-splunk-sysmon.yml", "E0202"),
    ("windows_firewall_rule_creation-splunk-sysmon.yml", "E0101"),
];

/// Returns the folder of a catalogue, or `None` after saying that it is not there.
fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/rules").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the rules of {name} are not at {}", folder.display());
    None
}

/// The rules of a folder.
fn rules(folder: PathBuf) -> Vec<Rule> {
    let rules = load(&[folder]).into_iter();
    rules.filter_map(|entry| if let Entry::Rule(rule) = entry { Some(*rule) } else { None }).collect()
}

/// Compiles a rule; returns the code of the first error other than those of commands and macros that this test is not about, and
/// checks that the printed plan reads back.
fn refusal(rule: &Rule, macros: &Macros) -> Option<(&'static str, String)> {
    let (plan, findings) = compile(&rule.logic, macros);
    let name = rule.path.file_name().unwrap().to_string_lossy().into_owned();
    if let Some(plan) = plan {
        let printed = print::plan(&plan);
        let (again, _) = compile(&printed, macros);
        assert_eq!(again.as_ref(), Some(&plan), "{name}: {printed}");
    }
    let elsewhere = [codes::UNSUPPORTED_COMMAND, codes::UNSUPPORTED_SUBSEARCH, codes::UNDEFINED_MACRO];
    let error = findings.iter().find(|finding| finding.code.is_error() && !elsewhere.contains(&finding.code))?;
    Some((error.code.0, render(error, &name, &rule.logic)))
}

#[test]
fn the_first_catalogue_is_read_but_for_its_malformed_rules() {
    let Some(folder) = corpus("armory") else { return };
    let rules = rules(folder);
    assert!(rules.len() > 900, "{} rules", rules.len());
    let mut refused = BTreeMap::new();
    for rule in &rules {
        if let Some((code, message)) = refusal(rule, &Macros::shipped()) {
            let name = rule.path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(MALFORMED.iter().any(|(file, _)| *file == name), "{message}");
            refused.insert(name, code);
        }
    }
    let expected: BTreeMap<String, &str> = MALFORMED.iter().map(|(name, code)| ((*name).to_owned(), *code)).collect();
    assert_eq!(refused, expected);
}

#[test]
fn the_second_catalogue_has_no_malformed_rule() {
    let (Some(folder), Some(macros_folder)) = (corpus("escu"), corpus("escu-macros")) else { return };
    let (definitions, _) = load_macros(&[macros_folder]);
    let mut macros = Macros::shipped();
    for definition in &definitions {
        let parameters: Vec<&str> = definition.arguments.iter().map(String::as_str).collect();
        macros.define(&definition.name, &parameters, &definition.definition);
    }
    let rules = rules(folder);
    assert!(rules.len() > 800, "{} rules", rules.len());
    for rule in &rules {
        let mut macros = macros.clone();
        // By convention, every rule ends in a filter of its own that passes everything.
        for name in rule.logic.split('`').filter(|name| name.ends_with("_filter")) {
            macros.define(name, &[], "search *");
        }
        if let Some((_, message)) = refusal(rule, &macros) {
            panic!("{message}");
        }
    }
}
