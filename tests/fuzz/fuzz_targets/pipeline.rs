//! Any commands over rows of every kind of column: errors have codes, and the rows' split does not matter.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_fuzz::{macros, same_however_split};
use retrohunt_spl::{compile, plan::Plan};

fuzz_target!(|text: &str| {
    if let (Some(plan), _) = compile(&format!("* | {text}"), &macros()) {
        let steps = plan.steps.into_iter().skip(1).collect();
        same_however_split(&Plan { steps });
    }
});
