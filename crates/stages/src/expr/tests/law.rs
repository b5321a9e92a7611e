//! Law: a column at a time, row by row, and split in parts, any expression gives the same over any columns.

use arrow_array::{BooleanArray, NullArray, UInt64Array};
use proptest::prelude::*;
use retrohunt_spl::functions::Function as F;
use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp, Literal, LogicOp};
use retrohunt_spl::plan::{CompareOp, Comparison, ExprKind, FieldRef, Glob, SearchExpr};
use retrohunt_spl::span::Span;

use super::*;
use crate::kernels::value::mixed;

/// Texts from the corners.
const TEXTS: [&str; 16] = [
    "",
    "1",
    "1.0",
    "01",
    "-2",
    "10",
    "9",
    "x",
    "é",
    "0.1",
    "1e300",
    "X%_",
    "(",
    "true",
    "10.0.0.1",
    "9007199254740993",
];

/// Names of the fields.
const FIELDS: [&str; 5] = ["a", "b", "c", "d", "_time"];

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn field() -> impl Strategy<Value = Expr> {
    (0..FIELDS.len()).prop_map(|at| expr(ExprKind::Field(FIELDS[at].to_owned())))
}

fn literal() -> impl Strategy<Value = Expr> {
    (0..TEXTS.len()).prop_map(|at| {
        let value = TEXTS[at].to_owned();
        // A literal pattern must compile.
        let value = if value == "(" { "^.$".to_owned() } else { value };
        expr(ExprKind::Text { raw: value.clone(), value })
    })
}

fn leaf() -> impl Strategy<Value = Expr> {
    let number = prop::sample::select(vec![0.0, 1.0, -2.0, 10.0, 0.1, 1e15, 9.0]);
    prop_oneof![
        6 => field(),
        3 => literal(),
        2 => number.prop_map(|number| expr(ExprKind::Number(Literal(number)))),
        1 => Just(expr(ExprKind::Null)),
        1 => any::<bool>().prop_map(|value| expr(ExprKind::Bool(value))),
    ]
}

fn call(function: F, arguments: Vec<Expr>) -> Expr {
    expr(ExprKind::Call(function, arguments))
}

fn search() -> impl Strategy<Value = Expr> {
    (0..FIELDS.len(), 0..TEXTS.len()).prop_map(|(field, value)| {
        let (field, value) = (FieldRef::plain(FIELDS[field]), Glob::new(TEXTS[value]));
        let comparison = Comparison { field, op: CompareOp::Eq, value, case: false, span: Span::default() };
        expr(ExprKind::SearchMatch(Box::new(SearchExpr::Compare(comparison))))
    })
}

/// Expressions of either kind: a value in the place of a condition is false, a condition in that of a value has a wrong type.
fn tree() -> impl Strategy<Value = Expr> {
    let ops = prop::sample::select(vec![
        ArithmeticOp::Add,
        ArithmeticOp::Subtract,
        ArithmeticOp::Multiply,
        ArithmeticOp::Divide,
        ArithmeticOp::Modulo,
        ArithmeticOp::Concat,
    ]);
    let compares = prop::sample::select(vec![
        ExprCompareOp::Eq,
        ExprCompareOp::Ne,
        ExprCompareOp::Lt,
        ExprCompareOp::Le,
        ExprCompareOp::Gt,
        ExprCompareOp::Ge,
    ]);
    let logic = prop::sample::select(vec![LogicOp::And, LogicOp::Or, LogicOp::Xor]);
    let unary = prop::sample::select(vec![
        F::IsNull,
        F::IsNotNull,
        F::IsNum,
        F::IsStr,
        F::IsMv,
        F::TypeOf,
        F::Len,
        F::Lower,
        F::Trim,
        F::ToString,
        F::ToNumber,
        F::Coalesce,
        F::Md5,
        F::Abs,
        F::MvCount,
        F::MvSort,
        F::MvAppend,
        F::Max,
    ]);
    let binary = prop::sample::select(vec![
        F::Match,
        F::Like,
        F::CidrMatch,
        F::In,
        F::Substr,
        F::Split,
        F::NullIf,
        F::Coalesce,
        F::Case,
        F::MvFind,
        F::Trim,
        F::MvAppend,
        F::MvIndex,
        F::MvJoin,
        F::MvZip,
        F::Round,
        F::Min,
    ]);
    let ternary = prop::sample::select(vec![F::If, F::In, F::Coalesce, F::Substr, F::Replace, F::MvIndex, F::MvAppend]);
    prop_oneof![8 => leaf(), 1 => search()].prop_recursive(5, 40, 3, move |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            1 => boxed().prop_map(|inner| expr(ExprKind::Negate(inner))),
            1 => boxed().prop_map(|inner| expr(ExprKind::Not(inner))),
            3 => (ops.clone(), boxed(), boxed()).prop_map(|(op, a, b)| expr(ExprKind::Arithmetic(op, a, b))),
            5 => (compares.clone(), boxed(), boxed()).prop_map(|(op, a, b)| expr(ExprKind::Compare(op, a, b))),
            3 => (logic.clone(), boxed(), boxed()).prop_map(|(op, a, b)| expr(ExprKind::Logic(op, a, b))),
            3 => (unary.clone(), inner.clone()).prop_map(|(function, a)| call(function, vec![a])),
            4 => (binary.clone(), pair()).prop_map(|(function, (a, b))| call(function, vec![a, b])),
            2 => (field(), literal()).prop_map(|(a, b)| call(F::Match, vec![a, b])),
            3 => (ternary.clone(), pair(), inner.clone()).prop_map(|(function, (a, b), c)| call(function, vec![a, b, c])),
            1 => (pair(), pair()).prop_map(|((a, b), (c, d))| call(F::Case, vec![a, b, c, d])),
            1 => (pair(), pair()).prop_map(|((a, b), (c, d))| call(F::Validate, vec![a, b, c, d])),
            1 => (field(), inner.clone()).prop_map(|(a, b)| call(F::MvMap, vec![a, b])),
            1 => inner.clone().prop_map(|a| call(F::MvFilter, vec![a])),
        ]
    })
}

