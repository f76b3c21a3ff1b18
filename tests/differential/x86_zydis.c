/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Our x86 decoder beside Zydis, over every function of the ELF files named: the same length, the
 * same general registers written, the same word on whether the flags change. Bytes that both
 * refuse are skipped one by one. Prints totals and each kind of disagreement once per opcode;
 * exit status 1 when there is one that is not explained below. */
#include "base/arena.h"
#include "isa/x86_op.h"
#include "obj/functions.h"

#include <Zydis/Zydis.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    ZydisDecoder zydis;
    bool mode64;
    uint64_t instructions, bytes, functions, refused_by_both, untold;
    uint64_t length, effects, explained, known_better, told;
    uint8_t shown[3][RP_X86_XOPA + 1][256];
} state;

static uint32_t written(const state *s, const ZydisDecodedInstruction *i,
                        const ZydisDecodedOperand *o)
{
    uint32_t set = 0;
    ZydisMachineMode mode = s->mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    for (unsigned n = 0; n < i->operand_count; n++) {
        if (o[n].type != ZYDIS_OPERAND_TYPE_REGISTER ||
            (o[n].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0)
            continue;
        ZydisRegister r = ZydisRegisterGetLargestEnclosing(mode, o[n].reg.value);
        ZydisRegisterClass kind = ZydisRegisterGetClass(r);
        ZyanI8 id = ZydisRegisterGetId(r);
        if ((kind == ZYDIS_REGCLASS_GPR64 || kind == ZYDIS_REGCLASS_GPR32) && id >= 0 && id < 16)
            set |= 1u << id;
    }
    return set;
}

static void show(state *s, unsigned kind, const char *what, const uint8_t *p, unsigned len,
                 uint64_t addr, rp_x86_insn i)
{
    if (s->shown[kind][i.map][i.op]++ != 0)
        return;
    printf("  %s at %llx:", what, (unsigned long long)addr);
    for (unsigned n = 0; n < len; n++)
        printf(" %02x", p[n]);
    printf("\n");
}

/* What our operation says is written, in Zydis' terms: a push, pop, call or return moves the stack
 * pointer too, which the data-flow knows without being told. */
static void compare_effects(state *s, const uint8_t *p, rp_x86_insn i, uint64_t addr,
                            const ZydisDecodedInstruction *z, const ZydisDecodedOperand *o)
{
    rp_op op;
    if (!rp_x86_op(p, i, addr, s->mode64, &op)) {
        s->untold++;
        return;
    }
    uint32_t ours = op.clobbers | (op.dst < 16 ? 1u << op.dst : 0), theirs = written(s, z, o);
    if (op.kind == RP_OP_PUSH || op.kind == RP_OP_POP || op.kind == RP_OP_RETURN ||
        op.kind == RP_OP_CALL || op.kind >= RP_OP_CALL_REG)
        theirs &= ~(1u << 4) | (ours & (1u << 4));
    bool flags = z->cpu_flags != NULL && (z->cpu_flags->modified | z->cpu_flags->set_0 |
                                          z->cpu_flags->set_1 | z->cpu_flags->undefined) != 0;
    bool ours_flags = op.sets_flags || op.kind == RP_OP_COMPARE;
    bool fewer = (theirs & ~ours) != 0 || (flags && !ours_flags && op.kind != RP_OP_TRAP);
    if (op.kind == RP_OP_TRAP)
        return;
    if (fewer) {
        s->effects++;
        show(s, 1, "effects missed", p, i.len, addr, i);
    } else if (ours != theirs) {
        s->known_better++; /* more than Zydis says: sound, only less is known afterwards */
        show(s, 2, "effects claimed beyond Zydis'", p, i.len, addr, i);
    }
}

/* The short way says the same as the operation: what is written, and that control goes on. */
static void compare_writes(state *s, const uint8_t *p, size_t left, uint64_t addr)
{
    rp_x86_insn i;
    rp_op op;
    if (!s->mode64 || left < RP_X86_WINDOW || !rp_x86_decode_plain(p, true, &i))
        return;
    uint32_t writes = rp_x86_writes(p, i);
    if (writes == RP_X86_UNTOLD || !rp_x86_op(p, i, addr, true, &op))
        return;
    s->told++;
    bool stays = op.kind != RP_OP_NOP && op.kind < RP_OP_JUMP;
    if (stays && writes == (op.clobbers | (op.dst < 16 ? 1u << op.dst : 0)))
        return;
    s->effects++;
    show(s, 1, "the short way differs", p, i.len, addr, i);
}

/* AVX-IFMA: vpmadd52luq and vpmadd52huq with ymm and xmm registers, VEX.66.0F38.W1 b4 and b5
 * (what 52-bit RSA of OpenSSL 3.2 and later uses). The test x86-newer holds every such form
 * against llvm-mc. */
static bool avx_ifma(const uint8_t *p, rp_x86_insn i)
{
    enum { PP_66 = 1, W1 = 0x80 };
    return i.len >= 5 && i.map == RP_X86_0F38 && (i.op == 0xb4 || i.op == 0xb5) && p[0] == 0xc4 &&
           (p[1] & 0x1f) == 2 && (p[2] & W1) != 0 && (p[2] & 3) == PP_66;
}

/* Zydis 4.0 knows Knights Corner's encodings (jkzd, jknzd: c4/c5 with opcode 74, 75, 84, 85 of the
 * maps that AVX leaves free) and predates AVX-IFMA, APX and AVX10. */
static bool explained(const uint8_t *p, rp_x86_insn i, const ZydisDecodedInstruction *z,
                      bool zydis_ok)
{
    if (!zydis_ok && avx_ifma(p, i))
        return true;
    if (zydis_ok && (z->mnemonic == ZYDIS_MNEMONIC_JKZD || z->mnemonic == ZYDIS_MNEMONIC_JKNZD))
        return true;
    return !zydis_ok && i.len != 0 &&
           (i.vector == 0xd5 || (i.vector == 0x62 && (i.map >= RP_X86_MAP4)));
}

static void one_function(state *s, const uint8_t *p, size_t len, uint64_t addr)
{
    s->functions++;
    s->bytes += len;
    for (size_t at = 0; at < len;) {
        ZydisDecodedInstruction z = {0};
        ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
        bool ok = ZYAN_SUCCESS(ZydisDecoderDecodeFull(&s->zydis, p + at, len - at, &z, o));
        rp_x86_insn i = rp_x86_decode(p + at, len - at, s->mode64);
        if (!ok && i.len == 0) {
            s->refused_by_both++;
            at++;
            continue;
        }
        s->instructions++;
        if (i.len == (ok ? z.length : 0)) {
            compare_effects(s, p + at, i, addr + at, &z, o);
            compare_writes(s, p + at, len - at, addr + at);
            at += i.len;
            continue;
        }
        bool known = explained(p + at, i, &z, ok);
        if (known) {
            s->explained++;
            show(s, 0, "explained (Knights Corner, AVX-IFMA, APX)", p + at,
                 i.len ? i.len : z.length, addr + at, i);
        } else {
            s->length++;
            printf("  length %u, Zydis %u at %llx:", i.len, ok ? z.length : 0,
                   (unsigned long long)(addr + at));
            for (size_t n = 0; n < 15 && at + n < len; n++)
                printf(" %02x", p[at + n]);
            printf("\n");
            if (s->length > 200)
                return;
        }
        at += ok ? z.length : known ? i.len : 1;
    }
}

static bool one_file(state *s, const char *path)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_image *img;
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0)
        return false;
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, &arena);
    rp_functions fns;
    bool fine = rp_image_open(&src, &arena, &img, &err) == RP_OK &&
                (img->arch == RP_ARCH_X86_64 || img->arch == RP_ARCH_X86) &&
                rp_functions_read(img, &fns);
    if (fine) {
        s->mode64 = img->arch == RP_ARCH_X86_64;
        ZydisDecoderInit(&s->zydis,
                         s->mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                         s->mode64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
        for (uint32_t i = 0; i < fns.n; i++) {
            const rp_function *f = &fns.items[i];
            rp_bytes bytes;
            if (f->at != RP_NOWHERE && f->end > f->start &&
                rp_source_bytes(&src, f->at, f->end - f->start, &bytes))
                one_function(s, bytes.ptr, bytes.len, f->start);
        }
    }
    rp_arena_free(&arena);
    close(fd);
    return fine;
}

