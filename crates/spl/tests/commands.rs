//! Commands printed and parsed again are the same; and no order of their words makes the parser panic.

#![expect(clippy::unwrap_used, reason = "the patterns of generated texts are constants")]

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use retrohunt_spl::breakers::first_major;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::*;
use retrohunt_spl::span::Span;
use retrohunt_spl::{compile, parse_pipeline, parse_search, print};

/// Texts that are hard to quote.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex(r#"[a-c .:=\\"'|`()\[\]*,<>$é-]{1,8}"#).unwrap()
}

/// Texts, also the empty one.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just(String::new()), 4 => text()]
}

/// Names of single fields, keywords and numbers among them.
fn field() -> impl Strategy<Value = String> {
    let keyword = prop_oneof![
        Just("as"),
        Just("by"),
        Just("d"),
        Just("desc"),
        Just("in"),
        Just("with"),
        Just("where"),
        Just("output"),
        Just("OUTPUTNEW"),
        Just("sortby"),
        Just("and"),
        Just("10"),
        Just("num"),
        Just("left"),
        Just("append"),
    ];
    prop_oneof![
        4 => proptest::string::string_regex("[a-z_][a-z_.]{0,5}").unwrap(),
        1 => keyword.prop_map(str::to_owned),
        1 => text().prop_map(|text| text.replace('*', "+")),
    ]
}

/// Different fields, at least one.
fn fields() -> impl Strategy<Value = Vec<String>> {
    vec(field(), 1..4).prop_map(|mut fields| {
        let mut seen = Vec::new();
        fields.retain(|field| {
            !seen.contains(field) && {
                seen.push(field.clone());
                true
            }
        });
        fields
    })
}

/// A pattern over names.
fn glob() -> impl Strategy<Value = Glob> {
    prop_oneof![field().prop_map(|name| Glob::new(&name)), "[a-z]{0,2}[*][a-z]{0,2}".prop_map(|name| Glob::new(&name))]
}

/// Patterns, maybe none.
fn patterns() -> impl Strategy<Value = Vec<FieldPattern>> {
    vec(glob().prop_map(|glob| FieldPattern { glob }), 0..4)
}

/// A pattern and one with as many `*`.
fn pair() -> impl Strategy<Value = (Glob, Glob)> {
    let star = |name: &str| Glob::new(name);
    prop_oneof![
        (field(), field()).prop_map(move |(a, b)| (star(&a), star(&b))),
        ("[a-z]{0,2}[*][a-z]{0,2}", "[a-z]{0,2}[*][a-z]{0,2}").prop_map(move |(a, b)| (star(&a), star(&b))),
    ]
}

/// A search condition.
fn condition() -> impl Strategy<Value = SearchExpr> {
    let term = text().prop_filter_map("every row", |text| {
        let glob = Glob::new(&text);
        let kind = if first_major(&text).is_some() { TermKind::Plain } else { TermKind::Term };
        (!glob.is_any()).then_some(SearchExpr::Term(Term { glob, kind, span: Span::default() }))
    });
    let compare = ("[a-d]{1,3}", any_text()).prop_map(|(field, value)| {
        SearchExpr::Compare(Comparison {
            field: FieldRef::plain(&field),
            op: CompareOp::Eq,
            value: Glob::new(&value),
            case: false,
            span: Span::default(),
        })
    });
    let leaf = prop_oneof![term, compare].boxed();
    prop_oneof![
        leaf.clone(),
        vec(leaf.clone(), 2..4).prop_map(SearchExpr::And),
        vec(leaf.clone(), 2..4).prop_map(SearchExpr::Or),
        leaf.prop_map(|leaf| SearchExpr::Not(Box::new(leaf))),
    ]
}

/// A sort key.
fn key() -> impl Strategy<Value = SortKey> {
    let kind = prop_oneof![Just(SortKind::Auto), Just(SortKind::Text), Just(SortKind::Number), Just(SortKind::Ip)];
    (field(), any::<bool>(), kind).prop_map(|(field, descending, kind)| SortKey { field, descending, kind })
}

