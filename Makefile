# SPDX-License-Identifier: MIT OR Apache-2.0
# Thin: Meson and ninja do the work. `make demo` and `make check` are all that a user needs.
BUILD ?= build
.PHONY: all setup gen check clean

all: setup
	ninja -C $(BUILD)

# Sources are found by folder; the list is kept beside the build so that a new file reconfigures it.
setup: gen
	@mkdir -p $(BUILD)
	@(tools/sources library; tools/sources cli; tools/sources unit) > $(BUILD)/.sources.new
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) $(MESON_ARGS)
	@cmp -s $(BUILD)/.sources.new $(BUILD)/.sources || \
	  { test ! -f $(BUILD)/.sources || meson setup --reconfigure $(BUILD); \
	    mv $(BUILD)/.sources.new $(BUILD)/.sources; }

gen:
	@tools/gen registry

check: all
	meson test -C $(BUILD) --print-errorlogs

clean:
	rm -rf $(BUILD)
