//! A profile as a [`Mapping`]: the parsed data of the `profile` crate, read row by row with code of its own.

use retrohunt_profile::{
    Case, ClassIdx, ColumnDesc, Condition, EventClass as Class, Expr, FieldMap, Kind, MapBy, Otherwise, Profile,
    Selector, Skip, Test, TimeFormat, choose, shipped,
};

use super::archive::{Column, ColumnKind, EventClass, Mapped, Mapping, Origin, SourceRow};
use super::clock;
use super::value::{Number, Scalar, fold};

/// What the profiles say about one file's columns.
#[derive(Debug)]
pub struct ProfileMapping {
    /// The profiles bound to the columns.
    map: FieldMap,
    /// Column names by index.
    columns: Vec<String>,
    /// The mapped fields with their cases in order.
    mapped: Vec<(String, Vec<Case>)>,
    /// Fields and classes of the constants that bare terms see.
    value_texts: Vec<(String, Option<ClassIdx>)>,
}

impl ProfileMapping {
    /// Returns the mapping of the shipped profile of this name, or of those that the columns choose where the name is `auto`.
    ///
    /// # Errors
    ///
    /// If there is no such profile, or a shipped one cannot be read.
    pub fn new(name: &str, columns: &[Column]) -> Result<Self, String> {
        let shipped = shipped().map_err(|error| error.to_string())?;
        let described: Vec<ColumnDesc<'_>> = columns.iter().map(describe).collect();
        let chosen: Vec<&Profile> = if name == "auto" {
            choose(&described, &shipped).profiles()
        } else {
            shipped.iter().filter(|profile| profile.name() == name).collect()
        };
        if chosen.is_empty() {
            return Err(format!("no profile `{name}`"));
        }
        let map = FieldMap::new(&described, &chosen, &[]);
        let mapped = map.fields().into_iter().filter(|field| !field.mapped_by.is_empty());
        let mapped =
            mapped.map(|field| (map.resolve(&field.name).cases, field.name)).map(|(cases, name)| (name, cases));
        let constants = map.constants().into_iter().filter(|constant| constant.value_text);
        Ok(Self {
            mapped: mapped.collect(),
            value_texts: constants.map(|constant| (constant.field, constant.class)).collect(),
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            map,
        })
    }

    /// Does a case take the row: does its class select it, or has it none?
    fn takes(&self, case: &Case, row: SourceRow<'_>) -> bool {
        match case.class {
            None => true,
            Some(class) => self.map.class(class).is_some_and(|class| selects(&class.selector, row)),
        }
    }

    /// Returns the row's time: the first time among the time columns.
    fn time(&self, row: SourceRow<'_>) -> Option<i64> {
        let read = |column: usize, format| row.values.get(column)?.first().and_then(|value| time_of(value, format));
        self.map.time().columns.iter().find_map(|time| read(time.column, time.format))
    }

    /// Returns the index of a column.
    fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }
}

impl Mapping for ProfileMapping {
    fn names(&self) -> Vec<String> {
        let time = (!self.map.time().columns.is_empty()).then(|| "_time".to_owned());
        time.into_iter().chain(self.mapped.iter().map(|(name, _)| name.clone())).collect()
    }

    fn fields(&self, row: SourceRow<'_>) -> Vec<Mapped> {
        let time = (!self.map.time().columns.is_empty()).then(|| {
            let values = self.time(row).map(Scalar::Time).into_iter().collect();
            Mapped { name: "_time".to_owned(), values, origin: Origin::Alias }
        });
        // The first case that takes the row decides, even if its value is missing.
        let decided = self.mapped.iter().filter_map(|(name, cases)| {
            let case = cases.iter().find(|case| self.takes(case, row))?;
            let origin = match &case.expr {
                Expr::Constant(_) if self.value_texts.contains(&(name.clone(), case.class)) => Origin::Constant,
                Expr::Column(_) => Origin::Alias,
                _ => Origin::Computed,
            };
            Some(Mapped { name: name.clone(), values: evaluate(&case.expr, row), origin })
        });
        time.into_iter().chain(decided).collect()
    }

