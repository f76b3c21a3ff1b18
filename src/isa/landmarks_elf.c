/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/landmarks_elf.h"

#include "base/numbers.h"
#include "base/search.h"
#include "isa/address_map.h"
#include "isa/landmark_names.h"
#include "isa/landmarks_parts.h"
#include "isa/x86_thunks.h"
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/elf_loaded.h"
#include "obj/place.h"

/* Addresses of code: without Thumb's bit. */
static uint64_t code_address(const rp_image *img, uint64_t addr)
{
    return img->arch == RP_ARCH_ARM ? addr & ~(uint64_t)1 : addr;
}

bool rp_lm_add(rp_lm_builder *b, uint64_t addr, rp_landmark_id id, uint32_t index)
{
    return rp_landmarks_add(b->img->arena, b->landmarks, (rp_landmark){addr, id, index});
}

uint32_t rp_lm_thunk_index(rp_landmark_id id, rp_str name)
{
    bool thunk = id == RP_LM_RETPOLINE || id == RP_LM_LVI_THUNK;
    return thunk ? rp_x86_thunk_of_name(name) : 0;
}

bool rp_lm_spend(rp_lm_builder *b, uint64_t bytes)
{
    if (bytes > b->budget) {
        b->cut_short = true;
        return false;
    }
    b->budget -= bytes;
    return true;
}

bool rp_lm_add_pointer(rp_lm_builder *b, uint64_t addr)
{
    if (!rp_address_map_code(&b->map, addr))
        return true;
    uint64_t *to = rp_vec_push(b->img->arena, &b->pointers);
    if (to == NULL)
        return false;
    *to = addr;
    return true;
}

bool rp_lm_starts_function(const rp_lm_builder *b, uint64_t addr)
{
    const rp_functions *fns = b->functions;
    uint32_t low;
    RP_SEARCH(low, fns->n, fns->items[low].start < addr);
    return low < fns->n && fns->items[low].start == addr;
}

/* ---- symbols ---- */

/* x86, variant II of the ABI: a program's block ends at the thread pointer. Libraries' lies
 * anywhere.
 */
static void unsafe_stack(rp_lm_builder *b, const rp_symbol *s)
{
    const rp_elf_phdr *p = rp_elf_last_phdr(b->img->elf, PT_TLS);
    bool x86 = b->img->arch == RP_ARCH_X86_64 || b->img->arch == RP_ARCH_X86;
    if (!x86 || p == NULL || !s->defined || b->img->kind != RP_KIND_EXECUTABLE ||
        !rp_str_is(s->name, "__safestack_unsafe_stack_ptr"))
        return;
    uint64_t align = p->align != 0 ? p->align : 1, size = p->memsz;
    if ((align & (align - 1)) == 0 && size < UINT32_MAX && align < UINT32_MAX && s->addr < size)
        b->unsafe_stack = (int64_t)s->addr - (int64_t)((size + align - 1) & ~(align - 1));
}

static bool from_symbols(rp_lm_builder *b)
{
    const rp_image *img = b->img;
    bool placed = img->placed != NULL; /* an object: others may take what is global in it */
    uint64_t externs = img->loaded != NULL ? img->loaded->externs : UINT64_MAX;
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (s->kind == RP_SYM_TLS)
            unsafe_stack(b, s);
        bool named = s->defined || placed || s->addr >= externs;
        if (!named || s->addr == 0 || s->kind == RP_SYM_TLS || s->kind == RP_SYM_FILE)
            continue;
        rp_landmark_id id = rp_landmark_of_name(s->name, b->preconditions);
        if (id != RP_LM_NONE &&
            !rp_lm_add(b, code_address(img, s->addr), id, rp_lm_thunk_index(id, s->name)))
            return false;
        b->panic_names |= id >= RP_LM_OVERFLOW && id <= RP_LM_PANIC;
        bool code = s->kind == RP_SYM_FUNC || s->kind == RP_SYM_OTHER;
        bool open = s->global && s->defined && (s->dynamic || placed);
        if (open && code && !rp_lm_add_pointer(b, s->addr))
            return false;
    }
    return true;
}

