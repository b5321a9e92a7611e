//! Events of products of which there are no recordings map as the profile reference says.

mod row;

use retrohunt_profile::EventClass;
use row::Row;

/// A CrowdStrike process event.
fn fdr() -> Row {
    Row::new(&[
        ("event_simpleName", "ProcessRollup2"),
        ("name", "ProcessRollup2V19"),
        ("aid", "aid1"),
        ("cid", "cid1"),
        ("ComputerName", ""),
        ("timestamp", "1596612509123"),
        ("UserName", ""),
        ("UserSid", "S-1-5-18"),
        ("CommandLine", "cmd /c whoami"),
        ("ImageFileName", "\\Device\\HarddiskVolume1\\Windows\\System32\\cmd.exe"),
        ("RawProcessId", "1234"),
        ("TargetProcessId", "998877"),
        ("ParentProcessId", "112233"),
        ("ParentBaseFileName", "explorer.exe"),
        ("IntegrityLevel", "12288"),
        ("SHA256HashData", "aa"),
        ("MD5HashData", "bb"),
        ("RemoteAddressIP4", ""),
        ("LocalAddressIP4", ""),
        ("RemotePort", ""),
        ("Protocol", ""),
    ])
}

#[test]
fn crowdstrike_process_creation() {
    let row = fdr();
    assert_eq!(row.profiles(), ["crowdstrike-fdr"]);
    assert_eq!(row.classes_of(EventClass::ProcessCreation), ["crowdstrike-fdr: process creation"]);
    row.expect(&[
        ("dest", "aid1"),
        ("host", "aid1"),
        ("user", "S-1-5-18"),
        ("user_id", "S-1-5-18"),
        ("process", "cmd /c whoami"),
        ("process_path", "\\Device\\HarddiskVolume1\\Windows\\System32\\cmd.exe"),
        ("process_name", "cmd.exe"),
        ("process_exec", "cmd.exe"),
        ("process_id", "1234"),
        ("process_guid", "998877"),
        ("process_integrity_level", "High"),
        ("parent_process_name", "explorer.exe"),
        ("parent_process_exec", "explorer.exe"),
        ("parent_process_id", "112233"),
        ("parent_process_guid", "112233"),
        ("action", "allowed"),
        ("vendor_product", "CrowdStrike Falcon"),
    ]);
    assert_eq!(row.values("process_hash"), ["aa", "bb"]);
    // FDR has neither, and no Windows event number.
    row.expect_null(&["parent_process", "parent_process_path", "signature_id", "EventCode"]);
    row.with("ComputerName", "PC").with("UserName", "u").expect(&[("dest", "PC"), ("user", "u")]);
    row.with("IntegrityLevel", "5").expect(&[("process_integrity_level", "5")]);
    assert_eq!(
        row.with("event_simpleName", "syntheticprocessrollup2").classes_of(EventClass::ProcessCreation).len(),
        1
    );
}

#[test]
fn crowdstrike_network_connection() {
    let row = fdr()
        .with("event_simpleName", "NetworkConnectIP4")
        .with("RemoteAddressIP4", "8.8.8.8")
        .with("RemotePort", "53")
        .with("Protocol", "17");
    row.expect(&[
        ("dest_ip", "8.8.8.8"),
        ("dest", "8.8.8.8"),
        ("dest_port", "53"),
        ("transport", "udp"),
        ("direction", "outbound"),
        ("host", "aid1"),
    ]);
    row.with("event_simpleName", "NetworkReceiveAcceptIP4").expect(&[("direction", "inbound")]);
    assert_eq!(row.classes_of(EventClass::NetworkConnection).len(), 1);
    row.expect_null(&["process", "process_name"]);
}

/// A Defender process event.
fn defender() -> Row {
    Row::new(&[
        ("Timestamp", "2024-01-01T00:00:00Z"),
        ("DeviceId", "d1"),
        ("DeviceName", "pc.corp"),
        ("ActionType", "ProcessCreated"),
        ("AccountName", "ada"),
        ("AccountSid", "S-1"),
        ("FileName", "cmd.exe"),
        ("FolderPath", "C:\\Windows\\System32\\cmd.exe"),
        ("ProcessId", "77"),
        ("ProcessCommandLine", "cmd /c dir"),
        ("ProcessIntegrityLevel", "High"),
        ("ProcessVersionInfoOriginalFileName", "Cmd.Exe"),
        ("SHA256", "aa"),
        ("SHA1", ""),
        ("MD5", "bb"),
        ("InitiatingProcessAccountName", "system"),
        ("InitiatingProcessFileName", "explorer.exe"),
        ("InitiatingProcessFolderPath", "c:\\windows"),
        ("InitiatingProcessCommandLine", "explorer.exe /x"),
        ("InitiatingProcessId", "5"),
        ("RemoteIP", ""),
        ("RegistryKey", ""),
        ("RegistryValueName", ""),
    ])
}

