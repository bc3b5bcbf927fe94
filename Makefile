# What a new machine needs is Python 3.11 or later: `make demo` and `make test` make everything else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

ENGINES := airflow ray spark
# Engines that need an environment of their own: their tests run in it, `make test-ray`. Each is made from a lock, once.

# A run on Spark takes a quarter of a minute to start; what its driver then decides is tested on Dask and Ray.
# `make test-spark PYTEST_spark=` runs all of it.
PYTEST_spark := -m "not coordination"

.PHONY: demo test test-main quick check format bench generate docs lock clean $(ENGINES:%=test-%)

demo: $(STAMP)
	@$(BIN)/python examples/demo.py

test: test-main
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target $(ENGINES:%=test-%)

test-main: $(STAMP)
	$(BIN)/pytest -n 2 --dist loadgroup

$(ENGINES:%=test-%): test-%: .venvs/%/.installed
	.venvs/$*/bin/python -m pytest --environment $* $(PYTEST_$*) tests/contract/test_engine.py tests/providers/$* \
		tests/examples/test_flights_engines.py

quick: $(STAMP)
	$(BIN)/pytest -q -m "not slow and not parts and not live"

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -p unknot
	$(BIN)/mypy tests benchmarks examples/demo.py examples/migration/migrate.py examples/lakehouse/tour.py docs/build.py
	$(BIN)/lint-imports
	$(MAKE) quick

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) .venvs/ray/.installed
	$(BIN)/python benchmarks/scale.py --json
	$(BIN)/python benchmarks/shared_ledgers.py --json
	$(BIN)/python benchmarks/refresh.py --json
	$(BIN)/python benchmarks/engine_overhead.py dask --json
	.venvs/ray/bin/python benchmarks/engine_overhead.py ray --json

generate: $(STAMP)
	$(BIN)/python -m unknot.providers.declared.generate

docs: $(STAMP) generate
	$(BIN)/python docs/build.py

COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	--python-version 3.11 --quiet

# Only when asked for: files of a fresh clone have no order in time.
lock: $(ENGINES:%=lock-%)
	$(COMPILE) --extra all --extra azure-ml --group dev pyproject.toml -o requirements/dev.lock

lock-%:
	$(COMPILE) --extra $* --extra pandas --extra sklearn --extra lock pyproject.toml requirements/engines/$*.in \
		-o requirements/engines/$*.lock

.venvs/%/.installed: requirements/engines/%.lock $(STAMP)
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venvs/$*
	$(BIN)/uv pip sync --quiet --compile-bytecode --python .venvs/$*/bin/python $<
	$(BIN)/uv pip install --quiet --python .venvs/$*/bin/python --no-deps --editable .
	touch $@

$(STAMP): requirements/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) .venvs dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
