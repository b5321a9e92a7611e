//! Pruning by the statistics that a real writer stores: no row is lost.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int32Array, RecordBatch, StringArray, TimestampNanosecondArray, UInt64Array,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use proptest::prelude::*;
use retrohunt_columnar::pushdown::{self, Comparison};
use retrohunt_columnar::{Bound, ColumnId, ColumnStatistics, DataFile, OpenOptions, Proof};

/// Writes `columns` to `path`, all in one row group, text bounds cut to `cut` bytes.
fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, statistics: EnabledStatistics, cut: usize) -> DataFile {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    let properties = WriterProperties::builder()
        .set_statistics_enabled(statistics)
        .set_statistics_truncate_length(Some(cut))
        .build();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    DataFile::open(path, &OpenOptions::default()).unwrap()
}

/// Compares a number with another as the comparison says.
fn holds(comparison: Comparison, value: f64, constant: f64) -> bool {
    match comparison {
        Comparison::Less => value < constant,
        Comparison::LessOrEqual => value <= constant,
        Comparison::Equal => value == constant,
        Comparison::GreaterOrEqual => value >= constant,
        Comparison::Greater => value > constant,
    }
}

/// Every comparison.
const COMPARISONS: [Comparison; 5] =
    [Comparison::Less, Comparison::LessOrEqual, Comparison::Equal, Comparison::GreaterOrEqual, Comparison::Greater];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn text_that_is_there_is_not_pruned(
        values in proptest::collection::vec(proptest::option::of("[A-Ca-cé_]{0,6}"), 1..12), cut in 1_usize..4,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let array: ArrayRef = Arc::new(StringArray::from(values.clone()));
        let file = write(&dir.path().join("x"), vec![("s", array)], EnabledStatistics::Chunk, cut);
        let statistics = file.statistics(0, ColumnId(0));
        prop_assert_eq!(statistics.null_count, Some(values.iter().filter(|v| v.is_none()).count() as u64));
        for value in values.iter().flatten() {
            for spelling in [value.clone(), value.to_ascii_uppercase(), value.to_ascii_lowercase()] {
                prop_assert_eq!(pushdown::equals_text(&statistics, &spelling), Proof::Maybe);
                let prefix: String = spelling.chars().take(2).collect();
                prop_assert_eq!(pushdown::starts_with_text(&statistics, &prefix), Proof::Maybe);
            }
            prop_assert_eq!(pushdown::equals_text_exactly(&statistics, value), Proof::Maybe);
        }
        prop_assert!(pushdown::equals_text_exactly(&statistics, "zzz").prunes() || values.iter().flatten().any(|v| !v.is_ascii()));
    }

    #[test]
    fn numbers_and_times_that_are_there_are_not_pruned(
        values in proptest::collection::vec((-9_i32..9, any::<bool>()), 1..10), constant in -10_i32..10,
    ) {
        let plain: Vec<i32> = values.iter().map(|(value, _)| *value).collect();
        let real = |value: i32| f64::from(value) / 4.0;
        let reals: Vec<f64> = values.iter().map(|(value, nan)| if *nan { f64::NAN } else { real(*value) }).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("i", Arc::new(Int32Array::from(plain.clone()))),
            ("u", Arc::new(plain.iter().map(|v| u64::from(v.unsigned_abs())).collect::<UInt64Array>())),
            ("d", Arc::new(Float64Array::from(reals.clone()))),
            ("f", Arc::new(plain.iter().map(|v| Some(f32::from(i16::try_from(*v).unwrap()) / 10.0)).collect::<Float32Array>())),
            ("t", Arc::new(plain.iter().map(|v| Some(i64::from(*v) * 700)).collect::<TimestampNanosecondArray>())),
        ];
        let dir = tempfile::tempdir().unwrap();
        let file = write(&dir.path().join("x"), columns, EnabledStatistics::Chunk, 64);
        let [i, u, d, f, t]: [ColumnStatistics; 5] = std::array::from_fn(|c| file.statistics(0, ColumnId(u32::try_from(c).unwrap())));
        for comparison in COMPARISONS {
            let check = |statistics: &ColumnStatistics, values: Vec<f64>, constant: f64| {
                let any = values.into_iter().any(|value| holds(comparison, value, constant));
                !(any && pushdown::number(statistics, comparison, constant).prunes())
            };
            let whole = f64::from(constant);
            prop_assert!(check(&i, plain.iter().map(|v| f64::from(*v)).collect(), whole));
            prop_assert!(check(&u, plain.iter().map(|v| f64::from(v.abs())).collect(), whole));
            prop_assert!(check(&d, reals.clone(), real(constant)));
            prop_assert!(check(&f, plain.iter().map(|v| f64::from(*v) / 10.0).collect(), whole / 10.0));
        }
        let micros = |value: i32| (i64::from(value) * 700).div_euclid(1000);
        let (from, to) = (micros(constant), micros(constant) + 2);
        let any = plain.iter().any(|value| (from..to).contains(&micros(*value)));
        prop_assert!(!(any && pushdown::time_range(&t, Some(from), Some(to)).prunes()));
    }
}

#[test]
fn bounds_of_a_writer_are_understood_and_missing_ones_are_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let columns = || -> Vec<(&str, ArrayRef)> {
        vec![
            ("s", Arc::new(StringArray::from(vec!["alpha", "a long text that is cut"]))),
            ("n", Arc::new(Int32Array::from(vec![Some(3), None]))),
            ("z", Arc::new(Int32Array::from(vec![None, None]))),
        ]
    };
    let file = write(&dir.path().join("x"), columns(), EnabledStatistics::Chunk, 8);
    let text = file.statistics(0, ColumnId(0));
    assert_eq!(text.max, Bound::Bytes { value: b"alpha".to_vec(), exact: true });
    assert_eq!(text.min, Bound::Bytes { value: b"a long t".to_vec(), exact: false });
    let number = file.statistics(0, ColumnId(1));
    assert_eq!((number.min, number.max, number.null_count), (Bound::Int(3), Bound::Int(3), Some(1)));
    assert_eq!(pushdown::all_null(&file.statistics(0, ColumnId(2))), Proof::Never);
    let file = write(&dir.path().join("y"), columns(), EnabledStatistics::None, 8);
    for column in 0..3 {
        assert_eq!(file.statistics(0, ColumnId(column)), ColumnStatistics::unknown(2));
        assert_eq!(pushdown::all_null(&file.statistics(0, ColumnId(column))), Proof::Maybe);
    }
}
