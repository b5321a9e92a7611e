//! Events as they were recorded or documented map to the fields of the profile reference.

mod row;

use retrohunt_profile::EventClass;
use row::Row;

/// Sysmon 1 of the EVTX recordings.
fn sysmon_1() -> Row {
    Row::new(&[
        ("_raw", "<Event/>"),
        ("host", "IEWIN7"),
        ("EventID", "1"),
        ("EventCode", "1"),
        ("Channel", "Microsoft-Windows-Sysmon/Operational"),
        ("Provider", "Microsoft-Windows-Sysmon"),
        ("Computer", "IEWIN7"),
        ("CommandLine", "\"C:\\Users\\IEUser\\Downloads\\Flash_update.exe\" "),
        ("CurrentDirectory", "C:\\Users\\IEUser\\Downloads\\"),
        ("Hashes", "SHA1=B4E581F1,MD5=42893ADB,SHA256=1A061C74,IMPHASH=00000000"),
        ("Image", "C:\\Users\\IEUser\\Downloads\\Flash_update.exe"),
        ("IntegrityLevel", "High"),
        ("OriginalFileName", "-"),
        ("ParentCommandLine", "C:\\Windows\\Explorer.EXE"),
        ("ParentImage", "C:\\Windows\\explorer.exe"),
        ("ParentProcessGuid", "365ABB72-7ACC-5CC4-0000-0010B2470300"),
        ("ParentProcessId", "2772"),
        ("ParentUser", "IEWIN7\\Parent"),
        ("ProcessGuid", "365ABB72-7C01-5CC4-0000-00102B3E0C00"),
        ("ProcessId", "2680"),
        ("ProcessID", "1912"),
        ("User", "IEWIN7\\IEUser"),
        ("UserID", "S-1-5-18"),
        ("UtcTime", "2019-04-27 15:57:53.368"),
    ])
}

/// Security 4688 of the flat JSON recordings.
fn security_4688() -> Row {
    Row::new(&[
        ("EventID", "4688"),
        ("Channel", "security"),
        ("Hostname", "DC01.pandalab.com"),
        ("Keywords", "0x8020000000000000"),
        ("CommandLine", "C:\\Windows\\system32\\svchost.exe  -k netsvcs"),
        ("MandatoryLabel", "S-1-16-16384"),
        ("NewProcessId", "0x165c"),
        ("NewProcessName", "C:\\Windows\\System32\\svchost.exe"),
        ("ParentProcessName", "C:\\Windows\\System32\\services.exe"),
        ("ProcessId", "0x250"),
        ("SubjectDomainName", "PANDALAB"),
        ("SubjectUserName", "DC01$"),
        ("SubjectLogonId", "0x3e7"),
        ("TargetUserName", "-"),
        ("TargetLogonId", "0x0"),
    ])
}

