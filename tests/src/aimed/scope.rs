//! Where a field comes from, seen backwards from where it is used.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use retrohunt_spl::plan::{AggregateFunc, Expr};

use super::condition;
use super::draft::Draft;

/// What a name stands for at some place of a rule.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A field of the event, under this name.
    Event(String),
    /// An aggregate over a field (`None`: rows), by some fields, over the names before it.
    Aggregate(AggregateFunc, Option<String>, Vec<String>, Box<Scope>),
    /// An expression over the names of its own place.
    Computed(Box<Expr>, Box<Scope>),
    /// A group of a pattern over a field.
    Group(String, String),
    /// Something that no event can steer, such as the column of a lookup.
    Elsewhere,
}

/// The names at some place of a rule; a name that is not here is the event's own.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// By name.
    pub(super) names: BTreeMap<String, Source>,
}

impl Scope {
    /// What a name stands for.
    fn source(&self, name: &str) -> Source {
        self.names.get(name).cloned().unwrap_or_else(|| Source::Event(name.to_owned()))
    }

    /// Wants a field to be a text.
    pub(super) fn want_text(&self, name: &str, text: &str, draft: &mut Draft, random: &mut ChaCha8Rng) {
        match self.source(name) {
            Source::Event(field) => {
                let wish = draft.field(&field);
                match &wish.exact {
                    Some(known) if known != text => wish.pieces.push(text.to_owned()),
                    _ => wish.exact = Some(text.to_owned()),
                }
            }
            Source::Computed(expr, scope) => condition::make_text(&expr, text, &scope, draft, random),
            Source::Aggregate(func, field, by, scope) => match text.parse() {
                Ok(number) => aggregate(func, field.as_deref(), &by, number, &scope, draft, random),
                Err(_) => {
                    if let Some(field) = field {
                        scope.want_text(&field, text, draft, random);
                    }
                }
            },
            Source::Group(field, pattern) => group(&field, &pattern, Some((name, text)), draft, random),
            Source::Elsewhere => {}
        }
    }

    /// Wants a field to hold a text.
    pub(super) fn want_piece(&self, name: &str, text: String, draft: &mut Draft, random: &mut ChaCha8Rng) {
        match self.source(name) {
            Source::Event(field) => draft.piece(&field, text),
            Source::Aggregate(_, Some(field), _, scope) => scope.want_piece(&field, text, draft, random),
            Source::Computed(expr, scope) => condition::make_text(&expr, &text, &scope, draft, random),
            Source::Group(field, pattern) => group(&field, &pattern, Some((name, &text)), draft, random),
            Source::Aggregate(_, None, ..) | Source::Elsewhere => {}
        }
    }

    /// Wants a field to be there.
    pub(super) fn want_present(&self, name: &str, draft: &mut Draft, random: &mut ChaCha8Rng) {
        match self.source(name) {
            Source::Event(field) => {
                let wish = draft.field(&field);
                if wish.exact.is_none() && wish.pieces.is_empty() {
                    wish.pieces.push(format!("{field}9"));
                }
            }
            Source::Computed(expr, scope) => condition::make_present(&expr, &scope, draft, random),
            Source::Group(field, pattern) => group(&field, &pattern, None, draft, random),
            Source::Aggregate(_, Some(field), _, scope) => scope.want_present(&field, draft, random),
            Source::Aggregate(_, None, ..) | Source::Elsewhere => {}
        }
    }

    /// Wants a field not to be there.
    pub(super) fn want_absent(&self, name: &str, draft: &mut Draft) {
        if let Source::Event(field) = self.source(name) {
            draft.field(&field).absent = true;
        }
    }

    /// Wants a field to be a number.
    pub(super) fn want_number(&self, name: &str, number: f64, draft: &mut Draft, random: &mut ChaCha8Rng) {
        match self.source(name) {
            Source::Aggregate(func, field, by, scope) => {
                aggregate(func, field.as_deref(), &by, number, &scope, draft, random);
            }
            Source::Computed(expr, scope) => condition::make_number(&expr, number, &scope, draft, random),
            _ => self.want_text(name, &format!("{number}"), draft, random),
        }
    }
}

/// Wants a pattern to match a field, with a text in one of its groups.
fn group(field: &str, pattern: &str, text: Option<(&str, &str)>, draft: &mut Draft, random: &mut ChaCha8Rng) {
    let field = if field == "_raw" { super::draft::TEXT } else { field };
    if let Some(sample) = super::sample::text_with(pattern, text, random) {
        draft.piece(field, sample);
    }
}

/// Makes so many events, and so different ones, that an aggregate reaches a number.
fn aggregate(
    func: AggregateFunc,
    field: Option<&str>,
    by: &[String],
    number: f64,
    scope: &Scope,
    draft: &mut Draft,
    random: &mut ChaCha8Rng,
) {
    // An aggregate of something computed: the computation must give something; copies differ by chance.
    if let Some(field) = field.filter(|field| scope.names.contains_key(*field)) {
        scope.want_present(field, draft, random);
    }
    for name in by {
        if !draft.fixed.contains(name) && name != "_time" {
            draft.fixed.push(name.clone());
        }
    }
    let wanted = format!("{:.0}", number.max(0.0).ceil()).parse::<usize>().unwrap_or(1);
    match (func, field) {
        (AggregateFunc::Count, None) => draft.copies = draft.copies.max(wanted),
        (AggregateFunc::Count, Some(field)) if wanted < 2 => scope.want_present(field, draft, random),
        (AggregateFunc::Dc, Some(field)) if wanted < 2 => scope.want_present(field, draft, random),
        (AggregateFunc::Count, Some(field)) => {
            draft.copies = draft.copies.max(wanted);
            if !draft.varied.iter().any(|name| name == field) {
                draft.varied.push(field.to_owned());
            }
        }
        (AggregateFunc::Dc, Some(field)) => {
            draft.copies = draft.copies.max(wanted);
            if !draft.varied.iter().any(|name| name == field) {
                draft.varied.push(field.to_owned());
            }
        }
        (AggregateFunc::Sum | AggregateFunc::Max | AggregateFunc::Min | AggregateFunc::Avg, Some(field)) => {
            draft.field(field).exact.get_or_insert_with(|| format!("{number}"));
        }
        (AggregateFunc::Range | AggregateFunc::Stdev | AggregateFunc::Var, Some(field)) => {
            draft.copies = draft.copies.max(3);
            if field == "_time" {
                draft.spread = number.max(1.0);
            } else if !draft.varied.iter().any(|name| name == field) {
                draft.varied.push(field.to_owned());
            }
        }
        (_, Some(field)) => {
            draft.field(field).exact.get_or_insert_with(|| format!("{number}"));
        }
        (_, None) => {}
    }
}
