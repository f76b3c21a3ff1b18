# SPDX-License-Identifier: MIT OR Apache-2.0
"""Builds one of the Rust oracles of this folder once; skips loudly when it cannot be had."""
import os
import shutil
import subprocess
import sys


def skip(why):
    print(f"SKIPPED: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)


def build(source, cache, program):
    if not shutil.which("cargo"):
        skip("cargo is not installed")
    shutil.copytree(source, cache / program, dirs_exist_ok=True)
    try:
        done = subprocess.run(["cargo", "build", "--quiet", "--manifest-path", cache / program / "Cargo.toml"],
                              capture_output=True, text=True, timeout=280,
                              env={**os.environ, "CARGO_TARGET_DIR": str(cache / "target")})
    except subprocess.TimeoutExpired:
        skip("the oracle was not built in time; the next run goes on")
    if done.returncode != 0:
        if any(word in done.stderr for word in ("failed to download", "failed to get", "network", "requires rustc",
                                                "not supported by")):
            skip(f"the crates for {program} could not be had: {done.stderr.strip()[-200:]}")
        print(done.stderr)
        sys.exit(1)
    return cache / "target" / "debug" / program
