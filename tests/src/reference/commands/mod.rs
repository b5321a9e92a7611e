//! The commands beyond search, projection, bins and `stats`, one after the other as the specification describes them.
//!
//! | File | Commands |
//! | --- | --- |
//! | `assign` | `where`, `eval`, `rename`, `fillnull`, `filldown`, `avlbase64`, `ut_shannon` |
//! | `extract` | `rex`, `spath`, `makemv`, `nomv`, `mvexpand`, `mvcombine`, `xmlkv`, `fromjson`, `extract` |
//! | `convert` | `convert` |
//! | `order` | `sort`, `reverse`, `head`, `tail`, `dedup` |
//! | `foreach` | `foreach` |
//! | `groups` | `eventstats`, `streamstats`, `top`, `rare` |
//! | `combine` | `join`, `append`, `appendcols`, `appendpipe`, `multisearch`, `union`, `format`, `return` |
//! | `chart` | `chart`, `timechart` |
//! | `series` | `xyseries`, `untable` |
//! | `makeresults` | `makeresults` |
//! | `info` | `addinfo`, `tags` |
//! | `map` | `map` |
//! | `replace` | `replace` |
//! | `totals` | `addtotals` |
//! | `transaction` | `transaction` |

mod assign;
mod chart;
mod combine;
mod convert;
mod extract;
mod foreach;
mod groups;
mod info;
mod makeresults;
mod map;
mod order;
mod replace;
mod series;
mod totals;
mod transaction;

use retrohunt_spl::plan::{Command, Plan};

use super::expression::World;
use super::row::RowSet;
use super::run::Refusal;

pub(super) use combine::formatted;

/// Runs a subsearch over the archive, or commands over rows.
pub(super) trait Runs {
    /// The rows that a whole plan gives.
    fn plan(&self, plan: &Plan) -> Result<RowSet, Refusal>;
    /// The rows that commands give for rows.
    fn commands(&self, plan: &Plan, rows: RowSet) -> Result<RowSet, Refusal>;
}

/// Returns the rows that a command gives.
pub(super) fn run(command: &Command, rows: RowSet, world: &World<'_>, runs: &dyn Runs) -> Result<RowSet, Refusal> {
    let refuse = |kind: &'static str| move |text: String| Refusal { kind, text };
    Ok(match command {
        Command::Where(condition) => assign::filter(rows, condition, world),
        Command::Eval(assignments) => assign::eval(rows, assignments, world),
        Command::Rename(clauses) => assign::rename(rows, clauses),
        Command::FillNull { value, fields } => assign::fill_null(rows, value, fields),
        Command::FillDown(fields) => assign::fill_down(rows, fields),
        Command::Base64 { decode, field } => assign::base64(rows, *decode, field),
        Command::Shannon { field } => assign::shannon(rows, field),
        Command::Rex(command) => extract::rex(rows, command, world).map_err(refuse("regex"))?,
        Command::Spath(command) => extract::spath(rows, command),
        Command::MakeMv(command) => extract::make_mv(rows, command).map_err(refuse("regex"))?,
        Command::NoMv(field) => extract::no_mv(rows, field),
        Command::MvExpand { field, limit } => extract::mv_expand(rows, field, *limit),
        Command::MvCombine { field, .. } => extract::mv_combine(rows, field),
        Command::FromJson { field, prefix } => extract::from_json(rows, field, prefix),
        Command::Convert { time_format, clauses } => convert::convert(rows, time_format, clauses, world.settings),
        Command::Sort(command) => order::sort(rows, command),
        Command::Reverse => order::reverse(rows),
        Command::Head(command) => order::head(rows, command, world),
        Command::Tail(count) => order::tail(rows, *count),
        Command::Dedup(command) => order::dedup(rows, command),
        Command::Eventstats(command) => groups::eventstats(rows, command, world).map_err(refuse("name"))?,
        Command::Streamstats(command) if command.time_window.is_some() && !groups::in_time_order(&rows, world) => {
            return Err(refuse("order")("time_window".to_owned()));
        }
        Command::Streamstats(command) => groups::streamstats(rows, command, world).map_err(refuse("name"))?,
        Command::Top(command) => groups::top(&rows, command),
        Command::Foreach(command) => foreach::foreach(rows, command, runs)?,
        Command::Transaction(command) => transaction::transaction(rows, command, world),
        Command::Join(command) => combine::join(rows, command, &runs.plan(&command.subsearch)?),
        Command::Append(plan) => combine::append(rows, runs.plan(plan)?),
        Command::AppendCols { overwrite, subsearch } => combine::append_cols(rows, &runs.plan(subsearch)?, *overwrite),
        Command::AppendPipe(plan) => {
            let more = runs.commands(plan, rows.clone())?;
            combine::append(rows, more)
        }
        Command::MultiSearch(plans) => {
            let parts = plans.iter().map(|plan| runs.plan(plan)).collect::<Result<Vec<_>, _>>()?;
            combine::merge(parts)
        }
        Command::Union(plans) => {
            let parts = plans.iter().map(|plan| runs.plan(plan)).collect::<Result<Vec<_>, _>>()?;
            let more = if plans.iter().all(combine::streams) {
                combine::merge(parts)
            } else {
                parts.into_iter().fold(RowSet::default(), combine::append)
            };
            combine::append(rows, more)
        }
        Command::Format(command) => combine::format(&rows, command),
        Command::Return { count, items } => combine::returned(&rows, *count, items),
        Command::IpLocation(command) => {
            world.warn("W-NO-GEOIP");
            assign::no_location(rows, command)
        }
        Command::Lookup(command) if command.table == "dnslookup" => {
            world.warn("W-EXTERNAL-LOOKUP");
            assign::empty_lookup(rows, command)
        }
        Command::Chart(command) => chart::chart(&rows, command, world).map_err(refuse("name"))?,
        Command::XySeries(command) => series::xy_series(&rows, command),
        Command::Untable { x, y, value } => series::untable(&rows, x, y, value),
        Command::MakeResults(command) => makeresults::make(command, world).map_err(refuse("data"))?,
        Command::AddInfo => info::add_info(rows, world),
        Command::Tags(_) => info::tags(rows, world),
        Command::Map(command) => map::map(&rows, command, world, runs)?,
        Command::Replace(command) => replace::replace(rows, command),
        Command::AddTotals(command) => totals::add_totals(rows, command),
        Command::Lookup(command) if command.table == "ut_shannon_lookup" => match command.keys.as_slice() {
            [(_, field)] => assign::shannon(rows, field),
            _ => return Err(refuse("lookup")(command.table.clone())),
        },
        Command::Sink { .. } => rows,
        other => return Err(Refusal { kind: "command", text: format!("{other:?}") }),
    })
}
