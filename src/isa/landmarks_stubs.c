/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Linkers' stubs to imports (.plt, .plt.sec, .plt.got): told by their instructions, so that they
 * are found without section headers too. */
#include "base/numbers.h"
#include "isa/landmarks_parts.h"

/* What the code at hand is; fills the slot it jumps through and where its stub begins and may be
 * called. */
typedef struct {
    uint64_t start; /* of the stub's first instruction */
    uint64_t slot;
    uint32_t landing; /* bytes of endbr or bti before it: calls may name those */
} stub;

/* [endbr] [bnd] jmp *slot: ff 25 with a displacement from the next instruction, or absolute in
 * 32-bit code; ff a3, from the GOT's base in ebx. Linkers pad or push behind it. */
static bool x86_stub(const rp_lm_builder *b, rp_bytes code, size_t i, uint64_t addr, stub *ret)
{
    bool wide = b->img->arch == RP_ARCH_X86_64;
    bool from_base = !wide && code.ptr[i + 1] == 0xa3;
    if (code.ptr[i] != 0xff || (code.ptr[i + 1] != 0x25 && !from_base) || code.len - i < 6)
        return false;
    uint64_t to = rp_extend(rp_le32(code.ptr + i + 2), 32);
    to += from_base ? b->got : wide ? addr + 6 : 0;
    size_t bnd = i != 0 && code.ptr[i - 1] == 0xf2;
    bool endbr =
        i >= 4 + bnd && rp_le32(code.ptr + i - bnd - 4) == (wide ? 0xfa1e0ff3u : 0xfb1e0ff3u);
    *ret = (stub){.start = addr - bnd, .slot = wide ? to : (uint32_t)to, .landing = endbr ? 4 : 0};
    return true;
}

/* [bti c] adrp x16, page; ldr x17, [x16, #low]; add x16, …; br x17. ILP32: ldr w17. */
static bool a64_stub(const rp_lm_builder *b, rp_bytes code, size_t i, uint64_t addr, stub *ret)
{
    (void)b;
    if (code.len - i < 16)
        return false;
    uint32_t adrp = rp_le32(code.ptr + i), ldr = rp_le32(code.ptr + i + 4);
    if ((adrp & 0x9f00001fu) != 0x90000010u || (ldr & 0xbfc003ffu) != 0xb9400211u)
        return false;
    uint64_t pages = rp_extend((uint64_t)(adrp >> 5 & 0x7ffffu) << 2 | (adrp >> 29 & 3u), 21);
    uint64_t low = (uint64_t)(ldr >> 10 & 0xfffu) << (ldr >> 30);
    bool bti = i >= 4 && rp_le32(code.ptr + i - 4) == 0xd503245fu;
    *ret = (stub){.start = addr,
                  .slot = (addr & ~(uint64_t)0xfff) + (pages << 12) + low,
                  .landing = bti ? 4 : 0};
    return true;
}

/* auipc t3, high; l[wd] t3, low(t3); jalr t1, t3 */
static bool riscv_stub(const rp_lm_builder *b, rp_bytes code, size_t i, uint64_t addr, stub *ret)
{
    if (code.len - i < 12)
        return false;
    uint32_t auipc = rp_le32(code.ptr + i), load = rp_le32(code.ptr + i + 4);
    uint32_t wanted = b->img->bits == 64 ? 0xe3e03u : 0xe2e03u;
    if ((auipc & 0xfffu) != 0xe17u || (load & 0xfffffu) != wanted ||
        rp_le32(code.ptr + i + 8) != 0x000e0367u)
        return false;
    uint64_t to = addr + rp_extend(auipc & 0xfffff000u, 32) + rp_extend(load >> 20, 12);
    bool lpad = i >= 4 && rp_le32(code.ptr + i - 4) == 0x00000017u; /* Zicfilp: lpad 0 */
    *ret = (stub){
        .start = addr, .slot = b->img->bits == 64 ? to : (uint32_t)to, .landing = lpad ? 4 : 0};
    return true;
}

/* An A32 immediate: eight bits, rotated right by twice the next four. */
static uint32_t arm_immediate(uint32_t w)
{
    unsigned by = (w >> 8 & 15u) * 2;
    uint32_t v = w & 0xffu;
    return by == 0 ? v : v >> by | v << (32 - by);
}

