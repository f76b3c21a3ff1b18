#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Our word on each indirect branch beside llvm-cfi-verify's, branch by branch, on rustc programs with
LLVM CFI; and the KCFI calls beside .kcfi_traps, address by address. Every disagreement belongs to a named
class, whose count is printed.

  cfi_verify.py BENCH_CODE
"""
import collections
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SOURCE = """
#[inline(never)] fn add(x: i32) -> i32 { x + 1 }
#[inline(never)] fn sub(x: i32) -> i32 { x - 1 }
#[inline(never)] fn twice(f: fn(i32) -> i32, x: i32) -> i32 { f(x) + f(x) }
trait Shape { fn area(&self) -> u64; }
struct Square(u64); struct Oblong(u64, u64);
impl Shape for Square { fn area(&self) -> u64 { self.0 * self.0 } }
impl Shape for Oblong { fn area(&self) -> u64 { self.0 * self.1 } }
#[inline(never)] fn total(v: &[Box<dyn Shape>]) -> u64 { v.iter().map(|s| s.area()).sum() }
fn main() {
    let n = std::env::args().count() as i32;
    println!("{}", twice(if n > 2 { sub } else { add }, 5));
    println!("{}", total(&[Box::new(Square(n as u64)), Box::new(Oblong(n as u64, 3))]));
}
"""


def ours(bench, path):
    rows = {}
    text = subprocess.run([bench, "--list", path], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        addr, kind, edge, detail = line.split(" ")[:4]
        rows[int(addr, 16)] = (kind, edge, detail)
    return rows


def theirs(tool, path):
    """Address → (protected?, text) of every indirect branch that llvm-cfi-verify lists."""
    rows = {}
    text = subprocess.run([tool, "--ignore-dwarf", path], capture_output=True, text=True).stdout
    for m in re.finditer(r"^Instruction: (0x[0-9a-f]+) \((\w+)\):\s*(.*)", text, re.M):
        rows[int(m[1], 16)] = (m[2] == "PROTECTED", m[3])
    return rows


def classify(row, protected, text):
    """None: they agree. Otherwise the name of the disagreement."""
    if row is None:  # our first pass counts these and keeps no list
        return "GOT slot, set aside at once" if "(%rip)" in text or "notrack" in text else f"UNNAMED: not seen: {text}"
    kind, edge, detail = row
    if edge == "aside":
        return f"not attackable: {detail}" if not protected else None
    if (edge in ("guarded", "spilled")) == protected:
        return None
    if edge in ("guarded", "spilled"):
        return {"guarded": "checked, then copied", "spilled": "checked, then spilled"}[edge]
    return f"UNNAMED: {kind} {edge} {detail}, they say protected"


def kcfi_traps(path):
    """Trap addresses by .kcfi_traps: distances from each entry."""
    text = subprocess.run(["readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
    m = re.search(r"\.kcfi_traps\s+\S+\s+([0-9a-f]+)\s+([0-9a-f]+)\s+([0-9a-f]+)", text)
    addr, offset, size = (int(x, 16) for x in m.groups())
    data = pathlib.Path(path).read_bytes()[offset:offset + size]
    return {addr + i + struct.unpack_from("<i", data, i)[0] for i in range(0, size, 4)}


def build(work, name, flags):
    out = work / name
    (work / "p.rs").write_text(SOURCE)
    run = subprocess.run(["rustc", "-O", *flags, "-Cunsafe-allow-abi-mismatch=sanitizer", "-o", out, work / "p.rs"],
                         env=os.environ | {"RUSTC_BOOTSTRAP": "1"}, capture_output=True, text=True)
    return out if run.returncode == 0 else None


def main():
    bench = sys.argv[1]
    tool = next(filter(None, map(shutil.which, ("llvm-cfi-verify-22", "llvm-cfi-verify", "llvm-cfi-verify-14"))), None)
    if tool is None or shutil.which("rustc") is None:
        sys.exit(77)
    failed = False
    with tempfile.TemporaryDirectory() as d:
        work = pathlib.Path(d)
        cfi = build(work, "cfi", ["-Zsanitizer=cfi", "-Clto", "-Ccodegen-units=1"])
        kcfi = build(work, "kcfi", ["-Zsanitizer=kcfi", "-Cpanic=abort"])
        if cfi is None or kcfi is None:
            sys.exit(77)
        mine, other = ours(bench, cfi), theirs(tool, cfi)
        both = mine.keys() & other.keys()
        names = collections.Counter(filter(None, (classify(mine.get(a), *row) for a, row in other.items())))
        print(f"{len(mine)} of ours, {len(other)} of theirs, {len(both)} of both")
        for name, n in names.most_common():
            print(f"  {n:5} {name}")
            failed |= name.startswith("UNNAMED")
        edges = collections.Counter(e for _, e, _ in mine.values())
        print("  cfi:", dict(edges))
        failed |= edges["guarded"] == 0 or edges["undecided"] != 0 or len(both) < 100
        guarded = {a - 2 for a, (_, e, g) in ours(bench, kcfi).items() if e == "guarded" and g == "kcfi"}
        traps = kcfi_traps(kcfi)
        print(f"  kcfi: {len(guarded)} guarded, {len(traps)} traps, {len(guarded ^ traps)} not in both")
        failed |= guarded != traps or not traps
    sys.exit(1 if failed else 0)


main()
