//! How often bytes, and runs of bytes, occur in command lines, paths and event texts. Only speed hangs on it, never a hit.
//!
//! A run is taken for a chain: each byte's class depends on the class before it, and the byte itself on its class only. Single bytes will not
//! do: by their bytes, `.ex` would be rare. Nor will the chain alone for the few texts that fill such archives; those are listed.

mod table;

use std::sync::LazyLock;
use table::{BYTES, CLASSES, PAIRS, PUNCTUATION};

/// What [`BYTES`] counts in.
const UNIT: f32 = 32_768.0;

/// Texts that fill archives of endpoint telemetry, far beyond what the chain says.
static COMMON: [&str; 15] = [
    "c:\\windows\\system32\\",
    "c:\\windows\\syswow64\\",
    "c:\\users\\",
    "\\appdata\\local\\temp\\",
    "c:\\program files (x86)\\",
    "c:\\programdata\\microsoft\\windows",
    ".exe\" -",
    ".dll,",
    "powershell",
    "cmd.exe",
    "https://www.",
    "http://",
    "administrator",
    "microsoft-windows-",
    "config",
];

/// Probability of a window of three bytes or more whose every three bytes lie in a common text.
const COMMON_WINDOW: f32 = 3e-3;

/// The tables as probabilities.
struct Model {
    /// Of a byte, in either case.
    byte: [f32; 256],
    /// Of a byte within its class.
    share: [f32; 256],
    /// Of a class after a class.
    next: [[f32; CLASSES]; CLASSES],
    /// Three bytes that follow each other in a common text, sorted.
    common: Vec<[u8; 3]>,
}

/// The one model.
static MODEL: LazyLock<Model> = LazyLock::new(Model::new);

impl Model {
    /// Computes the model from the tables.
    fn new() -> Self {
        let byte: [f32; 256] = BYTES.map(|count| f32::from(count) / UNIT);
        let mut totals = [0.0; CLASSES];
        for value in (0..=u8::MAX).filter(|value| !value.is_ascii_uppercase()) {
            totals[class(value)] += byte[usize::from(value)];
        }
        let mut share = byte;
        for value in 0..=u8::MAX {
            share[usize::from(value)] /= totals[class(value)];
        }
        let mut next = PAIRS.map(|row| row.map(|entry| (-f32::from(entry) / 8.0).exp2()));
        for row in &mut next {
            let total: f32 = row.iter().sum();
            row.iter_mut().for_each(|entry| *entry /= total);
        }
        let mut common: Vec<[u8; 3]> =
            COMMON.iter().flat_map(|text| text.as_bytes().array_windows::<3>().copied()).collect();
        common.sort_unstable();
        common.dedup();
        Self { byte, share, next, common }
    }
}

/// The class of a byte: an index below [`CLASSES`].
fn class(byte: u8) -> usize {
    let letters = usize::from(b'z' - b'a') + 1;
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'A'..=b'Z' => usize::from(byte - b'A'),
        b'0'..=b'9' => letters,
        0..=31 => letters + 1 + PUNCTUATION.len(),
        128.. => CLASSES - 1,
        _ => match PUNCTUATION.iter().position(|&other| other == byte) {
            Some(place) => letters + 1 + place,
            None => CLASSES - 2,
        },
    }
}

/// Returns the probability that a byte of a haystack is `byte`, in either case.
pub(crate) fn of_byte(byte: u8) -> f32 {
    MODEL.byte[usize::from(byte)]
}

/// Returns the probability that a byte of a haystack is `byte` itself: a letter's probability is shared between its cases.
pub(crate) fn of_case(byte: u8) -> f32 {
    match byte {
        // Paths and commands are mostly lower case, with capitals at the start of words.
        b'a'..=b'z' => of_byte(byte) * 0.75,
        b'A'..=b'Z' => of_byte(byte) * 0.25,
        _ => of_byte(byte),
    }
}

/// Returns the probability that a haystack has `window`, with its letters in lower case, at a given place, in any case. An empty window
/// is everywhere.
pub(crate) fn of_window(window: &[u8]) -> f32 {
    let Some((&first, rest)) = window.split_first() else { return 1.0 };
    let mut probability = of_byte(first);
    let mut before = class(first);
    for &byte in rest {
        let here = class(byte);
        probability *= MODEL.next[before][here] * MODEL.share[usize::from(byte)];
        before = here;
    }
    let is_common = |three: &[u8; 3]| MODEL.common.binary_search(three).is_ok();
    if window.len() >= 3 && window.array_windows::<3>().all(is_common) {
        probability.max(COMMON_WINDOW)
    } else {
        probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cases_of_a_letter_count_the_same() {
        assert!((b'a'..=b'z').all(|byte| BYTES[usize::from(byte)] == BYTES[usize::from(byte.to_ascii_uppercase())]));
    }

    #[test]
    fn every_byte_has_a_class_and_every_class_a_byte() {
        let mut seen = [false; CLASSES];
        (0..=u8::MAX).for_each(|byte| seen[class(byte)] = true);
        assert!(seen.iter().all(|&seen| seen));
    }

    #[test]
    fn what_may_follow_adds_up_to_certainty() {
        for first in [b'a', b'\\', b'7', 0, 0xC3] {
            let followed =
                (0..=u8::MAX).filter(|byte| !byte.is_ascii_uppercase()).map(|byte| of_window(&[first, byte]));
            let (sum, wanted) = (followed.sum::<f32>(), of_byte(first));
            assert!((sum / wanted - 1.0).abs() < 0.01, "{sum} {wanted}");
        }
    }

    #[test]
    fn windows_of_common_texts_are_likelier_than_their_bytes_say() {
        assert!(of_window(b".ex") >= COMMON_WINDOW);
        assert!(of_window(b"system") >= COMMON_WINDOW);
        assert!(of_window(b"ent") > 5.0 * of_byte(b'e') * of_byte(b'n') * of_byte(b't'));
        assert!(of_window(b"syst") > of_window(b"mimi"));
        assert!(of_window(b"xyz1") < of_window(b"xyz"));
    }
}
