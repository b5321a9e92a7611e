//! How a field's value is made from columns: data, and its evaluation on the texts of one row.

use std::borrow::Cow;

/// How a field's value is made. `C` names a column: its name in a profile, its index once bound to a schema.
///
/// All values are texts (numbers as §4.4 prints them). A result that would be empty is null, as empty source values are
/// (§4.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr<C = usize> {
    /// The column's value as it is.
    Column(C),
    /// The same text on every row.
    Constant(String),
    /// The text after the last separator, the whole text if there is none: a file name of a path.
    LastPart {
        /// The path.
        of: Box<Expr<C>>,
        /// The separator characters, `\` and `/` if a profile does not say otherwise.
        separators: String,
    },
    /// The text before the last separator; null if there is none.
    ParentPart {
        /// The path.
        of: Box<Expr<C>>,
        /// The separator characters.
        separators: String,
    },
    /// The text before the first `mark`; null if there is none.
    TextBefore {
        /// The text.
        of: Box<Expr<C>>,
        /// What ends the wanted text.
        mark: String,
    },
    /// The text after the last `mark`, the whole text if there is none.
    TextAfter {
        /// The text.
        of: Box<Expr<C>>,
        /// What stands before the wanted text.
        mark: String,
    },
    /// The value of one key in a text such as `MD5=0a1b,SHA1=2c3d`, white space around key and value removed.
    Keyed {
        /// The text.
        of: Box<Expr<C>>,
        /// The key, compared by §2.6; the first that is there counts.
        key: String,
        /// What stands between two pairs.
        separator: String,
        /// What stands between key and value.
        equals: String,
    },
    /// The first member that has a value.
    Coalesce {
        /// The members, in order.
        members: Vec<Expr<C>>,
        /// Which values count as none.
        skip: Skip,
    },
    /// The values of all members as one multivalue, members without a value left out.
    All(Vec<Expr<C>>),
    /// The texts one after the other; null if one is null.
    Concat(Vec<Expr<C>>),
    /// `folder` itself if it already ends in `name` (by §2.6, as a whole part) or `name` is null, else both with `\` between.
    PathJoin {
        /// A folder, or in some archives the whole path.
        folder: Box<Expr<C>>,
        /// The file's name.
        name: Box<Expr<C>>,
    },
    /// Another text for a text.
    Map {
        /// The text to translate.
        of: Box<Expr<C>>,
        /// How the text is compared with the table.
        by: MapBy,
        /// From and to; with [`MapBy::Prefix`] longer ones stand first.
        table: Vec<(String, String)>,
        /// What a text becomes that is not in the table.
        otherwise: Otherwise,
    },
    /// `0x1f` as `31`; a text that is not of this form, or over 64 bits, stays as it is.
    HexToDecimal(Box<Expr<C>>),
    /// ASCII letters in lower case.
    Lower(Box<Expr<C>>),
    /// A GUID without its braces; only a pair that encloses the whole text is removed.
    StripBraces(Box<Expr<C>>),
}

/// Which values count as none in a [`Expr::Coalesce`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Skip {
    /// Only null: the same value under several columns' names.
    Null,
    /// Also blank texts, `-`, a null SID (`S-1-0-0`), a null GUID, and these texts (compared by §2.6).
    Unset(Vec<String>),
}

/// How a text is compared with the table of a [`Expr::Map`]; both trim the text and compare by §2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapBy {
    /// The whole text.
    Whole,
    /// The beginning of the text; the longest entry wins.
    Prefix,
}

/// What a text becomes that the table of a [`Expr::Map`] does not have. Null stays null.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Otherwise {
    /// Null.
    Null,
    /// Itself.
    Keep,
    /// This text.
    Text(String),
}

impl<C> Expr<C> {
    /// Returns the one expression that this one is applied to value by value, if it is of that form.
    fn operand(&self) -> Option<&Expr<C>> {
        match self {
            Self::LastPart { of, .. }
            | Self::ParentPart { of, .. }
            | Self::TextBefore { of, .. }
            | Self::TextAfter { of, .. }
            | Self::Keyed { of, .. }
            | Self::Map { of, .. }
            | Self::HexToDecimal(of)
            | Self::Lower(of)
            | Self::StripBraces(of) => Some(of),
            Self::Column(_) | Self::Constant(_) | Self::Coalesce { .. } | Self::All(_) | Self::Concat(_) => None,
            Self::PathJoin { .. } => None,
        }
    }
}

