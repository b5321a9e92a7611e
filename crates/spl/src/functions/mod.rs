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
