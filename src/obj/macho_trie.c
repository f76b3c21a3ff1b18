/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/macho_trie.h"

#include "base/limits.h"

enum { NAMES_MAX = 64 << 20 }; /* bytes of all names together: a deep trie makes them quadratic */

typedef struct {
    size_t next;     /* offset of the next edge */
    unsigned left;   /* edges not yet followed */
    size_t name_len; /* of the prefix that leads here */
} level;

typedef struct {
    rp_image *img;
    rp_reader all;
    rp_trie_fn visit;
    void *user;
    char name[RP_MAX_NAME];
    size_t name_len;
    uint64_t work; /* bytes read; a true trie has each node once, so never more than its size */
    uint64_t names;
    RP_VEC(level) stack;
} walk;

static rp_trie_end broken(walk *w, uint64_t at, const char *what)
{
    rp_image_odd(w->img, w->all.origin + at, "export trie: %s", what);
    return RP_TRIE_BROKEN;
}

static rp_trie_end report(walk *w, rp_reader data, uint64_t at)
{
    uint64_t flags = rp_uleb(&data);
    uint64_t address = rp_uleb(&data); /* of a re-export: the library's ordinal */
    if (data.bad)
        return broken(w, at, "an export is cut short");
    w->names += w->name_len;
    if (w->names > NAMES_MAX)
        return broken(w, at, "its names are too long");
    rp_str name = rp_arena_str(w->img->arena, (rp_str){w->name, w->name_len});
    if (name.ptr == NULL || !w->visit(w->user, name, address, flags, w->all.origin + at))
        return RP_TRIE_STOPPED;
    return RP_TRIE_WHOLE;
}

/* Reads the node at `at` and puts its edges on the stack. */
static rp_trie_end enter(walk *w, uint64_t at)
{
    rp_reader r = w->all;
    rp_seek(&r, at);
    uint64_t size = rp_uleb(&r);
    rp_reader data;
    if (r.bad || !rp_window(&r, r.pos, size, &data))
        return broken(w, at, "a node lies outside");
    rp_skip_bytes(&r, size);
    unsigned children = rp_u8(&r);
    if (r.bad)
        return broken(w, at, "a node is cut short");
    w->work += r.pos - at;
    if (size != 0) {
        rp_trie_end end = report(w, data, at);
        if (end != RP_TRIE_WHOLE)
            return end;
    }
    level *l = rp_vec_push(w->img->arena, &w->stack);
    if (l == NULL)
        return RP_TRIE_STOPPED;
    *l = (level){r.pos, children, w->name_len};
    return RP_TRIE_WHOLE;
}

/* Follows one edge of the top level. */
static rp_trie_end follow(walk *w, level *l)
{
    rp_reader r = w->all;
    rp_seek(&r, l->next);
    rp_str edge = rp_next_cstr(&r);
    uint64_t child = rp_uleb(&r);
    if (r.bad)
        return broken(w, l->next, "an edge is cut short");
    w->work += r.pos - l->next;
    if (w->work > w->all.buf.len || w->stack.n > RP_MAX_NAME)
        return broken(w, l->next, "nodes are met more than once");
    if (edge.len > sizeof w->name - l->name_len)
        return broken(w, l->next, "a name is too long");
    memcpy(w->name + l->name_len, edge.ptr, edge.len);
    w->name_len = l->name_len + edge.len;
    l->next = r.pos;
    l->left--;
    return enter(w, child);
}

rp_trie_end rp_macho_trie_walk(rp_image *img, const rp_macho_range *range, rp_trie_fn visit,
                               void *user)
{
    walk *w = rp_new(img->arena, 1, walk);
    if (w == NULL)
        return RP_TRIE_STOPPED;
    w->img = img;
    w->visit = visit;
    w->user = user;
    if (!rp_source_reader(img->src, range->off, range->size, false, &w->all))
        return broken(w, 0, "it cannot be read");
    rp_trie_end end = enter(w, 0);
    while (end == RP_TRIE_WHOLE && w->stack.n != 0) {
        level *l = &w->stack.items[w->stack.n - 1];
        if (l->left == 0)
            w->stack.n--;
        else
            end = follow(w, l);
    }
    return end;
}
