/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every arm of the checks of src/checks/branch, src/checks/cfi and src/checks/input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rows.h"

#define RP_ALLOWED (-1) /* rows take 0 for the check's own level */
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
#define ON(a, b)      .f = {.kind = RP_KIND_EXECUTABLE, .arch = (a), .bits = (b)}
#define X86_64        ON(RP_ARCH_X86_64, 64)
#define AARCH64       ON(RP_ARCH_AARCH64, 64)
#define RISCV         ON(RP_ARCH_RISCV, 64)
#define KERNEL        .f = {.kind = RP_KIND_KERNEL, .arch = RP_ARCH_X86_64, .bits = 64}
#define OBJECT(a)     .f = {.kind = RP_KIND_OBJECT, .arch = (a), .bits = 64}
#define RUST          .rust = {.is_rust = YES}
#define SEGMENT       "PT_GNU_PROPERTY"
#define ARM_NOTE(v)   ARM_NOTE_BY(SEGMENT, v)
#define X86_NOTE(v)   X86_NOTE_BY(SEGMENT, v)
#define RISCV_NOTE(v) RISCV_NOTE_BY(SEGMENT, v)
#define NOTHING                                                                                    \
    .x86_feature_at = RP_NOWHERE, .aarch64_feature_at = RP_NOWHERE,                                \
    .riscv_feature_at = RP_NOWHERE, .pauth_at = RP_NOWHERE
#define ARM_NOTE_BY(by, v)                                                                         \
    .properties = YES, .properties_by = (by), .x86_feature_at = RP_NOWHERE,                        \
    .riscv_feature_at = RP_NOWHERE, .pauth_at = RP_NOWHERE, .aarch64_feature_at = 0x2c0,           \
    .aarch64_feature_1 = (v)
#define X86_NOTE_BY(by, v)                                                                         \
    .properties = YES, .properties_by = (by), .aarch64_feature_at = RP_NOWHERE,                    \
    .riscv_feature_at = RP_NOWHERE, .pauth_at = RP_NOWHERE, .x86_feature_at = 0x2c0,               \
    .x86_feature_1 = (v)
#define RISCV_NOTE_BY(by, v)                                                                       \
    .properties = YES, .properties_by = (by), .x86_feature_at = RP_NOWHERE,                        \
    .aarch64_feature_at = RP_NOWHERE, .pauth_at = RP_NOWHERE, .riscv_feature_at = 0x2c0,           \
    .riscv_feature_1 = (v)

