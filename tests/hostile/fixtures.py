#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes the small files that the sweeps cut and bend: one of each format and kind that the tools of
this machine can emit.

  fixtures.py FOLDER     (re)makes FOLDER; prints what could not be made and why
"""
import io
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

C_PROGRAM = """
#ifdef _WIN32
int per_thread;
#define outside(i) (i)
#else
__thread int per_thread;
extern int outside(int) __attribute__((weak));
#endif
int table[4] = {1, 2, 3, 4};
int *pointers[4] = {table, table + 1, table + 2, &table[3]};
int exported(int i) { per_thread += i; return *pointers[i & 3] + outside(i); }
int start(void) { return exported(2); }
"""
RUST_LIBRARY = """
#![no_std]
#[panic_handler]
fn stop(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
pub extern "C" fn start(i: usize, n: u32) -> u32 {
    let t = [1u32, 2, 3];
    t[i].checked_mul(n).expect("price too large")
}
"""
RUST_CRATE = "#![no_std]\npub fn twice(n: u32) -> u32 { n.wrapping_mul(2) }\n"


class Maker:
    def __init__(self, folder):
        self.folder = folder
        self.made, self.missing = [], []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.work = folder / ".work"
        self.work.mkdir()
        for name, text in (("p.c", C_PROGRAM), ("p.rs", RUST_LIBRARY), ("c.rs", RUST_CRATE)):
            (self.work / name).write_text(text)

    def run(self, name, *command):
        """Runs command with {o} as the output's path."""
        if shutil.which(command[0]) is None:
            self.missing.append(f"{name}: {command[0]} is not installed")
            return None
        out = self.folder / name
        run = subprocess.run([str(c).format(o=out) for c in command], cwd=self.work,
                             capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if run.returncode != 0 or not out.exists():
            self.missing.append(f"{name}: {(run.stderr.strip().splitlines() or ['no output'])[-1]}")
            out.unlink(missing_ok=True)
            return None
        self.made.append(out)
        return out

    def write(self, name, data):
        (self.folder / name).write_bytes(data)
        self.made.append(self.folder / name)

    def elf(self):
        bare = ("-nostdlib", "-Wl,-e,start", "-Os", "p.c", "-o", "{o}")
        self.run("elf64.so", "gcc", "-shared", "-fPIC", "-Wl,-z,now", "-Wl,--build-id", *bare)
        self.run("elf64-lazy.so", "gcc", "-shared", "-fPIC", "-Wl,-z,lazy,-z,norelro", "-g", *bare)
        self.run("elf64-gnuhash.so", "gcc", "-shared", "-fPIC", "-Wl,--hash-style=gnu",
                 "-Wl,-rpath,/tmp:$ORIGIN/../lib", "-Wl,-z,execstack", *bare)
        self.run("elf64-pie", "gcc", "-static-pie", "-fPIE", "-fcf-protection=full", *bare)
        self.run("elf64-exec", "gcc", "-static", "-no-pie", *bare)
        self.run("elf64-omagic", "gcc", "-static", "-no-pie", "-Wl,-N", *bare)
        self.run("elf32-textrel.so", "clang", "--target=i386-linux-gnu", "-shared", "-fno-pic",
                 "-fuse-ld=lld", "-Wl,-z,notext", "-Wl,-z,norelro", "-Wl,-rpath,.",
                 "-Wl,-z,execstack", "-D_WIN32", *bare)
        self.run("elf64.o", "gcc", "-c", "-g", "-ffunction-sections", "p.c", "-o", "{o}")
        self.run("elf32.so", "clang", "--target=i386-linux-gnu", "-shared", "-fPIC",
                 "-fuse-ld=lld", *bare)
        for name, target in (("elf-a64", "aarch64"), ("elf-riscv64", "riscv64"), ("elf-arm", "arm")):
            flags = ("-mbranch-protection=standard",) if target == "aarch64" else ()
            self.run(f"{name}.so", "clang", f"--target={target}-linux-gnu", *flags, "-shared",
                     "-fPIC", "-fuse-ld=lld", *bare)
        self.run("elf-ppc64be.o", "clang", "--target=powerpc64-linux-gnu", "-c", "p.c", "-o", "{o}")
        self.run("elf-mips.o", "clang", "--target=mips-linux-gnu", "-c", "p.c", "-o", "{o}")
        self.run("elf-s390x.o", "clang", "--target=s390x-linux-gnu", "-c", "p.c", "-o", "{o}")
        self.run("elf64-packed-relocs.so", "clang", "-shared", "-fPIC", "-fuse-ld=lld",
                 "-Wl,--pack-dyn-relocs=android+relr", *bare)
        so = self.folder / "elf64.so"
        if so.exists():
            self.run("elf64-no-sections.so", "llvm-objcopy-14", "--strip-sections", so, "{o}")
            self.run("elf64-debug-only", "objcopy", "--only-keep-debug",
                     self.folder / "elf64-lazy.so", "{o}")

    def rust(self):
        small = ("--edition", "2021", "-Cpanic=abort", "-Copt-level=s")
        self.run("rust.rlib", "rustc", *small, "--crate-type=rlib", "c.rs", "-o", "{o}")
        self.run("rust.o", "rustc", *small, "--crate-type=lib", "--emit=obj", "p.rs", "-o", "{o}")
        self.run("rust-cdylib.so", "rustc", *small, "--crate-type=cdylib", "-Cstrip=debuginfo",
                 "-Clink-arg=-nostdlib", "p.rs", "-o", "{o}")
        self.run("rust-stripped.so", "rustc", *small, "--crate-type=cdylib", "-Cstrip=symbols",
                 "-Clink-arg=-nostdlib", "p.rs", "-o", "{o}")

    def pe(self):
        bare = ("-nostdlib", "-Os", "p.c", "-o", "{o}")
        for bits, cc in (("64", "x86_64-w64-mingw32-gcc"), ("32", "i686-w64-mingw32-gcc")):
            entry = "-Wl,-e,start" if bits == "64" else "-Wl,-e,_start"
            self.run(f"pe{bits}.exe", cc, entry, *bare)
            self.run(f"pe{bits}.dll", cc, "-shared", entry, "-Wl,--dynamicbase,--nxcompat", *bare)
        self.run("pe64.obj", "x86_64-w64-mingw32-gcc", "-c", "p.c", "-o", "{o}")
        self.run("pe-a64.obj", "clang", "--target=aarch64-pc-windows-msvc", "-c", "p.c", "-o", "{o}")
        obj = self.run("pe-msvc.obj", "clang", "--target=x86_64-pc-windows-msvc", "-c", "-Os",
                       "-g", "p.c", "-o", "{o}")
        if obj:
            self.run("pe-lld.dll", "lld-link-14", "/dll", "/noentry", "/export:exported", "/debug",
                     "/guard:cf", "/force", "/brepro", "/pdbaltpath:C:\\Users\\ada\\app\\x.pdb", obj,
                     "/out:{o}")

    def macho(self):
        for arch in ("x86_64", "arm64"):
            target = f"--target={arch}-apple-macos11"
            obj = self.run(f"macho-{arch}.o", "clang", target, "-c", "-g", "-Os", "-fno-exceptions",
                           "p.c", "-o", "{o}")
            if obj:
                self.run(f"macho-{arch}.dylib", "ld64.lld-14", "-arch", arch, "-platform_version",
                         "macos", "11.0", "11.0", "-dylib", "-undefined", "dynamic_lookup",
                         "-rpath", "@loader_path/../lib", "-install_name", "/Users/ada/app/libx.dylib",
                         obj, "-o", "{o}")
        slices = [self.folder / f"macho-{a}.dylib" for a in ("x86_64", "arm64")]
        if all(s.exists() for s in slices):
            self.write("macho-fat", fat([s.read_bytes() for s in slices]))

    def packages(self):
        so, obj = self.folder / "elf64.so", self.folder / "elf64.o"
        if not so.exists() or not obj.exists():
            return
        for name, flags in (("gnu.a", "rcs"), ("thin.a", "rcsT")):
            self.run(name, "ar", flags, "{o}", obj, so)
        self.run("bsd.a", "llvm-ar-14", "--format=bsd", "rcs", "{o}", obj, so)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
            z.write(so, "bin/program")
            z.writestr("README", "text")
        self.write("package.zip", packed.getvalue())
        self.write("package.crate", tar_of("x-1.0/lib.so", so.read_bytes(), "w:gz"))
        self.write("package.deb", deb(tar_of("./usr/bin/p", so.read_bytes(), "w:xz")))
        nested = tar_of("inner.tar.gz", tar_of("lib.so", so.read_bytes(), "w:gz"), "w")
        self.write("nested.tar", nested)

    def generated(self):
        """What the generators of other tests can make, when they offer samples."""
        for tool in sorted((ROOT / "tests/tools").glob("mk*.py")):
            out = self.folder / tool.stem
            run = subprocess.run([sys.executable, tool, "--samples", out], capture_output=True,
                                 stdin=subprocess.DEVNULL)
            if run.returncode == 0 and out.is_dir():
                self.made += sorted(p for p in out.iterdir() if p.is_file())


def fat(slices):
    head, at = struct.pack(">II", 0xCAFEBABE, len(slices)), 4096
    body = b""
    for data in slices:
        cpu, sub = struct.unpack_from("<II", data, 4)
        head += struct.pack(">IIIII", cpu, sub, at + len(body), len(data), 12)
        body += data + b"\0" * (-len(data) % 4096)
    return head.ljust(at, b"\0") + body


def tar_of(name, data, mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.USTAR_FORMAT) as t:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def deb(data_tar):
    out = b"!<arch>\n"
    members = (("debian-binary", b"2.0\n"), ("control.tar.gz", tar_of("./control", b"", "w:gz")),
               ("data.tar.xz", data_tar))
    for name, data in members:
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        out += data + b"\n" * (len(data) % 2)
    return out


def main():
    maker = Maker(pathlib.Path(sys.argv[1]).resolve())
    for part in (maker.elf, maker.rust, maker.pe, maker.macho, maker.packages, maker.generated):
        part()
    shutil.rmtree(maker.work)
    for why in maker.missing:
        print(f"not made: {why}")
    sizes = [f.stat().st_size for f in maker.made]
    print(f"{len(maker.made)} fixtures, {sum(sizes)} bytes, {len(maker.missing)} not made")
    return 0 if maker.made else 1


if __name__ == "__main__":
    sys.exit(main())
