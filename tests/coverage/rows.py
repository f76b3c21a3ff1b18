# SPDX-License-Identifier: MIT OR Apache-2.0
"""The matrix of mitigations in machine code, as data: how each is built everywhere, partly, off and forced, and what
of it must be counted. The counts are made by hand from src/: every function there stands for one thing."""
import dataclasses

MODES = ("everywhere", "partly", "off", "forced")
LEAF, CALLS, POINTER, STORE, BUFFER, LARGE, TABLED, TAIL = (
    "leaf", "calls", "pointer", "store", "buffer", "large", "tabled", "tail")
EVERY = (LEAF, CALLS, POINTER, STORE, BUFFER, LARGE, TABLED)
KEEPERS = (CALLS, POINTER, BUFFER, LARGE)  # keep their return address in memory where a register holds it first
ARRAYS = (BUFFER, LARGE)
PUSHED = ("clang x86-64",)  # whose other functions align the stack by a push
CORE = (LEAF, CALLS, POINTER, BUFFER, LARGE, TABLED, TAIL, "listed")  # of core.rs
BRANCHES = (POINTER, TAIL)
POINTERS = (POINTER, TAIL, "entry", "crowded", "last")  # of pointers.c
MEMORY = ("store", "load", "copy")         # of memory.c


@dataclasses.dataclass
class Row:
    """One mitigation by one compiler."""
    name: str         # of the mitigation
    by: str           # compiler and machine, a key of build.TOOLCHAINS
    field: str        # the coverage of `rustproof facts --code`; with a dot: a number in the facts; empty: none
    counted: tuple    # functions of src/each.* that count, once for a_ and once for b_
    on: str           # compiler's flags with the mitigation
    off: str = ""     # … and without
    pattern: str = "" # what llvm-objdump shows of a function that has it (a regular expression over its lines)
    check: str = ""   # whose verdict is held
    verdicts: dict = dataclasses.field(default_factory=dict)  # mode: "outcome level", where `check` is not silent
    link: str = ""    # linker's flags in every mode
    link_on: str = "" # … in the modes "everywhere" and "partly"
    forced: str = ""  # … in the mode "forced", over code without
    claimed: str = "" # compiler's flags in the mode "forced", where they are not those of "off"
    unforced: str = ""  # why nothing but the code can say it
    lacks: dict = dataclasses.field(default_factory=dict)  # modes that nobody can build: why
    listed: str = ""  # llvm-readobj's table that names places in functions that have it, instead of `pattern`
    says: tuple = ()  # modes in which the header says it, which llvm-readobj shows by `pattern`
    beside_on: str = ""  # flags of the sources beside, but in the mode "off"
    declared: bool = False  # a header says it, though no flag of this linker forces it
    gets: tuple = ()  # those of `counted` that have it when it is on; empty: all
    brings: tuple = ()  # functions that count where it is on, but not without
    source: str = "each.c"
    beside: str = ""  # one more source, which no prefix changes
    libraries: str = ""


def core(name, machine, field, counted, on, pattern, check="", verdicts=None, **more):
    """A row of core.rs."""
    return Row(name, f"rustc {machine}", field, counted, on, more.pop("off", ""), pattern, check, verdicts or {},
               source="core.rs", **more)


X86, ARM, A64, RV = ("x86-64", "i386"), ("Arm",), ("AArch64",), ("RISC-V",)
NO_HEADER = "no header says it"
RUN_TIME = "linking the run time adds no checks"


def each(machines, *compilers):
    return [f"{compiler} {machine}" for compiler in compilers for machine in machines]


BARRIERS = {"everywhere": "pass", "partly": "finding allow", "off": "not-applicable"}
SIGNS = {"everywhere": "pass", "partly": "finding note", "off": "finding note", "forced": "finding warn"}
SHADOWS = {"everywhere": "pass", "partly": "finding warn", "off": "finding allow"}


PROBE = r"^(orq|movq|orl|movl) \$0x0, (0x[0-9a-f]+)?\(%[er]sp\)|^str xzr, \[sp|^sd zero, 0x0\(sp\)"


