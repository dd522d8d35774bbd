# `make` alone lists what can be done. ARGS goes to the program behind a target: make demo ARGS="--exit --seed 7"
SHELL := bash
PYTHON := .venv/bin/python
CODE := shared services tuopin demo bench
ARGS ?=
COMPOSE ?= docker compose

.DEFAULT_GOAL := help
.PHONY: help env env-dev demo test check format lint types imports contracts house fmt lock wrk bench soak kafka up down

help: # list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: # what runs, from requirements.lock
	@deploy/bootstrap requirements.lock

env-dev: # what runs and what tests it
	@deploy/bootstrap requirements-dev.lock

demo: env ## the demonstration county: campaign, report, API pages (--exit --fresh --seed N --port N --data DIR --report FILE)
	@$(PYTHON) -m tuopin demo $(ARGS)

test: env-dev ## the whole test suite on real PostgreSQL, with a real broker where Java and Maven are found
	@$(PYTHON) -m pytest -n 2 $(ARGS)

check: format lint types imports contracts house ## all that holds without running a service

format: env-dev # check: formatting
	@$(PYTHON) -m ruff format --check .

lint: env-dev # check: lint
	@$(PYTHON) -m ruff check .

types: env-dev # check: types
	@$(PYTHON) -m mypy $(CODE)

imports: env-dev # check: who may import whom
	@.venv/bin/lint-imports

contracts: env-dev # check: event schemas and AsyncAPI document
	@$(PYTHON) -m tuopin contracts --check

house: env-dev # check: rules of the house
	@$(PYTHON) -m pytest -q tests/house

fmt: env-dev ## format, and mend what lint can mend
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

lock: # renew both lock files from pyproject.toml (needs uv)
	@uv pip compile --universal --generate-hashes --no-header -q --python-version 3.11 pyproject.toml -o requirements.lock
	@uv pip compile --universal --generate-hashes --no-header -q --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

wrk: # what the HTTP benchmarks load with; said before anything is installed
	@$(if $(filter households,$(or $(ARGS),households)),command -v wrk >/dev/null || { echo "the HTTP benchmarks need wrk: apt-get install wrk" >&2; exit 1; },:)

bench: wrk env-dev ## measure against baselines, write bench/results.json
	@$(PYTHON) -m bench $(ARGS)

soak: env-dev ## load, random kills, then an audit of what every service holds
	@$(PYTHON) -m tests.soak $(ARGS)

kafka: env ## a local Kafka broker (Java 17 and Maven)
	@$(PYTHON) -m deploy.kafka $(ARGS)

up: ## the whole platform in containers on one port
	@deploy/env
	@$(COMPOSE) up --detach --build --wait $(ARGS)

down: ## stop the containers (data stays; ARGS=--volumes removes it)
	@$(COMPOSE) down $(ARGS)
