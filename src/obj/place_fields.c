/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Relocation types by machine and the fields they fill. Sources: the psABI supplements of x86-64,
 * i386, AArch64 (AAELF64), Arm (AAELF32) and RISC-V. */
#include "base/numbers.h"
#include "base/search.h"
#include "obj/place_parts.h"

#define HOW(type, puts, field)                                                                     \
    {                                                                                              \
        type, RP_PUTS_##puts, RP_FIELD_##field, 0                                                  \
    }
#define GOT(type, puts, field, kind)                                                               \
    {                                                                                              \
        type, RP_PUTS_##puts, RP_FIELD_##field, RP_GOT_##kind                                      \
    }
#define NONE(type)                                                                                 \
    {                                                                                              \
        type, RP_PUTS_NOTHING, RP_FIELD_8, 0                                                       \
    }

/* clang-format off */
static const rp_reloc_how c_x86_64[] = {
    NONE(0), HOW(1, ABS, 64), HOW(2, PC, 32), GOT(3, SLOT_GOT, 32, ADDRESS), HOW(4, PC, 32),
    GOT(9, SLOT_PC, 32, ADDRESS), HOW(10, ABS, 32), HOW(11, ABS, 32), HOW(12, ABS, 16),
    HOW(13, PC, 16), HOW(14, ABS, 8), HOW(15, PC, 8), HOW(17, DTP, 64), HOW(18, TP, 64),
    GOT(19, SLOT_PC, 32, TLS_GD), GOT(20, SLOT_PC, 32, TLS_LD), HOW(21, DTP, 32),
    GOT(22, SLOT_PC, 32, TLS_IE), HOW(23, TP, 32), HOW(24, PC, 64), HOW(25, GOT_REL, 64),
    HOW(26, GOT_PC, 32), GOT(27, SLOT_GOT, 64, ADDRESS), GOT(28, SLOT_PC, 64, ADDRESS),
    HOW(29, GOT_PC, 64), GOT(30, SLOT_GOT, 64, ADDRESS), HOW(31, GOT_REL, 64), HOW(32, SIZE, 32),
    HOW(33, SIZE, 64), GOT(34, SLOT_PC, 32, TLS_DESC), NONE(35), GOT(41, SLOT_PC, 32, ADDRESS),
    GOT(42, SLOT_PC, 32, ADDRESS), GOT(43, SLOT_PC, 32, ADDRESS), GOT(44, SLOT_PC, 32, TLS_IE),
    GOT(45, SLOT_PC, 32, TLS_DESC), GOT(46, SLOT_PC, 32, ADDRESS), GOT(47, SLOT_PC, 32, TLS_IE),
    GOT(48, SLOT_PC, 32, TLS_DESC), GOT(49, SLOT_PC, 32, ADDRESS), GOT(50, SLOT_PC, 32, TLS_IE),
    GOT(51, SLOT_PC, 32, TLS_DESC),
};
/* GOT32X without a base register means the slot's address; compilers emit it so without -fPIC only,
 * and both forms stay apart by the base that code adds. */
