#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Inputs made to cost more than their size: each is generated twice, the second four times as large,
and must not cost much more than four times the processor time.

  growth.py RUSTPROOF FOLDER [NAME…]
"""
import os
import pathlib
import resource
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import growth_cases  # noqa: E402
import growth_elf  # noqa: E402
import growth_externs  # noqa: E402
import growth_formats  # noqa: E402
import growth_projects  # noqa: E402

SMALL, LARGE = 8000, 32000
LIMIT = 40  # seconds of processor time: a run that needs more is stopped
# Four times the input: 4 is linear, 16 quadratic. What takes less than this is not measured.
GROWTH, FREE = 9.0, 0.4


def seconds(command):
    """Processor time of the command, None when it was stopped or crashed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
                          ).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used if code in (0, 1, 3, 4) else None


def measure(program, folder, case, n):
    place = folder / f"{case.__name__}-{n}"
    place.mkdir(parents=True, exist_ok=True)
    command = [str(program), *case(place, n)]
    return seconds(command)


def main():
    program, folder, wanted = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    os.environ["NO_COLOR"] = "1"
    passed = failed = 0
    for case in (growth_cases.CASES + growth_projects.CASES + growth_externs.CASES + growth_elf.CASES +
                 growth_formats.CASES):
        if wanted and case.__name__ not in wanted:
            continue
        large = measure(program, folder, case, LARGE)
        good = large is not None
        small = None
        if good and large > FREE:
            small = measure(program, folder, case, SMALL)
            good = small is not None and large <= GROWTH * max(small, FREE / 4)
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"{case.__name__}: {SMALL} take {small} s, {LARGE} take {large} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
