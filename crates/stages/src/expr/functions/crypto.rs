//! Digests (§6.3): lower-case hex of the UTF-8 bytes of a text, element by element for a multivalue (§4.5.2).

use std::fmt::Write;

use retrohunt_spl::functions::Function;
use sha2::Digest;

use super::super::cell::Cell;
use super::super::env::Env;
use super::multivalue::texts;

/// The value of a function of this family.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], _env: &Env<'_>) -> Option<Cell<'a>> {
    let digest: fn(&[u8]) -> String = match function {
        Function::Md5 => hex::<md5::Md5>,
        Function::Sha1 => hex::<sha1::Sha1>,
        Function::Sha256 => hex::<sha2::Sha256>,
        Function::Sha512 => hex::<sha2::Sha512>,
        _ => return None,
    };
    let argument = arguments.first()?;
    let mut digests: Vec<String> = texts(argument).iter().map(|text| digest(text.as_bytes())).collect();
    Some(match argument {
        Cell::Multi(_) => Cell::from_texts(digests.into_iter().map(Into::into).collect()),
        _ => digests.pop().map_or(Cell::Null, Cell::string),
    })
}

/// The digest of some bytes in hex.
fn hex<D: Digest>(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in D::digest(bytes) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use retrohunt_spl::functions::Function as F;

    use super::super::test::{call, field, multi, text};
    use super::*;

    #[test]
    fn section_6_3_known_digests() {
        for (function, expected) in [
            (F::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (F::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (F::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                F::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                 2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            assert_eq!(call(function, &[field("abc")]), text(expected), "{function:?}");
            assert_eq!(call(function, &[Cell::Null]), Cell::Null);
            assert_eq!(call(function, &[Cell::Bool(true)]), Cell::Null);
        }
        assert_eq!(call(F::Md5, &[text("")]), text("d41d8cd98f00b204e9800998ecf8427e"));
    }

    #[test]
    fn section_4_5_2_digests_work_element_by_element_and_on_the_text_of_numbers() {
        let both = call(F::Md5, &[multi(&["a", "b"])]);
        assert_eq!(both, multi(&["0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"]));
        assert_eq!(call(F::Md5, &[Cell::Float(1.0)]), text("c4ca4238a0b923820dcc509a6f75849b"));
    }
}
