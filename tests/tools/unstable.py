# SPDX-License-Identifier: MIT OR Apache-2.0
"""rustc and Cargo with flags that only a nightly takes."""
import os
import subprocess


def unstable(tool):
    """(command, environment): rustup's nightly, and without one the released tool, told to take such flags."""
    nightly = [tool, "+nightly"]
    try:
        run = subprocess.run([*nightly, "--version"], capture_output=True, text=True)
    except OSError:
        return None, {}
    # without rustup "+nightly" is the name of a file, or nothing
    there = run.returncode == 0 and "nightly" in run.stdout
    return (nightly, dict(os.environ)) if there else ([tool], {**os.environ, "RUSTC_BOOTSTRAP": "1"})
