# Two commands do everything on a machine with Rust and Node: `make run`, `make test`.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/ruecklauf/target
PROGRAM := $(CARGO_TARGET_DIR)/release/ruecklauf
DEMO ?= ruecklauf-demo

.PHONY: run build browser test test-rust test-browser bench screenshots

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
	.ci/prepare postgresql
	.ci/with-postgres .ci/cargo-test

# The real program in a real browser.
test-browser: build
	.ci/prepare chromium
	cd end2end && npm ci --silent && RUECKLAUF_BIN=$(PROGRAM) npm test

# Figures of the engine; never part of the tests.
bench:
	cargo bench --locked -p survey

screenshots: build
	.ci/prepare chromium
	cd end2end && npm ci --silent && RUECKLAUF_BIN=$(PROGRAM) node screenshots.mjs
