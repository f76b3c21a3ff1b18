/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Relocation types by meaning, per machine. From the psABI supplements; TLS kinds follow Drepper,
 * "ELF Handling For Thread-Local Storage": MOD general or local dynamic (module number, GD and LD
 * sequences), OFF offset within a module's block, TP offset from the thread pointer (initial and
 * local exec), DESC descriptors. */
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

typedef struct {
    uint16_t first, last;
    rp_elf_reloc_kind kind;
} range;

#define REL  RP_RELOC_RELATIVE
#define IREL RP_RELOC_IRELATIVE
#define MOD  RP_RELOC_TLS_MOD
#define OFF  RP_RELOC_TLS_OFF
#define TP   RP_RELOC_TLS_TP
#define DESC RP_RELOC_TLS_DESC

static const range x86_64[] = {{8, 8, REL},    {16, 16, MOD}, {17, 17, OFF}, {18, 18, TP},
                               {19, 20, MOD},  {21, 21, OFF}, {22, 23, TP},  {34, 36, DESC},
                               {37, 37, IREL}, {38, 38, REL}, {44, 44, TP},  {45, 45, DESC}};
static const range i386[] = {{8, 8, REL},   {14, 17, TP},   {18, 19, MOD}, {24, 31, MOD},
                             {32, 32, OFF}, {33, 34, TP},   {35, 35, MOD}, {36, 36, OFF},
                             {37, 37, TP},  {39, 41, DESC}, {42, 42, IREL}};
/* 180 to 188: the ILP32 variant's dynamic types; 512 and up: static, the same for both */
static const range aarch64[] = {
    {183, 183, REL},  {184, 184, MOD},    {185, 185, OFF},   {186, 186, TP},    {187, 187, DESC},
    {188, 188, IREL}, {512, 522, MOD},    {523, 538, OFF},   {539, 559, TP},    {560, 569, DESC},
    {570, 571, TP},   {572, 573, OFF},    {1027, 1027, REL}, {1028, 1028, MOD}, {1029, 1029, OFF},
    {1030, 1030, TP}, {1031, 1031, DESC}, {1032, 1032, IREL}};
static const range arm[] = {{13, 13, DESC},  {17, 17, MOD},   {18, 18, OFF},   {19, 19, TP},
                            {23, 23, REL},   {90, 93, DESC},  {104, 105, MOD}, {106, 106, OFF},
                            {107, 108, TP},  {109, 109, OFF}, {110, 111, TP},  {129, 129, DESC},
                            {160, 160, IREL}};
static const range riscv[] = {{3, 3, REL},    {6, 7, MOD},   {8, 9, OFF},   {10, 11, TP},
                              {12, 12, DESC}, {21, 21, TP},  {22, 22, MOD}, {29, 32, TP},
                              {58, 58, IREL}, {62, 65, DESC}};
static const range ppc[] = {{22, 22, REL}, {68, 68, MOD}, {69, 73, TP},
                            {74, 78, OFF}, {79, 86, MOD}, {87, 90, TP},
                            {91, 94, OFF}, {95, 96, MOD}, {248, 248, IREL}};
static const range ppc64[] = {{22, 22, REL},   {68, 68, MOD},   {69, 73, TP},    {74, 78, OFF},
                              {79, 86, MOD},   {87, 90, TP},    {91, 94, OFF},   {95, 100, TP},
                              {101, 106, OFF}, {107, 108, MOD}, {112, 113, TP},  {114, 115, OFF},
                              {146, 146, TP},  {147, 147, OFF}, {148, 149, MOD}, {150, 150, TP},
                              {151, 151, OFF}, {248, 248, IREL}};
static const range s390[] = {{12, 12, REL}, {37, 37, TP}, {38, 41, MOD}, {42, 44, TP},
                             {45, 46, MOD}, {47, 51, TP}, {52, 53, OFF}, {54, 54, MOD},
                             {55, 55, OFF}, {56, 56, TP}, {60, 60, TP},  {61, 61, IREL}};
static const range loongarch[] = {{3, 3, REL},    {6, 7, MOD},     {8, 9, OFF},
                                  {10, 11, TP},   {12, 12, IREL},  {13, 14, DESC},
                                  {83, 94, TP},   {95, 98, MOD},   {111, 120, DESC},
                                  {121, 123, TP}, {124, 125, MOD}, {126, 126, DESC}};
static const range mips[] = {{38, 38, MOD}, {39, 39, OFF}, {40, 40, MOD}, {41, 41, OFF},
                             {42, 43, MOD}, {44, 45, OFF}, {46, 50, TP}};