def probes():
    on, off = "-fstack-clash-protection", "-fno-stack-clash-protection"
    for by in each(X86 + A64, "gcc") + each(X86, "clang") + each(A64 + RV, "clang 22"):
        yield Row("stack probes", by, "probes", (LARGE,), on, off, PROBE, "RP2112",
                  {"everywhere": "pass", "partly": "finding warn", "off": "finding warn"}, unforced=NO_HEADER,
                  libraries="-Wl,--no-as-needed -lc" if by == "gcc AArch64" else "")


    for by in each(("x86-64", "x86"), "mingw"):
        yield Row("stack probes", by, "probes", (LARGE,), "", "-mno-stack-arg-probe", "_chkstk_ms", "RP2112",
                  {"everywhere": "pass", "partly": "finding warn", "off": "finding warn"}, unforced=NO_HEADER,
                  beside="far.c", libraries="-lgcc")


RUST_EVERY = ("leaf", "pointer", "add", "multiply", "index", "buffer")


def rust():
    by = "rustc x86-64"
    yield Row("KCFI", by, "kcfi", ("pointer",), "-Zsanitizer=kcfi", "", r"^addl -0x4\(%r\w+\), %r1[01]d",
              unforced=NO_HEADER, source="each.rs")
    yield Row("IBT", by, "landing", RUST_EVERY, "-Zcf-protection=full", "", r"\Aendbr64$", "RP2305",
              {"everywhere": "pass", "partly": "finding warn", "off": "finding allow", "forced": "finding warn"},
              forced="-z force-ibt", source="each.rs")
    yield Row("stack protector", by, "protector", ("buffer",), "-Zstack-protector=strong", "", "__stack_chk_fail",
              source="each.rs", unforced=NO_HEADER)
    yield Row("overflow checks", by, "overflow", RUST_EVERY, "-Coverflow-checks=on", "",
              "panic_const_(add|mul)_overflow", gets=("add", "multiply"), source="each.rs", unforced=NO_HEADER)
    of = ("leaf", "index", "asserts")
    yield Row("bounds checks", by, "bounds", of, "", "--cfg unchecked --check-cfg=cfg(unchecked)", "panic_bounds_check",
              gets=("index",), source="asserts.rs", unforced=NO_HEADER)
    yield Row("debug assertions", by, "debug_asserts", of, "-Cdebug-assertions=on -Coverflow-checks=off", "",
              "panic_nounwind_fmt", gets=("asserts",), source="asserts.rs", unforced=NO_HEADER)


CFI_SAYS = {"everywhere": "pass", "partly": "finding warn", "off": "finding allow"}
ICALL = "-fsanitize=cfi-icall"
CFI_MODES = {  # compiler's flags, what llvm-objdump shows of a function with a check
    "trap": (f"{ICALL} -fsanitize-trap=cfi", "^ud1l|^brk #0x5502"),
    "diagnostic": (f"{ICALL} -fno-sanitize-trap=cfi", "__ubsan_handle_cfi_check_fail"),
    "cross-DSO": (f"{ICALL} -fsanitize-trap=cfi -fsanitize-cfi-cross-dso", "__cfi_slowpath"),
}


def cfi():
    for by in each(("LTO x86-64", "LTO AArch64"), "clang"):
        for mode, (flags, pattern) in CFI_MODES.items():
            says = dict(CFI_SAYS, everywhere="finding warn") if mode == "diagnostic" else CFI_SAYS
            yield Row(f"LLVM CFI, {mode}", by, "cfi", (POINTER,), flags, "", pattern, "RP3101", says,
                      unforced=NO_HEADER)


GUARDED = {"everywhere": "pass", "partly": "finding warn", "off": "finding warn", "forced": "finding warn"}


