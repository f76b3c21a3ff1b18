/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/function_sources.h"

#include "base/limits.h"
#include "obj/elf.h"

#include <stdlib.h>

bool rp_fn_area_add(rp_fn_builder *b, uint64_t addr, uint64_t size, uint64_t offset)
{
    if (size > UINT64_MAX - addr)
        return true;
    rp_fn_area *a = rp_vec_push(b->img->arena, &b->areas);
    if (a != NULL)
        *a = (rp_fn_area){addr, size, offset};
    return a != NULL;
}

bool rp_fn_add(rp_fn_builder *b, rp_fn_candidate c)
{
    if (b->candidates.n >= RP_MAX_FUNCTIONS) {
        b->cut_short = true;
        return true;
    }
    rp_fn_candidate *to = rp_vec_push(b->img->arena, &b->candidates);
    if (to != NULL)
        *to = c;
    return to != NULL;
}

bool rp_fn_from_frames(rp_fn_builder *b, const rp_frames *frames)
{
    for (uint32_t i = 0; i < frames->n; i++) {
        rp_fn_candidate c = {.start = frames->items[i].start,
                             .end = frames->items[i].end,
                             .frame = i,
                             .object = UINT32_MAX,
                             .source = RP_FN_BY_UNWIND,
                             .rank = 3};
        if (!rp_fn_add(b, c))
            return false;
    }
    return true;
}

/* Code of the C runtime's start files (crt1.o, crti.o, crtbegin.o), by the names that they have
 * everywhere. */
static bool is_startup(rp_str name)
{
    static const char *const names[] = {"_start",
                                        "__start",
                                        "_init",
                                        "_fini",
                                        "_start_c",
                                        "__libc_start_call_main",
                                        "frame_dummy",
                                        "deregister_tm_clones",
                                        "register_tm_clones",
                                        "__do_global_dtors_aux",
                                        "__do_global_ctors_aux",
                                        "call_weak_fn",
                                        "_dl_relocate_static_pie",
                                        "__libc_csu_init",
                                        "__libc_csu_fini",
                                        "mainCRTStartup",
                                        "WinMainCRTStartup",
                                        "__tmainCRTStartup",
                                        "_DllMainCRTStartup",
                                        "DllMainCRTStartup",
                                        "__gmon_start__",
                                        "start"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

/* ELF for the Arm Architecture, 4.5.5; RISC-V psABI: "$d", "$t", "$x" and "$d.anything" */
static char mapping(rp_str name)
{
    if (name.len < 2 || name.ptr[0] != '$' || strchr("adtx", name.ptr[1]) == NULL)
        return '\0';
    bool plain = name.len == 2 || name.ptr[2] == '.' || name.ptr[1] == 'x';
    return plain ? name.ptr[1] : '\0';
}

typedef struct {
    uint64_t addr;
    char what;
} mark;

static int by_mark(const void *a, const void *b)
{
    const mark *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->what != 'd') - (y->what != 'd'); /* "$d" of an empty section, then the code */
}

/* Ranges from each $d to the next mark, within one area. */
static bool data_ranges(rp_fn_builder *b, mark *marks, uint32_t n)
{
    if (n > 1)
        qsort(marks, n, sizeof *marks, by_mark);
    for (uint32_t i = 0; i < n; i++) {
        if (marks[i].what != 'd')
            continue;
        const rp_fn_area *a = rp_fn_area_of(b, marks[i].addr);
        uint64_t end = a ? a->addr + a->size : 0;
        if (i + 1 < n && marks[i + 1].addr < end)
            end = marks[i + 1].addr;
        if (end <= marks[i].addr)
            continue;
        rp_data_in_code *d = rp_vec_push(b->img->arena, &b->data);
        if (d == NULL)
            return false;
        *d = (rp_data_in_code){marks[i].addr, end};
    }
    return true;
}

static bool in_code(const rp_fn_builder *b, uint64_t addr)
{
    return rp_fn_area_of(b, addr) != NULL;
}

/* An untyped symbol may be assembly (a function) or a label: only global ones count, as
 * hand-written assembly that forgot .type does. Without a section it is a number (SHN_ABS). */
static bool is_function(const rp_image *img, const rp_symbol *s)
{
    if (!s->defined || s->kind == RP_SYM_FUNC)
        return s->defined;
    return s->kind == RP_SYM_OTHER && s->global && (s->section != 0 || img->nsections == 0);
}

/* What a compiler wrote: its global symbols, which come last, are of the same file. */
static bool one_file(const rp_fn_builder *b)
{
    return b->img->placed != NULL && b->objects.n == 1;
}

static bool add_symbol(rp_fn_builder *b, const rp_symbol *s, uint32_t object)
{
    bool thumb = b->img->arch == RP_ARCH_ARM && (s->addr & 1u) != 0;
    uint64_t start = thumb ? s->addr - 1 : s->addr;
    if (!in_code(b, start))
        return true;
    rp_fn_candidate c = {.start = start,
                         .end = s->size != 0 && s->size <= UINT64_MAX - start ? start + s->size : 0,
                         .name = s->name,
                         .frame = UINT32_MAX,
                         .object = s->global && !one_file(b) ? UINT32_MAX : object,
                         .source = RP_FN_BY_SYMBOL,
                         .kind = is_startup(s->name) ? RP_FN_STARTUP : RP_FN_NORMAL,
                         .rank = (uint8_t)(s->kind != RP_SYM_FUNC ? 2
                                           : s->global            ? 0
                                                                  : 1),
                         .thumb = thumb,
                         .thumb_known = true};
    return rp_fn_add(b, c);
}

bool rp_fn_from_symbols(rp_fn_builder *b)
{
    rp_image *img = b->img;
    RP_VEC(mark) marks = {0};
    uint32_t object = UINT32_MAX;
    rp_image_symbols(img);
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        char map = s->defined ? mapping(s->name) : '\0';
        bool data = map != '\0' && !in_code(b, s->addr); /* constants have "$d" too */
        if (s->kind == RP_SYM_FILE && !s->dynamic) {
            rp_str *name = rp_vec_push(img->arena, &b->objects);
            if (name == NULL)
                return false;
            *name = s->name;
            object = b->objects.n - 1;
        } else if (data) {
            continue;
        } else if (map != '\0') {
            mark *m = rp_vec_push(img->arena, &marks);
            if (m == NULL)
                return false;
            *m = (mark){s->addr, map};
        } else if (is_function(img, s) && !add_symbol(b, s, object)) {
            return false;
        }
    }
    return data_ranges(b, marks.items, marks.n);
}