impl Expr<usize> {
    /// Returns the field's value on one row: the first one where it has several. Null is `None`.
    ///
    /// `get` gives the text of the column of that index on the row, `None` for null.
    pub fn eval<'r>(&'r self, get: &mut dyn FnMut(usize) -> Option<Cow<'r, str>>) -> Option<Cow<'r, str>> {
        match self {
            Self::Column(column) => get(*column).filter(|text| !text.is_empty()),
            Self::Constant(text) => Some(Cow::Borrowed(text)),
            Self::Coalesce { members, skip } => {
                members.iter().find_map(|member| member.eval(get).filter(|text| !skip.skips(member, text)))
            }
            Self::All(members) => members.iter().find_map(|member| member.eval(get)),
            Self::Concat(members) => {
                let mut text = String::new();
                for member in members {
                    text.push_str(&member.eval(get)?);
                }
                (!text.is_empty()).then_some(Cow::Owned(text))
            }
            Self::PathJoin { folder, name } => {
                let folder = folder.eval(get)?;
                Some(path_join(folder, name.eval(get)))
            }
            unary => self.apply(unary.operand()?.eval(get)?),
        }
    }

    /// Returns all values of the field on one row, in order; null is an empty list.
    ///
    /// `get` gives the values of the column of that index. Functions of one text work on each value (§4.5.2); a
    /// concatenation with a multivalue is null (§4.5.3).
    pub fn values<'r>(&'r self, get: &mut dyn FnMut(usize) -> Vec<Cow<'r, str>>) -> Vec<Cow<'r, str>> {
        match self {
            Self::Column(column) => get(*column).into_iter().filter(|text| !text.is_empty()).collect(),
            Self::Constant(text) => vec![Cow::Borrowed(text)],
            Self::Coalesce { members, skip } => {
                let mut found = members.iter().map(|member| {
                    let mut values = member.values(get);
                    values.retain(|text| !skip.skips(member, text));
                    values
                });
                found.find(|values| !values.is_empty()).unwrap_or_default()
            }
            Self::All(members) => members.iter().flat_map(|member| member.values(get)).collect(),
            Self::Concat(members) => {
                let mut text = String::new();
                for member in members {
                    match member.values(get).as_slice() {
                        [one] => text.push_str(one),
                        _ => return Vec::new(),
                    }
                }
                if text.is_empty() { Vec::new() } else { vec![Cow::Owned(text)] }
            }
            Self::PathJoin { folder, name } => {
                let mut names = name.values(get);
                let name = if names.len() == 1 { names.pop() } else { None };
                folder.values(get).into_iter().map(|folder| path_join(folder, name.clone())).collect()
            }
            unary => match unary.operand() {
                Some(of) => of.values(get).into_iter().filter_map(|text| self.apply(text)).collect(),
                None => Vec::new(),
            },
        }
    }

