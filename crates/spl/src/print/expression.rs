//! Expressions as SPL text (§6.1).

use std::fmt::Write as _;

use crate::escape::quote;
use crate::expr::Level;
use crate::expr::lex::is_operator;
use crate::functions::Function;
use crate::plan::expr::{ArithmeticOp, ExprCompareOp, LogicOp};
use crate::plan::{Expr, ExprKind};

/// Returns an expression as SPL text; parsing it again gives the same expression.
#[must_use]
pub fn expression(expr: &Expr) -> String {
    let mut out = String::new();
    write(&mut out, expr, Level::Xor);
    out
}

/// How tightly an expression's outermost operator binds.
fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::Logic(LogicOp::Xor, ..) => Level::Xor,
        ExprKind::Logic(LogicOp::Or, ..) => Level::Or,
        ExprKind::Logic(LogicOp::And, ..) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Compare(..) => Level::Compare,
        ExprKind::Arithmetic(ArithmeticOp::Add | ArithmeticOp::Subtract | ArithmeticOp::Concat, ..) => Level::Sum,
        ExprKind::Arithmetic(..) => Level::Product,
        ExprKind::Negate(_) => Level::Sign,
        _ => Level::Atom,
    }
}

/// Writes an expression, in parentheses if it binds less tightly than its place asks for.
fn write(out: &mut String, expr: &Expr, least: Level) {
    let level = level(expr);
    if level < least {
        out.push('(');
        write(out, expr, Level::Xor);
        out.push(')');
        return;
    }
    match &expr.kind {
        ExprKind::Text { raw, .. } => {
            let _ = write!(out, "\"{raw}\"");
        }
        ExprKind::Number(number) => out.push_str(&digits(number.0)),
        ExprKind::Bool(value) => {
            let _ = write!(out, "{value}()");
        }
        ExprKind::Null => out.push_str("null()"),
        ExprKind::Field(name) => out.push_str(&field(name)),
        ExprKind::Negate(inner) => {
            out.push('-');
            write(out, inner, Level::Atom);
        }
        ExprKind::Not(inner) => {
            out.push_str("NOT ");
            write(out, inner, Level::Not);
        }
        ExprKind::Arithmetic(op, left, right) => {
            let tighter = if level == Level::Sum { Level::Product } else { Level::Sign };
            infix(out, [(left, level), (right, tighter)], arithmetic(*op));
        }
        ExprKind::Compare(op, left, right) => {
            infix(out, [(left, Level::Sum), (right, Level::Sum)], comparison(*op));
        }
        // Chains read back as balanced trees, however they are grouped.
        ExprKind::Logic(op, left, right) => infix(out, [(left, level), (right, level)], logic(*op)),
        ExprKind::Call(function, arguments) => call(out, *function, arguments),
        ExprKind::SearchMatch(search) => {
            let _ = write!(out, "searchmatch({})", quote(&super::expr(search)));
        }
        ExprKind::Subsearch(plan) => {
            let _ = write!(out, "[{}]", super::plan(plan));
        }
    }
}

/// Writes `left op right`.
fn infix(out: &mut String, [left, right]: [(&Expr, Level); 2], op: &str) {
    write(out, left.0, left.1);
    let _ = write!(out, " {op} ");
    write(out, right.0, right.1);
}

/// Writes a call.
fn call(out: &mut String, function: Function, arguments: &[Expr]) {
    out.push_str(function.name());
    out.push('(');
    for (index, argument) in arguments.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write(out, argument, Level::Xor);
    }
    out.push(')');
}

/// A number as a rule may write it.
fn digits(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 || (1e-6..1e15).contains(&size) { number.to_string() } else { format!("{number:e}") }
}

/// A field's name, in single quotes where it must be (§1.7.3).
pub(super) fn field(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    if plain && !is_operator(name) && !name.eq_ignore_ascii_case("null") {
        return name.to_owned();
    }
    let mut out = String::from("'");
    for c in name.chars() {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// The spelling of an arithmetic operator.
fn arithmetic(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Modulo => "%",
        ArithmeticOp::Concat => ".",
    }
}

/// The spelling of a comparison.
fn comparison(op: ExprCompareOp) -> &'static str {
    match op {
        ExprCompareOp::Eq => "=",
        ExprCompareOp::Ne => "!=",
        ExprCompareOp::Lt => "<",
        ExprCompareOp::Le => "<=",
        ExprCompareOp::Gt => ">",
        ExprCompareOp::Ge => ">=",
    }
}

/// The spelling of a logical operator.
fn logic(op: LogicOp) -> &'static str {
    match op {
        LogicOp::And => "AND",
        LogicOp::Or => "OR",
        LogicOp::Xor => "XOR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let (expr, findings) = crate::expr::parse(text);
        expression(&expr.unwrap_or_else(|| panic!("{text}: {findings:?}")))
    }

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        for text in [
            "(a = 1 OR b = 2) AND c = 3",
            "NOT (a = 1 AND b = 2)",
            "a - (b - c) - d",
            "a * (b + c) / -d % 2",
            "-(-a)",
            "(a = b) = \"True\"",
            "(NOT a = 1) = \"True\"",
            "'a b' . 'it\\'s' . x:y . 'null' . 'in'",
            "if(a = 1 XOR b = 2, null(), 0.25)",
            "\"a\\\"b\" = c",
        ] {
            assert_eq!(printed(text), text);
        }
        assert_eq!(printed("((a)) in(1,2) and b like \"c\""), "in(a, 1, 2) AND like(b, \"c\")");
        assert_eq!(printed("searchmatch(\"a=\\\"b c\\\" d\")"), "searchmatch(\"a=\\\"b c\\\" \\\"d\\\"\")");
        assert_eq!(printed("1e300 > 1e-9"), "1e300 > 1e-9");
    }
}
