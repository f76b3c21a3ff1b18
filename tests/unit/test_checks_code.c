/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Verdicts that join headers and machine code: each arm, with facts of the code as literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "obj/pe.h"
#include "obj/pe_load_config.h"
#include "rows.h"

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
#define S(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof literal - 1                                                                \
    }
#define ON(a)      .f = {.kind = RP_KIND_EXECUTABLE, .arch = (a), .bits = 64}
#define X86_64     ON(RP_ARCH_X86_64)
#define AARCH64    ON(RP_ARCH_AARCH64)
#define RISCV      ON(RP_ARCH_RISCV)
#define OBJECT     .f = {.kind = RP_KIND_OBJECT, .arch = RP_ARCH_X86_64, .bits = 64}
#define KERNEL     .f = {.kind = RP_KIND_KERNEL, .arch = RP_ARCH_X86_64, .bits = 64}
#define RUST       .rust = {.is_rust = YES}
#define READ       .read = RP_YES, .functions = 600, .instructions = 90000
#define PASS       .outcome = RP_OUTCOME_PASS
#define FIND       .outcome = RP_OUTCOME_FINDING
#define NA         .outcome = RP_OUTCOME_NA
#define UNKNOWN    .outcome = RP_OUTCOME_UNKNOWN
#define RP_ALLOWED (-1) /* rows take 0 for the check's own level */

/* Shares by owner, and the functions outside. */
static const rp_coverage_row user_only[] = {{{NULL, 0}, 6, 9, RP_OWNER_RUST_USER},
                                            {{NULL, 0}, 0, 143, RP_OWNER_RUST_STD}};
static const rp_coverage_row std_only[] = {{{NULL, 0}, 0, 60, RP_OWNER_RUST_USER},
                                           {{NULL, 0}, 4, 143, RP_OWNER_RUST_STD}};
static const rp_coverage_row c_without[] = {{{NULL, 0}, 8, 8, RP_OWNER_RUST_USER},
                                            {{NULL, 0}, 0, 28, RP_OWNER_C}};
static const rp_coverage_row c_objects[] = {
    {S("curl"), 0, 4, RP_OWNER_C},     {S("libgit2"), 0, 9, RP_OWNER_C},
    {S("openssl"), 0, 12, RP_OWNER_C}, {S("pcre"), 0, 1, RP_OWNER_C},
    {S("sqlite"), 0, 2, RP_OWNER_C},   {S("zlib"), 3, 3, RP_OWNER_C}};
static const rp_coverage_row ring_asm[] = {{{NULL, 0}, 6089, 6089, RP_OWNER_RUST_USER},
                                           {{NULL, 0}, 0, 12, RP_OWNER_ASSEMBLY}};
static const rp_coverage_row ring_crate[] = {{S("ring"), 0, 12, RP_OWNER_ASSEMBLY}};
static const rp_coverage_row crt_only[] = {{{NULL, 0}, 0, 117, RP_OWNER_RUST_STD},
                                           {{NULL, 0}, 2, 2, RP_OWNER_RUNTIME}};
static const rp_coverage_row crt_bare[] = {{{NULL, 0}, 97, 97, RP_OWNER_RUST_USER},
                                           {{NULL, 0}, 0, 3, RP_OWNER_RUNTIME}};
static const rp_coverage_row rust_bare[] = {{{NULL, 0}, 0, 9, RP_OWNER_RUST_STD}};
static const rp_coverage_row c_strong[] = {{{NULL, 0}, 0, 300, RP_OWNER_RUST_STD},
                                           {{NULL, 0}, 40, 99, RP_OWNER_C}};
static const rp_coverage_row c_few[] = {{{NULL, 0}, 1, 400, RP_OWNER_C}};
static const rp_coverage_row c_none[] = {{{NULL, 0}, 0, 3, RP_OWNER_C}};
static const rp_coverage_row c_and_rust[] = {{{NULL, 0}, 9, 300, RP_OWNER_RUST_USER},
                                             {{NULL, 0}, 40, 99, RP_OWNER_C}};
static const rp_coverage_row strangers[] = {{{NULL, 0}, 3, 90, RP_OWNER_UNKNOWN}};
static const rp_coverage_row bare_strangers[] = {{{NULL, 0}, 0, 90, RP_OWNER_UNKNOWN}};
static const rp_coverage_row crates[] = {{S("alpha"), 6, 9, RP_OWNER_RUST_USER},
                                         {S("beta"), 0, 30, RP_OWNER_RUST_USER},
                                         {S("core"), 0, 90, RP_OWNER_RUST_STD}};