def rust_core():
    """rustc's code for machines whose libraries are not here."""
    sanitize = "-Zsanitizer="
    protect = "-Zbranch-protection="
    for machine in ("i386", "AArch64"):
        yield core("stack probes", machine, "probes", (LARGE,), "", PROBE, "RP2112", {"everywhere": "pass"},
                   lacks=dict.fromkeys(("partly", "off"), "rustc cannot leave them out"), unforced=NO_HEADER)
    framed = {"x86-64": ARRAYS, "i386": (CALLS, TAIL, BUFFER, LARGE)}  # others only push
    for machine in ("x86-64", "i386", "AArch64", "Arm", "RISC-V"):
        yield core("stack protector", machine, "protector", framed.get(machine, KEEPERS),
                   "-Zstack-protector=strong", "__stack_chk_fail", gets=ARRAYS, unforced=NO_HEADER,
                   beside="local.c" if machine == "i386" else "")
    for machine in ("x86-64", "AArch64"):
        yield core("KCFI", machine, "kcfi", BRANCHES, sanitize + "kcfi", r"^addl -0x4\(%r\w+\), %r1[01]d|^brk #0x8",
                   "RP3102", dict(CFI_SAYS, off="not-applicable"), unforced=NO_HEADER)
    yield core("SafeStack", "x86-64", "safe_stack", ARRAYS, sanitize + "safestack", "__safestack_unsafe_stack_ptr",
               "RP3103", SECOND, unforced=NO_HEADER)
    yield core("IBT", "i386", "landing", CORE, "-Zcf-protection=full", r"\Aendbr32$", "RP2305", forced="-z force-ibt")
    yield core("BTI", "AArch64", "landing", CORE, protect + "bti", r"\Abti (c|jc)$", "RP2301", forced="-z force-bti")
    yield core("PAC", "AArch64", "signing", KEEPERS, protect + "bti,pac-ret", "^paciasp$|^hint #25$", "RP2302",
               {"everywhere": "pass", "forced": "finding warn"}, forced="-z pac-plt", declared=True)
    yield core("ShadowCallStack", "AArch64", "shadow_stack", KEEPERS, sanitize + "shadow-call-stack -Zfixed-x18",
               r"^str x30, \[x18\], #(0x)?8$", "RP3104", SHADOWS, off="-Zfixed-x18", unforced=NO_HEADER)
    for name, more in (", trap", ""), (", normalised integers", " -Zsanitizer-cfi-normalize-integers"):
        yield core("LLVM CFI" + name, "LTO x86-64", "cfi", BRANCHES, sanitize + "cfi" + more, "^ud2", "RP3101",
                   CFI_SAYS, unforced=NO_HEADER)


def newer():
    """What clang 14 cannot."""
    for machine in X86[:1] + A64 + ARM + RV:
        says = dict(CFI_SAYS, off="not-applicable")
        if machine in ARM:
            says["partly"] = "unknown"  # an argument that is called: no second pass says where it comes from
        yield Row("KCFI", f"clang 22 {machine}", "kcfi", POINTERS, "-fsanitize=kcfi", "",
                  r"^addl -0x4\(%r\w+\), %r1[01]d|^brk #0x8|^udf|^ebreak", "RP3102", says, source="pointers.c",
                  unforced=NO_HEADER)
    for machine in X86:
        yield Row("SLS", f"clang 22 {machine}", "sls", EVERY, "-mharden-sls=all", "", r"^ret[ql]?$\n^int3$", "RP2116",
                  BARRIERS, unforced=NO_HEADER)
    by, march = "clang 22 RISC-V", "-menable-experimental-extensions -march=rv64gc_zicfilp1p0_zicfiss1p0"
    unlabeled = "-z zicfilp=unlabeled"  # clang 22 leaves no note, labels being an experiment
    yield Row("Zicfilp", by, "landing", EVERY, f"{march} -fcf-protection=branch -mcf-branch-label-scheme=unlabeled", "",
              r"\Alpad ", "RP2308", {"everywhere": "pass", "partly": "finding warn", "off": "finding note",
                                     "forced": "finding warn"}, link_on=unlabeled, forced=unlabeled)
    yield Row("Zicfiss", by, "shadow_stack", KEEPERS, f"{march} -fcf-protection=return", "", "^sspush", "RP2309",
              {"everywhere": "pass", "partly": "finding note", "off": "finding note", "forced": "finding warn"},
              forced="-z zicfiss=always")


