//! Commands beyond search, projection, bins and aggregates as SPL text; those of other files of this folder come as they are.

use std::fmt::Write as _;

use super::{expr, expression, plan};
use crate::commands::{convert_defaults, extract_defaults, format_defaults};
use crate::escape::quote;
use crate::plan::{
    AddTotalsCommand, Boundary, Command, ConvertClause, DataFormat, DedupCommand, ExtractCommand, FieldPattern,
    FormatCommand, InputLookupCommand, IpLocationCommand, JoinCommand, LookupCommand, LookupOutput, MakeMvBy,
    MakeMvCommand, MakeResultsCommand, MapCommand, MvList, Plan, RenameClause, ReplaceCommand, ReturnItem, SortCommand,
    SortKey, SortKind, SpathCommand, TagsCommand, TopCommand, TransactionCommand, XySeriesCommand,
};

/// Returns one command as SPL text; `None` for a command that this file does not print.
pub(super) fn command(command: &Command) -> Option<String> {
    Some(match command {
        Command::Rename(clauses) => format!("rename {}", list(clauses, rename_clause)),
        Command::Lookup(lookup) => lookup_command(lookup),
        Command::InputLookup(lookup) => input_lookup(lookup),
        Command::IpLocation(command) => ip_location(command),
        Command::FillNull { value, fields } => format!("fillnull value={}{}", quote(value), patterns(fields)),
        Command::FillDown(fields) => format!("filldown{}", patterns(fields)),
        Command::Dedup(dedup) => dedup_command(dedup),
        Command::Sort(sort) => sort_command(sort),
        Command::Reverse => "reverse".to_owned(),
        Command::Tail(count) => format!("tail {count}"),
        Command::Transaction(command) => transaction(command),
        Command::Join(command) => join(command),
        Command::Append(subsearch) => format!("append {}", bracket(subsearch)),
        Command::AppendCols { overwrite, subsearch } => {
            format!("appendcols{} {}", option("override", *overwrite, "true"), bracket(subsearch))
        }
        Command::AppendPipe(commands) => format!("appendpipe {}", bracket(commands)),
        Command::MultiSearch(plans) => format!("multisearch {}", brackets(plans)),
        Command::Union(plans) => format!("union {}", brackets(plans)),
        Command::Top(top) => top_command(top),
        Command::XySeries(command) => xy_series(command),
        Command::Untable { x, y, value } => format!("untable {} {} {}", name(x), name(y), name(value)),
        Command::MakeMv(command) => make_mv(command),
        Command::NoMv(field) => format!("nomv {}", name(field)),
        Command::MvCombine { delim, field } => format!("mvcombine delim={} {}", quote(delim), name(field)),
        Command::MvExpand { field, limit } => {
            format!("mvexpand {}{}", name(field), option("limit", *limit > 0, &limit.to_string()))
        }
        Command::Spath(command) => spath(command),
        Command::Convert { time_format, clauses } => convert(time_format, clauses),
        Command::Format(command) => format_command(command),
        Command::Return { count, items } => return_command(*count, items),
        Command::Map(command) => map(command),
        Command::MakeResults(command) => make_results(command),
        Command::AddInfo => "addinfo".to_owned(),
        Command::Tags(command) => tags(command),
        Command::Sink { name } => name.clone(),
        Command::Base64 { decode, field } => {
            format!("avlbase64 type={} field={}", if *decode { "decode" } else { "encode" }, quote(field))
        }
        Command::Shannon { field } => format!("utshannon {}", quote(field)),
        Command::ParseUrl { field, list } => format!("utparseextended {} {}", quote(field), quote(list)),
        Command::AddTotals(command) => add_totals(command),
        Command::Replace(command) => replace(command),
        Command::Extract(command) => extract(command),
        Command::XmlKv { field } => format!("xmlkv {}", name(field)),
        Command::FromJson { field, prefix } => {
            format!(
                "fromjson {}{}",
                name(field),
                text_option("prefix", Some(prefix).filter(|prefix| !prefix.is_empty()))
            )
        }
        _ => return None,
    })
}

/// A field, a pattern or a table: quoted unless it is a plain word that no command reads as a keyword.
fn name(text: &str) -> String {
    const KEYWORDS: &[&str] = &["and", "as", "by", "in", "output", "outputnew", "sortby", "where", "with"];
    let plain = text.chars().all(|c| c.is_alphanumeric() || "_.:{}@/*".contains(c));
    let keyword = KEYWORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let number = text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && !keyword && !number { text.to_owned() } else { quote(text) }
}

/// Several of a kind, with commas.
fn list<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(", ")
}

/// Names with commas.
fn names(fields: &[String]) -> String {
    list(fields, |field| name(field))
}

