//! What of a folder of rules compiles: `cargo run -p retrohunt-spl --example refusals -- rules/ [--macros macros/] [--all]`.
//!
//! Prints how many rules have a plan, and for each code of an error how many rules are refused for it first; with `--all` each
//! refused rule with its first error.

#![expect(clippy::print_stdout, reason = "it is a program for a terminal")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use retrohunt_catalogue::{Entry, load, load_macros};
use retrohunt_spl::compile;
use retrohunt_spl::macros::{MacroDefinition, Macros};

fn main() {
    let (mut rules, mut folders, mut all, mut macros_follow) = (Vec::new(), Vec::new(), false, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--all" => all = true,
            "--macros" => macros_follow = true,
            path if macros_follow => {
                folders.push(PathBuf::from(path));
                macros_follow = false;
            }
            path => rules.push(PathBuf::from(path)),
        }
    }
    let mut macros = Macros::shipped();
    for found in load_macros(&folders).0 {
        let (name, arguments, definition) = (found.name, found.arguments, found.definition);
        macros.define_full(MacroDefinition { name, arguments, definition, ..MacroDefinition::default() });
    }
    let (mut planned, mut refused) = (0, BTreeMap::<(&str, String), usize>::new());
    let entries = load(&rules);
    for rule in entries.iter().filter_map(Entry::rule) {
        let (plan, findings) = compile(&rule.logic, &macros);
        let Some(error) = findings.iter().find(|finding| finding.code.is_error()).filter(|_| plan.is_none()) else {
            planned += 1;
            continue;
        };
        if all {
            println!("{} {} {}", error.code.0, rule.path.display(), error.message);
        }
        *refused.entry((error.code.0, error.message.clone())).or_default() += 1;
    }
    println!("{planned} rules have a plan, {} do not", refused.values().sum::<usize>());
    for ((code, message), count) in refused {
        println!("{count:6} {code} {message}");
    }
}
