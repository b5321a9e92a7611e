//! Values a column at a time.

use std::borrow::Cow;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::expr::ArithmeticOp;

use super::cell::Cell;
use super::mask::{Rows, either};
use super::node::{Choice, Node};
use super::row;
use super::scope::{Frame, Scope};
use super::typing;
use crate::faults::fault;
use crate::kernels::number::{Number, seconds};
use crate::kernels::value::Column;

/// Most bytes of the texts of one column: arrow counts them in 32 bits. Tests meet the limit sooner.
const MOST_BYTES: usize = if cfg!(test) { 1 << 24 } else { i32::MAX as usize };

/// Most bytes of the texts of one column of so many rows. Texts that double from command to command meet it long before memory ends.
pub(super) fn most_bytes(rows: usize) -> usize {
    MOST_BYTES.min(rows.saturating_mul(1 << 16).max(1 << 28))
}

/// One value a row. Rows that were not asked about have any value.
pub(super) enum Vector<'b> {
    /// The same in every row.
    Same(Cell<'b>),
    /// A source column, and its array if there is one.
    Field(Column<'b>, Option<&'b ArrayRef>),
    /// Results of arithmetic; NaN is ∅.
    Numbers(Vec<f64>),
    /// Strings.
    Texts(StringArray),
    /// Any values.
    Cells(Vec<Cell<'b>>),
    /// In each row, the value of one of several vectors.
    Pick {
        /// Which, by row.
        which: Vec<u16>,
        /// The vectors.
        of: Vec<Vector<'b>>,
    },
}

/// A vector, and the rows in which it depends on what could not be decided (§5.6.8).
pub(super) struct Values<'b> {
    /// The values.
    pub(super) vector: Vector<'b>,
    /// Those rows, if there are any.
    pub(super) undecided: Option<BooleanBuffer>,
}

impl Vector<'_> {
    /// The value in a row.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Same(cell) => cell.borrowed(),
            Self::Field(column, _) => Cell::of_column(column, row),
            Self::Numbers(numbers) => Cell::of_f64(numbers[row]),
            Self::Texts(texts) if texts.is_valid(row) => Cell::Text(Cow::Borrowed(texts.value(row))),
            Self::Texts(_) => Cell::Null,
            Self::Cells(cells) => cells[row].borrowed(),
            Self::Pick { which, of } => of[usize::from(which[row])].cell(row),
        }
    }

    /// The numbers of a vector that holds only numbers, NaN for ∅; `None` if it may hold anything else.
    fn numbers(&self, rows: &Rows) -> Option<Cow<'_, [f64]>> {
        let numbers = match self {
            Self::Numbers(numbers) => return Some(Cow::Borrowed(numbers)),
            Self::Same(Cell::Int(_) | Cell::UInt(_) | Cell::Float(_) | Cell::Time(_)) | Self::Same(Cell::Null) => {
                let Self::Same(cell) = self else { return None };
                vec![cell.number().map_or(f64::NAN, Number::to_f64); rows.len()]
            }
            Self::Field(column, _) => {
                let mut numbers = vec![f64::NAN; rows.len()];
                match column {
                    Column::Int(array) => {
                        rows.for_each(|row| {
                            if array.is_valid(row) {
                                numbers[row] = array.value(row) as f64;
                            }
                        });
                    }
                    Column::UInt(array) => {
                        rows.for_each(|row| {
                            if array.is_valid(row) {
                                numbers[row] = array.value(row) as f64;
                            }
                        });
                    }
                    Column::Float(array) => {
                        rows.for_each(|row| {
                            if array.is_valid(row) {
                                numbers[row] = array.value(row);
                            }
                        });
                    }
                    Column::Time(array) => {
                        rows.for_each(|row| {
                            if array.is_valid(row) {
                                numbers[row] = seconds(array.value(row));
                            }
                        });
                    }
                    Column::Missing => {}
                    _ => return None,
                }
                numbers
            }
            _ => return None,
        };
        Some(Cow::Owned(numbers))
    }
}

impl<'b> Values<'b> {
    /// Values that are all decided.
    fn decided(vector: Vector<'b>) -> Self {
        Self { vector, undecided: None }
    }
}