/* ---- slots that the loader fills ---- */

static uint32_t writable(const rp_lm_builder *b, uint64_t slot)
{
    return rp_segments_find(b->read_only, b->nread_only, slot) ? RP_SLOT_FIXED : RP_SLOT_WRITABLE;
}

/* A slot in the GOT that gets the address of a symbol. */
static bool symbol_slot(rp_lm_builder *b, uint64_t slot, const rp_symbol *s, bool only_meaning)
{
    rp_landmark_id id = s ? rp_landmark_of_name(s->name, b->preconditions) : RP_LM_NONE;
    uint32_t open = writable(b, slot);
    if (id == RP_LM_NONE && only_meaning)
        return true;
    if (id == RP_LM_NONE)
        id = open == RP_SLOT_WRITABLE ? RP_LM_IMPORT_WRITABLE : RP_LM_IMPORT_SLOT;
    return rp_lm_add(b, slot, id, open | (s != NULL ? rp_lm_thunk_index(id, s->name) : 0));
}

/* What stands in the GOT is called through it, and RELRO keeps it: no pointer that code could be
 * redirected with. */
static bool in_fixed_got(const rp_lm_builder *b, uint64_t place)
{
    for (size_t i = 0; i < RP_COUNT(b->gots); i++) {
        const rp_section *s = b->gots[i];
        if (s != NULL && place >= s->addr && place - s->addr < s->size)
            return writable(b, place) == RP_SLOT_FIXED;
    }
    return false;
}

/* A slot with the address of a function of this file. */
static bool local_slot(rp_lm_builder *b, uint64_t slot, uint64_t value)
{
    uint64_t addr = code_address(b->img, value);
    if (!rp_address_map_code(&b->map, value) || addr - b->text_low > UINT32_MAX)
        return true;
    return rp_lm_add(b, slot, RP_LM_LOCAL_SLOT, (uint32_t)(addr - b->text_low));
}

/* A word with an address of this file: its own functions are called through such slots where the
 * linker did not relax the call. */
static bool base_slot(rp_lm_builder *b, uint64_t slot, uint64_t value)
{
    const rp_landmark *l = rp_landmarks_find(b->landmarks, code_address(b->img, value));
    if (l != NULL && l->id != RP_LM_LOCATION && !rp_lm_add(b, slot, l->id, writable(b, slot)))
        return false;
    return in_fixed_got(b, slot) ? local_slot(b, slot, value) : rp_lm_add_pointer(b, value);
}

static bool base_reloc(rp_lm_builder *b, const rp_elf_reloc *r)
{
    uint64_t value = r->addend;
    if (!r->has_addend && !rp_address_map_word(b->img, &b->map, r->place, &value))
        return !b->img->arena->refused;
    return base_slot(b, r->place, value);
}

static bool symbol_word(rp_lm_builder *b, const rp_elf_reloc *r, const rp_symbol *s)
{
    /* RISC-V and LoongArch have no GLOB_DAT: the GOT is made of such words */
    bool got = b->img->arch == RP_ARCH_RISCV || b->img->arch == RP_ARCH_LOONGARCH;
    if (!symbol_slot(b, r->place, s, !got))
        return false;
    return s == NULL || !s->defined || rp_lm_add_pointer(b, s->addr + r->addend);
}

/* Its first word is the address of what finds the variable, which code calls; its second the
 * argument. */
static bool tls_descriptor(rp_lm_builder *b, uint64_t slot)
{
    return rp_lm_add(b, slot, RP_LM_TLS_DESC, writable(b, slot));
}

