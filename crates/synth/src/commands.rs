//! Command lines that look like those of a company's machines, from templates.

mod programs;

use crate::population::Population;
use crate::random::{Random, Zipf};
use programs::{BACKSLASHES, ORDINARY, PARENTS, Parent, Program};

/// Of 1,000 program starts, how many have two consecutive backslashes in an ordinary command line.
const BACKSLASHES_PER_THOUSAND: u32 = 7;

/// Names of services.
const SERVICES: &[&str] = &[
    "BITS",
    "wuauserv",
    "Schedule",
    "Winmgmt",
    "DsmSvc",
    "lfsvc",
    "Themes",
    "UserManager",
    "gpsvc",
    "ProfSvc",
    "iphlpsvc",
    "LanmanServer",
    "seclogon",
    "wlidsvc",
    "TokenBroker",
    "WpnService",
    "Dnscache",
    "EventLog",
    "Spooler",
    "W32Time",
];

/// Names of programs made by the company.
const APPLICATIONS: &[&str] = &[
    "invoicer",
    "stocktake",
    "depot",
    "agentd",
    "metrics",
    "courier",
    "ledger",
    "printq",
    "scanner",
    "timesheet",
    "portal",
    "vault",
    "weigher",
    "dispatch",
];

/// Names of documents.
const DOCUMENTS: &[&str] = &[
    "Budget",
    "Minutes",
    "Offer",
    "Contract",
    "Roadmap",
    "Inventory",
    "Travel expenses",
    "Q3 forecast",
    "Staff list",
    "Delivery note",
    "Price list",
    "Handbook",
    "Audit",
    "Draft",
];

/// Names of file servers.
const SERVERS: &[&str] = &["fs01", "fs02", "FS-HAM-01", "filer.nordwind.example", "10.20.4.17", "nas7", "dc-0011"];

/// Names of web sites.
const SITES: &[&str] =
    &["intranet.nordwind.example", "portal.example.com", "cdn.example.net", "api.example.org", "nordwind.example"];

/// One part of a template.
pub(crate) enum Piece {
    /// Text that stays as it is.
    Literal(&'static str),
    /// `{hN}`: N lower-case hexadecimal digits.
    Hex(usize),
    /// `{nN}`: a decimal number below 10 to the power N.
    Number(u32),
    /// `{guid}`: 32 digits in the groups of a GUID.
    Guid,
    /// `{user}`: the account name.
    User,
    /// `{host}`: the name of some machine, lower case.
    Host,
    /// `{b64}`: 40 to 399 characters of base64.
    Base64,
    /// `{date}`: a date of the year 2024.
    Date,
    /// `{srv}`, `{svc}`, `{app}`, `{doc}`, `{site}`: one of a list of names.
    Name(&'static [&'static str]),
}

/// A text with places for names and numbers.
pub(crate) struct Template(Vec<Piece>);

impl Template {
    /// Returns the template written `text`.
    pub(crate) fn new(text: &'static str) -> Template {
        Template(parse(text))
    }

    /// Appends the template to `out`, with new names and numbers and the account name `user` in their places.
    pub(crate) fn write(&self, user: &str, population: &Population, random: &mut Random, out: &mut String) {
        for piece in &self.0 {
            expand(piece, user, population, random, out);
        }
    }
}

/// A program start ready for use.
pub(crate) struct Start {
    /// The image path.
    image: Template,
    /// The command line.
    command: Template,
    /// The parent.
    parent: &'static Parent,
    /// Number of the image among all image paths, for its hashes.
    image_number: usize,
}

/// A list of program starts and how often each is drawn.
struct List {
    /// The starts.
    starts: Vec<Start>,
    /// The draw.
    weights: Zipf,
}

/// The texts of one drawn program start; kept by the caller and overwritten by every draw.
#[derive(Default)]
pub(crate) struct Drawn {
    /// The command line.
    pub(crate) command: String,
    /// Full path of the program file.
    pub(crate) image: String,
    /// Full path of the parent's file.
    pub(crate) parent_image: &'static str,
    /// The parent's command line.
    pub(crate) parent_command: &'static str,
    /// Number of the image, for its hashes.
    pub(crate) image_number: usize,
}

