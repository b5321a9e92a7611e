//! Names with points that an expression takes for a concatenation (§1.7.3).

use std::collections::BTreeSet;

use retrohunt_spl::plan::expr::ArithmeticOp;
use retrohunt_spl::plan::{Command, Expr, ExprKind, Over, Plan, StatsCommand};

/// Returns what `a.b` in the expressions of a plan would be as names of fields: a trap where the input has such a field.
pub(crate) fn names(plan: &Plan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for expr in plan.steps.iter().flat_map(|step| expressions(&step.command)) {
        expr.walk(&mut |part| {
            if matches!(part.kind, ExprKind::Arithmetic(ArithmeticOp::Concat, ..)) {
                names.extend(name(part));
            }
        });
    }
    names
}

/// The expressions of a command.
fn expressions(command: &Command) -> Vec<&Expr> {
    fn over(stats: &StatsCommand) -> impl Iterator<Item = &Expr> {
        stats.aggregates.iter().filter_map(|aggregate| match &aggregate.over {
            Over::Eval(expr) => Some(expr),
            Over::Rows | Over::Field(_) => None,
        })
    }
    match command {
        Command::Where(condition) => vec![condition],
        Command::Eval(assignments) => assignments.iter().map(|assignment| &assignment.value).collect(),
        Command::Head(head) => head.condition.iter().collect(),
        Command::Stats(stats) | Command::Eventstats(stats) => over(stats).collect(),
        Command::Streamstats(options) => {
            over(&options.stats).chain(&options.reset_before).chain(&options.reset_after).collect()
        }
        _ => Vec::new(),
    }
}

/// The name that fields joined by points spell.
fn name(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Field(name) => Some(name.clone()),
        ExprKind::Arithmetic(ArithmeticOp::Concat, left, right) => Some(format!("{}.{}", name(left)?, name(right)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retrohunt_spl::macros::Macros;

    #[test]
    fn section_1_7_3_points_between_names() {
        let names = |rule: &str| {
            let plan = retrohunt_spl::compile(rule, &Macros::shipped()).0.unwrap();
            names(&plan).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(names("* | eval x=process.name"), ["process.name"]);
        assert_eq!(names("* | where a.b.c=\"x\" | stats sum(eval(d . e)) AS s"), ["a.b", "a.b.c", "d.e"]);
        assert!(names("* | eval x=a.\"b\" | where 1.5<y").is_empty());
        // In quotes it is the field.
        assert!(names("* | where 'a.b'=1").is_empty());
    }
}
