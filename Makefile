# Two commands on a machine that has Python (3.11 or newer) and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install demo test test-spark check lock wheel release clean

help:
	@echo "make demo   set up and run everything on a synthetic Flanders of 20,000 pupils"
	@echo "make test   set up and run the whole test suite"
	@echo "make test-spark   the tests that need Spark (and Java 17)"
	@echo "make check  formatting, types and import rules"
	@echo "make release  tests, a wheel, a list of what is in it, and a look for known weaknesses"
	@echo "make lock   write requirements.lock anew from pyproject.toml"

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed: make PYTHON=python3.12 …')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install
	$(BIN)/aanboord demo

# the files in their order: the ones of a single long test are begun before the many short ones
test: install check
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

$(VENV)/.installed-spark: $(VENV)/.installed requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

test-spark: $(VENV)/.installed-spark
	$(BIN)/python -m pytest -m spark

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url \
		--no-strip-extras --no-header pyproject.toml -o requirements.lock
	$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'])" | \
		$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --constraint requirements.lock --generate-hashes \
		--no-emit-index-url --no-strip-extras --no-header --no-annotate - -o requirements-spark.lock
	rm -rf $(VENV)-lock

wheel: install
	$(BIN)/python -m build --wheel --no-isolation

# a wheel, what is in it (CycloneDX), and no library with a known weakness: one that cannot be looked up stops a release too
release: test wheel
	$(BIN)/python -m cyclonedx_py requirements requirements.lock --output-reproducible --of JSON -o dist/aanboord.sbom.json
	$(BIN)/python -m pip_audit --strict --require-hashes --disable-pip -r requirements.lock

clean:
	rm -rf $(VENV) $(VENV)-lock dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