#[test]
fn defender_process_creation() {
    let row = defender();
    assert_eq!(row.profiles(), ["defender"]);
    assert_eq!(row.classes_of(EventClass::ProcessCreation), ["defender: process creation"]);
    row.expect(&[
        ("dest", "pc.corp"),
        ("host", "pc.corp"),
        ("user", "ada"),
        ("src_user", "system"),
        ("user_id", "S-1"),
        ("process", "cmd /c dir"),
        ("process_path", "C:\\Windows\\System32\\cmd.exe"),
        ("process_name", "cmd.exe"),
        ("process_exec", "cmd.exe"),
        ("process_id", "77"),
        ("process_integrity_level", "High"),
        ("original_file_name", "Cmd.Exe"),
        ("parent_process", "explorer.exe /x"),
        ("parent_process_path", "c:\\windows\\explorer.exe"),
        ("parent_process_name", "explorer.exe"),
        ("parent_process_id", "5"),
        ("action", "allowed"),
        ("Type", "DeviceProcessEvents"),
    ]);
    assert_eq!(row.values("process_hash"), ["aa", "bb"]);
    row.with("FolderPath", "C:\\Windows\\").expect(&[("process_path", "C:\\Windows\\cmd.exe")]);
    let constants = row.ask(|map| map.constants());
    let table = constants.iter().find(|constant| constant.text == "DeviceProcessEvents").expect("a constant");
    assert!(table.value_text && table.class.is_some());
    assert!(constants.iter().any(|constant| constant.text == "allowed" && !constant.value_text));
}

#[test]
fn defender_tables_are_told_apart_by_action_type_or_by_table_name() {
    let registry = defender()
        .with("ActionType", "RegistryValueSet")
        .with("RegistryKey", "HKEY_LOCAL_MACHINE\\Run")
        .with("RegistryValueName", "a");
    registry.expect(&[
        ("registry_path", "HKEY_LOCAL_MACHINE\\Run\\a"),
        ("action", "modified"),
        ("registry_hive", "HKEY_LOCAL_MACHINE"),
        ("process_name", "explorer.exe"),
        ("user", "system"),
        ("Type", "DeviceRegistryEvents"),
    ]);
    registry.with("RegistryValueName", "").expect(&[("registry_path", "HKEY_LOCAL_MACHINE\\Run")]);
    let network = defender().with("ActionType", "ConnectionSuccess").with("RemoteIP", "1.2.3.4");
    assert_eq!(network.classes_of(EventClass::NetworkConnection), ["defender: network connection"]);
    network.expect(&[("dest", "1.2.3.4"), ("src", "pc.corp")]);
    // Streamed events: the table's name in `category`, the event under a prefix, no ActionType.
    let streamed = Row::new(&[
        ("category", "AdvancedHunting-DeviceProcessEvents"),
        ("properties.DeviceName", "pc"),
        ("properties.ProcessCommandLine", "x"),
        ("properties.InitiatingProcessFileName", "p.exe"),
    ]);
    assert_eq!(streamed.classes_of(EventClass::ProcessCreation).len(), 1);
    streamed.expect(&[("process", "x"), ("dest", "pc"), ("parent_process_name", "p.exe"), ("ProcessCommandLine", "x")]);
    // Another action in the table's own file is no process creation.
    assert!(
        defender()
            .with("Type", "DeviceProcessEvents")
            .with("ActionType", "OpenProcess")
            .classes_of(EventClass::ProcessCreation)
            .is_empty()
    );
}

