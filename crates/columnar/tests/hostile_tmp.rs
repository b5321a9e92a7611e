//! Damaged and hostile files: an error or a value, never a panic, a crash or a runaway allocation.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking and say why they skip")]

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, Int32Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray, types::Int32Type,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use retrohunt_columnar::{ColumnId, DataFile, Error, ErrorKind, OpenOptions};
use roaring::RoaringBitmap;

/// A batch with text, numbers, lists and times.
fn batch() -> RecordBatch {
    let rows = 300;
    let text: StringArray = (0..rows).map(|i| (i % 5 != 0).then(|| format!("value number {}", i % 40))).collect();
    let long: StringArray = (0..rows).map(|i| Some(format!("row {i} of a text that does not repeat"))).collect();
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>((0..rows).map(|i| Some((0..i % 4).map(Some))));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("text", Arc::new(text)),
        ("long", Arc::new(long)),
        ("number", Arc::new((0..rows).collect::<Int32Array>())),
        ("list", Arc::new(list)),
        ("time", Arc::new((0..i64::from(rows)).map(Some).collect::<TimestampMicrosecondArray>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// The batch as Parquet.
fn parquet_bytes(compression: Compression, v2: bool, encoding: Encoding) -> Vec<u8> {
    let version = if v2 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_writer_version(version)
        .set_data_page_size_limit(1000)
        .set_write_batch_size(32)
        .set_column_encoding("long".into(), encoding)
        .set_column_dictionary_enabled("long".into(), false)
        .set_max_row_group_row_count(Some(200))
        .build();
    let batch = batch();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

/// The batch as Arrow.
fn arrow_bytes(stream: bool, codec: Option<CompressionType>) -> Vec<u8> {
    let batch = batch();
    let options = IpcWriteOptions::default().try_with_compression(codec).unwrap();
    let mut out = Vec::new();
    if stream {
        let mut writer = StreamWriter::try_new_with_options(&mut out, &batch.schema(), options).unwrap();
        writer.write(&batch).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    } else {
        let mut writer = FileWriter::try_new_with_options(&mut out, &batch.schema(), options).unwrap();
        writer.write(&batch).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    }
    out
}

/// Does everything that can be done with the file at `path`; errors are fine.
fn exercise(path: &Path, mmap: bool) -> Result<(), Error> {
    let file = DataFile::open(path, &OpenOptions { mmap })?;
    let rows: RoaringBitmap = [0, 7, 8, 150, 299].into_iter().collect();
    let mut result = Ok(());
    for group in 0..file.row_groups().min(8) {
        for column in (0..u32::try_from(file.columns().len().min(16)).unwrap()).map(ColumnId) {
            let _ = file.statistics(group, column);
            let read = file.read(group, &[column], Some(&rows)).and(file.read(group, &[column], None)).map(|_| ());
            result = result.and(read).and(exercise_pages(&file, group, column));
        }
        file.release(group);
    }
    result
}

/// Goes through the pages of a column.
fn exercise_pages(file: &DataFile, group: usize, column: ColumnId) -> Result<(), Error> {
    let Some(mut cursor) = file.pages(group, column)? else { return Ok(()) };
    while let Some(mut page) = cursor.next()? {
        let length = u32::try_from(page.haystack().len()).unwrap();
        let hits: Vec<(u32, u32)> = (0..length).step_by(3).map(|offset| (offset, 0)).collect();
        let mut out = Vec::new();
        page.rows_of(&hits, &mut out)?;
        let some: RoaringBitmap = page.rows().step_by(2).take(1000).collect();
        page.values(&some, &mut StringBuilder::new())?;
    }
    Ok(())
}

/// A small generator of reproducible numbers.
struct Numbers(u64);

impl Numbers {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// Every file under test, sound.
fn sound_files() -> Vec<Vec<u8>> {
    vec![
        parquet_bytes(Compression::UNCOMPRESSED, false, Encoding::PLAIN),
        parquet_bytes(Compression::ZSTD(ZstdLevel::default()), true, Encoding::DELTA_BYTE_ARRAY),
        parquet_bytes(Compression::SNAPPY, false, Encoding::DELTA_LENGTH_BYTE_ARRAY),
        parquet_bytes(Compression::LZ4_RAW, true, Encoding::PLAIN),
        arrow_bytes(false, None),
        arrow_bytes(true, None),
        arrow_bytes(false, Some(CompressionType::ZSTD)),
        arrow_bytes(true, Some(CompressionType::LZ4_FRAME)),
    ]
}

#[test]
fn mutated_files_give_errors_or_values() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    let mut numbers = Numbers(99);
    for (number, sound) in sound_files().into_iter().enumerate() {
        std::fs::write(&path, &sound).unwrap();
        for mmap in [true, false] {
            exercise(&path, mmap).unwrap_or_else(|error| panic!("file {number} is sound: {error}"));
        }
        let mut refused = 0;
        for round in 0..6000 {
            let mut bytes = sound.clone();
            for _ in 0..=numbers.below(3) {
                // Half of the damage goes to the end, where the footers are.
                let from = if round % 2 == 0 { 0 } else { bytes.len() - bytes.len() / 4 };
                let at = from + numbers.below(bytes.len() - from);
                bytes[at] = match numbers.below(4) {
                    0 => 0xff,
                    1 => 0,
                    2 => bytes[at] ^ 1 << numbers.below(8),
                    _ => u8::try_from(numbers.below(256)).unwrap(),
                };
            }
            std::fs::write(&path, &bytes).unwrap();
            refused += usize::from(exercise(&path, round % 3 != 0).is_err());
        }
        assert!(refused > 5, "only {refused} of the damaged copies of file {number} were noticed");
    }
}

#[test]
fn truncated_files_give_errors_that_name_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    let mut numbers = Numbers(3);
    for sound in sound_files() {
        for round in 0..40 {
            let length = if round < 14 { round } else { numbers.below(sound.len() - 1) };
            std::fs::write(&path, &sound[..length]).unwrap();
            // A stream that is cut between messages is a shorter stream; everything else is noticed.
            match exercise(&path, true) {
                Ok(()) => assert!(sound.starts_with(&[0xff; 4]), "cut to {length} bytes and not noticed"),
                Err(error) => assert_eq!(error.path(), Some(&*path), "{error}"),
            }
        }
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    let sound = parquet_bytes(Compression::UNCOMPRESSED, false, Encoding::PLAIN);
    let wrong_length = |length: u32| {
        let mut bytes = sound.clone();
        let at = bytes.len() - 8;
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        bytes
    };
    let open = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        DataFile::open(&path, &OpenOptions::default()).err().expect("an error")
    };
    for (bytes, kind, text) in [
        (Vec::new(), ErrorKind::Empty, "empty"),
        (b"PAR".to_vec(), ErrorKind::NotData, "neither"),
        (b"PAR1".to_vec(), ErrorKind::Cut, "cut"),
        (sound[..sound.len() / 2].to_vec(), ErrorKind::Cut, "no footer"),
        (wrong_length(u32::MAX), ErrorKind::Damaged, "footer claims"),
        (wrong_length(0), ErrorKind::Damaged, "footer claims"),
        (wrong_length(9), ErrorKind::Damaged, "footer is damaged"),
        (b"PARE0000PARE".to_vec(), ErrorKind::Unsupported, "encrypted"),
        (b"\x1f\x8b\x08\x00rest".to_vec(), ErrorKind::NotData, "gzip"),
        (b"{\"a\":1}\n".to_vec(), ErrorKind::NotData, "JSON"),
        (b"ARROW1\0\0".to_vec(), ErrorKind::Cut, "cut"),
        (arrow_bytes(false, None)[..5000].to_vec(), ErrorKind::Cut, "no footer"),
        (arrow_bytes(true, None)[..5000].to_vec(), ErrorKind::Cut, "cut at offset"),
        (vec![0xff; 4], ErrorKind::Cut, "cut"),
    ] {
        let error = open(&bytes);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(text) && error.path() == Some(&*path), "{error}");
    }
    let missing = DataFile::open(&dir.path().join("none"), &OpenOptions::default()).err().unwrap();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[test]
fn a_damaged_page_is_named_by_row_group_column_and_page() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    let mut bytes = parquet_bytes(Compression::UNCOMPRESSED, false, Encoding::PLAIN);
    // The length before the text of row 205, which is in row group 1.
    let needle = b"row 205 of";
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap() - 4;
    bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
    std::fs::write(&path, &bytes).unwrap();
    let file = DataFile::open(&path, &OpenOptions::default()).unwrap();
    let error = exercise_pages(&file, 1, ColumnId(1)).unwrap_err();
    assert_eq!((error.row_group(), error.column(), error.page()), (Some(1), Some("long"), Some(0)), "{error}");
    assert!(error.message().contains("length"), "{error}");
    let error = file.read(1, &[ColumnId(1)], None).unwrap_err();
    assert_eq!((error.row_group(), error.path()), (Some(1), Some(&*path)), "{error}");
    assert!(exercise_pages(&file, 0, ColumnId(1)).is_ok(), "the other row group is whole");
}

#[test]
fn a_file_that_shrinks_while_it_is_read_gives_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    // Large enough that the system has not mapped all of it on the first access.
    let text: StringArray = (0..200_000).map(|i| Some(format!("{i} a text that does not repeat"))).collect();
    let batch = RecordBatch::try_from_iter([("text", Arc::new(text) as ArrayRef)]).unwrap();
    let properties = WriterProperties::builder().set_dictionary_enabled(false).build();
    for mmap in [true, false] {
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties.clone())).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let file = DataFile::open(&path, &OpenOptions { mmap }).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_len(5000).unwrap();
        assert_eq!(exercise_pages(&file, 0, ColumnId(0)).unwrap_err().kind(), ErrorKind::Changed);
        assert_eq!(file.poisoned(), mmap);
        let error = file.read(0, &[ColumnId(0)], None).unwrap_err();
        assert!(!mmap || error.kind() == ErrorKind::Changed, "{error}");
    }
}
