//! Time (§6.5).

use super::{Function, Signature};

/// The entries.
pub(super) const TABLE: &[Signature] = &[
    Signature {
        function: Function::Now,
        name: "now",
        aliases: &[],
        least: 0,
        most: Some(0),
        family: "time",
        syntax: "now()",
        summary: "Gives the time of the run in epoch seconds (§4.6.3).",
        section: "§6.5",
        examples: &[(r#"if(now() = time(), "same", "other")"#, "same")],
    },
    Signature {
        function: Function::Time,
        name: "time",
        aliases: &[],
        least: 0,
        most: Some(0),
        family: "time",
        syntax: "time()",
        summary: "Gives the same as now().",
        section: "§6.5",
        examples: &[(r#"if(time() = now(), "same", "other")"#, "same")],
    },
    Signature {
        function: Function::RelativeTime,
        name: "relative_time",
        aliases: &[],
        least: 2,
        most: Some(2),
        family: "time",
        syntax: r#"relative_time(time, "modifier")"#,
        summary: "Gives the time after the steps and snaps of a modifier (§4.6.4).",
        section: "§6.5",
        examples: &[
            (r#"relative_time(1700000123, "-1h")"#, "1699996523"),
            (r#"relative_time(1700000123, "-1d@d")"#, "1699833600"),
        ],
    },
    Signature {
        function: Function::Strftime,
        name: "strftime",
        aliases: &[],
        least: 2,
        most: Some(2),
        family: "time",
        syntax: r#"strftime(time, "format")"#,
        summary: "Gives a time as text in the time zone of the run; unknown specifiers stay.",
        section: "§6.5",
        examples: &[(r#"strftime(1700000123, "%Y-%m-%d %H:%M:%S")"#, "2023-11-14 22:15:23")],
    },
    Signature {
        function: Function::Strptime,
        name: "strptime",
        aliases: &[],
        least: 2,
        most: Some(2),
        family: "time",
        syntax: r#"strptime(text, "format")"#,
        summary: "Gives the epoch seconds of a time that the text begins with; ∅ where it does not fit.",
        section: "§6.5",
        examples: &[
            (r#"strptime("2023-11-14 22:15:23", "%Y-%m-%d %H:%M:%S")"#, "1700000123"),
            (r#"strptime("soon", "%Y")"#, "∅"),
        ],
    },
];
