//! The built program, from the shell's side: exit codes, channels, and what happens when nobody reads on.
#![expect(clippy::expect_used, reason = "what tests share fails as tests do")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Returns the program with these arguments.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retrohunt"));
    command.args(args).env_remove("NO_COLOR").env_remove("RETROHUNT_SIMD").stdin(Stdio::null());
    command
}

/// Returns what the program did.
fn run(args: &[&str]) -> Output {
    program(args).output().expect("the program starts")
}

/// Returns the exit code and the two channels of a run.
fn told(args: &[&str]) -> (Option<i32>, String, String) {
    let output = run(args);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Returns the path of a file in `folder` with this content.
fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn help_and_version_are_no_errors() {
    let (code, out, err) = told(&["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("scan") && out.contains("Exit codes"), "{out}");
    assert_eq!(told(&["--version"]).0, Some(0));
}

#[test]
fn mistakes_in_the_arguments_have_code_3_and_leave_standard_output_empty() {
    let wrong: [&[&str]; 5] =
        [&[], &["scan"], &["scan", "--nonsense"], &["nonsense"], &["check", "--rules", "no/such/rule.yml"]];
    for args in wrong {
        let (code, out, err) = told(args);
        assert_eq!((code, out.as_str()), (Some(3), ""), "{args:?}");
        assert!(!err.is_empty(), "{args:?}");
    }
}

#[test]
fn a_rule_that_cannot_run_has_code_2_and_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = file(folder.path(), "bad.yml", "id: 1\nlogic: 'x\n");
    let (code, out, _) = told(&["check", "--rules", &bad, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(code, Some(2));
    assert_eq!(report["summary"]["not_runnable"], 1);
    assert_eq!(report["rules"][0]["diagnostics"][0]["line"], 2);
    assert_eq!(told(&["check", "--rules", &bad, "--allow-not-runnable"]).0, Some(0));
}

#[test]
fn text_reports_name_the_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = file(folder.path(), "bad.yml", "id: 1\nlogic: 'x\n");
    let (_, out, err) = told(&["check", "--rules", &bad]);
    assert!(out.contains(&format!("{bad}:2:8: error[E-RULE-YAML]: ")), "{out}");
    assert!(err.starts_with("warning: "), "{err}");
    assert_eq!(told(&["check", "-q", "--rules", &bad]).2, "");
}

#[test]
#[cfg(unix)]
fn a_reader_that_went_away_ends_the_program_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    // More messages than a pipe holds, so that the program must meet its closed end.
    let many = file(folder.path(), "many.yml", &"---\nid: 1\n".repeat(5000));
    let mut child = program(&["check", "-q", "--format", "json", "--rules", &many])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
