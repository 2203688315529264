# Shortlist: from a competition's CSV files to a checked submission. `make help` lists the targets.
# Each stage is a file target; what it depends on, our own source files included, is in data/<competition>/work/rules.mk,
# which `shortlist rules` makes from competition.toml.

COMPETITION ?= sample
# It becomes part of file names, targets and commands: looked at as it was typed, before Make or a shell reads it.
LEFT := $(value COMPETITION)
$(foreach sign,a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I J K L M N O P Q R S T U V W X Y Z \
	0 1 2 3 4 5 6 7 8 9 _ -,$(eval LEFT := $$(subst $(sign),,$$(LEFT))))
ifneq ([$(LEFT)$(filter -%,$(value COMPETITION))$(if $(value COMPETITION),,none)],[])
define NEWLINE


endef
$(error COMPETITION: one name of A-Z, a-z, 0-9, _ and -, not beginning with -, got '$(subst $(NEWLINE), ,$(value COMPETITION))')
endif
RERANK ?= auto
# With PYTHON=python3.13 an environment of its own, .venv-python3.13, so that no version of Python rebuilds another's.
VENV ?= .venv$(if $(PYTHON),-$(notdir $(PYTHON)))
UV ?= $(or $(shell command -v uv),.tools/bin/uv)

D := data/$(COMPETITION)
W := $(D)/work
SOURCES := $(shell find src/shortlist -type f -not -path '*/__pycache__/*')

# The optional extra: a submission is logged where MLflow is installed, but with TRACKING=0.
MLFLOW := $(wildcard $(VENV)/lib/python3*/site-packages/mlflow/__init__.py)
TRACKING ?= 1

export PYTHONPATH := $(CURDIR)/src
export UV_PYTHON_DOWNLOADS := never
export RERANK
RUN := @$(VENV)/bin/python -m shortlist
OF := --competition $(COMPETITION)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Goals that stages lead to: only they need the rules of the stages.
STAGED := preprocess eda infer-split validate train submission check explain upload report tune ablate export bench bench-peers
.PHONY: FORCE help setup setup-dev setup-tracking setup-cluster lock sample init $(STAGED) settle score ledger tracking \
        test test-slow test-parts coverage lint format bench-competitions clean

