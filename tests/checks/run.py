#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs the fixture tests of the checks: builds artefacts, judges each once, compares with what the cases expect.

  tests/checks/run.py --build DIR [CODE …]     all checks, or only these
  tests/checks/run.py --build DIR --show NAME  all verdicts on one named artefact

The format of tests/checks/RPNNNN/cases and tests/checks/artefacts/* is described in docs/internals/checks.md.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "tools")]
import build
import cases
import outcomes
import verdicts
from wording import number_fault

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HEADINGS = ["What it checks", "Why it matters", "How it decides", "What it cannot see", "Fix", "Evidence by hand",
            "Guide section", "References"]


def checks_of_source():
    """Code and name of every check, by file name."""
    found = {}
    for file in sorted(ROOT.glob("src/checks/*/rp[0-9]*_*.c")):
        code, name = re.fullmatch(r"(rp\d{4})_(.+)\.c", file.name).groups()
        found[code.upper()] = name.replace("_", "-")
    return found


def page_problems(code, name):
    page = ROOT / "docs/checks" / f"{code}.md"
    if not page.exists():
        return [f"{code}: no page docs/checks/{code}.md"]
    lines = page.read_text().splitlines()
    problems = []
    if not lines or lines[0] != f"# {code} {name}":
        problems.append(f"{code}: the page must begin with '# {code} {name}'")
    headings = [line[3:] for line in lines if line.startswith("## ")]
    if headings != HEADINGS:
        problems.append(f"{code}: the headings of the page are {headings}")
    if any("FILL IN" in line for line in lines):
        problems.append(f"{code}: the page is not written yet (FILL IN)")
    return problems


def case_problems(code, suite, possible):
    """A check needs a case for each outcome that its code can give, or a reason why one cannot exist."""
    if suite is None:
        return [f"{code}: no tests/checks/{code}/cases"]
    seen = {case.outcome for case in suite.cases}
    problems = [f"{code}: its code can give '{want}', no case expects it, and no 'only:' line says why"
                for want in sorted(possible - seen - set(suite.excused))]
    problems += [f"{code}: an 'only:' line says that there is no case for '{outcome}', and there is"
                 for outcome in suite.excused if outcome in seen]
    return problems


def shape_problems(known, suites):
    possible = outcomes.of_checks(ROOT / "src/checks")
    problems = []
    for code, name in known.items():
        problems += page_problems(code, name) + case_problems(code, suites.get(code), possible[code])
    problems += [f"{code}: cases without a check in src/checks" for code in suites if code not in known]
    problems += [f"{page.stem}: a page without a check" for page in sorted((ROOT / "docs/checks").glob("RP*.md"))
                 if page.stem not in known]
    return problems


def mismatch(case, result):
    """Why a verdict is not the expected one, or None."""
    if result.outcome != case.outcome or case.text not in result.text:
        return f"expected {case.outcome} \"{case.text}\", got {result.outcome} \"{result.text}\""
    for key, want in case.extra.items():
        if getattr(result, key) != want:
            return f"expected {key}={want}, got {getattr(result, key)} ({result.text})"
    return poor(result)


def poor(result):
    """What every verdict owes its reader, whatever it is."""
    if result.outcome in ("pass", "finding") and not result.evidence:
        return f"{result.outcome} \"{result.text}\" without evidence"
    if result.outcome == "finding" and result.fixes == 0:
        return f"finding \"{result.text}\" without a fix"
    if result.outcome == "finding" and not result.verify:
        return f"finding \"{result.text}\" without a command to verify it"
    if not result.text:
        return f"{result.outcome} without a text"
    fault = number_fault("\n".join([result.text, *result.evidence]))
    if fault:
        return f"'{fault}' in {result.outcome} \"{result.text}\""
    return None