static const rp_code_place places[] = {{.name = S("read_it"),
                                        .object = S("libgit2.o"),
                                        .addr = 0x1200,
                                        .at = 0x200,
                                        .function = 0x1200,
                                        .size = 0x80,
                                        .detail = 20504,
                                        .owner = RP_OWNER_C},
                                       {.addr = 0x1300,
                                        .at = 0x300,
                                        .function = 0x1300,
                                        .size = 0x40,
                                        .detail = 8200,
                                        .owner = RP_OWNER_RUST_USER}};

#define BY(rows) .by_owner = (rows), .nby_owner = RP_COUNT(rows)
#define COVER(c, t)                                                                                \
    {                                                                                              \
        .known = RP_YES, .covered = (c), .total = (t)                                              \
    }
#define COVER_BY(c, t, r)                                                                          \
    {                                                                                              \
        .known = RP_YES, .covered = (c), .total = (t), BY(r)                                       \
    }
#define NOTE_AT 0x2c0
#define X86_NOTE(v)                                                                                \
    .properties = YES, .properties_by = "PT_GNU_PROPERTY", .x86_feature_at = NOTE_AT,              \
    .x86_feature_1 = (v)
#define PAUTH_NOTE .properties = YES, .pauth_at = NOTE_AT, .pauth_platform = 2, .pauth_version = 6
#define ARM_NOTE(v)                                                                                \
    .properties = YES, .properties_by = "PT_GNU_PROPERTY", .aarch64_feature_at = NOTE_AT,          \
    .aarch64_feature_1 = (v)

static void landing_pads(void **state)
{
    (void)state;
    static const row ibt[] = {
        {"said and done", X86_64, RUST, .elf = {X86_NOTE(1)},
         .code = {READ, .landing = COVER(97, 97)}, PASS, .text = "has all 97 landing pads"},
        {"start-up code does not count", X86_64, RUST, .elf = {X86_NOTE(1)},
         .code = {READ, .landing = COVER_BY(97, 100, crt_bare)}, PASS,
         .text = "all 97 landing pads; 3 in start-up code are set aside"},
        {"nothing to land on", X86_64, .elf = {X86_NOTE(1)}, .code = {READ, .landing = COVER(0, 0)},
         PASS, .text = "reached indirectly"},
        {"a few missing", X86_64, RUST, .elf = {X86_NOTE(3)},
         .code = {READ, .landing = {.known = RP_YES,
                                    .covered = 6089,
                                    .total = 6101,
                                    BY(ring_asm),
                                    .by_crate = ring_crate,
                                    .nby_crate = 1}},
         FIND, .level = RP_WARN,
         .text = "12 of 6101 landing pads are missing: all in assembly (ring)"},
        {"forced", X86_64, .elf = {X86_NOTE(1)}, .code = {READ, .landing = COVER(0, 117)}, FIND,
         .level = RP_WARN, .text = "none of 117 landing pads: the note was forced"},
        {"inert", X86_64, RUST, .code = {READ, .landing = COVER(97, 97)}, FIND, .level = RP_NOTE,
         .text = "all 97 landing pads, but no note"},
        {"std without", X86_64, RUST, .code = {READ, .landing = COVER_BY(6, 152, user_only)}, FIND,
         .level = RP_WARN, .text = "146 of 152 landing pads are missing: 3 in Rust crates, 143 in"},
        {"start-up code alone has them", X86_64, RUST,
         .code = {READ, .landing = COVER_BY(2, 119, crt_only)}, FIND, .level = RP_ALLOWED,
         .text = "prebuilt std"},
        {"C without", X86_64, .code = {READ, .landing = COVER(0, 9)}, FIND, .level = RP_NOTE,
         .text = "no note says IBT"},
        {"too much not decoded", X86_64, .elf = {X86_NOTE(1)},
         .code = {READ, .undecodable = 90, .landing = COVER(97, 97)}, PASS,
         .text = "the code that was read agrees (97 of 97), but too many"},
        {"no functions", X86_64, .elf = {X86_NOTE(1)},
         .code = {.read = RP_YES, .landing = COVER(0, 0)}, UNKNOWN,
         .text = "no function was found"},
        {"not told", X86_64, .elf = {X86_NOTE(1)},
         .code = {READ, .landing = {.known = RP_UNKNOWN, .why = "x"}}, UNKNOWN,
         .text = "can be forced, and x"},
        {"note unknown", X86_64, .elf = {.properties = UNSURE},
         .code = {READ, .landing = COVER(97, 97)}, UNKNOWN, .text = "cut short"},
    };
    static const row bti[] = {
        {"said and done", AARCH64, .elf = {ARM_NOTE(1)}, .code = {READ, .landing = COVER(9, 9)},
         PASS, .text = "says BTI, and the code has all 9"},
        {"forced", AARCH64, .elf = {ARM_NOTE(1)}, .code = {READ, .landing = COVER(0, 9)}, FIND,
         .level = RP_WARN, .text = "none of 9 landing pads"},
        {"through PT_NOTE", AARCH64,
         .elf = {.properties = YES,
                 .properties_by = "PT_NOTE",
                 .aarch64_feature_at = NOTE_AT,
                 .aarch64_feature_1 = 1},
         .code = {READ, .landing = COVER(9, 9)}, FIND, .text = "not through PT_GNU_PROPERTY"},
    };
    static const row zicfilp[] = {
        {"inert", RISCV, .code = {READ, .landing = COVER(9, 9)}, FIND, .level = RP_NOTE,
         .text = "all 9 landing pads, but no note says Zicfilp"},
    };
    static const row shstk[] = {
        {"retpolines", X86_64, .elf = {X86_NOTE(2)}, .code = {READ, .retpoline = COVER(1, 9)}, FIND,
         .level = RP_WARN, .text = "1 function goes through retpolines"},
        {"none", X86_64, .elf = {X86_NOTE(2)}, .code = {READ, .retpoline = COVER(0, 9)}, PASS,
         .text = "the note says SHSTK"},
        {"not said", X86_64, .code = {READ, .retpoline = COVER(1, 9)}, FIND, .level = RP_NOTE,
         .text = "no note says SHSTK"},
    };
    static const row pauth[] = {
        {"all", AARCH64, .elf = {PAUTH_NOTE},
         .code = {READ, .pauth = COVER(4, 4), .signing = COVER(2, 2)}, PASS,
         .text = "4 indirect calls and 2 functions authenticate"},
        {"nothing to sign", AARCH64, .elf = {PAUTH_NOTE},
         .code = {READ, .pauth = COVER(0, 0), .signing = COVER(0, 0)}, PASS, .text = "platform"},
        {"calls alone", AARCH64, .elf = {PAUTH_NOTE},
         .code = {READ, .pauth = COVER(4, 4), .signing = COVER(0, 2)}, FIND, .level = RP_WARN,
         .text = "4 of 4 indirect calls authenticate a pointer, and 0 of 2 functions sign"},
        {"half told", AARCH64, .elf = {PAUTH_NOTE},
         .code = {READ, .pauth = COVER(4, 4), .signing = {.known = RP_UNKNOWN, .why = "x"}},
         UNKNOWN, .text = "not known: x"},
    };
    RUN_ROWS("RP2305", ibt);
    RUN_ROWS("RP2306", shstk);
    RUN_ROWS("RP2304", pauth);
    RUN_ROWS("RP2301", bti);
    RUN_ROWS("RP2308", zicfilp);
}

