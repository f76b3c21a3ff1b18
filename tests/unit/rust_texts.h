/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A crate out of texts, which are put into a folder of their own for the time of reading. */
#ifndef RP_TESTS_RUST_TEXTS_H
#define RP_TESTS_RUST_TEXTS_H

#include "rust/crate.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct {
    const char *path, *text;
} rust_text;

typedef struct {
    const rust_text *items;
    size_t n;
    char folder[64]; /* while they are read */
} rust_texts;

static inline bool rust_texts_write(rust_texts *t)
{
    char path[256];
    snprintf(t->folder, sizeof t->folder, "/tmp/rust-texts-XXXXXX");
    if (mkdtemp(t->folder) == NULL)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        for (const char *at = t->items[i].path; (at = strchr(at, '/')) != NULL; at++) {
            snprintf(path, sizeof path, "%s/%.*s", t->folder, (int)(at - t->items[i].path),
                     t->items[i].path);
            (void)mkdir(path, 0700);
        }
        snprintf(path, sizeof path, "%s/%s", t->folder, t->items[i].path);
        FILE *f = fopen(path, "w");
        if (f == NULL)
            return false;
        fputs(t->items[i].text, f);
        fclose(f);
    }
    return true;
}

static inline void rust_texts_remove(rust_texts *t)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", t->folder);
    if (t->folder[0] != 0 && system(command) != 0)
        abort();
    t->folder[0] = 0;
}

static inline rp_rust_crate *rust_crate_of(rust_texts *t, rp_edition edition, rp_arena *arena)
{
    rp_rust_crate *c = NULL;
    rp_error err = {0};
    char root[256];
    if (!rust_texts_write(t))
        return NULL;
    snprintf(root, sizeof root, "%s/%s", t->folder, t->items[0].path);
    rp_rust_source source = {
        .name = RP_STR("sample"), .root = rp_str_from(root), .edition = edition};
    rp_code code = rp_rust_crate_read(&source, arena, &c, &err);
    rust_texts_remove(t);
    if (code != RP_OK)
        return NULL;
    rp_rust_crate_link(c);
    return c;
}

#endif