    /// Applies an expression of one operand to one value of it.
    fn apply<'r>(&'r self, text: Cow<'r, str>) -> Option<Cow<'r, str>> {
        match self {
            Self::LastPart { separators, .. } => {
                cut(text, |text| Some(text.rfind(|c| separators.contains(c)).map_or(0, |at| at + 1)..text.len()))
            }
            Self::ParentPart { separators, .. } => {
                cut(text, |text| text.rfind(|c| separators.contains(c)).map(|at| 0..at))
            }
            Self::TextBefore { mark, .. } => cut(text, |text| text.find(mark.as_str()).map(|at| 0..at)),
            Self::TextAfter { mark, .. } => {
                cut(text, |text| Some(text.rfind(mark.as_str()).map_or(0, |at| at + mark.len())..text.len()))
            }
            Self::Keyed { key, separator, equals, .. } => cut(text, |text| keyed_value(text, key, separator, equals)),
            Self::Map { by, table, otherwise, .. } => map_text(text, *by, table, otherwise),
            Self::HexToDecimal(_) => {
                let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
                let plain = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
                match plain.and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
                    Some(number) => Some(Cow::Owned(number.to_string())),
                    None => Some(text),
                }
            }
            Self::Lower(_) => Some(Cow::Owned(text.to_ascii_lowercase())),
            Self::StripBraces(_) => cut(text, |text| {
                let braced = text.len() >= 2 && text.starts_with('{') && text.ends_with('}');
                Some(if braced { 1..text.len() - 1 } else { 0..text.len() })
            }),
            // Not of one operand; `operand` gave none, so no caller comes here.
            _ => Some(text),
        }
    }

    /// Returns the indices of the columns that are read, each once, in order of use.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut out = Vec::new();
        self.collect_columns(&mut out);
        out
    }

    /// Appends the columns that are read and not yet in `out`.
    fn collect_columns(&self, out: &mut Vec<usize>) {
        match self {
            Self::Column(column) => {
                if !out.contains(column) {
                    out.push(*column);
                }
            }
            Self::Constant(_) => {}
            Self::Coalesce { members, .. } | Self::All(members) | Self::Concat(members) => {
                members.iter().for_each(|member| member.collect_columns(out));
            }
            Self::PathJoin { folder, name } => {
                folder.collect_columns(out);
                name.collect_columns(out);
            }
            unary => {
                if let Some(of) = unary.operand() {
                    of.collect_columns(out);
                }
            }
        }
    }

    /// Can a row have several values here or in a part, given which columns are multivalue? Then only [`Expr::values`] is exact.
    pub fn is_multivalued(&self, is_list: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Self::Column(column) => is_list(*column),
            Self::Constant(_) => false,
            Self::All(members) => members.len() > 1 || members.iter().any(|member| member.is_multivalued(is_list)),
            Self::Coalesce { members, .. } | Self::Concat(members) => {
                members.iter().any(|member| member.is_multivalued(is_list))
            }
            Self::PathJoin { folder, name } => folder.is_multivalued(is_list) || name.is_multivalued(is_list),
            unary => unary.operand().is_some_and(|of| of.is_multivalued(is_list)),
        }
    }
}

impl Expr<String> {
    /// Returns the expression over a schema's columns, or `None` if it can have no value there because its columns are absent.
    ///
    /// `lookup` gives the columns that hold the value of a name, first choice first.
    pub(crate) fn bind(&self, lookup: &dyn Fn(&str) -> Vec<usize>) -> Option<Expr<usize>> {
        let boxed = |of: &Expr<String>| of.bind(lookup).map(Box::new);
        Some(match self {
            Self::Column(name) => {
                let mut columns = lookup(name);
                match columns.len() {
                    0 => return None,
                    1 => Expr::Column(columns.remove(0)),
                    _ => Expr::Coalesce { members: columns.into_iter().map(Expr::Column).collect(), skip: Skip::Null },
                }
            }
            Self::Constant(text) => Expr::Constant(text.clone()),
            Self::LastPart { of, separators } => Expr::LastPart { of: boxed(of)?, separators: separators.clone() },
            Self::ParentPart { of, separators } => Expr::ParentPart { of: boxed(of)?, separators: separators.clone() },
            Self::TextBefore { of, mark } => Expr::TextBefore { of: boxed(of)?, mark: mark.clone() },
            Self::TextAfter { of, mark } => Expr::TextAfter { of: boxed(of)?, mark: mark.clone() },
            Self::Keyed { of, key, separator, equals } => {
                Expr::Keyed { of: boxed(of)?, key: key.clone(), separator: separator.clone(), equals: equals.clone() }
            }
            Self::Coalesce { members, skip } => {
                let members: Vec<_> = members.iter().filter_map(|member| member.bind(lookup)).collect();
                if members.is_empty() {
                    return None;
                }
                Expr::Coalesce { members, skip: skip.clone() }
            }
            Self::All(members) => {
                let mut members: Vec<_> = members.iter().filter_map(|member| member.bind(lookup)).collect();
                match members.len() {
                    0 => return None,
                    1 => members.remove(0),
                    _ => Expr::All(members),
                }
            }
            Self::Concat(members) => {
                Expr::Concat(members.iter().map(|member| member.bind(lookup)).collect::<Option<_>>()?)
            }
            Self::PathJoin { folder, name } => match boxed(name) {
                Some(name) => Expr::PathJoin { folder: boxed(folder)?, name },
                None => folder.bind(lookup)?,
            },
            Self::Map { of, by, table, otherwise } => {
                Expr::Map { of: boxed(of)?, by: *by, table: table.clone(), otherwise: otherwise.clone() }
            }
            Self::HexToDecimal(of) => Expr::HexToDecimal(boxed(of)?),
            Self::Lower(of) => Expr::Lower(boxed(of)?),
            Self::StripBraces(of) => Expr::StripBraces(boxed(of)?),
        })
    }
}