static void signing(void **state)
{
    (void)state;
    static const row rows[] = {
        {"all", AARCH64, .elf = {ARM_NOTE(2)},
         .code = {READ, .signing = COVER(534, 534), .bare_returns = COVER(600, 600)}, PASS,
         .text = "all 534 functions that keep their return address in memory sign it"},
        {"all, no note", AARCH64, .code = {READ, .signing = COVER(534, 534)}, PASS,
         .text = "none is needed"},
        {"bare returns", AARCH64, .elf = {ARM_NOTE(2)},
         .code = {READ, .signing = COVER(534, 534), .bare_returns = COVER(597, 600)}, FIND,
         .level = RP_WARN, .text = "3 of 600 returns do not authenticate"},
        {"said, some", AARCH64, .elf = {ARM_NOTE(2)}, .code = {READ, .signing = COVER(5, 9)}, FIND,
         .level = RP_WARN, .text = "4 of 9 functions keep an unsigned return address"},
        {"said, none", AARCH64, .elf = {ARM_NOTE(2)}, .code = {READ, .signing = COVER(0, 9)}, FIND,
         .level = RP_WARN, .text = "none of 9 functions signs"},
        {"said, nothing to sign", AARCH64, .elf = {ARM_NOTE(2)},
         .code = {READ, .signing = COVER(0, 0)}, PASS, .text = "no function keeps"},
        {"std without", AARCH64, RUST, .code = {READ, .signing = COVER_BY(6, 152, user_only)}, FIND,
         .level = RP_WARN, .text = "146 of 152 functions keep an unsigned"},
        {"none", AARCH64, RUST, .code = {READ, .signing = COVER(0, 9)}, FIND, .level = RP_ALLOWED,
         .text = "no note says PAC"},
        {"note unknown", AARCH64, .elf = {.properties = UNSURE},
         .code = {READ, .signing = COVER(0, 9)}, UNKNOWN, .text = "cut short"},
    };
    RUN_ROWS("RP2302", rows);
}

