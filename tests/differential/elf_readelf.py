#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds what we read of ELF files against readelf: header, program headers, dynamic section, notes, symbols,
relocations, unwind tables; and each file against itself without section headers.

  elf_readelf.py DUMP_ELF              a sample of this machine's programs, libraries, objects and archive members
  elf_readelf.py DUMP_ELF PATH …       every ELF file below these paths (also by RP_ELF_SWEEP="/usr /lib …")
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ENV = dict(os.environ, LC_ALL="C")
MACHINES = {"Intel 80386": 3, "Advanced Micro Devices X86-64": 62, "AArch64": 183, "ARM": 40, "RISC-V": 243,
            "PowerPC64": 21, "PowerPC": 20, "IBM S/390": 22, "MIPS R3000": 8, "LoongArch": 258,
            "Sparc v9": 43, "Sparc": 2, "Linux BPF": 247, "MC68000": 4, "HPPA": 15, "Renesas / SuperH SH": 42}
TYPES = {"NONE": 0, "REL": 1, "EXEC": 2, "DYN": 3, "CORE": 4}
PHDRS = {"LOAD": 1, "DYNAMIC": 2, "INTERP": 3, "NOTE": 4, "PHDR": 6, "TLS": 7, "GNU_EH_FRAME": 0x6474e550,
         "GNU_STACK": 0x6474e551, "GNU_RELRO": 0x6474e552, "GNU_PROPERTY": 0x6474e553}
FLAGS = {"ORIGIN": 1, "SYMBOLIC": 2, "TEXTREL": 4, "BIND_NOW": 8, "STATIC_TLS": 16}
FLAGS_1 = {"NOW": 1, "GLOBAL": 2, "GROUP": 4, "NODELETE": 8, "LOADFLTR": 16, "INITFIRST": 32, "NOOPEN": 64,
           "ORIGIN": 128, "DIRECT": 256, "INTERPOSE": 1024, "NODEFLIB": 2048, "NODUMP": 4096, "PIE": 0x08000000}
FEATURES = {"x86": ("x86 feature", {"IBT": 1, "SHSTK": 2, "LAM_U48": 4, "LAM_U57": 8}),
            "aarch64": ("AArch64 feature", {"BTI": 1, "PAC": 2})}
TLS = {  # types that the dynamic linker sees, by kind: module, offset, thread pointer, descriptor
    62: ([16], [17], [18], [36]), 3: ([35], [36], [14, 37], [41]), 183: ([1028], [1029], [1030], [1031]),
    40: ([17], [18], [19], [13]), 243: ([6, 7], [8, 9], [10, 11], [12]), 21: ([68], [78], [73], []),
    20: ([68], [78], [73], []), 22: ([54], [55], [56], []), 8: ([38, 40], [39, 41], [47, 48], []),
    43: ([74, 75], [76, 77], [78, 79], []), 258: ([6, 7], [8, 9], [10, 11], [13, 14])}

# Differences that are readelf's doing, each with the reason: a name and a test on (key, ours, theirs, file).
EXPLAINED = []


def explained(reason):
    def keep(test):
        EXPLAINED.append((reason, test))
        return test
    return keep


@explained("readelf -D counts DT_JMPREL's records twice where they are the tail of DT_RELA's")
def _(key, ours, theirs, facts):
    return key == "relocs.types" and isinstance(theirs, dict) and facts["_jmprel_inside"] and \
        all(ours.get(t, 0) <= n for t, n in theirs.items()) and set(ours) == set(theirs)


def is_elf(path):
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def walk(roots):
    for root in roots:
        root = pathlib.Path(root)
        if root.is_file():
            yield root
            continue
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = pathlib.Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield path


def members(archive, folder):
    """Objects of an ar archive, each name once, in a folder of its own."""
    into = pathlib.Path(tempfile.mkdtemp(dir=folder))
    subprocess.run(["ar", "x", archive.resolve()], cwd=into, stderr=subprocess.DEVNULL, check=False)
    return [path for path in sorted(into.iterdir()) if is_elf(path)]


# ---- readelf ----

def run(*argv):
    done = subprocess.run(argv, capture_output=True, env=ENV, check=False)
    return done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


def bits(names, table):
    return sum(table.get(name, 0) for name in re.split(r"[ ,]+", names.strip()))


