# `make` lists the commands. Everything is installed into $(VENV); nothing outside the folder is
# touched except system libraries, and those only when run as root on a system with apt-get.

VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
# Where bytecode is not written every start pays for compiling again.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONHOME

# A set-up is done once per content of the pinned requirements: the stamp's name is their hash.
stamp = $(VENV)/.$(1)-$(shell cat requirements-setup.txt requirements.txt $(2) | cksum | cut -d' ' -f1)
RUN_READY := $(call stamp,run)
DEV_READY := $(call stamp,dev,requirements-dev.txt)

# $(call system,LOADS,PACKAGES): fine if the shell command LOADS succeeds; otherwise Debian's PACKAGES
# are installed where that is allowed, and named where it is not.
define system
@( $(1) ) >/dev/null 2>&1 || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing system packages: $(2)"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get install -y -qq --no-install-recommends $(2) >/dev/null 2>&1 \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2) >/dev/null; }; \
	else \
		echo "Some system packages are missing. Install them and run make again:"; \
		echo "    sudo apt-get install $(2)"; \
		echo "(other systems: the packages that bring the same libraries and programs)"; \
		exit 1; \
	fi; }
endef

PDF_LOADS = $(BIN)/python -W error -c 'import weasyprint.text.ffi'
PDF_PACKAGES = libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_LOADS = { command -v chromium || command -v google-chrome; } && command -v pdftotext \
	&& { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
TEST_PACKAGES = chromium poppler-utils postgresql

.DEFAULT_GOAL := help
.PHONY: help run test check lint types bench chaos simulate journey proof conformance lock format translations compiled-translations siege spoiled leaks canaries sbom licences

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(RUN_READY) compiled-translations ## set everything up, start it, say where it is and who may sign in
	@$(BIN)/python -m workflows.jobs.supervisor

PYTEST = $(BIN)/python -m pytest -n auto --dist loadgroup

test: $(DEV_READY) compiled-translations ## run all tests, then those of the database on PostgreSQL (ARGS="-k …" goes to pytest)
	$(PYTEST) $(ARGS)
	$(PYTEST) --database postgresql $(ARGS) || [ $$? = 5 ] # 5: what was asked for needs no database

check: lint types test ## format, lint, types, import rules, translations complete, then the tests

lint: $(DEV_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m tests.architecture.translations check
	$(BIN)/bandit --quiet --recursive --severity-level medium app workflows config.py wsgi.py

types: $(DEV_READY)
	$(BIN)/mypy

bench: $(DEV_READY) compiled-translations ## the benchmarks, as ratios against floors measured in the same run
	$(BIN)/python -m tests.bench

chaos: $(DEV_READY) compiled-translations ## three minutes of killing what runs while people complain (ARGS="--minutes 30", --help)
	$(BIN)/python -m tests.chaos $(ARGS)

simulate: $(DEV_READY) compiled-translations ## thirty days at the desk, 10,000 times anew (EXAMPLES=50000 for more)
	HENG_EXAMPLES=$(or $(EXAMPLES),10000) $(PYTEST) tests/simulation $(ARGS)

conformance: $(DEV_READY) compiled-translations ## schemathesis against the OpenAPI document, as five readers (ARGS="--examples 100 --seed 7")
	$(BIN)/python -m tests.attacks.conformance $(ARGS)

spoiled: $(DEV_READY) compiled-translations ## 5,000 spoiled mails and 5,000 spoiled bodies the whole way; figures and a verdict
	MAILS_THE_WHOLE_WAY=5000 BODIES_THE_WHOLE_WAY=5000 $(BIN)/python -m pytest -q -s -k spoiled \
		tests/attacks/test_email.py tests/attacks/test_spoiled_bodies.py $(ARGS)

siege: $(DEV_READY) compiled-translations ## slow senders and a million guesses against a running system; figures and a verdict (ARGS="--guesses 20000")
	$(BIN)/python -m tests.attacks.siege $(ARGS)

leaks: $(DEV_READY) compiled-translations ## 300 synthetic cases through the leak gate, everything public searched for them (ARGS="--cases 20")
	$(BIN)/python -m tests.notices.leak_trial $(ARGS)

canaries: $(DEV_READY) compiled-translations ## 100 people through every channel, half of them erased: nothing of those may be found anywhere (ARGS="--people 20")
	$(BIN)/python -m tests.attacks.canaries $(ARGS)

sbom: $(DEV_READY) ## write what the product is made of as CycloneDX: out/sbom.json
	@mkdir -p out
	$(BIN)/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml --of JSON -o out/sbom.json $(BIN)/python

licences: $(DEV_READY) ## list the licences of what is installed: docs/licences.md
	$(BIN)/python -m tests.architecture.supply licences

journey: $(DEV_READY) compiled-translations ## drive the whole way in a real browser; PDFs and pictures go to out/journey
	$(BIN)/python -m pytest tests/browser/test_whole_way.py --journey out/journey $(ARGS)

proof: $(DEV_READY) ## check offline what the journey kept, then with one byte changed in file, vote, clock and draw
	$(BIN)/python -m tests.browser.proof out/journey

format: $(DEV_READY) ## put code in its one format, fix what can be fixed safely
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

translations: $(DEV_READY) ## bring the catalogues in line with the code, say what is missing (ROOMS="desk …" for some)
	$(BIN)/python -m tests.architecture.translations update $(ROOMS)
	$(BIN)/python -m tests.architecture.translations check $(ROOMS)

compiled-translations:
	@$(BIN)/python -m tests.architecture.translations compile

LOCK = $(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --universal $(ARGS)

lock: $(RUN_READY) ## pin what requirements*.in ask for, with hashes (ARGS=--upgrade for newer versions)
	$(LOCK) requirements-setup.in -o requirements-setup.txt
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

# uv reads its own settings and not pip's, so an index that only pip was told of is passed on. Where uv
# cannot reach an index that pip can, pip does the same work more slowly.
define install
	@index=$${UV_DEFAULT_INDEX:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	export VIRTUAL_ENV="$(abspath $(VENV))"; \
	$(BIN)/uv pip install --quiet --require-hashes --compile-bytecode $(foreach file,$(1),-r $(file)) \
	|| $(BIN)/python -m pip install --quiet --require-hashes $(foreach file,$(1),-r $(file))
endef

$(RUN_READY):
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Heng needs Python 3.11 or newer; name one with PYTHON=…")'
	$(call system,$(PYTHON) -c 'import ensurepip',python3-venv)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	@$(BIN)/python -m pip uninstall --quiet --yes setuptools # Python 3.11 brings it; its hook slows every import
	$(call install,requirements.txt)
	$(call system,$(PDF_LOADS),$(PDF_PACKAGES))
	@rm -f $(VENV)/.run-* $(VENV)/.dev-*
	@touch $@

$(DEV_READY): $(RUN_READY)
	@echo "Setting up what tests need …"
	$(call install,requirements.txt requirements-dev.txt)
	$(call system,$(TEST_LOADS),$(TEST_PACKAGES))
	@rm -f $(VENV)/.dev-*
	@touch $@
