//! `bin` (§5.4): time and numbers cut into intervals. Where the edges are known from the rule it is row-wise; else see [`auto`].

pub(crate) mod auto;
pub(crate) mod edges;

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use jiff::tz::TimeZone;
use retrohunt_spl::plan::{AlignTime, BinCommand};

use self::auto::AutoBin;
use self::edges::{Edges, Floor, SECOND};
use crate::batch::{Batch, TIME};
use crate::error::PipelineError;
use crate::kernels::number::{Number, seconds};
use crate::kernels::value::{Column, mixed};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::partial;
use crate::pipeline::Settings;
use crate::select::Built;
use crate::stage::Stage;

/// A `bin` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Bin {
    /// The field that is cut.
    field: Arc<str>,
    /// The field that takes the result.
    target: Arc<str>,
    /// Where the edges are.
    edges: Edges,
}

/// Where time bins begin (§5.4.7): known from the rule and the run, or an end of the rows' times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// This instant, in microseconds.
    At(i64),
    /// The least time of the rows.
    Least,
    /// The greatest time of the rows.
    Greatest,
}

impl Origin {
    /// The origin that a rule asks for.
    ///
    /// # Errors
    ///
    /// `E-STAGE-TIME` if the time cannot be resolved.
    pub(crate) fn new(align: Option<&AlignTime>, settings: &Settings) -> Result<Self, PipelineError> {
        Ok(match align {
            None => Self::At(0),
            Some(AlignTime::Earliest) => settings.bounds.0.map_or(Self::Least, Self::At),
            Some(AlignTime::Latest) => settings.bounds.1.map_or(Self::Greatest, Self::At),
            Some(AlignTime::At(text)) => {
                let message = || format!("the time `{}` cannot be resolved", text.0);
                let micros = settings.resolve_time.as_ref().and_then(|resolve| resolve(text));
                Self::At(micros.ok_or_else(|| PipelineError::new("E-STAGE-TIME", message()))?)
            }
        })
    }
}

/// Makes a `bin` ready: row-wise if its span and origin are known.
///
/// # Errors
///
/// Those of [`Bin::new`] and [`Origin::new`].
pub(crate) fn build(command: &BinCommand, settings: &Settings) -> Result<Built, PipelineError> {
    let origin = Origin::new(command.options.align.as_ref(), settings)?;
    if let (Some(_), Origin::At(origin)) = (&command.options.span, origin) {
        let bin = Bin::new(command, &settings.timezone)?;
        return Ok(Built::Row(Box::new(Bin { edges: bin.edges.aligned(origin), ..bin })));
    }
    Ok(Built::Table(Box::new(AutoBin::new(command, origin, settings)?)))
}

impl Bin {
    /// Makes a `bin` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-SPAN` if the span is not above zero, or a logarithm's base not above one.
    pub(crate) fn new(command: &BinCommand, timezone: &TimeZone) -> Result<Self, PipelineError> {
        let wrong = || PipelineError::new("E-STAGE-SPAN", "the span of `bin` must be above zero");
        let span = command.options.span.as_ref().ok_or_else(wrong)?;
        Ok(Self::with_edges(command, Edges::new(span, command.field == TIME, timezone)?))
    }

    /// A `bin` whose edges are known.
    pub(crate) fn with_edges(command: &BinCommand, edges: Edges) -> Self {
        let field: Arc<str> = command.field.as_str().into();
        let target = command.alias.as_deref().map_or_else(|| field.clone(), Arc::from);
        Self { field, target, edges }
    }

