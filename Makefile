# SPDX-License-Identifier: MIT OR Apache-2.0
# Thin: Meson and ninja do the work. `make demo` and `make check` are all that a user needs.
BUILD ?= build
FUZZ_SECONDS ?= 60
.PHONY: all setup gen demo check check-long lint asan msan tsan fuzzers fuzz bench install clean deps

all: setup
	ninja -C $(BUILD)

# Sources are found by folder; the list is kept beside the build so that a new file reconfigures it.
setup: gen
	@mkdir -p $(BUILD)
	@for set in library cli unit fuzz; do tools/sources $$set; done > $(BUILD)/.sources.new
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) $(MESON_ARGS)
	@cmp -s $(BUILD)/.sources.new $(BUILD)/.sources || \
	  { test ! -f $(BUILD)/.sources || meson setup --reconfigure $(BUILD); \
	    mv $(BUILD)/.sources.new $(BUILD)/.sources; }

gen:
	@tools/gen registry
	@tools/gen-facts

deps:
	@tools/install-deps build

# Compiles demo/ and audits it and a few Rust programs from Debian packages.
demo:
	@tools/install-deps demo
	@$(MAKE) --no-print-directory setup
	ninja -C $(BUILD) rustproof
	@demo/run.sh $(BUILD)/rustproof

# Lint, every quick suite, and the unit, fuzz and hostile suites once more under ASan and UBSan.
check:
	@tools/install-deps test
	@tools/check

# All of it, and what takes long: whole-machine comparison, full sweeps, fuzzing, MSan, TSan.
check-long:
	@tools/install-deps test bench
	@tools/check --long --fuzz-seconds $(FUZZ_SECONDS)

lint:
	@tools/lint

asan:
	@$(MAKE) --no-print-directory all BUILD=build-asan \
	  MESON_ARGS="-Db_sanitize=address,undefined -Db_lundef=false $(MESON_ARGS)"

tsan:
	@$(MAKE) --no-print-directory all BUILD=build-tsan \
	  MESON_ARGS="-Db_sanitize=thread -Db_lundef=false $(MESON_ARGS)"

# MSan exists in clang only; what libraries from outside write is told to it by base/outside.h.
msan:
	@CC=clang $(MAKE) --no-print-directory all BUILD=build-msan \
	  MESON_ARGS="-Db_sanitize=memory -Db_lundef=false $(MESON_ARGS)"

fuzzers:
	@CC=clang $(MAKE) --no-print-directory all BUILD=build-fuzz \
	  MESON_ARGS="-Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false $(MESON_ARGS)"

# Each fuzz target for FUZZ_SECONDS, from its corpus; crashes stay in build-fuzz/crashes/.
fuzz: fuzzers
	@fuzz/run.sh build-fuzz $(FUZZ_SECONDS)

bench:
	@tools/install-deps bench
	@$(MAKE) --no-print-directory all BUILD=build-release \
	  MESON_ARGS="--buildtype=release $(MESON_ARGS)"
	@bench/run.sh build-release/rustproof

install: all
	meson install -C $(BUILD)

clean:
	rm -rf build build-asan build-tsan build-msan build-fuzz build-release