impl Node {
    /// The values in these rows. The same as [`Node::cell`] row by row.
    pub(super) fn vector<'b>(&'b self, scope: &Scope<'b>, rows: &Rows) -> Values<'b> {
        match self {
            Self::Constant(cell) => Values::decided(Vector::Same(cell.borrowed())),
            Self::Field(slot) => {
                let (column, array) = scope.columns[*slot];
                Values::decided(Vector::Field(column, array))
            }
            Self::Negate(inner) => {
                let zero = Values::decided(Vector::Same(Cell::Int(0)));
                operate(ArithmeticOp::Subtract, zero, inner.vector(scope, rows), scope, rows)
            }
            Self::Arithmetic(op, left, right) => {
                operate(*op, left.vector(scope, rows), right.vector(scope, rows), scope, rows)
            }
            Self::Choose(choice) if choice.arms.len() < usize::from(u16::MAX) => choose(choice, scope, rows),
            Self::Coalesce(nodes) if nodes.len() < usize::from(u16::MAX) => coalesce(nodes, scope, rows),
            _ => self.cells(scope, rows),
        }
    }

    /// The values in these rows, found one by one.
    pub(super) fn cells<'b>(&'b self, scope: &Scope<'b>, rows: &Rows) -> Values<'b> {
        collect(rows, scope, |row| self.cell(scope, &Frame::of_row(row)))
    }
}

/// Values of each row asked about. Stops with a finding where they hold more text than a column can.
fn collect<'b, E>(rows: &Rows, scope: &Scope<'b>, mut value: impl FnMut(usize) -> Result<Cell<'b>, E>) -> Values<'b> {
    let mut cells = vec![Cell::Null; rows.len()];
    let mut bytes = 0_usize;
    let mut undecided = Vec::new();
    let most = most_bytes(rows.len());
    rows.for_each(|row| {
        if bytes > most {
            return;
        }
        match value(row) {
            Ok(cell) => {
                bytes = bytes.saturating_add(owned_bytes(&cell));
                cells[row] = cell;
            }
            Err(_) => undecided.push(row),
        }
    });
    if bytes > most {
        scope.too_large();
    }
    let undecided = (!undecided.is_empty()).then(|| {
        let mut rows_left = undecided.into_iter().peekable();
        BooleanBuffer::collect_bool(rows.len(), |row| rows_left.next_if_eq(&row).is_some())
    });
    Values { vector: Vector::Cells(cells), undecided }
}

/// The bytes that a value holds itself.
fn owned_bytes(cell: &Cell<'_>) -> usize {
    let bytes = |text: &Cow<'_, str>| if let Cow::Owned(text) = text { text.len() } else { 0 };
    match cell {
        Cell::Field(text) | Cell::Text(text) => bytes(text),
        Cell::Multi(texts) => texts.iter().map(|text| bytes(text) + size_of_val(text)).sum(),
        _ => 0,
    }
}

/// `left op right`.
fn operate<'b>(op: ArithmeticOp, left: Values<'b>, right: Values<'b>, scope: &Scope<'b>, rows: &Rows) -> Values<'b> {
    let undecided = either(left.undecided, right.undecided);
    let (left, right) = (left.vector, right.vector);
    // An undecided row is not looked at again: it has no value that could give a finding.
    let decided = match &undecided {
        Some(bits) => Rows::Some(&rows.bits() & &!bits),
        None => rows.clone(),
    };
    let vector = if op == ArithmeticOp::Concat {
        concat(&left, &right, scope, &decided)
    } else if let (Some(left), Some(right)) = (left.numbers(&decided), right.numbers(&decided)) {
        let result = |(left, right): (&f64, &f64)| {
            let value = typing::arithmetic_f64(op, *left, *right);
            if value.is_finite() { value } else { f64::NAN }
        };
        Vector::Numbers(left.iter().zip(right.iter()).map(result).collect())
    } else {
        let value = |row| Ok::<_, ()>(row::operate(scope, op, &left.cell(row), &right.cell(row)));
        collect(&decided, scope, value).vector
    };
    Values { vector, undecided }
}

