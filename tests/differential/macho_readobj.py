#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds what we read of Mach-O files against llvm-readobj and llvm-objdump: header, segments, sections, symbols,
exports, libraries, run paths, versions, entry point, function starts, UUID; and checks that page hashes hold on files
that lld signed.

  macho_readobj.py DUMP_MACHO            builds fixtures with clang, lld and LLVM's tools, compares them
  macho_readobj.py DUMP_MACHO FILE …     compares these files
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parents[1] / "tools"
SYSTEM = """--- !tapi-tbd
tbd-version: 4
targets: [arm64-macos, x86_64-macos]
install-name: /usr/lib/libSystem.B.dylib
exports:
  - targets: [arm64-macos, x86_64-macos]
    symbols: [dyld_stub_binder, __tlv_bootstrap, _puts, _abort]
...
"""
SOURCE = """
int puts(const char *);
void abort(void) __attribute__((weak_import));
_Thread_local int slot = 3;
int table[4] = {1, 2, 3, 4}, zeros[64];
int *const pointers[2] = {table, table + 1};
static int hidden(int i) { return *pointers[i & 1] + zeros[i & 63]; }
__attribute__((visibility("default"))) int answer(int i) { slot += i; return hidden(i) + slot; }
int answers(int i) { return answer(i) * 2; }
int main(void) { puts("hello"); if (answer(1) == 9) abort(); return answers(2); }
"""
GENERATED = {
    "full": """
cpu arm64e
segment __PAGEZERO addr=0 size=0x100000000
segment __TEXT
section __text size=64
section __cstring text=hello flags=2
segment __DATA_CONST flags=read-only
section __got size=16 flags=6
segment __DATA
section __data pointers=APAAP format=9
section __bss zero size=256
dylinker /usr/lib/dyld
dylib /usr/lib/libSystem.B.dylib
weak-dylib @rpath/libx.dylib
rpath @loader_path/../lib
rpath /opt/lib
main 0x300
uuid 00112233445566778899aabbccddeeff
build-version macos 11.0 13.1
symbol _main type=0xf sect=1 value=0x100000300
symbol _local type=0xe sect=1 value=0x100000310
symbol _printf type=1
export _main 0x300
export _prefix_a 0x310
starts 0x300 0x310
sign flags=adhoc,runtime id=com.example.x team=ABCDE12345
""",
    "i386": "cpu i386\nsegment __TEXT addr=0x1000\nsection __text size=16\ndylib /usr/lib/libSystem.B.dylib\n"
            "symbol _a type=0xf sect=1 value=0x1100\nmin-macos 10.6 10.9\n"
            "uuid 000102030405060708090a0b0c0d0e0f\n",
    "ppc": "cpu ppc\nsegment __TEXT addr=0x1000\nsection __text size=16\nrpath /x\n"
           "symbol _a type=0xf sect=1 value=0x1100\n",
    "thread": "cpu x86_64\nsegment __TEXT\nsection __text size=0x1800\nthread 0x310\nencryption 1\n",
}
PLATFORMS = {"": "", "macos": "macOS", "ios": "iOS"}


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


READOBJ, OBJDUMP = find("llvm-readobj", "llvm-readobj-14"), find("llvm-objdump", "llvm-objdump-14")
CLANG = find("clang", "clang-14")


def program(name):
    """A tool of clang's own LLVM, which Debian installs beside it without a link in PATH."""
    run = subprocess.run([CLANG, f"-print-prog-name={name}"], capture_output=True, text=True, check=False)
    return find(run.stdout.strip(), name)


# ---- fixtures ----

def build_objects(folder):
    (folder / "a.c").write_text(SOURCE)
    for arch in ("arm64", "x86_64", "i386", "armv7", "arm64_32"):
        os_name = "watchos7" if arch == "arm64_32" else "ios9" if arch == "armv7" else "macos11"
        for name, flags in {"plain": [], "debug": ["-g"]}.items():
            subprocess.run([CLANG, f"--target={arch}-apple-{os_name}", *flags, "-Os", "-c", folder / "a.c",
                            "-o", folder / f"{arch}-{name}.o"], check=True)