impl Skip {
    /// Does this text of a member count as no value? A constant is a value, whatever it says: a profile wants it.
    fn skips(&self, member: &Expr, text: &str) -> bool {
        match self {
            Self::Unset(_) if matches!(member, Expr::Constant(_)) => false,
            Self::Null => false,
            Self::Unset(more) => is_unset(text) || more.iter().any(|skipped| retrohunt_fold::eq(skipped, text.trim())),
        }
    }
}

/// Is this how a log writes "no value"?
fn is_unset(text: &str) -> bool {
    let text = text.trim();
    let guid = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    text.is_empty()
        || text == "-"
        || text.eq_ignore_ascii_case("S-1-0-0")
        || guid == "00000000-0000-0000-0000-000000000000"
}

/// Returns the part of `text` that `range` chooses, without copying a borrowed text; an empty part is null.
fn cut<'r>(text: Cow<'r, str>, range: impl FnOnce(&str) -> Option<std::ops::Range<usize>>) -> Option<Cow<'r, str>> {
    let range = range(&text)?;
    let part = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range)?),
        Cow::Owned(text) => Cow::Owned(text.get(range)?.to_owned()),
    };
    (!part.is_empty()).then_some(part)
}

/// Returns where the value of `key` stands in a text of `key equals value` pairs.
fn keyed_value(text: &str, key: &str, separator: &str, equals: &str) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    for pair in text.split(separator) {
        if let Some((name, value)) = pair.split_once(equals)
            && retrohunt_fold::eq(name.trim(), key)
        {
            let from = start + name.len() + equals.len() + (value.len() - value.trim_start().len());
            return Some(from..from + value.trim().len());
        }
        start += pair.len() + separator.len();
    }
    None
}

/// Translates a text by a table.
fn map_text<'r>(
    text: Cow<'r, str>,
    by: MapBy,
    table: &'r [(String, String)],
    otherwise: &'r Otherwise,
) -> Option<Cow<'r, str>> {
    let trimmed = text.trim();
    let found = table.iter().find(|(from, _)| match by {
        MapBy::Whole => retrohunt_fold::eq(from, trimmed),
        MapBy::Prefix => retrohunt_fold::match_prefix(trimmed, from).is_some(),
    });
    match (found, otherwise) {
        (Some((_, to)), _) => Some(Cow::Borrowed(to)),
        (None, Otherwise::Null) => None,
        (None, Otherwise::Keep) => Some(text),
        (None, Otherwise::Text(to)) => Some(Cow::Borrowed(to)),
    }
}

/// Joins a folder and a name unless the folder is the whole path already.
fn path_join<'r>(folder: Cow<'r, str>, name: Option<Cow<'r, str>>) -> Cow<'r, str> {
    let Some(name) = name else { return folder };
    let last = folder.rsplit(['\\', '/']).next().unwrap_or("");
    if retrohunt_fold::eq(last, &name) {
        folder
    } else if last.is_empty() {
        Cow::Owned(format!("{folder}{name}"))
    } else {
        Cow::Owned(format!("{folder}\\{name}"))
    }
}

#[cfg(test)]
mod tests;