/* add ip, pc, #high; add ip, ip, #middle; ldr pc, [ip, #low]! */
static bool arm_stub(const rp_lm_builder *b, rp_bytes code, size_t i, uint64_t addr, stub *ret)
{
    (void)b;
    if (code.len - i < 12)
        return false;
    uint32_t high = rp_le32(code.ptr + i), middle = rp_le32(code.ptr + i + 4);
    uint32_t load = rp_le32(code.ptr + i + 8);
    if ((high & 0xfffff000u) != 0xe28fc000u || (middle & 0xfffff000u) != 0xe28cc000u ||
        (load & 0xfffff000u) != 0xe5bcf000u)
        return false;
    uint64_t to = addr + 8 + arm_immediate(high) + arm_immediate(middle) + (load & 0xfffu);
    bool thumb = i >= 4 && rp_le32(code.ptr + i - 4) == 0x46c04778u; /* bx pc; nop */
    *ret = (stub){.start = addr, .slot = (uint32_t)to, .landing = thumb ? 4 : 0};
    return true;
}

typedef bool (*stub_fn)(const rp_lm_builder *b, rp_bytes code, size_t i, uint64_t addr, stub *ret);

static stub_fn stub_of(rp_arch arch, size_t *ret_step)
{
    *ret_step = arch == RP_ARCH_AARCH64 || arch == RP_ARCH_ARM ? 4 : 2;
    switch (arch) {
    case RP_ARCH_X86:
    case RP_ARCH_X86_64:
        *ret_step = 1;
        return x86_stub;
    case RP_ARCH_AARCH64:
        return a64_stub;
    case RP_ARCH_RISCV:
        return riscv_stub;
    case RP_ARCH_ARM:
        return arm_stub;
    default:
        return NULL;
    }
}

static bool add_stub(rp_lm_builder *b, const stub *s)
{
    const rp_landmark *l = rp_landmarks_find(b->landmarks, s->slot);
    if (l == NULL || l->id <= RP_LM_LOCAL_SLOT)
        return true;
    rp_landmark_id id = l->id;
    uint32_t index = l->index & ~(uint32_t)RP_SLOT_WRITABLE;
    return rp_lm_add(b, s->start, id, index) &&
           (s->landing == 0 || rp_lm_add(b, s->start - s->landing, id, index));
}

/* Stubs in code that the file has at [addr, addr + size). A tail call through a slot looks the
 * same: nobody calls into its middle. */
static bool stubs_in(rp_lm_builder *b, uint64_t addr, uint64_t size)
{
    size_t step;
    stub_fn read = stub_of(b->img->arch, &step);
    bool x86 = step == 1;
    rp_bytes code;
    if (!rp_lm_spend(b, size) || !rp_address_map_bytes(b->img, &b->map, addr, &code))
        return !b->img->arena->refused;
    if (size < code.len)
        code.len = (size_t)size;
    for (size_t i = 0; i + 6 <= code.len; i += step) {
        if (x86) {
            const uint8_t *next = memchr(code.ptr + i, 0xff, code.len - 5 - i);
            if (next == NULL)
                break;
            i = (size_t)(next - code.ptr);
        }
        stub s;
        if (read(b, code, i, addr + i, &s) && !add_stub(b, &s))
            return false;
    }
    return true;
}

static bool plt_section(rp_str name)
{
    return rp_str_is(name, ".plt") || rp_str_starts(name, ".plt.") || rp_str_is(name, ".iplt");
}

bool rp_lm_stubs(rp_lm_builder *b)
{
    const rp_image *img = b->img;
    size_t step;
    bool found = false;
    if (stub_of(img->arch, &step) == NULL || b->landmarks->used == 0)
        return true;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if ((s->perm & RP_X) == 0 || s->filesz == 0 || !plt_section(s->name))
            continue;
        found = true;
        if (!stubs_in(b, s->addr, s->filesz))
            return false;
    }
    for (uint32_t i = 0; i < b->map.n && !found && img->nsections == 0; i++)
        if ((b->map.items[i].perm & RP_X) != 0 &&
            !stubs_in(b, b->map.items[i].addr, b->map.items[i].filesz))
            return false;
    return true;
}