static bool on_reloc(void *user, const rp_elf_reloc *r)
{
    rp_lm_builder *b = user;
    const rp_symbol *s = rp_elf_dynamic_symbol(b->img, r->symbol);
    bool ok = true;
    switch (r->stores) {
    case RP_STORES_SLOT:
        ok = symbol_slot(b, r->place, s, false);
        break;
    case RP_STORES_SYMBOL:
        ok = symbol_word(b, r, s);
        break;
    case RP_STORES_TLS:
        ok = (s == NULL || symbol_slot(b, r->place, s, true)) &&
             rp_lm_add(b, r->place, RP_LM_TLS_IE, writable(b, r->place));
        break;
    case RP_STORES_TLS_DESC:
        ok = tls_descriptor(b, r->place);
        break;
    case RP_STORES_RESOLVED:
        ok = rp_lm_add(b, r->place,
                       writable(b, r->place) == RP_SLOT_FIXED ? RP_LM_IMPORT_SLOT
                                                              : RP_LM_IMPORT_WRITABLE,
                       0) &&
             (!r->has_addend || rp_lm_add_pointer(b, r->addend));
        break;
    case RP_STORES_BASE:
        ok = base_reloc(b, r);
        break;
    case RP_STORES_OTHER:
        break;
    }
    b->out_of_memory |= !ok;
    return ok;
}

/* ---- objects: the GOT that the linker would make ---- */

/* Whether RELRO will keep it is the linker's to decide; most do. */
static bool from_placed_slots(rp_lm_builder *b)
{
    static const rp_landmark_id meaning_of[RP_GOT_KINDS] = {
        [RP_GOT_ADDRESS] = RP_LM_IMPORT_SLOT,
        [RP_GOT_TLS_IE] = RP_LM_TLS_IE,
        [RP_GOT_TLS_DESC] = RP_LM_TLS_DESC,
    };
    const rp_placed *placed = b->img->placed;
    for (uint32_t i = 0; i < placed->nslots; i++) {
        const rp_got_slot *slot = &placed->slots[i];
        const rp_symbol *s =
            slot->symbol < b->img->nsymbols ? &b->img->symbols[slot->symbol] : NULL;
        rp_landmark_id id = s ? rp_landmark_of_name(s->name, b->preconditions) : RP_LM_NONE;
        bool local = s != NULL && s->defined && slot->kind == RP_GOT_ADDRESS;
        if (id == RP_LM_NONE)
            id = meaning_of[slot->kind];
        if (local && id == RP_LM_IMPORT_SLOT && !local_slot(b, slot->addr, s->addr))
            return false;
        if (id != RP_LM_NONE && !rp_lm_add(b, slot->addr, id, RP_SLOT_FIXED))
            return false;
    }
    return true;
}

/* ---- programs at a fixed address, placed objects: words need no relocation ---- */

/* Code of AArch64 and RISC-V takes the guard's address from a slot that the linker filled. */
static bool guard_slot(rp_lm_builder *b, uint64_t at, uint64_t value)
{
    const rp_landmark *l = rp_landmarks_find(b->landmarks, value);
    return l == NULL || l->id != RP_LM_STACK_GUARD ||
           rp_lm_add(b, at, RP_LM_STACK_GUARD, writable(b, at));
}

static bool words_of(rp_lm_builder *b, const rp_segment *s)
{
    rp_image *img = b->img;
    unsigned word = img->bits / 8u;
    uint64_t skip = (0 - s->addr) & (word - 1);
    rp_bytes bytes;
    if (s->filesz <= skip || !rp_lm_spend(b, s->filesz) ||
        !rp_address_map_bytes(img, &b->map, s->addr + skip, &bytes))
        return !img->arena->refused;
    rp_reader r = rp_reader_of(bytes, 0, img->big);
    while (rp_left(&r) >= word) {
        uint64_t at = s->addr + skip + r.pos, value = rp_uint(&r, word);
        bool code = value >= b->text_low && value < b->text_high;
        if (code ? rp_lm_starts_function(b, code_address(img, value)) && !base_slot(b, at, value)
                 : !guard_slot(b, at, value))
            return false;
    }
    return true;
}

