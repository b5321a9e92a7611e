//! Numbers that come and go, in ascending order, with the i-th at hand.
//!
//! Blocks of at most [`BLOCK`] numbers: adding and removing moves one block, finding the i-th walks over the blocks' lengths. For a
//! million numbers both are a few microseconds, where one long list would be moved as a whole for every row.

/// Most numbers in a block.
const BLOCK: usize = 1024;

/// The numbers. None is NaN.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorted {
    /// None is empty; ascending within and between.
    blocks: Vec<Vec<f64>>,
    /// How many numbers there are.
    len: usize,
}

impl Sorted {
    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The first block whose last number is not below this one.
    fn block_of(&self, number: f64) -> usize {
        self.blocks.partition_point(|block| block.last().is_some_and(|last| *last < number))
    }

    /// Adds a number.
    pub(super) fn insert(&mut self, number: f64) {
        self.len += 1;
        let at = self.block_of(number).min(self.blocks.len().saturating_sub(1));
        let Some(block) = self.blocks.get_mut(at) else {
            self.blocks.push(vec![number]);
            return;
        };
        let place = block.partition_point(|other| *other < number);
        block.insert(place, number);
        if block.len() > BLOCK {
            let rest = block.split_off(BLOCK / 2);
            self.blocks.insert(at + 1, rest);
        }
    }

    /// Takes out a number that was added.
    pub(super) fn remove(&mut self, number: f64) {
        let at = self.block_of(number);
        let Some(block) = self.blocks.get_mut(at) else { return };
        let place = block.partition_point(|other| *other < number);
        if block.get(place) == Some(&number) {
            block.remove(place);
            self.len -= 1;
        }
        if block.is_empty() {
            self.blocks.remove(at);
        }
    }

    /// The number at a place from 0; 0 past the end.
    pub(super) fn at(&self, mut place: usize) -> f64 {
        for block in &self.blocks {
            match block.get(place) {
                Some(number) => return *number,
                None => place -= block.len(),
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_sorted_list(steps in prop::collection::vec((0..500_i32, any::<bool>()), 0..4000)) {
            let (mut sorted, mut plain): (Sorted, Vec<f64>) = (Sorted::default(), Vec::new());
            for (number, remove) in steps {
                let number = f64::from(number);
                match plain.iter().position(|other| *other == number) {
                    Some(at) if remove => {
                        sorted.remove(number);
                        plain.remove(at);
                    }
                    _ => {
                        sorted.insert(number);
                        plain.push(number);
                    }
                }
            }
            plain.sort_by(f64::total_cmp);
            prop_assert_eq!(sorted.len(), plain.len());
            prop_assert_eq!((0..plain.len()).map(|at| sorted.at(at)).collect::<Vec<_>>(), plain);
        }
    }

    #[test]
    fn a_number_that_is_not_there_is_not_removed() {
        let mut sorted = Sorted::default();
        sorted.remove(1.0);
        sorted.insert(2.0);
        sorted.remove(1.0);
        sorted.remove(3.0);
        assert_eq!((sorted.len(), sorted.at(0), sorted.at(7)), (1, 2.0, 0.0));
    }
}
