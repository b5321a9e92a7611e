//! Benchmarks of retrohunt; see `benches/`.