static const rp_reloc_how c_i386[] = {
    NONE(0), HOW(1, ABS, 32), HOW(2, PC, 32), GOT(3, SLOT_GOT, 32, ADDRESS), HOW(4, PC, 32),
    HOW(9, GOT_REL, 32), HOW(10, GOT_PC, 32), HOW(14, TP, 32), GOT(15, SLOT, 32, TLS_IE),
    GOT(16, SLOT_GOT, 32, TLS_IE), HOW(17, TP, 32), GOT(18, SLOT_GOT, 32, TLS_GD),
    GOT(19, SLOT_GOT, 32, TLS_LD), HOW(20, ABS, 16), HOW(21, PC, 16), HOW(22, ABS, 8),
    HOW(23, PC, 8), HOW(32, DTP, 32), HOW(34, TP, 32), HOW(38, SIZE, 32),
    GOT(39, SLOT_GOT, 32, TLS_DESC), NONE(40), GOT(43, SLOT_GOT, 32, ADDRESS),
};
static const rp_reloc_how c_arm[] = {
    NONE(0), HOW(1, PC, ARM_B24), HOW(2, ABS, 32), HOW(3, PC, 32), HOW(10, PC, THM_B24),
    HOW(24, GOT_REL, 32), HOW(25, GOT_PC, 32), GOT(26, SLOT_GOT, 32, ADDRESS),
    HOW(27, PC, ARM_B24), HOW(28, PC, ARM_B24), HOW(29, PC, ARM_B24), HOW(30, PC, THM_B24),
    HOW(38, ABS, 32), NONE(40), HOW(41, PC, 32), HOW(42, PC, PREL31), HOW(43, ABS, ARM_MOVW),
    HOW(44, ABS, ARM_MOVT), HOW(45, PC, ARM_MOVW), HOW(46, PC, ARM_MOVT), HOW(47, ABS, THM_MOVW),
    HOW(48, ABS, THM_MOVT), HOW(49, PC, THM_MOVW), HOW(50, PC, THM_MOVT), HOW(51, PC, THM_B19),
    NONE(90), NONE(91), NONE(93), GOT(96, SLOT_PC, 32, ADDRESS), GOT(104, SLOT_PC, 32, TLS_GD),
    GOT(105, SLOT_PC, 32, TLS_LD), HOW(106, DTP, 32), GOT(107, SLOT_PC, 32, TLS_IE),
    HOW(108, TP, 32),
};
static const rp_reloc_how c_aarch64[] = {
    NONE(0), NONE(256), HOW(257, ABS, 64), HOW(258, ABS, 32), HOW(259, ABS, 16), HOW(260, PC, 64),
    HOW(261, PC, 32), HOW(262, PC, 16), HOW(263, ABS, A64_MOV_0), HOW(264, ABS, A64_MOV_0),
    HOW(265, ABS, A64_MOV_1), HOW(266, ABS, A64_MOV_1), HOW(267, ABS, A64_MOV_2),
    HOW(268, ABS, A64_MOV_2), HOW(269, ABS, A64_MOV_3), HOW(273, PC, A64_B19),
    HOW(274, PC, A64_ADR), HOW(275, PAGE, A64_ADRP), HOW(276, PAGE, A64_ADRP),
    HOW(277, ABS, A64_LOW12), HOW(278, ABS, A64_LOW12), HOW(279, PC, A64_B14),
    HOW(280, PC, A64_B19), HOW(282, PC, A64_B26), HOW(283, PC, A64_B26),
    HOW(284, ABS, A64_LOW12_2), HOW(285, ABS, A64_LOW12_4), HOW(286, ABS, A64_LOW12_8),
    HOW(299, ABS, A64_LOW12_16), HOW(307, GOT_REL, 64), HOW(308, GOT_REL, 32),
    GOT(309, SLOT_PC, A64_B19, ADDRESS), GOT(311, SLOT_PAGE, A64_ADRP, ADDRESS),
    GOT(312, SLOT, A64_LOW12_8, ADDRESS), HOW(314, PC, 32), GOT(315, SLOT_PC, 32, ADDRESS),
    GOT(512, SLOT_PC, A64_ADR, TLS_GD), GOT(513, SLOT_PAGE, A64_ADRP, TLS_GD),
    GOT(514, SLOT, A64_LOW12, TLS_GD), GOT(517, SLOT_PC, A64_ADR, TLS_LD),
    GOT(518, SLOT_PAGE, A64_ADRP, TLS_LD), GOT(519, SLOT, A64_LOW12, TLS_LD),
    HOW(523, DTP, A64_MOV_2), HOW(524, DTP, A64_MOV_1), HOW(525, DTP, A64_MOV_1),
    HOW(526, DTP, A64_MOV_0), HOW(527, DTP, A64_MOV_0), HOW(528, DTP, A64_HIGH12),
    HOW(529, DTP, A64_LOW12), HOW(530, DTP, A64_LOW12), HOW(531, DTP, A64_LOW12),
    HOW(532, DTP, A64_LOW12), HOW(533, DTP, A64_LOW12_2), HOW(534, DTP, A64_LOW12_2),
    HOW(535, DTP, A64_LOW12_4), HOW(536, DTP, A64_LOW12_4), HOW(537, DTP, A64_LOW12_8),
    HOW(538, DTP, A64_LOW12_8), GOT(541, SLOT_PAGE, A64_ADRP, TLS_IE),
    GOT(542, SLOT, A64_LOW12_8, TLS_IE), GOT(543, SLOT_PC, A64_B19, TLS_IE),
    HOW(544, TP, A64_MOV_2), HOW(545, TP, A64_MOV_1), HOW(546, TP, A64_MOV_1),
    HOW(547, TP, A64_MOV_0), HOW(548, TP, A64_MOV_0), HOW(549, TP, A64_HIGH12),
    HOW(550, TP, A64_LOW12), HOW(551, TP, A64_LOW12), HOW(552, TP, A64_LOW12),
    HOW(553, TP, A64_LOW12), HOW(554, TP, A64_LOW12_2), HOW(555, TP, A64_LOW12_2),
    HOW(556, TP, A64_LOW12_4), HOW(557, TP, A64_LOW12_4), HOW(558, TP, A64_LOW12_8),
    HOW(559, TP, A64_LOW12_8), GOT(560, SLOT_PC, A64_B19, TLS_DESC),
    GOT(561, SLOT_PC, A64_ADR, TLS_DESC), GOT(562, SLOT_PAGE, A64_ADRP, TLS_DESC),
    GOT(563, SLOT, A64_LOW12_8, TLS_DESC), GOT(564, SLOT, A64_LOW12, TLS_DESC), NONE(567),
    NONE(568), NONE(569), HOW(570, TP, A64_LOW12_16), HOW(571, TP, A64_LOW12_16),
};
/* 60 and 61, ULEB128 of differences, fill call-site tables only, which nobody reads here. */
static const rp_reloc_how c_riscv[] = {
    NONE(0), HOW(1, ABS, 32), HOW(2, ABS, 64), HOW(8, DTP, 32), HOW(9, DTP, 64), HOW(10, TP, 32),
    HOW(11, TP, 64), HOW(16, PC, RV_B), HOW(17, PC, RV_J), HOW(18, PC, RV_CALL),
    HOW(19, PC, RV_CALL), GOT(20, SLOT_PC, RV_U, ADDRESS), GOT(21, SLOT_PC, RV_U, TLS_IE),
    GOT(22, SLOT_PC, RV_U, TLS_GD), HOW(23, PC, RV_U), HOW(24, LOW, RV_I), HOW(25, LOW, RV_S),
    HOW(26, ABS, RV_U), HOW(27, ABS, RV_I), HOW(28, ABS, RV_S), HOW(29, TP, RV_U),
    HOW(30, TP, RV_I), HOW(31, TP, RV_S), NONE(32), HOW(33, ABS, RV_ADD8), HOW(34, ABS, RV_ADD16),
    HOW(35, ABS, RV_ADD32), HOW(36, ABS, RV_ADD64), HOW(37, ABS, RV_SUB8), HOW(38, ABS, RV_SUB16),
    HOW(39, ABS, RV_SUB32), HOW(40, ABS, RV_SUB64), GOT(41, SLOT_PC, 32, ADDRESS), NONE(43),
    HOW(44, PC, RV_CB), HOW(45, PC, RV_CJ), NONE(51), HOW(52, ABS, RV_SUB6),
    HOW(53, ABS, RV_SET6), HOW(54, ABS, 8), HOW(55, ABS, 16), HOW(56, ABS, 32), HOW(57, PC, 32),
    HOW(59, PC, 32), NONE(60), NONE(61), GOT(62, SLOT_PC, RV_U, TLS_DESC), HOW(63, LOW, RV_I),
    HOW(64, LOW, RV_I), NONE(65),
};
/* clang-format on */

