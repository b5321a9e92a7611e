//! `sort` (§5.17), and the order that it shares with `dedup … sortby`.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use retrohunt_spl::plan::{SortCommand, SortKey, SortKind};

use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::number::Number;
use crate::needs::Needs;
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// Rows that Splunk's `sort` keeps where no number is written (§7).
const SPLUNK_LIMIT: usize = 10_000;

/// A `sort` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Sort {
    /// The keys.
    keys: Vec<SortKey>,
    /// Most rows.
    limit: Option<usize>,
}

impl Sort {
    /// Makes a `sort` ready.
    pub(crate) fn new(command: &SortCommand) -> Self {
        let limit = command.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Self { keys: command.keys.clone(), limit }
    }
}

impl TableStage for Sort {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        if self.limit.is_none() && table.rows.len() > SPLUNK_LIMIT {
            let message = "over 10000 rows were sorted and kept; Splunk's `sort` without a number keeps 10000";
            context.notes.warn("W-LIFTED-SORT", message);
        }
        sort_rows(&mut table, &self.keys);
        table.rows.truncate(self.limit.unwrap_or(usize::MAX));
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        self.keys.iter().fold(after, |needs, key| needs.and_field(&key.field))
    }
}

/// Sorts the rows of a table; rows with equal keys keep their order (§4.7.3).
pub(super) fn sort_rows(table: &mut Table, keys: &[SortKey]) {
    let columns: Vec<Option<usize>> = keys.iter().map(|key| table.column(&key.field)).collect();
    let place = |row: &TableRow, (key, column): (&SortKey, &Option<usize>)| {
        column.and_then(|at| row.values.get(at)).map_or(Place::Missing, |value| Place::new(value, key.kind))
    };
    let mut rows: Vec<(Vec<Place>, TableRow)> = std::mem::take(&mut table.rows)
        .into_iter()
        .map(|row| (keys.iter().zip(&columns).map(|pair| place(&row, pair)).collect(), row))
        .collect();
    rows.sort_by(|(left, _), (right, _)| {
        let fields = keys.iter().zip(left.iter().zip(right));
        let mut orders = fields.map(|(key, (left, right))| left.compare(right, key.descending));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    table.rows = rows.into_iter().map(|(_, row)| row).collect();
}

/// Where a value stands in the order of a key (§5.17.3).
#[derive(Clone, Debug)]
enum Place {
    /// A number; with its text where that decides between equal numbers.
    Number(Number, String),
    /// An address, IPv4 before IPv6.
    Address(IpAddr),
    /// Any other text.
    Text(String),
    /// A value that the forced kind does not fit: last, in both directions, in no order among themselves.
    Misfit,
    /// ∅: behind all others, in both directions.
    Missing,
}

impl Place {
    /// The place of a value; of a multivalue, that of its first value.
    fn new(value: &Value, kind: SortKind) -> Self {
        let Some(text) = value.texts().into_iter().next() else { return Self::Missing };
        let number = match value {
            Value::List(_) => Number::parse(&text),
            other => other.number(),
        };
        match kind {
            SortKind::Auto => match (number, text.parse::<Ipv4Addr>()) {
                (Some(number), _) => Self::Number(number, text.into_owned()),
                (None, Ok(address)) => Self::Address(IpAddr::V4(address)),
                (None, Err(_)) => Self::Text(text.into_owned()),
            },
            SortKind::Text => Self::Text(text.into_owned()),
            SortKind::Number => number.map_or(Self::Misfit, |number| Self::Number(number, String::new())),
            SortKind::Ip => text.parse().map_or(Self::Misfit, Self::Address),
        }
    }

    /// Its class; the last two do not turn round with the direction.
    fn class(&self) -> u8 {
        match self {
            Self::Number(..) => 0,
            Self::Address(_) => 1,
            Self::Text(_) => 2,
            Self::Misfit => 3,
            Self::Missing => 4,
        }
    }

    /// The order of two places.
    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Number(left, left_text), Self::Number(right, right_text)) => {
                left.compare(*right).then_with(|| left_text.cmp(right_text))
            }
            (Self::Address(left), Self::Address(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            _ if self.class() >= 3 || other.class() >= 3 => {
                let order = self.class().cmp(&other.class());
                return if fault("stages-sort-null-first") { order.reverse() } else { order };
            }
            _ => self.class().cmp(&other.class()),
        };
        if descending { order.reverse() } else { order }
    }
}
