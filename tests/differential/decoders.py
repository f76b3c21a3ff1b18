#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the first pass sees in each AArch64, Thumb-2, ARM and RISC-V instruction of the cross libraries on this machine,
held against llvm-objdump: calls, indirect branches, returns, stack adjustments, saves and restores of the link
register, signing, landing pads, shadow stacks, jump tables. Every instruction is compared; with --all of every library.
"""
import collections
import glob
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FLAGS = {"frame": 1 << 0, "call": 1 << 6, "landing": 1 << 7, "signs": 1 << 8, "auth": 1 << 9, "spill": 1 << 10,
         "shadow": 1 << 12, "memtag": 1 << 18, "memory": 1 << 26, "bad": 1 << 27}
ROW = re.compile(r"^\s*([0-9a-f]+):\s+((?:[0-9a-f]{2,8} )+)\s*\t(\S+)\s*(.*)$")
QUICK = {
    "aarch64": ["/usr/aarch64-linux-gnu/lib/libm.so.6", "/usr/aarch64-linux-gnu/lib/libgcc_s.so.1"],
    "thumb": ["/usr/arm-linux-gnueabihf/lib/libm.so.6"],
    "riscv64": ["/usr/riscv64-linux-gnu/lib/libm.so.6"],
}
EVERY = {"aarch64": "/usr/aarch64-linux-gnu/lib/*.so*", "thumb": "/usr/arm-linux-gnueabihf/lib/*.so*",
         "riscv64": "/usr/riscv64-linux-gnu/lib/*.so*"}
OPTIONS = {
    "aarch64": ["--mattr=+v8.7a,+mte,+sve,+sve2,+pauth,+lse,+fullfp16,+bf16,+i8mm,+crypto"],
    "thumb": ["--triple=thumbv8-linux-gnueabihf", "--mattr=+neon,+vfp4,+fullfp16,+hwdiv,+mp"],
    "arm": ["--triple=armv8-linux-gnueabihf", "--mattr=+neon,+vfp4,+fullfp16,+hwdiv,+mp"],
    "riscv64": ["-M", "no-aliases", "--mattr=+m,+a,+f,+d,+c"],
    "riscv32": ["-M", "no-aliases", "--mattr=+m,+a,+f,+d,+c"],
}


def expected():
    return dict(call=False, branch=0, table=0, frame=None, spill=False, reload=False, returns=None, signs=False,
                auth=False, landing=False, shadow=False)


def number(text):
    return int(text.lstrip("#"), 0)


def listed(text):
    """Register list of push, pop, ldm."""
    return [r.strip() for r in text[text.index("{") + 1:text.index("}")].split(",")]


def aarch64(m, ops, e):
    args = [a.strip() for a in ops.split(",")]
    stack = re.search(r"\[sp(?:, #(-?(?:0x)?[0-9a-f]+))?(?:\]!?|, )", ops) is not None
    if m in ("b", "bl"):
        e["call"] = True
    elif m in ("blr", "br", "blraa", "blraaz", "blrab", "blrabz", "braa", "braaz", "brab", "brabz"):
        e["branch"], e["returns"] = 1, m.startswith("br")
    elif m == "ret":
        e["returns"] = args[0] in ("", "x30")
    elif m in ("retaa", "retab"):
        e["auth"], e["returns"] = True, False
    elif m in ("paciasp", "pacibsp"):
        e["signs"] = e["landing"] = True
    elif m in ("paciaz", "pacibz"):
        e["signs"] = True
    elif m in ("pacia", "pacib", "paciza", "pacizb") and args[0] == "x30":
        e["signs"] = True
    elif m in ("autiasp", "autibsp", "autiaz", "autibz") or (m in ("autia", "autib") and args[0] == "x30"):
        e["auth"] = True
    elif m in ("bti", "brk", "hlt"):
        e["landing"] = m != "bti" or args[0] in ("c", "jc")
    elif m == "sub" and args[:2] == ["sp", "sp"] and args[2].startswith("#"):
        shift = 12 if "lsl #12" in ops else 0
        e["frame"] = number(args[2]) << shift
    elif (m == "sub" and args[:2] == ["sp", "sp"]) or (m == "mov" and args[0] == "sp" and args[1] != "x29"):
        e["frame"] = 0
    elif m in ("stp", "str", "stur", "stnp") and stack:
        regs = args[:2] if m in ("stp", "stnp") else args[:1]
        e["spill"] = "x30" in regs
    elif m in ("ldp", "ldr", "ldur", "ldnp") and stack:
        regs = args[:2] if m in ("ldp", "ldnp") else args[:1]
        e["reload"] = "x30" in regs
    elif m == "str" and ops.replace(" ", "") == "x30,[x18],#8":
        e["shadow"] = True
    moved = re.search(r"\[sp, #-((?:0x)?[0-9a-f]+)\]!", ops) or re.search(r"\[sp\], #-((?:0x)?[0-9a-f]+)", ops)
    if moved and m.startswith("st") and not m.startswith(("stg", "stz", "st2")):
        e["frame"] = int(moved[1], 0)


CONDITION = "(eq|ne|hs|lo|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?"
PLAIN = "bl|bx|blx|b|mov|add|addw|sub|subw|push|pop|vpush|vpop|str|strd|ldr|ldrd|stm|ldm(?:ib|da|db)?|stmdb"
MNEMONIC = re.compile(f"({PLAIN}){CONDITION}$")


def arm(m, ops, e):
    m = m.partition(".")[0]
    base = MNEMONIC.match(m)
    m = base[1] if base else m
    args = [a.strip() for a in ops.split("@")[0].split(",")]
    if m == "mov" and args[0] == "pc":
        e["branch"], e["returns"] = int(args[1] != "lr"), True
    elif m == "add" and args[0] == "pc":
        e["table"] = 1
    elif m == "mov" and args[0] == "sp" and args[1] not in ("r7", "r11", "fp"):
        e["frame"] = 0
    elif m == "ldr" and args[0] == "pc" and not args[1].startswith("[sp"):
        indexed = len(args) > 2 and args[2][0] in "rlisf"
        e["table"], e["branch"], e["returns"] = int(indexed), int(not indexed), not indexed
    elif m.startswith("ldm") and args[0] != "sp!" and "pc" in listed(ops):
        e["returns"] = True
    elif m.startswith("ldm") and args[0] in ("sp", "r11") and "lr" in listed(ops):
        e["reload"] = True
    if m.startswith("ldm") and args[0] != "sp!":
        return
    if m in ("bl", "blx") and not re.match(r"(r\d+|sp|lr|pc|ip|fp)$", args[0]):
        e["call"] = True
    elif m == "b":
        e["call"] = None
    elif m in ("bx", "bxns", "bxj") and args[0] == "lr":
        e["returns"] = True
    elif m in ("bx", "blx", "bxns", "blxns", "bxj"):
        e["branch"] = 1
        e["returns"] = m.startswith("bx")
    elif m in ("tbb", "tbh"):
        e["table"] = 1
    elif m in ("push", "pop") or (m in ("ldm", "stmdb") and args[0] == "sp!"):
        regs = listed(ops)
        if m in ("push", "stmdb"):
            e["frame"], e["spill"] = 4 * len(regs), "lr" in regs
        elif "pc" not in regs:
            e["reload"] = "lr" in regs
        else:
            e["returns"] = True
    elif m in ("vpush", "vpop"):
        size = {"s": 4, "d": 8}[listed(ops)[0][0]]
        if m == "vpush":
            e["frame"] = size * len(listed(ops))
    elif m in ("sub", "subw") and args[0] == "sp" and (args[1].startswith("#") or args[1:2] == ["sp"]):
        amount = args[1] if args[1].startswith("#") else args[2]
        e["frame"] = number(amount) if amount.startswith("#") else 0
    elif m == "str" and args[1].startswith("[sp"):
        e["spill"] = args[0] == "lr"
        if ops.rstrip().endswith("!") and "#-" in ops:
            e["frame"] = number(args[2].rstrip("]!").lstrip("#-"))
    elif m == "strd" and args[2].startswith("[sp"):
        e["spill"] = "lr" in args[:2]
        if ops.rstrip().endswith("!") and "#-" in ops:
            e["frame"] = number(args[3].rstrip("]!").lstrip("#-"))
    elif m == "ldr" and args[0] in ("lr", "pc") and args[1].startswith("[sp"):
        e["reload"], e["returns"] = args[0] == "lr", args[0] == "pc"
    elif m == "stm" and args[0] == "sp":
        e["spill"] = "lr" in listed(ops)
    elif m == "ldrd" and "lr" in args[:2] and args[2].startswith("[sp"):
        e["reload"] = True


def riscv(m, ops, e):
    args = [a.strip() for a in ops.split(",")]
    if m in ("jal", "c.j", "c.jal"):
        e["call"] = True
    elif m == "c.jr" or (m == "jalr" and args[0] == "zero"):
        source = args[0] if m == "c.jr" else re.search(r"\((\w+)\)", ops)[1]
        if source in ("ra", "t0"):
            e["returns"] = source == "ra"
        else:
            e["branch"], e["returns"] = 1, True
    elif m == "c.jalr" or m == "jalr":
        e["branch"] = 1
    elif m in ("addi", "c.addi", "c.addi16sp") and args[0] == "sp" and (m != "addi" or args[1] == "sp"):
        if number(args[-1]) < 0:
            e["frame"] = -number(args[-1])
    elif m in ("sd", "c.sdsp", "sw", "c.swsp") and args[1].endswith("(sp)"):
        e["spill"] = args[0] == "ra"
    elif m in ("ld", "c.ldsp", "lw", "c.lwsp") and args[1].endswith("(sp)"):
        e["reload"] = args[0] == "ra"
    elif (m == "sub" and args[:2] == ["sp", "sp"]) or (m == "c.mv" and args[0] == "sp" and args[1] != "s0"):
        e["frame"] = 0


RULES = {"aarch64": aarch64, "thumb": arm, "arm": arm, "riscv64": riscv, "riscv32": riscv}


def instructions(arch, path):
    tool = shutil.which("llvm-objdump") or "llvm-objdump-14"
    out = subprocess.run([tool, "-d", *OPTIONS[arch], path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True, check=True).stdout
    section = ""
    for line in out.split("\n"):
        if line.startswith("Disassembly of section "):
            section = line.split()[-1].rstrip(":")
        row = ROW.match(line)
        if arch == "thumb" and section in (".plt", ".init", ".fini"):
            continue  # start files and stubs are A32
        if not row or "<unknown>" in line or "<und>" in line or int(row[1], 16) & 1:
            continue  # odd addresses: the tool lost its way in data
        code = b"".join(bytes.fromhex(g)[::-1] if len(g) > 2 else bytes.fromhex(g) for g in row[2].split())
        target = re.match(r"(0x[0-9a-f]+)", row[4].split(",")[-1].strip())
        yield int(row[1], 16), code.hex(), row[3], row[4].split("<")[0].split("//")[0].strip(), \
            int(target[1], 16) if target else 0


def seen(fields):
    flags, frame, branches, tables, returns, reload = int(fields[0], 16), *map(int, fields[1:])
    got = {name: bool(flags & FLAGS[name]) for name in ("call", "spill", "signs", "auth", "landing", "shadow")}
    got.update(branch=branches, table=tables, frame=frame if flags & FLAGS["frame"] else None, returns=bool(returns),
               reload=bool(reload))
    return got


def compare(tool, arch, path, classes, faults):
    rows = list(instructions(arch, path))
    feed = "".join(f"{at:x} {code} {target:x}\n" for at, code, _, _, target in rows)
    lines = subprocess.run([tool, arch], input=feed, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")
    cache = {}
    for (at, code, m, ops, target), line in zip(rows, lines):
        key = (line, m, code)
        if key in cache:
            for name in cache[key]:
                classes[arch, name] += 1
            continue
        e = expected()
        RULES[arch](m, ops, e)
        got = seen(line.split())
        if e["call"] is None:  # conditional forms of Thumb are not followed
            e["call"] = got["call"] if arch == "thumb" else True
        if e["call"] and target == at:  # a jump to itself stays
            e["call"] = got["call"]
        if e["call"] and target == 0:  # an object's call of another object
            e["call"] = got["call"]
        if e["call"]:  # a jump out of the code that is looked at may leave it
            e["returns"] = got["returns"]
        e["returns"] = bool(e["returns"])
        wrong = [k for k in e if e[k] != got[k] and not (k == "reload" and e["returns"])]
        cache[key] = [k for k in e if e[k]]
        for name in cache[key]:
            classes[arch, name] += 1
        if wrong:
            differences = [(k, e[k], got[k]) for k in wrong]
            faults[arch, m, tuple(wrong)].append(f"{path} {at:x} {code} {m} {ops}: {differences}")
    return len(rows)


def compiled(folder):
    """What is in no library, A32 and RV32: this project's own sources, compiled. (architecture, object)"""
    sources = sorted(pathlib.Path(__file__).resolve().parents[2].glob("src/text/*.c"))[:12]
    (pathlib.Path(folder) / "gnu").mkdir()
    (pathlib.Path(folder) / "gnu/stubs-ilp32d.h").touch()  # riscv64's headers lack that of 32 bits
    compilers = {"arm": ["arm-linux-gnueabihf-gcc", "-marm"],
                 "riscv32": ["clang", "--target=riscv32-linux-gnu", "-march=rv32gc", "-mabi=ilp32d", f"-I{folder}",
                             "-isystem", "/usr/riscv64-linux-gnu/include"]}
    for arch, command in compilers.items():
        for level in ("-O0", "-O2", "-Os") if shutil.which(command[0]) else ():
            for source in sources:
                out = f"{folder}/{source.stem}{arch}{level}.o"
                if subprocess.run([*command, level, "-w", "-Isrc", "-Iinclude", "-c", "-o", out, str(source)],
                                  cwd=source.parents[2], stderr=subprocess.DEVNULL).returncode == 0:
                    yield arch, out


def main():
    tool, everything = sys.argv[1], "--all" in sys.argv[2:]
    if not (shutil.which("llvm-objdump") or shutil.which("llvm-objdump-14")):
        print("SKIP: no llvm-objdump")
        return 77
    classes, faults, total = collections.Counter(), collections.defaultdict(list), collections.Counter()
    for arch in EVERY:
        paths = sorted(set(glob.glob(EVERY[arch]))) if everything else [p for q in QUICK[arch] for p in glob.glob(q)]
        for path in paths:
            if open(path, "rb").read(4) == b"\x7fELF":
                total[arch] += compare(tool, arch, path, classes, faults)
    with tempfile.TemporaryDirectory() as folder:
        for arch, path in compiled(folder):
            total[arch] += compare(tool, arch, path, classes, faults)
    for arch, n in total.items():
        print(arch, n, "instructions;", ", ".join(f"{k} {v}" for (a, k), v in sorted(classes.items()) if a == arch))
    for key, list_ in sorted(faults.items(), key=lambda f: -len(f[1])):
        print("DIFFERS", len(list_), *key, "|", list_[0])
    if not total:
        print("SKIP: no cross libraries")
        return 77
    return 1 if faults else 0


sys.exit(main())