help: ## list the targets
	@:$(info make TARGET [COMPETITION=sample]    competitions here: $(patsubst data/%/competition.toml,%,$(wildcard data/*/competition.toml)))
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1@\2/p' $(MAKEFILE_LIST) | grep -v rules.mk | awk -F@ '{printf "  %-18s %s\n", $$1, $$2}'

# ---------------------------------------------------------------- set-up

# The first Python on the path that the pinned packages support, or PYTHON=...
define FIND_PYTHON
python=; for candidate in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	if $$candidate -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then python=$$candidate; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "setup: needs Python 3.11, 3.12 or 3.13, found $$($(or $(PYTHON),python3) --version 2>&1 | head -n 1); install one, or name it with PYTHON=/path/to/python" >&2; exit 2; \
fi
endef

# The extras that are installed stay so when the packages are set up anew.
EXTRAS := $(if $(MLFLOW),--extra tracking) $(if $(wildcard $(VENV)/lib/python3*/site-packages/ray/__init__.py),--extra cluster)

# With the versions and hashes of the developers' lock, which has every extra.
define INSTALL_EXTRAS
@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes --constraints requirements-dev.lock --requirements pyproject.toml $(1)
endef

setup: $(VENV)/.ready ## build .venv from the lock (done by itself when needed) [PYTHON=python3.13]

setup-dev: $(VENV)/.ready-dev ## the same with what tests and lint need

setup-tracking: $(VENV)/.ready ## the same with MLflow, which then logs every submission
	$(call INSTALL_EXTRAS,--extra tracking)

setup-cluster: $(VENV)/.ready ## the same with Ray, for ENGINE=ray
	$(call INSTALL_EXTRAS,--extra cluster)

.tools/bin/uv: requirements-uv.lock
	@$(FIND_PYTHON); rm -rf .tools; \
	if $$python -m pip --version >/dev/null 2>&1; then \
		$$python -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .tools --require-hashes -r $<; \
	elif $$python -m venv .tools >/dev/null 2>&1; then \
		.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; \
	else \
		rm -rf .tools; echo "setup: $$python has neither pip nor venv; install one (Debian: apt-get install python3-venv) or uv" >&2; exit 2; \
	fi
	@touch $@

$(VENV)/.ready: requirements.lock pyproject.toml | $(UV)
	@$(FIND_PYTHON); echo "setup: packages of $< into $(VENV)" >&2; \
	test -x $(VENV)/bin/python || $(UV) venv --quiet --python $$python $(VENV)
	@VIRTUAL_ENV=$(VENV) $(UV) pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --editable .
	$(if $(strip $(EXTRAS)),$(call INSTALL_EXTRAS,$(EXTRAS)))
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "setup: packages of $< into $(VENV)" >&2
	@VIRTUAL_ENV=$(VENV) $(UV) pip sync --quiet --require-hashes requirements-dev.lock
	@VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --editable .
	@touch $@

lock: | $(UV) ## resolve the packages anew after pyproject.toml has changed
	$(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header pyproject.toml --group dev --all-extras --constraints requirements.lock -o requirements-dev.lock

# ---------------------------------------------------------------- the synthetic sample

SAMPLE_SIZE := $(if $(USERS),--users $(USERS)) $(if $(ITEMS),--items $(ITEMS)) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(SEED),--seed $(SEED))

sample: $(VENV)/.ready ## make the sample competition [USERS= ITEMS= PAIRS= SEED=]
	$(RUN) sample $(SAMPLE_SIZE)

# ---------------------------------------------------------------- the stages

init: $(VENV)/.ready ## look at the files in data/COMPETITION/raw and write a competition.toml that runs as it is
	$(RUN) init $(OF)

ifneq ($(filter $(STAGED) $(W)/% submissions/%,$(MAKECMDGOALS)),)
# What lies in raw/, and the competition's own parts, looked at each time: each list changes only where its files have.
$(shell $(or $(wildcard $(VENV)/bin/python),python3) -I -S src/shortlist/common/listing.py $(D))
include $(W)/rules.mk
endif

$(W)/rules.mk: $(wildcard $(D)/competition.toml) $(wildcard $(W)/own.list) $(SOURCES) $(W)/rerank.txt | $(VENV)/.ready
	$(RUN) rules $(OF)

# The choice that rules.mk was made for.
$(W)/rerank.txt: $(if $(filter $(RERANK),$(shell cat $(W)/rerank.txt 2>/dev/null)),,FORCE)
	@mkdir -p $(@D); echo $(RERANK) >$@

preprocess: $(W)/dataset/events.npz ## check the raw files and make the dataset

eda: submissions/$(COMPETITION)/eda.html ## what the files tell before modelling, anomalies first, as an HTML page
	@echo "eda: $<"

infer-split: submissions/$(COMPETITION)/infer_split.html ## which hold-out rule the visible counts fit, and the lines to imitate it
	@cat $(W)/infer_split.txt
	@echo "infer-split: $<"

validate: $(W)/validation.json ## K-fold validation of every method, and the table of it [RERANK=0]
	@cat $(W)/validation.txt

train: $(FINALS) ## fit every retriever, the blend and the rerankers on all pairs

submission: $(W)/submission.path submissions/$(COMPETITION)/report.html $(if $(filter-out 0,$(TRACKING)),$(if $(MLFLOW),$(W)/tracking.run)) ## all of it: table, report and checked CSV [RERANK=0|1]
	@cat $(W)/validation.txt
	@echo "submission: $$(cat $(W)/submission.path)"

CSV := $(shell cat $(W)/submission.path 2>/dev/null)
check: $(W)/dataset/events.npz ## verify any submission CSV [FILE=...]
	$(if $(or $(FILE),$(CSV)),$(RUN) check $(OF) --file "$(or $(FILE),$(CSV))",@echo "check: name the CSV with FILE=..." >&2; exit 2)

# What a person types for these goes through the environment as it is: neither Make nor a shell reads a memo.
unexport FILE MEMO AS PUBLIC PRIVATE
export SHORTLIST_FILE = $(value FILE)
export SHORTLIST_MEMO = $(value MEMO)
export SHORTLIST_AS = $(value AS)
export SHORTLIST_PUBLIC = $(value PUBLIC)
export SHORTLIST_PRIVATE = $(value PRIVATE)

# YES counts on the command line alone: one that was left in the environment must not send anything.
upload: $(W)/dataset/events.npz ## show what would be handed in, or hand it in with YES=1 [FILE=... MEMO=...]
	$(if $(filter command,$(origin DACON_TOKEN)),$(error upload: everybody on this machine sees DACON_TOKEN on a command line; put it into .env))
	$(RUN) upload $(OF) $(if $(filter command,$(origin YES)),$(if $(filter 1,$(YES)),--yes))

settle: $(VENV)/.ready ## say what became of an upload whose end is unknown [FILE=... AS=accepted|refused]
	$(RUN) settle $(OF)

score: $(VENV)/.ready ## record what the leaderboard shows [FILE=... PUBLIC=0.1716 PRIVATE=...]
	$(RUN) score $(OF)

ledger: $(VENV)/.ready ## every CSV made or handed in, with offline and leaderboard scores
	$(RUN) ledger $(OF)

# Every shell has a USER, the name of who is logged in: only the one on the command line is meant.
EXPLAINED := $(if $(filter command,$(origin USER)),$(USER))
explain: $(if $(EXPLAINED),$(W)/submission.path) ## why a user gets these items [USER=id METHOD=...]
	$(if $(EXPLAINED),$(RUN) explain $(OF) --user "$(EXPLAINED)" $(if $(METHOD),--method "$(METHOD)"),@echo "explain: name a user with USER=..." >&2; exit 2)

report: submissions/$(COMPETITION)/report.html ## the validation report beside the submissions
	@echo "report: $<"

tracking: ## show the submissions logged in tracking/ in MLflow's own page [PORT=5000]
	$(if $(MLFLOW),,@echo "tracking: MLflow is not installed; \`make setup-tracking\` installs it" >&2; exit 2)
	@mkdir -p tracking; MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true $(VENV)/bin/mlflow ui --port $(or $(PORT),5000) \
		--backend-store-uri sqlite:///tracking/mlflow.db

tune: ## search for better parameters, see [tune] in competition.toml [MINUTES=30]
	$(RUN) tune $(OF) $(if $(MINUTES),--minutes $(MINUTES))

ablate: $(W)/ablation/done ## what each retriever and each feature adds, for the report
	@cat $(W)/ablation.txt

RETRIEVER ?= two_tower
export: $(W)/export/$(RETRIEVER)/done ## write the trained towers and indexes as TensorFlow SavedModels [RETRIEVER=]
	@echo "export: $(<D)"

# ---------------------------------------------------------------- for developers

# Each file in one process, so that what a file's tests share is made once.
FAST_TESTS := -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test: $(VENV)/.ready-dev ## the fast tests, on all cores [ARGS=...]
	@$(VENV)/bin/python $(FAST_TESTS) $(ARGS)

test-slow: $(VENV)/.ready-dev ## the slow ones
	@$(VENV)/bin/python -m pytest -m slow $(ARGS)

# What holds for every kind; with the variable the suites know the competition's own kinds, and tests/parts.py keeps those.
PART_SUITES := tests/retrievers/test_conformance.py tests/rerank/test_rerank_conformance.py \
	tests/rerank/test_features_conformance.py tests/validation/splitters/test_splitter_conformance.py tests/own_files.py
test-parts: $(VENV)/.ready-dev ## hold COMPETITION's own parts, data/<name>/*.py, to what holds for the package's [ARGS=...]
	@SHORTLIST_OWN="$(CURDIR)/$(D)" $(VENV)/bin/python -m pytest -p tests.parts $(PART_SUITES) $(ARGS)

coverage: $(VENV)/.ready-dev ## the fast tests with branch coverage; fails below the floor in pyproject.toml [ARGS=...]
	@$(VENV)/bin/python $(FAST_TESTS) --cov --cov-report=term $(ARGS)

lint: $(VENV)/.ready-dev ## format check, lint and types
	@$(VENV)/bin/ruff format --check . && $(VENV)/bin/ruff check . && $(VENV)/bin/mypy

format: $(VENV)/.ready-dev ## format the code
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

bench: $(W)/dataset/events.npz | $(UV) ## time every stage beside other libraries, into bench/ [ARGS="--only topn ease"]
	@UV="$(UV)" $(VENV)/bin/python scripts/bench.py $(OF) $(ARGS)

bench-peers: $(W)/dataset/events.npz | $(UV) ## COMPETITION's folds with other libraries beside ours [ARGS=...]
	@UV="$(UV)" $(VENV)/bin/python scripts/bench_peers.py $(OF) $(ARGS)

# Its competitions lie below a root of their own: no dataset of data/ is needed.
bench-competitions: $(VENV)/.ready | $(UV) ## public logs as competitions: `make init` beside few-line peers and libraries [ARGS=...]
	@UV="$(UV)" $(VENV)/bin/python scripts/bench_competitions.py $(ARGS)

clean: ## delete what the stages made for COMPETITION; submissions stay
	rm -rf $(W)
