//! Output names of aggregates: wildcards (§5.10.4) and clashes (§5.10.5).

use std::sync::Arc;

use retrohunt_spl::plan::{Aggregate, FieldPattern, Glob};

use crate::error::PipelineError;
use crate::table::Value;

/// How an aggregate's columns are named.
#[derive(Clone, Debug)]
pub(super) enum Output {
    /// This name.
    Exact(Arc<str>),
    /// The argument's captures in place of the `*` of a pattern.
    Captures(FieldPattern, Glob),
    /// `func(field)` for each field; this is `func` as the rule has it, a percentile with its number.
    Default(Arc<str>),
}

impl Output {
    /// The naming of an aggregate.
    ///
    /// # Errors
    ///
    /// `E-STAGE-WILDCARD` if the name has `*` that the argument has no captures for.
    pub(super) fn new(aggregate: &Aggregate) -> Result<Self, PipelineError> {
        let stars = |glob: &Glob| glob.pieces.len().saturating_sub(1);
        let argument = aggregate.field().filter(|pattern| stars(&pattern.glob) > 0);
        match (&aggregate.alias, argument) {
            (None, None) => Ok(Self::Exact(aggregate.default_name.as_str().into())),
            (None, Some(_)) => {
                let name = &aggregate.default_name;
                Ok(Self::Default(name.split_once('(').map_or(name.as_str(), |(func, _)| func).into()))
            }
            (Some(alias), argument) => match (alias.literal(), argument) {
                (Some(name), _) => Ok(Self::Exact(name.into())),
                (None, Some(pattern)) if stars(alias) == stars(&pattern.glob) => {
                    Ok(Self::Captures(pattern.clone(), alias.clone()))
                }
                (None, _) => {
                    let (name, alias) = (&aggregate.default_name, alias.text());
                    let message = format!("`{name} as {alias}`: the argument and the name must have as many `*`");
                    Err(PipelineError::new("E-STAGE-WILDCARD", message))
                }
            },
        }
    }

    /// The name, if it does not hang on a field.
    pub(super) fn exact(&self) -> Option<&Arc<str>> {
        match self {
            Self::Exact(name) => Some(name),
            _ => None,
        }
    }

    /// The name of the column for a field; `None` where the aggregate has no wildcard.
    pub(super) fn name(&self, field: Option<&str>) -> Arc<str> {
        let field = field.unwrap_or_default();
        match self {
            Self::Exact(name) => name.clone(),
            Self::Captures(pattern, alias) => rename(&pattern.glob, field, alias).into(),
            Self::Default(func) => format!("{func}({field})").into(),
        }
    }
}

/// The alias with its `*` replaced by what the `*` of the pattern stand for in a name that the pattern selects.
fn rename(pattern: &Glob, name: &str, alias: &Glob) -> String {
    let mut out = alias.pieces.first().cloned().unwrap_or_default();
    let mut rest = pattern.pieces.first().and_then(|first| name.strip_prefix(first.as_str())).unwrap_or(name);
    let last = pattern.pieces.len().saturating_sub(1);
    for (at, piece) in pattern.pieces.iter().enumerate().skip(1) {
        let found =
            if at == last { rest.strip_suffix(piece.as_str()).map(str::len) } else { rest.find(piece.as_str()) };
        let found = found.unwrap_or(rest.len());
        out.push_str(&rest[..found]);
        out.push_str(alias.pieces.get(at).map_or("", String::as_str));
        rest = rest.get(found + piece.len()..).unwrap_or_default();
    }
    out
}

/// Checks that no two names that are written out are equal (§5.10.5).
///
/// # Errors
///
/// `E-STAGE-CLASH` if two are.
pub(super) fn check_distinct<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Result<(), PipelineError> {
    let mut seen = hashbrown::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(PipelineError::new("E-STAGE-CLASH", format!("two aggregates have the name `{name}`")));
        }
    }
    Ok(())
}

/// A column that an aggregate would like to give.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// It stays if it is ∅ in every row.
    pub(crate) named: bool,
    /// It comes from an argument with a wildcard.
    pub(crate) wildcard: bool,
    /// Literal characters of that argument.
    pub(crate) literals: usize,
    /// Which aggregate it is of.
    pub(crate) slot: usize,
    /// A value per group.
    pub(crate) values: Vec<Value>,
}

impl Candidate {
    /// Has it a value?
    fn has_value(&self) -> bool {
        self.values.iter().any(|value| !value.is_null())
    }
}

/// The columns that stay, in their order: a by-field beats all; then one without a wildcard; then the narrower argument; then the
/// later (§5.10.5). A column without a value that no name keeps is left out (§9.6), and beats none.
pub(crate) fn settle(candidates: Vec<Candidate>, by: &[Arc<str>]) -> Vec<Candidate> {
    let rank = |at: usize, candidate: &Candidate| {
        // Fields of one aggregate that share a name are one decision, which a field without values does not win.
        (!candidate.wildcard, candidate.literals, candidate.slot, candidate.has_value(), at)
    };
    let mut best: hashbrown::HashMap<Arc<str>, usize> = hashbrown::HashMap::new();
    let taking_part = |candidate: &Candidate| candidate.named || candidate.has_value();
    for (at, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| taking_part(candidate)) {
        let holder = best.entry(candidate.name.clone()).or_insert(at);
        if rank(at, candidate) >= rank(*holder, &candidates[*holder]) {
            *holder = at;
        }
    }
    let stays = |(at, candidate): (usize, Candidate)| {
        (best.get(&candidate.name) == Some(&at) && !by.contains(&candidate.name)).then_some(candidate)
    };
    candidates.into_iter().enumerate().filter_map(stays).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_10_4_captures_are_carried_over() {
        for (pattern, name, alias, expected) in [
            ("b*", "bytes", "s_*", "s_ytes"),
            ("*", "user", "*", "user"),
            ("*_id", "process_id", "id_*", "id_process"),
            ("a*b*c", "a1b2c", "*-*", "1-2"),
            ("a*", "a", "x*y", "xy"),
        ] {
            assert_eq!(rename(&Glob::new(pattern), name, &Glob::new(alias)), expected, "{pattern} {name}");
        }
    }

    fn candidate(name: &str, wildcard: bool, literals: usize, slot: usize, value: Value) -> Candidate {
        Candidate { name: name.into(), named: !wildcard, wildcard, literals, slot, values: vec![value] }
    }

    fn winners(candidates: Vec<Candidate>, by: &[&str]) -> Vec<(String, usize)> {
        let by: Vec<Arc<str>> = by.iter().map(|name| Arc::from(*name)).collect();
        settle(candidates, &by).into_iter().map(|c| (c.name.to_string(), c.slot)).collect()
    }

    #[test]
    fn section_5_10_5_clashes() {
        let x = || Value::Int(1);
        let exact = candidate("mb", false, 0, 0, Value::Null);
        assert_eq!(winners(vec![exact, candidate("mb", true, 0, 1, x())], &[]), [("mb".to_owned(), 0)]);
        let narrow = candidate("a", true, 3, 0, x());
        assert_eq!(winners(vec![narrow, candidate("a", true, 0, 1, x())], &[]), [("a".to_owned(), 0)]);
        let same = candidate("a", true, 0, 0, x());
        assert_eq!(winners(vec![same, candidate("a", true, 0, 1, x())], &[]), [("a".to_owned(), 1)]);
        assert_eq!(
            winners(vec![candidate("host", true, 0, 0, x()), candidate("host", false, 0, 1, x())], &["host"]),
            []
        );
        assert_eq!(winners(vec![candidate("empty", true, 0, 0, Value::Null)], &[]), []);
    }
}
