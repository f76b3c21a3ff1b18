# SPDX-License-Identifier: MIT OR Apache-2.0
"""What LLVM's tools say of a program: where its functions are, and which of them show a pattern."""
import functools
import re

import build


def plain(symbol):
    """a_leaf of _RNvCs…_5halfa6a_leaf and of _a_leaf; other names as they are."""
    found = re.search(r"(?:^_|\d|^)([ab]_[a-z]+)(\.cfi)?$", symbol)
    return found[1] if found else symbol


def addresses(path):
    """Function names by address."""
    thumb = "Machine: EM_ARM" in build.run(build.READOBJ, "--file-headers", path)
    return {int(addr, 16) & ~thumb: plain(name) for addr, name in
            re.findall(r"^([0-9a-f]+) [TtWw] (\S+)$", build.run(build.NM, path), re.M)}


@functools.cache
def bodies(path):
    """Function names of an object to their disassembly: an instruction or a relocation a line."""
    found, name, moved = {}, None, set()
    # LLVM 14 shows numbers as decimals, and names what AArch64 got later when told to
    newer = ["--mattr=+v8.5a,+mte"] if "EM_AARCH64" in build.run(build.READOBJ, "--file-headers", path) else []
    text = build.run(build.OBJDUMP, "-dr", "--no-show-raw-insn", "--no-leading-addr", "--print-imm-hex", *newer, path)
    for line in text.splitlines():
        if match := re.fullmatch(r"<([^>$.]\S*)>:", line):
            name = plain(match[1])
            if name in moved:  # LLVM CFI: the body of NAME is NAME.cfi, and this its slot in a jump table
                name = None
                continue
            moved |= {name} if match[1].endswith(".cfi") else set()
            found[name] = ""
        elif name and line.strip():
            found[name] += " ".join(line.split()) + "\n"
    return found


def declares(path, pattern):
    """Whether the headers hold the pattern."""
    elf = path.read_bytes()[:4] == b"\x7fELF"
    flags = ["--notes"] if elf else ["--file-headers", "--coff-load-config", "--coff-debug-directory"]
    return bool(re.search(pattern, build.run(build.READOBJ, *flags, path)))


def listed(path, table):
    """Functions in which the load configuration's table names a place."""
    text = build.run(build.READOBJ, "--coff-load-config", path)
    found = re.search(rf"^{table} \[\n(.*?)^\]", text, re.M | re.S)
    starts = {at: name for at, name in addresses(path).items() if not name.startswith("$")}
    return {starts[max(start for start in starts if start <= int(place, 16))]
            for place in (found[1].split() if found else ())}


def showing(objects, pattern, names):
    """Those of `names` whose disassembly shows the pattern."""
    text = {name: body for path in objects for name, body in bodies(path).items()}
    return {name for name in names if re.search(pattern, text[name], re.M)}
