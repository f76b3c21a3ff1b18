# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reads tests/checks/artefacts/* and tests/checks/RPNNNN/cases: blocks of 'key: value' lines, blank line between."""
import dataclasses
import re
import shlex
import sys

OUTCOMES = ("pass", "finding", "na", "unknown")
LEVELS = ("allow", "note", "warn", "deny")


@dataclasses.dataclass
class Artefact:
    """How to make one file. `source` is the artefact that $IN of the commands stands for."""
    name: str
    commands: list
    needs: list
    source: "Artefact | None" = None


@dataclasses.dataclass
class Case:
    name: str
    artefact: Artefact
    outcome: str
    text: str
    extra: dict    # level, brief
    target: str    # part of the target's name, for files with members
    coverage: list  # Coverage: n of m in the machine code, as hand or oracle counted it


@dataclasses.dataclass
class Coverage:
    """`cfi 6/9 owner=rust_user`: a coverage of rp_code_facts, whole or one of its rows."""
    name: str
    covered: int
    total: int     # None: any
    row: tuple     # (by_owner | by_crate | by_object, key, value) or None


@dataclasses.dataclass
class Shown:
    """What the command of a verdict must print: patterns over all its output, ^ and $ at every line."""
    outcome: str
    text: str      # part of the verdict's text
    shows: list
    hides: list
    quotes: list   # group 1 of each, in the evidence, must be printed too


@dataclasses.dataclass
class Suite:
    cases: list
    excused: dict  # outcome that has no case -> why
    shown: list    # Shown: the first that fits a verdict counts


def fail(file, line, text):
    sys.exit(f"{file}:{line}: {text}")


def blocks(file):
    """Yields (first line number, [(key, value)]). An indented line goes on with the value of the line before it."""
    block, start = [], 0
    for number, line in enumerate(file.read_text().splitlines() + [""], 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if block:
                yield start, block
            block = []
        elif line[0] in " \t":
            if not block:
                fail(file, number, "an indented line with nothing before it")
            block[-1] = (block[-1][0], block[-1][1] + "\n" + line[2:])
        else:
            key, colon, value = line.partition(":")
            if not colon:
                fail(file, number, "expected 'key: value'")
            start = start if block else number
            block.append((key.strip(), value.strip()))


def artefact(file, line, name, block, named):
    values = dict(block)
    source = values.get("from")
    if source is not None and source not in named:
        fail(file, line, f"no artefact is called '{source}'")
    commands = [value for key, value in block if key == "build"]
    commands += [f"mkdir -p $OUT && cat > $OUT/source.rs <<'END_OF_SOURCE'\n{value}\nEND_OF_SOURCE"
                 for key, value in block if key == "source"]
    if not commands:
        fail(file, line, f"'{name}' has no 'build:' or 'source:' line")
    return Artefact(name, commands, values.get("needs", "").split(), named.get(source))


def read_artefacts(files):
    named = {}
    for file in files:
        for line, block in blocks(file):
            name = dict(block).get("artefact")
            if name is None or name in named:
                fail(file, line, "a block needs an 'artefact:' line with a new name")
            named[name] = artefact(file, line, name, block, named)
    return named


def expectation(file, line, text):
    match = re.fullmatch(r'(\w+)(?:\s+("(?:[^"\\]|\\.)*"))?((?:\s+(?:level|brief)=\S+)*)', text)
    if not match or match[1] not in OUTCOMES:
        fail(file, line, f"cannot read the expectation '{text}'")
    extra = dict(item.split("=", 1) for item in match[3].split())
    if extra.get("level", "note") not in LEVELS:
        fail(file, line, f"no such level: {extra['level']}")
    return match[1], shlex.split(match[2])[0] if match[2] else "", extra


def coverage(file, line, text):
    match = re.fullmatch(r"(\w+) (\d+)/(\d+|\*)(?: (owner|crate|object)=(\S+))?", text)
    if not match:
        fail(file, line, f"cannot read the coverage '{text}'")
    row = (f"by_{match[4]}", "owner" if match[4] == "owner" else "name", match[5]) if match[4] else None
    return Coverage(match[1], int(match[2]), None if match[3] == "*" else int(match[3]), row)


def case(file, line, block, named):
    values = dict(block)
    for key in values:
        if key not in ("case", "use", "from", "build", "source", "needs", "expect", "target", "coverage", "why"):
            fail(file, line, f"no such key: {key}")
    if "case" not in values or "expect" not in values:
        fail(file, line, "a block needs 'case:' and 'expect:'")
    if "use" in values:
        if values["use"] not in named:
            fail(file, line, f"no artefact is called '{values['use']}'")
        made = named[values["use"]]
    else:
        made = artefact(file, line, values["case"], block, named)
    outcome, text, extra = expectation(file, line, values["expect"])
    return Case(values["case"], made, outcome, text, extra, values.get("target", ""),
                [coverage(file, line, value) for key, value in block if key == "coverage"])


def patterns(file, line, block, key):
    found = [value for name, value in block if name == key]
    for value in found:
        try:
            re.compile(value)
        except re.error as error:
            fail(file, line, f"'{value}': {error}")
    return found


def shown(file, line, block):
    for key, _ in block[1:]:
        if key not in ("shows", "hides", "quotes"):
            fail(file, line, f"no such key: {key}")
    outcome, text, _ = expectation(file, line, block[0][1])
    result = Shown(outcome, text, *(patterns(file, line, block, key) for key in ("shows", "hides", "quotes")))
    if not result.shows and not result.hides and not result.quotes:
        fail(file, line, "a 'verify:' block needs 'shows:', 'hides:' or 'quotes:'")
    return result


def suite(file, named):
    result = Suite([], {}, [])
    for line, block in blocks(file):
        if block[0][0] == "verify":
            result.shown.append(shown(file, line, block))
            continue
        if block[0][0] == "only":
            outcome, _, why = block[0][1].partition(" ")
            if outcome not in OUTCOMES or not why:
                fail(file, line, "write 'only: OUTCOME-WITHOUT-A-CASE why there is none'")
            result.excused[outcome] = why
        else:
            result.cases.append(case(file, line, block, named))
    names = [c.name for c in result.cases]
    if len(set(names)) != len(names):
        fail(file, 1, "two cases have the same name")
    return result


def read_suites(folder, named):
    return {file.parent.name: suite(file, named) for file in sorted(folder.glob("RP*/cases"))}
