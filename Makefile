# What a new machine needs is Python 3.11 or later: `make demo` and `make test` make everything else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test quick check format bench generate docs lock clean

demo: $(STAMP)
	@$(BIN)/python examples/demo.py

test: $(STAMP)
	$(BIN)/pytest -n 2 --dist loadgroup

quick: $(STAMP)
	$(BIN)/pytest -q -m "not slow and not parts and not live"

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -p unknot
	$(BIN)/mypy tests benchmarks examples/demo.py docs/build.py
	$(BIN)/lint-imports
	$(MAKE) quick

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python benchmarks/scale.py --json
	$(BIN)/python benchmarks/shared_ledgers.py --json
	$(BIN)/python benchmarks/refresh.py --json

generate: $(STAMP)
	$(BIN)/python -m unknot.providers.declared.generate

docs: $(STAMP) generate
	$(BIN)/python docs/build.py

lock:
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--all-extras --group dev --python-version 3.11 --quiet pyproject.toml -o requirements/dev.lock

$(STAMP): requirements/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
