//! Page search against naive search over decoded arrays, for every layout that writers produce.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking and say why they skip")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, DictionaryArray, Int64Array, LargeStringArray, RecordBatch, StringArray,
    StringViewArray, StructArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;
use retrohunt_columnar::{ColumnId, DataFile, OpenOptions, PageKind, RowHit};
use roaring::RoaringBitmap;

/// A way to write Parquet.
#[derive(Debug, Clone)]
struct Writing {
    /// Use a dictionary.
    dictionary: bool,
    /// The encoding without or after the dictionary.
    encoding: Encoding,
    /// The codec.
    compression: Compression,
    /// Version 2 pages.
    v2: bool,
    /// The size limit of pages and dictionaries in bytes.
    page_bytes: usize,
}

/// Writes `batch` as Parquet to `path`, in row groups of `group_rows`.
fn write_parquet(path: &Path, batch: &RecordBatch, writing: &Writing, group_rows: usize) {
    let version = if writing.v2 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(writing.compression)
        .set_dictionary_enabled(writing.dictionary)
        .set_encoding(writing.encoding)
        .set_data_page_size_limit(writing.page_bytes)
        .set_dictionary_page_size_limit(writing.page_bytes)
        .set_write_batch_size(16)
        .set_max_row_group_row_count(Some(group_rows))
        .build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// One nullable text column `s`, and the same in a nullable struct as `o.s`.
fn text_batch(values: &[Option<String>]) -> RecordBatch {
    let text: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
    let fields = Fields::from(vec![Field::new("s", DataType::Utf8, true)]);
    let validity: Vec<bool> = (0..values.len()).map(|row| row % 3 != 1).collect();
    let nested = StructArray::new(fields.clone(), vec![Arc::clone(&text)], Some(validity.into()));
    let schema =
        Schema::new(vec![Field::new("s", DataType::Utf8, true), Field::new("o", DataType::Struct(fields), true)]);
    RecordBatch::try_new(Arc::new(schema), vec![text, Arc::new(nested)]).unwrap()
}

/// Every (offset, tag) where needle number `tag` occurs in `haystack`, ascending by offset.
fn search(haystack: &[u8], needles: &[&str]) -> Vec<(u32, u32)> {
    let mut hits = Vec::new();
    for offset in 0..haystack.len() {
        for (tag, needle) in (0..).zip(needles) {
            if haystack[offset..].starts_with(needle.as_bytes()) {
                hits.push((u32::try_from(offset).unwrap(), tag));
            }
        }
    }
    hits
}

/// What a search over pages found: per (row, tag) the candidates, and their values as the pages gave them.
struct Found {
    /// The candidates.
    hits: BTreeSet<RowHit>,
    /// The value of every row, copied out of the pages that were given out.
    values: Vec<Option<Option<String>>>,
    /// The kinds of the pages.
    kinds: Vec<PageKind>,
}

/// Searches `column` of row group `group`.
fn search_pages(file: &DataFile, group: usize, column: ColumnId, needles: &[&str]) -> Found {
    let rows = file.row_group_rows(group);
    let mut found = Found { hits: BTreeSet::new(), values: vec![None; rows as usize], kinds: Vec::new() };
    let mut cursor = file.pages(group, column).unwrap().expect("text can be searched");
    while let Some(mut page) = cursor.next().unwrap() {
        found.kinds.push(page.kind());
        let hits = search(page.haystack(), needles);
        let mut out = Vec::new();
        page.rows_of(&hits, &mut out).unwrap();
        assert!(out.is_sorted_by_key(|hit| hit.row), "rows ascend");
        assert!(out.iter().all(|hit| page.rows().contains(&hit.row)));
        found.hits.extend(out);
        if page.opaque() && page.kind() != PageKind::Dictionary {
            let tags = 0..u32::try_from(needles.len()).unwrap();
            found.hits.extend(page.rows().flat_map(|row| tags.clone().map(move |tag| RowHit { row, tag })));
        }
        let all: RoaringBitmap = page.rows().collect();
        let mut builder = StringBuilder::new();
        page.values(&all, &mut builder).unwrap();
        for (row, value) in page.rows().zip(builder.finish().iter()) {
            found.values[row as usize] = Some(value.map(str::to_owned));
        }
        if let Some(row) = page.rows().last() {
            let last = found.values[row as usize].clone().unwrap();
            assert_eq!(page.value_of(row).unwrap().map(std::borrow::Cow::into_owned), last);
            let first = found.values[page.rows().start as usize].clone().unwrap();
            assert_eq!(
                page.value_of(page.rows().start).unwrap().map(std::borrow::Cow::into_owned),
                first,
                "going back"
            );
        }
    }
    assert!(cursor.next().unwrap().is_none(), "the end stays the end");
    found
}

/// Compares page search with search over decoded values, in every row group and text column of `file`.
fn check(file: &DataFile, needles: &[&str]) -> Result<(), TestCaseError> {
    for group in 0..file.row_groups() {
        for (column, info) in (0..).map(ColumnId).zip(file.columns()) {
            let decoded = file.read(group, &[column], None).unwrap().remove(0);
            let decoded = decoded.as_string::<i32>();
            let found = search_pages(file, group, column, needles);
            for (row, value) in (0..).zip(decoded.iter()) {
                for (tag, needle) in (0..).zip(needles) {
                    let is_hit = value.is_some_and(|value| value.contains(needle));
                    let is_candidate = found.hits.contains(&RowHit { row, tag });
                    prop_assert!(!is_hit || is_candidate, "lost row {row} of {} for {needle:?}: {value:?}", info.name);
                    prop_assert!(!is_candidate || value.is_some(), "null row {row} of {} was hit", info.name);
                }
                if let Some(copied) = &found.values[row as usize] {
                    prop_assert_eq!(copied.as_deref(), value, "row {} of {}", row, &info.name);
                }
            }
        }
    }
    Ok(())
}

/// Texts that repeat, that are empty, null, not ASCII, or long.
fn value() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        2 => Just(None),
        1 => Just(Some(String::new())),
        4 => "[ab]{1,3}".prop_map(Some),
        3 => "[a-e\\\\ é€]{0,12}".prop_map(Some),
        1 => ("[xyz]{1,4}", 50_usize..400).prop_map(|(text, times)| Some(text.repeat(times))),
    ]
}

