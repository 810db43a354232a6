# Everything a developer or an operator of one machine runs. `make help` lists it.

PYTHON ?= python3
PORT   ?= 8780
DATA   ?= var/demo
NAME   ?=
VENV   := .venv/bin
PYTEST := $(VENV)/python -m pytest
# Tests that start no process of ours run on both cores; the others have the machine to themselves, as a user's would.
FAST   := not fault and not fuzz and not process and not browser

.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz fault format lock setup setup-dev system docs clean

help: ## list these goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up, then compose, deliver and play the demo (PORT=8780 DATA=var/demo)
	@$(VENV)/antiphon demo --data $(DATA) --port $(PORT)

test: setup-dev system ## set up, then run the whole test suite
	$(PYTEST) -n 2 --dist loadfile -q -m "$(FAST)"
	$(PYTEST) -q -m "(process or browser) and not fault and not fuzz"

check: setup-dev ## format, lint, types, import contracts and the quick tests: before every commit
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache
	$(PYTEST) -n 2 --dist loadfile -q -m "$(FAST) and not slow"

bench: setup-dev ## run the benchmarks, or one with NAME=... (matching: of a file with DATA=...); writes bench/results/latest.json
	@scripts/system bench
	$(VENV)/python -m bench $(NAME) $(if $(filter command line,$(origin DATA)),--data $(DATA))

fuzz: setup-dev ## long runs on generated and mutated input
	$(PYTEST) -n 2 -m fuzz

fault: setup-dev ## long runs that kill, fill and cut
	@scripts/system fault
	$(PYTEST) -m fault

format: setup-dev ## format and fix what a machine can fix
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

docs: setup-dev ## write the generated pages of docs/ again
	$(VENV)/python -m scripts.generate_docs

lock: setup-dev ## resolve the dependencies again into requirements/*.lock
	@scripts/lock

setup: # what `antiphon` needs, into .venv
	@$(PYTHON) scripts/bootstrap run

setup-dev: # what tests and checks need, into .venv
	@$(PYTHON) scripts/bootstrap dev

system: # Debian parts of the tests
	@scripts/system test

clean: ## remove the environment and every cache (the demo's data in var/ stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
