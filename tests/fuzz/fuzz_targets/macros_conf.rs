//! Any text as a `macros.conf`: an error names a line of the text, and what was defined can be called.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_fuzz::macros;
use retrohunt_spl::{compile, macros::conf};

fuzz_target!(|text: &str| {
    match conf::read(text) {
        Err(error) => assert!((1..=text.lines().count()).contains(&error.line), "{error}"),
        Ok(found) => {
            let mut macros = macros();
            for definition in &found {
                macros.define_full(definition.clone());
            }
            for definition in found.iter().take(8) {
                let arguments = vec!["\"a, b\""; definition.arguments.len()].join(",");
                let call = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
                let _ = compile(&format!("a `{}{call}`", definition.name), &macros);
            }
        }
    }
});
