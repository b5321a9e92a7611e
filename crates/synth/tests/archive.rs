//! What is on disk after a run, read back with the Parquet and Arrow readers, against the truth beside it.
//!
//! The truth is checked by an independent reading of the seed rule: plain string functions over the columns, written
//! here and sharing nothing with the generator.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a step of a test that fails is a failed test")]

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use retrohunt_synth::{FileSpec, Format, Options, Summary, TRUTH_FILE, TRUTH_ROWS_FILE, Vendor, generate};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

/// A row read back: the texts of its cells that are neither null nor empty, by column.
type Cells = BTreeMap<String, String>;

/// Every vendor twice, with and without `_raw`, one of the files in Arrow.
fn mixed(rows: u64) -> Vec<FileSpec> {
    let file = |vendor, raw| FileSpec { vendor, rows, raw, format: Format::Parquet };
    let mut files: Vec<FileSpec> =
        Vendor::ALL.into_iter().flat_map(|vendor| [file(vendor, false), file(vendor, true)]).collect();
    files[7].format = Format::Arrow;
    files.push(FileSpec { format: Format::Arrow, ..file(Vendor::CrowdStrike, false) });
    files
}

fn run(out: &Path, files: Vec<FileSpec>) -> Summary {
    generate(&Options { files, row_group_rows: Some(700), ..Options::new(out, 0) }).unwrap()
}

fn read(path: &Path) -> Vec<Cells> {
    let file = File::open(path).unwrap();
    let batches: Vec<RecordBatch> = if path.extension().unwrap() == "parquet" {
        ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect()
    } else {
        arrow_ipc::reader::FileReader::try_new(file, None).unwrap().map(Result::unwrap).collect()
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|row| cells(batch, row)).collect::<Vec<_>>()).collect()
}