def windows():
    flags = {"clang": ("-Xclang -cfguard", "-Xclang -cfguard-no-checks"),
             "rustc": ("-Ccontrol-flow-guard=checks", "-Ccontrol-flow-guard=nochecks")}
    for by in each(("Windows x86-64", "Windows i386", "Windows AArch64"), "clang", "rustc"):
        on, table = flags[by.split()[0]]
        rust = by.startswith("rustc")
        yield Row("CFG", by, "cfg", BRANCHES if rust else (POINTER,), on, "", "__guard_(check|dispatch)_icall_fptr",
                  "RP2201", GUARDED, link_on="-guard:cf", claimed=table, forced="-guard:cf",
                  source="core.rs" if rust else "each.c")


# which functions need the second stack only the compiler knew: one that uses it tells that it was there
SECOND = {"everywhere": "pass", "partly": "pass", "off": "finding allow"}


def windows_stacks():
    probed = {"everywhere": "pass", "partly": "finding warn", "off": "finding warn"}
    for machine in ("x86-64", "i386", "AArch64"):
        yield Row("stack probes", f"clang Windows {machine}", "probes", (LARGE,), "", "-mno-stack-arg-probe",
                  "chkstk", "RP2112", probed, unforced=NO_HEADER)
        yield core("stack probes", f"Windows {machine}", "probes", (LARGE,), "", "chkstk", "RP2112", probed,
                   lacks=dict.fromkeys(("partly", "off"), "rustc cannot leave them out"), unforced=NO_HEADER)


def windows_cookies():
    for machine, counted in (("x86-64", KEEPERS), ("i386", ARRAYS), ("AArch64", KEEPERS)):
        yield Row("stack protector", f"clang Windows {machine}", "protector", counted, "-fstack-protector-strong",
                  "-fno-stack-protector", "__security_check_cookie", gets=ARRAYS, beside="cookie.S",
                  beside_on=" -DCOOKIE=0x2b992ddf", unforced=NO_HEADER)


def header(name, by, pattern, check, on, **more):
    """A row of what the header alone says; the linker keeps it when all objects say it."""
    says = more.pop("says", ("everywhere", "forced"))
    silent = more.pop("silent", "finding note")
    verdicts = {mode: "pass" if mode in says else silent for mode in MODES}
    return Row(name, by, more.pop("field", ""), more.pop("counted", ()), on, more.pop("off", ""), pattern, check,
               verdicts, says=says, **more)


def headers():
    """Whose code shows nothing: forced in the header is all there is."""
    for by in each(("x86-64",), "gcc", "clang"):
        yield header("SHSTK", by, "SHSTK", "RP2306", "-fcf-protection=return", off="-fcf-protection=none",
                     forced="-Wl,-z,shstk")
    yield header("SHSTK", "rustc x86-64", "SHSTK", "RP2306", "-Zcf-protection=return", forced="-z shstk",
                 source="core.rs", silent="")
    gcs = "GCS|aarch64 feature: .*unknown flags: 0x4>"  # LLVM 14 has no name for it
    yield header("GCS", "clang 22 AArch64", gcs, "RP2303", "-mbranch-protection=gcs", forced="-z gcs=always",
                 silent="finding allow")
    yield header("GCS", "rustc AArch64", gcs, "RP2303", "-Zbranch-protection=gcs", silent="finding allow",
                 unforced="lld 14 forces none", source="core.rs")
    one = {"partly": "one bit of the file, which the linker sets as it is told"}
    yield header("CET compatible", "clang Windows x86-64", "CETCompat|CET_COMPAT", "RP2307", "", link_on="-cetcompat",
                 forced="-cetcompat", silent="finding warn", lacks=one)
    yield Row("EHCONT", "clang 22 Windows x86-64", "pe.catching_listed", ("handler",), "-Xclang -ehcontguard", "", "",
              "RP2202", {"everywhere": "pass", "partly": "finding note", "off": "finding note",
                         "forced": "finding note"},
              link_on="-guard:cf,ehcont", forced="-guard:cf,ehcont", listed="GuardEHContTable", source="try.c",
              beside="handler.c")
    yield Row("XFG", "clang Windows x86-64", "code.edges.typed", BRANCHES, "-DXFG", "-DCFG",
              "__guard_xfg_dispatch_icall_fptr", "RP2203",
              {"everywhere": "pass", "partly": "pass", "off": "not-applicable", "forced": "finding note"},
              link="-guard:cf", forced="-guard:cf", beside_on="-DXFG=1 -DEXTRA_FLAGS=0x800000",
              source="../../checks/src/pe_xfg.S")


