#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds what we read of PE and COFF files against llvm-readobj: headers, directories, sections, imports, exports, base
relocations, debug directory, load configuration, COFF symbols.

  pe_readobj.py DUMP_PE            builds fixtures with the compilers that are here, compares them
  pe_readobj.py DUMP_PE FILE …     compares these files
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SRC = pathlib.Path(__file__).resolve().parents[1] / "checks/src"
DIRECTORIES = ["ExportTable", "ImportTable", "ResourceTable", "ExceptionTable", "CertificateTable",
               "BaseRelocationTable", "Debug", "Architecture", "GlobalPtr", "TLSTable", "LoadConfigTable",
               "BoundImport", "IAT", "DelayImportDescriptor", "CLRRuntimeHeader", "Reserved"]


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


READOBJ = find("llvm-readobj", "llvm-readobj-14")


# ---- fixtures ----

def build_mingw(folder):
    for arch in ("x86_64", "i686"):
        cc = find(f"{arch}-w64-mingw32-gcc")
        if not cc:
            continue
        variants = {"plain.exe": ["-g"], "stripped.exe": ["-s"], "library.dll": ["-shared", "-s"],
                    "fixed.exe": ["-Wl,--disable-dynamicbase,--disable-nxcompat"], "object.o": ["-c", "-g"]}
        for name, flags in variants.items():
            subprocess.run([cc, *flags, SRC / "pe_hosted.c", "-o", folder / f"{arch}-{name}"], check=True)


def build_lld(folder):
    clang, link = find("clang", "clang-14"), find("lld-link", "lld-link-14")
    if not clang or not link:
        return
    for arch in ("x86_64", "i686", "aarch64"):
        cc = [clang, f"--target={arch}-pc-windows-msvc", "-Os", "-c"]
        program, config = folder / f"{arch}.obj", folder / f"{arch}-lc.obj"
        subprocess.run([*cc, "-Xclang", "-cfguard", SRC / "pe_program.c", "-o", program], check=True)
        subprocess.run([*cc, "-DCOOKIE=0xbb40e64e", SRC / "pe_load_config.S", "-o", config], check=True)
        variants = {"cfg": ["/guard:cf,longjmp,ehcont", "/cetcompat", "/debug"], "no-cfg": ["/Brepro"],
                            "fixed": ["/fixed"],
                    "app": ["/appcontainer", "/integritycheck"]}
        if arch == "aarch64":
            del variants["fixed"]  # the linker refuses: ARM64 images can always be moved
        for name, flags in variants.items():
            subprocess.run([link, program, config, "/nodefaultlib", "/subsystem:console", "/entry:mainCRTStartup",
                            *(["/safeseh:no"] if arch == "i686" else []), *flags,
                            f"/out:{folder}/lld-{arch}-{name}.exe"], check=True)


def build_imports(folder):
    """By name and by ordinal, at once and delayed."""
    clang, link = find("clang", "clang-14"), find("lld-link", "lld-link-14")
    tool = find("llvm-dlltool", "llvm-dlltool-14")
    if not clang or not link or not tool:
        return
    (folder / "d.def").write_text("LIBRARY other.dll\nEXPORTS\nfar_away\nby_number @7 NONAME\n")
    (folder / "d.c").write_text("__declspec(dllimport) int far_away(int); __declspec(dllimport) int by_number(int);\n"
                                "void *__delayLoadHelper2(void *a, void *b) { return a ? b : a; }\n"
                                "int mainCRTStartup(void) { return far_away(1) + by_number(2); }\n")
    subprocess.run([tool, "-d", folder / "d.def", "-l", folder / "d.lib", "-m", "i386:x86-64"], check=True)
    subprocess.run([clang, "--target=x86_64-pc-windows-msvc", "-Os", "-c", folder / "d.c", "-o", folder / "d.obj"],
                   check=True)
    for name, flags in {"direct": [], "delayed": ["/delayload:other.dll"]}.items():
        subprocess.run([link, folder / "d.obj", folder / "d.lib", "/nodefaultlib", "/subsystem:console",
                        "/entry:mainCRTStartup", *flags, f"/out:{folder}/{name}.exe"], check=True)