static void flags_alone(void **state)
{
    (void)state;
    static const row gcs[] = {
        {"said", AARCH64, .elf = {ARM_NOTE(4)}, PASS, .text = "no code can confirm it"},
        {"not said", AARCH64, FIND, .level = RP_ALLOWED, .text = "no note says GCS"},
    };
    static const row shstk[] = {
        {"said", X86_64, .elf = {X86_NOTE(2)}, PASS, .text = "no code can confirm it"},
        {"not said", X86_64, RUST, FIND, .level = RP_ALLOWED, .text = "no note says SHSTK"},
        {"not said in C", X86_64, FIND, .level = RP_NOTE, .text = "no note says SHSTK"},
    };
    static const row memtag[] = {
        {"tagged", AARCH64, .elf = {.memtag = YES, .memtag_stack = true},
         .code = {READ, .memtag = COVER(3, 9)}, PASS, .text = "synchronous mode, stack"},
        {"not tagged", AARCH64, .elf = {.memtag = YES, .memtag_stack = true},
         .code = {READ, .memtag = COVER(0, 9)}, FIND, .level = RP_WARN,
         .text = "none of 9 functions tags"},
        {"heap alone", AARCH64, .elf = {.memtag = YES, .memtag_heap = true},
         .code = {READ, .memtag = COVER(0, 9)}, PASS, .text = "heap"},
    };
    RUN_ROWS("RP2303", gcs);
    RUN_ROWS("RP2306", shstk);
    RUN_ROWS("RP2310", memtag);
}

static void cfi(void **state)
{
    (void)state;
    static const row rows[] = {
        {"all", X86_64, .code = {READ, .cfi = COVER(9, 9), .edges = {.guarded = 9}}, PASS,
         .text = "all 9 indirect branches are checked", .brief = "full"},
        {"std without", X86_64, RUST,
         .code = {READ, .cfi = COVER_BY(6, 152, user_only),
                  .edges = {.guarded = 6,
                            .unguarded = 146,
                            .class_max = 23,
                            .class_sum = 40,
                            .class_count = 6}},
         FIND, .level = RP_WARN, .brief = "part",
         .text = "6 of 152 indirect branches are checked by CFI; the others: 3 in Rust crates, "
                 "143 in std"},
        {"undecided", X86_64,
         .code = {READ, .cfi = COVER(165, 167), .edges = {.guarded = 165, .undecided = 2}}, UNKNOWN,
         .text = "165 of 167 indirect branches are checked by CFI, 2 could not"},
        {"symbols, no checks", X86_64, .symbols = {.known = RP_YES, .cfi_suffixed = 3},
         .code = {READ, .cfi = COVER(0, 9), .edges = {.unguarded = 9}}, FIND, .level = RP_WARN,
         .text = "0 of 9 indirect branches"},
        {"diagnostic", X86_64,
         .code = {READ, .cfi = COVER(9, 9), .edges = {.diagnostic = true, .cross_dso = true}}, FIND,
         .level = RP_WARN, .text = "only reports"},
        {"none", X86_64, RUST, .code = {READ, .cfi = COVER(0, 116)}, FIND, .level = RP_ALLOWED,
         .text = "indirect branches, 0 of 116; stable rustc cannot"},
        {"none in C", X86_64, .code = {READ, .cfi = COVER(0, 116)}, FIND, .level = RP_ALLOWED,
         .text = "built without CFI"},
        {"KCFI instead", X86_64, .code = {READ, .cfi = COVER(0, 9), .kcfi = COVER(7, 9)}, NA,
         .text = "RP3102"},
        {"nothing to check", X86_64, .code = {READ, .cfi = COVER(0, 0)}, NA,
         .text = "no indirect branch"},
        {"target without", X86_64, RUST, .target = {.triple = "x86_64-unknown-none"},
         .code = {READ, .cfi = COVER(0, 9)}, NA, .text = "rustc has no CFI"},
        {"not read, symbols", X86_64, .symbols = {.known = RP_YES, .cfi_suffixed = 3},
         .code = {.read = RP_UNKNOWN, .why = "packed"}, PASS, .text = "not known: packed"},
    };
    RUN_ROWS("RP3101", rows);
}