def parse_header(text, out):
    field = dict(re.findall(r"^  ([A-Z][^:\n]*):\s+(.*)$", text, re.M))
    out["class"] = int(field["Class"][3:])
    out["big"] = int("big endian" in field["Data"])
    out["machine"] = MACHINES.get(field["Machine"])
    out["e_type"] = TYPES.get(field["Type"].split()[0])
    out["entry"] = int(field["Entry point address"], 16)
    out["e_flags"] = int(field["Flags"].split(",")[0], 16)
    count = re.search(r"^(\d+)(?: \((\d+)\))?", field["Number of section headers"])
    out["sections"] = max(int(count[2] or count[1]) - 1, 0)


PHDR = re.compile(r"^  (\S.*?)\s+" + r"(0x[0-9a-f]+)\s+" * 5 + r"([R ])([W ])([E ])\s+(0x[0-9a-f]+|0)$", re.M)


def parse_phdrs(text, out):
    out["phdrs"] = [[int(m[i], 16) for i in range(2, 7)] +
                    [(m[7] == "R") * 4 + (m[8] == "W") * 2 + (m[9] == "E") * 1, int(m[10], 16)]
                    for m in PHDR.finditer(text)]
    out["phdr_types"] = [PHDRS.get(m[1]) for m in PHDR.finditer(text)]
    interp = re.search(r"Requesting program interpreter: (.*)\]", text)
    out["interp"] = interp[1] if interp else ""


def parse_dynamic(text, out):
    out.update(tags=[], needed=[], paths=[], soname="", flags=0, flags_1=0)
    for tag, name, value in re.findall(r"^ 0x([0-9a-f]+) \((.*?)\)[ \t]*(.*)$", text, re.M):
        if name == "NULL":
            break
        out["tags"].append(int(tag, 16))
        quoted = re.search(r"\[(.*)\]", value)
        if name == "NEEDED" and quoted:
            out["needed"].append(quoted[1])
        elif name == "SONAME" and quoted:
            out["soname"] = quoted[1]
        elif name in ("RPATH", "RUNPATH") and quoted:
            out["paths"] += [[int(name == "RUNPATH"), part] for part in quoted[1].split(":")]
        elif name == "FLAGS":
            out["flags"] = bits(value, FLAGS)
        elif name == "FLAGS_1":
            out["flags_1"] = bits(value.replace("Flags:", ""), FLAGS_1)


def parse_notes(text, out):
    build_id = re.search(r"Build ID: ([0-9a-f]+)", text)
    out["build_id"] = build_id[1] if build_id else ""
    for key, (title, table) in FEATURES.items():
        found = re.search(title + r": ((?:[A-Z0-9_]+(?:, )?)*)", text)
        out[key] = bits(found[1], table) if found else 0
    versions = re.findall(r"Name: GLIBC_(\d+(?:\.\d+)+) ", text[text.find("Version needs section"):]) \
        if "Version needs section" in text else []
    out["min_glibc"] = max(versions, key=lambda v: [int(n) for n in v.split(".")], default="")


SYMBOL = re.compile(r"^ *\d+: ([0-9a-f]+) +(0x[0-9a-f]+|\d+) (\S+) +(\S+) +(\S+)(?: +\[.*?\])? +(\S+)(?: (.*))?$", re.M)


def parse_symbols(text, out):
    """Sums over the table of each name."""
    for name in (".symtab", ".dynsym"):
        head = rf"^Symbol table '{re.escape(name)}' contains (\d+) entr.*?:\n"
        part = re.search(head + r"(.*?)(?:^[^\s\d]|\Z)", text, re.M | re.S)
        total = collections.Counter(n=0, values=0, sizes=0, defined=0, **{"global": 0, "func": 0})
        rows = SYMBOL.findall(part[2]) if part else []
        for value, size, kind, bind, _, index, _ in rows[1:]:
            total["n"] += 1
            total["values"] += int(value, 16)
            total["sizes"] += int(size, 0)
            total["defined"] += index != "UND"
            total["global"] += bind != "LOCAL"
            total["func"] += kind in ("FUNC", "IFUNC")
        total["values"] %= 1 << 64
        total["sizes"] %= 1 << 64
        out[name[1:]] = dict(total)


def reloc_type(info, out):
    if out["class"] == 32 or out["machine"] in (8, 43):
        return info & 0xff
    return info & 0xffffffff


