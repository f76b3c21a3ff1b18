#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Indirect branches of functions that GCC laid out in a hot and a cold part, beside the same source compiled with all
of a function in one piece: each line of the source has the same branches, and they stand alike. Whole, and with no
names but the dynamic ones, where unwind data alone tells a part from a function.

  parts.py BENCH_CODE            builds both with the compilers of this machine
  parts.py BENCH_CODE FILE …     counts what stays undecided in these instead
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Seldom code comes back into the middle; what it changes there, and what it leaves alone, is called afterwards.
SOURCE = """
#define COLD __attribute__((cold, noinline))
#define SEEN __attribute__((noinline))
typedef int (*step)(int);
struct ops { step first, second; };
extern step writable; extern const struct ops fixed;
COLD int rare(int x); COLD void *lookup(int x); int outside(int);
SEEN int argument(step f, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        if (__builtin_expect(sum == 77, 0)) {
            sum = rare(sum);
            f = writable;
        }
        sum += f(i);
    }
    return sum;
}
SEEN int loaded(const struct ops *o, int n)
{
    step f;
    if (__builtin_expect(n > 1000, 0)) {
        o = lookup(n);
        f = o->second;
        rare(n);
    } else {
        f = o->first;
    }
    return f(n) + outside(n);
}
SEEN int constant(int n)
{
    step f = outside;
    for (int i = 0; i < n; i++) {
        if (__builtin_expect(n == 99, 0))
            n = rare(n);
        n += f(i);
    }
    return n;
}
SEEN int table(int n, int k)
{
    for (int i = 0; i < k; i++) {
        if (__builtin_expect(n == 99, 0))
            n = rare(n);
        switch (n & 7) {
        case 0: n += outside(1); break;
        case 1: n -= outside(n); break;
        case 2: n *= outside(3 + i); break;
        case 3: n ^= outside(4 - i); break;
        case 4: n += rare(n); break;
        case 5: n = outside(i) * 3; break;
        case 6: n = n * outside(7); break;
        default: n = ~outside(n);
        }
    }
    return n;
}
SEEN int chosen(int n)
{
    const struct ops *o = &fixed;
    if (__builtin_expect(n == 5, 0)) {
        o = lookup(n);
        n = rare(n);
    }
    for (int i = 0; i < 4; i++)
        n = o->first(n) + o->second(n);
    return n;
}
SEEN int twice(const struct ops *o, int n)
{
    step f = writable;
    if (__builtin_expect(n < 0, 0)) {
        rare(n);
        if (__builtin_expect(n < -100, 0)) {
            n = rare(n) + f(n);
            o = lookup(n);
        }
    }
    n += o->second(n);
    return n + f(n) + outside(3);
}
"""
LEAST_PARTS, LEAST_LINES = 6, 20
UNDECIDED_PER_1000 = 1  # of a file's branches


def run(*argv):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True).stdout


def branches(bench, path):
    """Address → how it stands."""
    return {line.split(" ")[0]: tuple(line.split(" ")[1:4]) for line in run(bench, "--list", path).splitlines()}


def by_line(found, path):
    """Lines of the source → how the branches of each stand; compilers may copy a line's code."""
    lines = collections.defaultdict(set)
    told = run("addr2line", "-e", path, *(f"0x{a}" for a in found)).splitlines()
    for place, stands in zip(told, found.values()):
        lines[int(re.search(r":(\d+)", place)[1])].add(stands)
    return dict(lines)


def compare(bench, work, bits):
    """Faults, and how many parts and lines there were."""
    common = ["gcc", f"-m{bits}", "-O2", "-g", "-fPIC", "-fno-plt", "-shared", "-nostdlib", "-Wl,-z,now", work / "p.c"]
    whole, split, bare = (work / f"{name}{bits}" for name in ("whole", "split", "bare"))
    run(*common, "-fno-reorder-blocks-and-partition", "-o", whole)
    run(*common, "-freorder-blocks-and-partition", "-o", split)
    run("strip", split, "-o", bare)
    parts = len(re.findall(r"\.cold$", run("nm", split), re.M))
    wanted = by_line(branches(bench, whole), whole)
    faults = []
    for name, path in (("whole", split), ("stripped", bare)):
        got = by_line(branches(bench, path), split)
        faults += [f"{bits} bits, {name}, line {at}: {got.get(at)}, in one piece {wanted.get(at)}"
                   for at in sorted(got.keys() | wanted.keys()) if got.get(at) != wanted.get(at)]
    return faults, parts, len(wanted)


def count(bench, path):
    stands = collections.Counter(edge for _, edge, _ in branches(bench, path).values())
    print(f"{path}: {dict(stands)}")
    return stands["undecided"] * 1000 > UNDECIDED_PER_1000 * sum(stands.values())


def main():
    bench, files = sys.argv[1], sys.argv[2:]
    if files:
        sys.exit(any([count(bench, path) for path in files]))
    if not shutil.which("gcc"):
        print("skipped: gcc is not installed")
        sys.exit(77)
    faults, parts, lines = [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "p.c").write_text(SOURCE)
        for bits in (64, 32):
            try:
                more = compare(bench, work, bits)
            except subprocess.CalledProcessError as error:
                print(f"skipped: {bits} bits: {error.stderr.strip()[-200:]}")
                continue
            faults, parts, lines = faults + more[0], parts + more[1], lines + more[2]
    if parts < LEAST_PARTS or lines < LEAST_LINES:
        faults.append(f"only {parts} cold parts and {lines} lines with branches: this compiler splits less")
    print("\n".join(faults))
    print(f"{parts} cold parts, {lines} lines, {len(faults)} faults")
    sys.exit(bool(faults))


main()