def build_linked(folder):
    link, strip, lipo = program("ld64.lld"), program("llvm-strip"), program("llvm-lipo")
    dsymutil = program("dsymutil")
    (folder / "libSystem.tbd").write_text(SYSTEM)
    if not link:
        return
    for arch in ("arm64", "x86_64"):
        base = [link, "-arch", arch, "-platform_version", "macos", "11.0", "12.3", folder / f"{arch}-debug.o",
                folder / "libSystem.tbd"]
        variants = {"program": ["-rpath", "@loader_path/../lib", "-rpath", "/opt/x"], "fixed": ["-no_pie"],
                    "library.dylib": ["-dylib", "-install_name", "@rpath/libx.dylib"], "bundle": ["-bundle"],
                    "dead": ["-dead_strip"], "headerpad": ["-headerpad", "800", "-pagezero_size", "1000"]}
        if arch == "arm64":
            del variants["fixed"]
        for name, flags in variants.items():
            out = folder / f"{arch}-{name}"
            subprocess.run([*base, *flags, "-o", out], check=True, stderr=subprocess.DEVNULL)
            if strip and name in ("program", "library.dylib"):
                subprocess.run([strip, "-x", out, "-o", f"{out}.stripped"], check=True)
        if dsymutil:
            subprocess.run([dsymutil, "--flat", folder / f"{arch}-program", "-o", folder / f"{arch}.dwarf"], check=True,
                           stderr=subprocess.DEVNULL)
    if lipo:
        for name, flags in {"fat": [], "fat64": ["-fat64"]}.items():
            subprocess.run([lipo, "-create", folder / "arm64-program", folder / "x86_64-program", *flags, "-output",
                            folder / name], check=False, stderr=subprocess.DEVNULL)


def build_generated(folder):
    for name, text in GENERATED.items():
        subprocess.run([sys.executable, TOOLS / "mkmacho.py", folder / f"made-{name}"], input=text, text=True,
                       check=True)
    subprocess.run([sys.executable, TOOLS / "mkmacho.py", "--fat", folder / "made-fat", f"{folder}/made-full@arm64e",
                    f"{folder}/made-i386@i386"], check=True)


# ---- the oracle ----

def run(tool, *args):
    return subprocess.run([tool, *args], capture_output=True, text=True, errors="surrogateescape", check=False).stdout


def numbers(pattern, text):
    return [int(x, 0) for x in re.findall(pattern, text, re.M)]


def permissions(text):
    return sum(bit for letter, bit in zip("rwx", (1, 2, 4)) if letter in text)


def oracle_headers(path, want):
    text = run(READOBJ, "--file-headers", "--sections", "--macho-segment", path)
    fields = {key: numbers(rf"^  {key}: (?:.*\()?(0x[0-9A-F]+)\)?$", text) for key in ("CpuType", "CpuSub[Tt]ype",
                                                                                  "FileType")}
    if not fields["CpuType"]:
        return None
    want["cpu"] = fields["CpuType"][0]
    want["subtype"] = fields["CpuSub[Tt]ype"][0] & 0xFFFFFF  # --file-headers hides the capability byte of some
    want["filetype"] = fields["FileType"][0]
    want["flags"] = numbers(r"^  Flags \[ \((0x[0-9A-F]+)\)", text)[0]
    want["ncmds"] = numbers(r"NumOfLoadCommands: (\d+)", text)[0]
    want["big"] = path.read_bytes()[:2] == b"\xfe\xed"
    want["segments"] = [
        (name, int(addr, 16), int(size, 16), int(off), int(filesz), permissions(init), permissions(top))
        for name, size, addr, vmsize, off, filesz, top, init in re.findall(
            r"^  Name: (\S*)\n  Size: (\d+)\n  vmaddr: (\S+)\n  vmsize: (\S+)\n  fileoff: (\d+)\n  filesize: (\d+)\n"
            r"  maxprot: (\S+)\n  initprot: (\S+)$", text, re.M) for size in [vmsize]]
    want["sections"] = [
        (f"{segment},{name}", int(addr, 16), int(size, 16), int(kind, 16) | int(attributes, 16) << 8)
        for name, segment, addr, size, kind, attributes in re.findall(
            r"^    Name: (\S*) \(.*\)\n    Segment: (\S*) \(.*\)\n    Address: (\S+)\n    Size: (\S+)\n(?:    .*\n)*?"
            r"    Type: .*\((0x[0-9A-F]+)\)\n    Attributes \[ \((0x[0-9A-F]+)\)", text, re.M)]
    return fields["FileType"][0]


