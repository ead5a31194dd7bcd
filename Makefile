# Needs make and Python 3.11 or later, nothing else.
#
#   make test    the virtual environment, then every test
#   make check   ruff, mypy --strict, the floors
#   make site    the documentation as a site, in site/; a broken link is an error
#   make demo    the whole way on people who do not exist: simulate, train, evaluate, explain
#   make weights PORTRAITS=manifest.csv    the shipped models anew (docs/data-card.md says of what)
#
# Then `. .venv/bin/activate` puts the command spooftrace on the PATH of this shell.
#
# torch is installed first and pinned, because on Linux the open range of pyproject.toml takes the
# newest build with several gigabytes of CUDA libraries. TORCH is handed to `pip install` as it is:
#   a CPU build    make test TORCH='torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu'
#   a CUDA build   make test TORCH='torch==2.13.0 --index-url https://download.pytorch.org/whl/cu130'
#   the newest     make test TORCH='torch'
TORCH ?= torch==2.13.0

# Test processes; each is kept to one thread, so that they do not fight for the cores.
JOBS ?= 2
PYTEST_ARGS ?=
DEMO_ARGS ?= --out demo

VENV := .venv
BIN := $(VENV)/bin
# Newer than pyproject.toml once everything in it is installed: a second call installs nothing.
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)

.PHONY: install test check format demo weights paper-map site clean

install: $(STAMP)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later was not found; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@
	@echo "installed in $(VENV); to have the command spooftrace in this shell:  . $(BIN)/activate"

test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) $(PYTEST_ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: $(STAMP)
	$(BIN)/spooftrace demo $(DEMO_ARGS)

# A stopped run goes on where it was: faces, training and export one after the other.
weights: $(STAMP)
	@test -n "$(PORTRAITS)" || { echo "make weights PORTRAITS=manifest.csv: docs/data-card.md says of which portraits"; exit 1; }
	test -f stores/weights/store.json || $(BIN)/spooftrace simulate $(PORTRAITS) --live-per-face 4 --database portraits --out stores/weights
	OMP_NUM_THREADS=1 $(BIN)/spooftrace train --preset true-traces --store stores/weights --out runs/weights --workers 1 --resume
	$(BIN)/python tools/ship_model.py runs/weights --store stores/weights --name standard --alpha-0 10 --report benchmarks/results/standard
	$(BIN)/python tools/ship_model.py runs/weights --store stores/weights --name fast --size 128 --eight-bits --alpha-0 10 \
		--about "the networks of standard on faces of 128 px, weights in eight bits" --report benchmarks/results/fast

paper-map: $(STAMP)
	$(BIN)/python tools/paper_map.py --write

site: $(STAMP)
	$(BIN)/mkdocs build --strict --quiet --site-dir site

clean:
	rm -rf $(VENV) demo site
