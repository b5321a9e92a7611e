//! The functions of expressions (§6): their names, arguments and meaning, one table for the parser, `check` and the documentation.
//!
//! One file a family. What a function computes is in `retrohunt-stages`, in a file of the same name.

mod conditions;
mod crypto;
mod json;
mod multivalue;
mod numbers;
mod text;
mod time;

/// A function's entry.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Which function.
    pub function: Function,
    /// Its name in lower case.
    pub name: &'static str,
    /// Further names.
    pub aliases: &'static [&'static str],
    /// Least number of arguments.
    pub least: usize,
    /// Greatest number of arguments, if there is one.
    pub most: Option<usize>,
    /// The family it is documented in.
    pub family: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it gives, in one sentence; with null and multivalue where they differ from the general rule (§6.1.5, §4.5.2).
    pub summary: &'static str,
    /// Section of the specification.
    pub section: &'static str,
    /// Expressions without fields, and the text of what they give (`∅` for nothing, values of a multivalue joined by `|`).
    pub examples: &'static [(&'static str, &'static str)],
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A function. The table of [`signatures`] has one entry for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Function { $($(#[doc = $doc])+ $name,)+ }

        impl Function {
            /// All functions.
            pub const ALL: &'static [Function] = &[$(Function::$name,)+];
        }
    };
}

functions! {
    /// `if(c, a, b)`.
    If,
    /// `case(c1, v1, …)`.
    Case,
    /// `validate(c1, v1, …)`.
    Validate,
    /// `coalesce(a, …)`.
    Coalesce,
    /// `nullif(a, b)`.
    NullIf,
    /// `isnull(x)`.
    IsNull,
    /// `isnotnull(x)`.
    IsNotNull,
    /// `isnum(x)`.
    IsNum,
    /// `isint(x)`.
    IsInt,
    /// `isstr(x)`.
    IsStr,
    /// `isbool(x)`.
    IsBool,
    /// `ismv(x)`.
    IsMv,
    /// `typeof(x)`.
    TypeOf,
    /// `match(s, re)`.
    Match,
    /// `like(s, p)`.
    Like,
    /// `cidrmatch(net, ip)`.
    CidrMatch,
    /// `in(x, v…)`.
    In,
    /// `len(s)`.
    Len,
    /// `lower(s)`.
    Lower,
    /// `upper(s)`.
    Upper,
    /// `substr(s, i [, n])`.
    Substr,
    /// `replace(s, re, r)`.
    Replace,
    /// `split(s, d)`.
    Split,
    /// `trim(s [, chars])`.
    Trim,
    /// `ltrim(s [, chars])`.
    LTrim,
    /// `rtrim(s [, chars])`.
    RTrim,
    /// `urldecode(s)`.
    UrlDecode,
    /// `printf(fmt, …)`.
    Printf,
    /// `tostring(x [, f])`.
    ToString,
    /// `tonumber(s [, base])`.
    ToNumber,
    /// `ipmask(mask, ip)`.
    IpMask,
    /// `md5(s)`.
    Md5,
    /// `sha1(s)`.
    Sha1,
    /// `sha256(s)`.
    Sha256,
    /// `sha512(s)`.
    Sha512,
    /// `spath(s, path)`.
    Spath,
    /// `json_extract(s, path…)`.
    JsonExtract,
    /// `json_extract_exact(s, key…)`.
    JsonExtractExact,
    /// `json_object(k, v, …)`.
    JsonObject,
    /// `json_array(v, …)`.
    JsonArray,
    /// `json_keys(s)`.
    JsonKeys,
    /// `json_valid(s)`.
    JsonValid,
    /// `json_set(s, path, v, …)`.
    JsonSet,
    /// `json_append(s, path, v, …)`.
    JsonAppend,
    /// `json_delete(s, path…)`.
    JsonDelete,
    /// `json_array_to_mv(s)`.
    JsonArrayToMv,
    /// `mv_to_json_array(x [, infer])`.
    MvToJsonArray,
    /// `mvcount(x)`.
    MvCount,
    /// `mvindex(x, i [, j])`.
    MvIndex,
    /// `mvjoin(x, d)`.
    MvJoin,
    /// `mvappend(a, …)`.
    MvAppend,
    /// `mvdedup(x)`.
    MvDedup,
    /// `mvsort(x)`.
    MvSort,
    /// `mvfilter(c)`; the condition reads exactly one field.
    MvFilter,
    /// `mvfind(x, re)`.
    MvFind,
    /// `mvreverse(x)`.
    MvReverse,
    /// `mvmap(x, e)`; x is a field, or `mvindex` of one.
    MvMap,
    /// `mvzip(a, b [, d])`.
    MvZip,
    /// `mvrange(a, b [, step])`.
    MvRange,
    /// `abs(x)`.
    Abs,
    /// `ceiling(x)`.
    Ceiling,
    /// `floor(x)`.
    Floor,
    /// `exp(x)`.
    Exp,
    /// `ln(x)`.
    Ln,
    /// `log(x [, base])`.
    Log,
    /// `pow(x, y)`.
    Pow,
    /// `sqrt(x)`.
    Sqrt,
    /// `sigfig(x)`.
    SigFig,
    /// `exact(x)`.
    Exact,
    /// `pi()`.
    Pi,
    /// `sin(x)`.
    Sin,
    /// `cos(x)`.
    Cos,
    /// `tan(x)`.
    Tan,
    /// `asin(x)`.
    Asin,
    /// `acos(x)`.
    Acos,
    /// `atan(x)`.
    Atan,
    /// `atan2(y, x)`.
    Atan2,
    /// `sinh(x)`.
    Sinh,
    /// `cosh(x)`.
    Cosh,
    /// `tanh(x)`.
    Tanh,
    /// `hypot(x, y)`.
    Hypot,
    /// `round(x [, n])`.
    Round,
    /// `min(a, …)`.
    Min,
    /// `max(a, …)`.
    Max,
    /// `sum(a, …)`.
    Sum,
    /// `avg(a, …)`.
    Avg,
    /// `random()`.
    Random,
    /// `now()`.
    Now,
    /// `time()`.
    Time,
    /// `relative_time(t, "mod")`.
    RelativeTime,
    /// `strftime(t, fmt)`.
    Strftime,
    /// `strptime(s, fmt)`.
    Strptime,
}

/// Returns the entries of all functions, family by family.
pub fn signatures() -> impl Iterator<Item = &'static Signature> {
    [conditions::TABLE, text::TABLE, crypto::TABLE, json::TABLE, multivalue::TABLE, numbers::TABLE, time::TABLE]
        .into_iter()
        .flatten()
}

