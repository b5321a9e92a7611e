//! Digests (§6.3).

use md5::Md5;
use retrohunt_spl::functions::Function as F;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::Datum;

/// Returns the digest that a function gives, `None` for others.
pub(super) fn call(function: F, arguments: &[Datum]) -> Option<Datum> {
    let text = arguments.first().and_then(Datum::text);
    let of = |digest: fn(&[u8]) -> Vec<u8>| {
        text.as_ref().map_or(Datum::Null, |text| {
            Datum::Text(digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
        })
    };
    Some(match function {
        F::Md5 => of(|bytes| Md5::digest(bytes).to_vec()),
        F::Sha1 => of(|bytes| Sha1::digest(bytes).to_vec()),
        F::Sha256 => of(|bytes| Sha256::digest(bytes).to_vec()),
        F::Sha512 => of(|bytes| Sha512::digest(bytes).to_vec()),
        _ => return None,
    })
}