def oracle_commands(path, want):
    text = run(OBJDUMP, "--macho", "--private-headers", path)
    want["uuid"] = "".join(re.findall(r"^    uuid (\S+)$", text, re.M)).replace("-", "")
    want["main"] = numbers(r"^  entryoff (\d+)", text)
    want["dylibs"] = [(name, cmd == "LOAD_WEAK_DYLIB") for cmd, name in re.findall(
        r"cmd LC_((?:LOAD|REEXPORT|LAZY_LOAD)\w*_DYLIB|LOAD_DYLIB)\n *cmdsize \d+\n *name (.*) \(offset \d+\)", text)]
    want["id"] = re.findall(r"cmd LC_ID_DYLIB\n *cmdsize \d+\n *name (.*) \(offset \d+\)", text)
    want["rpaths"] = run(OBJDUMP, "--macho", "--rpaths", path).splitlines()[1:]
    want["signature"] = "LC_CODE_SIGNATURE" in text
    want["encrypted"] = bool(re.search(r"cryptid\s+[1-9]", text))
    versions = re.search(r"MinVersion \{\n(.*?)^\}", run(READOBJ, "--macho-version-min", path), re.M | re.S)
    want["version"] = re.findall(r"^  (?:Version|SDK): (\S+)", versions[1], re.M) if versions else None


def oracle_symbols(path, want, linked):
    text = run(READOBJ, "--syms", path)
    symbols = re.findall(r"^  Symbol \{\n    Name: ?(.*) \(\d+\)\n((?:    .*\n)*?)  \}", text, re.M)
    want["undefined"] = collections.Counter(
        name for name, body in symbols if "Type: Undef (0x0)" in body and "Value: 0x0\n" in body)
    want["starts"] = [int(x, 16) for x in re.findall(r"^([0-9a-f]{8,16})$", run(OBJDUMP, "--macho", "--function-starts",
                                                                               path), re.M)] if linked else []
    want["exports"] = {(name, int(at, 16)) for at, name in re.findall(
        r"^(0x[0-9A-F]+)  (\S+)", run(OBJDUMP, "--macho", "--exports-trie", path), re.M)} if linked else set()


# ---- ours ----

def ours(dump, path):
    run_ = subprocess.run([dump, path], capture_output=True, text=True, errors="surrogateescape", check=False)
    if run_.returncode:
        return None
    got = collections.defaultdict(list)
    for line in run_.stdout.splitlines():
        key, _, rest = line.partition(" ")
        got[key].append(rest)
    return got


def fields_of(text):
    return {k: v for k, _, v in (word.partition("=") for word in text.split())}


def translate(got):
    """Our lines in the oracle's shape."""
    head, facts = fields_of(got["header"][0]), fields_of(got["facts"][0])
    have = {"cpu": int(head["cpu"], 16), "subtype": int(head["subtype"], 16) & 0xFFFFFF,
            "filetype": int(head["filetype"]), "flags": int(head["flags"], 16), "ncmds": int(head["ncmds"]),
            "big": head["big"] == "1"}
    segment = re.compile(r"\[(.*)\] addr=(\S+) size=(\S+) off=(\S+) filesz=(\S+) init=(\d) max=(\d)")
    have["segments"] = [(m[1], *(int(m[i], 16) for i in range(2, 6)), int(m[6]), int(m[7]))
                        for m in map(segment.fullmatch, got["segment"])]
    section = re.compile(r"\[(.*)\] addr=(\S+) size=(\S+) flags=(\S+) kind=\d")
    have["sections"] = [(m[1], *(int(m[i], 16) for i in range(2, 5))) for m in map(section.fullmatch, got["section"])]
    base = next((s[1] for s in have["segments"] if s[3] == 0 and s[4]), 0)
    entry = int(head["entry"], 16)
    have["uuid"], have["id"], have["rpaths"] = got["uuid"][0], got["id"], got["rpath"]
    have["entry"], have["base"] = entry, base
    have["dylibs"] = [(d.removesuffix(" (weak)"), d.endswith(" (weak)")) for d in got["dylib"]]
    have["signature"] = got["signature"][0][0] == "y"
    have["encrypted"] = facts["encrypted"] == "y"
    have["version"] = re.findall(r"(?:min|sdk)=(\S+)", got["platform"][0])
    have["undefined"] = collections.Counter(got["undefined"])
    have["starts"] = [int(x, 16) for x in got["start"]]
    have["exports"] = {(name, int(at, 16)) for at, name in (e.split(" ", 1) for e in got["export"])}
    return have