    fn classes(&self, row: SourceRow<'_>) -> Vec<EventClass> {
        let of_row = self.map.classes().iter().filter(|class| selects(&class.selector, row));
        let known = |class: Class| match class {
            Class::ProcessCreation => Some(EventClass::ProcessCreation),
            Class::NetworkConnection => Some(EventClass::NetworkConnection),
            _ => None,
        };
        of_row.filter_map(|class| class.event_class.and_then(known)).collect()
    }

    fn is_provenance(&self, column: &str) -> bool {
        self.index(column).is_some_and(|index| self.map.is_provenance(index))
    }

    fn is_time_source(&self, column: &str) -> bool {
        let index = self.index(column);
        self.map.time().columns.iter().any(|time| Some(time.column) == index)
    }
}

/// Returns a column as the `profile` crate sees it.
fn describe(column: &Column) -> ColumnDesc<'_> {
    let kind = match column.kind {
        ColumnKind::Text | ColumnKind::List => Kind::Text,
        ColumnKind::Binary => Kind::Binary,
        ColumnKind::Int | ColumnKind::UInt | ColumnKind::Float => Kind::Number,
        ColumnKind::Bool => Kind::Bool,
        ColumnKind::Time => Kind::Time,
    };
    ColumnDesc { name: &column.name, kind, multivalue: column.kind == ColumnKind::List }
}

/// Returns the time that a value means in a format.
fn time_of(value: &Scalar, format: TimeFormat) -> Option<i64> {
    // Microseconds to a unit, as a fraction.
    let (numerator, denominator, epoch) = match format {
        TimeFormat::Stored | TimeFormat::Iso => {
            return match value {
                Scalar::Time(micros) => Some(*micros),
                other => clock::parse_iso(other.text().trim(), &jiff::tz::TimeZone::UTC),
            };
        }
        TimeFormat::EpochSeconds => (1_000_000, 1, 0),
        TimeFormat::EpochMillis => (1_000, 1, 0),
        TimeFormat::EpochMicros => (1, 1, 0),
        TimeFormat::EpochNanos => (1, 1_000, 0),
        TimeFormat::FileTime => (1, 10, 11_644_473_600_000_000),
    };
    let text = value.text();
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let Some(Number::Integer(whole)) = Number::of_text(whole) else { return None };
    let billionths = whole.checked_mul(1_000_000_000)?.checked_add(digits.parse::<i128>().ok()?)?;
    let micros = billionths.checked_mul(numerator)?.div_euclid(denominator * 1_000_000_000) - epoch;
    i64::try_from(micros).ok()
}

/// Does a selector take the row?
fn selects(selector: &Selector, row: SourceRow<'_>) -> bool {
    selector.all.iter().all(|condition| holds(condition, row))
}

/// Does one condition hold? A missing value meets none, a multivalue with any of its values.
fn holds(condition: &Condition, row: SourceRow<'_>) -> bool {
    match condition {
        Condition::All(members) => members.iter().all(|member| holds(member, row)),
        Condition::Any(members) => members.iter().any(|member| holds(member, row)),
        Condition::Present { columns } => !first_present(columns, row).is_empty(),
        Condition::Test { columns, test } => first_present(columns, row).iter().any(|value| meets(test, &value.text())),
    }
}

/// Returns the values of the first of the columns that is not missing.
fn first_present<'a>(columns: &[usize], row: SourceRow<'a>) -> &'a [Scalar] {
    let values = columns.iter().filter_map(|column| row.values.get(*column));
    values.map(Vec::as_slice).find(|values| !values.is_empty()).unwrap_or(&[])
}

