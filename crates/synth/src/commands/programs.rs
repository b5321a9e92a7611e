//! What people and services start on the invented machines.
//!
//! No command here may match the seed rule: no `psexec`, and never two blanks, or a `/c` between blanks, between an
//! `.exe` and two backslashes. Commands with two backslashes stand apart in [`BACKSLASHES`], so that their share of all
//! rows is a number of [`crate::commands`].

/// One way in which a program is started.
pub(crate) struct Program {
    /// How often, relative to the others of its list.
    pub(crate) weight: u32,
    /// Number of the parent in [`PARENTS`].
    pub(crate) parent: usize,
    /// Full path of the program file; `{user}` is the account name.
    pub(crate) image: &'static str,
    /// The command line; the words in braces are those of [`crate::commands::Piece`].
    pub(crate) command: &'static str,
}

/// A program that starts others.
pub(crate) struct Parent {
    /// Full path of its file.
    pub(crate) image: &'static str,
    /// Its command line.
    pub(crate) command: &'static str,
    /// In how many of eight starts the system does it rather than a person.
    pub(crate) by_system: u32,
}

/// Shorthand for a table line.
const fn p(weight: u32, parent: usize, image: &'static str, command: &'static str) -> Program {
    Program { weight, parent, image, command }
}

/// Shorthand for a table line.
const fn parent(by_system: u32, image: &'static str, command: &'static str) -> Parent {
    Parent { image, command, by_system }
}

/// Number of `services.exe` in [`PARENTS`].
const SERVICES: usize = 0;
/// Number of `explorer.exe`.
const EXPLORER: usize = 1;
/// Number of `svchost.exe` of the scheduler.
const SCHEDULE: usize = 2;
/// Number of `svchost.exe` of DCOM.
const DCOM: usize = 3;
/// Number of `cmd.exe`.
const CMD: usize = 4;
/// Number of `powershell.exe`.
const POWERSHELL: usize = 5;
/// Number of `chrome.exe`.
const CHROME: usize = 6;
/// Number of `msedge.exe`.
const EDGE: usize = 7;
/// Number of `code.exe`.
const CODE: usize = 8;
/// Number of `ccmexec.exe`.
const AGENT: usize = 9;
/// Number of `outlook.exe`.
const OUTLOOK: usize = 10;