/// All templates, parsed.
pub(crate) struct Commands {
    /// Commands without two consecutive backslashes.
    ordinary: List,
    /// Commands with them.
    backslashes: List,
}

impl Commands {
    /// Returns the templates.
    pub(crate) fn new() -> Commands {
        let mut images = Vec::new();
        Commands { ordinary: list(ORDINARY, &mut images), backslashes: list(BACKSLASHES, &mut images) }
    }

    /// Returns a drawn program start.
    pub(crate) fn draw(&self, random: &mut Random) -> Option<&Start> {
        let backslashes = random.chance(BACKSLASHES_PER_THOUSAND, 1000);
        let list = if backslashes { &self.backslashes } else { &self.ordinary };
        list.starts.get(list.weights.draw(random))
    }
}

impl Start {
    /// Returns in how many of eight starts the system does it rather than a person.
    pub(crate) fn by_system(&self) -> u32 {
        self.parent.by_system
    }

    /// Overwrites `drawn` with the start by `user`.
    pub(crate) fn write(&self, user: &str, population: &Population, random: &mut Random, drawn: &mut Drawn) {
        drawn.command.clear();
        drawn.image.clear();
        self.image.write(user, population, random, &mut drawn.image);
        self.command.write(user, population, random, &mut drawn.command);
        drawn.parent_image = self.parent.image;
        drawn.parent_command = self.parent.command;
        drawn.image_number = self.image_number;
    }
}

/// Returns the parsed form of `programs`; `images` numbers the image paths over several lists.
fn list(programs: &'static [Program], images: &mut Vec<&'static str>) -> List {
    let weights: Vec<u64> = programs.iter().map(|program| u64::from(program.weight)).collect();
    let starts = programs
        .iter()
        .filter_map(|program| {
            let image_number = images.iter().position(|&image| image == program.image).unwrap_or_else(|| {
                images.push(program.image);
                images.len() - 1
            });
            Some(Start {
                image: Template::new(program.image),
                command: Template::new(program.command),
                parent: PARENTS.get(program.parent)?,
                image_number,
            })
        })
        .collect();
    List { starts, weights: Zipf::weighted(&weights) }
}

/// Returns the pieces of `template`. `{{` and `}}` stand for one brace; an unknown word stays as it is written.
fn parse(template: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, at) = rest.split_at(brace);
        if !before.is_empty() {
            pieces.push(Piece::Literal(before));
        }
        if let Some(after) = at.strip_prefix("{{").or_else(|| at.strip_prefix("}}")) {
            pieces.push(Piece::Literal(at.get(..1).unwrap_or("")));
            rest = after;
            continue;
        }
        let end = at.find('}').map_or(at.len(), |end| end + 1);
        let (word, after) = at.split_at(end);
        pieces.push(placeholder(word).unwrap_or(Piece::Literal(word)));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// Returns the piece that `word`, with its braces, stands for.
fn placeholder(word: &str) -> Option<Piece> {
    let name = word.strip_prefix('{')?.strip_suffix('}')?;
    Some(match name {
        "guid" => Piece::Guid,
        "user" => Piece::User,
        "host" => Piece::Host,
        "b64" => Piece::Base64,
        "date" => Piece::Date,
        "srv" => Piece::Name(SERVERS),
        "svc" => Piece::Name(SERVICES),
        "app" => Piece::Name(APPLICATIONS),
        "doc" => Piece::Name(DOCUMENTS),
        "site" => Piece::Name(SITES),
        _ if name.starts_with('h') => Piece::Hex(name.get(1..)?.parse().ok()?),
        _ if name.starts_with('n') => Piece::Number(10u32.checked_pow(name.get(1..)?.parse().ok()?)?),
        _ => return None,
    })
}

