#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the fixtures (once for each build folder) and runs the sweeps over them.

  run.py SWEEP FOLDER [BUDGET]
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main():
    sweep, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    budget = sys.argv[3] if len(sys.argv) > 3 else "0"
    made = subprocess.run([sys.executable, HERE / "fixtures.py", folder],
                          stdin=subprocess.DEVNULL).returncode
    if made != 0:
        print("no fixture could be made")
        return 1
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    # Two processes, so that two cores work; sizes are mixed by taking every second name.
    halves = [subprocess.Popen([sweep, "-q", budget, *half], stdout=subprocess.PIPE, text=True)
              for half in (files[0::2], files[1::2])]
    passed = failed = 0
    for half in halves:
        out, _ = half.communicate()
        lines = out.splitlines()
        print("\n".join(lines[:-1]))
        words = lines[-1].split() if lines else []
        if half.returncode not in (0, 1) or len(words) != 4:
            print(out[-2000:], f"\nthe sweep ended with {half.returncode}")
            failed += 1
        else:
            passed, failed = passed + int(words[0]), failed + int(words[2])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
