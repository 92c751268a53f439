# Each target does all its own set-up; a second run installs nothing again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
BENCH_STAMP := $(VENV)/.installed-bench
REGISTER ?= register

.PHONY: demo test lint system deep mutate layout bench clean

demo: $(STAMP) ## set up, make the demo register, open the screen (without a terminal: tell the walk)
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/duban demo $(REGISTER) && exec $(BIN)/duban --register $(REGISTER) --as BGS.clerk1; \
	else $(BIN)/duban demo $(REGISTER) --walk; fi

test: $(TEST_STAMP) lint system ## set up, check style and types, run every test
	$(BIN)/python -m pytest -n 2

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

system:
	@sh tests/system-packages

deep: $(TEST_STAMP) ## a hundred thousand random acts
	DUBAN_DEEP=100000 $(BIN)/python -m pytest tests/records/test_machine.py

mutate: $(TEST_STAMP) ## take each gate of the acts away once and see the tests fail
	$(BIN)/python tests/mutation.py

layout: $(TEST_STAMP) system ## measure the rendered documents against the standard
	$(BIN)/python tests/e2e/measuring.py

bench: $(BENCH_STAMP)
	@for each in bench/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { echo "缺少 python3-venv：请先运行 apt-get install python3-venv"; exit 1; }

$(STAMP): pyproject.toml requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_STAMP): $(STAMP) requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

$(BENCH_STAMP): $(TEST_STAMP) requirements-bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