static bool from_words(rp_lm_builder *b)
{
    if (b->img->elf->e_type != ET_EXEC && b->img->placed == NULL)
        return true;
    for (uint32_t i = 0; i < b->map.n; i++)
        if ((b->map.items[i].perm & RP_X) == 0 && !words_of(b, &b->map.items[i]))
            return false;
    return true;
}

/* ---- */

static bool from_entries(rp_lm_builder *b)
{
    static const uint64_t tags[] = {DT_INIT, DT_FINI};
    if (b->img->entry != 0 && !rp_lm_add_pointer(b, b->img->entry))
        return false;
    for (size_t i = 0; i < RP_COUNT(tags); i++) {
        const rp_elf_dyn *d = rp_elf_tag(b->img->elf, tags[i]);
        if (d != NULL && d->value != 0 && !rp_lm_add_pointer(b, d->value))
            return false;
    }
    return true;
}

static void find_text(rp_lm_builder *b)
{
    b->text_low = UINT64_MAX;
    for (uint32_t i = 0; i < b->map.n; i++) {
        const rp_segment *s = &b->map.items[i];
        if ((s->perm & RP_X) == 0)
            continue;
        if (s->addr < b->text_low)
            b->text_low = s->addr;
        b->text_high = s->addr + s->size;
    }
}

/* Thunks have hidden names: in stripped files their code tells. */
enum { CALL = 5, SHORTEST_THUNK = 5, LONGEST_THUNK = 64 };

static bool add_thunk(rp_lm_builder *b, uint64_t addr, rp_bytes code)
{
    rp_landmark l = {.addr = addr};
    return !rp_x86_thunk_code(code, b->img->bits == 64, &l) || rp_lm_add(b, addr, l.id, l.index);
}

/* Thunks without call frames, as clang's, are no functions: they lie between those. Each has a
 * fence, some bytes behind its start or right there. */
static bool thunks_between(rp_lm_builder *b, uint64_t from, uint64_t to)
{
    rp_str fence = RP_STR("\x0f\xae\xe8");
    rp_bytes gap;
    if (to <= from || to - from < SHORTEST_THUNK ||
        !rp_address_map_bytes(b->img, &b->map, from, &gap))
        return true;
    gap.len = gap.len < to - from ? gap.len : (size_t)(to - from);
    if (!rp_lm_spend(b, gap.len))
        return true;
    for (size_t at = 0; at < gap.len; at += fence.len) {
        size_t found = rp_bytes_find((rp_bytes){gap.ptr + at, gap.len - at}, fence);
        if (found == SIZE_MAX)
            break;
        at += found;
        size_t start = rp_x86_thunk_start(gap, at);
        if (!add_thunk(b, from + start, (rp_bytes){gap.ptr + start, gap.len - start}))
            return false;
    }
    return true;
}

static bool thunk_function(rp_lm_builder *b, const rp_function *f)
{
    rp_bytes code;
    return f->end - f->start < SHORTEST_THUNK || f->end - f->start > LONGEST_THUNK ||
           !rp_address_map_bytes(b->img, &b->map, f->start, &code) || add_thunk(b, f->start, code);
}

static bool from_shapes(rp_lm_builder *b)
{
    const rp_functions *fns = b->functions;
    uint64_t behind = b->text_low;
    if (b->img->arch != RP_ARCH_X86_64 && b->img->arch != RP_ARCH_X86)
        return true;
    for (uint32_t i = 0; i < fns->n; i++) {
        const rp_function *f = &fns->items[i];
        if (!thunk_function(b, f) || !thunks_between(b, behind, f->start))
            return false;
        behind = f->end > behind ? f->end : behind;
    }
    return thunks_between(b, behind, b->text_high) && !b->img->arena->refused;
}

