# Two commands for a newcomer: `make verify` and `make test`. Each sets up what it needs; the second time is quick.

PY    ?= python3
CLAIM ?= wd-contraction-small-n-one-norm
VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/ready
CHOSEN := $(firstword $(CLAIM))

.PHONY: help setup verify test site serve constraints

help:
	@echo "make verify   run the experiment behind one claim on the CPU and build the site (CLAIM=<id> chooses)"
	@echo "make setup    install what the commands need, into .venv"
	@echo "make test     linters, types, layers and tests"
	@echo "make site     build the site;  make serve: show it on this machine"

$(READY): pyproject.toml constraints.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "claims needs Python 3.11 or newer, and '$(PY)' is not that: make PY=python3.12 …"; exit 1; }
	@test -x $(BIN)/pip || $(PY) -m venv $(VENV) \
	  || { echo "could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing into $(VENV), once. PyTorch is the large part."
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

setup: $(READY)

# 0 supported, 10 refuted, 20 inconclusive, 30 void: each is an answer. Anything else is a failure.
verify: $(READY)
	@$(BIN)/claims verify $(CLAIM) --device cpu; code=$$?; case $$code in 0|10|20|30) ;; *) exit $$code ;; esac
	@$(BIN)/claims site build
	@echo "Look at build/site/claims/$(CHOSEN)/index.html, or run: make serve"

# One thread: on two busy cores more threads make small models many times slower. A file's tests stay together: they
# share what is dear to make.
test: export OMP_NUM_THREADS := 1
test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 2 --dist loadfile

site: $(READY)
	$(BIN)/claims site build

serve: $(READY)
	$(BIN)/claims site serve

# A local label such as +cpu names a build that others cannot install: the version alone lets each machine pick its own.
constraints: $(READY)
	$(BIN)/pip freeze --all --exclude-editable --exclude pip | sed 's/+[a-z0-9.]*$$//' > constraints.txt
