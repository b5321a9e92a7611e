//! Macro definitions: those that a user gives, and those that stand for what a catalogue's own environment defines (§1.3.9, §8.9).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::escape;
use crate::plan::Expr;

pub mod conf;

/// Where a definition came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user.
    User,
    /// Part of the language: `comment`, and what add-ons and the published catalogue define (§5.29, §8.9).
    Language,
    /// A stand-in for a definition that the catalogue leaves to its environment; its use is a warning.
    Shipped,
}

/// A macro's text with its arguments put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The text that takes the place of the call, or with `is_eval` the expression that gives it.
    pub text: String,
    /// Who defined it.
    pub origin: Origin,
    /// For a shipped one, what it was taken to mean, as the second half of a sentence.
    pub stands_for: &'static str,
    /// The text is an expression (§1.3.7).
    pub is_eval: bool,
    /// The expression that accepts or refuses the arguments, these put in (§1.3.8).
    pub validation: Option<String>,
    /// What a failed validation says.
    pub error_message: Option<String>,
}

impl Definition {
    /// Text that stands in the place of a call as it is.
    fn plain(text: impl Into<String>, origin: Origin, stands_for: &'static str) -> Self {
        let text = text.into();
        Self { text, origin, stands_for, is_eval: false, validation: None, error_message: None }
    }
}

/// A macro as its user defines it, for example in a `macros.conf`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MacroDefinition {
    /// The name, without the number of arguments.
    pub name: String,
    /// Names of the arguments, in order; `$name$` stands for them in `definition` and `validation`.
    pub arguments: Vec<String>,
    /// The text that takes the place of a call.
    pub definition: String,
    /// `definition` is an expression without fields; its result is the text (§1.3.7).
    pub is_eval: bool,
    /// An expression that accepts or refuses the arguments (§1.3.8).
    pub validation: Option<String>,
    /// What a failed validation says.
    pub error_message: Option<String>,
}

/// What an expression without fields gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evaluated {
    /// A condition; `None` where it is ∅.
    Condition(Option<bool>),
    /// A value as text; `None` where it is ∅.
    Value(Option<String>),
}

/// Computes an expression without fields. This crate knows the language, not its values, so whoever runs rules supplies it.
pub type Evaluate = dyn Fn(&Expr) -> Evaluated + Send + Sync;

/// A set of macros, by name and number of arguments.
#[derive(Clone, Default)]
pub struct Macros {
    /// User definitions.
    defined: HashMap<(String, usize), MacroDefinition>,
    /// For `iseval` and `validation`.
    evaluate: Option<Arc<Evaluate>>,
}

impl fmt::Debug for Macros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.defined.keys().collect();
        names.sort();
        f.debug_struct("Macros").field("defined", &names).field("evaluates", &self.evaluate.is_some()).finish()
    }
}

/// Prefixes of the catalogues' data-selection macros, which name an index and a source type of one installation.
const SELECTIONS: &[&str] = &[
    "get_endpoint_data",
    "get_cloud_data",
    "get_web_data",
    "get_authentication_data",
    "get_application_data",
    "get_network_data",
    "get_email_data",
];
/// Macros that hand results on to another system.
const SINKS: &[&str] = &["hec_collect", "add_enrichment_rule"];

/// What the catalogue's `group_events(keys, span)` stands for (§1.3.9).
const GROUP_EVENTS: &str = "| eval start_time=_time, end_time=_time | bin span=$span$ _time | stats count as event_count \
min(start_time) as start_time max(end_time) as end_time values(*) as * by _time, $keys$";
/// The published `security_content_summariesonly`, its settings put in (§8.9).
const SUMMARIES_ONLY: &str = "summariesonly=false allow_old_summaries=true fillnull_value=null";
/// The published `security_content_ctime(1)` (§8.9).
const CTIME: &str = "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime($field$)";

impl Macros {
    /// Returns the set that holds no user definition; the shipped ones are always there.
    #[must_use]
    pub fn shipped() -> Self {
        Self::default()
    }

    /// Adds or replaces a definition. `$name$` in `text` stands for the argument of that name.
    pub fn define(&mut self, name: &str, params: &[&str], text: &str) {
        self.define_full(MacroDefinition {
            name: name.to_owned(),
            arguments: params.iter().map(|&param| param.to_owned()).collect(),
            definition: text.to_owned(),
            ..MacroDefinition::default()
        });
    }

    /// Adds or replaces a definition with all that a `macros.conf` can say.
    pub fn define_full(&mut self, definition: MacroDefinition) {
        self.defined.insert((definition.name.clone(), definition.arguments.len()), definition);
    }

    /// Says how expressions are computed. Without it, macros that need it are refused.
    pub fn evaluate_with(&mut self, evaluate: Arc<Evaluate>) {
        self.evaluate = Some(evaluate);
    }