static const rp_reloc_how *search(const rp_reloc_how *table, size_t n, uint32_t type)
{
    size_t low;
    RP_SEARCH(low, n, table[low].type < type);
    return low < n && table[low].type == type ? &table[low] : NULL;
}

const rp_reloc_how *rp_reloc_how_of(rp_arch arch, uint32_t type)
{
    switch (arch) {
    case RP_ARCH_X86_64:
        return search(c_x86_64, RP_COUNT(c_x86_64), type);
    case RP_ARCH_X86:
        return search(c_i386, RP_COUNT(c_i386), type);
    case RP_ARCH_ARM:
        return search(c_arm, RP_COUNT(c_arm), type);
    case RP_ARCH_AARCH64:
        return search(c_aarch64, RP_COUNT(c_aarch64), type);
    case RP_ARCH_RISCV:
        return search(c_riscv, RP_COUNT(c_riscv), type);
    default:
        return NULL;
    }
}

unsigned rp_reloc_room(rp_reloc_field field)
{
    switch (field) {
    case RP_FIELD_8:
    case RP_FIELD_RV_ADD8:
    case RP_FIELD_RV_SUB6:
    case RP_FIELD_RV_SUB8:
    case RP_FIELD_RV_SET6:
        return 1;
    case RP_FIELD_16:
    case RP_FIELD_RV_CB:
    case RP_FIELD_RV_CJ:
    case RP_FIELD_RV_ADD16:
    case RP_FIELD_RV_SUB16:
        return 2;
    case RP_FIELD_64:
    case RP_FIELD_RV_CALL:
    case RP_FIELD_RV_ADD64:
    case RP_FIELD_RV_SUB64:
        return 8;
    default:
        return 4;
    }
}