/// Patterns with commas, a blank before them if there are any.
fn patterns(fields: &[FieldPattern]) -> String {
    let names = list(fields, |field| name(&field.glob.text()));
    if names.is_empty() { names } else { format!(" {names}") }
}

/// ` name=value`, or nothing.
fn option(name: &str, written: bool, value: &str) -> String {
    if written { format!(" {name}={value}") } else { String::new() }
}

/// ` name="text"`, or nothing.
fn text_option(name: &str, text: Option<&String>) -> String {
    text.map(|text| format!(" {name}={}", quote(text))).unwrap_or_default()
}

/// A plan in brackets.
fn bracket(inside: &Plan) -> String {
    format!("[ {} ]", plan(inside))
}

/// Plans in brackets.
fn brackets(plans: &[Plan]) -> String {
    plans.iter().map(bracket).collect::<Vec<_>>().join(" ")
}

/// `a AS b`.
fn rename_clause(clause: &RenameClause) -> String {
    format!("{} AS {}", name(&clause.from.glob.text()), name(&clause.to.text()))
}

/// `lookup`.
fn lookup_command(lookup: &LookupCommand) -> String {
    let pairs = |pairs: &[(String, String)]| {
        list(
            pairs,
            |(column, field)| {
                if column == field { name(column) } else { format!("{} AS {}", name(column), name(field)) }
            },
        )
    };
    let output = match &lookup.output {
        LookupOutput::All => String::new(),
        LookupOutput::Overwrite(outputs) => format!(" OUTPUT {}", pairs(outputs)),
        LookupOutput::New(outputs) => format!(" OUTPUTNEW {}", pairs(outputs)),
    };
    format!("lookup {} {}{output}", name(&lookup.table), pairs(&lookup.keys))
}

/// `inputlookup`.
fn input_lookup(lookup: &InputLookupCommand) -> String {
    let append = option("append", lookup.append, "true");
    let start = option("start", lookup.start > 0, &lookup.start.to_string());
    let max = option("max", lookup.max != 1_000_000_000, &lookup.max.to_string());
    let filter = lookup.filter.as_ref().map(|filter| format!(" where {}", expr(filter))).unwrap_or_default();
    format!("inputlookup{append}{start}{max} {}{filter}", name(&lookup.table))
}

/// `iplocation`.
fn ip_location(command: &IpLocationCommand) -> String {
    let prefix = text_option("prefix", Some(&command.prefix).filter(|prefix| !prefix.is_empty()));
    format!("iplocation{prefix}{} {}", option("allfields", command.all_fields, "true"), name(&command.field))
}

/// A sort key, its sign always written.
fn sort_key(key: &SortKey) -> String {
    let sign = if key.descending { '-' } else { '+' };
    let field = name(&key.field);
    match key.kind {
        SortKind::Auto => format!("{sign}{field}"),
        SortKind::Text => format!("{sign}str({field})"),
        SortKind::Number => format!("{sign}num({field})"),
        SortKind::Ip => format!("{sign}ip({field})"),
    }
}

/// `sort`.
fn sort_command(sort: &SortCommand) -> String {
    let limit = sort.limit.map(|limit| format!(" limit={limit}")).unwrap_or_default();
    format!("sort{limit} {}", list(&sort.keys, sort_key))
}

/// `dedup`.
fn dedup_command(dedup: &DedupCommand) -> String {
    let count = if dedup.count == 1 { String::new() } else { format!("{} ", dedup.count) };
    let mut out = format!("dedup {count}{}", names(&dedup.fields));
    out.push_str(&option("keepevents", dedup.keep_events, "true"));
    out.push_str(&option("keepempty", dedup.keep_empty, "true"));
    out.push_str(&option("consecutive", dedup.consecutive, "true"));
    if !dedup.sort_by.is_empty() {
        let _ = write!(out, " sortby {}", list(&dedup.sort_by, sort_key));
    }
    out
}

/// Microseconds as an option writes them; whole seconds, for nothing else can be written.
fn seconds(name: &str, micros: Option<i64>) -> String {
    micros.map(|micros| format!(" {name}={}s", micros / 1_000_000)).unwrap_or_default()
}

/// `startswith` or `endswith`.
fn boundary(name: &str, boundary: Option<&Boundary>) -> String {
    match boundary {
        None => String::new(),
        Some(Boundary::Search(search)) => format!(" {name}=({})", expr(search)),
        Some(Boundary::Eval(condition)) => format!(" {name}=eval({})", expression(condition)),
    }
}