/// The programs that start others, numbered by the constants above.
pub(crate) const PARENTS: &[Parent] = &[
    parent(7, r"C:\Windows\System32\services.exe", r"C:\Windows\system32\services.exe"),
    parent(0, r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE"),
    parent(6, r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule"),
    parent(4, r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k DcomLaunch -p"),
    parent(2, r"C:\Windows\System32\cmd.exe", r"C:\Windows\system32\cmd.exe /d /s"),
    parent(
        2,
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r#""C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -NoLogo -NoProfile"#,
    ),
    parent(
        0,
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r#""C:\Program Files\Google\Chrome\Application\chrome.exe" --profile-directory=Default"#,
    ),
    parent(
        0,
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r#""C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --no-startup-window --win-session-start"#,
    ),
    parent(0, r"C:\Program Files\Microsoft VS Code\Code.exe", r#""C:\Program Files\Microsoft VS Code\Code.exe" ."#),
    parent(8, r"C:\Windows\CCM\CcmExec.exe", r"C:\Windows\CCM\CcmExec.exe"),
    parent(
        0,
        r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE",
        r#""C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE" /recycle"#,
    ),
];

/// Ordinary commands without two consecutive backslashes.
pub(crate) const ORDINARY: &[Program] = &[
    p(90, SERVICES, r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k netsvcs -p -s {svc}"),
    p(
        40,
        SERVICES,
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\System32\svchost.exe -k LocalServiceNetworkRestricted -p",
    ),
    p(
        30,
        SERVICES,
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\system32\svchost.exe -k UnistackSvcGroup -s {svc}",
    ),
    p(40, DCOM, r"C:\Windows\System32\RuntimeBroker.exe", r"C:\Windows\System32\RuntimeBroker.exe -Embedding"),
    p(35, DCOM, r"C:\Windows\System32\dllhost.exe", r"C:\Windows\system32\DllHost.exe /Processid:{{{guid}}}"),
    p(
        30,
        DCOM,
        r"C:\Windows\System32\backgroundTaskHost.exe",
        "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:App.AppX{h32}.mca",
    ),
    p(30, DCOM, r"C:\Windows\System32\wbem\WmiPrvSE.exe", r"C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding"),
    p(25, SCHEDULE, r"C:\Windows\System32\taskhostw.exe", r"taskhostw.exe {{{guid}}}"),
    p(55, CMD, r"C:\Windows\System32\conhost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"),
    p(20, SERVICES, r"C:\Windows\System32\SearchIndexer.exe", r"C:\Windows\system32\SearchIndexer.exe /Embedding"),
    p(
        20,
        SERVICES,
        r"C:\Windows\System32\SearchProtocolHost.exe",
        "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe{n5}_ Global\\UsGthrCtrlFltPipeMssGthrPipe{n5} 1 -2147483646 \"Software\\Microsoft\\Windows Search\"",
    ),
    p(15, SERVICES, r"C:\Windows\System32\wermgr.exe", r"C:\Windows\system32\wermgr.exe -upload"),
    p(15, SERVICES, r"C:\Windows\servicing\TrustedInstaller.exe", r"C:\Windows\servicing\TrustedInstaller.exe"),
    p(18, SERVICES, r"C:\Windows\System32\msiexec.exe", r"C:\Windows\system32\msiexec.exe /V"),
    p(
        10,
        AGENT,
        r"C:\Windows\System32\msiexec.exe",
        "\"C:\\Windows\\system32\\msiexec.exe\" /i \"C:\\Windows\\ccmcache\\{h2}\\{app}_{n3}.msi\" /qn /norestart /l*v C:\\Windows\\Temp\\{app}_{n5}.log REBOOT=ReallySuppress",
    ),
    p(
        60,
        CHROME,
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=renderer --lang=en-US --device-scale-factor=1 --num-raster-threads=4 --renderer-client-id={n4} --time-ticks-at-unix-epoch=-17{n5}{n5}{n4} --launch-time-ticks={n5}{n5} --mojo-platform-channel-handle={n4} --field-trial-handle={n4},i,{n5}{n5}{n4},{n5}{n5}{n4},262144 /prefetch:1",
    ),
    p(
        35,
        CHROME,
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=utility --utility-sub-type=network.mojom.NetworkService --lang=en-US --service-sandbox-type=none --mojo-platform-channel-handle={n4} /prefetch:8",
    ),
    p(
        45,
        EDGE,
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --type=renderer --lang=de --js-flags=--ms-user-locale= --device-scale-factor=1.25 --renderer-client-id={n3} --mojo-platform-channel-handle={n4} /prefetch:1",
    ),
    p(
        12,
        EXPLORER,
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --single-argument https://{site}/{h8}?ref={h16}",
    ),
    p(
        20,
        EXPLORER,
        r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        "\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\WINWORD.EXE\" /n \"C:\\Users\\{user}\\Documents\\{doc} {n3}.docx\" /o \"\"",
    ),
    p(
        20,
        EXPLORER,
        r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE",
        "\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\EXCEL.EXE\" \"C:\\Users\\{user}\\Downloads\\{doc}_{n4}.xlsx\"",
    ),
    p(
        10,
        OUTLOOK,
        r"C:\Program Files\Adobe\Acrobat DC\Acrobat\Acrobat.exe",
        "\"C:\\Program Files\\Adobe\\Acrobat DC\\Acrobat\\Acrobat.exe\" \"C:\\Users\\{user}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\{h8}\\{doc} ({n3}).pdf\"",
    ),
    p(
        18,
        EXPLORER,
        r"C:\Users\{user}\AppData\Local\Microsoft\Teams\current\Teams.exe",
        "\"C:\\Users\\{user}\\AppData\\Local\\Microsoft\\Teams\\current\\Teams.exe\" --type=gpu-process --user-data-dir=\"C:\\Users\\{user}\\AppData\\Roaming\\Microsoft\\Teams\" --mojo-platform-channel-handle={n4}",
    ),
    p(
        14,
        EXPLORER,
        r"C:\Users\{user}\AppData\Local\Microsoft\OneDrive\OneDrive.exe",
        "\"C:\\Users\\{user}\\AppData\\Local\\Microsoft\\OneDrive\\OneDrive.exe\" /background",
    ),
    p(
        12,
        EXPLORER,
        r"C:\Windows\System32\notepad.exe",
        "\"C:\\Windows\\system32\\NOTEPAD.EXE\" C:\\Users\\{user}\\Desktop\\{doc}.txt",
    ),
    p(
        25,
        SCHEDULE,
        r"C:\Windows\System32\cmd.exe",
        "C:\\Windows\\system32\\cmd.exe /c \"C:\\ProgramData\\{app}\\run_{h4}.bat\" > C:\\ProgramData\\{app}\\logs\\{date}.log 2>&1",
    ),
    p(
        20,
        AGENT,
        r"C:\Windows\System32\cmd.exe",
        r"cmd.exe /d /s /c C:\ProgramData\{app}\bin\collect.cmd --interval {n3} --node {host}",
    ),
    p(
        14,
        CODE,
        r"C:\Windows\System32\cmd.exe",
        "C:\\Windows\\system32\\cmd.exe /d /s /c \"npm run build -- --mode=production --base=/{h8}/\"",
    ),
    p(
        18,
        CMD,
        r"C:\Program Files\Git\cmd\git.exe",
        "git.exe -c core.quotepath=false -c color.ui=false status -z -u --porcelain={n1} --branch",
    ),
    p(12, CODE, r"C:\Program Files\Git\cmd\git.exe", "git fetch --prune origin refs/heads/feature/{app}-{n4}"),
    p(
        12,
        CMD,
        r"C:\Program Files\nodejs\node.exe",
        "node.exe --max-old-space-size=4096 C:\\src\\{app}\\node_modules\\webpack\\bin\\webpack.js --config C:\\src\\{app}\\webpack.{h4}.js",
    ),
    p(
        12,
        CMD,
        r"C:\Python312\python.exe",
        "python.exe -m {app}.worker --queue {svc} --batch {n4} --since {date} --out C:\\data\\{app}\\{h8}.json",
    ),
    p(
        10,
        POWERSHELL,
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe",
        "\"C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe\" /noconfig /fullpaths @\"C:\\Users\\{user}\\AppData\\Local\\Temp\\{h8}.cmdline\"",
    ),
    p(
        10,
        POWERSHELL,
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\cvtres.exe",
        "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\cvtres.exe /NOLOGO /READONLY /MACHINE:IX86 \"/OUT:C:\\Users\\{user}\\AppData\\Local\\Temp\\RES{h4}.tmp\" \"c:\\Users\\{user}\\AppData\\Local\\Temp\\CSC{h32}.TMP\"",
    ),
    p(
        22,
        SCHEDULE,
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\ProgramData\\{app}\\scripts\\{svc}-{h4}.ps1 -ComputerName {host} -Verbose:$false",
    ),
    p(
        14,
        AGENT,
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\" -NoLogo -Noninteractive -NoProfile -ExecutionPolicy Bypass & 'C:\\Windows\\CCM\\SystemTemp\\{guid}.ps1'",
    ),
    p(8, CMD, r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "powershell -nop -w hidden -enc {b64}"),
    p(
        8,
        EXPLORER,
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "powershell.exe -Command \"Get-ChildItem -Path C:\\Users\\{user} -Recurse -Filter *.{h2} | Where-Object {{ $_.Length -gt {n5} }} | Select-Object FullName, Length\"",
    ),
    p(10, POWERSHELL, r"C:\Windows\System32\whoami.exe", "\"C:\\Windows\\system32\\whoami.exe\" /groups /fo csv"),
    p(8, CMD, r"C:\Windows\System32\ipconfig.exe", "ipconfig /all"),
    p(10, CMD, r"C:\Windows\System32\net.exe", "net user {user} /domain"),
    p(8, CMD, r"C:\Windows\System32\net.exe", "net.exe localgroup administrators"),
    p(8, CMD, r"C:\Windows\System32\net1.exe", r"C:\Windows\system32\net1 start {svc}"),
    p(8, CMD, r"C:\Windows\System32\sc.exe", "sc.exe query {svc} state= all"),
    p(14, CMD, r"C:\Windows\System32\tasklist.exe", "tasklist /fi \"pid eq {n5}\" /fo csv /nh"),
    p(10, CMD, r"C:\Windows\System32\taskkill.exe", "taskkill /f /im {app}.exe"),
    p(
        10,
        CMD,
        r"C:\Windows\System32\reg.exe",
        "reg.exe query \"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{{{guid}}}\" /v DisplayVersion",
    ),
    p(8, CMD, r"C:\Windows\System32\reg.exe", "REG ADD HKCU\\Software\\{app} /v LastRun /t REG_SZ /d {date} /f"),
    p(10, SCHEDULE, r"C:\Windows\System32\schtasks.exe", "schtasks.exe /run /tn \"\\{app}\\{svc} {n3}\""),
    p(8, CMD, r"C:\Windows\System32\ping.exe", "ping -n {n1} -w 1000 10.{n2}.{n2}.{n2}"),
    p(6, CMD, r"C:\Windows\System32\nslookup.exe", "nslookup -type=srv _ldap._tcp.{site}"),
    p(6, CMD, r"C:\Windows\System32\findstr.exe", "findstr /i /c:\"{svc}\" C:\\ProgramData\\{app}\\logs\\{date}.log"),
    p(6, CMD, r"C:\Windows\System32\curl.exe", "curl.exe -sS -o NUL -w %{{http_code}} https://{site}/api/v{n1}/{h8}"),
    p(
        6,
        EXPLORER,
        r"C:\Windows\System32\rundll32.exe",
        "\"C:\\Windows\\system32\\rundll32.exe\" C:\\Windows\\system32\\shell32.dll,Control_RunDLL C:\\Windows\\system32\\timedate.cpl",
    ),
    p(
        6,
        SERVICES,
        r"C:\Program Files\Windows Defender\MpCmdRun.exe",
        "\"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\" SignatureUpdate -ScheduleJob -RestrictPrivileges",
    ),
    p(6, SERVICES, r"C:\Windows\System32\vssvc.exe", r"C:\Windows\system32\vssvc.exe"),
    p(
        10,
        SERVICES,
        r"C:\Program Files (x86)\Google\Update\GoogleUpdate.exe",
        "\"C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe\" /ping {b64}",
    ),
    p(
        5,
        EXPLORER,
        r"C:\Program Files\7-Zip\7zG.exe",
        "\"C:\\Program Files\\7-Zip\\7zG.exe\" x -o\"C:\\Users\\{user}\\Downloads\\{doc}\" -spe -an -ai#7zMap{n5}:98:7zEvent{n5}",
    ),
    p(
        3,
        EXPLORER,
        r"C:\Program Files\Büro Nord\Rechnung.exe",
        "\"C:\\Program Files\\Büro Nord\\Rechnung.exe\" /öffne \"C:\\Users\\{user}\\Documents\\Prüfung {n4}.odt\"",
    ),
    p(
        2,
        EXPLORER,
        r"C:\Program Files\会計\kaikei.exe",
        "\"C:\\Program Files\\会計\\kaikei.exe\" --ファイル C:\\Users\\{user}\\Documents\\請求書{n4}.csv",
    ),
];

/// Ordinary commands with two consecutive backslashes that the seed rule must not return.
pub(crate) const BACKSLASHES: &[Program] = &[
    p(
        30,
        EXPLORER,
        r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE",
        "\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\EXCEL.EXE\" \"\\\\{srv}\\finance\\{doc}_{n4}.xlsx\"",
    ),
    p(
        20,
        EXPLORER,
        r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        "\"C:\\Program Files\\Microsoft Office\\Root\\Office16\\WINWORD.EXE\" /n \"\\\\{srv}\\home\\{user}\\{doc}.docx\" /o \"\"",
    ),
    p(
        25,
        SCHEDULE,
        r"C:\Windows\System32\Robocopy.exe",
        "robocopy.exe C:\\Users\\{user}\\Documents \\\\{srv}\\backup\\{user} /MIR /R:{n1} /W:5 /LOG:C:\\ProgramData\\{app}\\{date}.log",
    ),
    p(20, CMD, r"C:\Windows\System32\net.exe", "net.exe use Z: \\\\{srv}\\home\\{user} /persistent:no"),
    p(15, CMD, r"C:\Windows\System32\net.exe", "net view \\\\{srv} /all"),
    p(
        15,
        CMD,
        r"C:\Windows\System32\cmd.exe",
        "C:\\Windows\\system32\\cmd.exe /c copy \"\\\\{srv}\\deploy$\\{app}\\{h8}.zip\" C:\\Windows\\Temp\\",
    ),
    p(
        15,
        AGENT,
        r"C:\Windows\System32\msiexec.exe",
        "\"C:\\Windows\\system32\\msiexec.exe\" /i \\\\{srv}\\deploy$\\{app}\\{app}_{n3}.msi /qn /norestart",
    ),
    p(
        10,
        CMD,
        r"C:\Windows\System32\xcopy.exe",
        "xcopy.exe \\\\{srv}\\NETLOGON\\{app} C:\\ProgramData\\{app} /E /Y /D",
    ),
    p(
        12,
        SCHEDULE,
        r"C:\Windows\System32\wscript.exe",
        "\"C:\\Windows\\System32\\WScript.exe\" \"\\\\{site}\\SysVol\\{site}\\Policies\\{{{guid}}}\\User\\Scripts\\Logon\\map.vbs\"",
    ),
    p(
        8,
        CMD,
        r"C:\Python312\python.exe",
        "python.exe -c \"import shutil; shutil.copy('C:\\\\data\\\\{h8}.json', 'C:\\\\archive\\\\{date}.json')\"",
    ),
    p(
        8,
        POWERSHELL,
        r"C:\Windows\System32\reg.exe",
        "reg.exe export HKLM\\\\SOFTWARE\\\\{app} C:\\Windows\\Temp\\{h8}.reg /y",
    ),
    p(
        6,
        SERVICES,
        r"C:\Windows\System32\wbem\WMIC.exe",
        "wmic /node:{srv} /namespace:\\\\root\\cimv2 path Win32_Service where \"Name='{svc}'\" get State",
    ),
];
