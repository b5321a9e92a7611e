//! YAML text to a small tree, bounded in depth, in which aliases stay aliases and scalars know where they stand.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use crate::{
    LoadErrorKind, Position,
    repair::{Mended, Padding},
};

/// Collections inside each other that a file may have; real rules have six at most.
pub(crate) const MAX_DEPTH: usize = 64;

/// One node of a document.
#[derive(Debug)]
pub(crate) enum Node {
    /// A text.
    Scalar(Scalar),
    /// A list, or a mapping's keys and values by turns (`mapping`).
    Collection(Collection),
    /// A repetition of the node with this anchor; never expanded, so that a small file cannot become a large tree.
    Alias(usize),
}

/// A text as it was decoded, with where and how it was written.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    /// The decoded text.
    pub(crate) text: String,
    /// How it was written.
    pub(crate) style: ScalarStyle,
    /// Where it starts.
    pub(crate) mark: Mark,
}

impl Scalar {
    /// Returns whether the scalar stands for a missing value: `null`, `~` or nothing, without quotes.
    pub(crate) fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

/// A list or a mapping.
#[derive(Debug)]
pub(crate) struct Collection {
    /// Whether `children` are keys and values by turns.
    pub(crate) mapping: bool,
    /// The nodes in it, in file order.
    pub(crate) children: Vec<Node>,
    /// Where it starts.
    pub(crate) mark: Mark,
}

/// A place in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Characters of the file before it.
    pub(crate) index: usize,
    /// The same, for people.
    pub(crate) position: Position,
}

impl Mark {
    /// Returns the place in the file of `marker`, a place in the padded text.
    fn new(marker: &Marker, padding: &Padding) -> Self {
        let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let line = marker.line().max(1);
        let column = padding.column(line, marker.col()).saturating_add(1);
        let position = Position { line: clamp(line), column: clamp(column) };
        Self { index: padding.index(marker.index()), position }
    }
}

/// The documents of a file and the scalars that have an anchor.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    /// The root of each document, in file order.
    pub(crate) roots: Vec<Node>,
    /// Scalars by anchor, for aliases of a single text, which cannot grow.
    anchors: HashMap<usize, Scalar>,
}

impl Documents {
    /// Returns the scalar that `node` is, or that it is an alias of; `None` for a collection.
    pub(crate) fn scalar<'a>(&'a self, node: &'a Node) -> Option<&'a Scalar> {
        match node {
            Node::Scalar(scalar) => Some(scalar),
            Node::Alias(anchor) => self.anchors.get(anchor),
            Node::Collection(_) => None,
        }
    }
}

/// Why a text is not a tree.
#[derive(Debug)]
pub(crate) struct TreeError {
    /// The cause.
    pub(crate) kind: LoadErrorKind,
    /// Where.
    pub(crate) position: Position,
    /// What is wrong.
    pub(crate) message: String,
}

/// Returns the documents of `text`, which has no byte order mark.
///
/// # Errors
///
/// If the text is not YAML, holds a character that YAML does not allow, or nests deeper than [`MAX_DEPTH`].
pub(crate) fn parse(text: &str) -> Result<Documents, TreeError> {
    check_characters(text)?;
    let mut padding = Padding::default();
    let mut mended: Option<String> = None;
    loop {
        let current = mended.as_deref().unwrap_or(text);
        let failure = match read(current, &padding) {
            Ok(documents) => return Ok(documents),
            Err(failure) => failure,
        };
        let error = match failure {
            Failure::Yaml(error) => error,
            Failure::TooDeep(position) => {
                let message = format!("nested more than {MAX_DEPTH} levels deep");
                return Err(TreeError { kind: LoadErrorKind::TooDeep, position, message });
            }
        };
        let place = Mark::new(error.marker(), &padding).position;
        let message = match error.info() {
            INDENTATION => match padding.mend(current, error.marker().index(), error.marker().col()) {
                Mended::Text(text) => {
                    mended = Some(text);
                    continue;
                }
                Mended::NotClosed => "not valid YAML: the quote that starts here is not closed".to_owned(),
                Mended::No => format!("not valid YAML: {INDENTATION}"),
            },
            info => format!("not valid YAML: {info}"),
        };
        return Err(TreeError { kind: LoadErrorKind::Yaml, position: place, message });
    }
}

/// What the parser says of a quoted text whose later lines are not indented.
const INDENTATION: &str = "invalid indentation in quoted scalar";

/// Why one reading ended early.
enum Failure {
    /// The parser refused the text.
    Yaml(ScanError),
    /// Deeper than [`MAX_DEPTH`].
    TooDeep(Position),
}

/// Returns the documents of `text`, which is the file with `padding`; places in it are those of the file.
fn read(text: &str, padding: &Padding) -> Result<Documents, Failure> {
    let mut documents = Documents::default();
    // A stack of our own: the depth of the file is not the depth of our calls.
    let mut open: Vec<Collection> = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(Failure::Yaml)?;
        let mark = Mark::new(&span.start, padding);
        let node = match event {
            Event::Scalar(text, style, anchor, _tag) => {
                let scalar = Scalar { text: text.into_owned(), style, mark };
                if anchor != 0 {
                    documents.anchors.insert(anchor, scalar.clone());
                }
                Node::Scalar(scalar)
            }
            Event::Alias(anchor) => Node::Alias(anchor),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= MAX_DEPTH {
                    return Err(Failure::TooDeep(mark.position));
                }
                let mapping = matches!(event, Event::MappingStart(..));
                open.push(Collection { mapping, children: Vec::new(), mark });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(collection) => Node::Collection(collection),
                None => continue,
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                continue;
            }
        };
        match open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => documents.roots.push(node),
        }
    }
    Ok(documents)
}

/// Refuses the control characters that YAML does not allow. The parser takes a NUL for the end of the file, so the rest would
/// be lost in silence.
fn check_characters(text: &str) -> Result<(), TreeError> {
    let allowed = |char: char| !char.is_ascii_control() || matches!(char, '\t' | '\n' | '\r');
    let Some((offset, char)) = text.char_indices().find(|&(_, char)| !allowed(char)) else { return Ok(()) };
    Err(TreeError {
        kind: LoadErrorKind::Yaml,
        position: crate::positions::SourceText::new(text).locate(offset),
        message: format!("not valid YAML: the control character U+{:04X} is not allowed", u32::from(char)),
    })
}
