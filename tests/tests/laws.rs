//! The laws on random rows and rules. `LAW_CASES=5000 LAW_SEED=7` tries more of them, and others.
#![expect(clippy::panic, reason = "a test's own functions")]

use retrohunt_tests::harness::laws::{self, Effort};

/// Fails with what broke the law.
fn holds(result: Result<(), String>) {
    if let Err(message) = result {
        panic!("{message}");
    }
}

#[test]
fn fast_is_plain_is_reference() {
    holds(laws::fast_is_plain_is_reference(Effort::of(400)));
}

#[test]
fn any_cut_gives_the_same() {
    holds(laws::any_cut_gives_the_same(Effort::of(60)));
}

#[test]
fn statistics_change_nothing() {
    holds(laws::statistics_change_nothing(Effort::of(150)));
}

#[test]
fn random_rules_are_about_something() {
    holds(laws::random_rules_are_about_something(Effort::of(300)));
}