def coverage_problem(case, code):
    """Why the machine code's n of m is not the expected one, or None."""
    for want in case.coverage:
        have = code.get(want.name)
        if have is None:
            return f"no coverage is called {want.name}"
        if want.row:
            rows, key, value = want.row
            have = next((row for row in have[rows] if row[key] == value), {"covered": 0, "total": 0})
        if have["covered"] != want.covered or have["total"] != (have["total"] if want.total is None else want.total):
            return f"coverage {want.name} {want.row or ''}: expected {want.covered}/{want.total}, " \
                   f"got {have['covered']}/{have['total']}"
    return None


def project_of(path):
    """The Cargo project in an artefact that is a folder, or the folder with Rust source."""
    if pathlib.Path(path, "source.rs").exists():
        return pathlib.Path(path)
    return pathlib.Path(path, "project") if pathlib.Path(path).is_dir() else None


def output_of(target, result, tools, project):
    """What the command prints that a person is told to run, and the tools that are not here."""
    with tempfile.TemporaryDirectory() as empty:
        folder = empty
        if project:  # Cargo writes into it: a copy
            folder = f"{empty}/project"
            shutil.copytree(project, folder, symlinks=True)
        command = f"{target.extract}\n{result.verify}" if target.extract else result.verify
        run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, errors="replace", cwd=folder,
                             stdin=subprocess.DEVNULL, timeout=60,
                             env=dict(os.environ, PATH=tools, LC_ALL="C", CARGO_NET_OFFLINE="true",
                                      CARGO_HOME=f"{empty}/cargo-home"))
    missing = re.findall(r"(?m)^sh: \d+: (\S+): not found$", run.stderr)
    return run.stdout + run.stderr, sorted(set(missing))


def disagreement(shown, result, output):
    """The product's promise: the command shows what the verdict says."""
    for pattern in shown.shows:
        if not re.search(pattern, output, re.M):
            return f"does not show '{pattern}'"
    for pattern in shown.hides:
        if re.search(pattern, output, re.M):
            return f"shows '{pattern}'"
    for pattern in shown.quotes:
        for line in result.evidence:
            match = re.search(pattern, line)
            if match and match[1] not in output:
                return f"does not show '{match[1]}', which the evidence names"
    return None


def verify_problem(result, target, suite, tools, project=None):
    """(fault or None, tools that were missing)"""
    if not result.verify:
        return None, []
    output, missing = output_of(target, result, tools, project)
    complaint = re.search(r"(?i)usage:|syntax error|(invalid|unknown|unrecognized)[a-z ]* (option|argument)", output)
    if complaint:
        return f"'{result.verify}' does not run: {output[:300]}", []
    if result.outcome not in ("pass", "finding"):
        return None, []
    if project and (project / "source.rs").exists():  # the command shows the lines that the verdict is about
        code = result.evidence[0].partition(": ")[2]
        return (None if code in output else f"'{result.verify}' does not show '{code}':\n{output[:300]}"), []
    shown = next((s for s in suite.shown if s.outcome == result.outcome and s.text in result.text), None)
    if shown is None:
        return f"no 'verify:' block says what the command shows of {result.outcome} \"{result.text}\"", []
    fault = disagreement(shown, result, output)
    if fault and missing:
        return None, missing
    if fault:
        fault = f"'{result.verify}' {fault} ({result.outcome} \"{result.text}\"):\n{output[:800]}"
    return fault, []


