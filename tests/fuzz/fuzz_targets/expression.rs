//! Any expression over rows of every kind of column: as a value and as a condition, and row by row as all at once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_fuzz::same_however_split;
use retrohunt_spl::{parse_expression, parse_pipeline};

fuzz_target!(|text: &str| {
    if parse_expression(text).is_err() {
        return;
    }
    // The first `eval` makes a column of texts and numbers, which files do not have.
    for commands in [
        format!("eval mixed=if(int>0, int, text) | eval out={text}"),
        format!("eval mixed=if(int>0, int, text) | where {text}"),
    ] {
        if let (Some(plan), _) = parse_pipeline(&commands) {
            same_however_split(&plan);
        }
    }
});