/// Commands about columns.
fn column_command() -> BoxedStrategy<Command> {
    let pairs = || vec((field(), field()), 1..3);
    prop_oneof![
        vec(pair().prop_map(|(from, to)| RenameClause { from: FieldPattern { glob: from }, to }), 1..4)
            .prop_map(Command::Rename),
        (field(), pairs(), pairs(), 0..3_u8).prop_map(|(table, keys, outputs, form)| {
            let output = match form {
                0 => LookupOutput::All,
                1 => LookupOutput::Overwrite(outputs),
                _ => LookupOutput::New(outputs),
            };
            Command::Lookup(LookupCommand { table, keys, output })
        }),
        (any_text(), any::<bool>(), field()).prop_map(|(prefix, all_fields, field)| Command::IpLocation(
            IpLocationCommand { prefix, all_fields, field }
        )),
        (any_text(), patterns()).prop_map(|(value, fields)| Command::FillNull { value, fields }),
        patterns().prop_map(Command::FillDown),
        (field(), text(), any::<[bool; 3]>()).prop_map(|(field, by, [token, allow_empty, set_sv])| {
            let by = if token { MakeMvBy::Tokenizer(by) } else { MakeMvBy::Delimiter(by) };
            Command::MakeMv(MakeMvCommand { field, by, allow_empty, set_sv })
        }),
        field().prop_map(Command::NoMv),
        (any_text(), field()).prop_map(|(delim, field)| Command::MvCombine { delim, field }),
        (field(), 0..9_u64)
            .prop_filter("internal", |(field, _)| !field.starts_with('_'))
            .prop_map(|(field, limit)| Command::MvExpand { field, limit }),
        (field(), option::of(field()), option::of(text())).prop_map(|(input, output, path)| {
            Command::Spath(SpathCommand { input, output: output.filter(|_| path.is_some()), path })
        }),
        (any_text(), vec((pair(), any::<bool>(), 0..10_usize), 1..4)).prop_map(|(time_format, clauses)| {
            use ConvertFunction::{Auto, Ctime, Dur2sec, Memk, Mktime, Mstime, None, Num, Rmcomma, Rmunit};
            let all = [Auto, Ctime, Dur2sec, Memk, Mktime, Mstime, None, Num, Rmcomma, Rmunit];
            let clauses = clauses.into_iter().map(|((field, alias), aliased, function)| ConvertClause {
                function: all[function],
                field: FieldPattern { glob: field },
                alias: aliased.then_some(alias),
            });
            Command::Convert { time_format, clauses: clauses.collect() }
        }),
        (vec((any_text(), any_text()), 1..3), vec(field(), 0..3)).prop_map(|(pairs, fields)| {
            let pairs = pairs.into_iter().map(|(old, new)| (Glob::new(&old), Glob::new(&new.replace('*', "+"))));
            Command::Replace(ReplaceCommand { pairs: pairs.collect(), fields })
        }),
        (text(), text())
            .prop_map(|(pair_delims, kv_delims)| Command::Extract(ExtractCommand { pair_delims, kv_delims })),
        field().prop_map(|field| Command::XmlKv { field }),
        (field(), any_text()).prop_map(|(field, prefix)| Command::FromJson { field, prefix }),
        (any::<bool>(), field()).prop_map(|(decode, field)| Command::Base64 { decode, field }),
        field().prop_map(|field| Command::Shannon { field }),
        (field(), any_text()).prop_map(|(field, list)| Command::ParseUrl { field, list }),
        (option::of(any_text()), option::of((any_text(), option::of(field()))), patterns())
            .prop_map(|(row, column, fields)| Command::AddTotals(AddTotalsCommand { row, column, fields })),
    ]
    .boxed()
}