    /// Returns what a call stands for, or `None` if there is no such macro. A user's definition wins over a shipped one.
    #[must_use]
    pub fn find(&self, name: &str, arguments: &[String]) -> Option<Definition> {
        if let Some(found) = self.defined.get(&(name.to_owned(), arguments.len())) {
            let filled = |text: &str| fill(text, &found.arguments, arguments);
            return Some(Definition {
                is_eval: found.is_eval,
                validation: found.validation.as_deref().map(filled),
                error_message: found.error_message.as_deref().map(filled),
                ..Definition::plain(filled(&found.definition), Origin::User, "")
            });
        }
        language(name, arguments).or_else(|| shipped(name, arguments))
    }
}

/// The macros that have one meaning everywhere.
fn language(name: &str, arguments: &[String]) -> Option<Definition> {
    let quoted = |argument: &String| {
        let inner = argument.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        escape::quote(inner.unwrap_or(argument))
    };
    let text = match (name, arguments) {
        ("comment", [_]) => String::new(),
        ("ut_shannon", [field]) => format!("| utshannon {}", quoted(field)),
        ("ut_parse_extended", [field, list]) => format!("| utparseextended {} {}", quoted(field), quoted(list)),
        ("security_content_summariesonly", []) => SUMMARIES_ONLY.to_owned(),
        ("security_content_ctime", [_]) => fill(CTIME, &["field".to_owned()], arguments),
        ("drop_dm_object_name", [dataset]) => format!("rename {} as \"*\"", escape::quote(&format!("{dataset}.*"))),
        _ => return None,
    };
    Some(Definition::plain(text, Origin::Language, ""))
}

/// The stand-ins for what a catalogue leaves to its environment.
fn shipped(name: &str, arguments: &[String]) -> Option<Definition> {
    let shipped = |text: &str, stands_for| Some(Definition::plain(text, Origin::Shipped, stands_for));
    let selects = |name: &str| {
        SELECTIONS
            .iter()
            .any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
    };
    match (name, arguments.len()) {
        ("group_events", 2) => {
            let text = fill(GROUP_EVENTS, &["keys".to_owned(), "span".to_owned()], arguments);
            shipped(&text, "it was taken to bin and group the events")
        }
        (name, _) if SINKS.contains(&name) => shipped("", "it was taken to hand results on and does nothing"),
        (name, 0) if selects(name) => shipped("", "it was taken to select data: all rows of the input"),
        (name, 0) if name.starts_with("add_") => shipped("", "it was taken to list further fields and adds none"),
        (name, 0) if name.ends_with("_filter") => {
            shipped("search *", "it was taken to be a site's own filter: all rows")
        }
        _ => None,
    }
}

/// Why a validation did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The arguments are refused; the message, if the validation gave one itself.
    Refused(Option<String>),
    /// The validation cannot be computed: why.
    Broken(String),
}

/// Computes a validation whose arguments are put in (§1.3.8).
pub(crate) fn validate(macros: &Macros, validation: &str) -> Result<(), Failure> {
    match evaluate(macros, validation).map_err(Failure::Broken)? {
        Evaluated::Condition(Some(true)) | Evaluated::Value(None) => Ok(()),
        Evaluated::Condition(_) => Err(Failure::Refused(None)),
        Evaluated::Value(Some(message)) => Err(Failure::Refused(Some(message))),
    }
}

/// Computes the text of an `iseval` macro whose arguments are put in (§1.3.7), or says why that is not possible.
pub(crate) fn compute(macros: &Macros, expression: &str) -> Result<String, String> {
    match evaluate(macros, expression)? {
        Evaluated::Value(Some(text)) => Ok(text),
        Evaluated::Value(None) => Err("it gives no value".to_owned()),
        Evaluated::Condition(_) => Err("it gives a condition, not a text".to_owned()),
    }
}

/// Reads and computes an expression without fields.
fn evaluate(macros: &Macros, text: &str) -> Result<Evaluated, String> {
    let (expr, findings) = crate::expr::parse(text);
    let Some(expr) = expr else {
        let error = findings.into_iter().find(|finding| finding.code.is_error());
        return Err(error.map_or_else(|| "it cannot be read".to_owned(), |error| error.message));
    };
    if let Some(field) = expr.fields().first() {
        return Err(format!("it reads the field `{field}`"));
    }
    let evaluate = macros.evaluate.as_ref().ok_or("expressions are not computed here")?;
    Ok(evaluate(&expr))
}

/// How long a text with its arguments put in may become; the expansion refuses it then.
const MAX_FILLED: usize = 8 << 20;

