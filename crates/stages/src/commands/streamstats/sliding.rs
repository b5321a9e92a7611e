//! An aggregate over a window: rows enter at its end and leave at its front, and the value is at hand after each step.
//!
//! What leaves is always what entered first, so sums are undone exactly ([`crate::kernels::total`]), and for the least, greatest,
//! earliest and latest value only candidates are kept that a later row does not beat.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hashbrown::HashMap;
use retrohunt_spl::plan::AggregateFunc;

use super::sorted::Sorted;
use crate::aggregate::cell::Cell;
use crate::aggregate::moments::Moments;
use crate::aggregate::numbers::double_of;
use crate::aggregate::{count_value, extreme, moment_value, perc, range, timed};
use crate::faults::fault;
use crate::kernels::number::Number;
use crate::kernels::value::{Column, ValueRef};
use crate::table::Value;

/// The rows' candidates for the best of a window: each is better than all behind it.
#[derive(Clone, Debug)]
struct Best<T> {
    /// Candidates with their rows.
    queue: VecDeque<(usize, T)>,
}

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self { queue: VecDeque::new() }
    }
}

impl<T> Best<T> {
    /// Takes a value in; `beats`: is the first better than the second?
    fn push(&mut self, row: usize, value: T, beats: impl Fn(&T, &T) -> bool) {
        while self.queue.back().is_some_and(|(_, last)| !beats(last, &value)) {
            self.queue.pop_back();
        }
        self.queue.push_back((row, value));
    }

    /// Forgets a row, the first one of the window.
    fn expire(&mut self, row: usize) {
        while self.queue.front().is_some_and(|(first, _)| *first <= row) {
            self.queue.pop_front();
        }
    }

    /// The best.
    fn get(&self) -> Option<&T> {
        self.queue.front().map(|(_, value)| value)
    }
}

/// A value with its time and place.
type Placed = (i64, (usize, u32), Cell);

/// What is kept of a window.
#[derive(Clone, Debug)]
enum Kept {
    /// How many rows or values.
    Count(u64),
    /// Sums.
    Moments(Box<Moments>),
    /// Distinct texts, and how often each.
    Texts(BTreeMap<String, u64>),
    /// All texts in order.
    List(VecDeque<String>),
    /// Candidates for the least or greatest.
    Extreme(Best<(Cell, Option<Number>)>),
    /// Candidates for the least and for the greatest number.
    Range(Best<Number>, Best<Number>),
    /// All values in order.
    Edge(VecDeque<Cell>),
    /// How often each text, and the texts by that.
    Mode(HashMap<String, u64>, BTreeSet<(Reverse<u64>, String)>),
    /// Numbers in order.
    Numbers(Sorted),
    /// Candidates for the earliest and for the latest.
    Timed(Best<Placed>, Best<Placed>),
}

/// An aggregate over a window.
#[derive(Clone, Debug)]
pub(super) struct Sliding {
    /// Which it is.
    func: AggregateFunc,
    /// It is ∅ while the window holds a value that is no number.
    allnum: bool,
    /// How many such values the window holds.
    others: u64,
    /// What is kept.
    kept: Kept,
}

/// A row of the input for one aggregate.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// Its number.
    pub(super) row: usize,
    /// Its time in microseconds.
    pub(super) time: Option<i64>,
    /// The column with its values; none for a count of rows.
    pub(super) column: Option<Column<'a>>,
}

/// Is the function over squares?
fn squared(func: AggregateFunc) -> bool {
    use AggregateFunc as F;
    matches!(func, F::SumSq | F::Var | F::VarP | F::Stdev | F::StdevP)
}

impl Sliding {
    /// An empty window.
    pub(super) fn new(func: AggregateFunc, allnum: bool) -> Self {
        use AggregateFunc as F;
        let kept = match func {
            F::Count => Kept::Count(0),
            F::Dc | F::Values => Kept::Texts(BTreeMap::new()),
            F::List => Kept::List(VecDeque::new()),
            F::Min | F::Max => Kept::Extreme(Best::default()),
            F::First | F::Last => Kept::Edge(VecDeque::new()),
            F::Sum | F::Avg | F::SumSq | F::Var | F::VarP | F::Stdev | F::StdevP => Kept::Moments(Box::default()),
            F::Range => Kept::Range(Best::default(), Best::default()),
            F::Mode => Kept::Mode(HashMap::new(), BTreeSet::new()),
            F::Perc(_) | F::ExactPerc(_) => Kept::Numbers(Sorted::default()),
            F::Earliest | F::Latest | F::EarliestTime | F::LatestTime | F::Rate => {
                Kept::Timed(Best::default(), Best::default())
            }
        };
        Self { func, allnum, others: 0, kept }
    }

    /// Takes a row in at the end of the window.
    pub(super) fn add(&mut self, entry: Entry<'_>) {
        match entry.column {
            None => {
                if let Kept::Count(count) = &mut self.kept {
                    *count += 1;
                }
            }
            Some(column) => column.for_each(entry.row, |position, value| self.add_value(entry, position, value)),
        }
    }