def macos():
    """Mach-O knows no forced header, and cannot do without what tells where its functions are."""
    framed = {"x86-64": ARRAYS, "AArch64": KEEPERS}
    for machine, counted in framed.items():
        yield Row("stack protector", f"clang macOS {machine}", "protector", counted, "-fstack-protector-strong",
                  "-fno-stack-protector", "___stack_chk_fail", "RP2110", gets=ARRAYS, unforced=NO_HEADER)
    for machine in framed:
        yield core("stack probes", f"macOS {machine}", "probes", (LARGE,), "", PROBE, unforced=NO_HEADER,
                   lacks=dict.fromkeys(("partly", "off"), "rustc cannot leave them out"))
    by = "clang 22 macOS arm64e"
    yield Row("stack protector", by, "protector", KEEPERS, "-fstack-protector-strong", "-fno-stack-protector",
              "___stack_chk_fail", "RP2110", gets=ARRAYS, unforced=NO_HEADER)
    for name, field, pattern in ("PAC", "signing", "^pacibsp$"), ("PAC, returns", "bare_returns", "^retab$"):
        yield Row(name, by, field, KEEPERS, "-fptrauth-returns", "-fno-ptrauth-returns", pattern, unforced=NO_HEADER)
    yield Row("PAC, calls", by, "pauth", (POINTER,), "-fptrauth-calls", "-fno-ptrauth-calls", "^(blraa|braa)z?",
              unforced=NO_HEADER)


def tls():
    """The model that was asked for, against another. Where one compiler's sequence serves two models, and in programs,
    whose linker relaxes them, tests/differential/objects.py and tls_variables.py count."""
    def row(model, by, field, pattern, other="initial-exec", more=""):
        flags = [f"'-DMODEL=\"{name}\"'{more}" for name in (model, other)]
        return Row(f"TLS, {model}", by, f"code.{field}", ("counts",), *flags, pattern, source="tls.c",
                   lacks={"forced": "a model is no claim"})
    for by in each(X86 + ARM + RV, "gcc", "clang"):
        yield row("global-dynamic", by, "tls_gd", "TLS_?GD")
    for by in each(A64, "gcc", "clang"):
        yield row("global-dynamic", by, "tls_desc", "TLSDESC")
    for by in ("gcc x86-64", "clang x86-64", "clang i386"):  # gcc takes global-dynamic for one variable on i386
        yield row("local-dynamic", by, "tls_ld", "TLS_?LD", more=" -DLOCAL")
    for by in each(X86 + A64 + ARM + RV, "gcc", "clang"):
        yield row("initial-exec", by, "tls_ie", "GOTTPOFF|TLS_GOTIE|TLSIE|TLS_IE|TLS_GOT_HI", "global-dynamic")
    dialect = " -mtls-dialect=gnu2"
    for by in each(X86[:1], "gcc"):
        yield dataclasses.replace(row("descriptors", by, "tls_desc", "TLS_?(GOT)?DESC"),
                                  on=f"'-DMODEL=\"global-dynamic\"'{dialect}",
                                  off=f"'-DMODEL=\"initial-exec\"'{dialect}")
    for by in each(X86 + A64 + ARM, "clang") + each(RV, "clang 22"):
        yield Row("TLS, emulated", by, "code.tls_emulated", ("counts",), "-DLOCAL '-DMODEL=\"global-dynamic\"' "
                  "-femulated-tls", "-DLOCAL '-DMODEL=\"global-dynamic\"'", "__emutls_get_address", source="tls.c",
                  lacks={"forced": "a model is no claim"})


