/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every arm of the checks of src/checks/windows, and the PE arms of the exploit checks, by struct
 * literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "obj/pe.h"
#include "obj/pe_load_config.h"
#include "rows.h"

/* clang-format off: tables */
#define YES                                                                                        \
    {                                                                                              \
        RP_YES, 0x40, NULL                                                                         \
    }
#define NO                                                                                         \
    {                                                                                              \
        RP_NO, 0x40, NULL                                                                          \
    }
#define UNSURE                                                                                     \
    {                                                                                              \
        RP_UNKNOWN, RP_NOWHERE, "it is cut short"                                                  \
    }
#define FACTS(k) .f = {.format = RP_FORMAT_PE, .kind = (k), .arch = RP_ARCH_X86_64, .bits = 64}
#define PROGRAM  FACTS(RP_KIND_EXECUTABLE)
#define LIBRARY  FACTS(RP_KIND_LIBRARY)
#define FIRMWARE FACTS(RP_KIND_KERNEL)
#define X64      .image = true, .machine = RP_PE_AMD64, .pe32_plus = true, .section_alignment = 4096
#define X86      .image = true, .machine = RP_PE_I386, .section_alignment = 4096
#define A64      .image = true, .machine = RP_PE_ARM64, .pe32_plus = true, .section_alignment = 4096
#define RUST     .rust = {.is_rust = YES}
#define IL       .image = true, .dotnet = true, .il_only = true
#define PASS     .outcome = RP_OUTCOME_PASS
#define FINDING  .outcome = RP_OUTCOME_FINDING
#define NA       .outcome = RP_OUTCOME_NA
#define UNKNOWN  .outcome = RP_OUTCOME_UNKNOWN
#define OBJECT                                                                                     \
    {                                                                                              \
        "object", PROGRAM, .pe = {.image = false}, NA, .text = "object"                            \
    }
#define EFI                                                                                        \
    {                                                                                              \
        "firmware", FIRMWARE, .pe = {X64}, NA, .text = "firmware"                                  \
    }
#define DOTNET                                                                                     \
    {                                                                                              \
        "IL only", PROGRAM, .pe = {IL}, NA, .text = ".NET"                                         \
    }
static const rp_pe_area areas[] = {{{".x", 2}, 0x1f0, 0x1000, 8, 0xf0000040}};

static void pie(void **state)
{
    (void)state;
    static const row rows[] = {
        {"moved", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_DYNAMIC_BASE, .relocs = YES, .relocations = 3},
         PASS, .text = "random address"},
        {"nothing to relocate", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_DYNAMIC_BASE, .relocs = NO,
                .anything_to_relocate = NO},
         PASS, .text = "holds no address"},
        {"stripped", PROGRAM, RUST,
         .pe = {X64, .dll_characteristics = RP_PE_DYNAMIC_BASE, .relocs = YES,
                .characteristics = RP_PE_RELOCS_STRIPPED},
         FINDING, .text = "were stripped"},
        {"stripped by mingw", PROGRAM, RUST,
         .pe = {X64, .mingw = true, .dll_characteristics = RP_PE_DYNAMIC_BASE,
                .characteristics = RP_PE_RELOCS_STRIPPED},
         FINDING, .text = "were stripped"},
        {"lost", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_DYNAMIC_BASE, .relocs = NO,
                .anything_to_relocate = YES},
         UNKNOWN, .text = "though the file holds addresses"},
        {"cannot tell", PROGRAM,
         .pe = {X86, .dll_characteristics = RP_PE_DYNAMIC_BASE, .relocs = NO,
                .anything_to_relocate = UNSURE},
         UNKNOWN, .text = "cut short"},
        {"unreadable", PROGRAM,
         .pe = {X86, .dll_characteristics = RP_PE_DYNAMIC_BASE, .relocs = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"fixed", PROGRAM, .pe = {X64, .relocs = NO}, FINDING, .text = "fixed address"},
        {"fixed, relocatable", LIBRARY, .pe = {X64, .relocs = YES}, FINDING,
         .text = "mandatory ASLR"},
        DOTNET,
    };
    RUN_ROWS("RP2101", rows);
}

