# Conveniences over plain cargo; no recipe is needed for `cargo build`, `cargo run` and `cargo test`.

# List the recipes
default:
    @just --list --unsorted

# Format all code
fmt:
    cargo fmt --all

# Check formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Run all tests
test:
    cargo test --workspace

# Run all tests without SIMD
test-scalar:
    RETROHUNT_SIMD=scalar cargo test --workspace

# Run the tests that deliberate mistakes must fail
test-faults:
    cargo test -p retrohunt-tests --features faults

# Fuzz one target (needs cargo-fuzz and a nightly toolchain)
fuzz TARGET *ARGS="-max_total_time=300":
    mkdir -p tests/fuzz/corpus/{{TARGET}}
    cargo +nightly fuzz run --fuzz-dir tests/fuzz -s none {{TARGET}} tests/fuzz/corpus/{{TARGET}} tests/fuzz/seeds/{{TARGET}} -- -rss_limit_mb=4096 -timeout=20 {{ARGS}}

# Measure; arguments choose benchmarks
bench *ARGS:
    cargo bench -p retrohunt-benches -- {{ARGS}}

# Run every benchmark once and check its result
bench-check:
    cargo bench -p retrohunt-benches -- --test

# Write the golden files anew; review the difference like code
golden-update:
    UPDATE_GOLDEN=1 cargo test -p retrohunt-tests --test golden

# Build the documentation, broken links denied
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Check licences, advisories and sources of dependencies (needs cargo-deny)
deny:
    cargo deny check --config .config/deny.toml

# Run all that must pass before a change goes in
ci:
    .ci/run
