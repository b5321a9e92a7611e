//! The columns of a file: the leaves of its schema, under dotted names, with the kind of value they decode to (§4.1.3).

use std::hash::{DefaultHasher, Hash, Hasher};

use arrow_schema::{DataType, Field, Fields, Schema};

use crate::MAX_NESTING;
use crate::error::{Error, ErrorKind};

/// The number of a column in its file: its place in [`crate::DataFile::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u32);

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Text. Decodes to `Utf8`.
    Text,
    /// Bytes: text if they are UTF-8, else lower-case hexadecimal. Decodes to `Utf8`.
    Binary,
    /// Signed integers, and unsigned ones of up to 32 bits. Decodes to `Int64`.
    Int,
    /// Unsigned integers of 64 bits. Decodes to `UInt64`.
    UInt,
    /// Floating-point numbers, and decimals of at most 15 digits. Decodes to `Float64`.
    Float,
    /// Truth values. Decodes to `Boolean`.
    Bool,
    /// Dates and timestamps. Decodes to ISO 8601 text, or to a timestamp by [`crate::DataFile::read_time`].
    Time,
}

/// A column of a file: one leaf of its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// The dotted name: `a.b` is leaf `b` of struct `a`, `a{}.b` leaf `b` of the structs in list `a`. A map `a` has the two
    /// leaves `a{}.key` and `a{}.value`.
    pub name: String,
    /// What its values are; for a multivalue, what its elements are.
    pub kind: ColumnKind,
    /// The column is in a list or is one: it decodes to `List<Utf8>`, one list of value texts per row.
    pub multivalue: bool,
    /// The type in the file, for people.
    pub physical: String,
}

/// A step from a column towards one of its leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the field of a struct.
    Field(usize),
    /// To the elements of a list, or the entries of a map.
    Element,
}

/// Where a leaf is and what it is.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// The root column.
    pub(crate) root: usize,
    /// The way from there.
    pub(crate) steps: Vec<Step>,
    /// The leaf's type.
    pub(crate) data_type: DataType,
    /// Another leaf of the same map, which has to be decoded with this one; the leaf's number in the schema.
    pub(crate) companion: Option<usize>,
}

/// The leaves of a schema.
#[derive(Debug)]
pub(crate) struct Leaves {
    /// What callers see, in schema order.
    pub(crate) columns: Vec<ColumnInfo>,
    /// How each is reached, in the same order.
    pub(crate) leaves: Vec<Leaf>,
    /// A hash of the columns: equal for files with the same columns in the same order.
    pub(crate) fingerprint: u64,
}

impl Leaves {
    /// The leaves of `schema`.
    ///
    /// # Errors
    ///
    /// If it nests too deep.
    pub(crate) fn of(schema: &Schema) -> Result<Self, Error> {
        let mut found = Self { columns: Vec::new(), leaves: Vec::new(), fingerprint: 0 };
        for (root, field) in schema.fields().iter().enumerate() {
            found.visit(field, field.name(), &mut Way { root, steps: Vec::new() })?;
        }
        let mut hasher = DefaultHasher::new();
        for column in &found.columns {
            (&column.name, column.kind, column.multivalue, &column.physical).hash(&mut hasher);
        }
        found.fingerprint = hasher.finish();
        Ok(found)
    }

    /// Adds the leaves of `field`, which is called `name` and reached by `way`.
    fn visit(&mut self, field: &Field, name: &str, way: &mut Way) -> Result<(), Error> {
        if way.steps.len() > MAX_NESTING {
            let message = format!("its schema nests more than {MAX_NESTING} deep");
            return Err(Error::new(ErrorKind::Unsupported, message).in_column(name));
        }
        match field.data_type() {
            DataType::Struct(fields) => self.visit_fields(fields, name, way),
            DataType::Map(entries, _) => {
                let first = self.leaves.len();
                way.steps.push(Step::Element);
                if let DataType::Struct(fields) = entries.data_type()
                    && let [key, value] = &**fields
                {
                    for (index, (field, part)) in [(key, "key"), (value, "value")].into_iter().enumerate() {
                        way.steps.push(Step::Field(index));
                        self.visit(field, &format!("{name}{{}}.{part}"), way)?;
                        way.steps.pop();
                    }
                }
                way.steps.pop();
                self.pair(first);
                Ok(())
            }
            data_type => match element(data_type) {
                Some(item) => {
                    way.steps.push(Step::Element);
                    let structured = matches!(innermost(item.data_type()), DataType::Struct(_) | DataType::Map(..));
                    let inner = if structured { format!("{name}{{}}") } else { name.to_owned() };
                    self.visit(item, &inner, way)?;
                    way.steps.pop();
                    Ok(())
                }
                None => {
                    self.add(data_type, name, way);
                    Ok(())
                }
            },
        }
    }

    /// Adds the leaves of a struct's `fields`.
    fn visit_fields(&mut self, fields: &Fields, name: &str, way: &mut Way) -> Result<(), Error> {
        for (index, field) in fields.iter().enumerate() {
            way.steps.push(Step::Field(index));
            self.visit(field, &format!("{name}.{}", field.name()), way)?;
            way.steps.pop();
        }
        Ok(())
    }