static void nx(void **state)
{
    (void)state;
    static const row rows[] = {
        {"set", PROGRAM, .pe = {X86, .dll_characteristics = RP_PE_NX_COMPAT}, PASS,
         .text = "NX_COMPAT"},
        {"64-bit", PROGRAM, .pe = {X64}, PASS, .text = "always on"},
        {"32-bit without", PROGRAM, RUST, .pe = {X86}, FINDING, .text = "executable"},
        {"32-bit DLL", LIBRARY, .pe = {X86, .dll = true}, FINDING, .level = RP_NOTE,
         .text = "executable"},
        DOTNET,
    };
    RUN_ROWS("RP2102", rows);
}

static void wx(void **state)
{
    (void)state;
    static const row rows[] = {
        {"none", PROGRAM, .pe = {X64}, PASS, .text = "no section"},
        {"one", PROGRAM, .pe = {X64, .wx = areas, .nwx = 1}, FINDING, .text = "1 section is"},
        {"in a driver", FIRMWARE, .pe = {X64, .driver = true, .wx = areas, .nwx = 1}, FINDING,
         .text = "1 section is"},
        {"one piece", PROGRAM, .pe = {.image = true, .section_alignment = 16}, FINDING,
         .text = "less than a page"},
        {"a driver may be", FIRMWARE,
         .pe = {.image = true, .driver = true, .section_alignment = 16}, PASS,
         .text = "no section"},
        {"object", FACTS(RP_KIND_OBJECT), .pe = {.image = false}, PASS, .text = "no section"},
    };
    RUN_ROWS("RP2103", rows);
}

static void high_entropy(void **state)
{
    (void)state;
    enum { MOVED = RP_PE_DYNAMIC_BASE, WIDE = RP_PE_DYNAMIC_BASE | RP_PE_HIGH_ENTROPY_VA };
    static const row rows[] = {
        {"on", PROGRAM,
         .pe = {X64, .dll_characteristics = WIDE, .characteristics = RP_PE_LARGE_ADDRESS_AWARE,
                .image_base = 0x140000000},
         PASS, .text = "high-entropy ASLR"},
        {"low base", PROGRAM,
         .pe = {X64, .dll_characteristics = WIDE, .characteristics = RP_PE_LARGE_ADDRESS_AWARE,
                .image_base = 0x400000},
         PASS, .text = "high-entropy ASLR"},
        {"off", PROGRAM, RUST, .pe = {X64, .dll_characteristics = MOVED, .characteristics = 0x20},
         FINDING, .text = "8 random bits"},
        {"off in a DLL", LIBRARY, .pe = {X64, .dll = true, .dll_characteristics = MOVED}, FINDING,
         .level = RP_NOTE, .text = "8 random bits"},
        {"unaware", PROGRAM, .pe = {X64, .dll_characteristics = WIDE}, FINDING,
         .text = "LARGE_ADDRESS_AWARE"},
        {"32-bit", PROGRAM, .pe = {X86, .dll_characteristics = MOVED}, NA, .text = "32-bit"},
        {"not moved", PROGRAM, .pe = {X64}, NA, .text = "RP2101"},
        {"driver", FIRMWARE, .pe = {X64, .driver = true, .dll_characteristics = MOVED}, NA,
         .text = "driver"},
        OBJECT,
        EFI,
    };
    RUN_ROWS("RP2131", rows);
}