fn cells(batch: &RecordBatch, row: usize) -> Cells {
    let mut result = Cells::new();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        if array.is_null(row) {
            continue;
        }
        let text = match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
            DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                array.as_primitive::<TimestampMicrosecondType>().value(row).to_string()
            }
            other => panic!("no column is of type {other}"),
        };
        if !text.is_empty() {
            result.insert(field.name().clone(), text);
        }
    }
    result
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `(?i)((\.exe(")?(\s+|\s+\/c)\s+)|(psexec.{1,}))("{1,})?\x5c\x5c.{2,}` by hand.
fn command_matches(command: &str) -> bool {
    let text = command.to_ascii_lowercase();
    (0..text.len()).filter(|&at| text.as_bytes()[at..].starts_with(br"\\")).any(|at| {
        let mut after = text[at + 2..].chars();
        let tail = (0..2).all(|_| after.next().is_some_and(|letter| letter != '\n'));
        let before = &text[..at];
        let quotes = before.len() - before.trim_end_matches('"').len();
        tail && (0..=quotes).any(|count| begins_a_match(&before[..before.len() - count]))
    })
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

fn begins_a_match(before: &str) -> bool {
    let ends = |text: &str| text.ends_with(".exe") || text.ends_with(".exe\"");
    let word = before.trim_end_matches(is_blank);
    let blanks = before.len() - word.len();
    let two_blanks = blanks >= 2 && ends(word);
    let slash_c = word.strip_suffix("/c").is_some_and(|rest| {
        let program = rest.trim_end_matches(is_blank);
        blanks >= 1 && program.len() < rest.len() && ends(program)
    });
    let psexec = before.match_indices("psexec").any(|(at, _)| {
        let between = &before[at + 6..];
        !between.is_empty() && !between.contains('\n')
    });
    two_blanks || slash_c || psexec
}

/// Whether `.exe` stands in `text` with a breaker or the end behind it.
fn has_ending(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let breakers = "[]<>(){}|!;,'\"*\n\r \t&?+/:=@.-$#%\\_";
    text.match_indices(".exe").any(|(at, _)| text[at + 4..].chars().next().is_none_or(|next| breakers.contains(next)))
}

/// `_time`, `host`, `process` and `user` of a row as the seed rule would see them; none unless it returns the row.
fn seed_rule(vendor: &str, row: &Cells) -> Option<[String; 4]> {
    let cell = |name: &str| row.get(name).cloned();
    let texts: Vec<&String> = match row.get("_raw") {
        Some(raw) => vec![raw],
        None => row.values().collect(),
    };
    if !texts.iter().any(|text| has_ending(text)) || !texts.iter().any(|text| text.contains(r"\\")) {
        return None;
    }
    let is = |name: &str, values: &[&str]| cell(name).is_some_and(|text| values.contains(&text.as_str()));
    let after = |text: String| text.split_once('\\').map_or(text.clone(), |(_, name)| name.to_owned());
    let (class, time, host, process, user) = match vendor {
        "crowdstrike" => (
            is("event_simpleName", &["ProcessRollup2", "SyntheticProcessRollup2"]),
            cell("timestamp").map(|text| day_time(text.parse::<i64>().unwrap() / 1000)),
            cell("ComputerName"),
            cell("CommandLine"),
            cell("UserName"),
        ),
        "defender" => (
            is("Type", &["DeviceProcessEvents"]),
            cell("Timestamp").map(|text| day_time(text.parse::<i64>().unwrap() / 1_000_000)),
            cell("DeviceName"),
            cell("ProcessCommandLine"),
            cell("AccountName"),
        ),
        "carbon-black" => (
            is("event_type", &["proc", "childproc"]),
            cell("timestamp").map(|text| day_time(text.split('.').next().unwrap().parse().unwrap())),
            cell("computer_name"),
            if is("event_type", &["childproc"]) { cell("child_command_line") } else { cell("command_line") },
            cell("username").map(after),
        ),
        "sysmon" => (
            is("EventID", &["1"]),
            cell("UtcTime").map(|text| format!("{}Z", text[..19].replace(' ', "T"))),
            cell("Computer"),
            cell("CommandLine"),
            cell("User"),
        ),
        "security" => (
            is("EventID", &["4688"]),
            cell("SystemTime").map(|text| format!("{}Z", &text[..19])),
            cell("Computer"),
            cell("CommandLine").or_else(|| cell("NewProcessName")),
            cell("TargetUserName").filter(|name| name != "-").or_else(|| cell("SubjectUserName")),
        ),
        other => panic!("no vendor is called {other}"),
    };
    let process = process.filter(|process| class && command_matches(process))?;
    Some([time?, host?, process, user.unwrap_or_default()])
}

/// RFC 3339 of a second in March 2024.
fn day_time(second: i64) -> String {
    let since = second - 1_709_251_200;
    let (day, of_day) = (since / 86_400 + 1, since % 86_400);
    assert!((1..=31).contains(&day));
    format!("2024-03-{day:02}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

#[test]
fn the_matcher_of_this_test_knows_the_rule() {
    for hit in [r"a.exe  \\srv", "\"a.EXE\" \t\"\"\\\\xy", r"a.exe /C \\srv", r"PsExec \\srv", r"psexec6\\\\s"] {
        assert!(command_matches(hit), "{hit}");
    }
    for miss in [r"a.exe \\srv", r"a.exefoo  \\srv", r"a.exe  //srv", r"a.exe  \\s", r"psexec\\srv", "psexec \n\\\\srv"]
    {
        assert!(!command_matches(miss), "{miss}");
    }
}

#[test]
fn exactly_the_rows_listed_as_hits_are_hits_and_the_truth_groups_them() {
    let out = tempfile::tempdir().unwrap();
    let summary = run(out.path(), mixed(1500));
    let listed = lines(&out.path().join(TRUTH_ROWS_FILE));
    let truth = lines(&out.path().join(TRUTH_FILE));
    let mut line_of = BTreeMap::new();
    for row in &listed {
        let hit = row["kind"].as_str().unwrap().starts_with("hit:");
        assert_eq!(hit, row.get("line").is_some());
        line_of
            .insert((row["file"].as_str().unwrap().to_owned(), row["row"].as_u64().unwrap()), row.get("line").cloned());
    }
    let mut users: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for file in &summary.files {
        for (number, row) in read(&out.path().join(&file.name)).iter().enumerate() {
            let place = (file.name.clone(), number as u64);
            let line = line_of.remove(&place).flatten().map(|line| line.as_u64().unwrap());
            let found = seed_rule(file.vendor.name(), row);
            assert_eq!(found.is_some(), line.is_some(), "{place:?}: {row:?}");
            if let (Some([time, host, process, user]), Some(line)) = (found, line) {
                let result = &truth[usize::try_from(line).unwrap()]["result"];
                assert_eq!(
                    [&result["_time"], &result["host"], &result["process"]],
                    [&time, &host, &process].map(|text| text.as_str())
                );
                users.entry(line).or_default().extend(Some(user).filter(|user| !user.is_empty()));
            }
        }
    }
    assert!(line_of.is_empty(), "listed rows are in no file: {line_of:?}");
    assert_eq!(users.len(), truth.len(), "every result has a row");
    for (line, users) in users {
        let expected = match users.len() {
            0 => Value::Null,
            1 => Value::from(users.into_iter().next().unwrap()),
            _ => Value::from(users.into_iter().collect::<Vec<_>>()),
        };
        assert_eq!(truth[usize::try_from(line).unwrap()]["result"]["user"], expected);
    }
}

#[test]
fn truth_lines_are_in_order_and_name_the_rule() {
    let out = tempfile::tempdir().unwrap();
    let summary = run(out.path(), mixed(800));
    let text = fs::read_to_string(out.path().join(TRUTH_FILE)).unwrap();
    let head = concat!(
        r#"{"rule":{"id":"5343.18043","title":"Remote Admin Tools","path":"datasets/rules/remote_admin_tools.yml"},"#,
        r#""result":{"_time":"2024-03-"#
    );
    assert!(text.lines().all(|line| line.starts_with(head)));
    let truth = lines(&out.path().join(TRUTH_FILE));
    assert_eq!(truth.len() as u64, summary.results);
    for line in &truth {
        let names: Vec<&String> = line["result"].as_object().unwrap().keys().collect();
        assert_eq!(names[..3], ["_time", "host", "process"]);
        assert!(names[3..].is_sorted() && names.len() > 10, "{names:?}");
    }
    let times: Vec<&str> = truth.iter().map(|line| line["result"]["_time"].as_str().unwrap()).collect();
    assert!(times.is_sorted());
}

#[test]
fn every_case_is_there_and_groups_have_several_values() {
    let out = tempfile::tempdir().unwrap();
    run(out.path(), mixed(800));
    let rows = lines(&out.path().join(TRUTH_ROWS_FILE));
    let kinds: BTreeSet<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert!(kinds.iter().filter(|kind| kind.starts_with("hit:")).count() >= 30);
    assert!(kinds.iter().filter(|kind| kind.starts_with("near-miss:")).count() >= 37);
    for kind in ["hit:raw-null", "hit:same-second", "near-miss:one-blank", "near-miss:raw-without-terms"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let truth = lines(&out.path().join(TRUTH_FILE));
    let several = truth.iter().filter(|line| line["result"]["process_id"] == serde_json::json!(["12", "400", "8"]));
    assert!(several.count() >= 8, "one result of three ids from four rows for each stream but the hexadecimal ones");
    let long = truth.iter().filter(|line| line["result"]["process"].as_str().unwrap().len() > 65_536);
    assert!(long.count() >= 10);
    let hosts: Vec<&str> = truth.iter().map(|line| line["result"]["host"].as_str().unwrap()).collect();
    assert!(hosts.windows(3).any(|three| three == ["9", "10", "9-lives"]));
}

#[test]
fn equal_options_give_equal_bytes_whatever_the_threads() {
    let (one, two, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = |out: &Path, threads, seed| Options { threads, seed, files: mixed(500), ..Options::new(out, 0) };
    let summary = generate(&options(one.path(), 1, 7)).unwrap();
    assert_eq!(generate(&options(two.path(), 3, 7)).unwrap(), summary);
    generate(&options(other.path(), 2, 8)).unwrap();
    let names = summary.files.iter().map(|file| file.name.as_str()).chain([TRUTH_FILE, TRUTH_ROWS_FILE]);
    for name in names {
        let bytes = fs::read(one.path().join(name)).unwrap();
        assert!(bytes == fs::read(two.path().join(name)).unwrap(), "{name}");
        assert!(bytes != fs::read(other.path().join(name)).unwrap(), "{name}");
    }
}

#[test]
fn row_counts_groups_and_shares_are_as_asked() {
    let out = tempfile::tempdir().unwrap();
    let options = Options { row_group_rows: Some(1000), ..Options::new(out.path(), 20_000) };
    let summary = generate(&options).unwrap();
    assert_eq!(summary.rows(), 20_000);
    let listed = lines(&out.path().join(TRUTH_ROWS_FILE));
    let planted = |file: &str, row: usize| listed.iter().any(|line| line["file"] == file && line["row"] == row);
    let (mut starts, mut backslashes) = (0, 0);
    for file in &summary.files {
        let path = out.path().join(&file.name);
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let metadata = reader.metadata();
        assert_eq!(metadata.file_metadata().num_rows() as u64, file.rows);
        assert!(metadata.row_groups().iter().all(|group| group.num_rows() <= 1000));
        assert_eq!(metadata.num_row_groups() as u64, file.rows.div_ceil(1000));
        assert_eq!(file.bytes, fs::metadata(&path).unwrap().len());
        assert!(file.hit_rows >= 5 && file.near_miss_rows >= 5);
        let columns = ["CommandLine", "ProcessCommandLine", "command_line", "child_command_line"];
        for (number, row) in read(&path).iter().enumerate() {
            if let Some(command) = columns.iter().find_map(|name| row.get(*name))
                && !planted(&file.name, number)
            {
                starts += 1;
                backslashes += u64::from(command.contains(r"\\"));
            }
        }
    }
    assert!(starts > 15_000, "{starts}");
    assert!((70..210).contains(&backslashes), "about 7 in 1,000 of {starts}: {backslashes}");
}

#[test]
fn a_directory_with_something_in_it_is_left_alone_unless_told() {
    let out = tempfile::tempdir().unwrap();
    let options = Options::new(out.path(), 400);
    generate(&options).unwrap();
    fs::write(out.path().join("sysmon-777.parquet"), "of an earlier run").unwrap();
    fs::write(out.path().join("notes.txt"), "mine").unwrap();
    let error = generate(&options).unwrap_err();
    assert!(error.is_not_empty() && error.to_string().contains("not empty"), "{error}");
    generate(&Options { overwrite: true, ..options }).unwrap();
    assert!(!out.path().join("sysmon-777.parquet").exists());
    assert_eq!(fs::read_to_string(out.path().join("notes.txt")).unwrap(), "mine");
}
