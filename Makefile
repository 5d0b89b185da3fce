# Every target sets up what it needs; `make setup` is quick when nothing changed.
.PHONY: setup system demo test test-all check bench screenshots

export OPENBLAS_NUM_THREADS = 1
BIN = .venv/bin

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt .ci/setup
	@bash .ci/setup

system:
	@bash .ci/system

demo: setup
	@bash .ci/demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check system
	$(BIN)/python -m pytest

test-all: check system .venv/conformance
	COMMONHOUR_TEST_SIZE=full $(BIN)/python -m pytest

.venv/conformance: .venv/ready
	@EXTRAS=dev,conformance bash .ci/setup
	@touch $@

bench: setup
	$(BIN)/python benchmarks/run.py

screenshots: setup system
	$(BIN)/python docs/screenshots.py