/// Appends one piece to `out`.
fn expand(piece: &Piece, user: &str, population: &Population, random: &mut Random, out: &mut String) {
    match piece {
        Piece::Literal(text) => out.push_str(text),
        Piece::Hex(digits) => random.hex(*digits, out),
        Piece::Number(bound) => number(random.below(*bound), out),
        Piece::Guid => guid(random.bits(), random.bits(), out),
        Piece::User => out.push_str(user),
        Piece::Host => {
            let number = population.draw_machine(random);
            out.extend(population.machine(number).chars().map(|letter| letter.to_ascii_lowercase()));
        }
        Piece::Base64 => base64(random, out),
        Piece::Date => {
            out.push_str("2024-");
            let (month, day) = (1 + random.below(12), 1 + random.below(28));
            for value in [month, day] {
                out.push(char::from(b'0' + u8::try_from(value / 10).unwrap_or(0)));
                out.push(char::from(b'0' + u8::try_from(value % 10).unwrap_or(0)));
                out.push('-');
            }
            out.pop();
        }
        Piece::Name(names) => out.push_str(random.pick(names)),
    }
}

/// Appends `value` in decimal. `std::fmt` takes three times as long, and commands are full of numbers.
pub(crate) fn number(mut value: u32, out: &mut String) {
    let mut digits = [b'0'; 10];
    let mut start = digits.len();
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
        start -= 1;
        if value == 0 {
            break;
        }
    }
    out.extend(digits.iter().skip(start).map(|&digit| char::from(digit)));
}

/// Appends `high` and `low` as a GUID in lower case, without braces.
pub(crate) fn guid(high: u64, low: u64, out: &mut String) {
    for (half, bits) in [high, low].into_iter().enumerate() {
        for place in 0..16 {
            let dash = if half == 0 { place == 8 || place == 12 } else { place == 0 || place == 4 };
            if dash {
                out.push('-');
            }
            out.push(crate::random::hex_digit(bits >> (60 - 4 * place)));
        }
    }
}

/// Appends 40 to 399 characters that could be base64.
fn base64(random: &mut Random, out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let length = 40 + random.below(360);
    let mut bits = 0u64;
    for position in 0..length {
        if position % 10 == 0 {
            bits = random.bits();
        }
        let letter = ALPHABET.get(usize::try_from(bits & 63).unwrap_or(0)).copied().unwrap_or(b'A');
        out.push(char::from(letter));
        bits >>= 6;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_in_braces_is_known() {
        for program in ORDINARY.iter().chain(BACKSLASHES) {
            for piece in parse(program.image).iter().chain(&parse(program.command)) {
                if let Piece::Literal(text) = piece {
                    assert!(text.len() == 1 || !text.contains(['{', '}']), "{text}");
                }
            }
        }
    }

    #[test]
    fn backslashes_are_where_they_are_said_to_be() {
        assert!(ORDINARY.iter().all(|program| !program.command.contains(r"\\")));
        assert!(BACKSLASHES.iter().all(|program| program.command.contains(r"\\")));
    }

    #[test]
    fn numbers_and_guids_are_written_in_full() {
        let mut out = String::new();
        number(0, &mut out);
        out.push(' ');
        number(4_294_967_295, &mut out);
        out.push(' ');
        guid(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, &mut out);
        assert_eq!(out, "0 4294967295 01234567-89ab-cdef-fedc-ba9876543210");
    }

    #[test]
    fn command_lines_have_a_realistic_length() {
        let (commands, population) = (Commands::new(), Population::new());
        let mut random = Random::new(1, 1);
        let mut drawn = Drawn::default();
        let (mut bytes, mut with_backslashes) = (0, 0);
        for _ in 0..20_000 {
            commands.draw(&mut random).unwrap().write("anna.berg", &population, &mut random, &mut drawn);
            assert!(!drawn.command.is_empty() && !drawn.image.is_empty() && !drawn.parent_image.is_empty());
            bytes += drawn.command.len();
            with_backslashes += usize::from(drawn.command.contains(r"\\"));
        }
        assert!((90..160).contains(&(bytes / 20_000)), "{}", bytes / 20_000);
        assert!((90..200).contains(&with_backslashes), "{with_backslashes}");
    }
}
