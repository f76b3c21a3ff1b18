# SPDX-License-Identifier: MIT OR Apache-2.0
"""What LLVM's tools say of a program: where its functions are, and which of them show a pattern."""
import re

import build


def addresses(path):
    """Function names by address."""
    thumb = "Machine: ARM" in " ".join(build.run(build.READELF, "-h", path).split())
    return {int(m[1], 16) & ~thumb: m[2] for m in re.finditer(r"^ *\d+: ([0-9a-f]+) +\d+ FUNC .* (\S+)$",
                                                     build.run(build.READELF, "-sW", path), re.M)}


def bodies(path):
    """Function names of an object to their disassembly: an instruction or a relocation a line."""
    found, name = {}, None
    text = build.run(build.OBJDUMP, "-dr", "--no-show-raw-insn", "--no-leading-addr", path)
    for line in text.splitlines():
        if match := re.fullmatch(r"<([^>$.]\S*)>:", line):
            name = match[1]
            found[name] = ""
        elif name and line.strip():
            found[name] += " ".join(line.split()) + "\n"
    return found


def showing(objects, pattern, names):
    """Those of `names` whose disassembly shows the pattern."""
    text = {name: body for path in objects for name, body in bodies(path).items()}
    return {name for name in names if re.search(pattern, text[name], re.M)}