def parse_relocs(text, out):
    types = collections.Counter(reloc_type(int(info, 16), out)
                                for info in re.findall(r"^[0-9a-f]{8,} +([0-9a-f]{8,}) (?!-)\S", text, re.M))
    out["relocs.types"] = {str(t): n for t, n in sorted(types.items())}
    out["relocs.relr"] = sum(int(n) for n in re.findall(r"^  (\d+) offsets$", text, re.M))
    if out["machine"] in TLS and out["e_type"] != 1:
        out["relocs.tls"] = [sum(types[t] for t in kind) for kind in TLS[out["machine"]]]


def readelf(path, facts):
    text, errors = run("readelf", "-W", "-h", "-l", "-d", "-n", "-s", "-V", path)
    out = {}
    parse_header(text, out)
    parse_phdrs(text, out)
    parse_dynamic(text, out)
    parse_notes(text, out)
    parse_symbols(text, out)
    dynamic = facts["tags"] != []
    relocs, more = run("readelf", "-W", "-r", *(["-D"] if dynamic else []), path)
    parse_relocs(relocs, out)
    return out, errors + more


def frame_starts(path):
    """Function starts by .eh_frame itself."""
    text, _ = run("readelf", "-W", "--debug-dump=no-follow-links", "--debug-dump=frames", path)
    part = re.search(r"^Contents of the \.eh_frame section:\n(.*?)(?:^Contents|\Z)", text, re.M | re.S)
    starts = set(int(pc, 16) for pc in re.findall(r" FDE .*pc=([0-9a-f]+)\.\.", part[1])) if part else set()
    return len(starts), sum(starts) % (1 << 64)


# ---- comparison ----

def flatten(facts):
    out = dict(facts)
    out["phdr_types"] = [p[0] for p in facts["phdrs"]]
    out["phdrs"] = [p[1:] for p in facts["phdrs"]]
    for name in ("symtab", "dynsym"):
        out[name] = {k: v for k, v in facts[name].items() if k != "names"}
    relocs = facts["relocs"]
    out.update({"relocs.types": relocs["types"], "relocs.relr": relocs["relr"], "relocs.tls": relocs["tls"]})
    # readelf spells only the flags it knows
    out["flags"] &= sum(FLAGS.values())
    out["flags_1"] &= sum(FLAGS_1.values())
    out["aarch64"] &= 3
    return out


def differences(path, facts, frames):
    if "error" in facts:
        yield "open", facts["error"], "readelf reads it"
        return
    theirs, _ = readelf(path, facts)
    ours = flatten(facts)
    theirs["phdr_types"] = [t if t is not None else ours["phdr_types"][i] if i < len(ours["phdr_types"]) else None
                            for i, t in enumerate(theirs["phdr_types"])]
    for key, value in theirs.items():
        if value is not None and ours[key] != value:
            yield key, ours[key], value
    if frames and facts["functions"]:
        count, total = frame_starts(path)
        if (facts["starts"], facts["starts_sum"]) != (count, total):
            yield "starts", (facts["starts"], facts["starts_sum"]), (count, total)
    if facts["anomalies"]:
        yield "anomalies", facts["anomalies"], []


# Facts that need no section headers. A static program's relocations and preinit array have no other trace.
WITHOUT_SECTIONS = ["class", "machine", "e_type", "entry", "kind", "type", "rule", "phdrs", "tags", "needed", "paths",
                    "soname", "interp", "min_glibc", "flags", "flags_1", "bind_now", "textrel", "build_id", "x86",
                    "aarch64", "riscv", "properties", "relro", "relro_covers_got", "relro_mapped", "stack",
                    "nwx", "tls_size", "exported", "dynsym", "functions", "starts_sum"]


def strip_sections(paths, folder):
    objcopy = shutil.which("llvm-objcopy") or shutil.which("llvm-objcopy-14")
    pairs = {}
    for number, path in enumerate(paths):
        stripped = pathlib.Path(folder, f"{number}-{path.name}")
        if not objcopy:
            break
        done = subprocess.run([objcopy, "--strip-sections", path, stripped], capture_output=True, check=False)
        if done.returncode == 0 and stripped.exists():
            pairs[path] = stripped
    return pairs


def stripped_differences(before, after):
    if "error" in after:
        yield "open", "readable", after["error"]
        return
    keys = WITHOUT_SECTIONS + (["relocs"] if before["tags"] else [])
    for key in keys:
        if before[key] != after[key] and not (key == "phdrs" and len(before[key]) == len(after[key])):
            yield key, before[key], after[key]
    if after["anomalies"]:
        yield "anomalies", [], after["anomalies"]


