# SPDX-License-Identifier: MIT OR Apache-2.0
"""Builds the programs of the matrix and their stripped twins."""
import os
import pathlib
import shlex
import shutil
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parent / "src"


def first(*names):
    return next((path for path in map(shutil.which, names) if path), None)


OBJDUMP = first("llvm-objdump-22", "llvm-objdump", "llvm-objdump-14")
READOBJ = first("llvm-readobj-22", "llvm-readobj", "llvm-readobj-14")
NM = first("llvm-nm-22", "llvm-nm", "llvm-nm-14")
STRIP = first("llvm-strip-22", "llvm-strip", "llvm-strip-14")
CLANG = first("clang-14", "clang")
LLD = "-nostdlib -shared -fuse-ld=lld"
MINGW = "-w64-mingw32-gcc"
# compile command, link command
TOOLCHAINS = {
    "rustc x86-64": ("rustc -O --crate-type=lib --emit=obj -Cpanic=abort -Ccodegen-units=1 "
                     "-Csymbol-mangling-version=v0 -Cunsafe-allow-abi-mismatch=sanitizer", "ld.lld -shared"),
    "mingw x86-64": (f"x86_64{MINGW} -O2", f"x86_64{MINGW} -nostdlib -shared"),
    "mingw x86": (f"i686{MINGW} -O2", f"i686{MINGW} -nostdlib -shared"),
    "gcc x86-64": ("gcc -O2 -fPIC", "gcc -nostdlib -shared"),
    "gcc i386": ("gcc -m32 -O2 -fPIC", "gcc -m32 -nostdlib -shared"),
    "gcc AArch64": ("aarch64-linux-gnu-gcc -O2 -fPIC", "aarch64-linux-gnu-gcc -nostdlib -shared"),
    "gcc Arm": ("arm-linux-gnueabihf-gcc -O2 -fPIC", "arm-linux-gnueabihf-gcc -nostdlib -shared"),
    "gcc RISC-V": ("riscv64-linux-gnu-gcc -O2 -fPIC", "riscv64-linux-gnu-gcc -nostdlib -shared"),
    **{f"clang {name}": (f"clang --target={target} -O2 -fPIC", f"clang --target={target} {LLD}")
       for name, target in (("x86-64", "x86_64-linux-gnu"), ("i386", "i386-linux-gnu"),
                            ("AArch64", "aarch64-linux-gnu"), ("Arm", "armv7-linux-gnueabi"),
                            ("RISC-V", "riscv64-linux-gnu"))},
}


def run(*argv, **kw):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, errors="replace", **kw)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(map(str, argv))}:\n{done.stderr.strip()[-1500:]}")
    return done.stdout


def missing(row):
    """The first tool that is not installed, or None."""
    tools = [shlex.split(command)[0] for command in TOOLCHAINS[row.by]]
    if "-fuse-ld=lld" in TOOLCHAINS[row.by][1]:
        tools.append("ld.lld")
    return next((tool for tool in tools if not shutil.which(tool)), None)


def half(row, prefix, flags, folder):
    """One object: the functions of the source under their prefix."""
    text = (SOURCES / (row.source if prefix else row.beside)).read_text().replace("P_", f"{prefix}_")
    source = folder / f"half{prefix}{pathlib.Path(row.source).suffix}"
    source.write_text(text)
    made = source.with_suffix(".o")
    command = shlex.split(TOOLCHAINS[row.by][0]) + shlex.split(flags)
    if source.suffix == ".c":
        command.append("-c")
    run(*command, source.name, "-o", made.name, cwd=folder, env=dict(os.environ, RUSTC_BOOTSTRAP="1"))
    return made


def whole(row, mode, folder):
    """The library in one of MODES."""
    folder.mkdir(parents=True)
    flags = {"everywhere": (row.on, row.on), "partly": (row.on, row.off)}.get(mode, (row.off, row.off))
    objects = [half(row, prefix, f, folder) for prefix, f in zip("ab", flags)]
    if row.beside:
        objects.append(half(row, "", row.off, folder))
    forced = shlex.split(row.forced) if mode == "forced" else []
    made = folder / ("whole.dll" if "mingw" in row.by else "whole")  # its linker adds .exe to the latter
    link, libraries = TOOLCHAINS[row.by][1] + " " + row.link, shlex.split(row.libraries)
    run(*shlex.split(link), *forced, *objects, *libraries, "-o", made, cwd=folder)
    return made, objects


def cut_section_headers(path, to):
    """A copy of an ELF file whose header names no section table, with the table and all behind it cut off."""
    data = bytearray(path.read_bytes())
    wide, order = data[4] == 2, "little" if data[5] == 1 else "big"
    at, width, count = (0x28, 8, 0x3c) if wide else (0x20, 4, 0x30)
    table = int.from_bytes(data[at:at + width], order)
    data[at:at + width] = bytes(width)
    data[count:count + 4] = bytes(4)
    to.write_bytes(data[:table])


def forms(path):
    """The file, stripped, and stripped without its section headers, which only ELF can do without."""
    stripped, bare = path.with_name("stripped"), path.with_name("bare")
    run(STRIP, "--strip-all", path, "-o", stripped)
    made = {"whole": path, "stripped": stripped}
    if path.read_bytes()[:4] == b"\x7fELF":
        cut_section_headers(stripped, bare)
        made["no sections"] = bare
    return made