/// Does a text meet a test?
fn meets(test: &Test, text: &str) -> bool {
    let text = text.trim();
    match test {
        Test::Texts(texts) => texts.iter().any(|wanted| fold(wanted) == fold(text)),
        Test::Prefixes(starts) => starts.iter().any(|start| fold(text).starts_with(&fold(start))),
        Test::Integers(numbers) => numbers.iter().any(|number| number.to_string() == text),
    }
}

/// Returns the values of an expression; those of a plain column keep their type, all others are texts.
fn evaluate(expr: &Expr, row: SourceRow<'_>) -> Vec<Scalar> {
    match expr {
        Expr::Column(column) => row.values.get(*column).cloned().unwrap_or_default(),
        other => strings(other, row).into_iter().map(Scalar::Text).collect(),
    }
}

/// Returns the texts of an expression, empty ones left out.
fn strings(expr: &Expr, row: SourceRow<'_>) -> Vec<String> {
    let each = |of: &Expr, change: &dyn Fn(String) -> Option<String>| -> Vec<String> {
        strings(of, row).into_iter().filter_map(change).collect()
    };
    let mut made = match expr {
        Expr::Column(column) => super::value::texts(row.values.get(*column).map_or(&[], Vec::as_slice)),
        Expr::Constant(text) => vec![text.clone()],
        Expr::LastPart { of, separators } => {
            each(of, &|text| text.rsplit(|c| separators.contains(c)).next().map(str::to_owned))
        }
        Expr::ParentPart { of, separators } => {
            each(of, &|text| text.rsplit_once(|c| separators.contains(c)).map(|(parent, _)| parent.to_owned()))
        }
        Expr::TextBefore { of, mark } => each(of, &|text| text.split_once(mark).map(|(before, _)| before.to_owned())),
        Expr::TextAfter { of, mark } => each(of, &|text| text.rsplit(mark.as_str()).next().map(str::to_owned)),
        Expr::Keyed { of, key, separator, equals } => each(of, &|text| keyed(&text, key, separator, equals)),
        Expr::Coalesce { members, skip } => {
            let texts = members.iter().map(|member| {
                // A constant was put there to be taken.
                let constant = matches!(member, Expr::Constant(_));
                let texts = strings(member, row).into_iter();
                texts.filter(|text| constant || !skipped(text, skip)).collect::<Vec<String>>()
            });
            texts.into_iter().find(|texts| !texts.is_empty()).unwrap_or_default()
        }
        Expr::All(members) => members.iter().flat_map(|member| strings(member, row)).collect(),
        Expr::Concat(members) => {
            let parts: Vec<Vec<String>> = members.iter().map(|member| strings(member, row)).collect();
            if parts.iter().all(|part| part.len() == 1) { vec![parts.concat().concat()] } else { Vec::new() }
        }
        Expr::PathJoin { folder, name } => {
            let name = strings(name, row);
            each(folder, &|folder| Some(if let [name] = name.as_slice() { join_path(&folder, name) } else { folder }))
        }
        Expr::Map { of, by, table, otherwise } => each(of, &|text| mapped(&text, *by, table, otherwise)),
        Expr::HexToDecimal(of) => each(of, &|text| Some(decimal(&text).unwrap_or(text))),
        Expr::Lower(of) => each(of, &|text| Some(text.to_ascii_lowercase())),
        Expr::StripBraces(of) => each(of, &|text| {
            let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            Some(inner.unwrap_or(&text).to_owned())
        }),
    };
    made.retain(|text| !text.is_empty());
    made
}

/// Does a text count as no value?
fn skipped(text: &str, skip: &Skip) -> bool {
    let Skip::Unset(more) = skip else { return false };
    let text = fold(text.trim());
    let guid = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(&text);
    let unset = text.is_empty() || text == "-" || text == "s-1-0-0" || guid == "00000000-0000-0000-0000-000000000000";
    unset || more.iter().any(|other| fold(other) == text)
}

