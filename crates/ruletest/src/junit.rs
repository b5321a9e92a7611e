//! Results as JUnit XML, which most CI systems show.

use std::fmt::Write as _;

use crate::run::{Report, Verdict};

/// Returns the results of several rules as one JUnit document: a suite per rule, named by its file, a case per test.
#[must_use]
pub fn document(suites: &[(String, Vec<Report>)]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (name, reports) in suites {
        let count = |test: fn(&Verdict) -> bool| reports.iter().filter(|report| test(&report.verdict)).count();
        let (failures, errors) = (
            count(|verdict| matches!(verdict, Verdict::Failed { .. })),
            count(|verdict| matches!(verdict, Verdict::Broken(_))),
        );
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\">",
            escape(name),
            reports.len()
        );
        for report in reports {
            let head = format!("    <testcase classname=\"{}\" name=\"{}\"", escape(name), escape(&report.name));
            let _ = match &report.verdict {
                Verdict::Passed => writeln!(out, "{head}/>"),
                Verdict::Failed { differences, .. } => {
                    writeln!(out, "{head}><failure message=\"{}\"/></testcase>", escape(&differences.join("; ")))
                }
                Verdict::Broken(message) => {
                    writeln!(out, "{head}><error message=\"{}\"/></testcase>", escape(message))
                }
            };
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Returns text as it may stand in an attribute; characters that XML does not allow become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            character if character < ' ' || matches!(character, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_and_cases_with_hostile_names() {
        let failed = Verdict::Failed { differences: vec!["0 rows, 1 expected".to_owned()], traces: Vec::new() };
        let reports = vec![
            Report { name: "a<b".to_owned(), verdict: Verdict::Passed },
            Report { name: "c".to_owned(), verdict: failed },
            Report { name: "d".to_owned(), verdict: Verdict::Broken("\"x\"\u{1}".to_owned()) },
        ];
        let text = document(&[("r.yml".to_owned(), reports)]);
        assert!(text.contains("<testsuite name=\"r.yml\" tests=\"3\" failures=\"1\" errors=\"1\">"), "{text}");
        assert!(text.contains("name=\"a&lt;b\"/>"), "{text}");
        assert!(text.contains("<failure message=\"0 rows, 1 expected\"/>"), "{text}");
        assert!(text.contains("<error message=\"&quot;x&quot;\u{fffd}\"/>"), "{text}");
    }
}
