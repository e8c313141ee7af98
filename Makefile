# qapigen: `make` sets up .venv and compiles schema/ to generated/; `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What was installed, and for which pyproject.toml.
READY := $(VENV)/.installed
# Workers that run tests: as many as there are cores, or e.g. `make test JOBS=0` for none.
JOBS ?= auto
# More arguments for pytest: `make test ARGS="-k writer -x"`.
ARGS ?=

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all setup generate test check lint types current fuzz bench format clean distclean help

all: generate ## set up .venv and compile schema/ to generated/ (default)

setup: $(READY) ## make .venv with everything that development needs

$(READY): pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'qapigen needs Python 3.11 or newer; name one: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'Python cannot make virtual environments here. On Debian: apt-get install python3-venv' >&2; \
	  exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

generate: $(READY) ## compile schema/ to generated/
	$(BIN)/qapigen schema/ -o generated/

test: $(READY) ## run the whole test suite
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: lint types current test ## what CI runs: lint, types, generated is current, tests

lint: $(READY) ## style and common mistakes
	$(BIN)/black --quiet --check --diff qapigen runtime tests benchmarks hatch_build.py generated
	$(BIN)/ruff check --quiet

types: $(READY) ## mypy --strict and pyright over everything
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python --warnings

current: $(READY) ## is generated/ what schema/ gives?
	$(BIN)/qapigen schema/ -o generated/ --check

fuzz: $(READY) ## all mutants of the schemas, random bytes and random schemas; some minutes
	$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(READY) ## speed and memory; QEMU_SRC=... compares with QEMU's own generator
	@for bench in benchmarks/*.py; do \
	  case $$bench in */_*) ;; *) echo "== $$bench"; $(BIN)/python $$bench || exit 1;; esac; \
	done

format: $(READY) ## lay out the code
	$(BIN)/ruff check --quiet --fix-only
	$(BIN)/black --quiet qapigen runtime tests benchmarks hatch_build.py

clean: ## remove what tools left behind, .venv apart
	rm -rf build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove .venv, too
	rm -rf $(VENV)

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS="$$(printf '\t')" read -r target what; do printf '  %-10s %s\n' "$$target" "$$what"; done