    /// Adds a leaf.
    fn add(&mut self, data_type: &DataType, name: &str, way: &Way) {
        let multivalue = way.steps.contains(&Step::Element);
        let kind = kind(data_type);
        self.columns.push(ColumnInfo {
            name: name.to_owned(),
            kind,
            multivalue,
            physical: physical(data_type, multivalue),
        });
        let (root, steps) = (way.root, way.steps.clone());
        self.leaves.push(Leaf { root, steps, data_type: data_type.clone(), companion: None });
    }

    /// Makes the leaves from `first` on companions: a map's keys and values only decode together.
    fn pair(&mut self, first: usize) {
        let last = self.leaves.len().saturating_sub(1);
        for (index, leaf) in self.leaves.iter_mut().enumerate().skip(first) {
            let other = if index == first { last } else { first };
            if leaf.companion.is_none() && other != index {
                leaf.companion = Some(other);
            }
        }
    }
}

/// A path through the schema under construction.
struct Way {
    /// The root column.
    root: usize,
    /// The steps so far.
    steps: Vec<Step>,
}

/// The element of a list type; `None` if it is not one.
fn element(data_type: &DataType) -> Option<&Field> {
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => Some(item),
        _ => None,
    }
}

/// The type inside all lists around `data_type`.
fn innermost(mut data_type: &DataType) -> &DataType {
    while let Some(item) = element(data_type) {
        data_type = item.data_type();
    }
    data_type
}

/// The most digits of a decimal that is read as a double: any 15 digits survive the way there and back.
pub(crate) const EXACT_DIGITS: u8 = 15;

/// What the values of a leaf of type `data_type` are.
fn kind(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Boolean => ColumnKind::Bool,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => ColumnKind::Int,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => ColumnKind::Int,
        DataType::UInt64 => ColumnKind::UInt,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnKind::Float,
        DataType::Decimal32(digits, _)
        | DataType::Decimal64(digits, _)
        | DataType::Decimal128(digits, _)
        | DataType::Decimal256(digits, _)
            if *digits <= EXACT_DIGITS =>
        {
            ColumnKind::Float
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            ColumnKind::Binary
        }
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => ColumnKind::Time,
        DataType::Dictionary(_, value) => kind(value),
        DataType::RunEndEncoded(_, values) => kind(values.data_type()),
        _ => ColumnKind::Text,
    }
}

/// The type of a leaf, for people.
fn physical(data_type: &DataType, multivalue: bool) -> String {
    let text = match data_type {
        DataType::Dictionary(_, value) => format!("Dictionary of {value}"),
        other => other.to_string(),
    };
    if multivalue { format!("List of {text}") } else { text }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow_schema::TimeUnit;

    /// A nullable field.
    fn field(name: &str, data_type: DataType) -> Field {
        Field::new(name, data_type, true)
    }

    #[test]
    fn leaves_have_dotted_names_and_kinds() {
        let inner = DataType::Struct(vec![field("b", DataType::Int32), field("c", DataType::Utf8)].into());
        let list = |item: DataType| DataType::List(Arc::new(field("item", item)));
        let entries = DataType::Struct(vec![field("keys", DataType::Utf8), field("values", DataType::Int64)].into());
        let schema = Schema::new(vec![
            field("a", inner.clone()),
            field("l", list(inner.clone())),
            field("s", list(list(DataType::Float32))),
            field("m", DataType::Map(Arc::new(Field::new("entries", entries, false)), false)),
            field("t", DataType::Timestamp(TimeUnit::Nanosecond, None)),
            field("d", DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8))),
            field("n", DataType::Decimal128(15, 2)),
            field("w", DataType::Decimal128(16, 2)),
            field("u", DataType::UInt64),
        ]);
        let leaves = Leaves::of(&schema).unwrap();
        let names: Vec<(&str, ColumnKind, bool)> =
            leaves.columns.iter().map(|c| (c.name.as_str(), c.kind, c.multivalue)).collect();
        let want = [
            ("a.b", ColumnKind::Int, false),
            ("a.c", ColumnKind::Text, false),
            ("l{}.b", ColumnKind::Int, true),
            ("l{}.c", ColumnKind::Text, true),
            ("s", ColumnKind::Float, true),
            ("m{}.key", ColumnKind::Text, true),
            ("m{}.value", ColumnKind::Int, true),
            ("t", ColumnKind::Time, false),
            ("d", ColumnKind::Text, false),
            ("n", ColumnKind::Float, false),
            ("w", ColumnKind::Text, false),
            ("u", ColumnKind::UInt, false),
        ];
        assert_eq!(names, want);
        assert_eq!((leaves.leaves[5].companion, leaves.leaves[6].companion), (Some(6), Some(5)));
        assert_eq!(leaves.fingerprint, Leaves::of(&schema).unwrap().fingerprint);
        let other = Schema::new(vec![field("a", inner)]);
        assert_ne!(leaves.fingerprint, Leaves::of(&other).unwrap().fingerprint);
    }

    #[test]
    fn deep_nesting_is_refused() {
        let mut data_type = DataType::Int8;
        for _ in 0..100 {
            data_type = DataType::Struct(vec![field("x", data_type)].into());
        }
        let error = Leaves::of(&Schema::new(vec![field("x", data_type)])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}
