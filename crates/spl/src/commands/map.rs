//! `map search="…" | [ … ]` (§5.28).

use super::transaction_boundary::unquoted;
use super::{Arguments, CommandDoc};
use crate::diagnostic::{Diagnostic, codes};
use crate::expand::{Expanded, Piece};
use crate::lex::TokenKind;
use crate::pipeline::{self, Begin};
use crate::plan::{Command, MapCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "map",
    aliases: &[],
    syntax: "map search=\"<search>\" | [ <search> ] [maxsearches=<n>]",
    section: "§5.28",
    summary: "Runs a search for each row, `$field$` replaced by the row's value, and gives all their rows.",
    examples: &[
        "error | map search=\"search user=$user$ | tail 5\" maxsearches=20",
        "error | map [ search user=$user$ host=\"$host$\" ]",
    ],
};

/// Reads template and option, and parses the template once.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut found, mut max_searches) = (None, 10);
    while let Some(token) = arguments.peek().cloned() {
        let inside = if arguments.at_bracket() {
            let (start, end) = arguments.bracket()?;
            arguments.expanded.derived(&[Piece::Kept(start, end)])
        } else if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "search" => {
                    let (start, end) = (setting.token.start, setting.token.end);
                    let pieces = match setting.token.kind {
                        TokenKind::Quoted(_) => unquoted(&arguments.expanded.text, start + 1, end - 1),
                        _ => vec![Piece::Kept(start, end)],
                    };
                    arguments.expanded.derived(&pieces)
                }
                "maxsearches" => {
                    max_searches = arguments.count(&setting)?;
                    continue;
                }
                _ => return arguments.no_option("map", &setting, "search, maxsearches"),
            }
        } else {
            arguments.unexpected(&token, "`search=\"…\"` or a search in brackets; saved searches are not supported");
            return None;
        };
        if found.replace(inside).is_some() {
            arguments.unexpected(&token, "`map` runs one search");
            return None;
        }
    }
    let Some(inside) = found.filter(|inside| !inside.text.trim().is_empty()) else {
        arguments.missing("`map` needs a search", "write `map search=\"search user=$user$\"` for instance");
        return None;
    };
    check(arguments, &inside)?;
    Some(Command::Map(MapCommand { template: inside.text.trim().to_owned(), max_searches }))
}

/// Parses the template with harmless texts for its placeholders, so that mistakes are found before any row is read. `now` can be
/// a field, a value or a time, but no number: the template is right if it is with either.
fn check(arguments: &mut Arguments<'_>, template: &Expanded) -> Option<()> {
    let mut first = Vec::new();
    for put in ["now", "1"] {
        let filled = template.derived(&placeholders(&template.text, put));
        let mut findings = Vec::new();
        let whole = (0, filled.text.len());
        if pipeline::bracket(&filled, whole, Begin::Subsearch, 0, &mut findings).is_some() {
            arguments.findings.extend(findings.into_iter().filter(|finding| !finding.code.is_error()));
            return Some(());
        }
        if first.is_empty() {
            first = findings;
        }
    }
    let is_error = |finding: &Diagnostic| finding.code.is_error();
    debug_assert!(first.iter().any(is_error), "no plan without an error");
    if !first.iter().any(is_error) {
        arguments.missing("`map` needs a search", "write `map search=\"search user=$user$\"` for instance");
    }
    if first.iter().any(|finding| finding.code == codes::UNTERMINATED_QUOTE) {
        first.retain(|finding| finding.code == codes::UNTERMINATED_QUOTE);
    }
    arguments.findings.extend(first);
    None
}