/* ---- bytes ---- */

static uint64_t get(const uint8_t *p, bool big, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << 8 * (big ? n - 1 - i : i);
    return v;
}

static void put(uint8_t *p, bool big, unsigned n, uint64_t v)
{
    for (unsigned i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * (big ? n - 1 - i : i));
}

/* Replaces the bits of `mask`. */
static void mix(uint8_t *p, bool big, unsigned n, uint64_t mask, uint64_t bits)
{
    put(p, big, n, (get(p, big, n) & ~mask) | (bits & mask));
}

/* Bits `from` … `from + n - 1` of v, moved to `to`. */
static uint64_t part(uint64_t v, unsigned from, unsigned n, unsigned to)
{
    return (v >> from & (((uint64_t)1 << n) - 1)) << to;
}

/* ---- Thumb: two halfwords, the first one first whatever the byte order ---- */

static uint32_t thumb_get(const uint8_t *p, bool big)
{
    return (uint32_t)(get(p, big, 2) << 16 | get(p + 2, big, 2));
}

static void thumb_mix(uint8_t *p, bool big, uint32_t mask, uint64_t bits)
{
    uint32_t v = (thumb_get(p, big) & ~mask) | ((uint32_t)bits & mask);
    put(p, big, 2, v >> 16);
    put(p + 2, big, 2, v & 0xffffu);
}

/* bl, b.w: S:I1:I2:imm10:imm11:0, where J = not(I xor S) */
static uint64_t thumb_branch(uint32_t w)
{
    uint32_t s = w >> 26 & 1u, i1 = ~((w >> 13 & 1u) ^ s) & 1u, i2 = ~((w >> 11 & 1u) ^ s) & 1u;
    return rp_extend(s << 24 | i1 << 23 | i2 << 22 | (w >> 16 & 0x3ffu) << 12 | (w & 0x7ffu) << 1,
                     25);
}

static void thumb_write_branch(uint8_t *p, bool big, uint64_t v)
{
    uint64_t s = v >> 24 & 1, j1 = ~((v >> 23 & 1) ^ s) & 1, j2 = ~((v >> 22 & 1) ^ s) & 1;
    thumb_mix(p, big, 0x07ff2fff,
              s << 26 | part(v, 12, 10, 16) | j1 << 13 | j2 << 11 | part(v, 1, 11, 0));
}

/* b<c>.w: S:J2:J1:imm6:imm11:0 */
static uint64_t thumb_condition(uint32_t w)
{
    return rp_extend((w >> 26 & 1u) << 20 | (w >> 11 & 1u) << 19 | (w >> 13 & 1u) << 18 |
                         (w >> 16 & 0x3fu) << 12 | (w & 0x7ffu) << 1,
                     21);
}

static uint64_t thumb_mov(uint32_t w)
{
    return rp_extend(
        (w >> 16 & 15u) << 12 | (w >> 26 & 1u) << 11 | (w >> 12 & 7u) << 8 | (w & 0xffu), 16);
}

static void thumb_write_mov(uint8_t *p, bool big, uint64_t v)
{
    thumb_mix(p, big, 0x040f70ff,
              part(v, 12, 4, 16) | part(v, 11, 1, 26) | part(v, 8, 3, 12) | part(v, 0, 8, 0));
}

/* adr, adrp: immhi:immlo; an addend of adrp counts bytes, not pages */
static uint64_t a64_page(uint64_t w)
{
    return rp_extend(part(w, 5, 19, 2) | part(w, 29, 2, 0), 21);
}

