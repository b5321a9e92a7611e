//! Tables and values of a parsed TOML text that know where they stand, so that every message can say it.

use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use crate::document::unknown_key;
use crate::error::{Error, Kind};

/// The text of a profile and the name it has in messages.
pub(super) struct Text<'t> {
    origin: &'t str,
    text: &'t str,
}

impl<'t> Text<'t> {
    /// Makes it of a text; `origin` names it in messages.
    pub(super) fn new(origin: &'t str, text: &'t str) -> Self {
        // Editors on Windows write a byte order mark, which is not part of TOML's grammar.
        Self { origin, text: text.strip_prefix('\u{feff}').unwrap_or(text) }
    }

    /// Parses the text.
    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'t>>, Error> {
        DeTable::parse(self.text).map_err(|error| {
            let kind = Kind::Syntax(error.message().to_owned());
            match error.span() {
                Some(span) => self.error(&span, kind),
                None => Error::new(self.origin, kind),
            }
        })
    }

    /// Makes an error at the beginning of `span`.
    fn error(&self, span: &Range<usize>, kind: Kind) -> Error {
        Error::at(self.origin, self.text, span.start, kind)
    }
}

/// A table and where it stands.
pub(super) struct Table<'a> {
    source: &'a Text<'a>,
    /// How messages call the table.
    place: String,
    /// `None` for the whole document, which stands nowhere in particular.
    span: Option<Range<usize>>,
    table: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// Returns the table of a whole document.
    pub(super) fn document(source: &'a Text<'a>, document: &'a Spanned<DeTable<'a>>) -> Self {
        Self { source, place: "the profile".to_owned(), span: None, table: document.get_ref() }
    }

    /// Refuses keys other than these.
    pub(super) fn allow(&self, allowed: &[&str]) -> Result<(), Error> {
        match self.table.keys().find(|key| !allowed.contains(&key.get_ref().as_ref())) {
            Some(key) => Err(self.source.error(&key.span(), unknown_key(key.get_ref(), &self.place, allowed))),
            None => Ok(()),
        }
    }

    /// Returns the value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        let (key, value) = self.table.iter().find(|(known, _)| known.get_ref().as_ref() == key)?;
        Some(Value { source: self.source, key: key.get_ref().to_string(), value })
    }

    /// Returns the value of a key that must be there.
    pub(super) fn need(&self, key: &str) -> Result<Value<'a>, Error> {
        self.get(key).ok_or_else(|| self.error(Kind::MissingKey { key: key.to_owned(), place: self.place.clone() }))
    }

    /// Returns all keys and values, sorted by key.
    pub(super) fn entries(&self) -> Vec<(String, Value<'a>)> {
        let entry = |(key, value): (&Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let key: &std::borrow::Cow<'_, str> = key.get_ref();
            (key.to_string(), Value { source: self.source, key: key.to_string(), value })
        };
        self.table.iter().map(entry).collect()
    }

    /// Returns the tables of an array of tables, none if the key is absent.
    pub(super) fn tables(&self, key: &str) -> Result<Vec<Table<'a>>, Error> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let tables = value.array()?.into_iter().map(|member| {
            let mut table = member.table()?;
            table.place = format!("[[{key}]]");
            Ok(table)
        });
        tables.collect()
    }

    /// Returns a text, or `default` if the key is absent.
    pub(super) fn string_or(&self, key: &str, default: &str) -> Result<String, Error> {
        self.get(key).map_or_else(|| Ok(default.to_owned()), |value| value.string())
    }

    /// Returns a truth value, or `default` if the key is absent.
    pub(super) fn bool_or(&self, key: &str, default: bool) -> Result<bool, Error> {
        self.get(key).map_or(Ok(default), |value| value.bool())
    }

    /// Returns a list of texts, empty if the key is absent.
    pub(super) fn strings_or_none(&self, key: &str) -> Result<Vec<String>, Error> {
        self.get(key).map_or_else(|| Ok(Vec::new()), |value| value.strings())
    }

    /// Makes an error at the beginning of the table.
    fn error(&self, kind: Kind) -> Error {
        match &self.span {
            Some(span) => self.source.error(span, kind),
            None => Error::new(self.source.origin, kind),
        }
    }

    /// Makes an error about what the table says.
    pub(super) fn invalid(&self, message: &str) -> Error {
        self.error(Kind::Invalid(message.to_owned()))
    }
}

/// A value, its key and where it stands.
pub(super) struct Value<'a> {
    source: &'a Text<'a>,
    key: String,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    /// Returns the value as a text.
    pub(super) fn string(&self) -> Result<String, Error> {
        self.value.get_ref().as_str().map(str::to_owned).ok_or_else(|| self.wrong_type("a text"))
    }

    /// Returns the value as a truth value.
    pub(super) fn bool(&self) -> Result<bool, Error> {
        self.value.get_ref().as_bool().ok_or_else(|| self.wrong_type("true or false"))
    }

    /// Returns the value as an integer of 64 bits.
    pub(super) fn integer(&self) -> Result<i64, Error> {
        let integer = self.value.get_ref().as_integer().ok_or_else(|| self.wrong_type("an integer"))?;
        i64::from_str_radix(integer.as_str(), integer.radix())
            .map_err(|_| self.invalid(format!("{} is not an integer of 64 bits", integer.as_str())))
    }

    /// Returns the members of an array.
    pub(super) fn array(&self) -> Result<Vec<Value<'a>>, Error> {
        let members = self.value.get_ref().as_array().ok_or_else(|| self.wrong_type("an array"))?;
        Ok(members.iter().map(|value| Value { source: self.source, key: self.key.clone(), value }).collect())
    }

    /// Returns an array of texts; a single text counts as an array of one.
    pub(super) fn strings(&self) -> Result<Vec<String>, Error> {
        if self.is_string() {
            return Ok(vec![self.string()?]);
        }
        self.array()?.iter().map(Value::string).collect()
    }

    /// Returns the value as a table.
    pub(super) fn table(&self) -> Result<Table<'a>, Error> {
        let table = self.value.get_ref().as_table().ok_or_else(|| self.wrong_type("a table"))?;
        Ok(Table { source: self.source, place: format!("`{}`", self.key), span: Some(self.value.span()), table })
    }

    /// Is it a text?
    pub(super) fn is_string(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// Is it an integer?
    pub(super) fn is_integer(&self) -> bool {
        self.value.get_ref().is_integer()
    }

    /// Is it an array?
    pub(super) fn is_array(&self) -> bool {
        self.value.get_ref().is_array()
    }

    /// Makes the error of a value of the wrong type.
    pub(super) fn wrong_type(&self, wanted: &str) -> Error {
        let found = match self.value.get_ref().type_str() {
            "string" => "a text".to_owned(),
            "integer" => "an integer".to_owned(),
            "array" => "an array".to_owned(),
            other => format!("a {other}"),
        };
        self.error(Kind::WrongType { key: self.key.clone(), found, wanted: wanted.to_owned() })
    }

    /// Makes the error of a name that stands for nothing.
    pub(super) fn unknown_name(&self, what: &str, name: &str, names: Vec<String>) -> Error {
        self.error(Kind::UnknownName { what: what.to_owned(), name: name.to_owned(), names })
    }

    /// Makes an error about what the value says.
    pub(super) fn invalid(&self, message: String) -> Error {
        self.error(Kind::Invalid(message))
    }

    /// Makes an error at the beginning of the value.
    fn error(&self, kind: Kind) -> Error {
        self.source.error(&self.value.span(), kind)
    }
}
