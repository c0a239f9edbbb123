# Every command of Paidan by its name. The work is done in scripts/, which run without make too.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench bench-peers soak crash

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s  %s\n", $$1, $$2 }' Makefile

demo: ## build, then a living city in ./var until Ctrl-C (ONCE=1: end after the report)
	@scripts/demo.sh

serve: ## one server in the foreground, data in ./var (ARGS="--time-scale 60", LISTEN=address:port)
	@scripts/serve.sh $(ARGS)

test: ## all tests with the minutes of each part (PARTS="tidy unit" for some)
	@scripts/setup.sh tests
	@scripts/test.sh $(PARTS)

check: ## the quick part of the tests: format, tidy, clippy
	@scripts/test.sh quick

bench: ## all benches beside their floors (NAMES="round" for some)
	@scripts/bench.sh $(NAMES)

bench-peers: ## the benches that have one beside what a user would pick instead
	@scripts/bench-peers.sh $(NAMES)

soak: ## the long forms of the tests that break the system (its variables: scripts/soak.sh)
	@scripts/soak.sh

crash: ## kill -9 the living demo's server, start it again, and count before and after
	@scripts/crash.sh