#[test]
fn carbon_black_forwarder() {
    let row = Row::new(&[
        ("type", "ingress.event.procstart"),
        ("event_type", "proc"),
        ("cb_server", "cb"),
        ("sensor_id", "1"),
        ("computer_name", "pc"),
        ("timestamp", "1596612509"),
        ("username", "CORP\\ada"),
        ("path", "c:\\windows\\system32\\cmd.exe"),
        ("command_line", "cmd /c dir"),
        ("pid", "77"),
        ("process_guid", "g1"),
        ("parent_pid", "5"),
        ("parent_path", "c:\\windows\\explorer.exe"),
        ("md5", "bb"),
        ("ipv4", ""),
        ("domain", ""),
        ("port", ""),
    ]);
    assert_eq!(row.profiles(), ["carbon-black"]);
    row.expect(&[
        ("dest", "pc"),
        ("user", "ada"),
        ("process", "cmd /c dir"),
        ("process_path", "c:\\windows\\system32\\cmd.exe"),
        ("process_name", "cmd.exe"),
        ("process_exec", "cmd.exe"),
        ("process_id", "77"),
        ("process_guid", "g1"),
        ("process_hash", "bb"),
        ("parent_process_id", "5"),
        ("parent_process_name", "explorer.exe"),
        ("event_type", "proc"),
        ("action", "allowed"),
        ("vendor_product", "Bit9 Carbon Black"),
    ]);
    row.expect_null(&["parent_process", "original_file_name"]);
    let child =
        row.with("event_type", "childproc").with("type", "ingress.event.childproc").with("child_process_guid", "g2");
    assert_eq!(child.classes_of(EventClass::ProcessCreation), ["carbon-black: child process (forwarder)"]);
    child.expect(&[
        ("process_guid", "g2"),
        ("parent_process_guid", "g1"),
        ("process_name", "cmd.exe"),
        ("event_type", "childproc"),
    ]);
    let network = row
        .with("event_type", "netconn")
        .with("type", "ingress.event.netconn")
        .with("ipv4", "1.2.3.4")
        .with("port", "443");
    network.expect(&[("dest", "1.2.3.4"), ("dest_ip", "1.2.3.4"), ("dest_port", "443"), ("src", "pc")]);
    network.with("domain", "evil.example").expect(&[("dest", "evil.example")]);
}

#[test]
fn carbon_black_cloud() {
    let row = Row::new(&[
        ("type", "endpoint.event.procstart"),
        ("device_name", "pc"),
        ("device_timestamp", "2021-07-28 18:43:51 +0000 UTC"),
        ("process_name", "c:\\windows\\cmd.exe"),
        ("process_cmdline", "cmd /c dir"),
        ("process_username", "CORP\\ada"),
        ("process_pid", "77"),
        ("process_guid", "g1"),
        ("parent_name", "c:\\windows\\explorer.exe"),
        ("parent_cmdline", "explorer"),
        ("childproc_name", ""),
        ("childproc_cmdline", ""),
        ("childproc_pid", ""),
        ("netconn_remote_ipv4", ""),
    ]);
    assert_eq!(row.profiles(), ["carbon-black"]);
    row.expect(&[
        ("event_type", "proc"),
        ("dest", "pc"),
        ("user", "CORP\\ada"),
        ("process", "cmd /c dir"),
        ("process_path", "c:\\windows\\cmd.exe"),
        // The archive's own process_name is a path; on process events the field is the name.
        ("process_name", "cmd.exe"),
        ("process_id", "77"),
        ("parent_process", "explorer"),
        ("parent_process_path", "c:\\windows\\explorer.exe"),
        ("parent_process_name", "explorer.exe"),
    ]);
    let child =
        row.with("childproc_name", "c:\\a\\whoami.exe").with("childproc_cmdline", "whoami").with("childproc_pid", "78");
    child.expect(&[
        ("process_name", "whoami.exe"),
        ("process", "whoami"),
        ("process_id", "78"),
        ("parent_process", "cmd /c dir"),
        ("parent_process_name", "cmd.exe"),
        ("event_type", "childproc"),
    ]);
    assert_eq!(child.classes_of(EventClass::ProcessCreation).len(), 2, "both classes take it, the first decides");
    row.with("type", "endpoint.event.netconn").with("netconn_remote_ipv4", "1.2.3.4").expect(&[
        ("dest", "1.2.3.4"),
        ("event_type", "netconn"),
        ("process_name", "cmd.exe"),
    ]);
}

#[test]
fn an_unknown_archive_keeps_its_names() {
    let row = Row::new(&[("process", "a"), ("User", "u"), ("Host", "h1"), ("HOST", "h2")]);
    assert_eq!(row.profiles(), ["cim"]);
    // A name without regard to case counts only where it is the only one.
    row.expect(&[("process", "a"), ("user", "u"), ("Host", "h1"), ("HOST", "h2")]);
    row.expect_null(&["host", "process_name"]);
    assert!(row.collisions().is_empty());
}