/// `transaction`.
fn transaction(command: &TransactionCommand) -> String {
    let mut out = String::from("transaction");
    if !command.fields.is_empty() {
        let _ = write!(out, " {}", names(&command.fields));
    }
    out.push_str(&seconds("maxspan", command.max_span));
    out.push_str(&seconds("maxpause", command.max_pause));
    match command.max_events {
        Some(1000) => {}
        Some(count) => out.push_str(&option("maxevents", true, &count.to_string())),
        None => out.push_str(" maxevents=-1"),
    }
    out.push_str(&boundary("startswith", command.starts_with.as_ref()));
    out.push_str(&boundary("endswith", command.ends_with.as_ref()));
    out.push_str(&option("connected", !command.connected, "false"));
    out.push_str(&option("unifyends", command.unify_ends != command.connected, &command.unify_ends.to_string()));
    out.push_str(&option("keeporphans", command.keep_orphans, "true"));
    out.push_str(&option("keepevicted", command.keep_evicted, "true"));
    match &command.mv_list {
        MvList::None => {}
        MvList::All => out.push_str(" mvlist=true"),
        MvList::Fields(fields) => {
            let _ = write!(out, " mvlist={}", quote(&fields.join(",")));
        }
    }
    out.push_str(&option("mvraw", command.mv_raw, "true"));
    out.push_str(&text_option("delim", Some(&command.delim).filter(|delim| *delim != " ")));
    out.push_str(&text_option("nullstr", Some(&command.null_text).filter(|text| *text != "NULL")));
    out
}

/// `join`.
fn join(command: &JoinCommand) -> String {
    let mut out = String::from("join");
    out.push_str(&option("type", command.left, "left"));
    out.push_str(&option("overwrite", !command.overwrite, "false"));
    out.push_str(&option("usetime", command.use_time, "true"));
    out.push_str(&option("earlier", !command.earlier, "false"));
    out.push_str(&option("max", command.max != 1, &command.max.to_string()));
    match &command.aliases {
        Some((left, right)) => {
            let _ = write!(out, " left={} right={} where", quoted_if_needed(left), quoted_if_needed(right));
            for (main, other) in &command.fields {
                let _ = write!(out, " {}={}", side(left, main), side(right, other));
            }
        }
        None if command.fields.is_empty() => {}
        None => {
            let _ = write!(out, " {}", list(&command.fields, |(field, _)| name(field)));
        }
    }
    let _ = write!(out, " {}", bracket(&command.subsearch));
    out
}

/// A name of a side.
fn quoted_if_needed(alias: &str) -> String {
    if alias.chars().all(char::is_alphanumeric) && !alias.is_empty() { alias.to_owned() } else { quote(alias) }
}

/// `L.field`.
fn side(alias: &str, field: &str) -> String {
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "_.{}".contains(c)) && !text.ends_with('.');
    if plain(alias) && plain(field) {
        return format!("{alias}.{field}");
    }
    if plain(alias) { format!("{alias}.{}", quote(field)) } else { quote(&format!("{alias}.{field}")) }
}

/// `top` and `rare`.
fn top_command(top: &TopCommand) -> String {
    let mut out = String::from(if top.rare { "rare" } else { "top" });
    out.push_str(&option("limit", top.limit != 10, &top.limit.to_string()));
    for (show, name, field, default) in [
        ("showcount", "countfield", &top.count_field, "count"),
        ("showperc", "percentfield", &top.percent_field, "percent"),
    ] {
        out.push_str(&option(show, field.is_none(), "false"));
        out.push_str(&text_option(name, field.as_ref().filter(|field| *field != default)));
    }
    if let Some(other) = &top.other {
        let _ = write!(out, " useother=true otherstr={}", quote(other));
    }
    let _ = write!(out, " {}", names(&top.fields));
    if !top.by.is_empty() {
        let _ = write!(out, " BY {}", names(&top.by));
    }
    out
}

/// `xyseries`.
fn xy_series(command: &XySeriesCommand) -> String {
    let grouped = option("grouped", command.grouped, "true");
    let sep = text_option("sep", Some(&command.sep).filter(|sep| *sep != ": "));
    let format = text_option("format", command.format.as_ref());
    format!("xyseries{grouped}{sep}{format} {} {} {}", name(&command.x), name(&command.y), names(&command.values))
}

/// `makemv`.
fn make_mv(command: &MakeMvCommand) -> String {
    let by = match &command.by {
        MakeMvBy::Delimiter(text) => format!("delim={}", quote(text)),
        MakeMvBy::Tokenizer(pattern) => format!("tokenizer={}", quote(pattern)),
    };
    let allow = option("allowempty", command.allow_empty, "true");
    format!("makemv {by}{allow}{} {}", option("setsv", command.set_sv, "true"), name(&command.field))
}

/// `spath`.
fn spath(command: &SpathCommand) -> String {
    let input = text_option("input", Some(&command.input).filter(|input| *input != "_raw"));
    let output = text_option("output", command.output.as_ref());
    format!("spath{input}{output}{}", text_option("path", command.path.as_ref()))
}

