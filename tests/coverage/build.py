# SPDX-License-Identifier: MIT OR Apache-2.0
"""Builds the programs of the matrix and their stripped twins."""
import dataclasses
import functools
import os
import pathlib
import re
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
RUSTC = ("rustc -O --crate-type=lib --emit=obj -Cpanic=abort -Ccodegen-units=1 -Crelocation-model=pic "
         "-Csymbol-mangling-version=v0 -Cunsafe-allow-abi-mismatch=sanitizer,sanitizer-cfi-normalize-integers")
LINUX = {"x86-64": "x86_64-linux-gnu", "i386": "i386-linux-gnu", "AArch64": "aarch64-linux-gnu",
         "Arm": "armv7-linux-gnueabi", "RISC-V": "riscv64-linux-gnu"}
RUST_LINUX = {"i386": "i686-unknown-linux-gnu", "AArch64": "aarch64-unknown-linux-gnu",
              "Arm": "armv7-unknown-linux-gnueabihf", "RISC-V": "riscv64gc-unknown-linux-gnu"}
CORE_SINCE = 95  # whose names for the traits of core.rs these are
WINDOWS = {"x86-64": "x86_64-pc-windows-msvc", "i386": "i686-pc-windows-msvc", "AArch64": "aarch64-pc-windows-msvc"}


@dataclasses.dataclass
class Toolchain:
    """How an object and a library are made."""
    compile: str      # command, before a source
    link: str         # … before objects
    to: str = "-o {}" # linker's flag for the library's name
    name: str = "whole"
    c: str = ""       # command for the C and assembly that every library of it needs; empty: `compile`
    beside: tuple = () # these sources
    export: str = ""  # linker's flag for each function that others may call, where it takes one
    subtype: int = 0  # of the processor in a Mach-O header, where lld writes another
    oracle: str = "objects"  # where llvm-objdump looks: objects of bit code tell nothing, relocations stay in objects


def windows(machine, compiler):
    """With LLVM 14, or the LLVM that is named behind the compiler."""
    newer = compiler.replace(" ", "-")[5:]
    c = f"clang{newer} --target={WINDOWS[machine]} -O2"
    safe = " -safeseh:no" if machine == "i386" else ""
    return Toolchain(f"{RUSTC} --target={WINDOWS[machine]}" if compiler == "rustc" else c,
                     f"lld-link{newer} -dll -noentry -nodefaultlib -debug:symtab -opt:noref{safe}", "-out:{}",
                     "whole.dll", c,
                     ("far.c", "chkstk.S", "../../checks/src/pe_load_config.S"), "-export:{}")


def macos(machine, compiler="clang", lld="ld64.lld-14", flags="", subtype=0):
    c = f"{compiler} --target={machine}-apple-macos11 -O2 {flags}"
    rust = {"x86_64": "x86_64-apple-darwin", "arm64": "aarch64-apple-darwin"}.get(machine)
    return Toolchain(f"{RUSTC} --target={rust}" if compiler == "rustc" else c,
                     f"{lld} -dylib -arch {machine} -platform_version macos 11.0 11.0 -undefined dynamic_lookup",
                     subtype=subtype)


TOOLCHAINS = {
    **{f"{compiler} macOS {name}": macos(machine, compiler) for compiler in ("clang", "rustc")
       for name, machine in (("x86-64", "x86_64"), ("AArch64", "arm64"))},
    "clang 22 macOS arm64e": macos("arm64e", "clang-22", "ld64.lld-22", "-DNO_TABLE", 2),
    "rustc x86-64": Toolchain(RUSTC, "ld.lld -shared --eh-frame-hdr"),
    "mingw x86-64": Toolchain(f"x86_64{MINGW} -O2", f"x86_64{MINGW} -nostdlib -shared", name="whole.dll"),
    "mingw x86": Toolchain(f"i686{MINGW} -O2", f"i686{MINGW} -nostdlib -shared", name="whole.dll"),
    "gcc x86-64": Toolchain("gcc -O2 -fPIC", "gcc -nostdlib -shared"),
    "gcc i386": Toolchain("gcc -m32 -O2 -fPIC", "gcc -m32 -nostdlib -shared"),
    "gcc AArch64": Toolchain("aarch64-linux-gnu-gcc -O2 -fPIC", "aarch64-linux-gnu-gcc -nostdlib -shared"),
    "gcc Arm": Toolchain("arm-linux-gnueabihf-gcc -O2 -fPIC", "arm-linux-gnueabihf-gcc -nostdlib -shared"),
    "gcc RISC-V": Toolchain("riscv64-linux-gnu-gcc -O2 -fPIC", "riscv64-linux-gnu-gcc -nostdlib -shared"),
    **{f"clang {name}": Toolchain(f"clang --target={target} -O2 -fPIC", f"clang --target={target} {LLD}")
       for name, target in LINUX.items()},
    **{f"clang LTO {name}": Toolchain(f"clang --target={LINUX[name]} -O2 -fPIC -flto",
                                      f"clang --target={LINUX[name]} {LLD} -O2 -flto", oracle="library")
       for name in ("x86-64", "AArch64")},
    **{f"clang 22 {name}": Toolchain(f"clang-22 --target={LINUX[name]} -O2 -fPIC", "ld.lld-22 -shared --eh-frame-hdr")
       for name in LINUX},
    "rustc LTO x86-64": Toolchain(f"{RUSTC} -Clinker-plugin-lto -Zsplit-lto-unit",
                                 "ld.lld-22 -shared --eh-frame-hdr", oracle="library"),
    **{f"rustc {name}": Toolchain(f"{RUSTC} --target={target}", "ld.lld -shared --eh-frame-hdr",
                                  c=f"clang --target={LINUX[name]} -O2 -fPIC")
       for name, target in RUST_LINUX.items()},
    "clang 22 Windows x86-64": windows("x86-64", "clang 22"),
    **{f"{compiler} Windows {name}": windows(name, compiler) for name in WINDOWS for compiler in ("clang", "rustc")},
}