def safe_stacks():
    for by in each(("x86-64",) + A64, "clang"):
        yield Row("SafeStack", by, "safe_stack", ARRAYS if by in PUSHED else KEEPERS, "-fsanitize=safe-stack", "",
                  "__safestack_unsafe_stack_ptr", "RP3103", SECOND, gets=ARRAYS, unforced=NO_HEADER)


def protector():
    for by in each(X86 + A64 + ARM + RV, "gcc", "clang"):
        yield Row("stack protector", by, "protector", ARRAYS if by in PUSHED else KEEPERS, "-fstack-protector-strong",
                  "-fno-stack-protector", "__stack_chk_fail", "RP2110", gets=ARRAYS,
                  beside="local.c" if by.endswith("i386") else "",
                  unforced="a reference to __stack_chk_fail in one function is the mode partly")


def landing():
    for by in each(X86, "gcc", "clang"):
        tool = by.split()[0]
        forced = "-Wl,-z,ibt" if tool == "gcc" else "-Wl,-z,force-ibt"
        yield Row("IBT", by, "landing", EVERY, "-fcf-protection=full", "-fcf-protection=none", r"\Aendbr(64|32)$",
                  "RP2305", {"everywhere": "pass", "partly": "finding note", "off": "finding note",
                             "forced": "finding warn"}, forced=forced)
    for by in each(A64, "gcc", "clang"):
        yield Row("BTI", by, "landing", EVERY, "-mbranch-protection=standard", "-mbranch-protection=none",
                  r"\A(bti (c|jc)|paciasp|hint #(25|34))$", "RP2301",
                  {"everywhere": "pass", "partly": "finding note", "off": "finding note",
                   "forced": "finding warn"}, forced="-Wl,-z,force-bti")


def signing():
    for by in each(A64, "gcc", "clang"):
        yield Row("PAC", by, "signing", KEEPERS, "-mbranch-protection=standard", "-mbranch-protection=none",
                  "^paciasp$", "RP2302", SIGNS, forced="-Wl,-z,pac-plt" if by.startswith("clang") else "",
                  unforced="" if by.startswith("clang") else "GNU ld forces no PAC", declared=True)
        yield Row("PAC, returns", by, "bare_returns", KEEPERS, "-mbranch-protection=standard",
                  "-mbranch-protection=none", "^(autiasp|retaa)$", unforced="see PAC")


def shadow_stacks():
    for by in each(A64, "clang"):
        yield Row("ShadowCallStack", by, "shadow_stack", KEEPERS,
                  "-fsanitize=shadow-call-stack -ffixed-x18", "-ffixed-x18",
                  r"^str x30, \[x18\], #(0x)?8$", "RP3104", SHADOWS, unforced=NO_HEADER)


    yield Row("ShadowCallStack", "clang 22 RISC-V", "shadow_stack", KEEPERS, "-fsanitize=shadow-call-stack", "",
              r"^sd ra, -0x8\(gp\)$", unforced=NO_HEADER)


def speculation():
    for by in each(X86, "clang"):
        yield Row("retpolines", by, "retpoline", (POINTER,), "-mretpoline", "", "__llvm_retpoline|retpoline_",
                  "RP2116", BARRIERS,
                  unforced=NO_HEADER)
    for by in each(X86, "gcc"):
        for how in ("thunk", "thunk-inline"):
            yield Row(f"retpolines, {how}", by, "retpoline", (POINTER,),
                      f"-mindirect-branch={how} -fcf-protection=none",
                      "-fcf-protection=none", "__x86_indirect_thunk|^lfence$", "RP2116", BARRIERS,
                  unforced=NO_HEADER)
    for by in each(X86, "gcc"):
        yield Row("SLS", by, "sls", EVERY, "-mharden-sls=all", "", r"^ret[ql]?$\n^int3$", "RP2116", BARRIERS,
                  unforced=NO_HEADER)
    for by in each(A64, "gcc", "clang"):
        yield Row("SLS", by, "sls", EVERY, "-mharden-sls=all", "", r"^ret$\n^(dsb sy|sb)$", "RP2116", BARRIERS,
                  unforced=NO_HEADER)