/// `convert`.
fn convert(time_format: &str, clauses: &[ConvertClause]) -> String {
    let (functions, default) = convert_defaults();
    let format = if time_format == default { String::new() } else { format!(" timeformat={}", quote(time_format)) };
    let clauses = list(clauses, |clause| {
        let function = functions.iter().find(|(_, known)| *known == clause.function).map_or("none", |(name, _)| name);
        let alias = clause.alias.as_ref().map(|alias| format!(" AS {}", name(&alias.text()))).unwrap_or_default();
        format!("{function}({}){alias}", name(&clause.field.glob.text()))
    });
    format!("convert{format} {clauses}")
}

/// `format`.
fn format_command(command: &FormatCommand) -> String {
    let (strings, empty) = format_defaults();
    let mut out = String::from("format");
    out.push_str(&text_option("mvsep", Some(&command.mv_sep).filter(|sep| *sep != "OR")));
    out.push_str(&option("maxresults", command.max_results > 0, &command.max_results.to_string()));
    out.push_str(&text_option("emptystr", Some(&command.empty).filter(|text| *text != empty)));
    if command.strings != strings {
        command.strings.iter().for_each(|text| out.push_str(&format!(" {}", quote(text))));
    }
    out
}

/// `return`.
fn return_command(count: u64, items: &[ReturnItem]) -> String {
    let mut out = format!("return {count}");
    for item in items {
        let _ = match item {
            ReturnItem::Field(field) => write!(out, " {}", name(field)),
            ReturnItem::Alias(alias, field) => write!(out, " {}={}", name(alias), name(field)),
            ReturnItem::Value(field) => write!(out, " ${}", name(field)),
        };
    }
    out
}

/// `map`: in brackets if its text holds quoted backticks, which could call macros in a quoted search. Backticks outside quotes are
/// none that call one, or they would have been replaced.
fn map(command: &MapCommand) -> String {
    let max = option("maxsearches", command.max_searches != 10, &command.max_searches.to_string());
    let template = command.template.as_str();
    let (mut quoted, mut escaped, mut inside, mut outside) = (false, false, false, false);
    for c in template.chars() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '`' if quoted => inside = true,
            '`' => outside = true,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    if inside && !outside {
        return format!("map{max} [ {template} ]");
    }
    format!("map{max} search={}", quote(template))
}

/// `makeresults`.
fn make_results(command: &MakeResultsCommand) -> String {
    let count = option("count", command.count != 1, &command.count.to_string());
    let data = command.data.as_ref().map(|(format, text)| {
        let format = match format {
            DataFormat::Csv => "csv",
            DataFormat::Json => "json",
        };
        format!(" format={format} data={}", quote(text))
    });
    format!("makeresults{count}{}{}", option("annotate", command.annotate, "true"), data.unwrap_or_default())
}

/// `tags`.
fn tags(command: &TagsCommand) -> String {
    let mut out = String::from("tags");
    out.push_str(&text_option("outputfield", command.output_field.as_ref()));
    out.push_str(&option("inclname", command.include_name, "true"));
    out.push_str(&option("inclvalue", command.include_value, "true"));
    if !command.allowed.is_empty() {
        let _ = write!(out, " allowed_tags={}", quote(&command.allowed.join(",")));
    }
    if !command.fields.is_empty() {
        let _ = write!(out, " {}", names(&command.fields));
    }
    out
}

/// `addtotals`.
fn add_totals(command: &AddTotalsCommand) -> String {
    let mut out = String::from("addtotals");
    match &command.row {
        None => out.push_str(" row=false"),
        Some(name) => out.push_str(&text_option("fieldname", Some(name).filter(|name| *name != "Total"))),
    }
    if let Some((label, field)) = &command.column {
        out.push_str(" col=true");
        out.push_str(&text_option("label", Some(label).filter(|label| *label != "Total")));
        out.push_str(&text_option("labelfield", field.as_ref()));
    }
    out.push_str(&patterns(&command.fields));
    out
}

/// `replace`.
fn replace(command: &ReplaceCommand) -> String {
    let pairs = list(&command.pairs, |(old, new)| format!("{} WITH {}", quote(&old.text()), quote(&new.text())));
    let fields = if command.fields.is_empty() { String::new() } else { format!(" IN {}", names(&command.fields)) };
    format!("replace {pairs}{fields}")
}

/// `extract`.
fn extract(command: &ExtractCommand) -> String {
    let (pairs, keys) = extract_defaults();
    let pair = text_option("pairdelim", Some(&command.pair_delims).filter(|delims| *delims != pairs));
    format!("extract{pair}{}", text_option("kvdelim", Some(&command.kv_delims).filter(|delims| *delims != keys)))
}
