# One command each. Every target sets up what it needs by itself: a virtual environment in .venv
# with the pinned versions of requirements-dev.txt, and AWS's Runtime Interface Emulator beside it.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DEFAULT_GOAL := help

PYTHON ?= python3
PYTHON_VERSION ?= 3.10
FUNCTION ?= response
PORT ?= 9000
VENV := .venv
BIN := $(VENV)/bin
SAM_VENV := .venv-sam
SAM_BIN := $(SAM_VENV)/bin
TEMPLATE_RULES := tests/deployment/support/template_rules
export SAM_CLI_TELEMETRY := 0
# Set up is without bytecode: each module's is kept from its first import on.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: setup  ## both functions on one machine: the tutorials' requests, their answers, a picture
	@$(BIN)/python -m local.demo --port $(PORT)

serve: setup  ## S3 and the emulator until Ctrl-C, for curl: FUNCTION=response|timewindow, PORT=9000
	@exec $(BIN)/python -m local.serve $(FUNCTION) --port $(PORT)

# What days of samples took, glibc keeps for the next ones: from the kernel it comes page by page.
test: export MALLOC_MMAP_THRESHOLD_ := 4294967296
test: export MALLOC_TRIM_THRESHOLD_ := 4294967296
test: setup  ## all tests (those on containers where a Docker engine answers)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

check: setup sam  ## lint, format and types; the template of the stack
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@# SAM validates against its own schema or, with --lint, by cfn-lint: never both at once.
	@$(SAM_BIN)/sam validate
	@$(SAM_BIN)/sam validate --lint
	@$(SAM_BIN)/cfn-lint --include-checks I --append-rules $(TEMPLATE_RULES) --template template.yaml
	@$(BIN)/python -m pytest -q tests/deployment/test_template.py

bench: setup  ## the figures of the README, measured
	@$(BIN)/python -m benchmarks.response.response_removal
	@$(BIN)/python -m benchmarks.response.gaps_and_edges --picture build/benchmarks/parameters.png
	@$(BIN)/python -m benchmarks.windows.time_windows
	@$(BIN)/python -m benchmarks.windows.window_margins
	@$(BIN)/python -m benchmarks.memory.memory_sweep

# Lambda takes a single image, and refuses the index that attestations make of it.
images: export BUILDX_NO_DEFAULT_ATTESTATIONS := 1
images:  ## both container images: PYTHON_VERSION=3.10|3.13
	docker build --build-arg PYTHON_VERSION=$(PYTHON_VERSION) -f Dockerfile.response -t response-lambda .
	docker build --build-arg PYTHON_VERSION=$(PYTHON_VERSION) -f Dockerfile.timewindow -t timewindow-lambda .

sam: $(SAM_VENV)/ready  ## AWS's SAM CLI, as .venv-sam/bin/sam

lock: setup  ## all lock files anew from the requirements*.in files; UPGRADE=1 for the newest pins
	@PATH="$(CURDIR)/$(BIN):$$PATH" image/lock $(if $(UPGRADE),--upgrade)

clean:  ## remove all that was set up or made
	rm -rf $(VENV) $(SAM_VENV) .aws-sam build output.json

setup: $(VENV)/ready

$(VENV)/ready: requirements-dev.txt requirements-emulator.txt local/setup local/make-venv
	@PYTHON="$(PYTHON)" local/setup $(VENV)

$(SAM_VENV)/ready: requirements-sam.txt local/setup-sam local/make-venv
	@PYTHON="$(PYTHON)" local/setup-sam $(SAM_VENV)

.PHONY: help demo serve test check bench images sam lock clean setup
