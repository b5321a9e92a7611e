//! Structs, lists and maps through Parquet and Arrow: dotted names, any subset of leaves, any rows.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking and say why they skip")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder, StructBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Date32Array, Float32Array, RecordBatch, TimestampMillisecondArray, UInt64Array};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Fields, TimeUnit};
use parquet::arrow::ArrowWriter;
use retrohunt_columnar::{ColumnId, DataFile, OpenOptions, text};
use roaring::RoaringBitmap;

/// Three rows with every kind of nesting.
fn batch() -> RecordBatch {
    let fields = Fields::from(vec![Field::new("x", DataType::Int32, true), Field::new("y", DataType::Utf8, true)]);
    let mut list = ListBuilder::new(StructBuilder::from_fields(fields, 4));
    for (x, y) in [(Some(1), Some("one")), (None, Some("two"))] {
        list.values().field_builder::<Int32Builder>(0).unwrap().append_option(x);
        list.values().field_builder::<StringBuilder>(1).unwrap().append_option(y);
        list.values().append(true);
    }
    list.append(true);
    list.append(false);
    list.values().field_builder::<Int32Builder>(0).unwrap().append_value(3);
    list.values().field_builder::<StringBuilder>(1).unwrap().append_value("");
    list.values().append(true);
    list.append(true);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k");
    map.values().append_value(7);
    map.append(true).unwrap();
    map.append(true).unwrap();
    map.append(false).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("items", Arc::new(list.finish())),
        ("tags", Arc::new(map.finish())),
        ("when", Arc::new(TimestampMillisecondArray::from(vec![Some(1500), None, Some(-1)]))),
        ("day", Arc::new(Date32Array::from(vec![0, 1, 2]))),
        ("big", Arc::new(UInt64Array::from(vec![u64::MAX, 1, 2]))),
        ("real", Arc::new(Float32Array::from(vec![Some(0.5), Some(f32::NAN), None]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// The batch as Parquet and as Arrow.
fn files(dir: &Path) -> [PathBuf; 2] {
    let batch = batch();
    let parquet = dir.join("x.parquet");
    let mut writer = ArrowWriter::try_new(std::fs::File::create(&parquet).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let arrow = dir.join("x.arrow");
    let mut writer = FileWriter::try_new(std::fs::File::create(&arrow).unwrap(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    [parquet, arrow]
}

/// A cell for comparison: lists joined by `|`.
fn cell(array: &dyn Array, row: usize) -> Option<String> {
    if let DataType::List(_) = array.data_type() {
        let list = array.as_list::<i32>();
        let texts = |list: ArrayRef| list.as_string::<i32>().iter().map(Option::unwrap).collect::<Vec<_>>().join("|");
        return list.is_valid(row).then(|| texts(list.value(row)));
    }
    text::cell_text(array, row).map(std::borrow::Cow::into_owned)
}

/// The leaves and their cells.
const WANT: [(&str, [Option<&str>; 3]); 8] = [
    ("items{}.x", [Some("1"), None, Some("3")]),
    ("items{}.y", [Some("one|two"), None, None]),
    ("tags{}.key", [Some("k"), None, None]),
    ("tags{}.value", [Some("7"), None, None]),
    ("when", [Some("1970-01-01T00:00:01.5Z"), None, Some("1969-12-31T23:59:59.999Z")]),
    ("day", [Some("1970-01-01"), Some("1970-01-02"), Some("1970-01-03")]),
    ("big", [Some("18446744073709551615"), Some("1"), Some("2")]),
    ("real", [Some("0.5"), None, None]),
];

#[test]
fn every_subset_of_leaves_and_rows_decodes_to_the_same_cells() {
    let dir = tempfile::tempdir().unwrap();
    for path in files(dir.path()) {
        let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
        let names: Vec<&str> = file.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, WANT.map(|(name, _)| name));
        for subset in 1_u32..1 << WANT.len() {
            let picked: Vec<u32> = (0..8).filter(|leaf| subset >> leaf & 1 == 1).collect();
            let rows =
                [0_usize, 1, 2].into_iter().filter(|row| subset.rotate_left(7) >> row & 1 == 1).collect::<Vec<_>>();
            let bitmap: RoaringBitmap = rows.iter().map(|row| u32::try_from(*row).unwrap()).collect();
            let columns: Vec<ColumnId> = picked.iter().rev().map(|leaf| ColumnId(*leaf)).collect();
            let arrays = file.read(0, &columns, Some(&bitmap)).unwrap();
            for (column, array) in columns.iter().zip(&arrays) {
                assert_eq!(array.len(), rows.len());
                for (at, row) in rows.iter().enumerate() {
                    let want = WANT[column.0 as usize].1[*row].map(str::to_owned);
                    assert_eq!(cell(array, at), want, "{} row {row} of {}", names[column.0 as usize], path.display());
                }
            }
        }
    }
}

#[test]
fn the_row_time_is_a_timestamp_and_has_the_type_even_without_rows() {
    let dir = tempfile::tempdir().unwrap();
    let want = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    for path in files(dir.path()) {
        let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
        for (column, texts) in [
            (ColumnId(4), [Some("1.5"), None, Some("-0.001")]),
            (ColumnId(5), [Some("0"), Some("86400"), Some("172800")]),
        ] {
            let time = file.read_time(0, column, None).unwrap();
            assert_eq!(time.data_type(), &want);
            let got: Vec<Option<String>> = (0..3).map(|row| cell(&time, row)).collect();
            assert_eq!(got, texts.map(|text| text.map(str::to_owned)));
            assert_eq!(file.read_time(0, column, Some(&RoaringBitmap::new())).unwrap().data_type(), &want);
        }
        let both = file.read_with_time(0, &[ColumnId(4), ColumnId(5)], Some(ColumnId(5)), None).unwrap();
        assert_eq!((both[0].data_type(), both[1].data_type()), (&DataType::Utf8, &want));
        for (column, info) in (0..).map(ColumnId).zip(file.columns()) {
            let none = file.read(0, &[column], Some(&RoaringBitmap::new())).unwrap().remove(0);
            let all = file.read(0, &[column], None).unwrap().remove(0);
            assert_eq!(none.data_type(), all.data_type(), "{}", info.name);
        }
    }
}