/// Returns the value of a key in a text of pairs.
fn keyed(text: &str, key: &str, separator: &str, equals: &str) -> Option<String> {
    let mut pairs = text.split(separator).filter_map(|pair| pair.split_once(equals));
    pairs.find(|(name, _)| fold(name.trim()) == fold(key)).map(|(_, value)| value.trim().to_owned())
}

/// Returns folder and name as one path, or the folder if it ends in the name already.
fn join_path(folder: &str, name: &str) -> String {
    let last = folder.rsplit(['\\', '/']).next().unwrap_or_default();
    match last {
        last if fold(last) == fold(name) => folder.to_owned(),
        "" => format!("{folder}{name}"),
        _ => format!("{folder}\\{name}"),
    }
}

/// Returns the text that a table has for a text.
fn mapped(text: &str, by: MapBy, table: &[(String, String)], otherwise: &Otherwise) -> Option<String> {
    let wanted = fold(text.trim());
    let found = table.iter().filter(|(from, _)| match by {
        MapBy::Whole => fold(from) == wanted,
        MapBy::Prefix => wanted.starts_with(&fold(from)),
    });
    // The longest wins; of equal ones the first.
    match (found.rev().max_by_key(|(from, _)| from.chars().count()), otherwise) {
        (Some((_, to)), _) | (None, Otherwise::Text(to)) => Some(to.clone()),
        (None, Otherwise::Null) => None,
        (None, Otherwise::Keep) => Some(text.to_owned()),
    }
}

/// Returns the decimal text of `0x…`, if it is that and fits in 64 bits.
fn decimal(text: &str) -> Option<String> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    if !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(digits, 16).ok().map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of an expression over one column.
    fn texts(expr: &Expr, value: &str) -> Vec<String> {
        let values = [vec![Scalar::Text(value.to_owned())]];
        strings(expr, SourceRow { columns: &[], values: &values })
    }

    /// The column.
    fn column() -> Box<Expr> {
        Box::new(Expr::Column(0))
    }

    #[test]
    fn expressions_of_one_text() {
        let last = Expr::LastPart { of: column(), separators: "\\/".to_owned() };
        assert_eq!(texts(&last, r"C:\a/cmd.exe"), ["cmd.exe"]);
        assert_eq!(texts(&last, "cmd.exe"), ["cmd.exe"]);
        assert!(texts(&last, r"C:\").is_empty());
        let keyed =
            Expr::Keyed { of: column(), key: "sha1".to_owned(), separator: ",".to_owned(), equals: "=".to_owned() };
        assert_eq!(texts(&keyed, "MD5=0a, SHA1=2c ,SHA1=3d"), ["2c"]);
        assert_eq!(texts(&Expr::HexToDecimal(column()), "0x1F"), ["31"]);
        assert_eq!(texts(&Expr::HexToDecimal(column()), "0xfz"), ["0xfz"]);
        assert_eq!(texts(&Expr::StripBraces(column()), "{a}"), ["a"]);
        let unset = Expr::Coalesce {
            members: vec![Expr::Column(0), Expr::Constant("c".to_owned())],
            skip: Skip::Unset(vec![]),
        };
        assert_eq!(texts(&unset, " - "), ["c"]);
    }

    #[test]
    fn times_of_all_formats() {
        let text = |text: &str, format| time_of(&Scalar::Text(text.to_owned()), format);
        assert_eq!(text("1596612509.1239", TimeFormat::EpochSeconds), Some(1_596_612_509_123_900));
        assert_eq!(text("1596612509123", TimeFormat::EpochMillis), Some(1_596_612_509_123_000));
        assert_eq!(text("116444736000000010", TimeFormat::FileTime), Some(1));
        assert_eq!(text("2023-07-19 18:40:12.053", TimeFormat::Iso), Some(1_689_792_012_053_000));
        assert_eq!(text("x", TimeFormat::EpochNanos), None);
    }
}