/// Returns the entry of a function's name, in any case (§6.1.6).
#[must_use]
pub fn find(name: &str) -> Option<&'static Signature> {
    let named = |entry: &&Signature| {
        entry.name.eq_ignore_ascii_case(name) || entry.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    signatures().find(named)
}

impl Function {
    /// Returns the function's entry.
    #[must_use]
    pub fn signature(self) -> &'static Signature {
        // Every function has an entry (see the tests), so the first one never stands in.
        signatures().find(|entry| entry.function == self).unwrap_or(&conditions::TABLE[0])
    }

    /// Returns the function's name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.signature().name
    }
}

/// A call that is a constant or has a form of its own in a plan, for the documentation.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Its name in lower case.
    pub name: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it gives, in one sentence.
    pub summary: &'static str,
    /// Section of the specification.
    pub section: &'static str,
    /// As in [`Signature::examples`].
    pub examples: &'static [(&'static str, &'static str)],
}

/// The calls that are no [`Function`]s.
pub const CONSTANTS: &[Constant] = &[
    Constant {
        name: "true",
        syntax: "true()",
        summary: "The condition that holds; a bare `true` is a field.",
        section: "§6.1.2",
        examples: &[(r#"if(true(), "yes", "no")"#, "yes")],
    },
    Constant {
        name: "false",
        syntax: "false()",
        summary: "The condition that does not hold; a bare `false` is a field.",
        section: "§6.1.2",
        examples: &[(r#"if(false(), "yes", "no")"#, "no")],
    },
    Constant {
        name: "null",
        syntax: "null()",
        summary: "∅, also written `null`; compared with anything it is false.",
        section: "§6.1.2",
        examples: &[("null()", "∅"), (r#"if(null() = null(), "yes", "no")"#, "no")],
    },
    Constant {
        name: "searchmatch",
        syntax: r#"searchmatch("search")"#,
        summary: "Would the row pass this `search`? Wildcards, case and OR before AND are as there.",
        section: "§6.2",
        examples: &[(r#"if(searchmatch("*"), "yes", "no")"#, "yes")],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_function_has_one_entry_and_every_name_one_function() {
        let listed: Vec<Function> = signatures().map(|entry| entry.function).collect();
        assert_eq!(listed.len(), Function::ALL.len());
        for function in Function::ALL {
            assert_eq!(listed.iter().filter(|other| *other == function).count(), 1, "{function:?}");
        }
        let mut names = HashSet::new();
        let constants = CONSTANTS.iter().map(|constant| constant.name);
        for name in signatures().flat_map(|entry| entry.aliases.iter().chain([&entry.name])).copied().chain(constants) {
            assert!(names.insert(name), "two entries are named {name}");
            assert_eq!(name, name.to_ascii_lowercase());
        }
    }

    #[test]
    fn entries_agree_with_themselves() {
        for entry in signatures() {
            assert_eq!(entry.function.signature().name, entry.name);
            assert!(entry.syntax.starts_with(&format!("{}(", entry.name)), "{}", entry.syntax);
            assert!(entry.most.is_none_or(|most| most >= entry.least), "{}", entry.name);
            assert!(entry.summary.ends_with(['.', '?']) && entry.section.starts_with("§6."), "{}", entry.name);
            // What these read is a field, so there is nothing to show without one.
            let fieldless = !matches!(entry.function, Function::MvFilter | Function::MvMap);
            assert_eq!(fieldless, (1..=3).contains(&entry.examples.len()), "{}", entry.name);
        }
    }

    #[test]
    fn examples_are_values_without_fields() {
        let all = signatures().map(|entry| entry.examples).chain(CONSTANTS.iter().map(|constant| constant.examples));
        for (text, _) in all.flatten() {
            let (expr, findings) = crate::expr::parse(text);
            let expr = expr.unwrap_or_else(|| panic!("{text}: {findings:?}"));
            assert!(findings.is_empty(), "{text}: {findings:?}");
            assert!(expr.fields().is_empty(), "{text} reads a field");
            assert_ne!(expr.truth(), crate::expr::Truth::Boolean, "{text}");
        }
    }

    #[test]
    fn names_are_found_in_any_case_s6_1_6() {
        assert_eq!(find("CEIL").map(|entry| entry.function), Some(Function::Ceiling));
        assert_eq!(find("IsNotNull").map(|entry| entry.function), Some(Function::IsNotNull));
        assert!(find("contains").is_none());
    }
}
