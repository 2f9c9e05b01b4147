# What CI runs, in its order.
ready:
    bash .ci/run

# The fast part of it, while working.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo test

# Timings (never part of the tests).
bench:
    cargo bench
