//! Which output columns a `stats` has: wildcards and name clashes (§5.10.2, §5.10.4, §5.10.5).

use retrohunt_spl::plan::{Aggregate, AggregateFunc, BinSpan, Expr, FieldPattern, Glob, Over, StatsCommand};

use super::row::Field;

/// One output column of a `stats`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// The function.
    pub(super) func: AggregateFunc,
    /// The field, none for a count of rows and for an expression.
    pub(super) field: Option<String>,
    /// The expression, if it is over one.
    pub(super) expr: Option<Expr>,
    /// The column's name.
    pub(super) name: String,
    /// Is it kept when empty (§9.6)?
    pub(super) named: bool,
    /// Is it one for each bin of time, and of which width if one was written?
    pub(super) sparkline: Option<Option<BinSpan>>,
    /// How well it holds its name against others: written without a wildcard, literal characters of the pattern (§5.10.5).
    rank: (bool, usize),
}

impl Output {
    /// Did a wildcard in the argument expand to it?
    pub(super) fn expanded(&self) -> bool {
        !self.rank.0
    }
}

/// Returns the aggregate columns in order, clashes settled; the error is a name that was written twice.
pub(super) fn outputs(command: &StatsCommand, present: &[Field]) -> Result<Vec<Output>, String> {
    let mut all: Vec<Output> = command.aggregates.iter().flat_map(|a| one(a, command, present)).collect();
    all.retain(|output| !command.by.contains(&output.name));
    let mut kept: Vec<Output> = Vec::new();
    for (index, output) in all.iter().enumerate() {
        let rivals = || all.iter().enumerate().filter(|(other, rival)| *other != index && rival.name == output.name);
        if output.rank.0 && rivals().any(|(_, rival)| rival.rank.0) {
            return Err(output.name.clone());
        }
        // Of two of equal rank the later wins.
        let beaten = rivals().any(|(other, rival)| (rival.rank, other) > (output.rank, index));
        if !beaten {
            kept.push(output.clone());
        }
    }
    Ok(kept)
}

/// Returns the columns of one aggregate.
fn one(aggregate: &Aggregate, command: &StatsCommand, present: &[Field]) -> Vec<Output> {
    let (func, sparkline) = (aggregate.func, aggregate.sparkline.clone());
    let Some(pattern) = aggregate.field() else {
        let name = aggregate.alias.as_ref().map_or_else(|| aggregate.default_name.clone(), Glob::text);
        let expr = match &aggregate.over {
            Over::Eval(expr) => Some(expr.clone()),
            Over::Rows | Over::Field(_) => None,
        };
        return vec![Output { func, field: None, expr, name, named: true, sparkline, rank: (true, 0) }];
    };
    if let Some(field) = pattern.glob.literal() {
        let name = aggregate.alias.as_ref().map_or_else(|| aggregate.default_name.clone(), Glob::text);
        let field = Some(field.to_owned());
        return vec![Output { func, field, expr: None, name, named: true, sparkline, rank: (true, 0) }];
    }
    let literal = pattern.glob.pieces.iter().map(|piece| piece.chars().count()).sum();
    let mut fields: Vec<&Field> = present.iter().filter(|field| expands(pattern, &field.name, &command.by)).collect();
    fields.sort_by(|left, right| left.name.cmp(&right.name));
    let output = |field: &Field| {
        let name = match &aggregate.alias {
            Some(alias) => fill(alias, &captures(&pattern.glob, &field.name)),
            None => format!("{}({})", func.name(), field.name),
        };
        let (field, named) = (Some(field.name.clone()), field.named);
        Output { func, field, expr: None, name, named, sparkline: sparkline.clone(), rank: (false, literal) }
    };
    fields.into_iter().map(output).collect()
}

/// Does a wildcard argument take this field? By-fields and fields that begin with `_` are left out (§5.10.4).
fn expands(pattern: &FieldPattern, name: &str, by: &[String]) -> bool {
    pattern.selects(name) && !name.starts_with('_') && !by.iter().any(|field| field == name)
}

/// Returns what each `*` of a pattern stands for in a name that it selects.
pub(super) fn captures(glob: &Glob, name: &str) -> Vec<String> {
    let [first, middle @ .., last] = glob.pieces.as_slice() else { return Vec::new() };
    let mut rest = name.strip_prefix(first.as_str()).unwrap_or_default();
    let mut found = Vec::new();
    for piece in middle {
        let (before, after) = rest.split_once(piece.as_str()).unwrap_or((rest, ""));
        found.push(before.to_owned());
        rest = after;
    }
    found.push(rest.strip_suffix(last.as_str()).unwrap_or(rest).to_owned());
    found
}

/// Returns an alias with its `*` filled in.
pub(super) fn fill(alias: &Glob, captures: &[String]) -> String {
    let mut name = String::new();
    for (index, piece) in alias.pieces.iter().enumerate() {
        name.push_str(piece);
        if index + 1 < alias.pieces.len() {
            name.push_str(captures.get(index).map_or("", String::as_str));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_fill_aliases() {
        let name = fill(&Glob::new("s_*_*"), &captures(&Glob::new("a*_b*"), "ax_by"));
        assert_eq!(name, "s_x_y");
        assert_eq!(captures(&Glob::new("*"), "abc"), ["abc"]);
    }
}
