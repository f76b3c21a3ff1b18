/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/code_tables.h"

#include "base/limits.h"
#include "base/search.h"
#include "isa/calls.h"
#include "obj/pointers.h"

#include <stdlib.h>

enum { HEAD_WORDS = 4 }; /* rustc: drop glue, size, alignment, first method */

typedef struct {
    const rp_functions *functions;
    rp_code_tables *tables;
    rp_arena *arena;
    RP_VEC(rp_code_pointer) pointers;
    RP_VEC(rp_table_link) links;
    uint64_t mark; /* of code pointers, no part of the address: Thumb's bit */
    bool out_of_memory;
} reader;

uint32_t rp_code_pointer_from(const rp_code_tables *t, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, t->npointers, t->pointers[low].place < addr);
    return low;
}

uint32_t rp_table_link_from(const rp_code_tables *t, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, t->nlinks, t->links[low].place < addr);
    return low;
}

static bool in_head(const rp_code_tables *t, uint64_t place, uint64_t addr)
{
    return place - addr < (uint64_t)HEAD_WORDS * t->word;
}

static bool has_code_in_head(const rp_code_tables *t, uint64_t addr)
{
    uint32_t i = rp_code_pointer_from(t, addr);
    return i < t->npointers && in_head(t, t->pointers[i].place, addr);
}

bool rp_is_code_table(const rp_code_tables *t, uint64_t addr)
{
    uint32_t i = rp_table_link_from(t, addr);
    return has_code_in_head(t, addr) || (i < t->nlinks && in_head(t, t->links[i].place, addr));
}

static bool see_code(void *user, uint64_t place, uint64_t target, rp_bytes rest)
{
    reader *r = user;
    (void)rest;
    uint32_t function = rp_function_starting(r->functions, target & ~r->mark);
    if (function == RP_NO_FUNCTION)
        return true;
    rp_code_pointer *p =
        r->pointers.n < RP_MAX_CALL_EDGES ? rp_vec_push(r->arena, &r->pointers) : NULL;
    if (p != NULL)
        *p = (rp_code_pointer){place, function};
    r->out_of_memory |= p == NULL && r->pointers.n < RP_MAX_CALL_EDGES;
    return p != NULL;
}

/* The second time, when it is known where functions are pointed to. */
static bool see_link(void *user, uint64_t place, uint64_t target, rp_bytes rest)
{
    reader *r = user;
    (void)rest;
    if (!has_code_in_head(r->tables, target))
        return true;
    rp_table_link *l = r->links.n < RP_MAX_CALL_EDGES ? rp_vec_push(r->arena, &r->links) : NULL;
    if (l != NULL)
        *l = (rp_table_link){place, target};
    r->out_of_memory |= l == NULL && r->links.n < RP_MAX_CALL_EDGES;
    return l != NULL;
}

static int by_place(const void *a, const void *b)
{
    const rp_code_pointer *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_place_of_link(const void *a, const void *b)
{
    const rp_table_link *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

bool rp_code_tables_read(rp_image *img, const rp_functions *functions, rp_code_tables *ret)
{
    reader r = {.functions = functions,
                .tables = ret,
                .arena = img->arena,
                .mark = img->arch == RP_ARCH_ARM ? 1 : 0};
    rp_data data;
    *ret = (rp_code_tables){.word = img->bits == 32 ? 4 : 8};
    if (functions->n == 0)
        return true;
    if (!rp_data_read(img, img->arena, &data))
        return false;
    data.code_low = functions->items[0].start;
    data.code_high = functions->items[functions->n - 1].end;
    rp_data_pointers(&data, see_code, &r);
    if (r.pointers.n > 1)
        qsort(r.pointers.items, r.pointers.n, sizeof *r.pointers.items, by_place);
    ret->pointers = r.pointers.items;
    ret->npointers = r.pointers.n;
    rp_data_pointers(&data, see_link, &r);
    if (r.links.n > 1)
        qsort(r.links.items, r.links.n, sizeof *r.links.items, by_place_of_link);
    ret->links = r.links.items;
    ret->nlinks = r.links.n;
    return !r.out_of_memory;
}