/// Returns the pieces of a template with a text in the place of each `$field$`.
fn placeholders<'p>(template: &str, put: &'p str) -> Vec<Piece<'p>> {
    let (mut pieces, mut kept, mut at) = (Vec::new(), 0, 0);
    while let Some(open) = template[at..].find('$').map(|found| at + found) {
        let name = template[open + 1..].find(|c: char| c.is_whitespace() || "$\"|()[]=<>,".contains(c));
        let close = name.map(|length| open + 1 + length);
        match close.filter(|&close| close > open + 1 && template[close..].starts_with('$')) {
            Some(close) => {
                pieces.push(Piece::Kept(kept, open));
                pieces.push(Piece::Put(put, open, close + 1));
                kept = close + 1;
                at = kept;
            }
            None => at = open + 1,
        }
    }
    pieces.push(Piece::Kept(kept, template.len()));
    pieces
}

#[cfg(test)]
mod tests {
    use crate::compile;
    use crate::macros::Macros;
    use crate::plan::Command;

    fn template(text: &str) -> Result<String, (&'static str, String)> {
        let mut macros = Macros::shipped();
        macros.define("sec", &[], "source=\"XmlWinEventLog:Security\" OR x");
        macros.define("nest", &["a"], "`sec` $a$");
        let text = format!("* | map {text}");
        let (plan, findings) = compile(&text, &macros);
        let Some(mut plan) = plan else {
            let error = findings.iter().find(|finding| finding.code.is_error()).unwrap();
            return Err((error.code.0, text[error.span.range()].to_owned()));
        };
        match plan.steps.remove(1).command {
            Command::Map(map) => Ok(format!("{} {}", map.max_searches, map.template)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn section_5_28_templates_lose_their_quotes_and_keep_their_placeholders() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(template(r#"search="search a=$a$ \"b c\" | table x""#), ok("10 search a=$a$ \"b c\" | table x"));
        assert_eq!(template("[ search a=\"$a$\" ] maxsearches=3"), ok("3 search a=\"$a$\""));
        assert_eq!(template("search=\"| inputlookup $t$\""), ok("10 | inputlookup $t$"));
        assert_eq!(
            template("search=\"search earliest=$s$ latest=$e$ | sort $f$\""),
            ok("10 search earliest=$s$ latest=$e$ | sort $f$")
        );
        assert_eq!(template("search=\"search costs $ 5\""), ok("10 search costs $ 5"));
    }

    #[test]
    fn corpus_11_3_macros_in_the_search_of_a_map_are_expanded() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            template("search=\"search `sec` y=$y$\""),
            ok("10 search source=\"XmlWinEventLog:Security\" OR x y=$y$")
        );
        assert_eq!(
            template("maxsearches=5 search = \"search `nest(z)`\""),
            ok("5 search source=\"XmlWinEventLog:Security\" OR x z")
        );
        // Round anything but a call, and in any other text, backticks are characters.
        assert_eq!(template("search=\"search a`b\""), ok("10 search a`b"));
        let plain = compile("search=\"`sec`\" | table a", &Macros::shipped());
        assert_eq!(plain.1, []);
        assert_eq!(template("search=\"search `unknown`\""), Err(("E0201", "`unknown`".to_owned())));
    }

    #[test]
    fn mistakes_are_found_in_the_template_and_at_their_place() {
        let wrong = |text: &str| template(text).unwrap_err();
        assert_eq!(wrong("search=\"search a | tabel $x$\""), ("E0120", "tabel".to_owned()));
        assert_eq!(wrong("search=\"search (a\""), ("E0110", "(".to_owned()));
        assert_eq!(wrong("[ search a | stats ]").0, "E0124");
        assert_eq!(wrong("search=\"search `sec` | tabel x\""), ("E0120", "tabel".to_owned()));
        assert_eq!(wrong(""), ("E0124", "map".to_owned()));
        assert_eq!(wrong("search=\"\""), ("E0124", "map search=\"\"".to_owned()));
        assert_eq!(wrong("saved"), ("E0115", "saved".to_owned()));
        assert_eq!(wrong("[a] [b]"), ("E0115", "[".to_owned()));
        assert_eq!(wrong("[a] maxsearches=x"), ("E0123", "x".to_owned()));
        assert_eq!(wrong("[a] foo=x"), ("E0122", "foo=x".to_owned()));
    }
}
