# Everything runs in .venv, which is made on the first call and renewed when its definition changes.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORES := $(shell nproc 2>/dev/null || echo 2)
# One more than there are cores: scenarios and tests wait now and then for a limit to pass, or for a process.
JOBS ?= $(shell expr $(CORES) + 1)

.PHONY: help acceptance rehearsal test lint report drill catalogue format fuzz constraints clean
.DEFAULT_GOAL := help

help:  ## show this
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

acceptance: $(READY)  ## run every scenario that needs no paid model
	@$(BIN)/behave --tags=~@real_ai --jobs $(JOBS) $(ARGS)

rehearsal: $(READY)  ## run the scenarios of real AI, played by the scripted model: free
	@$(BIN)/behave --tags=@real_ai -D rehearsal=yes -D budget_usd=5 --jobs $(JOBS) $(ARGS)

test: $(READY)  ## run the suite's own tests
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal $(ARGS)

fuzz: $(READY)  ## attack the services, over HTTP and frame by frame, for longer than the tests do
	@ATTACK_EXAMPLES=50 $(BIN)/python -m pytest tests/backends/test_openapi_attack.py tests/backends/test_frame_attack.py $(ARGS)

lint: $(READY)  ## check style, types and the layout of the features
	@PATH="$(BIN):$$PATH" .ci/lint

report: $(READY)  ## make one page of the last run's results
	@$(BIN)/acceptance report $(ARGS)

drill: $(READY)  ## seed one defect after another and see that each is caught
	@$(BIN)/acceptance drill --jobs $(JOBS) $(ARGS)

catalogue: $(READY)  ## write features/README.md
	@$(BIN)/acceptance catalogue

format: $(READY)  ## put code and features into the style of the house
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/reformat-gherkin features

constraints:  ## pin today's newest versions of everything
	@rm -rf .venv-new && : > constraints.txt && .ci/prepare .venv-new
	@.venv-new/bin/pip freeze --exclude-editable > constraints.txt && rm -rf .venv-new

clean:  ## remove the environment and what runs leave behind
	@rm -rf $(VENV) allure-results allure-report junit rerun.txt .run .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt .ci/prepare
	@.ci/prepare $(VENV)
	@touch $@
