//! Which rows of a page have a value, and the way between rows and value numbers.

/// The rows of a page that have a value: one bit per row, and their number.
#[derive(Debug, Default)]
pub(crate) struct Validity {
    /// Bit `i % 64` of word `i / 64` is row `i`; unused when every row has a value.
    words: Vec<u64>,
    /// Rows in the page.
    rows: u32,
    /// Rows with a value.
    valid: u32,
}

impl Validity {
    /// Makes this empty: no rows.
    pub(crate) fn clear(&mut self) {
        self.words.clear();
        self.rows = 0;
        self.valid = 0;
    }

    /// Makes this `rows` rows that all have a value.
    pub(crate) fn set_all(&mut self, rows: u32) {
        self.clear();
        (self.rows, self.valid) = (rows, rows);
    }

    /// Rows in the page.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// Rows with a value.
    pub(crate) fn valid(&self) -> u32 {
        self.valid
    }

    /// True if every row has a value, so that row and value numbers are the same.
    pub(crate) fn is_full(&self) -> bool {
        self.valid == self.rows
    }

    /// True if `row` has a value; false past the end.
    pub(crate) fn is_valid(&self, row: u32) -> bool {
        row < self.rows && (self.is_full() || self.words[(row / 64) as usize] >> (row % 64) & 1 == 1)
    }

    /// Appends `count` rows that all have a value, or all have none.
    pub(crate) fn push_run(&mut self, valid: bool, count: u32) {
        let mut left = count;
        while left > 0 {
            let used = self.rows % 64;
            if used == 0 {
                self.words.push(0);
            }
            let take = left.min(64 - used);
            if valid && let Some(word) = self.words.last_mut() {
                *word |= (u64::MAX >> (64 - take)) << used;
            }
            self.rows += take;
            left -= take;
        }
        if valid {
            self.valid += count;
        }
    }

    /// Appends `count` rows, one bit each, least significant first; a set bit is a row with a value.
    ///
    /// `bytes` must hold at least `count` bits.
    pub(crate) fn push_bits(&mut self, bytes: &[u8], count: u32) {
        let mut left = count;
        for chunk in bytes.chunks(8) {
            let take = left.min(64).min(u32::try_from(chunk.len() * 8).unwrap_or(64));
            if take == 0 {
                break;
            }
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let bits = u64::from_le_bytes(word) & (u64::MAX >> (64 - take));
            self.push_word(bits, take);
            left -= take;
        }
    }

    /// Appends the low `count` (1 to 64) bits of `bits`, whose other bits are zero.
    fn push_word(&mut self, bits: u64, count: u32) {
        let used = self.rows % 64;
        if used == 0 {
            self.words.push(bits);
        } else {
            if let Some(word) = self.words.last_mut() {
                *word |= bits << used;
            }
            if count > 64 - used {
                self.words.push(bits >> (64 - used));
            }
        }
        self.rows += count;
        self.valid += bits.count_ones();
    }
}

/// Finds the row of a value number, in constant time on average when asked in ascending order.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Select {
    /// The word that the last answer was in.
    word: usize,
    /// That word, without the bits below the last answer; zero before the first answer.
    rest: u64,
    /// The value number of the lowest set bit of `rest`, or of the first one in later words.
    value: u32,
    /// `rest` was loaded.
    loaded: bool,
}

impl Select {
    /// The row of value number `value`, which is below `validity.valid()`.
    pub(crate) fn row_of(&mut self, validity: &Validity, value: u32) -> u32 {
        if validity.is_full() {
            return value;
        }
        if value < self.value || !self.loaded {
            *self = Self { rest: validity.words.first().copied().unwrap_or(0), loaded: true, ..Self::default() };
        }
        loop {
            let ones = self.rest.count_ones();
            if value < self.value + ones {
                break;
            }
            self.value += ones;
            self.word += 1;
            match validity.words.get(self.word) {
                Some(word) => self.rest = *word,
                None => return validity.rows,
            }
        }
        while self.value < value {
            self.rest &= self.rest - 1;
            self.value += 1;
        }
        u32::try_from(self.word * 64).unwrap_or(u32::MAX) + self.rest.trailing_zeros()
    }
}

/// Finds the value number of a row, in constant time on average when asked in ascending order.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Rank {
    /// The word that the last answer was in.
    word: usize,
    /// Values in the words before it.
    before: u32,
}

impl Rank {
    /// The value number of `row`; `None` if the row has no value.
    pub(crate) fn value_of(&mut self, validity: &Validity, row: u32) -> Option<u32> {
        if !validity.is_valid(row) {
            return None;
        }
        if validity.is_full() {
            return Some(row);
        }
        let target = (row / 64) as usize;
        if target < self.word {
            *self = Self::default();
        }
        for word in &validity.words[self.word..target] {
            self.before += word.count_ones();
        }
        self.word = target;
        let below = validity.words[target] & ((1_u64 << (row % 64)) - 1);
        Some(self.before + below.count_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The bits of `validity` one by one.
    fn bits(validity: &Validity) -> Vec<bool> {
        (0..validity.rows()).map(|row| validity.is_valid(row)).collect()
    }

    proptest! {
        #[test]
        fn runs_and_bits_append_in_order(
            pieces in proptest::collection::vec((any::<bool>(), any::<bool>(), 0_u32..150, any::<u64>()), 0..12),
        ) {
            let mut validity = Validity::default();
            let mut want = Vec::new();
            for (packed, value, count, seed) in pieces {
                if packed {
                    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(count.div_ceil(8) as usize).collect();
                    want.extend((0..count).map(|i| bytes[(i / 8) as usize] >> (i % 8) & 1 == 1));
                    validity.push_bits(&bytes, count);
                } else {
                    want.extend(std::iter::repeat_n(value, count as usize));
                    validity.push_run(value, count);
                }
            }
            prop_assert_eq!(validity.valid() as usize, want.iter().filter(|v| **v).count());
            prop_assert_eq!(bits(&validity), want);
        }

        #[test]
        fn rows_and_values_translate_both_ways_in_any_order(
            rows in proptest::collection::vec(any::<bool>(), 1..400), order in any::<u64>(),
        ) {
            let mut validity = Validity::default();
            rows.iter().for_each(|valid| validity.push_run(*valid, 1));
            let values: Vec<u32> = (0..validity.rows()).filter(|row| rows[*row as usize]).collect();
            let (mut rank, mut select) = (Rank::default(), Select::default());
            for step in 0..400_u64 {
                let pick = order.rotate_left(u32::try_from(step % 64).unwrap()).wrapping_add(step * 7);
                let row = u32::try_from(pick % rows.len() as u64).unwrap();
                let value = values.iter().position(|r| *r == row).map(|v| u32::try_from(v).unwrap());
                prop_assert_eq!(rank.value_of(&validity, row), value);
                if let Some(value) = value {
                    prop_assert_eq!(select.row_of(&validity, value), row);
                }
            }
            prop_assert_eq!(rank.value_of(&validity, validity.rows()), None);
            let mut ascending = Select::default();
            for (value, row) in values.iter().enumerate().step_by(1 + usize::try_from(order % 5).unwrap()) {
                prop_assert_eq!(ascending.row_of(&validity, u32::try_from(value).unwrap()), *row);
            }
        }
    }
}