static uint8_t digit(int c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* With --lengths: reads lines of hex (64-bit code), prints the length that we see of each. */
static int lengths(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint8_t code[RP_X86_WINDOW] = {0};
        size_t n = strspn(line, "0123456789abcdef") / 2;
        if (n > sizeof code)
            n = sizeof code;
        for (size_t i = 0; i < n; i++)
            code[i] = (uint8_t)(digit(line[2 * i]) << 4 | digit(line[2 * i + 1]));
        printf("%u\n", rp_x86_decode(code, n, true).len);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static state s;
    if (argc == 2 && strcmp(argv[1], "--lengths") == 0)
        return lengths();
    unsigned files = 0;
    for (int i = 1; i < argc; i++) {
        uint64_t before = s.length + s.effects;
        files += one_file(&s, argv[i]);
        if (s.length + s.effects != before)
            printf("  ^ in %s\n", argv[i]);
    }
    printf("%u files, %llu functions, %llu bytes, %llu instructions: %llu lengths differ, %llu "
           "explained, %llu bytes refused by both; %llu effects missed, %llu claimed beyond, %llu "
           "left to Zydis, %llu told in short\n",
           files, (unsigned long long)s.functions, (unsigned long long)s.bytes,
           (unsigned long long)s.instructions, (unsigned long long)s.length,
           (unsigned long long)s.explained, (unsigned long long)s.refused_by_both,
           (unsigned long long)s.effects, (unsigned long long)s.known_better,
           (unsigned long long)s.untold, (unsigned long long)s.told);
    return files != 0 && s.length == 0 && s.effects == 0 ? 0 : 1;
}
