//! A whole plan to groups of events that may match it, and near misses of a group that does.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use retrohunt_spl::plan::{Command, EvalTarget, Over, Plan, RexMode, StatsCommand};

use super::condition;
use super::draft::{Draft, Event, TEXT};
use super::sample;
use super::scope::{Scope, Source};
use super::search;

/// Most events of a group: the reference interpreter looks at each pair of them.
const MOST_EVENTS: usize = 130;

/// Returns `count` groups of events, each of which may match the rule; equal seeds give equal groups.
#[must_use]
pub fn candidates(plan: &Plan, seed: u64, count: usize) -> Vec<Vec<Event>> {
    let group = |turn: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(turn as u64));
        let first = draft(plan, &mut random);
        let mut events = first.events(turn);
        // Rules that compare the events of a group want some that differ by more than a number: those of several drafts, which agree
        // in the fields that rows are grouped by.
        if turn % 4 == 1 {
            for _ in 0..random.random_range(1..6_usize) {
                let mut other = draft(plan, &mut random);
                other.fields.extend(shared(&first, plan));
                events.extend(other.events(turn));
            }
        }
        events.truncate(MOST_EVENTS);
        events
    };
    (0..count).map(group).collect()
}

/// The wishes of a draft for the fields that some command of the plan groups by.
fn shared(draft: &Draft, plan: &Plan) -> Vec<(String, super::draft::Wish)> {
    let mut names: Vec<&String> = Vec::new();
    for step in &plan.steps {
        match &step.command {
            Command::Stats(stats) | Command::Eventstats(stats) => names.extend(&stats.by),
            Command::Streamstats(command) => names.extend(&command.stats.by),
            _ => {}
        }
    }
    let wish = |name: &String| Some((name.clone(), draft.fields.get(name)?.clone()));
    names.into_iter().filter_map(wish).collect()
}

/// What the rule asks of an event.
fn draft(plan: &Plan, random: &mut ChaCha8Rng) -> Draft {
    let mut draft = Draft { spread: if random.random_bool(0.7) { 0.0 } else { 1.0 }, ..Draft::default() };
    let mut scope = Scope::default();
    for step in &plan.steps {
        match &step.command {
            Command::Search(command) => search::satisfy(&command.expr, &scope, &mut draft, random),
            Command::Regex(command) if !command.negated => {
                if let Some(text) = sample::text(&command.pattern, random) {
                    match command.field.as_str() {
                        "_raw" => draft.piece(TEXT, text),
                        field => scope.want_piece(field, text, &mut draft, random),
                    }
                }
            }
            Command::Where(expr) => condition::satisfy(expr, true, &scope, &mut draft, random),
            Command::Eval(assignments) => {
                for assignment in assignments {
                    if let EvalTarget::Field(name) = &assignment.target {
                        let source = Source::Computed(Box::new(assignment.value.clone()), Box::new(scope.clone()));
                        scope.names.insert(name.clone(), source);
                    }
                }
            }
            Command::Rex(command) => {
                if let RexMode::Extract { pattern, .. } = &command.mode {
                    groups(pattern, &command.field, &mut scope);
                    // Most rules go on with what the pattern finds.
                    if random.random_bool(0.8)
                        && let Some(text) = sample::text(pattern, random)
                    {
                        match command.field.as_str() {
                            "_raw" => draft.piece(TEXT, text),
                            field => scope.want_piece(field, text, &mut draft, random),
                        }
                    }
                }
            }
            Command::Rename(clauses) => {
                for clause in clauses {
                    if let (Some(from), Some(to)) = (clause.from.glob.literal(), clause.to.literal()) {
                        let source = scope.names.remove(from).unwrap_or_else(|| Source::Event(from.to_owned()));
                        scope.names.insert(to.to_owned(), source);
                    }
                }
            }
            Command::Stats(stats) => {
                let before = scope.clone();
                keep_by(stats, &before, &mut draft, random);
                add_aggregates(stats, &before, &mut scope);
            }
            Command::Eventstats(stats) => {
                let before = scope.clone();
                add_aggregates(stats, &before, &mut scope);
            }
            Command::Streamstats(command) => {
                let before = scope.clone();
                add_aggregates(&command.stats, &before, &mut scope);
            }
            Command::Dedup(command) => {
                command.fields.iter().for_each(|field| scope.want_present(field, &mut draft, random));
            }
            Command::MvExpand { field, .. } => scope.want_present(field, &mut draft, random),
            Command::Lookup(command) => {
                let outputs = match &command.output {
                    retrohunt_spl::plan::LookupOutput::All => &Vec::new(),
                    retrohunt_spl::plan::LookupOutput::Overwrite(pairs)
                    | retrohunt_spl::plan::LookupOutput::New(pairs) => pairs,
                };
                for (_, target) in outputs {
                    scope.names.insert(target.clone(), Source::Elsewhere);
                }
            }
            _ => {}
        }
    }
    draft
}

