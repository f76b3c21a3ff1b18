/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A crate out of texts in memory. */
#ifndef RP_TESTS_RUST_TEXTS_H
#define RP_TESTS_RUST_TEXTS_H

#include "rust/crate.h"

typedef struct {
    const char *path, *text;
} rust_text;

typedef struct {
    const rust_text *items;
    size_t n;
} rust_texts;

static inline rp_code rust_text_read(void *user, rp_str path, rp_arena *arena, rp_padded *ret,
                                     rp_error *err)
{
    const rust_texts *t = user;
    for (size_t i = 0; i < t->n; i++)
        if (rp_str_is(path, t->items[i].path))
            return rp_pad(rp_str_from(t->items[i].text), arena, ret, err);
    return rp_fail(err, RP_E_IO, RP_NOWHERE, "no such file");
}

static inline rp_rust_crate *rust_crate_of(rust_texts *texts, rp_edition edition, rp_arena *arena)
{
    rp_rust_crate *c = NULL;
    rp_error err = {0};
    rp_rust_source source = {.name = RP_STR("sample"),
                             .root = rp_str_from(texts->items[0].path),
                             .edition = edition,
                             .read = rust_text_read,
                             .user = texts};
    if (rp_rust_crate_read(&source, arena, &c, &err) != RP_OK)
        return NULL;
    rp_rust_crate_link(c);
    return c;
}

#endif
