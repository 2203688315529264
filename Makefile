# Shortlist: from a competition's CSV files to a checked submission. `make help` lists the targets.
# Each stage is a file target; what it depends on, our own source files included, is in data/<competition>/work/rules.mk,
# which `shortlist rules` makes from competition.toml.

# ---------------------------------------------------------------- what a person types

# Nothing of it is run. A value of the command line, or of the environment under a name that is used here, is plain text
# from here on, which Make does not expand. Two sorts become part of targets and commands, and are looked at first: names
# and a folder. All others reach a recipe through the environment alone, as it is handed to it: no shell reads them.
# `override` keeps what is our own out of a command line's reach.
override SHELL := /bin/sh
override .SHELLFLAGS := -c
override .DEFAULT_GOAL := help
override VPATH :=
override GPATH :=

# What can be given, by name; NAMES have letters, digits, _ and - only.
override NAMES := COMPETITION RERANK RETRIEVER
override TEXTS := A ARGS AS B FILE INPUTS ITEMS MEMO METHOD MINUTES ONLY PAIRS PORT PRIVATE PUBLIC SEED TIMES USER USERS
override GIVEN := $(NAMES) $(TEXTS) PYTHON TRACKING UV VENV YES
# What must not be typed: everybody on a machine sees its command lines.
override SECRETS := DACON_TOKEN KAGGLE_API_TOKEN KAGGLE_KEY

override SIGNS := a b c d e f g h i j k l m n o p q r s t u v w x y z \
	A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 0 1 2 3 4 5 6 7 8 9 _ -
# $(call left,TEXT,SIGNS): what remains of a text without these signs.
override left = $(if $2,$(call left,$(subst $(firstword $2),,$1),$(wordlist 2,$(words $2),$2)),$1)
# $(call demand,NAME,FAULT,RULE): end with one line if there is a fault.
override demand = $(if $2,$(error $1: $3, got '$(call visible,$(value $1))'))
override define NEWLINE


endef
override visible = $(shell printf %s '$(subst $(NEWLINE), ,$(subst ','\'',$1))' | LC_ALL=C tr -d '\000-\037\177')

# The command line's own: Make gives all of them to the recipes, whatever they are called (ENGINE, WORKERS ...). A name
# with a dot it does not.
override TYPED := $(foreach .name,$(.VARIABLES),$(if $(filter command,$(origin $(.name))),$(if \
	$(call left,$(.name),. $(SIGNS)),,$(.name))))
$(foreach .name,$(TYPED),$(eval override $(.name) := $$(value $(.name)))$(eval export $(.name)))
override CURDIR := $(value CURDIR)
# What is to be made. Another Make's goals in the environment hide what was typed: then the stages' rules are read anyway.
override GOALS := $(if $(filter environment,$(origin MAKECMDGOALS)),submission,$(value MAKECMDGOALS))
unexport MAKECMDGOALS
# What Make has under such a name by itself, the program AS, nobody has given.
override SAID := $(TYPED) $(foreach .name,$(GIVEN),$(if $(filter environment,$(origin $(.name))),$(.name)))
$(foreach .name,$(filter-out $(TYPED),$(GIVEN)),$(eval override $(.name) := $(if $(filter $(.name),$(SAID)),$$(value $(.name)))))

# Every shell has a USER, the name of who is logged in, and a YES in the environment must not send anything.
$(foreach .name,$(TEXTS),$(eval override SHORTLIST_$(.name) := $$($(.name)))$(eval export SHORTLIST_$(.name)))
override SHORTLIST_USER := $(if $(filter USER,$(TYPED)),$(USER))
override SEND := $(if $(filter YES,$(TYPED)),$(if $(subst [1],,[$(YES)]),,--yes))