static const range sparc[] = {{22, 22, REL}, {56, 63, MOD}, {64, 66, OFF}, {67, 73, TP},
                              {74, 75, MOD}, {76, 77, OFF}, {78, 79, TP},  {249, 249, IREL}};

static const struct {
    const range *ranges;
    uint32_t n;
} tables[RP_ARCH_COUNT] = {
    [RP_ARCH_X86] = {i386, RP_COUNT(i386)},
    [RP_ARCH_X86_64] = {x86_64, RP_COUNT(x86_64)},
    [RP_ARCH_ARM] = {arm, RP_COUNT(arm)},
    [RP_ARCH_AARCH64] = {aarch64, RP_COUNT(aarch64)},
    [RP_ARCH_RISCV] = {riscv, RP_COUNT(riscv)},
    [RP_ARCH_PPC] = {ppc, RP_COUNT(ppc)},
    [RP_ARCH_PPC64] = {ppc64, RP_COUNT(ppc64)},
    [RP_ARCH_S390] = {s390, RP_COUNT(s390)},
    [RP_ARCH_MIPS] = {mips, RP_COUNT(mips)},
    [RP_ARCH_LOONGARCH] = {loongarch, RP_COUNT(loongarch)},
    [RP_ARCH_SPARC] = {sparc, RP_COUNT(sparc)},
};

bool rp_elf_reloc_kinds(rp_arch arch, uint8_t *ret)
{
    for (uint32_t i = 0; i < tables[arch].n; i++) {
        const range *r = &tables[arch].ranges[i];
        for (uint32_t type = r->first; type <= r->last; type++)
            ret[type] = (uint8_t)r->kind;
    }
    return tables[arch].n != 0;
}

rp_elf_tls_model rp_elf_reloc_tls(rp_arch arch, uint32_t type)
{
    static const rp_elf_tls_model models[] = {[RP_RELOC_TLS_MOD] = RP_TLS_DYNAMIC,
                                              [RP_RELOC_TLS_OFF] = RP_TLS_NONE,
                                              [RP_RELOC_TLS_TP] = RP_TLS_INITIAL_EXEC,
                                              [RP_RELOC_TLS_DESC] = RP_TLS_DESCRIPTOR};
    for (uint32_t i = 0; i < tables[arch].n; i++) {
        const range *r = &tables[arch].ranges[i];
        if (type >= r->first && type <= r->last)
            return (size_t)r->kind < RP_COUNT(models) ? models[r->kind] : RP_TLS_NONE;
    }
    return RP_TLS_NONE;
}

/* Dynamic types; 0 where the machine has none. word_2 and base_2: second types of the
 * same meaning: x86-64's R_X86_64_RELATIVE64, AArch64's signed pointers (PAuth ABI extension). */
static const struct {
    uint16_t word, slot_data, slot_call, base, word_2, base_2;
    uint16_t resolved, tls, tls_desc;
} stores[RP_ARCH_COUNT] = {
    [RP_ARCH_X86_64] = {1, 6, 7, 8, 0, 38, 37, 18, 36},
    [RP_ARCH_X86] = {1, 6, 7, 8, 0, 0, 42, 14, 41},
    [RP_ARCH_AARCH64] = {257, 1025, 1026, 1027, 580, 1041, 1032, 1030, 1031},
    [RP_ARCH_ARM] = {2, 21, 22, 23, 0, 0, 160, 19, 13},
    [RP_ARCH_RISCV] = {2, 0, 5, 3, 0, 0, 58, 11, 12},
    [RP_ARCH_LOONGARCH] = {2, 0, 5, 3, 0, 0, 12, 11, 14},
    [RP_ARCH_S390] = {22, 10, 11, 12, 0, 0, 61, 56, 0},
    [RP_ARCH_PPC64] = {38, 20, 21, 22, 0, 0, 248, 73, 0},
    [RP_ARCH_PPC] = {1, 20, 21, 22, 0, 0, 248, 73, 0},
};

rp_elf_stores rp_elf_reloc_stores(rp_arch arch, uint32_t type)
{
    if (type == 0)
        return RP_STORES_OTHER;
    if (type == stores[arch].word || type == stores[arch].word_2 ||
        (arch == RP_ARCH_RISCV && type == 1)) /* R_RISCV_32 */
        return RP_STORES_SYMBOL;
    if (type == stores[arch].slot_data || type == stores[arch].slot_call)
        return RP_STORES_SLOT;
    if (type == stores[arch].base || type == stores[arch].base_2)
        return RP_STORES_BASE;
    if (type == stores[arch].resolved)
        return RP_STORES_RESOLVED;
    if (type == stores[arch].tls_desc)
        return RP_STORES_TLS_DESC;
    return type == stores[arch].tls ? RP_STORES_TLS : RP_STORES_OTHER;
}
