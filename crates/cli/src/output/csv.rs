//! One table of all results: `rule_id`, `rule_title`, with evidence `_source`, then the columns of all rules in the order in
//! which they first appear. A multivalue is joined by line feeds (§4.5.5); a missing value is empty.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use super::{Hits, Source};

/// Writes the table. The heading is there without results too.
pub(super) fn write(out: &mut dyn Write, results: &[&dyn Hits], evidence: bool) -> io::Result<()> {
    let mut names: Vec<&str> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for name in results.iter().filter(|hits| hits.rows() > 0).flat_map(|hits| hits.columns()) {
        places.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
    }
    let mut writer = ::csv::WriterBuilder::new().from_writer(out);
    let fixed = if evidence { &["rule_id", "rule_title", "_source"][..] } else { &["rule_id", "rule_title"] };
    writer.write_record(fixed.iter().chain(&names))?;
    let mut cells = vec![String::new(); names.len()];
    for hits in results {
        let rule = hits.rule();
        for row in 0..hits.rows() {
            cells.iter_mut().for_each(String::clear);
            for (column, name) in hits.columns().iter().enumerate() {
                if let Some(cell) = places.get(name.as_str()).and_then(|&place| cells.get_mut(place)) {
                    *cell = hits.value(row, column).texts().join("\n");
                }
            }
            writer.write_field(rule.id)?;
            writer.write_field(rule.title)?;
            if evidence {
                writer.write_field(hits.sources(row).iter().map(Source::text).collect::<Vec<_>>().join("\n"))?;
            }
            writer.write_record(&cells)?;
        }
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::super::{Value, sample::*};
    use crate::args::Format;

    #[test]
    fn columns_are_the_union_in_the_order_of_first_appearance() {
        let a = hits(["1", "p", "A"], &["x", "y"], vec![vec![Value::Int(1), Value::Null]]);
        let b = hits(["2", "p", "B"], &["y", "z"], vec![vec![list(&["m", "n"]), Value::Text("a,\"b\"".into())]]);
        let none = hits(["0", "p", "N"], &["unused"], vec![]);
        let expected = "rule_id,rule_title,x,y,z\n1,A,1,,\n2,B,,\"m\nn\",\"a,\"\"b\"\"\"\n";
        assert_eq!(written(Format::Csv, &[&a, &b, &none], None, false), expected);
    }

    #[test]
    fn evidence_is_a_column() {
        let text = written(Format::Csv, &[&seed()], None, true);
        let expected = "rule_id,rule_title,_source,_time,host,process,user\n\
             5343.18043,Remote Admin Tools,a/b.parquet:0:17,2020-08-05T07:48:29Z,W5,\
             \"psexec.exe  \\\\srv \"\"x\"\"\",\"a\nb\"\n";
        assert_eq!(text, expected);
    }
}
