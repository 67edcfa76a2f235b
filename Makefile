# APE's front door. `make` alone prints what there is.
.DEFAULT_GOAL := help
.PHONY: release-flags help build validate check test lint bench bench-peers simulate chaos soak fuzz check-upgrade check-units manual install

PREFIX ?= /usr/local
DESTDIR ?=
# How many seeds `make simulate` runs, or the one that it runs alone, with everything that happens in it; `make chaos`
# begins with SEED.
SEEDS ?= 1000
SEED ?=
# What `make validate` runs: 1,000 agents to a verdict, in under three minutes after the build.
PLAN ?= --max-agents 1000 --test-duration 20s --stage-duration 5s
# Seconds that `make fuzz` spends on each of its targets (60 unless given), `make chaos` on its fleets (600), and `make soak`
# under load (3600).
TIME ?=
# More flags for `make validate`, such as ARGS="--output report.json", or for `make bench` and `make bench-peers`.
ARGS ?=
# What `make check-upgrade` upgrades from: a commit, or the directory of an unpacked release; the last release unless given.
FROM ?=
# More flags for every `swift build` and `swift test`.
SWIFTFLAGS ?=

RELEASE := .build/release
PROGRAMS := ape-test ape-worker
# The coordinator is the same file as ape-test, which is told by the name that it is called by.
COORDINATOR := ape-coordinator
# Where a soak writes what happened, and its result.
SOAK := .build/soak/$(shell date +%Y%m%d-%H%M%S)
# Manual pages and completions, laid out as under share/.
MANUAL := .build/manual
# The Swift runtime goes into the programs, so that they run on hosts without a toolchain. What follows makes them small:
# functions that nothing calls are left out, alike ones are one, the loader's work list is packed (which needs the glibc of
# Debian 12, as the programs do anyway), and that no two accesses to a value overlap is looked after in the tests' build
# alone, where every access is.
RELEASE_FLAGS := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked \
	-Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -use-ld=lld \
	$(addprefix -Xlinker ,--no-export-dynamic --icf=all -z pack-relative-relocs -z noseparate-code \
	--no-eh-frame-hdr -T $(CURDIR)/.ci/no-unwinding.ld)

# For those who build further programs as these are built.
release-flags:
	@echo $(RELEASE_FLAGS)

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the programs for release, after fetching the system packages that are missing
	@.ci/packages build
	@.ci/toolchain
	for program in $(PROGRAMS); do swift build $(SWIFTFLAGS) $(RELEASE_FLAGS) --product $$program || exit; done
	ln -sfn ape-test $(RELEASE)/$(COORDINATOR)

validate: build ## Run the embedded demo to a verdict: 1,000 agents; PLAN= and ARGS= for other flags
	$(RELEASE)/ape-test validate $(PLAN) $(ARGS)

check: lint ## The quick cycle: lint and the unit tests, in under two minutes once it is built
	swift build $(SWIFTFLAGS) --build-tests
	swift test $(SWIFTFLAGS) --skip-build --skip IntegrationTests

test: ## Run every test, the integration tests with real processes included
	@.ci/packages build test
	@.ci/toolchain
	swift build $(SWIFTFLAGS) --build-tests
	swift test $(SWIFTFLAGS) --skip-build

lint: ## Check format, shell scripts, import arrows and lengths
	@.ci/packages test
	@.ci/toolchain
	.ci/lint

bench: build ## Measure APE itself, in some ten minutes, and write docs/performance.md
	@.ci/packages test
	Benchmarks/bench $(ARGS)

bench-peers: build ## Measure APE beside Locust, wrk, h2load, GuideLLM, AIPerf and inference-perf, in one run (ARGS= for flags)
	@.ci/packages bench
	cd Benchmarks && swift build $(SWIFTFLAGS) $(RELEASE_FLAGS) --product ape-bench
	Benchmarks/peers/peers.py --binaries $(RELEASE) --client Benchmarks/.build/release/ape-bench \
	    --json Benchmarks/results/peers.json $(ARGS)

simulate: ## Run the fleet's simulator over SEEDS=n seeds, or trace one with SEED=n
	@.ci/packages build
	@.ci/toolchain
	swift build $(SWIFTFLAGS) $(RELEASE_FLAGS) --product ape-simulate
	$(RELEASE)/ape-simulate $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

chaos: build ## Run fleets of real processes under random faults for TIME=seconds, from SEED=n on
	Tests/Chaos/chaos.py --binaries $(RELEASE) --time $(or $(TIME),600) $(if $(SEED),--seed $(SEED))

soak: build ## Hold 1,000 agents for TIME=seconds with a worker killed every two minutes: accounts, memory, descriptors
	Tests/Soak/soak.py --binaries $(RELEASE) --time $(or $(TIME),3600) --folder $(SOAK)
	Tests/Soak/soak.py --markdown $(SOAK)/result.json

fuzz: ## Fuzz each reader of strangers' bytes for TIME=seconds
	@.ci/packages build
	@.ci/toolchain
	Tests/Fuzz/run.sh $(or $(TIME),60)

check-upgrade: build ## Let the last release (or FROM=commit) and this tree work together, as while a fleet is upgraded
	.ci/check-upgrade $(FROM)

check-units: manual ## Boot Debian with systemd, run and upgrade a fleet of units there, and purge it (as root)
	@.ci/packages deploy
	rm -rf .build/dist
	.ci/package .build/dist
	.ci/check-units .build/dist/*.deb

manual: ## Make the manual pages and the shells' completions, from the programs' own flags
	@test -x $(RELEASE)/ape-test || $(MAKE) build
	.ci/make-manual $(RELEASE) $(MANUAL) $(PROGRAMS) $(COORDINATOR)

install: manual ## Install programs, manual, completions and the worker's systemd unit under PREFIX (and DESTDIR)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/systemd/system" "$(DESTDIR)$(PREFIX)/share"
	cp -R $(MANUAL)/. "$(DESTDIR)$(PREFIX)/share/"
	install -m 0755 $(addprefix $(RELEASE)/,$(PROGRAMS)) "$(DESTDIR)$(PREFIX)/bin"
	ln -sfn ape-test "$(DESTDIR)$(PREFIX)/bin/$(COORDINATOR)"
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' deploy/systemd/ape-worker.service \
		> "$(DESTDIR)$(PREFIX)/lib/systemd/system/ape-worker.service"
	chmod 0644 "$(DESTDIR)$(PREFIX)/lib/systemd/system/ape-worker.service"