#[test]
fn sysmon_1_has_every_field_of_the_process_model() {
    let row = sysmon_1();
    assert_eq!(row.profiles(), ["sysmon", "windows-security"]);
    assert_eq!(row.classes_of(EventClass::ProcessCreation), ["sysmon: process creation"]);
    row.expect(&[
        ("dest", "IEWIN7"),
        ("host", "IEWIN7"),
        ("dvc", "IEWIN7"),
        ("user", "IEWIN7\\IEUser"),
        ("src_user", "IEWIN7\\Parent"),
        ("user_id", "S-1-5-18"),
        ("process", "\"C:\\Users\\IEUser\\Downloads\\Flash_update.exe\" "),
        ("process_path", "C:\\Users\\IEUser\\Downloads\\Flash_update.exe"),
        ("process_name", "Flash_update.exe"),
        ("process_exec", "Flash_update.exe"),
        ("process_id", "2680"),
        ("process_guid", "365ABB72-7C01-5CC4-0000-00102B3E0C00"),
        ("process_hash", "SHA1=B4E581F1,MD5=42893ADB,SHA256=1A061C74,IMPHASH=00000000"),
        ("process_current_directory", "C:\\Users\\IEUser\\Downloads\\"),
        ("process_integrity_level", "High"),
        // A dash in a plain mapping stays what it is; it is null only in a choice between columns.
        ("original_file_name", "-"),
        ("parent_process", "C:\\Windows\\Explorer.EXE"),
        ("parent_process_path", "C:\\Windows\\explorer.exe"),
        ("parent_process_name", "explorer.exe"),
        ("parent_process_exec", "explorer.exe"),
        ("parent_process_id", "2772"),
        ("parent_process_guid", "365ABB72-7ACC-5CC4-0000-0010B2470300"),
        ("action", "allowed"),
        ("vendor_product", "Microsoft Sysmon"),
        ("MD5", "42893ADB"),
        ("IMPHASH", "00000000"),
        // Native names stay.
        ("Image", "C:\\Users\\IEUser\\Downloads\\Flash_update.exe"),
        ("ProcessId", "2680"),
        ("ProcessID", "1912"),
        // One value, three names.
        ("EventID", "1"),
        ("EventCode", "1"),
        ("signature_id", "1"),
    ]);
    assert_eq!(
        row.values("source"),
        ["XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "WinEventLog:Microsoft-Windows-Sysmon/Operational"]
    );
}

#[test]
fn security_4688_has_every_field_of_the_process_model() {
    let row = security_4688();
    assert_eq!(row.profiles(), ["windows-security"]);
    assert_eq!(row.classes_of(EventClass::ProcessCreation), ["windows-security: process creation"]);
    row.expect(&[
        ("dest", "DC01.pandalab.com"),
        ("host", "DC01.pandalab.com"),
        // TargetUserName is a dash.
        ("user", "DC01$"),
        ("src_user", "DC01$"),
        // As it is, both blanks kept.
        ("process", "C:\\Windows\\system32\\svchost.exe  -k netsvcs"),
        ("process_path", "C:\\Windows\\System32\\svchost.exe"),
        ("process_name", "svchost.exe"),
        ("process_exec", "svchost.exe"),
        ("process_id", "0x165c"),
        ("process_integrity_level", "System"),
        ("parent_process", "C:\\Windows\\System32\\services.exe"),
        ("parent_process_path", "C:\\Windows\\System32\\services.exe"),
        ("parent_process_name", "services.exe"),
        ("parent_process_exec", "services.exe"),
        ("parent_process_id", "0x250"),
        ("action", "allowed"),
        ("vendor_product", "Microsoft Windows"),
        ("Creator_Process_Name", "C:\\Windows\\System32\\services.exe"),
        ("EventCode", "4688"),
        ("signature_id", "4688"),
        ("Computer", "DC01.pandalab.com"),
    ]);
    row.expect_null(&["original_file_name", "process_guid", "process_hash", "Type"]);
    assert_eq!(row.values("Account_Name"), ["DC01$", "-"]);
    assert_eq!(row.values("Logon_ID"), ["0x3e7", "0x0"]);
}

#[test]
fn the_process_of_4688_without_a_command_line_is_its_path() {
    for line in ["", "-"] {
        security_4688().with("CommandLine", line).expect(&[("process", "C:\\Windows\\System32\\svchost.exe")]);
    }
    security_4688().with("TargetUserName", "wardog").expect(&[("user", "wardog"), ("src_user", "DC01$")]);
    security_4688().with("TargetUserName", "").expect(&[("user", "DC01$")]);
    security_4688().with("Keywords", "-9214364837600034816").expect(&[("action", "allowed")]);
    security_4688().with("Keywords", "0x8010000000000000").expect_null(&["action"]);
}

#[test]
fn winlogbeat_6_maps_by_its_own_header_names() {
    let row = Row::new(&[
        ("event_id", "4688"),
        ("log_name", "Security"),
        ("computer_name", "HFDC01.shire.com"),
        ("host.name", "WECserver"),
        ("keywords", "[\"Audit Success\"]"),
        // The logging process: not the event's.
        ("process_id", "4"),
        ("event_data.NewProcessId", "0x398"),
        ("event_data.NewProcessName", "C:\\Windows\\System32\\whoami.exe"),
        ("event_data.SubjectUserName", "pgustavo"),
        ("event_data.ScriptBlockText", "x"),
    ]);
    row.expect(&[
        ("process_id", "0x398"),
        ("process_name", "whoami.exe"),
        ("process", "C:\\Windows\\System32\\whoami.exe"),
        ("dest", "HFDC01.shire.com"),
        ("action", "allowed"),
        ("user", "pgustavo"),
        ("EventID", "4688"),
        ("EventCode", "4688"),
        ("Channel", "Security"),
        // Event data under its bare name.
        ("NewProcessName", "C:\\Windows\\System32\\whoami.exe"),
        ("ScriptBlockText", "x"),
        ("host.name", "WECserver"),
    ]);
    assert_eq!(row.collisions(), ["process_id"]);
    // Elsewhere the native column stays.
    row.with("event_id", "4634").expect(&[("process_id", "4")]);
}

#[test]
fn winlogbeat_8_maps_event_data_and_what_its_module_moved() {
    let head = [
        ("winlog.event_id", "1"),
        ("winlog.channel", "Microsoft-Windows-Sysmon/Operational"),
        ("winlog.computer_name", "W10"),
    ];
    let moved = Row::new(&[
        head[0],
        head[1],
        head[2],
        ("process.executable", "C:\\a\\b.exe"),
        ("process.command_line", "b.exe /x"),
        ("process.parent.executable", "C:\\a\\p.exe"),
        ("winlog.event_data.UtcTime", "2022-01-01 00:00:00.000"),
    ]);
    assert_eq!(moved.profiles(), ["sysmon", "windows-security"]);
    moved.expect(&[
        ("process", "b.exe /x"),
        ("process_name", "b.exe"),
        ("parent_process_name", "p.exe"),
        ("dest", "W10"),
        ("Image", "C:\\a\\b.exe"),
    ]);
    let plain = Row::new(&[
        head[0],
        head[1],
        head[2],
        ("winlog.event_data.Image", "C:\\a\\b.exe"),
        ("winlog.event_data.CommandLine", "b.exe /x"),
        ("winlog.event_data.ProcessGuid", "{G}"),
    ]);
    plain.expect(&[
        ("process", "b.exe /x"),
        ("process_name", "b.exe"),
        ("CommandLine", "b.exe /x"),
        ("process_guid", "{G}"),
    ]);
}

#[test]
fn the_channel_decides_between_events_of_one_id_and_is_folded_and_trimmed() {
    sysmon_1()
        .with("Channel", " microsoft-windows-sysmon/OPERATIONAL\n")
        .with("Provider", "")
        .expect(&[("action", "allowed")]);
    let kernel = sysmon_1()
        .with("Channel", "Microsoft-Windows-Kernel-IO/Operational")
        .with("Provider", "Microsoft-Windows-Kernel-IO");
    kernel.expect_null(&["action", "process", "process_name"]);
    assert!(kernel.classes_of(EventClass::ProcessCreation).is_empty());
    // The provider alone is enough.
    sysmon_1().with("Channel", "").expect(&[("action", "allowed")]);
}

#[test]
fn a_sysmon_export_without_channel_and_provider_goes_by_the_event_id() {
    let row = Row::new(&[
        ("EventCode", "1"),
        ("Image", "C:\\a\\b.exe"),
        ("UtcTime", "2022-01-01 00:00:00"),
        ("CommandLine", "b"),
    ]);
    assert_eq!(row.profiles(), ["sysmon"]);
    row.expect(&[("process_name", "b.exe"), ("process", "b"), ("signature_id", "1")]);
    row.expect_null(&["source", "sourcetype"]);
}

#[test]
fn sysmon_registry_events_split_key_and_value() {
    let row = |id: &str, kind: &str| {
        Row::new(&[
            ("EventID", id),
            ("Channel", "Microsoft-Windows-Sysmon/Operational"),
            ("EventType", kind),
            ("Image", "C:\\Windows\\Explorer.EXE"),
            ("TargetObject", "HKLM\\Software\\Run\\a/b"),
            ("Details", "DWORD (0x00000001)"),
            ("UtcTime", "2022-01-01 00:00:00"),
            ("User", "D\\u"),
        ])
    };
    row("13", "SetValue").expect(&[
        ("registry_path", "HKLM\\Software\\Run\\a/b"),
        ("registry_key_name", "HKLM\\Software\\Run"),
        ("registry_value_name", "a/b"),
        ("registry_value_data", "DWORD (0x00000001)"),
        ("registry_value_type", "REG_DWORD"),
        ("registry_hive", "HKLM"),
        ("action", "modified"),
        ("process_name", "Explorer.EXE"),
        ("user", "D\\u"),
    ]);
    row("13", "INFO").with("Details", "x").expect(&[("action", "modified"), ("registry_value_type", "REG_SZ")]);
    row("12", "CreateKey").expect(&[("action", "created"), ("registry_key_name", "HKLM\\Software\\Run\\a/b")]);
    row("12", "DeleteValue").expect(&[("action", "deleted")]);
    // A collector's own EventType says nothing about the action.
    row("12", "INFO").expect_null(&["action", "registry_value_name"]);
    row("14", "RenameKey").expect(&[("action", "renamed")]);
}

#[test]
fn the_other_sysmon_events_of_the_reference() {
    let row = |id: &str, data: &[(&str, &str)]| {
        let head = [
            ("EventID", id),
            ("Channel", "Microsoft-Windows-Sysmon/Operational"),
            ("Computer", "PC"),
            ("UtcTime", "2022-01-01 00:00:00"),
            ("Image", "C:\\w\\a.exe"),
            ("ProcessId", "7"),
        ];
        Row::new(&head.into_iter().chain(data.iter().copied()).collect::<Vec<_>>())
    };
    row(
        "3",
        &[
            ("SourceIp", "10.0.0.1"),
            ("SourceHostname", "-"),
            ("DestinationIp", "10.0.0.2"),
            ("DestinationHostname", "-"),
            ("DestinationPort", "53"),
            ("Initiated", "true"),
            ("Protocol", "udp"),
        ],
    )
    .expect(&[
        ("src", "10.0.0.1"),
        ("dest", "10.0.0.2"),
        ("dest_port", "53"),
        ("direction", "outbound"),
        ("transport", "udp"),
        ("app", "C:\\w\\a.exe"),
        ("process_name", "a.exe"),
        ("host", "PC"),
    ]);
    row("3", &[("SourceIp", "10.0.0.1"), ("Initiated", "False"), ("DestinationIp", "::1")])
        .expect(&[("direction", "inbound")]);
    row("7", &[("ImageLoaded", "C:\\w\\l.dll"), ("Signed", "true")]).expect(&[
        ("process_name", "a.exe"),
        ("parent_process_id", "7"),
        ("loaded_file_path", "C:\\w\\l.dll"),
    ]);
    row(
        "10",
        &[
            ("Image", ""),
            ("SourceImage", "C:\\s.exe"),
            ("TargetImage", "C:\\t.exe"),
            ("GrantedAccess", "0x1010"),
            ("TargetProcessGUID", "{T}"),
            ("SourceProcessGUID", "{S}"),
        ],
    )
    .expect(&[
        ("process_name", "t.exe"),
        ("parent_process_name", "s.exe"),
        ("granted_access", "0x1010"),
        ("process_guid", "{T}"),
        ("parent_process_guid", "{S}"),
    ]);
    row("11", &[("TargetFilename", "C:\\x\\y.txt"), ("CreationUtcTime", "2022")]).expect(&[
        ("file_name", "y.txt"),
        ("file_path", "C:\\x\\y.txt"),
        ("action", "created"),
    ]);
    row("23", &[("TargetFilename", "C:\\x\\y.txt"), ("Hashes", "MD5=1")]).expect(&[
        ("action", "deleted"),
        ("file_hash", "MD5=1"),
        ("MD5", "1"),
    ]);
    row("22", &[("QueryName", "a.b"), ("QueryStatus", "0")]).expect(&[
        ("query", "a.b"),
        ("reply_code_id", "0"),
        ("src", "PC"),
    ]);
    row("17", &[("PipeName", "\\p")]).expect(&[("pipe_name", "\\p"), ("process_path", "C:\\w\\a.exe")]);
}

#[test]
fn windows_network_connections_know_both_spellings_of_the_process_id() {
    let row = |name: &str| {
        let columns = [
            ("EventID", "5156"),
            ("Channel", "Security"),
            ("Computer", "PC"),
            ("SourceAddress", "127.0.0.1"),
            ("DestPort", "53"),
            ("Direction", "%%14593"),
            ("Protocol", "17"),
            ("Application", "\\device\\hd\\svchost.exe"),
        ];
        Row::new(&columns.into_iter().chain([(name, "1072")]).collect::<Vec<_>>())
    };
    for name in ["ProcessID", "ProcessId"] {
        row(name).expect(&[
            ("process_id", "1072"),
            ("transport", "udp"),
            ("direction", "outbound"),
            ("dest", "PC"),
            ("dest_port", "53"),
            ("action", "allowed"),
            ("process_name", "svchost.exe"),
        ]);
    }
    // Where both are there, ProcessID is the header's.
    row("ProcessId").with("ProcessID", "4").expect(&[("process_id", "1072"), ("ProcessID", "4")]);
}

#[test]
fn powershell_text_is_process() {
    let head = [("Channel", "Microsoft-Windows-PowerShell/Operational"), ("UserID", "S-1-5-21-1")];
    let block = Row::new(&[
        head[0],
        head[1],
        ("EventID", "4104"),
        ("ScriptBlockText", "iex x"),
        ("Message", "Creating …"),
        ("Path", "C:\\s.ps1"),
    ]);
    block.expect(&[
        ("process", "iex x"),
        ("user", "S-1-5-21-1"),
        ("user_id", "S-1-5-21-1"),
        ("process_path", "C:\\s.ps1"),
    ]);
    block.with("ScriptBlockText", "").expect(&[("process", "Creating …")]);
    let context = "        Severity = Informational\n        Host Application = C:\\w\\powershell.exe -nop\n        User = PANDALAB\\Administrator\n        Connected User = \n";
    let pipeline = Row::new(&[
        head[0],
        head[1],
        ("EventID", "4103"),
        ("Payload", "CommandInvocation"),
        ("ContextInfo", context),
        ("Message", "m"),
    ]);
    assert_eq!(pipeline.values("process"), ["CommandInvocation", context]);
    pipeline.expect(&[("user", "PANDALAB\\Administrator"), ("process_path", "C:\\w\\powershell.exe -nop")]);
    pipeline.with("Payload", "").with("ContextInfo", "").expect(&[("process", "m"), ("user", "S-1-5-21-1")]);
}

#[test]
fn logons_and_object_access() {
    let logon = Row::new(&[
        ("EventID", "4624"),
        ("Channel", "Security"),
        ("Computer", "DC"),
        ("Keywords", "0x8020000000000000"),
        ("TargetUserName", "SYSTEM"),
        ("SubjectUserName", "-"),
        ("IpAddress", "127.0.0.1"),
        ("LogonType", "5"),
        ("WorkstationName", "-"),
    ]);
    logon.expect(&[
        ("user", "SYSTEM"),
        ("action", "success"),
        ("Logon_Type", "5"),
        ("dest", "DC"),
        ("src", "127.0.0.1"),
    ]);
    logon.expect_null(&["src_user", "src_ip"]);
    logon.with("IpAddress", "10.1.2.3").expect(&[("src_ip", "10.1.2.3")]);
    let file = Row::new(&[
        ("EventID", "4663"),
        ("Channel", "Security"),
        ("ObjectType", "File"),
        ("ObjectName", "C:\\a\\b.txt"),
        ("ProcessName", "C:\\w\\p.exe"),
        ("SubjectUserName", "u"),
    ]);
    file.expect(&[
        ("file_name", "b.txt"),
        ("process", "C:\\w\\p.exe"),
        ("process_name", "p.exe"),
        ("user", "u"),
        ("Object_Name", "C:\\a\\b.txt"),
    ]);
    file.with("ObjectType", "Key").expect_null(&["file_name"]);
    let value = Row::new(&[
        ("EventID", "4657"),
        ("Channel", "Security"),
        ("ObjectName", "\\REGISTRY\\MACHINE\\S"),
        ("ObjectValueName", "Start"),
        ("NewValue", "4"),
        ("OperationType", "%%1905"),
    ]);
    value.expect(&[
        ("registry_path", "\\REGISTRY\\MACHINE\\S"),
        ("registry_value_name", "Start"),
        ("registry_value_data", "4"),
        ("action", "modified"),
    ]);
}