/// Puts arguments in the place of `$param$` (§1.3.2).
fn fill(text: &str, params: &[String], arguments: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('$') {
        if out.len() > MAX_FILLED {
            return out;
        }
        out.push_str(&rest[..open]);
        let tail = &rest[open + 1..];
        let filled = tail.find('$').and_then(|close| {
            let index = params.iter().position(|param| param == &tail[..close])?;
            out.push_str(arguments.get(index)?);
            Some(close)
        });
        match filled {
            Some(close) => rest = &tail[close + 1..],
            None => {
                out.push('$');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::expand::expand;
    use crate::plan::ExprKind;

    #[test]
    fn shipped_macros_say_what_they_stand_for() {
        let macros = Macros::shipped();
        for name in ["get_endpoint_data", "get_endpoint_data_edr", "hec_collect", "add_fields_eoi"] {
            let found = macros.find(name, &[]).unwrap();
            assert_eq!((found.text.as_str(), found.origin), ("", Origin::Shipped), "{name}");
        }
        assert!(macros.find("get_asset", &[]).is_none());
        assert!(macros.find("get_endpoint_dataset", &[]).is_none());
        let grouped = macros.find("group_events", &["host".to_owned(), "5".to_owned()]).unwrap().text;
        assert!(grouped.contains("bin span=5 _time") && grouped.ends_with("by _time, host"));
    }

    #[test]
    fn a_user_definition_wins_and_is_chosen_by_number_of_arguments() {
        let mut macros = Macros::shipped();
        macros.define("get_endpoint_data", &[], "index=main");
        macros.define("m", &["a"], "[$a$] costs $5 $a$");
        macros.define("ut_shannon", &["a"], "eval ut_shannon=1");
        assert_eq!(macros.find("get_endpoint_data", &[]).unwrap().text, "index=main");
        assert_eq!(macros.find("m", &["x".to_owned()]).unwrap().text, "[x] costs $5 x");
        assert_eq!(macros.find("ut_shannon", &["x".to_owned()]).unwrap().text, "eval ut_shannon=1");
        assert!(macros.find("m", &[]).is_none());
    }

    #[test]
    fn section_5_29_and_8_9_macros_are_built_in_without_a_warning() {
        let text = |call: &str| {
            let (expanded, findings) = expand(call, &Macros::shipped());
            assert_eq!(findings, [], "{call}");
            expanded.text
        };
        assert_eq!(text("x | `ut_shannon('a b')`"), "x |  utshannon \"a b\"");
        assert_eq!(text("x | `ut_parse_extended(url, \"mozilla\")`"), "x |  utparseextended \"url\" \"mozilla\"");
        assert_eq!(text("`drop_dm_object_name(\"Web\")`"), "rename \"Web.*\" as \"*\"");
        assert_eq!(text("`drop_dm_object_name(Processes)`"), "rename \"Processes.*\" as \"*\"");
        assert_eq!(text("`security_content_ctime(t)`"), "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(t)");
        assert!(text("`security_content_summariesonly`").ends_with("fillnull_value=null"));
    }

    /// Macros whose expressions are computed by their shape alone: enough to see which result does what.
    fn computing(validation: Option<&str>, definition: &str, is_eval: bool) -> Macros {
        let mut macros = Macros::shipped();
        macros.define_full(MacroDefinition {
            name: "m".to_owned(),
            arguments: vec!["a".to_owned()],
            definition: definition.to_owned(),
            is_eval,
            validation: validation.map(str::to_owned),
            error_message: Some("not $a$".to_owned()),
        });
        macros.evaluate_with(Arc::new(|expr| match &expr.kind {
            ExprKind::Bool(value) => Evaluated::Condition(Some(*value)),
            ExprKind::Text { value, .. } => Evaluated::Value(Some(value.clone())),
            ExprKind::Null => Evaluated::Value(None),
            _ => Evaluated::Condition(None),
        }));
        macros
    }

    fn only(findings: &[Diagnostic]) -> (&'static str, &str) {
        assert_eq!(findings.len(), 1, "{findings:?}");
        (findings[0].code.0, &findings[0].message)
    }

    #[test]
    fn section_1_3_7_an_iseval_macro_is_computed() {
        let (expanded, findings) = expand("`m(x)` z", &computing(None, "\"host=$a$\"", true));
        assert_eq!((expanded.text.as_str(), findings.len()), ("host=x z", 0));
        let refused = |definition: &str| {
            let (_, findings) = expand("`m(x)`", &computing(None, definition, true));
            only(&findings).0
        };
        assert_eq!(refused("null()"), "E0180");
        assert_eq!(refused("true()"), "E0180");
        assert_eq!(refused("$a$"), "E0180");
        assert_eq!(refused("1 +"), "E0180");
        let mut unable = computing(None, "\"x\"", true);
        unable.evaluate = None;
        let (_, findings) = expand("`m(x)`", &unable);
        assert_eq!(
            only(&findings),
            ("E0180", "the text of the macro `m` cannot be computed: expressions are not computed here")
        );
    }

    #[test]
    fn section_1_3_8_a_validation_accepts_or_refuses_the_arguments() {
        let found = |validation: &str| expand("`m(x)`", &computing(Some(validation), "y", false)).1;
        assert!(found("true()").is_empty());
        assert!(found("null()").is_empty());
        assert_eq!(only(&found("false()")), ("E0181", "the macro `m` refuses its arguments: not x"));
        assert_eq!(only(&found("\"no $a$\"")), ("E0181", "the macro `m` refuses its arguments: no x"));
        assert_eq!(only(&found("1 = 2")).0, "E0181");
        assert_eq!(only(&found("isnum($a$)")).0, "E0180");
    }
}