    /// Takes a value in.
    fn add_value(&mut self, entry: Entry<'_>, position: u32, value: ValueRef<'_>) {
        let (row, func) = (entry.row, self.func);
        match &mut self.kept {
            Kept::Count(count) => *count += 1,
            Kept::Moments(moments) => moments.change(value, squared(func), false),
            Kept::Texts(texts) => *texts.entry(value.text().into_owned()).or_insert(0) += 1,
            Kept::List(texts) => texts.push_back(value.text().into_owned()),
            Kept::Edge(cells) => cells.push_back(Cell::new(value)),
            Kept::Extreme(best) => {
                let greatest = func == AggregateFunc::Max;
                best.push(row, (Cell::new(value), value.number()), |a, b| {
                    extreme::better((a.0.value(), a.1), (b.0.value(), b.1), greatest)
                });
            }
            Kept::Range(low, high) => match value.number().filter(|number| number.to_f64().is_finite()) {
                Some(number) => {
                    low.push(row, number, |a, b| a.compare(*b) == Ordering::Less);
                    high.push(row, number, |a, b| a.compare(*b) == Ordering::Greater);
                }
                None => self.others += 1,
            },
            Kept::Mode(counts, order) => recount(counts, order, &value.text(), true),
            Kept::Numbers(numbers) => match double_of(value) {
                Some(number) => numbers.insert(number),
                None => self.others += 1,
            },
            Kept::Timed(earliest, latest) => {
                let Some(time) = entry.time else { return };
                let placed = || (time, (row, position), Cell::new(value));
                earliest.push(row, placed(), |a, b| timed::wins((a.0, a.1), (b.0, b.1), false));
                latest.push(row, placed(), |a, b| timed::wins((a.0, a.1), (b.0, b.1), true));
            }
        }
    }

    /// Takes the first row of the window out.
    pub(super) fn remove(&mut self, entry: Entry<'_>) {
        match &mut self.kept {
            Kept::Extreme(best) => best.expire(entry.row),
            Kept::Timed(earliest, latest) => {
                earliest.expire(entry.row);
                latest.expire(entry.row);
            }
            Kept::Count(count) if entry.column.is_none() => *count = count.saturating_sub(1),
            _ => {
                if let Some(column) = entry.column {
                    column.for_each(entry.row, |_, value| self.remove_value(entry.row, value));
                }
            }
        }
    }

    /// Takes a value out.
    fn remove_value(&mut self, row: usize, value: ValueRef<'_>) {
        match &mut self.kept {
            Kept::Count(count) => *count = count.saturating_sub(1),
            Kept::Moments(moments) => moments.change(value, squared(self.func), true),
            Kept::Texts(texts) => {
                let text = value.text();
                if let Some(count) = texts.get_mut(text.as_ref()) {
                    *count -= 1;
                    if *count == 0 {
                        texts.remove(text.as_ref());
                    }
                }
            }
            Kept::List(texts) => drop(texts.pop_front()),
            Kept::Edge(cells) => drop(cells.pop_front()),
            Kept::Range(low, high) => {
                low.expire(row);
                high.expire(row);
                if value.number().is_none_or(|number| !number.to_f64().is_finite()) {
                    self.others = self.others.saturating_sub(1);
                }
            }
            Kept::Mode(counts, order) => recount(counts, order, &value.text(), false),
            Kept::Numbers(numbers) => match double_of(value) {
                Some(number) => numbers.remove(number),
                None => self.others = self.others.saturating_sub(1),
            },
            Kept::Extreme(_) | Kept::Timed(..) => {}
        }
    }

    /// The value over the window as it is.
    pub(super) fn value(&self) -> Value {
        let others = if let Kept::Moments(moments) = &self.kept { moments.others } else { self.others };
        if self.allnum && others > 0 {
            return Value::Null;
        }
        match &self.kept {
            Kept::Count(count) => count_value(*count),
            Kept::Moments(moments) => moment_value(self.func, moments),
            Kept::Texts(texts) if self.func == AggregateFunc::Dc => count_value(texts.len() as u64),
            Kept::Texts(texts) => Value::from_texts(texts.keys().cloned().collect()),
            Kept::List(texts) => Value::from_texts(texts.iter().cloned().collect()),
            Kept::Extreme(best) => best.get().map_or(Value::Null, |(cell, _)| cell.clone().into_value()),
            Kept::Range(low, high) => {
                low.get().zip(high.get()).map_or(Value::Null, |(low, high)| range::difference(*low, *high))
            }
            Kept::Edge(cells) => {
                let cell = if (self.func == AggregateFunc::First) != fault("stages-window-first-is-last") {
                    cells.front()
                } else {
                    cells.back()
                };
                cell.map_or(Value::Null, |cell| cell.clone().into_value())
            }
            Kept::Mode(_, order) => order.first().map_or(Value::Null, |(_, text)| Value::Text(text.clone())),
            Kept::Numbers(numbers) => perc::value(self.func, numbers.len(), |at| numbers.at(at)),
            Kept::Timed(earliest, latest) => {
                let ends = earliest.get().zip(latest.get());
                timed::value(self.func, ends.map(|(a, b)| ((a.0, &a.2), (b.0, &b.2))))
            }
        }
    }
}

/// Counts a text up or down.
fn recount(counts: &mut HashMap<String, u64>, order: &mut BTreeSet<(Reverse<u64>, String)>, text: &str, up: bool) {
    let old = counts.get(text).copied().unwrap_or(0);
    let new = if up { old + 1 } else { old.saturating_sub(1) };
    order.remove(&(Reverse(old), text.to_owned()));
    if new == 0 {
        counts.remove(text);
    } else {
        counts.insert(text.to_owned(), new);
        order.insert((Reverse(new), text.to_owned()));
    }
}