def same_version(want, have):
    if want is None:
        return all(v == "0.0.0" for v in have)
    return all(w == "n/a" or (w + ".0.0").split(".")[:3] == h.split(".") for w, h in zip(want, have))


def compare(dump, path):
    want = {}
    filetype = oracle_headers(path, want)
    got = ours(dump, path)
    if filetype is None or got is None:
        return [f"oracle reads it: {filetype is not None}, we do: {got is not None}"]
    linked = filetype not in (1, 10)
    oracle_commands(path, want)
    oracle_symbols(path, want, linked)
    have = translate(got)
    wrong = [f"{key}: want {want[key]!r}, have {have[key]!r}" for key in want
             if key not in ("main", "version", "exports", "starts") and want[key] != have[key]]
    if want["main"] and have["entry"] != have["base"] + want["main"][0]:
        wrong.append(f"entry: want {want['main']}, have {have['entry']:#x}")
    if not same_version(want["version"], have["version"]):
        wrong.append(f"version: want {want['version']}, have {have['version']}")
    if linked and want["starts"] != have["starts"]:
        wrong.append(f"starts: want {len(want['starts'])}, have {len(have['starts'])}")
    missing = want["exports"] - have["exports"]
    if missing:
        wrong.append(f"exports missing: {sorted(missing)[:3]}")
    if have["signature"] and not got["pages"][0].startswith("y"):
        wrong.append(f"page hashes: {got['pages'][0]}")
    return wrong


def thin(path, folder):
    """The slices of a fat file as files of their own, cut by llvm-lipo."""
    lipo = program("llvm-lipo")
    archs = run(lipo, "-archs", path).split() if lipo else []
    for arch in archs:
        out = folder / f"{path.name}.{arch}"
        subprocess.run([lipo, path, "-thin", arch, "-output", out], check=True)
        yield arch, out


def compare_fat(dump, path, folder):
    text = run(dump, path)
    wrong, slices = [], list(thin(path, folder))
    mine = re.split(r"^slice .*\n", text, flags=re.M)[1:]
    if len(mine) != len(slices):
        return [f"slices: want {len(slices)}, have {len(mine)}"]
    for (arch, out), body in zip(slices, mine):
        alone = run(dump, out).partition("\n")[2]
        if alone != body:
            wrong.append(f"slice {arch} reads differently inside and outside")
        wrong += [f"{arch}: {w}" for w in compare(dump, out)]
    return wrong


def main():
    dump, files = sys.argv[1], [pathlib.Path(f) for f in sys.argv[2:]]
    if not (READOBJ and OBJDUMP and CLANG):
        print("SKIPPED: needs llvm-readobj, llvm-objdump and clang")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not files:
            build_objects(folder)
            build_linked(folder)
            build_generated(folder)
            files = sorted(f for f in folder.iterdir() if f.is_file() and f.suffix not in (".c", ".tbd"))
        bad = 0
        for file in files:
            magic = file.read_bytes()[:4]
            wrong = compare_fat(dump, file, folder) if magic[:3] == b"\xca\xfe\xba" else compare(dump, file)
            for line in wrong:
                print(f"FAIL {file.name}: {line}")
            bad += bool(wrong)
    print(f"{len(files) - bad} passed, {bad} failed, 0 skipped")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
