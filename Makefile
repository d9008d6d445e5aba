# Two words to remember: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# Microsoft's own packages, which judge what is sent to Teams; tests say so where npm is missing.
JUDGES := tests/teams/node_modules/.installed
PLAYGROUND := teams/playground/node_modules/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test setup develop check words bench soak lock teams-package teams-playground

run: setup  ## Serve the page on this machine.
	$(BIN)/python -m bot serve

test: develop  ## Run every test.
	$(BIN)/python -m pytest

setup: .venv/.run  ## Make .venv with what the desk needs.

develop: .venv/.develop $(JUDGES)  ## Add what tests, checks and fitting need.

check: develop  ## Style, types, floors, knowledge and words.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy bot intents knowledge tests $(wildcard bench)
	$(BIN)/lint-imports
	$(BIN)/python -m bot knowledge check
	$(BIN)/python -m bot words check

words: develop  ## Fit the second opinion after words or examples have changed.
	$(BIN)/python -m bot words fit

bench: develop  ## Time and accuracy beside what one would use instead.
	$(BIN)/python -m bench

soak: develop  ## The long versions of tests.
	SOAK=1 $(BIN)/python -m pytest

lock: develop  ## Write the lock files anew.
	$(BIN)/pip-compile -q --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --generate-hashes --no-strip-extras --allow-unsafe -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --generate-hashes --no-strip-extras --allow-unsafe --extra dev -o requirements-dev.txt pyproject.toml

teams-package: setup  ## Pack the Teams app for the app id in the environment.
	$(BIN)/python -m bot manifest teams --package var/privacy-desk-teams.zip

teams-playground: setup $(PLAYGROUND)  ## Try the Teams channel on this machine, in Microsoft's Agents Playground.
	teams/playground/start

.venv/.run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements.txt
	touch $@

.venv/.develop: requirements-dev.txt .venv/.run
	$(BIN)/pip install -q --require-hashes -r requirements-dev.txt
	touch $@

$(JUDGES): tests/teams/package-lock.json
	if command -v npm >/dev/null; then cd tests/teams && npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules/.installed; fi

$(PLAYGROUND): teams/playground/package-lock.json
	cd teams/playground && npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules/.installed
