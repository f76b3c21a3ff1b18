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
    return (x->addr > y->addr) - (x->addr < y->addr);
}

/* Ranges from each $d to the next mark. */
static bool data_ranges(rp_fn_builder *b, mark *marks, uint32_t n)
{
    if (n > 1)
        qsort(marks, n, sizeof *marks, by_mark);
    for (uint32_t i = 0; i < n; i++) {
        if (marks[i].what != 'd')
            continue;
        uint64_t end = i + 1 < n ? marks[i + 1].addr : UINT64_MAX;
        rp_data_in_code *d = rp_vec_push(b->img->arena, &b->data);
        if (d == NULL)
            return false;
        *d = (rp_data_in_code){marks[i].addr, end};
    }
    return true;
}

static bool in_code(const rp_fn_builder *b, uint64_t addr)
{
    for (uint32_t i = 0; i < b->areas.n; i++)
        if (addr >= b->areas.items[i].addr &&
            addr - b->areas.items[i].addr < b->areas.items[i].size)
            return true;
    return false;
}

/* An untyped symbol may be assembly (a function) or a label: only global ones count, as
 * hand-written assembly that forgot .type does. */
static bool is_function(const rp_symbol *s)
{
    return s->defined && (s->kind == RP_SYM_FUNC || (s->kind == RP_SYM_OTHER && s->global));
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
                         .object = s->global ? UINT32_MAX : object,
                         .source = RP_FN_BY_SYMBOL,
                         .kind = is_startup(s->name) ? RP_FN_STARTUP : RP_FN_NORMAL,
                         .rank = (uint8_t)(s->kind != RP_SYM_FUNC ? 2
                                           : s->global            ? 0
                                                                  : 1),
                         .thumb = thumb};
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
        if (s->kind == RP_SYM_FILE && !s->dynamic) {
            rp_str *name = rp_vec_push(img->arena, &b->objects);
            if (name == NULL)
                return false;
            *name = s->name;
            object = b->objects.n - 1;
        } else if (map != '\0') {
            mark *m = rp_vec_push(img->arena, &marks);
            if (m == NULL)
                return false;
            *m = (mark){s->addr, map};
        } else if (is_function(s) && !add_symbol(b, s, object)) {
            return false;
        }
    }
    return data_ranges(b, marks.items, marks.n);
}

static bool add_start(rp_fn_builder *b, uint64_t addr, rp_fn_source source, rp_fn_kind kind)
{
    bool thumb = b->img->arch == RP_ARCH_ARM && (addr & 1u) != 0;
    rp_fn_candidate c = {.start = thumb ? addr - 1 : addr,
                         .frame = UINT32_MAX,
                         .object = UINT32_MAX,
                         .source = (uint8_t)source,
                         .kind = (uint8_t)kind,
                         .rank = 4,
                         .thumb = thumb};
    return !in_code(b, c.start) || rp_fn_add(b, c);
}

/* Linkers' stub sections: each is one piece of code that is nobody's function. */
static bool from_plt(rp_fn_builder *b)
{
    static const char *const names[] = {".plt",
                                        ".plt.sec",
                                        ".plt.got",
                                        ".iplt",
                                        "__TEXT,__stubs",
                                        "__TEXT,__auth_stubs",
                                        "__TEXT,__stub_helper"};
    for (size_t i = 0; i < RP_COUNT(names); i++) {
        const rp_section *s = rp_image_section(b->img, names[i]);
        if (s == NULL || (s->perm & RP_X) == 0)
            continue;
        rp_fn_candidate c = {.start = s->addr,
                             .end = s->addr + s->size,
                             .frame = UINT32_MAX,
                             .object = UINT32_MAX,
                             .source = RP_FN_BY_STARTS,
                             .kind = RP_FN_PLT,
                             .rank = 4};
        if (!rp_fn_add(b, c))
            return false;
    }
    return true;
}

bool rp_fn_from_format(rp_fn_builder *b)
{
    rp_image *img = b->img;
    const uint64_t *starts = NULL;
    uint32_t n = 0;
    if (img->elf != NULL)
        rp_elf_function_starts(img, &starts, &n);
    for (uint32_t i = 0; i < n; i++)
        if (!add_start(b, starts[i], RP_FN_BY_STARTS, RP_FN_NORMAL))
            return false;
    if (img->entry != 0 && img->kind == RP_KIND_EXECUTABLE &&
        !add_start(b, img->entry, RP_FN_BY_ENTRY, RP_FN_STARTUP))
        return false;
    if (!from_plt(b))
        return false;
    if (img->pe != NULL)
        return rp_fn_from_pe(b);
    return img->macho == NULL || rp_fn_from_macho(b);
}
