//! How often bytes occur in command lines, paths and event texts. Only speed hangs on it, never a hit.

/// Occurrences of each byte in 32,768 bytes, both cases of a letter counted together.
///
/// Counted over recorded Windows events (distinct command lines, images and scripts 60 %, whole events as JSON or XML 40 %), then smoothed:
/// base64 payloads had tripled `a`; zero stands for the length prefixes between values; every byte keeps a floor.
#[rustfmt::skip]
static BYTES: [u16; 256] = [
    500, 20, 20, 20, 20, 20, 20, 20, 20, 20, 231, 20, 20, 20, 20, 20,
    20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20,
    900, 10, 721, 10, 20, 20, 20, 30, 30, 30, 10, 66, 152, 573, 414, 200,
    709, 418, 443, 389, 369, 286, 251, 196, 301, 228, 503, 23, 81, 62, 83, 10,
    10, 1700, 800, 1320, 1077, 2288, 480, 721, 400, 1300, 100, 268, 1000, 828, 1100, 1300,
    623, 200, 1266, 1564, 1485, 576, 348, 500, 276, 380, 131, 10, 1493, 10, 5, 72,
    5, 1700, 800, 1320, 1077, 2288, 480, 721, 400, 1300, 100, 268, 1000, 828, 1100, 1300,
    623, 200, 1266, 1564, 1485, 576, 348, 500, 276, 380, 131, 40, 44, 40, 28, 2,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 20, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    20, 20, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
];

/// What [`BYTES`] counts in.
const UNIT: f32 = 32_768.0;

/// Bytes come in runs of their kind (digits after digits), so a byte is this much likelier after another of a window than alone.
const CLUSTERING: f32 = 3.0;

/// Texts that fill archives of endpoint telemetry. Windows inside them look rare by their bytes and are not.
static COMMON: [&str; 16] = [
    "c:\\windows\\system32\\",
    "c:\\windows\\syswow64\\",
    "c:\\users\\",
    "\\appdata\\local\\temp\\",
    "c:\\program files (x86)\\",
    "c:\\programdata\\microsoft\\windows",
    ".exe\" -",
    ".dll,",
    "powershell",
    "https://www.",
    "http://",
    "administrator",
    "application",
    "microsoft-windows-",
    "\\\\.",
    "0000",
];

/// Probability of a window that lies inside a common text.
const COMMON_WINDOW: f32 = 5e-4;

/// Words of [`COMMON_TRIGRAMS`].
const TRIGRAM_WORDS: usize = 1 << 9;

/// A bit for every three bytes that follow each other in [`COMMON`]. Two may share a bit; it only costs a good window.
static COMMON_TRIGRAMS: [u64; TRIGRAM_WORDS] = common_trigrams();

/// The bit of three bytes.
const fn trigram(a: u8, b: u8, c: u8) -> (usize, u64) {
    let hash = ((a as usize & 31) << 10 | (b as usize & 31) << 5 | (c as usize & 31)) ^ (a as usize >> 6 & 1) * 0x2A5;
    (hash / 64 % TRIGRAM_WORDS, 1 << (hash % 64))
}

/// Computes [`COMMON_TRIGRAMS`].
const fn common_trigrams() -> [u64; TRIGRAM_WORDS] {
    let mut bits = [0; TRIGRAM_WORDS];
    let mut text = 0;
    while text < COMMON.len() {
        let bytes = COMMON[text].as_bytes();
        let mut at = 0;
        while at + 3 <= bytes.len() {
            let (word, bit) = trigram(bytes[at], bytes[at + 1], bytes[at + 2]);
            bits[word] |= bit;
            at += 1;
        }
        text += 1;
    }
    bits
}

/// Returns the probability that a byte of a haystack is `byte`, in either case.
pub(crate) fn of_byte(byte: u8) -> f32 {
    f32::from(BYTES[usize::from(byte)]) / UNIT
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

/// Returns the probability that a haystack has `window` at a given place, in any case. Letters in lower case; 0 bytes give 1.
pub(crate) fn of_window(window: &[u8]) -> f32 {
    let mut probability = 1.0;
    for (place, &byte) in window.iter().enumerate() {
        let clustering = if place == 0 { 1.0 } else { CLUSTERING };
        probability *= (of_byte(byte) * clustering).min(0.5);
    }
    let common = window.len() >= 3
        && window.windows(3).all(|three| {
            let (word, bit) = trigram(three[0], three[1], three[2]);
            COMMON_TRIGRAMS[word] & bit != 0
        });
    if common { probability.max(COMMON_WINDOW) } else { probability }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cases_of_a_letter_count_the_same() {
        assert!((b'a'..=b'z').all(|byte| BYTES[usize::from(byte)] == BYTES[usize::from(byte.to_ascii_uppercase())]));
    }

    #[test]
    fn windows_of_common_texts_are_likelier_than_their_bytes_say() {
        assert!(of_window(b".ex") >= COMMON_WINDOW);
        assert!(of_window(b"zqx") < COMMON_WINDOW);
        assert!(of_window(b"syst") > of_window(b"mimi"));
        assert!(of_window(b"xyz1") < of_window(b"xyz"));
    }

    #[test]
    fn few_bits_are_set_by_the_common_texts() {
        let set: u32 = COMMON_TRIGRAMS.iter().map(|word| word.count_ones()).sum();
        assert!((100..400).contains(&set), "{set}");
    }
}