static void kcfi(void **state)
{
    (void)state;
    static const row rows[] = {
        {"all", KERNEL, .elf = {.kcfi_traps = YES, .kcfi_traps_count = 9},
         .code = {READ, .kcfi = COVER(9, 9), .kcfi_traps_agree = YES}, PASS,
         .text = "all 9 indirect calls"},
        {"std without", X86_64, RUST, .elf = {.kcfi_traps = YES, .kcfi_traps_count = 6},
         .code = {READ, .kcfi = COVER_BY(6, 152, user_only), .kcfi_traps_agree = YES,
                  .edges = {.guarded = 6, .unguarded = 146}},
         FIND, .level = RP_WARN, .text = "6 of 152 indirect calls are checked by KCFI"},
        {"traps disagree", X86_64, .elf = {.kcfi_traps = YES, .kcfi_traps_count = 9},
         .code = {READ, .kcfi = COVER(7, 9), .kcfi_traps_agree = NO}, FIND, .level = RP_WARN,
         .text = "do not agree: 7 checks found"},
        {"undecided", KERNEL,
         .code = {READ, .kcfi = COVER(8, 9), .kcfi_traps_agree = UNSURE, .edges = {.undecided = 1}},
         UNKNOWN, .text = "1 could not be decided"},
        {"kernel without", KERNEL, .code = {READ, .kcfi = COVER(0, 9), .kcfi_traps_agree = UNSURE},
         FIND, .level = RP_ALLOWED, .text = "indirect calls, 0 of 9"},
        {"program without", X86_64, RUST,
         .code = {READ, .kcfi = COVER(0, 9), .kcfi_traps_agree = UNSURE}, NA, .text = "RP3101"},
        {"nothing to check", KERNEL, .code = {READ, .kcfi = COVER(0, 0)}, NA,
         .text = "no indirect call"},
    };
    RUN_ROWS("RP3102", rows);
}

static void second_stacks(void **state)
{
    (void)state;
    static const row safestack[] = {
        {"used", X86_64, .code = {READ, .safe_stack = COVER(3, 9)}, PASS,
         .text = "3 of 9 functions"},
        {"std without", X86_64, RUST, .code = {READ, .safe_stack = COVER_BY(6, 152, user_only)},
         FIND, .level = RP_WARN, .text = "and std was built without"},
        {"runtime alone", X86_64,
         .symbols = {.known = RP_YES, .watch = {[RP_WATCH_SAFESTACK_INIT] = {1, 0, 0x90}}},
         .code = {READ, .safe_stack = COVER(0, 9)}, UNKNOWN, .text = "no function was seen"},
        {"none", X86_64, .code = {READ, .safe_stack = COVER(0, 9)}, FIND, .level = RP_ALLOWED,
         .text = "built without SafeStack"},
    };
    static const row scs[] = {
        {"all", AARCH64, .code = {READ, .shadow_stack = COVER(9, 9)}, PASS, .text = "all 9"},
        {"some", AARCH64, .code = {READ, .shadow_stack = COVER(7, 9)}, FIND, .level = RP_WARN,
         .text = "2 of 9 functions keep their return address only"},
        {"none", AARCH64, .code = {READ, .shadow_stack = COVER(0, 9)}, FIND, .level = RP_ALLOWED,
         .text = "built without a shadow call stack"},
        {"nothing to keep", RISCV, .code = {READ, .shadow_stack = COVER(0, 0)}, NA,
         .text = "no function"},
        {"used where rustc has none", AARCH64, RUST,
         .target = {.triple = "aarch64-unknown-linux-gnu"},
         .code = {READ, .shadow_stack = COVER(7, 9)}, FIND, .level = RP_WARN, .text = "2 of 9"},
    };
    RUN_ROWS("RP3103", safestack);
    RUN_ROWS("RP3104", scs);
}

static void stack_clash(void **state)
{
    (void)state;
    static const row rows[] = {
        {"all", X86_64, RUST, .target = {.triple = "x", .probes = RP_PROBES_INLINE},
         .code = {READ, .probes = COVER(8, 8)}, PASS, .text = "all 8 functions with a frame"},
        {"none large", X86_64, .code = {READ, .probes = COVER(0, 0)}, PASS,
         .text = "no function has a frame larger"},
        {"C without", X86_64, RUST,
         .code = {READ, .probes = {.known = RP_YES,
                                   .covered = 8,
                                   .total = 36,
                                   BY(c_without),
                                   .by_object = c_objects,
                                   .nby_object = RP_COUNT(c_objects),
                                   .outside = places,
                                   .noutside = 2}},
         FIND, .level = RP_WARN, .brief = "part",
         .text = "28 of 36 functions with a frame larger than a page can jump over the guard "
                 "page, all in C (curl, libgit2, openssl and 2 more)"},
        {"one", OBJECT, .code = {READ, .probes = COVER(0, 1)}, FIND, .level = RP_WARN,
         .brief = "none", .text = "1 of 1 function "},
        {"Rust without probes", RISCV, RUST,
         .target = {.triple = "riscv64gc-unknown-linux-gnu", .probes = RP_PROBES_NONE},
         .code = {READ, .probes = COVER_BY(0, 9, rust_bare)}, NA,
         .text = "riscv64gc-unknown-linux-gnu: 9 functions"},
        {"C beside Rust without probes", RISCV, RUST,
         .target = {.triple = "riscv64gc-unknown-linux-gnu", .probes = RP_PROBES_NONE},
         .code = {READ, .probes = COVER_BY(8, 36, c_without)}, FIND, .level = RP_WARN,
         .text = "28 of 28 functions"},
        {"cannot have it", X86_64, .code = {READ, .probes = {.known = RP_NO, .why = "no decoder"}},
         NA, .text = "no decoder"},
    };
    RUN_ROWS("RP2112", rows);
}