/// `left . right`, written into one buffer.
fn concat<'b>(left: &Vector<'b>, right: &Vector<'b>, scope: &Scope<'b>, rows: &Rows) -> Vector<'b> {
    let mut texts = StringBuilder::with_capacity(rows.len(), 0);
    let mut scratch = String::new();
    let mut bytes = 0_usize;
    let mut next = 0;
    let most = most_bytes(rows.len());
    rows.for_each(|row| {
        while next < row {
            texts.append_null();
            next += 1;
        }
        next += 1;
        scratch.clear();
        let there = bytes <= most
            && match typing::write_concat(&left.cell(row), &right.cell(row), &mut scratch) {
                Ok(there) => there,
                Err(multivalue) => !scope.single(Err(multivalue)).is_null(),
            };
        bytes = bytes.saturating_add(scratch.len());
        if there && bytes <= most { texts.append_value(&scratch) } else { texts.append_null() }
    });
    if bytes > most {
        scope.too_large();
    }
    for _ in next..rows.len() {
        texts.append_null();
    }
    Vector::Texts(texts.finish())
}

/// What is left of the rows asked about, and which of the vectors so far each of the others takes.
struct Picking<'b> {
    /// By row.
    which: Vec<u16>,
    /// The vectors.
    of: Vec<Vector<'b>>,
    /// Rows that could not be decided.
    undecided: Option<BooleanBuffer>,
    /// Rows that have no value yet.
    open: BooleanBuffer,
}

impl<'b> Picking<'b> {
    /// Nothing is picked yet; the first vector is ∅.
    fn new(rows: &Rows) -> Self {
        Self { which: vec![0; rows.len()], of: vec![Vector::Same(Cell::Null)], undecided: None, open: rows.bits() }
    }

    /// The open rows.
    fn rows(&self) -> Rows {
        if self.open.count_set_bits() == self.open.len() {
            Rows::All(self.open.len())
        } else {
            Rows::Some(self.open.clone())
        }
    }

    /// Is no row open?
    fn done(&self) -> bool {
        self.open.count_set_bits() == 0
    }

    /// Gives some of the open rows a vector's values.
    fn take(&mut self, rows: &BooleanBuffer, vector: Vector<'b>) {
        let place = u16::try_from(self.of.len()).unwrap_or(0);
        self.of.push(vector);
        for row in rows.set_indices() {
            self.which[row] = place;
        }
        self.open = &self.open & &!rows;
    }

    /// Takes rows out that could not be decided.
    fn give_up(&mut self, undecided: Option<BooleanBuffer>) {
        if let Some(rows) = undecided {
            self.open = &self.open & &!&rows;
            self.undecided = either(self.undecided.take(), Some(rows));
        }
    }

    /// The values; rows that are still open are ∅.
    fn finish(self) -> Values<'b> {
        Values { vector: Vector::Pick { which: self.which, of: self.of }, undecided: self.undecided }
    }
}

/// `if`, `case`, `validate`: conditions are evaluated for the rows that no arm before has taken, values for those that take them.
fn choose<'b>(choice: &'b Choice, scope: &Scope<'b>, rows: &Rows) -> Values<'b> {
    let mut picking = Picking::new(rows);
    for (condition, value) in &choice.arms {
        if picking.done() {
            return picking.finish();
        }
        let mask = condition.mask(scope, &picking.rows());
        picking.give_up(mask.undecided);
        let taken = if choice.wanted { mask.yes } else { &picking.open & &!&mask.yes };
        if taken.count_set_bits() > 0 {
            let values = value.vector(scope, &Rows::Some(taken.clone()));
            picking.take(&taken, values.vector);
            picking.undecided = either(picking.undecided.take(), values.undecided);
        }
    }
    if !picking.done() {
        let values = choice.otherwise.vector(scope, &picking.rows());
        let taken = picking.open.clone();
        picking.take(&taken, values.vector);
        picking.undecided = either(picking.undecided.take(), values.undecided);
    }
    picking.finish()
}

/// `coalesce`: each argument is evaluated for the rows in which all before are ∅.
fn coalesce<'b>(nodes: &'b [Node], scope: &Scope<'b>, rows: &Rows) -> Values<'b> {
    let mut picking = Picking::new(rows);
    for node in nodes {
        if picking.done() {
            break;
        }
        let asked = picking.rows();
        let values = node.vector(scope, &asked);
        picking.give_up(values.undecided);
        let present = picking.rows().collect(|row| match &values.vector {
            Vector::Field(column, _) => column.is_present(row),
            vector => !vector.cell(row).is_null(),
        });
        let present = if fault("stages-coalesce-takes-null") { picking.open.clone() } else { present };
        picking.take(&present, values.vector);
    }
    picking.finish()
}
