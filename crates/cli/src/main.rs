//! Command line of retrohunt.
fn main() {}
