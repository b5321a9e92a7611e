//! `makeresults`, `addinfo` (§5.29) and `map` (§5.28).

use std::rc::Rc;

use retrohunt_spl::parse_subsearch;
use retrohunt_spl::plan::{DataFormat, MakeResultsCommand, MapCommand};
use serde_json::Value;

use super::super::expression::{World, json_text};
use super::super::row::{Row, RowSet};
use super::super::run::Refusal;
use super::super::settings::Settings;
use super::super::value::{Scalar, seconds_text, texts};
use super::Runs;
use super::combine;
use super::foreach::{Filling, fill};

/// `makeresults`: rows of now, or those of a text.
pub(super) fn make_results(command: &MakeResultsCommand, settings: &Settings) -> Result<RowSet, Refusal> {
    let refuse = |text: &str| Refusal { kind: "makeresults", text: text.to_owned() };
    let data: Vec<Vec<(String, String)>> = match &command.data {
        None => (0..command.count).map(|_| Vec::new()).collect(),
        Some((DataFormat::Csv, text)) => {
            let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
            let header = lines.next().unwrap_or_default();
            lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
        }
        Some((DataFormat::Json, text)) => {
            let Ok(Value::Array(elements)) = serde_json::from_str(text) else { return Err(refuse(text)) };
            let members = |element: &Value| {
                let members = element.as_object().into_iter().flatten();
                members.filter_map(|(name, value)| Some((name.clone(), json_text(value)?))).collect()
            };
            elements.iter().map(members).collect()
        }
    };
    let mut rows = RowSet::default();
    rows.add_column("_time", true);
    for cells in data {
        let mut row = Row::default();
        row.set("_time", vec![Scalar::Time(settings.now)]);
        for (name, text) in cells.into_iter().filter(|(_, text)| !text.is_empty()) {
            rows.add_column(&name, true);
            row.set(&name, vec![Scalar::Text(text)]);
        }
        rows.rows.push(row);
    }
    know(&mut rows);
    Ok(rows)
}

/// Rows that no file gave know all columns.
pub(super) fn know(rows: &mut RowSet) {
    let names = Rc::new(rows.columns.iter().map(|column| column.name.clone()).collect());
    rows.rows.iter_mut().for_each(|row| row.known = Rc::clone(&names));
}

/// `addinfo`: bounds and now.
pub(super) fn add_info(mut rows: RowSet, settings: &Settings) -> RowSet {
    let bound = |bound: Option<i64>, open: &str| Scalar::Text(bound.map_or_else(|| open.to_owned(), seconds_text));
    let values = [
        ("info_min_time", bound(settings.earliest, "0")),
        ("info_max_time", bound(settings.latest, "+Infinity")),
        ("info_search_time", Scalar::Text(seconds_text(settings.now))),
    ];
    for (name, value) in values {
        let all = rows.rows.iter().map(|_| vec![value.clone()]).collect();
        rows.assign(name, all);
    }
    rows
}

/// `map`: one search per row, `$field$` filled in; the results one after the other.
pub(super) fn map(rows: &RowSet, command: &MapCommand, world: &World<'_>, runs: &dyn Runs) -> Result<RowSet, Refusal> {
    let most = usize::try_from(command.max_searches).unwrap_or(usize::MAX);
    if rows.rows.len() > most {
        world.warn("W-MAP-CUT");
    }
    let mut all = RowSet::default();
    for (index, row) in rows.rows.iter().take(most).enumerate() {
        let filling = |name: &str, text: String| -> Filling { (format!("${name}$"), text.clone(), text) };
        let mut fillings = vec![filling("_serial_id", (index + 1).to_string())];
        for column in &rows.columns {
            if let Some(text) = texts(row.get(&column.name)).into_iter().next() {
                fillings.push(filling(&column.name, text));
            }
        }
        let text = fill(&command.template, &fillings);
        let (plan, _) = parse_subsearch(&text);
        let plan = plan.ok_or(Refusal { kind: "map", text })?;
        all = combine::append(all, runs.plan(&plan)?);
    }
    Ok(all)
}