def dump(tool, paths):
    done = subprocess.run([tool], input="".join(f"{p}\n" for p in paths).encode(), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


class Tally:
    def __init__(self):
        self.compared, self.explained, self.bad = 0, collections.Counter(), []

    def add(self, path, facts, key, ours, theirs):
        for reason, test in EXPLAINED:
            if test(key, ours, theirs, facts):
                self.explained[reason] += 1
                return
        self.bad.append(f"{path}: {key}\n    ours   {str(ours)[:600]}\n    theirs {str(theirs)[:600]}")


def jmprel_inside(path):
    text, _ = run("readelf", "-W", "-d", path)
    tags = re.findall(r"\((JMPREL|RELA|RELASZ|REL|RELSZ)\)\s+(\S+)", text)
    value = {name: int(number, 0) for name, number in tags}
    for table, size in (("RELA", "RELASZ"), ("REL", "RELSZ")):
        start = value.get(table, 1 << 64)
        if "JMPREL" in value and start <= value["JMPREL"] < start + value.get(size, 0):
            return True
    return False


def compare(tool, paths, tally, frames_below, quiet):
    facts = dump(tool, paths)
    assert len(facts) == len(paths), "the dump stopped early"
    for number, (path, f) in enumerate(zip(paths, facts)):
        found = list(differences(path, f, path.stat().st_size < frames_below))
        if found and "error" not in f:
            f["_jmprel_inside"] = jmprel_inside(path)
        for key, ours, theirs in found:
            tally.add(path, f, key, ours, theirs)
        tally.compared += 1
        if not quiet and number % 500 == 499:
            print(f"  {number + 1} of {len(paths)}", flush=True)
    return facts


def compare_stripped(tool, facts, paths, folder, tally):
    by_path = dict(zip(paths, facts))
    pairs = strip_sections([p for p in paths if "error" not in by_path[p] and by_path[p]["e_type"] in (2, 3) and
                            by_path[p]["kind"] in (1, 2)], folder)
    for (path, stripped), after in zip(pairs.items(), dump(tool, pairs.values())):
        for key, ours, theirs in stripped_differences(by_path[path], after):
            tally.add(f"{path} without section headers", by_path[path] | {"_jmprel_inside": False}, key, ours, theirs)
    return len(pairs)


# ---- which files ----

def spread(paths, n):
    paths = list(paths)
    return paths[::max(len(paths) // n, 1)][:n]


def sample(folder):
    small = lambda path: path.stat().st_size < 400_000 and is_elf(path)
    paths = spread(filter(small, walk(["/usr/bin", "/usr/sbin"])), 120)
    paths += spread(filter(small, walk(["/usr/lib/x86_64-linux-gnu", "/usr/lib64"])), 120)
    for cross in sorted(pathlib.Path("/usr").glob("*-linux-gnu*")):
        paths += spread(filter(small, walk([cross])), 20)
    archives = [path for path in walk(["/usr/lib"]) if path.suffix == ".a" and path.stat().st_size < 1_000_000]
    for archive in spread(archives, 15):
        paths += spread(filter(small, members(archive, folder)), 8)
    return paths


def sweep(roots, folder):
    for path in walk(roots):
        if path.suffix in (".a", ".rlib"):
            yield from members(path, folder)
        elif is_elf(path):
            yield path


def main(argv):
    roots = argv[2:] or os.environ.get("RP_ELF_SWEEP", "").split()
    if not shutil.which("readelf"):
        sys.exit(77)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        paths = list(sweep(roots, folder)) if roots else sample(folder)
        facts = compare(argv[1], paths, tally, 1 << 40 if roots else 100_000, not roots)
        some = spread(paths, 60) if not roots else paths
        stripped = compare_stripped(argv[1], [f for p, f in zip(paths, facts) if p in set(some)], some, folder, tally)
    print(f"{tally.compared} files beside readelf, {stripped} beside themselves without section headers: "
          f"{len(tally.bad)} unexplained differences")
    for reason, n in tally.explained.items():
        print(f"explained, {n} times: {reason}")
    print("\n".join(tally.bad[:40]))
    sys.exit(1 if tally.bad or not tally.compared else 0)


main(sys.argv)
