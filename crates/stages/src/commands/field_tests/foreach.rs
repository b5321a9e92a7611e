//! `foreach` (§5.28), with a parser of templates that knows a few forms: `fill TEXT FIELD`, `rename FROM TO`, `nomv FIELD`, `count`, and
//! `each LIST { … }`.

use retrohunt_spl::diagnostic::{Diagnostic, codes};
use retrohunt_spl::plan::{ForeachCommand, ForeachMode};

use super::super::foreach::Foreach;
use super::*;
use crate::table_stage::{Operands, TableStage};

fn foreach(mode: ForeachMode, fields: &[&str], template: &str) -> ForeachCommand {
    ForeachCommand {
        mode,
        fields: patterns(fields),
        template: template.to_owned(),
        field_text: "<<FIELD>>".into(),
        match_text: "<<MATCHSTR>>".into(),
        segment_texts: (1..=3).map(|at| format!("<<MATCHSEG{at}>>")).collect(),
        item_text: "<<ITEM>>".into(),
        iter_text: "<<ITER>>".into(),
    }
}

/// The words of a template; a double-quoted one loses its quotes.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => word.get_or_insert_default().push(chars.next()?),
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (!quoted).then_some(words)
}

fn parse(text: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    let words = words(text).unwrap_or_default();
    let command = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", value, field] => fillnull(value, &[field]),
        ["rename", from, to] => renames(&[(from, to)]),
        ["nomv", field] => Command::NoMv((*field).to_owned()),
        ["expand", field] => Command::MvExpand { field: (*field).to_owned(), limit: 0 },
        _ => {
            return (None, vec![Diagnostic::new(codes::UNKNOWN_COMMAND, Span::default(), "no such command")]);
        }
    };
    (Some(plan(vec![command])), Vec::new())
}

fn try_foreach(command: &ForeachCommand, input: &Batch) -> Result<Table, PipelineError> {
    let stage = Foreach::with_parser(command, &settings(), &Operands::default(), parse)?;
    let mut notes = Notes::default();
    let table = try_run(&[], std::slice::from_ref(input))?.0;
    stage.run(table, &mut Context { operands: &[], runner: None, notes: &mut notes })
}

fn each(mode: ForeachMode, fields: &[&str], template: &str, input: &Batch) -> Vec<String> {
    let mut table = try_foreach(&foreach(mode, fields, template), input).unwrap();
    table.drop_empty();
    shown(&table)
}

#[test]
fn section_5_28_names_and_patterns_over_fields_that_are_there() {
    let input = rows(&[("ab_1", &["~", "x"]), ("ac_2", &["y", "~"]), ("b", &["z", "z"])]);
    let template = "fill \"<<FIELD>>:<<MATCHSTR>>:<<MATCHSEG1>>:<<MATCHSEG2>>\" <<FIELD>>";
    assert_eq!(
        each(ForeachMode::MultiField, &["a*_*", "new", "b"], template, &input),
        ["ab_1=ab_1:b1:b:1 ac_2=y b=z new=new:::", "ab_1=x ac_2=ac_2:c2:c:2 b=z new=new:::"]
    );
}

#[test]
fn section_5_28_each_field_once_and_later_runs_see_earlier_ones() {
    let input = rows(&[("a", &["1"]), ("b", &["2"])]);
    assert_eq!(each(ForeachMode::MultiField, &["a", "*", "a"], "rename <<FIELD>> x<<FIELD>>", &input), ["xa=1 xb=2"]);
    assert_eq!(each(ForeachMode::MultiField, &["zz*"], "rename <<FIELD>> x", &input), ["a=1 b=2"]);
}

#[test]
fn section_5_28_values_and_their_index() {
    let input = rows(&[("m", &["p|q", "~", "7"]), ("z", &["1", "2", "3"])]);
    assert_eq!(
        each(ForeachMode::MultiValue, &["m"], "fill <<ITEM>> v<<ITER>>", &input),
        ["m=p|q z=1 v0=p v1=q", "z=2", "m=7 z=3 v0=7"]
    );
    assert_eq!(each(ForeachMode::MultiValue, &["none"], "fill <<ITEM>> v", &input).len(), 3);
}

#[test]
fn section_5_28_elements_of_a_json_array() {
    let input = rows(&[("j", &["[\"a b\",1,{\"k\":2}]", "no array", "[]"])]);
    let template = "fill \"<<ITEM>>\" v<<ITER>>";
    assert_eq!(
        each(ForeachMode::JsonArray, &["j"], template, &input),
        ["j=[\"a b\",1,{\"k\":2}] v0=a b v1=1 v2={\"k\":2}", "j=no array", "j=[]"]
    );
    assert_eq!(each(ForeachMode::AutoCollections, &["j"], template, &input)[1], "j=no array v0=no array");
}