override COMPETITION := $(if $(filter COMPETITION,$(SAID)),$(COMPETITION),sample)
override RERANK := $(or $(RERANK),auto)
override RETRIEVER := $(or $(RETRIEVER),two_tower)
override TRACKING := $(or $(TRACKING),1)
# With PYTHON=python3.13 an environment of its own, .venv-python3.13, so that no version of Python rebuilds another's.
override VENV := $(or $(VENV),.venv$(if $(PYTHON),-$(notdir $(PYTHON))))
override UV := $(or $(UV),$(if $(shell command -v uv 2>/dev/null),uv,.tools/bin/uv))

override NAME := one name of A-Z, a-z, 0-9, _ and -, not beginning with -
$(foreach .name,$(NAMES),$(call demand,$(.name),$(call \
	left,$($(.name)),$(SIGNS))$(filter -%,$($(.name)))$(if $($(.name)),,none),$(NAME)))
override READ := ! " \# $$ % & ' ( ) * , : ; < = > ? [ \ ] ^ ` { | }
override FOLDER := a folder without blanks and signs that Make or a shell reads
$(call demand,VENV,$(filter-out 1,$(words $(VENV)))$(subst [$(strip $(VENV))],,[$(VENV)])$(filter -% +% @%,$(VENV))$(strip \
	$(foreach sign,$(READ),$(findstring $(sign),$(VENV)))),$(FOLDER))

override D := data/$(COMPETITION)
override W := $(D)/work
override SOURCES := $(shell find src/shortlist -type f -not -path '*/__pycache__/*')

# The optional extra: a submission is logged where MLflow is installed, but with TRACKING=0.
override MLFLOW := $(wildcard $(VENV)/lib/python3*/site-packages/mlflow/__init__.py)

override PYTHONPATH := $(CURDIR)/src
# What is made here where there is none; no rule for a person's own.
override OUR_UV := $(filter .tools/bin/uv,$(UV))
override UV_PYTHON_DOWNLOADS := never
export PYTHONPATH UV_PYTHON_DOWNLOADS PYTHON RERANK UV
# The same with the words of ARGS behind: quotes hold words together, and that is all they do.
override WITH_ARGS := @$(VENV)/bin/python scripts/with_args.py
override comma := ,
# $(call say,COMMANDS): show something; that nobody reads on (SIGPIPE) is no failure.
override say = @($1) || [ $$? = 141 ]
override RUN := @$(VENV)/bin/python -m shortlist
override OF := --competition $(COMPETITION)

.DELETE_ON_ERROR:
# Goals that stages lead to: only they need the rules of the stages.
override STAGED := preprocess eda infer-split validate train submission check compare explain upload report tune ablate learning-curve export bench bench-peers
.PHONY: FORCE help setup setup-dev setup-tracking setup-cluster setup-kaggle lock sample init $(STAGED) settle score ledger tracking \
        test test-slow fuzz kill test-parts coverage lint format docs wheel bench-competitions clean