/// Every way to write.
fn writing() -> impl Strategy<Value = Writing> {
    let encoding =
        prop_oneof![Just(Encoding::PLAIN), Just(Encoding::DELTA_LENGTH_BYTE_ARRAY), Just(Encoding::DELTA_BYTE_ARRAY),];
    let compression = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::ZSTD(ZstdLevel::default())),
        Just(Compression::LZ4_RAW),
        Just(Compression::GZIP(parquet::basic::GzipLevel::default())),
    ];
    let sizes = prop_oneof![Just(64_usize), Just(600), Just(1 << 20)];
    (any::<bool>(), encoding, compression, any::<bool>(), sizes).prop_map(
        |(dictionary, encoding, compression, v2, page_bytes)| Writing {
            dictionary,
            encoding,
            compression,
            v2,
            page_bytes,
        },
    )
}

/// Needles that occur, nest, overlap, or do not occur.
const NEEDLES: [&str; 6] = ["a", "ab", "bab", "é", "yx", "nowhere"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn parquet_pages_lose_no_row(
        values in proptest::collection::vec(value(), 1..400), writing in writing(), group_rows in 30_usize..300, mmap in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.parquet");
        write_parquet(&path, &text_batch(&values), &writing, group_rows);
        let file = DataFile::open(&path, &OpenOptions { mmap }).unwrap();
        prop_assert_eq!(file.rows(), values.len() as u64);
        check(&file, &NEEDLES)?;
        check(&file, &["nowhere"])?;
    }

    #[test]
    fn arrow_pages_lose_no_row(
        values in proptest::collection::vec(value(), 1..200), layout in 0..6, stream in any::<bool>(), codec in 0_usize..3, mmap in any::<bool>(),
    ) {
        let array: ArrayRef = match layout {
            0 => Arc::new(StringArray::from(values.clone())),
            1 => Arc::new(LargeStringArray::from(values.clone())),
            2 => Arc::new(StringViewArray::from_iter(values.clone())),
            3 => Arc::new(values.iter().map(Option::as_deref).collect::<DictionaryArray<Int32Type>>()),
            4 => Arc::new(values.iter().map(|v| v.as_ref().map(String::as_bytes)).collect::<BinaryArray>()),
            _ => text_batch(&values).column(1).clone(),
        };
        let schema = Arc::new(Schema::new(vec![Field::new("s", array.data_type().clone(), true)]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap();
        let codec = [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)][codec];
        let options = IpcWriteOptions::default().try_with_compression(codec).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.arrow");
        let out = std::fs::File::create(&path).unwrap();
        let half = batch.num_rows() / 2;
        let parts = [batch.slice(0, half), batch.slice(half, batch.num_rows() - half)];
        if stream {
            let mut writer = StreamWriter::try_new_with_options(out, &schema, options).unwrap();
            parts.iter().for_each(|part| writer.write(part).unwrap());
            writer.finish().unwrap();
        } else {
            let mut writer = FileWriter::try_new_with_options(out, &schema, options).unwrap();
            parts.iter().for_each(|part| writer.write(part).unwrap());
            writer.finish().unwrap();
        }
        let file = DataFile::open(&path, &OpenOptions { mmap }).unwrap();
        prop_assert_eq!(file.rows(), values.len() as u64);
        prop_assert_eq!(file.row_groups(), 2);
        check(&file, &NEEDLES)?;
        let all: Vec<Option<String>> = (0..2)
            .flat_map(|group| {
                let column = file.read(group, &[ColumnId(0)], None).unwrap().remove(0);
                column.as_string::<i32>().iter().map(|v| v.map(str::to_owned)).collect::<Vec<_>>()
            })
            .collect();
        if layout < 5 {
            let want: Vec<Option<String>> = values.into_iter().map(|v| v.filter(|v| !v.is_empty())).collect();
            prop_assert_eq!(all, want);
        }
    }

    #[test]
    fn reading_some_rows_is_reading_all_and_taking_them(
        values in proptest::collection::vec(value(), 1..300),
        picks in proptest::collection::btree_set(0_u32..320, 0..80),
        writing in writing(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.parquet");
        write_parquet(&path, &text_batch(&values), &writing, 1 << 20);
        let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
        let rows: RoaringBitmap = picks.iter().copied().collect();
        let columns = [ColumnId(1), ColumnId(0), ColumnId(1)];
        let all = file.read(0, &columns, None).unwrap();
        let some = file.read(0, &columns, Some(&rows)).unwrap();
        for (column, read) in columns.iter().zip(&some) {
            // Looking values up in their pages gives what decoding gives, wherever it is offered.
            if let Some(values) = file.lookup(0, *column, &rows).unwrap() {
                prop_assert_eq!(&values, read);
            }
        }
        prop_assert_eq!(some.len(), 3);
        for (all, some) in all.iter().zip(&some) {
            let (all, some) = (all.as_string::<i32>(), some.as_string::<i32>());
            let within = picks.iter().filter(|row| **row < file.row_group_rows(0));
            let want: Vec<Option<&str>> =
                within.map(|row| all.is_valid(*row as usize).then(|| all.value(*row as usize))).collect();
            prop_assert_eq!(some.iter().collect::<Vec<_>>(), want);
        }
    }
}

/// A plain way to write: Zstandard, a dictionary.
fn usual() -> Writing {
    Writing {
        dictionary: true,
        encoding: Encoding::PLAIN,
        compression: Compression::ZSTD(ZstdLevel::default()),
        v2: false,
        page_bytes: 1 << 20,
    }
}

#[test]
fn a_dictionary_miss_passes_over_its_own_pages_and_no_others() {
    // The dictionary overflows in mid-chunk, so the last pages are PLAIN; the needle is only there.
    let mut values: Vec<Option<String>> = (0..300).map(|i| Some(format!("common value {}", i % 7))).collect();
    values.extend((0..300).map(|i| Some(format!("rare value number {i}"))));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    write_parquet(&path, &text_batch(&values), &Writing { page_bytes: 1000, ..usual() }, 1 << 20);
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    let found = search_pages(&file, 0, ColumnId(0), &["number 299"]);
    assert_eq!(found.hits, BTreeSet::from([RowHit { row: 599, tag: 0 }]));
    assert_eq!(found.kinds.first(), Some(&PageKind::Dictionary));
    assert!(found.kinds.contains(&PageKind::Values) && !found.kinds.contains(&PageKind::Codes), "{:?}", found.kinds);
    let common = search_pages(&file, 0, ColumnId(0), &["value 3"]);
    assert!(common.kinds.contains(&PageKind::Codes), "{:?}", common.kinds);
    assert!(common.hits.contains(&RowHit { row: 3, tag: 0 }));
}

#[test]
fn a_chunk_of_codes_without_a_hit_ends_after_its_dictionary() {
    let values: Vec<Option<String>> = (0..5000).map(|i| Some(format!("value {}", i % 7))).collect();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    write_parquet(&path, &text_batch(&values), &usual(), 1 << 20);
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(search_pages(&file, 0, ColumnId(0), &["nowhere"]).kinds, [PageKind::Dictionary]);
    let found = search_pages(&file, 0, ColumnId(0), &["value 3", "3"]);
    assert_eq!(found.hits.len(), 2 * 714);
}

#[test]
fn binary_that_is_not_text_makes_its_rows_candidates_under_their_hexadecimal_text() {
    let values: Vec<Option<&[u8]>> = vec![Some(b"MZ plain"), Some(&[0x4d, 0xff]), None, Some(b"other")];
    for dictionary in [false, true] {
        let schema = Arc::new(Schema::new(vec![Field::new("b", DataType::Binary, true)]));
        let array: ArrayRef = Arc::new(BinaryArray::from(values.clone()));
        let batch = RecordBatch::try_new(schema, vec![array]).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.parquet");
        write_parquet(&path, &batch, &Writing { dictionary, ..usual() }, 1 << 20);
        let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
        let found = search_pages(&file, 0, ColumnId(0), &["4dff"]);
        assert!(found.hits.contains(&RowHit { row: 1, tag: 0 }), "dictionary {dictionary}");
        let decoded = file.read(0, &[ColumnId(0)], None).unwrap().remove(0);
        let texts: Vec<Option<&str>> = decoded.as_string::<i32>().iter().collect();
        assert_eq!(texts, [Some("MZ plain"), Some("4dff"), None, Some("other")]);
        assert_eq!(found.values[1], Some(Some("4dff".to_owned())));
    }
}

#[test]
fn a_null_in_an_arrow_dictionary_is_no_row() {
    let keys = arrow_array::Int8Array::from(vec![Some(0), Some(1), None, Some(2)]);
    let values: ArrayRef = Arc::new(StringArray::from(vec![Some("ab"), None, Some("b")]));
    let array: ArrayRef = Arc::new(DictionaryArray::<Int8Type>::new(keys, values));
    let schema = Arc::new(Schema::new(vec![Field::new("d", array.data_type().clone(), true)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.arrow");
    let mut writer = FileWriter::try_new(std::fs::File::create(&path).unwrap(), &schema).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    let found = search_pages(&file, 0, ColumnId(0), &["b"]);
    assert_eq!(found.hits.iter().map(|hit| hit.row).collect::<Vec<_>>(), [0, 3]);
    assert_eq!(search_pages(&file, 0, ColumnId(0), &["nowhere"]).kinds, [PageKind::Dictionary]);
}

#[test]
fn numbers_and_lists_have_no_pages() {
    let list = arrow_array::ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let columns: Vec<(&str, ArrayRef)> = vec![("n", Arc::new(Int64Array::from(vec![1]))), ("l", Arc::new(list))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    write_parquet(&path, &batch, &usual(), 100);
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    assert!(file.pages(0, ColumnId(0)).unwrap().is_none());
    assert!(file.pages(0, ColumnId(1)).unwrap().is_none());
    assert!(file.pages(0, ColumnId(2)).is_err());
    assert!(file.pages(1, ColumnId(0)).is_err());
}

#[test]
fn a_row_group_of_more_than_a_million_rows_is_put_together() {
    let rows = (1 << 20) + 70;
    let text: StringArray = (0..rows).map(|row| (row % 3 > 0).then(|| ["x", "yy"][row % 2])).collect();
    let lists = (0..rows).map(|row| Some(vec![Some(i32::try_from(row).unwrap())]));
    let list = arrow_array::ListArray::from_iter_primitive::<Int32Type, _, _>(lists);
    let columns: Vec<(&str, ArrayRef)> = vec![("s", Arc::new(text)), ("l", Arc::new(list))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(1 << 22)).build();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!((file.row_groups(), file.row_group_rows(0) as usize), (1, rows));
    let all = file.read(0, &[ColumnId(0), ColumnId(1)], None).unwrap();
    for row in [0, 1, 4, (1 << 20) - 1, 1 << 20, rows - 1] {
        let text = all[0].as_string::<i32>();
        assert_eq!(text.is_valid(row).then(|| text.value(row)), (row % 3 > 0).then(|| ["x", "yy"][row % 2]));
        assert_eq!(all[1].as_list::<i32>().value(row).as_string::<i32>().value(0), row.to_string());
    }
    let most: RoaringBitmap = (5..u32::try_from(rows).unwrap()).collect();
    assert_eq!(file.read(0, &[ColumnId(0)], Some(&most)).unwrap()[0].len(), rows - 5);
}

#[test]
fn a_file_is_shared_between_threads() {
    let values: Vec<Option<String>> = (0..2000).map(|i| Some(format!("value {i}"))).collect();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    write_parquet(&path, &text_batch(&values), &Writing { dictionary: false, ..usual() }, 500);
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    std::thread::scope(|scope| {
        for group in 0..file.row_groups() {
            let file = &file;
            scope.spawn(move || {
                let needle = format!("value {}", group * 500 + 123);
                let found = search_pages(file, group, ColumnId(0), &[&needle]);
                assert!(found.hits.contains(&RowHit { row: 123, tag: 0 }));
                file.release(group);
            });
        }
    });
}