/// Commands about rows.
fn row_command() -> BoxedStrategy<Command> {
    prop_oneof![
        (1..4_u64, fields(), any::<[bool; 3]>(), vec(key(), 0..3)).prop_map(|(count, fields, options, sort_by)| {
            let [keep_events, keep_empty, consecutive] = options;
            Command::Dedup(DedupCommand { count, fields, keep_events, keep_empty, consecutive, sort_by })
        }),
        (option::of(1..99_u64), vec(key(), 1..4)).prop_map(|(limit, keys)| Command::Sort(SortCommand { limit, keys })),
        Just(Command::Reverse),
        (0..20_u64).prop_map(Command::Tail),
        transaction(),
        (
            any::<bool>(),
            0..20_u64,
            option::of(field()),
            option::of(field()),
            option::of(any_text()),
            fields(),
            option::of(fields())
        )
            .prop_map(|(rare, limit, count_field, percent_field, other, fields, by)| {
                let by = by.unwrap_or_default();
                Command::Top(TopCommand { rare, limit, count_field, percent_field, other, fields, by })
            }),
        (any::<bool>(), field(), field(), vec(field(), 1..3), any_text(), option::of(any_text())).prop_map(
            |(grouped, x, y, values, sep, format)| Command::XySeries(XySeriesCommand {
                grouped,
                x,
                y,
                values,
                sep,
                format
            })
        ),
        (field(), field(), field()).prop_map(|(x, y, value)| Command::Untable { x, y, value }),
        (proptest::array::uniform6(any_text()), any_text(), 0..9_u64, any_text()).prop_map(
            |(strings, mv_sep, max_results, empty)| {
                Command::Format(FormatCommand { strings, mv_sep, max_results, empty })
            }
        ),
        (0..9_u64, vec((field(), field(), 0..3_u8), 1..4)).prop_map(|(count, items)| {
            let item = |(a, b, form): (String, String, u8)| match form {
                0 => ReturnItem::Field(a),
                1 => ReturnItem::Alias(a, b),
                _ => ReturnItem::Value(a),
            };
            Command::Return { count, items: items.into_iter().map(item).collect() }
        }),
        (0..20_u64).prop_map(|max_searches| {
            Command::Map(MapCommand { template: "search a=$b$ \"c\\\\d\" \"`x`\"| table d".to_owned(), max_searches })
        }),
        (0..20_u64).prop_map(|max_searches| {
            Command::Map(MapCommand {
                template: "| inputlookup $a$ where b=\"$c$\" | table \"\\\"\"".to_owned(),
                max_searches,
            })
        }),
        Just(Command::AddInfo),
        (option::of(field()), any::<[bool; 2]>(), vec("[a-z]{1,4}", 0..3), vec(field(), 0..3)).prop_map(
            |(output_field, [include_name, include_value], allowed, fields)| {
                Command::Tags(TagsCommand { output_field, include_name, include_value, allowed, fields })
            }
        ),
        prop_oneof![Just("collect"), Just("outputlookup"), Just("sendemail")]
            .prop_map(|name| Command::Sink { name: name.to_owned() }),
        (field(), 0..5_u64, 0..5_u64, option::of(condition())).prop_map(|(table, start, max, filter)| {
            Command::InputLookup(InputLookupCommand { table, append: true, start, max, filter })
        }),
    ]
    .boxed()
}

/// A transaction.
fn transaction() -> impl Strategy<Value = Command> {
    let span = || option::of((0..9_000_i64).prop_map(|seconds| seconds * 1_000_000));
    let boundary = || option::of(condition().prop_map(Boundary::Search));
    let list = prop_oneof![Just(MvList::None), Just(MvList::All), vec("[a-z]{2,4}", 1..3).prop_map(MvList::Fields),];
    let options = (any::<[bool; 5]>(), list, any_text(), any_text());
    (option::of(fields()), span(), span(), option::of(1..2_000_u64), boundary(), boundary(), options).prop_map(
        |(fields, max_span, max_pause, max_events, starts_with, ends_with, (flags, mv_list, delim, null_text))| {
            let [connected, unify_ends, keep_orphans, keep_evicted, mv_raw] = flags;
            Command::Transaction(TransactionCommand {
                fields: fields.unwrap_or_default(),
                max_span,
                max_pause,
                max_events,
                starts_with,
                ends_with,
                connected,
                unify_ends,
                keep_orphans,
                keep_evicted,
                mv_list,
                mv_raw,
                delim,
                null_text,
            })
        },
    )
}

/// Commands that make rows, and how pipelines begin.
fn first() -> impl Strategy<Value = Command> {
    let search = || condition().prop_map(|expr| Command::Search(SearchCommand { expr, earliest: None, latest: None }));
    let json = (any::<bool>(), any_text())
        .prop_map(|(json, text)| (if json { DataFormat::Json } else { DataFormat::Csv }, text));
    prop_oneof![
        search(),
        (field(), 0..5_u64, option::of(condition())).prop_map(|(table, start, filter)| {
            Command::InputLookup(InputLookupCommand { table, append: false, start, max: 1_000_000_000, filter })
        }),
        (0..5_u64, any::<bool>(), option::of(json))
            .prop_map(|(count, annotate, data)| Command::MakeResults(MakeResultsCommand { count, annotate, data })),
    ]
}

/// Wraps commands into a plan.
fn planned(commands: impl IntoIterator<Item = Command>) -> Plan {
    Plan { steps: commands.into_iter().map(|command| Step { command, span: Span::default() }).collect() }
}

