# make demo [REPO=path]   install into .venv and look at a repository (default: this one)
# make test               all tests, in .venv-dev
# make check              what CI runs: format, lint, types, floors, tests
# make bench [REPO=path]  speed on a repository, beside the floor; more in benchmarks/README.md
# make lock               write constraints.txt anew
# make clean              remove environments, builds and caches of this checkout

PYTHON ?= python3
REPO ?= .
USER_VENV := .venv
DEV_VENV := .venv-dev
IN_DEV := $(DEV_VENV)/bin/
TEST_JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench lock clean

help:
	@sed -n 's/^# make/make/p' Makefile

$(USER_VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(USER_VENV)
	$(USER_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV_VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DEV_VENV)
	$(IN_DEV)python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,model,mcp]'
	@touch $@

demo: $(USER_VENV)/installed
	$(USER_VENV)/bin/codeagent analyze "$(REPO)"

test: $(DEV_VENV)/installed
	$(IN_DEV)python -m pytest -n $(TEST_JOBS)

check: $(DEV_VENV)/installed
	$(IN_DEV)ruff format --check .
	$(IN_DEV)ruff check .
	$(IN_DEV)mypy
	$(IN_DEV)lint-imports --no-cache
	$(IN_DEV)python -m pytest -n $(TEST_JOBS)

format: $(DEV_VENV)/installed
	$(IN_DEV)ruff format .
	$(IN_DEV)ruff check --fix .

bench: $(DEV_VENV)/installed
	$(IN_DEV)python benchmarks/speed.py "$(REPO)"

# litellm is held at the release whose tool calls were tried.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --dry-run --report .venv-lock/report.json \
	    '.[all,dev]' 'litellm==1.102.4'
	$(PYTHON) .ci/lock.py < .venv-lock/report.json > constraints.txt
	rm -rf .venv-lock

clean:
	rm -rf $(USER_VENV) $(DEV_VENV) .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
