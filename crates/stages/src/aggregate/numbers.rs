//! All numbers of each group, as doubles; what percentiles are made of.
//!
//! Partial state: `numbers` (list of `Float64`, ascending) and `others` (`Boolean`: a value that is no number was seen).

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, PrimitiveBuilder};
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, BooleanArray};

use super::{Input, State, grow, reach, vector_bytes};
use crate::error::PipelineError;
use crate::kernels::value::ValueRef;
use crate::partial::{Parts, check_size, elements};

/// The numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    /// Numbers with their groups, in no order.
    items: Vec<(u32, f64)>,
    /// Groups that have a value that is no number.
    others: Vec<bool>,
}

/// The double of a value of numeric form; one zero only, so that equal numbers are the same.
pub(crate) fn double_of(value: ValueRef<'_>) -> Option<f64> {
    let number = value.number()?.to_f64();
    number.is_finite().then_some(if number == 0.0 { 0.0 } else { number })
}

impl Numbers {
    /// The numbers of each group, ascending, and whether the group has another value.
    pub(super) fn sorted(&self, groups: usize) -> Vec<(Vec<f64>, bool)> {
        let mut lists = vec![(Vec::new(), false); groups];
        for (group, number) in &self.items {
            if let Some((list, _)) = lists.get_mut(*group as usize) {
                list.push(*number);
            }
        }
        for (at, (list, others)) in lists.iter_mut().enumerate() {
            list.sort_unstable_by(f64::total_cmp);
            *others = self.others.get(at).copied().unwrap_or(false);
        }
        lists
    }
}

impl State for Numbers {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.others, input.groups);
        input.for_each(|assignment, _, value| {
            match double_of(value) {
                Some(number) => self.items.push((assignment.group, number)),
                None => self.others[assignment.group as usize] = true,
            }
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(self.items.len(), std::iter::empty())?;
        let lists = self.sorted(groups);
        let mut numbers = ListBuilder::new(PrimitiveBuilder::<Float64Type>::new());
        lists.iter().for_each(|(list, _)| numbers.append_value(list.iter().map(|number| Some(*number))));
        let others: BooleanArray = lists.iter().map(|(_, others)| Some(*others)).collect();
        Ok(vec![("numbers", Arc::new(numbers.finish())), ("others", Arc::new(others))])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        grow(&mut self.others, reach(map));
        let (lists, numbers) = parts.number_lists::<Float64Type>("numbers")?;
        let others = parts.booleans("others")?;
        for (row, group) in map.iter().enumerate() {
            let finite = elements(lists, row).map(|at| numbers.value(at)).filter(|number| number.is_finite());
            self.items.extend(finite.map(|number| (*group, number)));
            self.others[*group as usize] |= others.is_valid(row) && others.value(row);
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.others, reach(map));
        let moved = other.items.iter().filter_map(|(group, number)| Some((*map.get(*group as usize)?, *number)));
        self.items.extend(moved);
        for (group, others) in map.iter().zip(other.others) {
            self.others[*group as usize] |= others;
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        vector_bytes(&self.items) + vector_bytes(&self.others)
    }
}