# ---- the oracle ----

def readobj(path, *flags):
    run = subprocess.run([READOBJ, *flags, path], capture_output=True, text=True, errors="surrogateescape")
    return run.stdout, run.stderr


def value(text, key, last=False):
    found = re.findall(rf"^\s*{re.escape(key)}: (.*)$", text, re.M)
    return (found[-1] if last else found[0]) if found else None


def number(text):
    """The number of '0x2A', '42' or 'NAME (0x2A)'."""
    inner = re.search(r"\((0x[0-9A-F]+)\)", text)
    return int(inner.group(1) if inner else text, 0)


def oracle_headers(path, want):
    text, _ = readobj(path, "--file-headers", "--sections")
    want["machine"] = {number(value(text, "Machine"))}
    want["sections"] = {int(value(text, "SectionCount"))}
    flags = [int(x, 16) for x in re.findall(r"^  Characteristics \[ \((0x[0-9A-F]+)\)", text, re.M)]
    want["characteristics"] = {flags[0]}
    want["timestamp"] = {number(value(text, "TimeDateStamp"))}
    want["section"] = collections.Counter(zip(
        re.findall(r"^    Name: (.*) \([0-9A-F ]+\)$", text, re.M),
        [int(x, 16) for x in re.findall(r"^    Characteristics \[ \((0x[0-9A-F]+)\)", text, re.M)]))
    if "ImageOptionalHeader" not in text:
        return False
    want["linker"] = {value(text, "MajorLinkerVersion") + "." + value(text, "MinorLinkerVersion")}
    want["entry"] = {number(value(text, "AddressOfEntryPoint"))}
    want["base"] = {number(value(text, "ImageBase"))}
    want["subsystem"] = {number(value(text, "Subsystem"))}
    want["dll_characteristics"] = {flags[1]}
    want["directories"] = {int(value(text, "NumberOfRvaAndSize"))}
    want["directory"] = collections.Counter(
        (i, number(value(text, f"{name}RVA")), number(value(text, f"{name}Size")))
        for i, name in enumerate(DIRECTORIES) if value(text, f"{name}RVA"))
    return True


def oracle_tables(path, want):
    text, _ = readobj(path, "--coff-imports", "--coff-exports", "--coff-basereloc")
    for kind in ("import", "delay_import", "export"):
        want[kind] = collections.Counter()  # several imports may have one name, or none
    for block in re.findall(r"^(Import|DelayImport) \{\n(.*?)^\}", text, re.M | re.S):
        key = "import" if block[0] == "Import" else "delay_import"
        # the name of an import by ordinal is empty; of delayed ones the lines are in blocks of their own
        for name, ordinal in re.findall(r"^ +Symbol: (.*) \((\d+)\)$", block[1], re.M):
            want[key][value(block[1], "Name"), name, int(ordinal)] += 1
    for block in re.findall(r"^Export \{\n(.*?)^\}", text, re.M | re.S):
        rva = number(value(block, "RVA") or "0x0")
        if rva:  # an empty slot exports nothing
            want["export"][int(value(block, "Ordinal")), rva, value(block, "Name") or ""] += 1
    want["relocations"] = {len([t for t in re.findall(r"^    Type: (\w+)", text, re.M) if t != "ABSOLUTE"])}


def oracle_debug(path, want):
    text, _ = readobj(path, "--coff-debug-directory")
    types = re.findall(r"^    Type: .*\((0x[0-9A-F]+)\)$", text, re.M)
    want["debug"] = {len(types)}
    want["repro"] = {"y" if "0x10" in types else "n"}
    want["ex_characteristics"] = set(re.findall(r"ExtendedCharacteristics \[ \((0x[0-9A-F]+)\)", text))
    if "0x53445352" in text:
        want["guid"] = {value(text, "PDBGUID")[1:-1]}
        want["pdb"] = {f"{value(text, 'PDBAge')} {value(text, 'PDBFileName')}"}