def run(*argv, **kw):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, errors="replace", **kw)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(map(str, argv))}:\n{done.stderr.strip()[-1500:]}")
    return done.stdout


def missing(row):
    """The first tool that is not installed, or None."""
    chain = TOOLCHAINS[row.by]
    tools = [shlex.split(command)[0] for command in (chain.compile, chain.link, chain.c) if command]
    if "-fuse-ld=lld" in chain.link:
        tools.append("ld.lld")
    tool = next((tool for tool in tools if not shutil.which(tool)), None)
    if tool is None and row.source == "core.rs" and rustc_minor() < CORE_SINCE:
        return f"a rustc of 1.{CORE_SINCE} or later"
    return tool


@functools.cache
def rustc_minor():
    return int(re.search(r"1\.(\d+)\.", run("rustc", "--version"))[1])


def compiled(command, source, flags, folder):
    """An object beside the source."""
    made = source.with_suffix(".o")
    argv = shlex.split(command) + shlex.split(flags) + ([] if source.suffix == ".rs" else ["-c"])
    run(*argv, source.name, "-o", made.name, cwd=folder, env=dict(os.environ, RUSTC_BOOTSTRAP="1"))
    return made


def half(row, prefix, flags, folder):
    """One object: the functions of the source under their prefix. Modes that build it alike share it."""
    folder = folder.parent / f"half {prefix} {flags}".replace("/", " ")
    source = folder / f"half{prefix}{pathlib.Path(row.source).suffix}"
    if not folder.exists():
        folder.mkdir()
        source.write_text((SOURCES / row.source).read_text().replace("P_", f"{prefix}_"))
        compiled(TOOLCHAINS[row.by].compile, source, flags, folder)
    return source.with_suffix(".o")


def beside(row, mode, folder):
    """Objects of what no prefix changes."""
    chain = TOOLCHAINS[row.by]
    for name in chain.beside + ((row.beside,) if row.beside else ()):
        source = folder / pathlib.Path(name).name
        source.write_text((SOURCES / name).read_text())
        flags = ("" if chain.c else row.off) + (row.beside_on if mode != "off" else "")
        yield compiled(chain.c or chain.compile, source, flags, folder)


def exports(chain, objects):
    """The linker's flags that export every function of the objects."""
    if not chain.export:
        return []
    names = re.findall(r"^\S+ T _?([ab]_\w+)$", "".join(run(NM, path) for path in objects), re.M)
    return [chain.export.format(name) for name in names]


def whole(row, mode, folder):
    """The library in one of MODES; a row's are built one after the other."""
    folder.mkdir(parents=True)
    chain = TOOLCHAINS[row.by]
    flags = {"everywhere": (row.on, row.on), "partly": (row.on, row.off)}.get(mode, (row.off, row.off))
    if mode == "forced" and row.claimed:
        flags = (row.claimed, row.claimed)
    objects = [half(row, prefix, f, folder) for prefix, f in zip("ab", flags)]
    extra = {"forced": row.forced, "off": ""}.get(mode, row.link_on)
    made = folder / chain.name
    run(*shlex.split(f"{chain.link} {row.link} {extra}"), *exports(chain, objects), *objects,
        *beside(row, mode, folder), *shlex.split(row.libraries),
        *shlex.split(chain.to.format(shlex.quote(str(made)))), cwd=folder)
    if chain.subtype:
        data = bytearray(made.read_bytes())
        data[8:12] = chain.subtype.to_bytes(4, "little")
        made.write_bytes(data)
    return made, objects if chain.oracle == "objects" else [made]


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