rp_reloc_field rp_reloc_a64_field(const uint8_t *p, rp_reloc_field field)
{
    if (field != RP_FIELD_A64_SCALED)
        return field;
    uint64_t w = get(p, false, 4);
    if ((w & 0x3b000000) != 0x39000000) /* no load or store with an unsigned offset */
        return RP_FIELD_A64_LOW12;
    bool quad = (w & 0xc4800000) == 0x04800000; /* 128 bits: size 0, opc 1x, a vector register */
    return (rp_reloc_field)(RP_FIELD_A64_LOW12 + (quad ? 4 : (unsigned)(w >> 30)));
}

uint64_t rp_reloc_addend(const uint8_t *p, bool big, rp_reloc_field field)
{
    switch (field) {
    case RP_FIELD_8:
        return rp_extend(p[0], 8);
    case RP_FIELD_16:
        return rp_extend(get(p, big, 2), 16);
    case RP_FIELD_32:
        return rp_extend(get(p, big, 4), 32);
    case RP_FIELD_64:
        return get(p, big, 8);
    case RP_FIELD_PREL31:
        return rp_extend(get(p, big, 4), 31);
    case RP_FIELD_ARM_B24:
        return rp_extend(get(p, big, 4) << 2, 26);
    case RP_FIELD_ARM_MOVW:
    case RP_FIELD_ARM_MOVT:
        return rp_extend(part(get(p, big, 4), 16, 4, 12) | (get(p, big, 4) & 0xfff), 16);
    case RP_FIELD_THM_B24:
        return thumb_branch(thumb_get(p, big));
    case RP_FIELD_THM_B19:
        return thumb_condition(thumb_get(p, big));
    case RP_FIELD_THM_MOVW:
    case RP_FIELD_THM_MOVT:
        return thumb_mov(thumb_get(p, big));
    case RP_FIELD_A64_B26:
        return rp_extend(get(p, false, 4) << 2, 28);
    case RP_FIELD_A64_ADR:
    case RP_FIELD_A64_ADRP:
        return a64_page(get(p, false, 4));
    case RP_FIELD_A64_LOW12:
    case RP_FIELD_A64_LOW12_2:
    case RP_FIELD_A64_LOW12_4:
    case RP_FIELD_A64_LOW12_8:
    case RP_FIELD_A64_LOW12_16:
        return part(get(p, false, 4), 10, 12, field - RP_FIELD_A64_LOW12);
    default:
        return 0; /* RISC-V keeps addends in the records */
    }
}

/* ---- writing, by machine; instructions of AArch64 and RISC-V are little-endian always ---- */

static void write_a64(uint8_t *p, rp_reloc_field field, uint64_t v)
{
    switch (field) {
    case RP_FIELD_A64_B26:
        mix(p, false, 4, 0x03ffffff, v >> 2);
        break;
    case RP_FIELD_A64_B19:
        mix(p, false, 4, 0x00ffffe0, part(v, 2, 19, 5));
        break;
    case RP_FIELD_A64_B14:
        mix(p, false, 4, 0x0007ffe0, part(v, 2, 14, 5));
        break;
    case RP_FIELD_A64_ADR:
        mix(p, false, 4, 0x60ffffe0, part(v, 0, 2, 29) | part(v, 2, 19, 5));
        break;
    case RP_FIELD_A64_ADRP:
        mix(p, false, 4, 0x60ffffe0, part(v, 12, 2, 29) | part(v, 14, 19, 5));
        break;
    case RP_FIELD_A64_HIGH12:
        mix(p, false, 4, 0x003ffc00, part(v, 12, 12, 10));
        break;
    case RP_FIELD_A64_MOV_0:
    case RP_FIELD_A64_MOV_1:
    case RP_FIELD_A64_MOV_2:
    case RP_FIELD_A64_MOV_3:
        mix(p, false, 4, 0x001fffe0, part(v, 16 * (field - RP_FIELD_A64_MOV_0), 16, 5));
        break;
    default:
        mix(p, false, 4, 0x003ffc00, (v & 0xfff) >> (field - RP_FIELD_A64_LOW12) << 10);
        break;
    }
}

