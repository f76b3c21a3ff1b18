# SPDX-License-Identifier: MIT OR Apache-2.0
"""Verdicts on one artefact, judged once for all checks."""
import dataclasses
import json
import pathlib
import subprocess
import threading

OUTCOMES = {"not-applicable": "na"}


@dataclasses.dataclass
class Result:
    outcome: str   # pass, finding, na, unknown, error
    level: str
    brief: str
    text: str
    verify: str
    evidence: list  # the texts
    fixes: int


@dataclasses.dataclass
class Target:
    name: str
    error: str
    results: dict  # code -> Result
    extract: str = ""  # how to get it out of its archive


def target_of(report):
    results = {}
    for r in report["results"]:  # of several subjects the first
        results.setdefault(r["code"], Result(OUTCOMES.get(r["outcome"], r["outcome"]), r["level"], r["brief"],
                                             r["text"], r["verify"], [e["text"] for e in r["evidence"]],
                                             len(r["fixes"])))
    return Target(report["name"], report["error"]["text"] if report["error"] else "", results, report["extract"])


class Judge:
    """Runs `rustproof bin` on an artefact."""

    def __init__(self, program):
        self.program = program.resolve()  # Meson gives a path relative to its folder
        self.known = {}
        self.facts = {}
        self.guard = threading.Lock()

    def verdicts(self, path):
        with self.guard:
            lock, store = self.known.setdefault(path, (threading.Lock(), []))
        with lock:
            if not store:
                store.append(self.report(path))
            return store[0]

    def code(self, path, target):
        """The facts of the machine code of the one target whose name has `target` in it."""
        with self.guard:
            facts = self.facts.get(path)
        if facts is None:
            run = subprocess.run([self.program, "facts", path], capture_output=True, text=True, errors="replace",
                                 timeout=60)
            read = json.loads(run.stdout)
            facts = [(f"{t['path']}!{t['member']}", t["facts"]["code"]) for t in read.get("targets", [read])]
            with self.guard:
                self.facts[path] = facts
        return next(code for name, code in facts if target in name)

    def report(self, path):
        if pathlib.Path(path, "source.rs").exists():
            command = ["src", "--strict", "--format", "json", f"{path}/source.rs"]
        elif pathlib.Path(path).is_dir():  # a Cargo project
            command = ["deps", "--verify", "--db", f"{path}/db", "--cargo-home", f"{path}/cargo-home",
                       "--format", "json", f"{path}/project"]
        else:
            command = ["bin", "--any-language", "--format", "json", path]
        run = subprocess.run([self.program, *command], capture_output=True, text=True, errors="replace", timeout=60)
        try:
            return [target_of(t) for t in json.loads(run.stdout)["targets"]]
        except ValueError:
            return [Target(path, f"exit {run.returncode}, no JSON: {run.stderr.strip()[:500]}", {})]