static void safe_seh(void **state)
{
    (void)state;
    static const row rows[] = {
        {"table", PROGRAM, .pe = {X86, .load_config = YES, .safe_seh = YES, .safe_seh_count = 5},
         PASS, .text = "5 registered"},
        {"no handlers", PROGRAM, .pe = {X86, .dll_characteristics = RP_PE_NO_SEH}, PASS,
         .text = "NO_SEH"},
        {"none", PROGRAM, RUST, .pe = {X86, .load_config = YES, .safe_seh = NO}, FINDING,
         .text = "no SafeSEH"},
        {"no config", PROGRAM, .pe = {X86, .load_config = NO, .safe_seh = NO}, FINDING,
         .text = "no SafeSEH"},
        {"mingw", PROGRAM, RUST, .pe = {X86, .mingw = true, .load_config = NO}, FINDING,
         .level = RP_NOTE, .text = "GNU linker"},
        {"unreadable", PROGRAM, .pe = {X86, .load_config = UNSURE}, UNKNOWN, .text = "cut short"},
        {"x64", PROGRAM, .pe = {X64}, NA, .text = "only 32-bit x86"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2134", rows);
}

static void gs_cookie(void **state)
{
    (void)state;
    static const row rows[] = {
        {"default", PROGRAM, .pe = {X64, .load_config = YES, .cookie = YES, .cookie_default = YES},
         PASS, .text = "default value"},
        {"other", PROGRAM,
         .pe = {X64, .load_config = YES, .cookie = YES, .cookie_default = NO, .cookie_value = 7},
         FINDING, .text = "starts as 0x7"},
        {"value unknown", PROGRAM,
         .pe = {X64, .load_config = YES, .cookie = YES, .cookie_default = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"config unknown", PROGRAM, .pe = {X64, .load_config = UNSURE, .cookie = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"no cookie", PROGRAM, .pe = {X64, .load_config = YES, .cookie = NO}, NA,
         .text = "nothing in the image"},
        {"no config", PROGRAM, .pe = {X64, .load_config = NO, .cookie = NO}, NA,
         .text = "no load configuration"},
        {"mingw", PROGRAM, .pe = {X64, .mingw = true, .load_config = NO, .cookie = NO}, NA,
         .text = "RP2110"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2135", rows);
}

static void force_integrity(void **state)
{
    (void)state;
    static const row rows[] = {
        {"signed", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_FORCE_INTEGRITY, .signature = YES}, PASS,
         .text = "valid signature"},
        {"unsigned", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_FORCE_INTEGRITY, .signature = NO}, FINDING,
         .level = RP_WARN, .text = "refuses to load"},
        {"driver", FIRMWARE, .pe = {X64, .driver = true}, FINDING, .text = "a driver without"},
        {"program", PROGRAM, .pe = {X64}, NA, .text = "not by programs"},
        OBJECT,
        EFI,
    };
    RUN_ROWS("RP2136", rows);
}

static void app_container(void **state)
{
    (void)state;
    static const rp_str app[] = {{"kernel32.dll", 12}, {"VCRUNTIME140_App.DLL", 20}};
    static const row rows[] = {
        {"set", PROGRAM, .pe = {X64, .dll_characteristics = RP_PE_APPCONTAINER}, PASS,
         .text = "APPCONTAINER"},
        {"store runtime",
         .f = {.format = RP_FORMAT_PE,
               .kind = RP_KIND_EXECUTABLE,
               .libraries = app,
               .nlibraries = 2},
         RUST, .pe = {X64}, FINDING, .text = "not confined"},
        {"desktop",
         .f = {.format = RP_FORMAT_PE,
               .kind = RP_KIND_EXECUTABLE,
               .libraries = app,
               .nlibraries = 1},
         .pe = {X64}, NA, .text = "desktop"},
        OBJECT,
        EFI,
    };
    RUN_ROWS("RP2137", rows);
}

static void objects_without_sections(void **state)
{
    (void)state;
    static const row rows[] = {
        {"import library", FACTS(RP_KIND_OBJECT), .pe = {.import_object = true}, NA,
         .text = "import library"},
        {"/GL", FACTS(RP_KIND_OBJECT), .pe = {.intermediate = true}, UNKNOWN,
         .text = "intermediate code"},
    };
    RUN_ROWS("RP2103", rows);
    RUN_ROWS("RP2138", rows);
}

static void shared_sections(void **state)
{
    (void)state;
    static const row rows[] = {
        {"none", PROGRAM, .pe = {X64}, PASS, .text = "no section is shared"},
        {"one", PROGRAM, .pe = {X64, .shared = areas, .nshared = 1}, FINDING,
         .text = "1 section is shared"},
    };
    RUN_ROWS("RP2138", rows);
}

static void authenticode(void **state)
{
    (void)state;
    static const row rows[] = {
        {"good", PROGRAM,
         .pe = {X64, .signature = YES, .signature_hash = YES, .signature_content = YES,
                .signature_digest = {"sha256:00", 9}, .signer = {"Me", 2}},
         PASS, .text = "signed by Me;"},
        {"no name", PROGRAM,
         .pe = {X64, .signature = YES, .signature_hash = YES, .signature_content = YES,
                .signature_digest = {"sha256:00", 9}},
         PASS, .text = "was signed; who"},
        {"changed", PROGRAM,
         .pe = {X64, .signature = YES, .signature_hash = NO, .signature_content = YES}, FINDING,
         .level = RP_DENY, .text = "changed after", .brief = "bad"},
        {"digest replaced", PROGRAM,
         .pe = {X64, .signature = YES, .signature_hash = YES, .signature_content = NO}, FINDING,
         .level = RP_DENY, .text = "not the one that was signed", .brief = "bad"},
        {"SHA-1", PROGRAM,
         .pe = {X64, .signature = YES, .signature_hash = YES, .signature_content = YES,
                .signature_digest = {"sha1:00", 7}},
         FINDING, .level = RP_WARN, .text = "SHA-1"},
        {"not hashed", PROGRAM, .pe = {X64, .signature = YES, .signature_hash = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"content not hashed", PROGRAM,
         .pe = {X64, .signature = YES, .signature_hash = YES, .signature_content = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"unsigned", PROGRAM, .pe = {X64, .signature = NO}, FINDING, .level = RP_NOTE,
         .text = "not signed"},
        {"unreadable", PROGRAM, .pe = {X64, .signature = UNSURE}, UNKNOWN, .text = "cut short"},
        OBJECT,
    };
    RUN_ROWS("RP2139", rows);
}

static void executable_imports(void **state)
{
    (void)state;
    static const rp_str dll[] = {{"a.dll", 5}};
    static const row rows[] = {
        {"data",
         .f = {.format = RP_FORMAT_PE,
               .kind = RP_KIND_EXECUTABLE,
               .libraries = dll,
               .nlibraries = 1},
         .pe = {X64, .imports_executable = NO}, PASS, .text = "lies in data"},
        {"code", PROGRAM, .pe = {X64, .imports_executable = YES}, FINDING,
         .text = "executable section"},
        {"nothing", PROGRAM, .pe = {X64, .imports_executable = NO}, NA, .text = "imports nothing"},
        {"unreadable", PROGRAM, .pe = {X64, .imports_executable = UNSURE}, UNKNOWN,
         .text = "cut short"},
        OBJECT,
        EFI,
    };
    RUN_ROWS("RP2140", rows);
}

#define CFG_ON                                                                                     \
    .dll_characteristics = RP_PE_GUARD_CF | RP_PE_DYNAMIC_BASE, .load_config = YES,                \
    .guard_flags = YES
#define CFG_TABLE .guard_flags_value = 0x500, .guard_table = 0x2000, .guard_count = 9

static void control_flow_guard(void **state)
{
    (void)state;
    static const row rows[] = {
        {"metadata", PROGRAM,
         .pe = {X64, CFG_ON, CFG_TABLE, .guard_check = 1, .guard_table_ok = YES}, UNKNOWN,
         .text = "as any code can have", .brief = "meta"},
        {"off", PROGRAM, RUST,
         .pe = {X64, .load_config = YES, .guard_flags = YES, .guard_flags_value = 0x100}, FINDING,
         .text = "is off", .brief = "off"},
        {"no config", PROGRAM, .pe = {X64, .load_config = NO}, FINDING, .text = "is off"},
        {"not moved", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_GUARD_CF, .load_config = YES, CFG_TABLE,
                .guard_flags = YES, .guard_check = 1, .guard_table_ok = YES},
         FINDING, .text = "DYNAMIC_BASE"},
        {"instrumented only", PROGRAM, .pe = {X64, CFG_ON, .guard_flags_value = 0x100}, FINDING,
         .text = "does not announce", .brief = "bogus"},
        {"table only", PROGRAM, .pe = {X64, CFG_ON, .guard_flags_value = 0x400}, FINDING,
         .text = "does not announce"},
        {"short config", PROGRAM,
         .pe = {X64, .dll_characteristics = RP_PE_GUARD_CF | RP_PE_DYNAMIC_BASE, .load_config = YES,
                .guard_flags = NO},
         FINDING, .text = "does not announce"},
        {"empty table", PROGRAM, .pe = {X64, CFG_ON, .guard_flags_value = 0x500, .guard_table = 1},
         FINDING, .text = "is empty"},
        {"no check", PROGRAM, .pe = {X64, CFG_ON, CFG_TABLE, .guard_table_ok = YES}, FINDING,
         .text = "no pointer"},
        {"bad table", PROGRAM,
         .pe = {X64, CFG_ON, CFG_TABLE, .guard_check = 1, .guard_table_ok = NO}, FINDING,
         .text = "not one that the linker wrote"},
        {"table unknown", PROGRAM,
         .pe = {X64, CFG_ON, CFG_TABLE, .guard_check = 1, .guard_table_ok = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"config unknown", PROGRAM, .pe = {X64, .load_config = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"mingw", PROGRAM, .pe = {X64, .mingw = true, .load_config = NO}, NA,
         .text = "GNU runtime"},
        {"mingw with", PROGRAM,
         .pe = {X64, .mingw = true, CFG_ON, CFG_TABLE, .guard_check = 1, .guard_table_ok = YES},
         UNKNOWN, .text = "9 functions"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2201", rows);
}

static void ehcont(void **state)
{
    (void)state;
    static const row rows[] = {
        {"table", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = YES,
                .ehcont_count = 3, .handlers = YES, .catching = 2, .catching_listed = 2},
         PASS, .text = "3 exception continuation targets, in all of 2"},
        {"empty", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = NO,
                .handlers = YES},
         PASS, .text = "no function catches"},
        {"empty, handlers unknown", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = NO,
                .handlers = YES, .catching_untold = 7},
         UNKNOWN, .text = "whether 7 functions catch"},
        {"empty, handlers unread", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = NO,
                .handlers = UNSURE},
         UNKNOWN, .text = "cut short"},
        {"forced", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = NO,
                .handlers = YES, .catching = 1, .catching_untold = 7},
         FINDING, .text = "none for 1 function that catches"},
        {"std without", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = YES,
                .ehcont_count = 3, .handlers = YES, .catching = 5, .catching_listed = 2},
         FINDING, .text = "3 of 5 functions that catch exceptions have no place"},
        {"bad", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = NO,
                .ehcont_count = 3},
         FINDING, .text = "not one that the linker wrote"},
        {"table unknown", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_EHCONT_TABLE, .ehcont_table = UNSURE,
                .ehcont_count = 3},
         UNKNOWN, .text = "cut short"},
        {"none", PROGRAM, RUST, .pe = {X64, CFG_ON}, FINDING, .text = "no table"},
        {"none in C", PROGRAM, .pe = {X64, .load_config = NO}, FINDING, .text = "no table"},
        {"config unknown", PROGRAM, .pe = {X64, .load_config = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"ARM64",
         .f = {.format = RP_FORMAT_PE, .kind = RP_KIND_EXECUTABLE, .arch = RP_ARCH_AARCH64},
         .pe = {A64}, NA, .text = "AArch64"},
        {"ARM64EC", PROGRAM, .pe = {X64, .arm64ec = true}, NA, .text = "ARM64EC"},
        {"x86", PROGRAM, .pe = {X86}, NA, .text = "32-bit"},
        {"mingw", PROGRAM, .pe = {X64, .mingw = true}, NA, .text = "GNU runtime"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2202", rows);
}

static void xfg(void **state)
{
    (void)state;
    static const row rows[] = {
        {"on", PROGRAM, .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_XFG_ENABLED, .xfg = YES},
         UNKNOWN, .text = "whether calls compare a hash"},
        {"no functions", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_XFG_ENABLED, .xfg = NO}, FINDING,
         .text = "missing"},
        {"no CFG", PROGRAM,
         .pe = {X64, .load_config = YES, .guard_flags_value = RP_GUARD_XFG_ENABLED, .xfg = YES},
         FINDING, .text = "is off"},
        {"none", PROGRAM, RUST, .pe = {X64, CFG_ON}, NA, .text = "neither rustc nor LLVM"},
        {"config unknown", PROGRAM, .pe = {X64, .load_config = UNSURE}, UNKNOWN,
         .text = "cut short"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2203", rows);
}

static void castguard(void **state)
{
    (void)state;
    static const row rows[] = {
        {"on", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_CASTGUARD, .castguard = YES}, UNKNOWN,
         .text = "as any code can be"},
        {"no field", PROGRAM,
         .pe = {X64, CFG_ON, .guard_flags_value = RP_GUARD_CASTGUARD, .castguard = NO}, FINDING,
         .text = "announced"},
        {"Rust", PROGRAM, RUST, .pe = {X64, CFG_ON}, NA, .text = "Rust has none"},
        {"C", PROGRAM, .pe = {X64, CFG_ON}, NA, .text = "C++ compiler"},
        {"config unknown", PROGRAM, .pe = {X64, .load_config = UNSURE}, UNKNOWN,
         .text = "cut short"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2204", rows);
}

static void cet_compat(void **state)
{
    (void)state;
    static const row rows[] = {
        {"marked", PROGRAM, .pe = {X64, .ex_characteristics = YES, .ex_characteristics_value = 1},
         PASS, .text = "shadow stacks"},
        {"strict", PROGRAM, .pe = {X64, .ex_characteristics = YES, .ex_characteristics_value = 3},
         PASS, .text = "strict mode"},
        {"other bits", PROGRAM, RUST,
         .pe = {X64, .ex_characteristics = YES, .ex_characteristics_value = 0x40}, FINDING,
         .text = "not marked"},
        {"none", PROGRAM, .pe = {X64, .ex_characteristics = NO}, FINDING, .text = "not marked"},
        {"unreadable", PROGRAM, .pe = {X64, .ex_characteristics = UNSURE}, UNKNOWN,
         .text = "cut short"},
        {"ARM64X", PROGRAM, .pe = {A64, .arm64x = true}, NA, .text = "ARM64EC"},
        {"x86", PROGRAM, .pe = {X86}, NA, .text = "32-bit"},
        {"mingw", PROGRAM, .pe = {X64, .mingw = true, .ex_characteristics = NO}, NA,
         .text = "GNU runtime"},
        {"mingw with others", PROGRAM, .pe = {X64, .mingw = true, .ex_characteristics = YES},
         FINDING, .text = "not marked"},
        OBJECT,
        EFI,
        DOTNET,
    };
    RUN_ROWS("RP2307", rows);
}
/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pie),
        cmocka_unit_test(nx),
        cmocka_unit_test(wx),
        cmocka_unit_test(high_entropy),
        cmocka_unit_test(safe_seh),
        cmocka_unit_test(gs_cookie),
        cmocka_unit_test(force_integrity),
        cmocka_unit_test(app_container),
        cmocka_unit_test(objects_without_sections),
        cmocka_unit_test(shared_sections),
        cmocka_unit_test(authenticode),
        cmocka_unit_test(executable_imports),
        cmocka_unit_test(control_flow_guard),
        cmocka_unit_test(ehcont),
        cmocka_unit_test(xfg),
        cmocka_unit_test(castguard),
        cmocka_unit_test(cet_compat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
