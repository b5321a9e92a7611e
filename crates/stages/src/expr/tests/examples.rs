//! The examples of the functions' table, each through the evaluator.

use retrohunt_spl::functions::signatures;

use super::*;

#[test]
fn the_examples_of_the_table_give_what_they_say() {
    let mut wrong = Vec::new();
    let mut ran = 0;
    for signature in signatures() {
        for (text, expected) in signature.examples {
            let (Some(expr), _) = retrohunt_spl::expr::parse(text) else {
                wrong.push(format!("{text} does not parse"));
                continue;
            };
            let evaluator = Evaluator::new(&expr, &Settings::default()).unwrap();
            let shown = values_in(&evaluator, &batch(&[]), &mut Notes::default()).remove(0);
            let shown = shown.strip_prefix('#').unwrap_or(&shown);
            ran += 1;
            if shown != *expected {
                wrong.push(format!("{text} gives {shown}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
}