def load_value_injection():
    """clang's, and the assembler's."""
    waits = r"^lfence$\n^(jmpq \*|retq?$)"
    for by, flags in (("clang x86-64", "-mlvi-hardening"), ("clang x86-64", "-mlvi-cfi"),
                      ("gcc x86-64", "-Wa,-mlfence-before-ret=or")):
        yield Row(f"LVI, returns, {flags.split(',')[-1]}", by, "fenced_returns", EVERY, flags, "", waits, "RP2116",
                  BARRIERS, unforced=NO_HEADER)
    yield Row("LVI, loads", "clang x86-64", "fenced_loads", MEMORY, "-mlvi-hardening", "", r"^lfence$\n(?!^jmpq)",
              "RP2116", source="memory.c", unforced=NO_HEADER)


def sanitizers():
    def row(name, by, field, flag, pattern):
        return Row(name, by, field, MEMORY, flag, "", pattern, source="memory.c", unforced=RUN_TIME)
    for by in each(("i386",) + ARM, "gcc", "clang") + each(RV, "clang"):
        yield row("address sanitizer", by, "asan", "-fsanitize=address", "__asan_report")
    yield row("thread sanitizer", "clang 22 RISC-V", "tsan", "-fsanitize=thread", "__tsan_")
    yield row("hardware-assisted address sanitizer", "clang 22 RISC-V", "hwasan", "-fsanitize=hwaddress", "__hwasan_")
    for by in each(("x86-64", "AArch64"), "gcc", "clang"):
        yield row("address sanitizer", by, "asan", "-fsanitize=address", "__asan_report")
        yield row("thread sanitizer", by, "tsan", "-fsanitize=thread", "__tsan_")
    for by in each(("x86-64", "AArch64"), "clang"):
        # even the leaf stores its result's shadow, which on x86 no name tells
        named = by == "clang AArch64"
        yield Row("memory sanitizer", by, "msan", MEMORY, "-fsanitize=memory", "",
                  "__msan_warning|__msan_.*tls" if named else "__msan_warning", source="memory.c", brings=(LEAF,),
                  gets=MEMORY + (LEAF,) if named else MEMORY,
                  unforced=RUN_TIME)
    yield row("hardware-assisted address sanitizer", "clang AArch64", "hwasan", "-fsanitize=hwaddress", "__hwasan_")
    yield Row("memory tagging", "clang AArch64", "memtag", KEEPERS, "-march=armv8.5-a+memtag -fsanitize=memtag",
              "-march=armv8.5-a+memtag", "^(irg|stg|st2g) ", gets=ARRAYS, unforced=NO_HEADER)


ROWS = [row for make in (probes, rust, rust_core, cfi, newer, windows, windows_stacks, windows_cookies, headers, macos,
                         tls, safe_stacks, protector, landing, signing, shadow_stacks, speculation,
                         load_value_injection, sanitizers)
        for row in make()]

# ---- what must have a row ----

ANY = X86 + A64 + ARM + RV
PE = ("Windows x86-64", "Windows i386", "Windows AArch64")
MACHO = ("macOS x86-64", "macOS AArch64")
ARM64E = ("macOS arm64e",)
WIDE = ("x86-64", "AArch64")