#[test]
fn hostile_values_stay_values() {
    let hostile = "\" x ; \\ rename a b";
    let input = rows(&[("m", &[hostile])]);
    let expected = format!("m={hostile} v={hostile}");
    assert_eq!(each(ForeachMode::MultiValue, &["m"], "fill <<ITEM>> v", &input), std::slice::from_ref(&expected));
    assert_eq!(each(ForeachMode::MultiValue, &["m"], "fill \"<<ITEM>>\" v", &input), [expected]);
    let input = rows(&[("a\"b\\", &["1"])]);
    assert_eq!(each(ForeachMode::MultiField, &["a*"], "fill \"<<FIELD>>\" v", &input), ["a\"b\\=1 v=a\"b\\"]);
}

#[test]
fn errors_say_which_run_it_was() {
    let input = rows(&[("a", &["1"]), ("m", &["p|q"])]);
    let error = try_foreach(&foreach(ForeachMode::MultiField, &["m"], "bad <<FIELD>>"), &input).unwrap_err();
    assert_eq!(error.code, "E-STAGE-FOREACH");
    assert_eq!(error.message, "foreach, field `m`: no such command in `bad m`");
    let error = try_foreach(&foreach(ForeachMode::MultiValue, &["m"], "bad"), &input).unwrap_err();
    assert_eq!(error.message, "foreach, value 0 of `m`: `p`: no such command in `bad`");
}

#[test]
fn only_row_wise_commands_may_stand_in_a_template() {
    let input = rows(&[("m", &["p|q"])]);
    let error = try_foreach(&foreach(ForeachMode::MultiField, &["m"], "expand <<FIELD>>"), &input).unwrap_err();
    assert_eq!(error.code, "E-STAGE-FOREACH");
    assert!(error.message.contains("look at one row"), "{}", error.message);
}

#[test]
fn runs_and_texts_are_bounded() {
    let values: Vec<String> = (0..1001).map(|at| (at % 5).to_string()).collect();
    let cell = values.join("|");
    let cells = vec![cell.as_str(); 200];
    let input = rows(&[("m", &cells)]);
    let error = try_foreach(&foreach(ForeachMode::MultiValue, &["m"], "nomv <<ITEM>>"), &input).unwrap_err();
    assert_eq!(error.code, "E-STAGE-LIMIT");
    let name = "n".repeat(5000);
    let input = rows(&[(name.as_str(), &["1"])]);
    let template = "<<FIELD>>".repeat(1000);
    let error = try_foreach(&foreach(ForeachMode::MultiField, &["n*"], &template), &input).unwrap_err();
    assert_eq!(error.code, "E-STAGE-LIMIT");
    let deep = Operands { depth: 40, ..Operands::default() };
    let command = foreach(ForeachMode::MultiField, &["a"], "x");
    assert_eq!(Foreach::with_parser(&command, &settings(), &deep, parse).unwrap_err().code, "E-STAGE-LIMIT");
}

#[test]
fn the_whole_way_through_the_parser_of_rules() {
    let input = rows(&[("a1", &["x", "y"]), ("a2", &["p", "q"])]);
    let command = foreach(ForeachMode::MultiField, &["a*"], "| regex <<FIELD>>=\"x|p\"");
    assert_eq!(shown(&run(&[Command::Foreach(command)], &input)), ["a1=x a2=p"]);
    let template =
        " rex field=<<FIELD>> mode=sed \"s/[xp]/<<MATCHSTR>>!/g\" | rename \"<<FIELD>>\" AS \"b<<MATCHSTR>>\"";
    let command = foreach(ForeachMode::MultiField, &["a*"], template);
    assert_eq!(shown(&run(&[Command::Foreach(command)], &input)), ["b1=1! b2=2!", "b1=y b2=q"]);
    let values = rows(&[("m", &["p|q \"\\"])]);
    let command = foreach(ForeachMode::MultiValue, &["m"], "fillnull value=<<ITEM>> v<<ITER>>");
    assert_eq!(shown(&run(&[Command::Foreach(command)], &values)), ["m=p|q \"\\ v0=p v1=q \"\\"]);
    for broken in ["stats count", "nonsense <<FIELD>>", "", "rename a AS", "appendpipe [ stats count ]"] {
        let command = foreach(ForeachMode::MultiField, &["a1"], broken);
        let (code, message) = failure(&[Command::Foreach(command)], &input);
        assert_eq!(code, "E-STAGE-FOREACH", "{broken}: {message}");
        assert!(message.starts_with("foreach, field `a1`: "), "{message}");
    }
}

#[test]
fn nested_foreach_runs_inside_and_is_bounded() {
    let input = rows(&[("a1", &["x"]), ("a2", &["~"])]);
    // The outer one puts in all its placeholders; the inner one's field text is its own.
    let inner = "foreach b1 b2 fieldstr=\"<<INNER>>\" [ fillnull value=\"<<FIELD>>\" <<INNER>> ]";
    let command = foreach(ForeachMode::MultiField, &["a*"], inner);
    assert_eq!(shown(&run(&[Command::Foreach(command)], &input)), ["a1=x b1=a1 b2=a1"]);
}
