//! Digests (§6.3).

use super::{Function, Signature};

/// The entries.
pub(super) const TABLE: &[Signature] = &[
    Signature {
        function: Function::Md5,
        name: "md5",
        aliases: &[],
        least: 1,
        most: Some(1),
        family: "crypto",
        syntax: "md5(text)",
        summary: "Gives the MD5 digest of the UTF-8 bytes in lower-case hex, value by value.",
        section: "§6.3",
        examples: &[(r#"md5("abc")"#, "900150983cd24fb0d6963f7d28e17f72")],
    },
    Signature {
        function: Function::Sha1,
        name: "sha1",
        aliases: &[],
        least: 1,
        most: Some(1),
        family: "crypto",
        syntax: "sha1(text)",
        summary: "Gives the SHA-1 digest of the UTF-8 bytes in lower-case hex, value by value.",
        section: "§6.3",
        examples: &[(r#"sha1("abc")"#, "a9993e364706816aba3e25717850c26c9cd0d89d")],
    },
    Signature {
        function: Function::Sha256,
        name: "sha256",
        aliases: &[],
        least: 1,
        most: Some(1),
        family: "crypto",
        syntax: "sha256(text)",
        summary: "Gives the SHA-256 digest of the UTF-8 bytes in lower-case hex, value by value.",
        section: "§6.3",
        examples: &[(r#"sha256("abc")"#, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")],
    },
    Signature {
        function: Function::Sha512,
        name: "sha512",
        aliases: &[],
        least: 1,
        most: Some(1),
        family: "crypto",
        syntax: "sha512(text)",
        summary: "Gives the SHA-512 digest of the UTF-8 bytes in lower-case hex, value by value.",
        section: "§6.3",
        examples: &[(
            r#"sha512("abc")"#,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        )],
    },
];