# Each mitigation with the machines that have it. A row's name begins with the mitigation's.
MITIGATIONS = {
    "stack probes": ANY + PE + MACHO,
    "stack protector": ANY + PE + MACHO + ARM64E,
    "LLVM CFI, trap": WIDE, "LLVM CFI, diagnostic": WIDE, "LLVM CFI, cross-DSO": WIDE,
    "LLVM CFI, normalised integers": WIDE,
    "KCFI": ("x86-64",) + A64 + ARM + RV,
    "CFG": PE, "XFG": PE, "EHCONT": PE, "CET compatible": PE[:1],
    "IBT": X86, "SHSTK": X86, "BTI": A64, "PAC": A64 + ARM64E, "GCS": A64, "Zicfilp": RV, "Zicfiss": RV,
    "ShadowCallStack": A64 + RV, "SafeStack": X86 + A64,
    "retpolines": X86, "SLS": X86 + A64 + ARM, "LVI": X86,
    "address sanitizer": ANY, "thread sanitizer": WIDE + RV, "memory sanitizer": WIDE,
    "hardware-assisted address sanitizer": A64 + RV, "memory tagging": A64,
    "overflow checks": ANY, "bounds checks": ANY, "debug assertions": ANY,
    "TLS, global-dynamic": ANY, "TLS, local-dynamic": ANY, "TLS, initial-exec": ANY, "TLS, descriptors": X86 + A64,
    "TLS, emulated": ANY, "TLS, local-exec": ANY,
}
# … but for these, and why not. A key without a machine stands for all that have no row.
ONE_PANIC = "one call of a panic function on every machine, and the target's std is not here to link"
NOT_READ = "not counted there: no instruction of it is told from others"
ABSENT = {
    ("stack probes", "Arm"): "no compiler emits them",
    ("LLVM CFI, normalised integers", "AArch64"): "leaves no trace in code, on any machine",
    ("XFG", "Windows i386"): "x64 alone has it", ("XFG", "Windows AArch64"): "x64 alone has it",
    ("EHCONT", "Windows i386"): "x64 alone has it", ("EHCONT", "Windows AArch64"): "a table of the same form",
    ("SHSTK", "i386"): "the same note of the same section",
    ("SafeStack", "i386"): "unknown, not counted: code reaches the pointer through the GOT's address",
    ("SLS", "Arm"): NOT_READ,
    ("LVI", "i386"): "clang has it for 64-bit code alone",
    **{(name, ""): ONE_PANIC for name in ("overflow checks", "bounds checks", "debug assertions")},
    ("TLS, local-dynamic", "AArch64"): "the same instructions as global dynamic",
    ("TLS, local-dynamic", "Arm"): "the same instructions as global dynamic",
    ("TLS, local-dynamic", "RISC-V"): "the same instructions as global dynamic",
    ("TLS, descriptors", "i386"): "not told from other calls: code reaches the descriptor through the GOT's address",
    ("TLS, descriptors", "AArch64"): "its global dynamic is that; see there",
    ("TLS, local-exec", ""): "for programs alone: tests/differential/tls_variables.py and objects.py count",
}


def machine_of(row):
    """… as MITIGATIONS spells it: without the compiler, its version and its way to link."""
    words = [word for word in row.by.split()[1:] if word not in ("22", "LTO")]
    if row.by.startswith("mingw"):
        return "Windows " + {"x86": "i386"}.get(words[0], words[0])
    return " ".join(words)


def mitigation_of(row):
    """The longest name that begins the row's; None: not one of MITIGATIONS."""
    names = [name for name in MITIGATIONS if row.name == name or row.name.startswith(name + ",")]
    return max(names, key=len, default=None)


def reason(name, machine):
    return ABSENT.get((name, machine)) or ABSENT.get((name, ""))


def unfilled(found=ROWS):
    """Cells that have neither a row nor a reason, or both; rows of nothing that must have one."""
    have = {(mitigation_of(row), machine_of(row)) for row in found}
    for name, machines in MITIGATIONS.items():
        for machine in machines:
            if (name, machine) not in have and not reason(name, machine):
                yield f"{name}, {machine}: no row and no reason"
            if (name, machine) in have and (name, machine) in ABSENT:
                yield f"{name}, {machine}: a row and a reason why there is none"
    for row in found:
        if machine_of(row) not in MITIGATIONS.get(mitigation_of(row), ()):
            yield f"{row.name}, {row.by}: not in MITIGATIONS"