def tools_path(folder, rustproof):
    """PATH with rustproof itself, and Apple's names for those of its tools that LLVM has, too."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rustproof").unlink(missing_ok=True)
    (folder / "rustproof").symlink_to(rustproof.resolve())
    for name in ("otool", "nm"):
        versions = sorted(map(str, pathlib.Path("/usr/bin").glob(f"llvm-{name}-*")))
        tool = shutil.which(f"llvm-{name}") or (versions[0] if versions else "")
        if tool and not shutil.which(name) and not (folder / name).exists():
            (folder / name).symlink_to(tool)
    return f"{folder}:{os.environ['PATH']}"


def run_case(case, code, suite, builder, judge, tools):
    """('ok' | 'skip' | 'FAIL', explanation)"""
    made = builder.make(case.artefact)
    if made.missing:
        return "skip", f"needs {', '.join(made.missing)}"
    if made.error:
        return "FAIL", made.error
    targets = [t for t in judge.verdicts(made.path) if case.target in t.name]
    if len(targets) != 1:
        return "FAIL", f"{len(targets)} targets match '{case.target}': {[t.name for t in targets][:5]}"
    if targets[0].error:
        return "FAIL", f"not judged: {targets[0].error}"
    result = targets[0].results.get(code)
    if result is None:
        return "FAIL", f"no result for {code}"
    problem, unseen = verify_problem(result, targets[0], suite, tools, project_of(made.path))
    problem = mismatch(case, result) or problem
    if not problem and case.coverage:
        problem = coverage_problem(case, judge.code(made.path, case.target))
    if problem:
        return "FAIL", problem
    return ("unshown", ", ".join(unseen)) if unseen else ("ok", result.text)


def report(rows, problems):
    counts = collections.Counter(status for _, _, status, _ in rows)
    for code, name, status, why in rows:
        if status in ("skip", "FAIL"):
            print(f"{status} {code} {name}: {why}")
    for problem in problems:
        print(f"FAIL {problem}")
    if counts["skip"]:
        needs = sorted({why for _, _, status, why in rows if status == "skip"})
        print(f"SKIPPED {counts['skip']} of {len(rows)} cases: {'; '.join(needs)}")
    if counts["unshown"]:
        needs = sorted({why for _, _, status, why in rows if status == "unshown"})
        print(f"SKIPPED the command of {counts['unshown']} cases: needs {'; '.join(needs)}")
    passed = counts["ok"] + counts["unshown"]
    print(f"{passed} passed, {counts['FAIL'] + len(problems)} failed, {counts['skip']} skipped")
    if counts["FAIL"] or problems:
        return 1
    return 77 if rows and counts["skip"] == len(rows) else 0


def show(name, named, builder, judge):
    made = builder.make(named[name])
    if made.missing or made.error:
        sys.exit(made.error or f"needs {', '.join(made.missing)}")
    print(made.path)
    for target in judge.verdicts(made.path):
        print(f"{target.name} {target.error}")
        for code, r in sorted(target.results.items()):
            print(f"  {r.outcome:8}{r.level:5} {code} [{r.brief}] {r.text} "
                  f"(evidence {len(r.evidence)}, fixes {r.fixes})")
    return 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=pathlib.Path, help="Meson's build folder")
    parser.add_argument("--rustproof", type=pathlib.Path, help="the program, when it is not in the build folder")
    parser.add_argument("--show", metavar="NAME", help="print the verdicts on one named artefact")
    parser.add_argument("-v", action="store_true", help="print cases that are as expected, too")
    parser.add_argument("codes", nargs="*", help="only these checks")
    return parser.parse_args()


def main():
    args = arguments()
    folder = ROOT / "tests/checks"
    named = cases.read_artefacts(sorted((folder / "artefacts").iterdir()))
    suites = cases.read_suites(folder, named)
    builder = build.Builder(ROOT, args.build / "tests" / "checks-cache")
    rustproof = args.rustproof or args.build / "rustproof"
    judge = verdicts.Judge(rustproof)
    tools = tools_path(args.build.resolve() / "tests" / "checks-tools", rustproof)
    if args.show:
        return show(args.show, named, builder, judge)
    known = checks_of_source()
    wanted = {c.upper() for c in args.codes} or set(suites)
    jobs = [(case, code) for code, suite in sorted(suites.items()) if code in wanted for case in suite.cases]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda job: run_case(*job, suites[job[1]], builder, judge, tools), jobs))
    rows = [(code, case.name, *outcome) for (case, code), outcome in zip(jobs, done)]
    if args.v:
        for code, name, status, why in rows:
            print(f"{status} {code} {name}: {why}")
    problems = [p for p in shape_problems(known, suites) if p[:6] in wanted or not args.codes]
    return report(rows, problems)


if __name__ == "__main__":
    sys.exit(main())
