# Each target first sets up its tools: a virtual environment in .venv with the versions pinned in
# requirements-dev.txt, and AWS's Runtime Interface Emulator in it.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DEFAULT_GOAL := help

PYTHON ?= python3
PYTHON_VERSION ?= 3.10
ARCHIVE ?= demo
FUNCTION ?=
PORT ?= 9000
HTTP_PORT ?=
RESULTS ?= build/results
DAY ?=
NSCL ?=
CASES ?= 100000
INVOCATIONS ?= 2000
SEED ?= 1
MUTANTS ?= *mutmut_*3
SERVED = --archive "$(ARCHIVE)" --port "$(PORT)" --results "$(RESULTS)"
VENV := .venv
BIN := $(VENV)/bin
SAM_VENV := .venv-sam
SAM_BIN := $(SAM_VENV)/bin
AUDIT_VENV := .venv-audit
CLIENTS_VENV := .venv-clients
MUTATION_VENV := .venv-mutation
MUTATION := build/mutation
TEMPLATE_RULES := tests/deployment/support/template_rules
export SAM_CLI_TELEMETRY := 0
# The set-up compiles nothing: Python keeps a module's bytecode from its first import.
unexport PYTHONDONTWRITEBYTECODE

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: setup  ## run both functions on this machine with the tutorials' requests, and draw a picture
	@$(BIN)/python -m local.demo --port $(PORT)

try: setup  ## correct and draw a day of ARCHIVE=demo|scedc-pds|FOLDER; or that of DAY= and NSCL=
	@$(BIN)/python -m local.try_out $(SERVED) --day "$(DAY)" --nscl "$(NSCL)"

serve: setup  ## serve functions, HTTP and S3 until Ctrl-C: ARCHIVE=demo|scedc-pds|FOLDER, PORT=9000
	@exec $(BIN)/python -m local.serve $(SERVED) --http-port "$(HTTP_PORT)" --function "$(FUNCTION)"

# glibc keeps freed memory for the next day's samples: the kernel would hand it out page by page.
test: export MALLOC_MMAP_THRESHOLD_ := 4294967296
test: export MALLOC_TRIM_THRESHOLD_ := 4294967296
test: setup  ## run all tests; the first lines say how long that takes, and which are skipped
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

check: setup sam  ## check style, format and types, and the stack's template
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@# SAM validates against its own schema or, with --lint, by cfn-lint: never both at once.
	@$(SAM_BIN)/sam validate
	@$(SAM_BIN)/sam validate --lint
	@$(SAM_BIN)/cfn-lint --include-checks I --append-rules $(TEMPLATE_RULES) --template template.yaml
	@$(BIN)/python -m pytest -q tests/test_prose.py tests/deployment/test_template.py \
		tests/deployment/test_dockerfiles.py tests/pages/test_security.py

bench: setup  ## measure the pages' figures; needs a Docker engine for the last ones
	@$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m benchmarks.response.gap_picture build/benchmarks/gap.png
	@$(BIN)/python -m benchmarks.response.gaps_and_edges --picture build/benchmarks/parameters.png
	@$(BIN)/python -m benchmarks.windows.against_tutorial
	@$(BIN)/python -m benchmarks.windows.margins
	@$(BIN)/python -m benchmarks.memory.sweep

fuzz: setup  ## try CASES=100000 damaged objects, metadata and events, drawn from SEED=1
	@$(BIN)/python -m tests.fuzz --cases $(CASES) --seed $(SEED)

soak: setup  ## run INVOCATIONS=2000 mixed ones in one process: memory flat, answers as a fresh one's
	@$(BIN)/python -m tests.soak --invocations $(INVOCATIONS) --seed $(SEED)

# In a copy, as mutmut writes its own beside the code.
mutate: $(MUTATION_VENV)/ready  ## change the code, and list the changes that no test notices: MUTANTS=pattern
	@rm -rf $(MUTATION) && mkdir -p $(MUTATION)
	@git ls-files -z | xargs -0 cp --parents -t $(MUTATION)
	@cd $(MUTATION) && $(CURDIR)/$(MUTATION_VENV)/bin/mutmut run $(foreach pattern,$(MUTANTS),'$(pattern)')
	@cd $(MUTATION) && $(CURDIR)/$(MUTATION_VENV)/bin/mutmut results

# Attestations would turn the image into an image index, which Lambda refuses.
images: export BUILDX_NO_DEFAULT_ATTESTATIONS := 1
images:  ## build both container images: PYTHON_VERSION=3.10|3.13
	docker build --build-arg PYTHON_VERSION=$(PYTHON_VERSION) -f Dockerfile.response -t response-lambda .
	docker build --build-arg PYTHON_VERSION=$(PYTHON_VERSION) -f Dockerfile.timewindow -t timewindow-lambda .

sam: $(SAM_VENV)/ready  ## install AWS's SAM CLI as .venv-sam/bin/sam

clients: $(CLIENTS_VENV)/ready  ## install Pyrocko and Schemathesis, whose tests are skipped without

# Installs Chromium, Node.js and npm as well, as root on Debian.
browser:  ## install the page that asks the FDSN services in Chromium
	@local/setup-browser build/browser

audit:  ## look the functions' locked packages up in the database of known vulnerabilities
	@$(PYTHON) -m local.audit $(AUDIT_VENV)

lock: setup  ## write the lock files from requirements*.in; UPGRADE=1 takes the newest versions
	@PATH="$(CURDIR)/$(BIN):$$PATH" image/lock $(if $(UPGRADE),--upgrade)

clean:  ## remove everything that these targets made, but the results of make serve and make try
	rm -rf $(VENV) $(SAM_VENV) $(AUDIT_VENV) $(CLIENTS_VENV) $(MUTATION_VENV) .aws-sam output.json
	rm -rf $(filter-out build/results,$(wildcard build/*))

setup: $(VENV)/ready

$(VENV)/ready: requirements-dev.txt requirements-emulator.txt local/setup local/make-venv
	@PYTHON="$(PYTHON)" local/setup $(VENV)

$(SAM_VENV)/ready: requirements-sam.txt local/setup-sam local/make-venv
	@PYTHON="$(PYTHON)" local/setup-sam $(SAM_VENV)

$(AUDIT_VENV)/ready: requirements-audit.txt local/make-venv
	@PYTHON="$(PYTHON)" local/make-venv $(AUDIT_VENV) requirements-audit.txt
	@touch $@

$(CLIENTS_VENV)/ready: requirements-clients.txt local/make-venv
	@PYTHON="$(PYTHON)" local/make-venv $(CLIENTS_VENV) requirements-clients.txt
	@touch $@

$(MUTATION_VENV)/ready: requirements-mutation.txt local/make-venv
	@PYTHON="$(PYTHON)" local/make-venv $(MUTATION_VENV) requirements-mutation.txt
	@touch $@

.PHONY: help demo try serve test check bench fuzz soak mutate images sam clients browser audit lock clean setup