static void stack_protector(void **state)
{
    (void)state;
    static const row rows[] = {
        {"strong C in Rust", X86_64, RUST, .code = {READ, .protector = COVER_BY(40, 399, c_strong)},
         PASS, .text = "40 of 99 C functions with a frame check a guard; Rust has none"},
        {"C and Rust", X86_64, RUST, .code = {READ, .protector = COVER_BY(49, 399, c_and_rust)},
         PASS, .text = "40 of 99 C functions with a frame and 9 of 300 of Rust"},
        {"one object of many", X86_64, .code = {READ, .protector = COVER_BY(1, 400, c_few)}, FIND,
         .level = RP_NOTE, .text = "only 1 of 400 C functions"},
        {"C without", X86_64, RUST,
         .code = {READ, .protector = {.known = RP_YES,
                                      .total = 3,
                                      BY(c_none),
                                      .by_object = c_objects,
                                      .nby_object = RP_COUNT(c_objects)}},
         FIND, .level = RP_NOTE, .text = "none of 3 C functions"},
        {"Rust on nightly", X86_64, RUST, .code = {READ, .protector = COVER_BY(6, 152, user_only)},
         FIND, .level = RP_WARN, .text = "6 of 152 Rust functions"},
        {"Rust", X86_64, RUST, .code = {READ, .protector = COVER_BY(0, 9, rust_bare)}, NA,
         .text = "#114903"},
        {"Rust throughout", X86_64, RUST, .code = {READ, .protector = COVER_BY(4, 203, std_only)},
         PASS, .text = "4 of 203 Rust"},
        {"strangers", X86_64, .code = {READ, .protector = COVER_BY(3, 90, strangers)}, PASS,
         .text = "3 of 90 functions"},
        {"bare strangers", X86_64, .rust = {.has_c = UNSURE}, .symbols = {.known = RP_YES},
         .code = {READ, .protector = COVER_BY(0, 90, bare_strangers)}, UNKNOWN,
         .text = "cannot be told"},
    };
    RUN_ROWS("RP2110", rows);
}

#define WINDOWS .f = {.format = RP_FORMAT_PE, .kind = RP_KIND_EXECUTABLE, .arch = RP_ARCH_X86_64}
#define CFG_ON                                                                                     \
    .image = true, .machine = RP_PE_AMD64, .load_config = YES, .guard_flags = YES,                 \
    .dll_characteristics = RP_PE_GUARD_CF | RP_PE_DYNAMIC_BASE,                                    \
    .guard_flags_value = RP_GUARD_CF_INSTRUMENTED | RP_GUARD_CF_TABLE, .guard_table = 1,           \
    .guard_count = 7, .guard_check = 1, .guard_table_ok = YES

static void control_flow_guard(void **state)
{
    (void)state;
    static const row rows[] = {
        {"checks", WINDOWS, .pe = {CFG_ON}, .code = {READ, .cfg = COVER(219, 219)}, PASS,
         .brief = "full", .text = "all 219 indirect calls are checked"},
        {"nochecks", WINDOWS, .pe = {CFG_ON}, .code = {READ, .cfg = COVER(0, 219)}, FIND,
         .level = RP_WARN, .brief = "none", .text = "0 of 219 indirect calls are checked: built"},
        {"std without", WINDOWS, .pe = {CFG_ON}, .code = {READ, .cfg = COVER_BY(6, 152, user_only)},
         FIND, .level = RP_WARN, .brief = "part", .text = "6 of 152 indirect calls"},
        {"nothing to check", WINDOWS, .pe = {CFG_ON}, .code = {READ, .cfg = COVER(0, 0)}, PASS,
         .brief = "meta", .text = "no call of its own"},
        {"not read", WINDOWS, .pe = {CFG_ON}, UNKNOWN, .brief = "meta",
         .text = "as any code can have"},
        {"linked without", WINDOWS,
         .pe = {.image = true, .machine = RP_PE_AMD64, .load_config = YES},
         .code = {READ, .cfg = COVER(5, 7)}, FIND, .level = RP_WARN, .brief = "off",
         .text = "though 5 of 7 indirect calls"},
        {"off", WINDOWS, .pe = {.image = true, .machine = RP_PE_AMD64, .load_config = YES},
         .code = {READ, .cfg = COVER(0, 7)}, FIND, .level = RP_WARN, .brief = "off",
         .text = "Control Flow Guard is off"},
    };
    RUN_ROWS("RP2201", rows);
}