static void write_arm(uint8_t *p, bool big, rp_reloc_field field, uint64_t v)
{
    switch (field) {
    case RP_FIELD_ARM_B24:
        mix(p, big, 4, 0x00ffffff, v >> 2);
        break;
    case RP_FIELD_ARM_MOVT:
        v >>= 16;
        /* fall through */
    case RP_FIELD_ARM_MOVW:
        mix(p, big, 4, 0x000f0fff, part(v, 12, 4, 16) | (v & 0xfff));
        break;
    case RP_FIELD_THM_B24:
        thumb_write_branch(p, big, v);
        break;
    case RP_FIELD_THM_B19:
        thumb_mix(p, big, 0x043f2fff,
                  part(v, 20, 1, 26) | part(v, 19, 1, 11) | part(v, 18, 1, 13) |
                      part(v, 12, 6, 16) | part(v, 1, 11, 0));
        break;
    case RP_FIELD_THM_MOVT:
        v >>= 16;
        /* fall through */
    default:
        thumb_write_mov(p, big, v);
        break;
    }
}

static void write_rv_i(uint8_t *p, uint64_t v)
{
    mix(p, false, 4, 0xfff00000, part(v, 0, 12, 20));
}

static void write_rv_u(uint8_t *p, uint64_t v)
{
    mix(p, false, 4, 0xfffff000, v + 0x800);
}

static void write_rv(uint8_t *p, rp_reloc_field field, uint64_t v)
{
    switch (field) {
    case RP_FIELD_RV_B:
        mix(p, false, 4, 0xfe000f80,
            part(v, 12, 1, 31) | part(v, 5, 6, 25) | part(v, 1, 4, 8) | part(v, 11, 1, 7));
        break;
    case RP_FIELD_RV_J:
        mix(p, false, 4, 0xfffff000,
            part(v, 20, 1, 31) | part(v, 1, 10, 21) | part(v, 11, 1, 20) | part(v, 12, 8, 12));
        break;
    case RP_FIELD_RV_CB:
        mix(p, false, 2, 0x1c7c,
            part(v, 8, 1, 12) | part(v, 3, 2, 10) | part(v, 6, 2, 5) | part(v, 1, 2, 3) |
                part(v, 5, 1, 2));
        break;
    case RP_FIELD_RV_CJ:
        mix(p, false, 2, 0x1ffc,
            part(v, 11, 1, 12) | part(v, 4, 1, 11) | part(v, 8, 2, 9) | part(v, 10, 1, 8) |
                part(v, 6, 1, 7) | part(v, 7, 1, 6) | part(v, 1, 3, 3) | part(v, 5, 1, 2));
        break;
    case RP_FIELD_RV_U:
        write_rv_u(p, v);
        break;
    case RP_FIELD_RV_I:
        write_rv_i(p, v);
        break;
    case RP_FIELD_RV_S:
        mix(p, false, 4, 0xfe000f80, part(v, 5, 7, 25) | part(v, 0, 5, 7));
        break;
    default: /* RP_FIELD_RV_CALL */
        write_rv_u(p, v);
        write_rv_i(p + 4, v);
        break;
    }
}

/* Differences of two symbols come as two relocations of one place. */
static void change_rv(uint8_t *p, rp_reloc_field field, uint64_t v)
{
    switch (field) {
    case RP_FIELD_RV_ADD8:
    case RP_FIELD_RV_ADD16:
    case RP_FIELD_RV_ADD32:
    case RP_FIELD_RV_ADD64:
        put(p, false, rp_reloc_room(field), get(p, false, rp_reloc_room(field)) + v);
        break;
    case RP_FIELD_RV_SUB6:
        p[0] = (uint8_t)((p[0] & 0xc0u) | ((p[0] - v) & 0x3fu));
        break;
    case RP_FIELD_RV_SET6:
        p[0] = (uint8_t)((p[0] & 0xc0u) | (v & 0x3fu));
        break;
    default:
        put(p, false, rp_reloc_room(field), get(p, false, rp_reloc_room(field)) - v);
        break;
    }
}

void rp_reloc_write(uint8_t *p, bool big, rp_reloc_field field, uint64_t value)
{
    if (field <= RP_FIELD_64)
        put(p, big, rp_reloc_room(field), value);
    else if (field == RP_FIELD_PREL31)
        mix(p, big, 4, 0x7fffffff, value);
    else if (field <= RP_FIELD_A64_MOV_3)
        write_a64(p, field, value);
    else if (field <= RP_FIELD_THM_MOVT)
        write_arm(p, big, field, value);
    else if (field <= RP_FIELD_RV_CALL)
        write_rv(p, field, value);
    else
        change_rv(p, field, value);
}