    /// The column of intervals of a column.
    pub(crate) fn cut(&self, array: &ArrayRef) -> ArrayRef {
        let mut floor = Floor::new(&self.edges);
        match (Column::new(array), &self.edges) {
            (Column::Bool(_) | Column::Missing, _) => array.clone(),
            (Column::Text(texts), _) => {
                let cut: StringArray = texts.iter().map(|text| text.map(|text| floor.text(text))).collect();
                Arc::new(cut)
            }
            (Column::List(lists, _), _) => {
                let column = Column::new(array);
                let mut builder = ListBuilder::new(StringBuilder::new());
                for row in 0..lists.len() {
                    let mut any = false;
                    column.for_each(row, |_, value| {
                        any = true;
                        builder.values().append_value(floor.text(&value.text()));
                    });
                    builder.append(any);
                }
                Arc::new(builder.finish())
            }
            (column @ Column::Mixed(..), Edges::Micros { .. } | Edges::Calendar(_)) => {
                // Numbers stay numbers, texts texts.
                let cell = |row| column.scalar(row).map(|value| floor.cell(value)).unzip();
                let (texts, numbers): (Vec<Option<String>>, Vec<Option<bool>>) = (0..array.len()).map(cell).unzip();
                let numbers: BooleanArray = numbers.into_iter().map(|number| Some(number == Some(true))).collect();
                mixed(texts.into_iter().collect::<StringArray>(), numbers)
            }
            (column, Edges::Number(..) | Edges::Log(..)) => {
                let text = |row| column.scalar(row).map(|value| floor.text(&value.text()));
                Arc::new((0..array.len()).map(text).collect::<StringArray>())
            }
            (Column::Time(times), Edges::Micros { .. } | Edges::Calendar(_)) => {
                let cut = times.iter().map(|time| time.map(|micros| floor.micros(micros).unwrap_or(micros)));
                self.times(cut.collect())
            }
            (column, Edges::Micros { .. } | Edges::Calendar(_)) => {
                let number = |row| {
                    let number = column.scalar(row).and_then(|value| value.number())?;
                    Some(floor.number(number).unwrap_or(number))
                };
                self.numbers(&column, (0..array.len()).map(number))
            }
        }
    }

    /// Does a time on an edge always have whole seconds?
    fn whole_seconds(&self) -> bool {
        !matches!(self.edges, Edges::Micros { span, origin } if span % SECOND != 0 || origin % SECOND != 0)
    }

    /// The column of cut times: times if it is to be `_time`, numbers of seconds otherwise (§4.6.1).
    fn times(&self, times: Vec<Option<i64>>) -> ArrayRef {
        if *self.target == *TIME {
            return Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"));
        }
        if self.whole_seconds() {
            // A time beyond what the calendar knows stays as it was and may have a fraction, which goes.
            let whole = |time: Option<i64>| time.map(|micros| micros.div_euclid(SECOND));
            return Arc::new(times.into_iter().map(whole).collect::<Int64Array>());
        }
        Arc::new(times.into_iter().map(|time| time.map(seconds)).collect::<Float64Array>())
    }

    /// The column of cut numbers: integers stay integers where edges are whole seconds.
    fn numbers(&self, column: &Column<'_>, numbers: impl Iterator<Item = Option<Number>>) -> ArrayRef {
        let integral = matches!(column, Column::Int(_)) && self.whole_seconds();
        if integral {
            let integer = |number: Option<Number>| match number {
                Some(Number::Int(value)) => i64::try_from(value).ok(),
                _ => None,
            };
            return Arc::new(numbers.map(integer).collect::<Int64Array>());
        }
        Arc::new(numbers.map(|number| number.map(Number::to_f64)).collect::<Float64Array>())
    }
}

impl Stage for Bin {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let Some(array) = batch.column(&self.field) else {
            // ∅ stays ∅; with `AS`, the new field is ∅ too, whatever the rows had under that name.
            let target = self.target.clone();
            return Ok(batch.keep_fields(|name| *name != *target));
        };
        // A text of an interval has two numbers of at most 25 characters; a value without one keeps its own text.
        let elements = match Column::new(array) {
            Column::List(_, texts) => texts.len(),
            _ => array.len(),
        };
        partial::check_size(elements, [array.get_buffer_memory_size(), elements.saturating_mul(64)].into_iter())?;
        let cut = self.cut(array);
        Ok(batch.with_column(&self.target, cut))
    }

    fn layout(&self, layout: &mut Layout) {
        if self.target != self.field {
            layout.add(&self.target);
        }
    }

    fn needs(&self, after: Needs) -> Needs {
        let before = if self.target == self.field { after } else { after.without_field(&self.target) };
        before.and_field(&self.field)
    }
}

#[cfg(test)]
mod tests;
