# SPDX-License-Identifier: MIT OR Apache-2.0
"""Verdicts on one artefact, judged once, from the test program tests/tools/judge.c."""
import dataclasses
import subprocess
import threading


@dataclasses.dataclass
class Result:
    outcome: str   # pass, finding, na, unknown, error
    level: str
    brief: str
    text: str
    verify: str
    evidence: int  # number of lines
    fixes: int


@dataclasses.dataclass
class Target:
    name: str
    error: str
    results: dict  # code -> Result


class Judge:
    def __init__(self, program):
        self.program = program
        self.known = {}
        self.guard = threading.Lock()

    def verdicts(self, path):
        with self.guard:
            lock, store = self.known.setdefault(path, (threading.Lock(), []))
        with lock:
            if not store:
                store.append(self.judge(path))
            return store[0]

    def judge(self, path):
        run = subprocess.run([self.program, path], capture_output=True, text=True, errors="replace", timeout=60)
        if run.returncode != 0:
            return [Target(path, run.stderr.strip() or f"exit {run.returncode}", {})]
        target = Target(path, "", {})
        for line in run.stdout.splitlines():
            code, outcome, level, brief, evidence, fixes, verify, text = line.split("\t")
            target.results[code] = Result(outcome, level, brief, text, verify, int(evidence), int(fixes))
        return [target]
