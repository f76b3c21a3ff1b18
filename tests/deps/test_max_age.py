# SPDX-License-Identifier: MIT OR Apache-2.0
"""RP9105 and --max-age, on a database whose newest advisory is of a known day. Usage: test_max_age.py RUSTPROOF"""
import datetime
import pathlib
import subprocess
import sys
import tempfile

RUSTPROOF = pathlib.Path(sys.argv[1]).resolve()
DAYS = 30
passed, faults = 0, []


def run(folder, *more):
    p = subprocess.run([RUSTPROOF, "deps", folder / "Cargo.lock", "--db", folder / "db", "--select", "RP9105",
                        "--fail-on", "warn", "-f", "full", *more], capture_output=True, text=True)
    return p.returncode, p.stdout + p.stderr


with tempfile.TemporaryDirectory() as temp:
    folder = pathlib.Path(temp)
    (folder / "Cargo.lock").write_text("version = 4\n")
    (folder / "db/crates/a").mkdir(parents=True)
    day = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=DAYS)
    (folder / "db/crates/a/RUSTSEC-2020-0001.md").write_text(
        f'```toml\n[advisory]\nid = "RUSTSEC-2020-0001"\npackage = "a"\ndate = "{day}"\n\n'
        '[versions]\npatched = []\n```\n\n# A\n')
    # a day more or less: the test may run over midnight
    for args, code, text in [((), 0, "days old"), (("--max-age", str(DAYS + 1)), 0, "days old"),
                             (("--max-age", str(DAYS - 1)), 1, f"it may be {DAYS - 1} days old"),
                             (("--max-age", "0"), 0, "no age was asked")]:
        got, said = run(folder, *args)
        if got == code and text in said:
            passed += 1
        else:
            faults.append(f"{args}: exit {got}: {said}")
print("\n".join(faults))
print(f"{passed} passed, {len(faults)} failed, 0 skipped")
sys.exit(1 if faults else 0)