/// A pipeline, subsearches in it.
fn plan() -> impl Strategy<Value = Plan> {
    let plain = || prop_oneof![column_command(), row_command()];
    let flat = (first(), vec(plain(), 0..3)).prop_map(|(first, rest)| planned(std::iter::once(first).chain(rest)));
    flat.prop_recursive(2, 8, 2, move |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let join = (any::<[bool; 4]>(), 0..3_u64, vec((field(), field()), 0..3), any::<bool>(), boxed()).prop_map(
            |([left, overwrite, use_time, earlier], max, fields, aliased, subsearch)| {
                let aliases = (aliased && !fields.is_empty()).then(|| ("L".to_owned(), "r 1".to_owned()));
                let same = |(field, _): (String, String)| (field.clone(), field);
                let fields = if aliases.is_some() { fields } else { fields.into_iter().map(same).collect() };
                Command::Join(JoinCommand { left, overwrite, use_time, earlier, max, fields, aliases, subsearch })
            },
        );
        let nested = prop_oneof![
            join,
            boxed().prop_map(Command::Append),
            (any::<bool>(), boxed()).prop_map(|(overwrite, subsearch)| Command::AppendCols { overwrite, subsearch }),
            vec(inner.clone(), 1..3).prop_map(Command::Union),
            vec(prop_oneof![column_command(), row_command()], 1..3)
                .prop_map(|commands| Command::AppendPipe(Box::new(planned(commands)))),
            vec(plain(), 1..2).prop_map(|mut commands| commands.remove(0)),
        ];
        let begin = prop_oneof![
            first(),
            vec(inner.clone(), 2..3).prop_map(Command::MultiSearch),
            (condition(), boxed()).prop_map(|(condition, subsearch)| {
                let expr = match condition {
                    SearchExpr::And(mut parts) => {
                        parts.push(SearchExpr::Subsearch(subsearch));
                        SearchExpr::And(parts)
                    }
                    other => SearchExpr::And(vec![other, SearchExpr::Subsearch(subsearch)]),
                };
                Command::Search(SearchCommand { expr, earliest: None, latest: None })
            }),
        ];
        (begin, vec(nested, 0..3)).prop_map(|(first, rest)| planned(std::iter::once(first).chain(rest)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_printed_plan_reads_back(plan in plan()) {
        let text = print::plan(&plan);
        let (again, findings) = compile(&text, &Macros::shipped());
        prop_assert_eq!(again.as_ref(), Some(&plan), "{}\n{:?}", text, findings);
    }

    #[test]
    fn printed_commands_read_back_on_their_own(commands in vec(prop_oneof![column_command(), row_command()], 1..4)) {
        let plan = planned(commands);
        let text = print::plan(&plan);
        let (again, findings) = parse_pipeline(&text);
        prop_assert_eq!(again.as_ref(), Some(&plan), "{}\n{:?}", text, findings);
    }

    #[test]
    fn a_printed_condition_reads_back(condition in condition()) {
        let text = print::expr(&condition);
        prop_assert_eq!(parse_search(&text), Ok(condition), "{}", text);
    }

    #[test]
    fn words_in_any_order_do_not_panic(
        command in proptest::sample::select(retrohunt_spl::commands::supported()),
        words in vec(
            prop_oneof![
                Just("["), Just("]"), Just("[ search a ]"), Just("("), Just(")"), Just("|"), Just("="), Just(","), Just("as"), Just("by"),
                Just("\"a b\""), Just("'c d'"), Just("'"), Just("-"), Just("+x"), Just("$y"), Just("*"), Just("a*"), Just("5"), Just("-1"),
                Just("limit=2"), Just("max=x"), Just("startswith="), Just("endswith=eval(a=1)"), Just("left=L right=R where L.a=R.b"),
                Just("OUTPUT"), Just("with"), Just("in"), Just("sortby"), Just("desc"), Just("num(a)"), Just("ctime(a)"), Just("where"),
                Just("search=\"search $a$ `m`\""), Just("`get_web_data`"), Just("append=t"), Just("é"), Just("\\"), Just("delim=,"),
                Just("mvlist=a,b"), Just("format=csv"), Just("data=\"x\""), Just("field=a"), Just("type=left"), Just("<<FIELD>>")
            ],
            0..9,
        ),
        blanks in any::<bool>(),
        leading in any::<bool>(),
    ) {
        let text = format!("{} {command} {}", if leading { "|" } else { "x |" }, words.join(if blanks { " " } else { "" }));
        let (plan, findings) = compile(&text, &Macros::shipped());
        prop_assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.code.is_error()), "{}", text);
        for finding in &findings {
            prop_assert!(text.get(finding.span.range()).is_some(), "{:?} is not within {:?}", finding, text);
        }
        if let Some(plan) = plan {
            let printed = print::plan(&plan);
            let again = compile(&printed, &Macros::shipped()).0;
            prop_assert_eq!(again.as_ref(), Some(&plan), "{} -> {}", text, printed);
        }
    }
}
