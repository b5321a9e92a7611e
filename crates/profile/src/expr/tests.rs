//! Expressions on the texts that logs hold.

use super::*;

/// The value of an expression over one column of this text.
fn on(expr: &Expr, text: &str) -> Option<String> {
    expr.eval(&mut |_| Some(Cow::Borrowed(text))).map(Cow::into_owned)
}

/// The column.
fn column() -> Box<Expr> {
    Box::new(Expr::Column(0))
}

#[test]
fn parts_of_paths() {
    let last = Expr::LastPart { of: column(), separators: "\\/".to_owned() };
    let parent = Expr::ParentPart { of: column(), separators: "\\/".to_owned() };
    for (path, name, folder) in [
        ("C:\\Windows\\cmd.exe", Some("cmd.exe"), Some("C:\\Windows")),
        ("/usr/bin/sh", Some("sh"), Some("/usr/bin")),
        ("cmd.exe", Some("cmd.exe"), None),
        ("C:\\Windows\\", None, Some("C:\\Windows")),
        ("\\a", Some("a"), None),
        ("C:\\日本\\é", Some("é"), Some("C:\\日本")),
    ] {
        assert_eq!(on(&last, path).as_deref(), name, "{path}");
        assert_eq!(on(&parent, path).as_deref(), folder, "{path}");
    }
}

#[test]
fn texts_before_and_after_a_mark() {
    let before = Expr::TextBefore { of: column(), mark: "\\".to_owned() };
    let after = Expr::TextAfter { of: column(), mark: "\\".to_owned() };
    assert_eq!(on(&before, "HKLM\\a\\b").as_deref(), Some("HKLM"));
    assert_eq!(on(&before, "HKLM"), None);
    assert_eq!(on(&before, "\\REGISTRY\\A"), None, "nothing stands before it");
    assert_eq!(on(&after, "D\\u").as_deref(), Some("u"));
    assert_eq!(on(&after, "u").as_deref(), Some("u"));
    assert_eq!(on(&after, "D\\"), None);
}

#[test]
fn a_choice_passes_over_what_logs_write_for_no_value() {
    let expr = Expr::Coalesce {
        members: vec![Expr::Column(0), Expr::Constant("next".to_owned())],
        skip: Skip::Unset(vec!["::1".to_owned()]),
    };
    for unset in [
        "",
        "-",
        " ",
        " - ",
        "S-1-0-0",
        "s-1-0-0",
        "{00000000-0000-0000-0000-000000000000}",
        "00000000-0000-0000-0000-000000000000",
        "::1",
    ] {
        assert_eq!(on(&expr, unset).as_deref(), Some("next"), "{unset:?}");
    }
    for value in ["--", "S-1-0", "0", "{}", "null", "N/A"] {
        assert_eq!(on(&expr, value).as_deref(), Some(value));
    }
    let dash = Expr::Coalesce {
        members: vec![Expr::Column(0), Expr::Constant("-".to_owned())],
        skip: Skip::Unset(Vec::new()),
    };
    assert_eq!(on(&dash, "").as_deref(), Some("-"), "a constant is meant");
    let alias = Expr::Coalesce { members: vec![Expr::Column(0), Expr::Constant("next".to_owned())], skip: Skip::Null };
    assert_eq!(on(&alias, "-").as_deref(), Some("-"), "the same value under another name is kept as it is");
}

#[test]
fn keyed_values() {
    let expr = |key: &str, separator: &str| Expr::Keyed {
        of: column(),
        key: key.to_owned(),
        separator: separator.to_owned(),
        equals: "=".to_owned(),
    };
    let hashes = "SHA1=B4E5,MD5=42=1,md5=2,IMPHASH=";
    assert_eq!(on(&expr("md5", ","), hashes).as_deref(), Some("42=1"), "the first that is there");
    assert_eq!(on(&expr("SHA1", ","), hashes).as_deref(), Some("B4E5"));
    assert_eq!(on(&expr("IMPHASH", ","), hashes), None);
    assert_eq!(on(&expr("SHA", ","), hashes), None);
    let context = "        Host Name = x\r\n        User = D\\u é \r\n        Connected User = \r\n";
    assert_eq!(on(&expr("User", "\n"), context).as_deref(), Some("D\\u é"));
    assert_eq!(on(&expr("Connected User", "\n"), context), None);
}

#[test]
fn numbers_letters_and_braces() {
    let hex = Expr::HexToDecimal(column());
    for (text, number) in [
        ("0x1d20", "7456"),
        ("0XFF", "255"),
        ("0xffffffffffffffff", "18446744073709551615"),
        ("77", "77"),
        ("0x", "0x"),
        ("0x+1", "0x+1"),
        ("0x1ffffffffffffffff", "0x1ffffffffffffffff"),
        ("0xg", "0xg"),
    ] {
        assert_eq!(on(&hex, text).as_deref(), Some(number));
    }
    assert_eq!(on(&Expr::Lower(column()), "ÀbC").as_deref(), Some("Àbc"));
    let strip = Expr::StripBraces(column());
    for (text, bare) in [("{a}", Some("a")), ("a", Some("a")), ("{a", Some("{a")), ("{}", None), ("{", Some("{"))] {
        assert_eq!(on(&strip, text).as_deref(), bare);
    }
}

#[test]
fn a_folder_that_is_already_the_path_is_not_extended() {
    let join = |folder: &str, name: &str| {
        let expr = Expr::PathJoin { folder: column(), name: Box::new(Expr::Column(1)) };
        expr.eval(&mut |index| Some(Cow::Owned(if index == 0 { folder.to_owned() } else { name.to_owned() })))
            .map(Cow::into_owned)
    };
    assert_eq!(join("C:\\w\\CMD.exe", "cmd.EXE").as_deref(), Some("C:\\w\\CMD.exe"));
    assert_eq!(join("C:\\w", "cmd.exe").as_deref(), Some("C:\\w\\cmd.exe"));
    assert_eq!(join("C:\\w\\", "cmd.exe").as_deref(), Some("C:\\w\\cmd.exe"));
    assert_eq!(join("C:\\xcmd.exe", "cmd.exe").as_deref(), Some("C:\\xcmd.exe\\cmd.exe"), "only a whole part");
    assert_eq!(join("C:\\w", "").as_deref(), Some("C:\\w"));
    assert_eq!(join("", "cmd.exe"), None, "a name alone is no path");
}

#[test]
fn lists_are_taken_value_by_value() {
    let last = Expr::LastPart { of: column(), separators: "\\".to_owned() };
    let mut list = |_| vec![Cow::Borrowed("a\\b"), Cow::Borrowed(""), Cow::Borrowed("c")];
    assert_eq!(last.values(&mut list), ["b", "c"]);
    assert_eq!(Expr::Column(0).values(&mut list), ["a\\b", "c"]);
    let joined = Expr::Concat(vec![Expr::Column(0), Expr::Constant("x".to_owned())]);
    assert!(joined.values(&mut list).is_empty());
    assert!(last.is_multivalued(&|_| true) && !last.is_multivalued(&|_| false));
}
