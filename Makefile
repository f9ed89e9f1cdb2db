# Two commands for people: `make demo` shows the whole loop, `make test` runs every check.
# The rest are parts of the second.

PYTHON ?= python3
DEV := .venv
DEMO := .venv-demo
RUN := $(DEV)/bin

.PHONY: help demo test check lint types imports unit coverage smoke docs conformance clean

help:
	@echo "make demo   install pkm as a user would, and run the whole loop on sample feeds, offline"
	@echo "make test   install pkm with its development packages, and run all checks and tests"

demo: $(DEMO)/installed
	@$(DEMO)/bin/pkm demo

test: $(DEV)/installed check smoke unit

check: lint types imports docs

lint: $(DEV)/installed
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .

types: $(DEV)/installed
	$(RUN)/mypy

imports: $(DEV)/installed
	$(RUN)/lint-imports

docs: $(DEV)/installed
	$(RUN)/python docs/make_reference.py --check

# The installed package must start without a single development package.
smoke: $(DEMO)/installed
	$(DEMO)/bin/pkm --version
	$(DEMO)/bin/pkm --help >/dev/null
	$(DEMO)/bin/pkm demo --quiet

unit: $(DEV)/installed
	$(RUN)/python -m pytest

# Tracing every branch takes as long again, so it is a command of its own.
coverage: $(DEV)/installed
	$(RUN)/coverage erase
	$(RUN)/coverage run -m pytest
	$(RUN)/coverage combine --quiet
	$(RUN)/coverage report

# How far we agree with other projects' expectations of the same real files (needs the corpus).
conformance: $(DEV)/installed
	@cd tests && ../$(RUN)/python -m conformance

$(DEV)/installed: pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(RUN)/python -m pip install --quiet --disable-pip-version-check $$($(RUN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"])')
	@touch $@

$(DEMO)/installed: pyproject.toml $(shell find src -type f 2>/dev/null | grep -v __pycache__)
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check .
	@touch $@

clean:
	rm -rf $(DEV) $(DEMO) build dist