static void bti(void **state)
{
    (void)state;
    static const row rows[] = {
        {"said", AARCH64, .elf = {ARM_NOTE(1), .bti_plt = YES}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the note says BTI, which can be forced"},
        {"other bits", AARCH64, .elf = {ARM_NOTE(6)}, .outcome = RP_OUTCOME_FINDING,
         .text = "no note says BTI"},
        {"no note", AARCH64, .elf = {NOTHING}, .outcome = RP_OUTCOME_FINDING,
         .text = "no note says BTI"},
        {"no note, Rust", AARCH64, RUST, .elf = {NOTHING}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "prebuilt std"},
        {"no note, zeroed offset", AARCH64, .elf = {.aarch64_feature_1 = 1},
         .outcome = RP_OUTCOME_FINDING, .text = "no note says BTI"},
        {"object without", OBJECT(RP_ARCH_AARCH64), RUST, .elf = {NOTHING},
         .outcome = RP_OUTCOME_FINDING, .level = RP_ALLOWED, .text = "no note says BTI"},
        {"object with", OBJECT(RP_ARCH_AARCH64), .elf = {ARM_NOTE_BY(".note.gnu.property", 1)},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "the note says BTI"},
        {"not through the segment", AARCH64, .elf = {ARM_NOTE_BY("PT_NOTE", 1)},
         .outcome = RP_OUTCOME_FINDING, .text = "not through PT_GNU_PROPERTY"},
        {"unknown", AARCH64, .elf = {.properties = UNSURE}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "cut short"},
        {"x86-64", X86_64, .elf = {X86_NOTE(1)}, .outcome = RP_OUTCOME_NA,
         .text = "BTI belongs to AArch64"},
        {"kernel", KERNEL, .outcome = RP_OUTCOME_NA, .text = "kernel"},
    };
    RUN_ROWS("RP2301", rows);
}

static void pac(void **state)
{
    (void)state;
    static const row rows[] = {
        {"said", AARCH64, .elf = {ARM_NOTE(2), .pac_plt = YES}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the note says PAC"},
        {"said outside the segment", AARCH64, .elf = {ARM_NOTE_BY("PT_NOTE", 2)},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "the note says PAC"},
        {"not said", AARCH64, RUST, .elf = {ARM_NOTE(1)}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "no note says PAC"},
        {"RISC-V", RISCV, .outcome = RP_OUTCOME_NA, .text = "PAC belongs to AArch64"},
        {"core", .f = {.kind = RP_KIND_CORE, .arch = RP_ARCH_AARCH64}, .outcome = RP_OUTCOME_NA,
         .text = "core"},
    };
    RUN_ROWS("RP2302", rows);
}

static void gcs(void **state)
{
    (void)state;
    static const row rows[] = {
        {"said", AARCH64, .elf = {ARM_NOTE(7)}, .outcome = RP_OUTCOME_PASS,
         .text = "the note says GCS"},
        {"not said", AARCH64, .elf = {ARM_NOTE(3)}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "no note says GCS"},
        {"x86", ON(RP_ARCH_X86, 32), .outcome = RP_OUTCOME_NA, .text = "GCS belongs"},
        {"core", .f = {.kind = RP_KIND_CORE, .arch = RP_ARCH_AARCH64}, .outcome = RP_OUTCOME_NA,
         .text = "core"},
    };
    RUN_ROWS("RP2303", rows);
}

static void pauth_abi(void **state)
{
    (void)state;
    static const row rows[] = {
        {"none", AARCH64, .elf = {ARM_NOTE(7)}, .outcome = RP_OUTCOME_NA, .text = "plain"},
        {"no note", AARCH64, .outcome = RP_OUTCOME_NA, .text = "plain"},
        {"platform", AARCH64,
         .elf = {.properties = YES,
                 .pauth_at = 0x2c0,
                 .pauth_platform = 0x10000002,
                 .pauth_version = 85},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "whether the code does so is not known"},
        {"incompatible", AARCH64, .elf = {.properties = YES, .pauth_at = 0x2c0},
         .outcome = RP_OUTCOME_FINDING, .text = "incompatible"},
        {"unknown", AARCH64, .elf = {.properties = UNSURE}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "cut short"},
        {"x86-64", X86_64, .outcome = RP_OUTCOME_NA, .text = "PAuth ABI belongs"},
        {"core", .f = {.kind = RP_KIND_CORE}, .outcome = RP_OUTCOME_NA, .text = "core"},
    };
    RUN_ROWS("RP2304", rows);
}

static void cet(void **state)
{
    (void)state;
    static const row ibt[] = {
        {"said", X86_64, .elf = {X86_NOTE(1)}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the note says IBT"},
        {"said on i386 through PT_NOTE", ON(RP_ARCH_X86, 32), .elf = {X86_NOTE_BY("PT_NOTE", 3)},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "the note says IBT"},
        {"SHSTK only", X86_64, RUST, .elf = {X86_NOTE(2)}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "no note says IBT"},
        {"AArch64", AARCH64, .elf = {ARM_NOTE(1)}, .outcome = RP_OUTCOME_NA,
         .text = "CET belongs to x86"},
        {"core", .f = {.kind = RP_KIND_CORE}, .outcome = RP_OUTCOME_NA, .text = "core"},
    };
    static const row shstk[] = {
        {"said", X86_64, .elf = {X86_NOTE(2)}, .outcome = RP_OUTCOME_PASS,
         .text = "the note says SHSTK"},
        {"IBT only", X86_64, .elf = {X86_NOTE(1)}, .outcome = RP_OUTCOME_FINDING,
         .text = "no note says SHSTK"},
        {"i386", ON(RP_ARCH_X86, 32), .elf = {X86_NOTE(3)}, .outcome = RP_OUTCOME_NA,
         .text = "32-bit"},
        {"x32", ON(RP_ARCH_X86_64, 32), .elf = {X86_NOTE(3)}, .outcome = RP_OUTCOME_NA,
         .text = "32-bit"},
        {"AArch64", AARCH64, .outcome = RP_OUTCOME_NA, .text = "CET belongs to x86"},
        {"core", .f = {.kind = RP_KIND_CORE}, .outcome = RP_OUTCOME_NA, .text = "core"},
    };
    RUN_ROWS("RP2305", ibt);
    RUN_ROWS("RP2306", shstk);
}

static void riscv(void **state)
{
    (void)state;
    static const row zicfilp[] = {
        {"unlabelled", RISCV, .elf = {RISCV_NOTE(1)}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the note says Zicfilp"},
        {"by signature", RISCV, .elf = {RISCV_NOTE(4)}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the note says Zicfilp"},
        {"both", RISCV, .elf = {RISCV_NOTE(5)}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "exclude each other"},
        {"neither", RISCV, RUST, .elf = {RISCV_NOTE(2)}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "no note says Zicfilp"},
        {"x86-64", X86_64, .outcome = RP_OUTCOME_NA, .text = "Zicfilp belongs to RISC-V"},
        {"core", .f = {.kind = RP_KIND_CORE}, .outcome = RP_OUTCOME_NA, .text = "core"},
    };
    static const row zicfiss[] = {
        {"said", RISCV, .elf = {RISCV_NOTE(2)}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the note says Zicfiss"},
        {"not said", RISCV, .elf = {NOTHING}, .outcome = RP_OUTCOME_FINDING,
         .text = "no note says Zicfiss"},
        {"AArch64", AARCH64, .outcome = RP_OUTCOME_NA, .text = "Zicfiss belongs"},
        {"core", .f = {.kind = RP_KIND_CORE}, .outcome = RP_OUTCOME_NA, .text = "core"},
    };
    RUN_ROWS("RP2308", zicfilp);
    RUN_ROWS("RP2309", zicfiss);
}

static void memory_tagging(void **state)
{
    (void)state;
    static const row rows[] = {
        {"synchronous", AARCH64, .elf = {.memtag = YES, .memtag_heap = true},
         .outcome = RP_OUTCOME_PASS, .text = "synchronous mode, heap"},
        {"asynchronous", AARCH64, .elf = {.memtag = YES, .memtag_mode = 1, .memtag_stack = true},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "whether functions tag"},
        {"glibc", AARCH64, .elf = {.min_glibc = {"2.17", 4}}, .outcome = RP_OUTCOME_NA,
         .text = "GLIBC_TUNABLES"},
        {"target without", AARCH64, RUST, .target = {.triple = "aarch64-unknown-freebsd"},
         .outcome = RP_OUTCOME_NA, .text = "aarch64-unknown-freebsd"},
        {"target with", AARCH64, RUST,
         .target = {.triple = "aarch64-linux-android", .sanitizers = RP_SAN_MEMTAG},
         .outcome = RP_OUTCOME_FINDING, .level = RP_ALLOWED, .text = "does not ask"},
        {"unknown", AARCH64, .elf = {.memtag = UNSURE}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "cut short"},
        {"x86-64", X86_64, .outcome = RP_OUTCOME_NA, .text = "memory tagging belongs"},
        {"object", OBJECT(RP_ARCH_AARCH64), .outcome = RP_OUTCOME_NA, .text = "object"},
    };
    RUN_ROWS("RP2310", rows);
}

#define LINUX .triple = "x86_64-unknown-linux-gnu"

static void cfi(void **state)
{
    (void)state;
    static const row rows[] = {
        {"suffixed symbols", X86_64, .symbols = {.known = RP_YES, .cfi_suffixed = 3},
         .outcome = RP_OUTCOME_PASS, .text = "is not known: the machine code was not read"},
        {"__cfi_init", X86_64,
         .symbols = {.known = RP_YES, .watch = {[RP_WATCH_CFI_INIT] = {1, 0, 0x90}}},
         .outcome = RP_OUTCOME_PASS, .text = "CFI is in it"},
        {"none", X86_64, RUST, .target = {LINUX, .sanitizers = RP_SAN_CFI},
         .symbols = {.known = RP_YES, .static_table = true}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "stable rustc has none"},
        {"none in C", X86_64, .symbols = {.known = RP_YES, .static_table = true},
         .outcome = RP_OUTCOME_FINDING, .level = RP_ALLOWED, .text = "built without CFI"},
        {"target without", X86_64, RUST, .target = {LINUX}, .outcome = RP_OUTCOME_NA,
         .text = "rustc has no CFI for x86_64-unknown-linux-gnu"},
        {"stripped", X86_64, RUST, .target = {LINUX, .sanitizers = RP_SAN_CFI},
         .symbols = {.known = RP_YES}, .outcome = RP_OUTCOME_UNKNOWN, .text = "stripped"},
        {"symbols cut", X86_64, .symbols = {.known = RP_UNKNOWN}, .outcome = RP_OUTCOME_UNKNOWN,
         .text = "read whole"},
        {"object", OBJECT(RP_ARCH_X86_64), .outcome = RP_OUTCOME_NA, .text = "object"},
    };
    RUN_ROWS("RP3101", rows);
}

static void kcfi(void **state)
{
    (void)state;
    static const row rows[] = {
        {"traps", KERNEL, .elf = {.kcfi_traps = YES, .kcfi_traps_count = 12},
         .outcome = RP_OUTCOME_PASS, .text = "12 indirect calls are checked"},
        {"prefixes", OBJECT(RP_ARCH_AARCH64), .symbols = {.known = RP_YES, .kcfi_prefixed = 4},
         .outcome = RP_OUTCOME_PASS, .text = "functions carry a type"},
        {"kernel without", KERNEL, .elf = {.section_headers = true}, .outcome = RP_OUTCOME_FINDING,
         .level = RP_ALLOWED, .text = "built without KCFI"},
        {"stripped AArch64 kernel", .f = {.kind = RP_KIND_KERNEL, .arch = RP_ARCH_AARCH64},
         .elf = {.section_headers = true}, .symbols = {.known = RP_YES},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "stripped"},
        {"kernel without sections", KERNEL, .elf = {.kcfi_traps = UNSURE},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "cut short"},
        {"bare metal", X86_64, .elf = {.bare_metal = true, .section_headers = true},
         .outcome = RP_OUTCOME_FINDING, .level = RP_ALLOWED, .text = "built without KCFI"},
        {"program", X86_64, .outcome = RP_OUTCOME_NA, .text = "RP3101"},
    };
    RUN_ROWS("RP3102", rows);
}

static void safestack(void **state)
{
    (void)state;
    static const row rows[] = {
        {"runtime", X86_64,
         .symbols = {.known = RP_YES, .watch = {[RP_WATCH_SAFESTACK_INIT] = {1, 0, 0x90}}},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "SafeStack is in it"},
        {"library that uses it", .f = {.kind = RP_KIND_LIBRARY},
         .symbols = {.known = RP_YES, .watch = {[RP_WATCH_SAFESTACK_PTR] = {0, 1, 0x90}}},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "SafeStack is in it"},
        {"stripped, but nothing starts it", X86_64, .symbols = {.known = RP_YES},
         .outcome = RP_OUTCOME_FINDING, .level = RP_ALLOWED, .text = "built without SafeStack"},
        {"stripped, something starts early", X86_64, .elf = {.preinit_array = YES},
         .symbols = {.known = RP_YES}, .outcome = RP_OUTCOME_UNKNOWN, .text = "stripped"},
        {"stripped library", .f = {.kind = RP_KIND_LIBRARY}, .symbols = {.known = RP_YES},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "stripped"},
        {"target without", X86_64, RUST, .target = {.triple = "x86_64-unknown-linux-musl"},
         .outcome = RP_OUTCOME_NA, .text = "rustc has no SafeStack"},
        {"object", OBJECT(RP_ARCH_X86_64), .outcome = RP_OUTCOME_NA, .text = "object"},
    };
    RUN_ROWS("RP3103", rows);
}

static void shadow_call_stack(void **state)
{
    (void)state;
    static const row rows[] = {
        {"x86-64", X86_64, .outcome = RP_OUTCOME_NA, .text = "no compiler"},
        {"AArch64 Linux", AARCH64, RUST, .target = {.triple = "aarch64-unknown-linux-gnu"},
         .outcome = RP_OUTCOME_NA, .text = "rustc has no shadow call stack"},
        {"Android", AARCH64, RUST,
         .target = {.triple = "aarch64-linux-android", .sanitizers = RP_SAN_SHADOW_CALL_STACK},
         .outcome = RP_OUTCOME_UNKNOWN, .text = "only the code can tell"},
        {"RISC-V C", RISCV, .outcome = RP_OUTCOME_UNKNOWN, .text = "only the code can tell"},
        {"core", .f = {.kind = RP_KIND_CORE, .arch = RP_ARCH_AARCH64}, .outcome = RP_OUTCOME_NA,
         .text = "never loaded"},
    };
    RUN_ROWS("RP3104", rows);
}

static void input(void **state)
{
    (void)state;
    static const rp_anomaly odd[64] = {{0x10, "a section lies outside the file"}, {0x20, "more"}};
    rp_anomaly many[64];
    for (size_t i = 0; i < RP_COUNT(many); i++)
        many[i] = (rp_anomaly){i, "odd"};
    const row odd_input[] = {
        {"clean", X86_64, .outcome = RP_OUTCOME_PASS, .text = "nothing in the file"},
        {"one", .f = {.anomalies = {odd, 1, 0}}, .outcome = RP_OUTCOME_FINDING,
         .text = "a section lies outside the file"},
        {"none kept", .f = {.anomalies = {NULL, 0, 3}}, .outcome = RP_OUTCOME_FINDING,
         .text = "in 3 places"},
        {"more than evidence holds", .f = {.anomalies = {many, 64, 7}},
         .outcome = RP_OUTCOME_FINDING, .text = "odd, and more"},
    };
    const row packed[] = {
        {"no", X86_64, .outcome = RP_OUTCOME_PASS, .text = "not packed"},
        {"yes", .f = {.packed = YES}, .outcome = RP_OUTCOME_FINDING, .text = "packed"},
        {"unknown", .f = {.packed = UNSURE}, .outcome = RP_OUTCOME_UNKNOWN, .text = "cut short"},
    };
    const row cut_short[] = {
        {"whole", .f = {.size = 100, .promised_size = 100}, .outcome = RP_OUTCOME_PASS,
         .text = "is in the file"},
        {"cut", .f = {.size = 100, .promised_size = 103}, .outcome = RP_OUTCOME_FINDING,
         .text = "ends 3 bytes before"},
    };
    RUN_ROWS("RP0001", odd_input);
    RUN_ROWS("RP0002", packed);
    RUN_ROWS("RP0003", cut_short);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bti),
        cmocka_unit_test(pac),
        cmocka_unit_test(gcs),
        cmocka_unit_test(pauth_abi),
        cmocka_unit_test(cet),
        cmocka_unit_test(riscv),
        cmocka_unit_test(memory_tagging),
        cmocka_unit_test(cfi),
        cmocka_unit_test(kcfi),
        cmocka_unit_test(safestack),
        cmocka_unit_test(shadow_call_stack),
        cmocka_unit_test(input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
