//! For each code a rule that gets it, and what to do.

/// Code, a rule with this finding, and what to do about it; in the order of [`super::codes::ALL`].
///
/// The macros of the examples are defined so: `` `circle` `` calls itself, `` `huge` `` is longer than a rule may be, `` `port(n)` ``
/// has the validation `isnum($n$)`, and `` `computed` `` has `iseval` set.
pub const EXAMPLES: &[(&str, &str, &str)] = &[
    ("E0101", "error \"disk full", "Close the quote. Write a backslash before a closing quote as two: \"C:\\\\\"."),
    ("E0102", "error ```to do", "Close the comment with three backticks."),
    ("E0103", "error | | stats count", "Remove one of the pipes, or write a command between them."),
    ("E0104", "error | append [ search warning", "Close the bracket, or quote the text that holds it."),
    ("E0105", "", "Write a search."),
    ("E0110", "(error OR warning | stats count", "Close the parenthesis where the group or the argument list ends."),
    ("E0111", "error OR warning) host=a", "Remove the parenthesis, or open one before it."),
    ("E0112", "error AND | stats count", "Write what the operator joins or compares; write \"\" for an empty text."),
    ("E0113", "error ()", "Write something between the parentheses or brackets, or remove them."),
    ("E0114", "* | regex process \"cmd\"", "Write `regex field=\"pattern\"` or `regex field!=\"pattern\"`."),
    ("E0115", "* | reverse now", "Remove the text, or quote it if it is part of a name."),
    ("E0117", "NOT earliest=-1d", "Put time bounds beside the other terms of the first search."),
    (
        "E0118",
        "* | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | \
         append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | \
         append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a | append [ a ] ] ] ] ] ] ] ] \
         ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ]",
        "Nest less: use IN for long lists of values, and several commands instead of nested calls.",
    ),
    ("E0119", "earliest=yesterday error", "Write -24h@h, MM/DD/YYYY:HH:MM:SS, seconds since 1970, or ISO 8601."),
    ("E0120", "* | tabel host", "Correct the spelling; `retrohunt` lists the supported commands."),
    ("E0121", "* | cluster", "Write the rule without the command; what it computes is not computed here."),
    ("E0122", "* | fillnull vlaue=0", "Correct the spelling of the option, or quote the name if it is a field."),
    ("E0123", "* | bin span=5x", "Give the option a value that it takes."),
    ("E0124", "* | table", "Write the missing argument."),
    ("E0125", "* | stats cuont(user)", "Correct the spelling of the function."),
    ("E0126", "* | stats estdc_error(user)", "Use another aggregate; this one is not computed here."),
    ("E0127", "* | stats count BY user*", "Name the fields of the by-clause."),
    ("E0128", "* | rename Processes.* AS process", "Write as many `*` on both sides."),
    ("E0129", "* | stats count AS n, dc(user) AS n", "Give one of the columns another name."),
    (
        "E0130",
        "* | eval x=[ search error | return $user ]",
        "Use the subsearch in `search` or `where`, or join its rows.",
    ),
    ("E0140", "* | eval x=lowr(user)", "Correct the spelling of the function."),
    ("E0141", "* | where match(user = \"root\")", "Give the function the arguments that it takes."),
    ("E0142", "* | where user contains \"root\"", "Use an operator, or a function such as `like` or `match`."),
    ("E0143", "* | where user=\"root\" host=\"a\"", "Write AND or OR between the two."),
    ("E0144", "* | where 5", "Write a comparison or a call that gives true or false."),
    ("E0145", "* | eval x=(a > 5)", "Write `if(condition, \"true\", \"false\")`."),
    ("E0146", "* | eval x=mvfilter(a > b)", "Let the condition read one field only."),
    ("E0147", "* | eval x=mvmap(a . b, a)", "Put the first argument into a field with `eval` first."),
    (
        "E0148",
        "* | eval user{}.name=1",
        "Put names with other characters than letters, digits and `_` into single quotes.",
    ),
    ("E0149", "* | eval x=1e999", "Write a number that can be held, or quote it if it is a text."),
    ("E0150", "* | rex field=process \"cmd\"", "Name a group: \"(?<name>…)\"."),
    ("E0151", "* | rex field=process mode=sed \"s/a\"", "Write \"s/pattern/replacement/g\" or \"y/abc/xyz/\"."),
    (
        "E0152",
        "* | timechart count BY host WHERE count IN top5",
        "Write `limit=` instead, or a `where` behind the chart.",
    ),
    (
        "E0153",
        "* | foreach a* [ stats count ]",
        "Use commands in `foreach` that look at one row alone, such as `eval`.",
    ),
    (
        "E0160",
        "| table host",
        "Begin with a search, or with a command that makes rows: `| inputlookup`, `| makeresults`.",
    ),
    ("E0161", "error | makeresults", "Put the command first, or into a subsearch: `append [ | makeresults ]`."),
    ("E0162", "* | sort user*", "Name the field."),
    ("E0163", "* | transaction host startswith=\"earliest=-1d\"", "Put time bounds into the first search."),
    (
        "E0164",
        "* | makemv delim=\",\" tokenizer=\"(.)\" users",
        "Keep one of the options, or write the one that is missing.",
    ),
    (
        "E0170",
        "| tstats count from datamodel=Endpoint.Processes",
        "Write the rule over the events: a search, then `stats`.",
    ),
    ("E0171", "| mstats avg(cpu) WHERE index=metrics", "Write the rule over events; an archive holds no metrics."),
    ("E0172", "* | apply my_model", "Replace the model by a fixed threshold, or leave the rule out."),
    ("E0180", "`computed`", "Correct the macro: its text must be an expression that reads no field and gives a text."),
    ("E0181", "`port(http)`", "Change the arguments of the call."),
    ("E0201", "`my_index` error", "Define the macro, or remove the call if it only selects data."),
    (
        "E0202",
        "`my_index(",
        "Write `name` or `name(argument, argument)` between backticks, quotes and parentheses in pairs.",
    ),
    ("E0203", "`circle`", "Correct the definitions so that no macro calls itself."),
    ("E0204", "`huge`", "Shorten the definitions."),
    ("W-MACRO-STUB", "`get_endpoint_data` error", "Define the macro if it means something else in your environment."),
    ("W-LOWERCASE-BOOL", "error and warning", "Write AND, OR and NOT in upper case, or quote the word."),
    ("W-STRAY-COMMA", "\".rar\", OR \".zip\"", "Remove the comma."),
    ("W-TRAILING-PIPE", "error |", "Remove the pipe."),
    ("W-EMPTY-PHRASE", "\"\" error", "Remove the empty quotes."),
    ("W-IN-BLANKS", "user IN (root admin)", "Write commas between the values."),
    ("W-GROUPED-VALUE", "user=(root OR admin)", "Write `user IN (root, admin)`."),
    ("W-TERM-BREAKER", "TERM(a b)", "Quote the text instead of wrapping it in TERM()."),
    ("W-DISPLACED-QUOTE", "* | regex process=(?<x>\"cmd\")", "Quote the whole pattern."),
    ("W-INDEX-TIME", "_index_earliest=-1d error", "Use `earliest` and `latest`; an archive has no index time."),
    ("W-STRING-ORDER", "* | where count > \"5\"", "Write the number without quotes."),
    ("W-WHERE-STAR", "* | where user=\"admin*\"", "Use `like(user, \"admin%\")` or `match(user, \"^admin\")`."),
    ("W-LIKE-STAR", "* | where like(user, \"admin*\")", "Write `%` for any text and `_` for one character."),
    ("W-CIDR-ARGUMENTS", "* | where cidrmatch(src_ip, \"10.0.0.0/8\")", "Write the network first."),
    ("W-SIDE-EFFECT", "* | outputlookup seen.csv", "Nothing, or remove the command."),
    ("W-BARE-AGGREGATE", "* | stats dc", "Write the field: `dc(user)`."),
];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::codes;
    use super::EXAMPLES;
    use crate::compile;
    use crate::macros::{Evaluated, MacroDefinition, Macros};

    /// The macros that the examples call.
    fn macros() -> Macros {
        let mut macros = Macros::shipped();
        macros.define("circle", &[], "`circle`");
        macros.define("huge", &[], &"x ".repeat(3 << 20));
        macros.define_full(MacroDefinition {
            name: "port".to_owned(),
            arguments: vec!["n".to_owned()],
            definition: "dest_port=$n$".to_owned(),
            validation: Some("isnum(\"$n$\")".to_owned()),
            ..MacroDefinition::default()
        });
        macros.define_full(MacroDefinition {
            name: "computed".to_owned(),
            definition: "host".to_owned(),
            is_eval: true,
            ..MacroDefinition::default()
        });
        macros.evaluate_with(Arc::new(|_| Evaluated::Condition(Some(false))));
        macros
    }

    #[test]
    fn every_code_has_an_example_that_gets_it() {
        let macros = macros();
        let mut wrong = Vec::new();
        for (code, _) in codes::ALL {
            let Some((_, rule, help)) = EXAMPLES.iter().find(|(known, ..)| *known == code.0) else {
                wrong.push(format!("{} has no example", code.0));
                continue;
            };
            let (_, findings) = compile(rule, &macros);
            if !findings.iter().any(|finding| finding.code == *code) || !help.ends_with(['.', '`']) {
                wrong.push(format!("{} is not found in {rule}: {findings:?}", code.0));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_example_is_of_a_code_and_only_one() {
        let order: Vec<&str> = codes::ALL.iter().map(|(code, _)| code.0).collect();
        let examples: Vec<&str> = EXAMPLES.iter().map(|(code, ..)| *code).collect();
        assert_eq!(examples, order);
    }
}
