# The commands of this project; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check bench reset lock install install-dev

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(BIN)/python -m singlewindow.runtime

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "  Variables: PORT (8000), CSW_HOME (var), DATABASE_URL, REDIS_URL; for example make run PORT=8001 CSW_HOME=var-2"

run: install ## Install what is missing, then run everything in the foreground; Ctrl-C stops it
	@exec $(RUNTIME) run

test: install-dev ## The gate, then every test, browser tests included
	@$(RUNTIME) browser
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m singlewindow.runtime.testing

check: install-dev ## The gate alone: ruff, mypy, import-linter, migrations, OpenAPI
	@$(BIN)/python -m singlewindow.runtime.gate

bench: install-dev ## Measure ours against its limit; one JSON object a line
	@$(BIN)/python -m benchmarks

reset: install ## Empty the embedded data of CSW_HOME
	@$(RUNTIME) reset

lock: install-dev ## Resolve the libraries of pyproject.toml anew into the two lock files
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make run PYTHON=python3.12"; exit 1; }
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing (Debian, Ubuntu: apt-get install python3-venv)."; exit 1; }

# A stamp holds the checksum of the lock it was installed from: an unchanged lock costs no time, a changed one is
# noticed whatever the dates of the files say.
$(VENV)/.installed: $(VENV)/bin/python requirements.lock
	@$(BIN)/python singlewindow/runtime/install.py requirements.lock $@

$(VENV)/.installed-dev: $(VENV)/bin/python requirements-dev.lock
	@$(BIN)/python singlewindow/runtime/install.py requirements-dev.lock $@