/// A column of one of the canonical types.
fn column(kind: usize, cells: &[usize]) -> ArrayRef {
    // Every fourth cell is ∅.
    let text = |cell: &usize| (cell % 4 != 3).then(|| TEXTS[cell / 4 % TEXTS.len()]);
    let number = |cell: &usize| text(cell).and_then(|text| text.parse::<f64>().ok());
    let integer = |cell: &usize| text(cell).and_then(|text| text.parse::<i64>().ok());
    let rows = cells.iter();
    match kind {
        0 => Arc::new(rows.map(text).collect::<StringArray>()),
        1 => Arc::new(rows.map(integer).collect::<Int64Array>()),
        2 => Arc::new(rows.map(number).collect::<Float64Array>()),
        3 => Arc::new(
            rows.map(|cell| integer(cell).and_then(|value| u64::try_from(value).ok())).collect::<UInt64Array>(),
        ),
        4 => {
            let list = |cell: &usize| -> Vec<&str> {
                (0..cell % 4).map(|at| TEXTS[(cell / 4 + at * 5) % TEXTS.len()]).collect()
            };
            let rows: Vec<Vec<&str>> = rows.map(list).collect();
            lists(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
        }
        5 => Arc::new(rows.map(|cell| text(cell).map(|text| text.len() > 1)).collect::<BooleanArray>()),
        6 => {
            let micros: TimestampMicrosecondArray =
                rows.map(|cell| integer(cell).map(|value| value % 1000 * 500_000)).collect();
            Arc::new(micros.with_timezone("UTC"))
        }
        7 => {
            let texts: StringArray = cells.iter().map(text).collect();
            let is_number = |cell: &usize| {
                Some(cell.is_multiple_of(3) && ["1", "-2", "10", "9", "0.1"].contains(&text(cell).unwrap_or("")))
            };
            mixed(texts, cells.iter().map(is_number).collect())
        }
        _ => Arc::new(NullArray::new(cells.len())),
    }
}

fn batches() -> impl Strategy<Value = Batch> {
    let kinds = prop::collection::vec(prop_oneof![3 => Just(0_usize), 2 => Just(4_usize), 5 => 0..9_usize], 4);
    (kinds, prop::collection::vec(prop::collection::vec(0..256_usize, 5), 1..70)).prop_map(|(kinds, rows)| {
        let cells = |field: usize| rows.iter().map(|row| row[field]).collect::<Vec<_>>();
        let mut columns = vec![("_time", column(6, &cells(4)))];
        for (at, kind) in kinds.iter().enumerate() {
            // The last kind is a field that the batch does not have.
            if *kind < 8 {
                columns.push((FIELDS[at], column(*kind, &cells(at))));
            }
        }
        batch(&columns)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn columns_rows_and_parts_agree(tree in tree(), batch in batches(), cut in 0..70_usize) {
        let Ok(evaluator) = Evaluator::new(&tree, &Settings::default()) else { return Ok(()) };
        let cut = cut.min(batch.rows());
        let parts = [part(&batch, 0, cut), part(&batch, cut, batch.rows())];

        let mut notes = Notes::default();
        let whole = column_values(&evaluator.column(&batch, &mut notes));
        let plain = plain_values(&evaluator, &batch);
        prop_assert_eq!(whole.iter().map(essence).collect::<Vec<_>>(), plain.iter().map(essence).collect::<Vec<_>>());
        let mut split_notes = Notes::default();
        let split: Vec<Value> =
            parts.iter().flat_map(|part| column_values(&evaluator.column(part, &mut split_notes))).collect();
        prop_assert_eq!(&split, &whole);
        prop_assert_eq!(&split_notes, &notes);

        let mut notes = Notes::default();
        let bits: Vec<bool> = evaluator.filter(&batch, &mut notes).iter().collect();
        let scope = Scope::new(&evaluator.program, &batch, &evaluator.settings);
        let plain: Vec<bool> =
            (0..batch.rows()).map(|row| evaluator.program.root.truth(&scope, &Frame::of_row(row)) == Ok(true)).collect();
        prop_assert_eq!(&bits, &plain);
        let mut split_notes = Notes::default();
        let split: Vec<bool> =
            parts.iter().flat_map(|part| evaluator.filter(part, &mut split_notes).iter().collect::<Vec<_>>()).collect();
        prop_assert_eq!(&split, &bits);
        prop_assert_eq!(&split_notes, &notes);
    }
}
