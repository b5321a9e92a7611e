//! Any path over any document, parted by the first line feed: `spath`, `xmlkv`, `extract` and the functions of JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrohunt_fuzz::{document, same_of};
use retrohunt_spl::parse_pipeline;

fuzz_target!(|input: &str| {
    let (path, text) = input.split_once('\n').unwrap_or(("", input));
    let path = path.replace('\\', "\\\\").replace('"', "\\\"");
    for commands in [
        "spath".to_owned(),
        format!("spath input=_raw output=out path=\"{path}\""),
        "xmlkv".to_owned(),
        "extract".to_owned(),
        format!("eval out=spath(_raw, \"{path}\"), valid=tostring(json_valid(_raw)), keys=json_keys(_raw)"),
        format!(
            "eval out=json_extract(_raw, \"{path}\"), set=json_set(_raw, \"{path}\", \"x\"), a=json_array_to_mv(_raw)"
        ),
    ] {
        if let (Some(plan), _) = parse_pipeline(&commands) {
            same_of(&plan, &document(text));
        }
    }
});