/// The groups of a pattern are fields from now on.
fn groups(pattern: &str, field: &str, scope: &mut Scope) {
    let mut rest = pattern;
    while let Some(at) = rest.find("(?<").or_else(|| rest.find("(?P<")) {
        let tail = &rest[at..];
        let open = tail.find('<').map_or(tail.len(), |open| open + 1);
        let name: String = tail[open..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !name.is_empty() {
            scope.names.insert(name, Source::Group(field.to_owned(), pattern.to_owned()));
        }
        rest = &tail[open..];
    }
}

/// Rows without a by-field drop out: the event must have all of them.
fn keep_by(stats: &StatsCommand, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    for field in stats.by.iter().filter(|field| *field != "_time") {
        scope.want_present(field, draft, random);
    }
}

/// The outputs of aggregates are fields from now on.
fn add_aggregates(stats: &StatsCommand, before: &Scope, scope: &mut Scope) {
    for aggregate in &stats.aggregates {
        let field = match &aggregate.over {
            Over::Field(pattern) => match pattern.glob.literal() {
                Some(field) => Some(field.to_owned()),
                None => continue,
            },
            Over::Rows | Over::Eval(_) => None,
        };
        let name = aggregate.alias.as_ref().map_or_else(|| aggregate.default_name.clone(), |alias| alias.text());
        if let Over::Eval(expr) = &aggregate.over {
            scope.names.insert(name, Source::Computed(Box::new(expr.clone()), Box::new(before.clone())));
            continue;
        }
        let field = field.map(|field| match before.names.get(&field) {
            Some(Source::Event(own)) => own.clone(),
            _ => field,
        });
        scope.names.insert(name, Source::Aggregate(aggregate.func, field, stats.by.clone(), Box::new(before.clone())));
    }
}

/// Returns groups that differ from one that matches in one small thing each: a field without one of its characters, or a field gone.
#[must_use]
pub fn near_misses(group: &[Event], seed: u64, count: usize) -> Vec<Vec<Event>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let names: Vec<String> = group.first().map(|event| event.keys().cloned().collect()).unwrap_or_default();
    let names: Vec<&String> = names.iter().filter(|name| *name != "_time").collect();
    if names.is_empty() {
        return Vec::new();
    }
    let miss = |turn: usize| {
        let name = names[turn % names.len()];
        let mut group = group.to_vec();
        if turn / names.len() % 4 == 3 {
            // One event fewer, for rules that count.
            if group.len() > 1 && turn.is_multiple_of(2) {
                group.pop();
            } else {
                group.iter_mut().for_each(|event| {
                    event.remove(name);
                });
            }
            return group;
        }
        for event in &mut group {
            for text in event.get_mut(name).into_iter().flatten() {
                let places: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_whitespace()).collect();
                if !places.is_empty() {
                    let (at, character) = places[random.random_range(0..places.len())];
                    let other = if character == 'q' { "w" } else { "q" };
                    text.replace_range(at..at + character.len_utf8(), other);
                }
            }
        }
        group
    };
    (0..count).map(miss).collect()
}