static void sanitizers(void **state)
{
    (void)state;
    static const row rows[] = {
        {"runtime and code", X86_64, .rust = {.sanitizer = {S("address"), 9}},
         .code = {READ, .asan = COVER_BY(6, 152, user_only)}, FIND, .level = RP_DENY,
         .brief = "linked", .text = "address sanitizer: 6 of 152 functions that access memory"},
        {"code alone", OBJECT, .code = {READ, .tsan = COVER(6, 9)}, FIND, .level = RP_DENY,
         .brief = "code", .text = "thread sanitizer: 6 of 9"},
        {"runtime alone", X86_64, .rust = {.sanitizer = {S("leak"), 9}},
         .code = {READ, .asan = COVER(0, 9)}, FIND, .level = RP_DENY, .brief = "linked",
         .text = "its runtime obeys the environment"},
        {"none", X86_64, .rust = {.leaks_known = YES}, .symbols = {.known = RP_YES},
         .code = {READ, .asan = COVER(0, 9)}, PASS, .brief = "none", .text = "no sanitizer"},
    };
    RUN_ROWS("RP7104", rows);
}

#define MESSAGE                                                                                    \
    .is_rust = YES, .overflow_checks = YES, .debug_assertions = YES,                               \
    .overflow_message = {S("attempt to add with overflow"), 9},                                    \
    .assertion_message = {S("unsafe precondition(s) violated"), 9}

#define CHECKED(rows) .checked = (rows), .nchecked = RP_COUNT(rows)
#define APP(...)                                                                                   \
    {                                                                                              \
        .name = S("app"), .owner = RP_OWNER_RUST_USER, .own = RP_YES, __VA_ARGS__                  \
    }
#define JSON(...)                                                                                  \
    {                                                                                              \
        .name = S("json 1.0"), .owner = RP_OWNER_RUST_USER, .own = RP_NO, __VA_ARGS__              \
    }
static const rp_checked_crate whole[] = {APP(.overflow = 1, .places = 1, .debug_asserts = 2),
                                         JSON(.overflow = 30, .places = 90)};
static const rp_checked_crate own_without[] = {APP(.bounds = 20, .places = 30),
                                               JSON(.overflow = 6, .places = 90)};
static const rp_checked_crate other_without[] = {APP(.overflow = 2, .places = 3),
                                                 JSON(.bounds = 20, .places = 90)};
static const rp_checked_crate many_places[] = {
    {.name = S(""), .owner = RP_OWNER_RUST_USER, .own = RP_YES, .bounds = 1, .places = 200},
    JSON(.overflow = 6, .places = 90)};
static const rp_checked_crate thin[] = {APP(.bounds = 19, .places = 199),
                                        JSON(.overflow = 6, .places = 90, .debug_asserts = 8)};