def oracle_load_config(path, want):
    text, _ = readobj(path, "--coff-load-config")
    block = re.search(r"^LoadConfig \[\n(.*?)^\]", text, re.M | re.S)
    want["lc"] = {}
    if block:
        for line in block.group(1).splitlines():
            key, _, rest = line.strip().partition(": ")
            if re.fullmatch(r"0x[0-9A-F]+|\d+", rest):
                want["lc"][key] = int(rest, 0)
    fids = re.search(r"^GuardFidTable \[\n(.*?)^\]", text, re.M | re.S)
    want["guard_table"] = {len(fids.group(1).splitlines()) if fids else 0}
    seh = re.search(r"^SEHTable \[\n(.*?)^\]", text, re.M | re.S)
    want["safe_seh"] = {len(seh.group(1).splitlines()) if seh else 0}


def oracle_symbols(path, want):
    text, _ = readobj(path, "--symbols")
    want["symbol"] = collections.Counter(re.findall(r"^    Name: (.*)$", text, re.M))


# ---- ours ----

def ours(dump, path):
    got = collections.defaultdict(set)
    for key in ("import", "delay_import", "export", "section", "directory", "symbol"):
        got[key] = collections.Counter()
    got["lc"] = {}
    text = subprocess.run([dump, path], capture_output=True, text=True, errors="surrogateescape").stdout
    for line in text.splitlines():
        key, _, rest = line.partition(" ")
        words = rest.split(" ")
        if key in ("import", "delay_import"):
            dll, name, ordinal = re.fullmatch(r"(.*?) (\S*) \((\d+)\)", rest).groups()
            got[key][dll, name, int(ordinal)] += 1
        elif key == "export":
            got[key][int(words[0]), int(words[1], 16), words[2]] += 1
        elif key == "section":
            got[key][rest.partition(" ")[2], int(words[0], 16)] += 1
        elif key == "directory":
            got[key][int(words[0]), int(words[1], 16), int(words[2], 16)] += 1
        elif key == "symbol":
            got[key][rest.partition(" ")[2]] += 1
        elif key == "lc":
            got["lc"][words[0]] = int(words[1], 16)
        elif key in ("relocations", "debug", "guard_table", "safe_seh"):
            got[key] = {int(words[1])}
        elif key in ("machine", "characteristics", "timestamp", "entry", "base", "subsystem", "dll_characteristics"):
            got[key] = {int(rest, 16)}
        elif key in ("sections", "directories"):
            got[key] = {int(rest)}
        else:
            got[key].add(rest)
    return got


def compare(path, want, got):
    faults = []
    for key, expected in want.items():
        actual = got[key]
        if key == "lc": # the fields that both know
            common = expected.keys() & actual.keys()
            expected = {k: expected[k] for k in common}
            actual = {k: actual[k] for k in common}
        if expected != actual:
            faults.append(f"{path}: {key}: llvm-readobj {str(expected)[:300]}, we {str(actual)[:300]}")
    return faults


def check(dump, path):
    want = {}
    image = oracle_headers(path, want)
    if image:
        oracle_tables(path, want)
        oracle_debug(path, want)
        oracle_load_config(path, want)
    oracle_symbols(path, want)
    return compare(path, want, ours(dump, path)), sum(len(v) for v in want.values())


def main():
    dump, files = sys.argv[1], sys.argv[2:]
    if not READOBJ:
        print("llvm-readobj is not installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not files:
            build_mingw(folder)
            build_lld(folder)
            build_imports(folder)
            files = sorted(p for p in folder.iterdir() if p.suffix in (".exe", ".dll", ".o", ".obj"))
        faults, compared = [], 0
        for path in files:
            found, keys = check(dump, path)
            faults += found
            compared += keys
    print("\n".join(faults))
    print(f"{len(files)} files, {compared} values compared, {len(faults)} differences")
    if not files:
        return 77
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