bool rp_fn_add_start(rp_fn_builder *b, uint64_t addr, rp_fn_source source, rp_fn_kind kind)
{
    bool thumb = b->img->arch == RP_ARCH_ARM && (addr & 1u) != 0;
    rp_fn_candidate c = {.start = thumb ? addr - 1 : addr,
                         .frame = UINT32_MAX,
                         .object = UINT32_MAX,
                         .source = (uint8_t)source,
                         .kind = (uint8_t)kind,
                         .rank = 4,
                         .thumb = thumb,
                         .thumb_known = thumb || kind == RP_FN_STARTUP};
    return rp_fn_area_of(b, c.start) == NULL || rp_fn_add(b, c);
}

static bool stub_section(rp_str name)
{
    return rp_str_is(name, ".plt") || rp_str_starts(name, ".plt.") || rp_str_is(name, ".iplt") ||
           rp_str_is(name, "__TEXT,__stubs") || rp_str_is(name, "__TEXT,__auth_stubs") ||
           rp_str_is(name, "__TEXT,__stub_helper");
}

/* Each is one piece of code that is nobody's function. */
static bool from_plt(rp_fn_builder *b)
{
    for (uint32_t i = 0; i < b->img->nsections; i++) {
        const rp_section *s = &b->img->sections[i];
        if ((s->perm & RP_X) == 0 || s->size == 0 || s->size > UINT64_MAX - s->addr ||
            !stub_section(s->name))
            continue;
        rp_fn_candidate c = {.start = s->addr,
                             .end = s->addr + s->size,
                             .frame = UINT32_MAX,
                             .object = UINT32_MAX,
                             .source = RP_FN_BY_STARTS,
                             .kind = RP_FN_PLT,
                             .rank = 4,
                             .thumb_known = true};
        if (!rp_fn_add(b, c))
            return false;
    }
    return true;
}

bool rp_fn_from_format(rp_fn_builder *b)
{
    const rp_image *img = b->img;
    if (img->entry != 0 && img->kind == RP_KIND_EXECUTABLE &&
        !rp_fn_add_start(b, img->entry, RP_FN_BY_ENTRY, RP_FN_STARTUP))
        return false;
    if (!from_plt(b))
        return false;
    if (img->elf != NULL)
        return rp_fn_from_elf(b);
    return img->pe != NULL ? rp_fn_from_pe(b) : rp_fn_from_macho(b);
}

bool rp_fn_add_range(rp_fn_builder *b, uint64_t start, uint64_t end, rp_fn_source source,
                     rp_fn_kind kind)
{
    bool thumb = b->img->arch == RP_ARCH_ARM && (start & 1u) != 0;
    if (b->hybrid && !in_code(b, start))
        return true;
    return rp_fn_add(b, (rp_fn_candidate){.start = thumb ? start - 1 : start,
                                          .end = end,
                                          .frame = UINT32_MAX,
                                          .object = UINT32_MAX,
                                          .source = (uint8_t)source,
                                          .kind = (uint8_t)kind,
                                          .rank = source == RP_FN_BY_UNWIND ? 3 : 4,
                                          .thumb = thumb});
}