static void sites(void **state)
{
    (void)state;
    static const row overflow[] = {
        {"crates", X86_64, .rust = {MESSAGE},
         .code = {READ, .overflow_sites = 31, CHECKED(whole),
                  .overflow = {.known = RP_YES,
                               .covered = 6,
                               .total = 152,
                               BY(user_only),
                               .by_crate = crates,
                               .nby_crate = RP_COUNT(crates)}},
         PASS, .brief = "on",
         .text = "panics at 31 places, in app, json 1.0; std was built without"},
        {"its own crate without", X86_64, .rust = {MESSAGE},
         .code = {READ, CHECKED(own_without), .overflow = COVER_BY(6, 152, user_only)}, FIND,
         .brief = "partly", .text = "wraps silently in app; checks are in json 1.0"},
        {"a dependency without", X86_64, .rust = {MESSAGE},
         .code = {READ, CHECKED(other_without), .overflow = COVER_BY(6, 152, user_only)}, FIND,
         .brief = "partly", .text = "wraps silently in json 1.0; checks are in app"},
        {"many places, few indexings", X86_64, .rust = {MESSAGE},
         .code = {READ, CHECKED(many_places), .overflow = COVER_BY(6, 152, user_only)}, FIND,
         .brief = "partly",
         .text = "wraps silently in the program's own crate; checks are in json"},
        {"dependencies alone", X86_64, .rust = {MESSAGE},
         .code = {READ, CHECKED(thin), .overflow = COVER_BY(6, 152, user_only)}, UNKNOWN,
         .text = "checks are in dependencies (json 1.0)"},
        {"not read", X86_64, .rust = {MESSAGE}, UNKNOWN, .text = "whose code has them"},
        {"std alone", X86_64, .rust = {MESSAGE},
         .code = {READ, .overflow_sites = 4, .overflow = COVER_BY(4, 203, std_only)}, FIND,
         .brief = "std", .text = "all in std, none in 60 functions"},
        {"messages without calls", X86_64, .rust = {MESSAGE},
         .code = {READ, .overflow = COVER_BY(0, 9, rust_bare)}, UNKNOWN,
         .text = "no crate that uses them"},
    };
    static const row asserts[] = {
        {"crates", X86_64, .rust = {MESSAGE},
         .code = {READ, .debug_assert_sites = 8, CHECKED(whole),
                  .debug_asserts = COVER_BY(6, 152, user_only)},
         PASS, .brief = "on", .text = "abort at 8 places; std was built without"},
        {"a dependency's", X86_64, .rust = {MESSAGE},
         .code = {READ, .debug_assert_sites = 8, CHECKED(thin),
                  .debug_asserts = COVER_BY(6, 152, user_only)},
         UNKNOWN, .text = "in json 1.0; the program's own code has none"},
        {"not read", X86_64, .rust = {MESSAGE}, UNKNOWN, .text = "whose code has them"},
    };
    static const row tls[] = {
        {"models", X86_64, .elf = {.tls = YES}, .code = {READ, .tls_le = 12, .tls_ie = 3}, PASS,
         .text = "every model"},
    };
    RUN_ROWS("RP1001", overflow);
    RUN_ROWS("RP1002", asserts);
    RUN_ROWS("RP7105", tls);
}

static void speculation(void **state)
{
    (void)state;
    static const row rows[] = {
        {"retpolines", X86_64, .code = {READ, .retpoline = COVER(9, 9)}, PASS,
         .text = "retpolines: indirect branches go through one, 9 of 9"},
        {"some", X86_64, .code = {READ, .retpoline = COVER(7, 9), .lfences = 3}, FIND,
         .level = RP_ALLOWED, .text = "retpolines: indirect branches go through one, 7 of 9"},
        {"straight-line", X86_64, .code = {READ, .retpoline = COVER(0, 9), .sls = COVER(40, 40)},
         PASS, .text = "returns and indirect jumps have one, 40 of 40"},
        {"load value injection", X86_64,
         .code = {READ, .retpoline = COVER(0, 9), .fenced_returns = COVER(30, 30)}, PASS,
         .text = "wait for the address, 30 of 30"},
        {"one of two is not everywhere", X86_64,
         .code = {READ, .retpoline = COVER(9, 9), .fenced_returns = COVER(20, 30)}, FIND,
         .level = RP_ALLOWED, .text = "wait for the address, 20 of 30"},
        {"none", X86_64, .code = {READ, .retpoline = COVER(0, 9), .sls = COVER(0, 40)}, NA,
         .text = "built without barriers"},
        {"not read", X86_64, UNKNOWN, .text = "only the code can tell"},
        {"core", .f = {.kind = RP_KIND_CORE}, NA, .text = "core"},
    };
    RUN_ROWS("RP2116", rows);
    rp_facts f = row_facts(&rows[1]);
    rp_arena arena = {0};
    const rp_check *check = rp_check_find(RP_STR("RP2116"));
    rp_out out = rp_out_start(&arena, check);
    check->run(&f, &out);
    assert_int_equal(out.nfixes, 1); /* the fact counts functions, not instructions */
    assert_int_not_equal(rp_str_find(out.fixes[0].value, RP_STR("3 functions have an lfence")),
                         SIZE_MAX);
    rp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landing_pads),
        cmocka_unit_test(signing),
        cmocka_unit_test(flags_alone),
        cmocka_unit_test(cfi),
        cmocka_unit_test(kcfi),
        cmocka_unit_test(second_stacks),
        cmocka_unit_test(stack_clash),
        cmocka_unit_test(stack_protector),
        cmocka_unit_test(control_flow_guard),
        cmocka_unit_test(sanitizers),
        cmocka_unit_test(sites),
        cmocka_unit_test(speculation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