help: ## list the targets
	@:$(info make TARGET [COMPETITION=sample]    competitions here: $(patsubst data/%/competition.toml,%,$(wildcard data/*/competition.toml)))
	$(call say,sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1@\2/p' Makefile | awk -F@ '{printf "  %-18s %s\n"$(comma) $$1$(comma) $$2}')

# ---------------------------------------------------------------- set-up

# The first Python on the path that the pinned packages support, or PYTHON=...
override define FIND_PYTHON
set -- python3 python3.13 python3.12 python3.11; [ -z "$$PYTHON" ] || set -- "$$PYTHON"; python=; \
for candidate; do \
	if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then python=$$candidate; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "setup: needs Python 3.11, 3.12 or 3.13, found $$("$$1" --version 2>&1 | head -n 1); install one, or name it with PYTHON=/path/to/python" >&2; exit 2; \
fi
endef

# The extras that are installed stay so when the packages are set up again.
override EXTRAS := $(if $(MLFLOW),--extra tracking) $(if $(wildcard $(VENV)/lib/python3*/site-packages/ray/__init__.py),--extra cluster) \
	$(if $(wildcard $(VENV)/lib/python3*/site-packages/kagglesdk/__init__.py),--extra kaggle)

# With the versions and hashes of the developers' lock, which has these extras; CUDA, some gigabytes, is in no lock.
override define INSTALL_EXTRAS
@VIRTUAL_ENV=$(VENV) "$$UV" pip install --quiet --compile-bytecode --require-hashes --constraints requirements-dev.lock --requirements pyproject.toml $(1)
endef

setup: $(VENV)/.ready ## build .venv from the lock (done by itself when needed) [PYTHON=python3.13]

setup-dev: $(VENV)/.ready-dev ## the same with what tests and lint need

setup-tracking: $(VENV)/.ready ## the same with MLflow, which then logs every submission
	$(call INSTALL_EXTRAS,--extra tracking)

setup-cluster: $(VENV)/.ready ## the same with Ray, for ENGINE=ray
	$(call INSTALL_EXTRAS,--extra cluster)

setup-kaggle: $(VENV)/.ready ## the same with Kaggle's client, to hand in there
	$(call INSTALL_EXTRAS,--extra kaggle)

.tools/bin/uv: requirements-uv.lock
	@$(FIND_PYTHON); rm -rf .tools; \
	if "$$python" -m pip --version >/dev/null 2>&1; then \
		"$$python" -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .tools --require-hashes -r $<; \
	elif "$$python" -m venv .tools >/dev/null 2>&1; then \
		.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; \
	else \
		rm -rf .tools; echo "setup: $$python has neither pip nor venv; install one (Debian: apt-get install python3-venv) or uv" >&2; exit 2; \
	fi
	@touch $@

# Compiled once: where PYTHONDONTWRITEBYTECODE is set, as in many images, each process would compile them anew.
$(VENV)/.ready: requirements.lock pyproject.toml | $(OUR_UV)
	@$(FIND_PYTHON); echo "setup: packages of $< into $(VENV)" >&2; \
	test -x $(VENV)/bin/python || "$$UV" venv --quiet --python "$$python" $(VENV)
	@VIRTUAL_ENV=$(VENV) "$$UV" pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@VIRTUAL_ENV=$(VENV) "$$UV" pip install --quiet --no-deps --editable .
	$(if $(strip $(EXTRAS)),$(call INSTALL_EXTRAS,$(EXTRAS)))
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "setup: packages of $< into $(VENV)" >&2
	@VIRTUAL_ENV=$(VENV) "$$UV" pip sync --quiet --compile-bytecode --require-hashes requirements-dev.lock
	@VIRTUAL_ENV=$(VENV) "$$UV" pip install --quiet --no-deps --editable .
	@touch $@

lock: | $(OUR_UV) ## resolve the packages again after pyproject.toml has changed
	"$$UV" pip compile --quiet --universal --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	"$$UV" pip compile --quiet --universal --generate-hashes --no-annotate --no-header pyproject.toml --group dev --extra tracking --extra cluster --extra kaggle --constraints requirements.lock -o requirements-dev.lock

# ---------------------------------------------------------------- the synthetic sample

sample: $(VENV)/.ready ## make the sample competition [USERS= ITEMS= PAIRS= SEED=]
	$(RUN) sample

# ---------------------------------------------------------------- the stages

init: $(VENV)/.ready ## look at the files in data/COMPETITION/raw and write a competition.toml that runs as it is
	$(RUN) init $(OF)

# The rules of the stages say what these are.
override FINALS :=
override RETRIEVERS :=
# Nothing is written below the name of a competition that is not there.
override THERE := $(wildcard $(D)/competition.toml)

ifneq ($(filter $(STAGED) $(W)/% submissions/%,$(GOALS)),)
# What lies in raw/, and the competition's own parts, looked at each time: each list changes only where its files have.
$(if $(THERE),$(shell $(or $(wildcard $(VENV)/bin/python),python3) -I -S src/shortlist/common/listing.py $(D)))
include $(W)/rules.mk
endif

$(W)/rules.mk: $(THERE) $(wildcard $(W)/own.list) $(SOURCES) $(if $(THERE),$(W)/rerank.txt) | $(VENV)/.ready
	$(RUN) rules $(OF)

# The choice that rules.mk was made for.
$(W)/rerank.txt: $(if $(filter $(RERANK),$(shell cat $(W)/rerank.txt 2>/dev/null)),,FORCE)
	@mkdir -p $(@D); echo $(RERANK) >$@

preprocess: $(W)/dataset/events.npz ## check the raw files and make the dataset

eda: submissions/$(COMPETITION)/eda.html ## what the files tell before modelling, anomalies first, as an HTML page
	$(call say,echo "eda: $<")

infer-split: submissions/$(COMPETITION)/infer_split.html ## which hold-out rule the visible counts fit, and the lines to imitate it
	$(call say,cat $(W)/infer_split.txt; echo "infer-split: $<")

validate: $(W)/validation.json ## K-fold validation of every method, and the table of it [RERANK=0]
	$(call say,cat $(W)/validation.txt)

train: $(FINALS) ## fit every retriever, the blend and the rerankers on all pairs

submission: $(W)/submission.path submissions/$(COMPETITION)/report.html $(if $(filter-out 0,$(TRACKING)),$(if $(MLFLOW),$(W)/tracking.run)) ## all of it: table, report and checked CSV [RERANK=0|1]
	$(call say,cat $(W)/validation.txt; echo "submission: $$(cat $(W)/submission.path)")

check: $(W)/dataset/events.npz ## verify any submission CSV, by default the newest [FILE=...]
	$(RUN) check $(OF)

upload: $(W)/dataset/events.npz ## show what would be handed in, or hand it in with YES=1 [FILE=... MEMO=...]
	$(if $(filter $(SECRETS),$(TYPED)),$(error upload: everybody on this machine sees $(firstword $(filter $(SECRETS),$(TYPED))) on a command line; put it into .env))
	$(RUN) upload $(OF) $(SEND)

settle: $(VENV)/.ready ## say what became of an upload whose end is unknown [FILE=... AS=accepted|refused]
	$(RUN) settle $(OF)

score: $(VENV)/.ready ## record what the leaderboard shows; Kaggle is asked where PUBLIC is left out [FILE=... PUBLIC=0.1716 PRIVATE=...]
	$(RUN) score $(OF)

ledger: $(VENV)/.ready ## every CSV made or handed in, with offline and leaderboard scores
	$(RUN) ledger $(OF)

compare: $(W)/dataset/events.npz ## two submissions beside each other, as text and as a page [A=... B=...]
	$(RUN) compare $(OF)

explain: $(if $(SHORTLIST_USER),$(W)/submission.path) ## why a user gets these items [USER=id METHOD=...]
	$(if $(SHORTLIST_USER),$(RUN) explain $(OF),@echo "explain: name a user with USER=..." >&2; exit 2)

report: submissions/$(COMPETITION)/report.html ## the validation report beside the submissions
	$(call say,echo "report: $<")

tracking: ## show the submissions logged in tracking/ in MLflow's own page [PORT=5000]
	$(if $(MLFLOW),,@echo "tracking: MLflow is not installed; \`make setup-tracking\` installs it" >&2; exit 2)
	@port=$${SHORTLIST_PORT:-5000}; if ! { [ "$$port" -ge 1 ] && [ "$$port" -le 65535 ]; } 2>/dev/null; then \
		echo "tracking: PORT: must be a whole number from 1 to 65535" >&2; exit 2; fi; \
	mkdir -p tracking; MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true $(VENV)/bin/mlflow ui --port "$$port" \
		--backend-store-uri sqlite:///tracking/mlflow.db

tune: ## search for better parameters, see [tune] in competition.toml [MINUTES=30]
	$(RUN) tune $(OF)

ablate: $(W)/ablation/done ## what each retriever and each feature adds, for the report
	$(call say,cat $(W)/ablation.txt)

learning-curve: $(W)/learning_curve/done ## how scores grow with what is visible, and what that says of the submission, for the report
	$(call say,cat $(W)/learning_curve.txt)

# One that is not there has no rule: the command says which there are.
override EXPORTED := $(filter $(RETRIEVER),$(RETRIEVERS))
export: $(EXPORTED:%=$(W)/export/%/done) ## write the trained towers and indexes as TensorFlow SavedModels [RETRIEVER=]
	$(if $(EXPORTED),$(call say,echo "export: $(<D)"),$(RUN) export $(OF) --retriever $(RETRIEVER))

# ---------------------------------------------------------------- for developers

# Each file in one process, so that what a file's tests share is made once.
override FAST_TESTS := -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test: $(VENV)/.ready-dev ## the fast tests, on all cores [ARGS=...]
	$(WITH_ARGS) $(FAST_TESTS)

test-slow: $(VENV)/.ready-dev ## the slow ones
	$(WITH_ARGS) -m pytest -m slow

fuzz: $(VENV)/.ready-dev ## bad inputs of every sort, and a table of what became of them [INPUTS=20000 SEED=0 ONLY=kind:number]
	@$(VENV)/bin/python -m tests.fuzz

kill: $(VENV)/.ready-dev ## kill stages, runs and uploads, run them again and compare [TIMES=200 SEED=0 ONLY=...]
	@$(VENV)/bin/python -m tests.fuzz.kill

# What holds for every kind; with the variable the suites know the competition's own kinds, and tests/parts.py keeps those.
override PART_SUITES := tests/retrievers/test_conformance.py tests/rerank/test_rerank_conformance.py \
	tests/rerank/test_features_conformance.py tests/validation/splitters/test_splitter_conformance.py tests/own_files.py
test-parts: $(VENV)/.ready-dev ## hold COMPETITION's own parts, data/<name>/*.py, to what holds for the package's [ARGS=...]
	@SHORTLIST_OWN="$$PWD/$(D)" $(WITH_ARGS:@%=%) -m pytest -p tests.parts $(PART_SUITES)

coverage: $(VENV)/.ready-dev ## the fast tests with branch coverage; fails below the floor in pyproject.toml [ARGS=...]
	$(WITH_ARGS) $(FAST_TESTS) --cov --cov-report=term

lint: $(VENV)/.ready-dev ## format check, lint and types
	@$(VENV)/bin/ruff format --check . && $(VENV)/bin/ruff check . && $(VENV)/bin/mypy

format: $(VENV)/.ready-dev ## format the code
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

docs: $(VENV)/.ready-dev ## the pages of docs/ as a site in site/; a broken link or a page without its Korean twin fails
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --quiet
	$(call say,echo "docs: site/index.html")

bench: $(W)/dataset/events.npz | $(OUR_UV) ## time every stage beside other libraries, into bench/ [ARGS="--only topn ease"]
	$(WITH_ARGS) scripts/bench.py $(OF)

bench-peers: $(W)/dataset/events.npz | $(OUR_UV) ## COMPETITION's folds with other libraries beside ours [ARGS=...]
	$(WITH_ARGS) scripts/bench_peers.py $(OF)

wheel: | $(OUR_UV) ## build the package into dist/, to be used without the project's folder
	@"$$UV" build --wheel --quiet --out-dir dist .
	$(call say,ls dist/*.whl | tail -n 1 | sed 's/^/wheel: /')

# Its competitions lie below a root of their own: no dataset of data/ is needed.
bench-competitions: $(VENV)/.ready | $(OUR_UV) ## public logs as competitions: `make init` beside few-line peers and libraries [ARGS=...]
	$(WITH_ARGS) scripts/bench_competitions.py

clean: ## delete what the stages made for COMPETITION; submissions stay
	@rm -rf $(W)
