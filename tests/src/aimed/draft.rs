//! An event in the making.

use std::collections::BTreeMap;

/// A finished event: fields and their values, one or several each.
pub type Event = BTreeMap<String, Vec<String>>;

/// What a field of the event must be like.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    /// This very text; wins over the pieces.
    pub(super) exact: Option<String>,
    /// Texts that must be in it.
    pub(super) pieces: Vec<String>,
    /// More values, for a multivalue.
    pub(super) more: Vec<String>,
    /// It must not be there.
    pub(super) absent: bool,
}

/// An event in the making, and how many like it are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// By field.
    pub(super) fields: BTreeMap<String, Wish>,
    /// Texts that must be somewhere in the event.
    pub(super) texts: Vec<String>,
    /// How many events there must be in one group.
    pub(super) copies: usize,
    /// Fields that must differ from copy to copy.
    pub(super) varied: Vec<String>,
    /// Fields that are the same in all copies, since rows are grouped by them.
    pub(super) fixed: Vec<String>,
    /// Seconds between copies.
    pub(super) spread: f64,
}

/// The field that holds texts that no field asks for.
pub(super) const TEXT: &str = "message";

impl Draft {
    /// The wish for a field.
    pub(super) fn field(&mut self, name: &str) -> &mut Wish {
        self.fields.entry(name.to_owned()).or_default()
    }

    /// Adds a text that must be in a field.
    pub(super) fn piece(&mut self, name: &str, text: String) {
        let wish = self.field(name);
        if !wish.pieces.contains(&text) {
            wish.pieces.push(text);
        }
    }

    /// The finished events. `turn`: in which order pieces are joined, and by what.
    pub(super) fn events(&self, turn: usize) -> Vec<Event> {
        let copies = self.copies.clamp(1, 130);
        (0..copies).map(|copy| self.event(copy, turn)).collect()
    }

    /// One of the events.
    fn event(&self, copy: usize, turn: usize) -> Event {
        let mut event = Event::new();
        for (name, wish) in self.fields.iter().filter(|(_, wish)| !wish.absent) {
            let mut text = wish.exact.clone().unwrap_or_else(|| joined(&wish.pieces, turn));
            if self.varied.contains(name) && copy > 0 {
                text = varied(&text, copy, wish);
            }
            let mut values = vec![text];
            values.extend(wish.more.iter().cloned());
            event.insert(name.clone(), values);
        }
        for name in self.varied.iter().filter(|name| !self.fields.contains_key(*name)) {
            event.insert(name.clone(), vec![format!("{name}{copy}")]);
        }
        for name in &self.fixed {
            event.entry(name.clone()).or_insert_with(|| vec![format!("{name}0")]);
        }
        if !self.texts.is_empty() {
            let text = joined(&self.texts, turn);
            event
                .entry(TEXT.to_owned())
                .and_modify(|values| values[0] = format!("{} {text}", values[0]))
                .or_insert(vec![text]);
        }
        event.retain(|name, _| !self.fields.get(name).is_some_and(|wish| wish.absent));
        if !event.contains_key("_time") && !self.fields.get("_time").is_some_and(|wish| wish.absent) {
            let time = 1_600_000_000.0 + f64::from(u32::try_from(copy).unwrap_or(0)) * self.spread;
            event.insert("_time".to_owned(), vec![format!("{time}")]);
        }
        event
    }
}

/// Pieces as one text: in their order, the other way round, or without blanks between them.
fn joined(pieces: &[String], turn: usize) -> String {
    let mut pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    if pieces.is_empty() {
        return "x".to_owned();
    }
    if turn % 2 == 1 {
        pieces.reverse();
    }
    match turn % 6 {
        0 | 1 => pieces.join(" "),
        2 | 3 => pieces.concat(),
        _ => pieces.join("\n"),
    }
}

/// The text of a later copy: the field's own with a number, where no exact text is asked for.
fn varied(text: &str, copy: usize, wish: &Wish) -> String {
    if let Ok(address) = text.parse::<std::net::Ipv4Addr>() {
        let [a, b, c, d] = address.octets();
        let next = u8::try_from(copy).unwrap_or(u8::MAX);
        return std::net::Ipv4Addr::new(a, b, c, d.wrapping_add(next)).to_string();
    }
    if wish.exact.is_some() && wish.pieces.is_empty() { format!("{text}{copy}") } else { format!("{text} {copy}") }
}
