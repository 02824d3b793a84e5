# Two commands do everything on a machine with Rust and Node: `make run`, `make test`.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/ruecklauf/target
PROGRAM := $(CARGO_TARGET_DIR)/release/ruecklauf
LOAD := $(CARGO_TARGET_DIR)/release/examples/load
DEMO ?= ruecklauf-demo

.PHONY: run build browser test test-rust test-browser faults bench scale load transfer fuzz screenshots

run: build
	$(PROGRAM) demo --dir $(DEMO)

build: browser
	cargo build --release --locked -p server

# The islands, the stylesheet; skipped while their sources are unchanged.
browser:
	app/build-browser

test: test-rust test-browser

# Engine, portal on SQLite and PostgreSQL, program.
test-rust: browser
	.ci/prepare postgresql strace aiosmtpd readers
	.ci/with-postgres .ci/cargo-test

# The real program in a real browser.
test-browser: build
	.ci/prepare chromium aiosmtpd
	cd end2end && npm ci --silent && RUECKLAUF_BIN=$(PROGRAM) npm test

# The faults of the tests at full size: killed 200 times on each database.
faults: browser
	.ci/prepare postgresql strace aiosmtpd
	RUECKLAUF_TEST_ROUNDS=200 .ci/with-postgres cargo test --locked -p server --test faults -- --nocapture

# Figures of the engine and of the store; never part of the tests.
bench:
	cargo bench --locked -p survey
	cargo bench --locked -p portal

# The institute's pages over 443 to a million cases, on SQLite and PostgreSQL.
scale:
	.ci/prepare postgresql
	.ci/with-postgres cargo bench --locked -p portal --bench scale
	cargo bench --locked -p server --bench pages

# 440 offices at once on SQLite, then on PostgreSQL, both safe from power cuts.
load: browser
	.ci/prepare postgresql
	cargo build --release --locked -p server --bin ruecklauf --example load
	$(LOAD)
	RUECKLAUF_TEST_DURABLE=yes .ci/with-postgres sh -c '$(LOAD) --database "$$RUECKLAUF_TEST_POSTGRES/postgres"'

# What a first visit and the next page transfer.
transfer: build
	.ci/prepare chromium
	cd end2end && npm ci --silent && RUECKLAUF_BIN=$(PROGRAM) node transfer.mjs

# Ten minutes of odd input for each reader; needs cargo-fuzz and a nightly toolchain.
fuzz:
	.ci/fuzz 600

screenshots: build
	.ci/prepare chromium
	cd end2end && npm ci --silent && RUECKLAUF_BIN=$(PROGRAM) node screenshots.mjs
