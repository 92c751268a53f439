# Each target does all its own set-up; a second run installs nothing again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
BENCH_STAMP := $(VENV)/.installed-bench
REGISTER ?= register
# What was compiled once is not compiled again by each program of a run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test suite test-real test-install quick lint system wheel glossary pictures deep mutate fuzz faults layout bench bench-large canary carry carried clean

demo: $(STAMP) ## set up, make the demo register, open the screen (without a terminal: tell the walk)
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/duban demo $(REGISTER) && exec $(BIN)/duban --register $(REGISTER) --as BGS.clerk1; \
	else $(BIN)/duban demo $(REGISTER) --walk; fi

test: $(TEST_STAMP) system ## set up, check style and types, run every test but those on real programs
	@$(MAKE) --no-print-directory -j2 lint suite

suite: $(TEST_STAMP)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not e2e"

test-real: $(TEST_STAMP) system ## run the tests on real programs: sshd, stock Git, LibreOffice, tmux, ptys, disks whose power is cut, processes that are killed
	$(BIN)/python -m pytest -n 2 --dist worksteal -m e2e

test-install: wheel carried ## what is handed over: the wheel in an environment of its own, the archive installed with the network off

quick: $(TEST_STAMP) lint ## the daily loop: style, types, acts, rules, schema, rooms, pages; no screens, no documents, no real programs
	$(BIN)/python -m pytest -n 2 tests/test_layers.py tests/test_regulation_map.py tests/test_docs.py tests/schema tests/desk/test_columns.py \
	    tests/records/test_acts.py tests/records/test_acts_more.py tests/records/test_acts_mended.py tests/records/test_duties.py \
	    tests/records/test_shape.py tests/records/test_workdays.py tests/records/test_prose.py

wheel: $(TEST_STAMP) ## build the wheel, install it into a fresh environment and use it away from here
	@sh tests/wheel $(BIN)/python

glossary: $(STAMP) ## write docs/glossary.md anew from the schemas and the acts
	PYTHONPATH=. $(BIN)/python docs/glossary.py

pictures: $(TEST_STAMP) system ## paint the screens that the guides show, as the tests of the screens come by them
	DUBAN_SNAPSHOTS=pictures $(BIN)/python -m pytest -q -n 2 tests/tui/test_app_*.py

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

system:
	@sh tests/system-packages

deep: $(TEST_STAMP) ## a hundred thousand random acts
	DUBAN_DEEP=100000 $(BIN)/python -m pytest tests/records/test_machine.py

mutate: $(TEST_STAMP) ## take each gate away, turn each comparison, exchange each role once and see the tests fail; again goes on (MUTATE=--help)
	$(BIN)/python -m tests.mutation $(MUTATE)

fuzz: $(TEST_STAMP) ## give every reader of foreign bytes what nobody would write, two hours in all; again goes on (FUZZ=--help)
	$(BIN)/python -m tests.fuzz $(FUZZ)

faults: $(TEST_STAMP) ## let everything go wrong that can while an office acts, thousands of times; again goes on (FAULTS=--help)
	$(BIN)/python -m tests.faults $(FAULTS)

layout: $(TEST_STAMP) system ## measure the rendered documents against the standard, and count the sides of a thousand of them
	$(BIN)/python tests/e2e/measuring.py
	DUBAN_SIDES=1000 $(BIN)/python -m pytest -n 2 tests/e2e/test_sides_rendered.py

canary: ## run the suite on the newest Textual and the newest of every dependency, and say which of them breaks what
	@$(PYTHON) tests/canary.py $(TESTS)

carry: $(STAMP) ## pack one archive for a network without a registry: Python 3.11 to 3.13 on x86_64 and aarch64, with its installer
	@$(BIN)/python carry/pack.py --wheels build/wheels --to build

carried: $(STAMP) ## pack it for this machine alone, install it with the network off and use it
	@sh tests/carry $(BIN)/python

bench: $(BENCH_STAMP) ## ask every question of docs/performance.md again; at the end it says which answers are not what was asked for
	@missed=; BENCH_AT=$$(mktemp -d /dev/shm/duban-bench-XXXXXX); export BENCH_AT; trap 'rm -rf "$$BENCH_AT"' EXIT; trap 'exit 130' INT TERM; \
	begun=$$(date +%s); for each in bench/*.py; do \
	    from=$$(date +%s); echo "== $$each"; $(BIN)/python $$each || missed="$$missed $$each"; echo "== $$each: $$(($$(date +%s) - from)) s"; \
	done; echo "== all: $$(($$(date +%s) - begun)) s"; \
	if [ -n "$$missed" ]; then echo "not reached, or broken off:$$missed"; exit 1; fi

bench-large: $(BENCH_STAMP) ## ask of a million matters and of ten years of an office, hours and 40 GB in LARGE; again goes on (build/large)
	$(BIN)/python bench/large/questions.py --at $(or $(LARGE),build/large)

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
	rm -rf $(VENV) .venv-canary .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
