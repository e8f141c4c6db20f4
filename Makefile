# Four commands: `make parity`, `make test`, `make docs`, `make bench`. Each sets up .venv first, and does nothing twice.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3.11
SOURCES := $(shell find tfimpl torchimpl parity -name '*.py' -o -name py.typed -o -name '*.html' -o -name table.json) README.md LICENSE

# tensorflow-cpu is built for Linux on x86-64 only; it owns the same files as tensorflow, so that it is one or the other.
ifeq ($(shell uname -sm),Linux x86_64)
TENSORFLOW := tf-cpu
else
TENSORFLOW := tf
endif

.PHONY: parity test docs bench lint clean

parity: $(VENV)/.installed
	$(BIN)/parity run

# The tests see the installed wheel: pytest itself puts nothing of the checkout on the path.
test: $(VENV)/.installed lint
	$(BIN)/pytest --numprocesses 2 --dist worksteal

# Strict: a link that leads nowhere is an error (but not with --quiet, which keeps warnings from being counted).
# The site is then build/site/index.html; nothing is fetched.
docs: $(VENV)/.installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

# Against PyTorch, torchmetrics, torcheval and Keras on both backends: build/benchmarks/benchmarks.md, .json and .svg.
# Parts with `make bench ONLY='--only losses.Huber'`.
bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks $(ONLY)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.installed: $(VENV)/.dependencies $(SOURCES)
	rm -rf $(VENV)/wheel
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(VENV)/wheel .
	$(BIN)/pip install --quiet --no-deps --force-reinstall $(VENV)/wheel/*.whl
	touch $@

# Dependencies alone, from the metadata: the package itself comes as a wheel.
$(VENV)/.dependencies: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -c constraints.txt hatchling
	$(BIN)/pip install --quiet -c constraints.txt --no-build-isolation '.[torch,$(TENSORFLOW),parity,peers,test,docs]'
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .parity