/* The address that `call rel32` at code[at] names, 0 when there is none. */
static uint64_t called(rp_bytes code, size_t at, uint64_t addr)
{
    if (code.len - at < CALL || code.ptr[at] != 0xe8)
        return 0;
    return (uint32_t)(addr + at + CALL + rp_le32(code.ptr + at + 1));
}

/* Hands on to __stack_chk_fail, and reads no guard (gs:[20]) itself. */
static bool fails_for_others(const rp_lm_builder *b, rp_bytes code, uint64_t addr)
{
    bool fails = false;
    if (rp_bytes_find(code, RP_STR("\x14\0\0\0")) != SIZE_MAX)
        return false;
    for (size_t at = 0; at + CALL <= code.len && !fails; at++) {
        const rp_landmark *l = rp_landmarks_find(b->landmarks, called(code, at, addr));
        fails = l != NULL && l->id == RP_LM_STACK_CHK_FAIL;
    }
    return fails;
}

/* __stack_chk_fail_local: each position-independent i386 file has its own, and its name is hidden.
 */
static bool local_fail(rp_lm_builder *b)
{
    enum { SHORTEST = 10, LONGEST = 48 };
    const rp_functions *fns = b->functions;
    if (b->img->arch != RP_ARCH_X86)
        return true;
    for (uint32_t i = 0; i < fns->n; i++) {
        const rp_function *f = &fns->items[i];
        uint64_t size = f->end - f->start;
        rp_bytes code;
        if (f->kind != RP_FN_NORMAL || f->name.len != 0 || size < SHORTEST || size > LONGEST ||
            !rp_address_map_bytes(b->img, &b->map, f->start, &code))
            continue;
        code.len = code.len < size ? code.len : (size_t)size;
        if (fails_for_others(b, code, f->start) && !rp_lm_add(b, f->start, RP_LM_STACK_CHK_FAIL, 0))
            return false;
    }
    return !b->img->arena->refused;
}

static bool build(rp_lm_builder *b, bool *ret_whole)
{
    if (!rp_address_map_make(b->img, &b->map) ||
        !rp_read_only_ranges(b->img, &b->read_only, &b->nread_only))
        return false;
    find_text(b);
    const rp_elf_dyn *got = rp_elf_tag(b->img->elf, DT_PLTGOT);
    b->got = got ? got->value : 0;
    b->gots[0] = rp_image_section(b->img, ".got");
    b->gots[1] = rp_image_section(b->img, ".got.plt");
    rp_lm_find_texts(b);
    if (!from_symbols(b) || !from_shapes(b) || (!b->panic_names && !rp_lm_by_texts(b)) ||
        !from_entries(b))
        return false;
    const rp_placed *placed = b->img->placed;
    bool all = placed ? placed->whole : rp_elf_relocs_each(b->img, on_reloc, b);
    if (b->out_of_memory || (placed != NULL && !from_placed_slots(b)) || !from_words(b) ||
        !rp_lm_stubs(b) || !local_fail(b))
        return false;
    *ret_whole = all && !b->cut_short && (b->img->loaded == NULL || b->img->loaded->whole);
    return true;
}

rp_code rp_landmarks_elf(rp_image *img, const rp_functions *functions, rp_code_map *ret,
                         rp_error *err)
{
    rp_lm_builder b = {.img = img, .functions = functions, .landmarks = &ret->landmarks};
    bool whole = false;
    b.budget = img->src->size * 6;
    *ret = (rp_code_map){.whole = RP_UNKNOWN};
    rp_image_symbols(img);
    if (!build(&b, &whole))
        return rp_fail_memory(err);
    ret->read_only = b.read_only;
    ret->nread_only = b.nread_only;
    ret->pointers = b.pointers.items;
    ret->npointers = b.pointers.n;
    ret->unsafe_stack = b.unsafe_stack;
    if (whole && img->symbols_known != RP_UNKNOWN)
        ret->whole = RP_YES;
    return RP_OK;
}
