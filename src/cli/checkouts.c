/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _XOPEN_SOURCE 700 /* O_CLOEXEC */
#include "cli/checkouts.h"

#include "base/fs.h"
#include "cli/db_update.h"
#include "cli/output.h"
#include "deps/advisory_parts.h"
#include "deps/db_checkout.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A checkout whose index is made. */
typedef struct {
    const char *folder;
    rp_str state;
    const char *index, *temp;
    rp_arena *arena;
} making;

/* The file is there before the first advisory is read: the kernel's time on it is when that
 * began. */
static bool write_index(const making *m, int fd)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    rp_buf out = {0};
    rp_advisory_loader l = {.arena = m->arena};
    if (rp_fs_look(m->temp, false, &info, &err) != RP_OK ||
        rp_advisory_load_path(&l, m->folder, &err) != RP_OK || l.no_memory || l.items.n == 0)
        return false;
    rp_advisory_index_put(&l, rp_db_checkout_identity(m->state, info.changed, m->arena), &out);
    bool ok = !out.bad && rp_write_all(fd, rp_buf_str(&out)) == 0;
    rp_buf_free(&out);
    return ok;
}

/* Under a name of its own and renamed: an index is whole or not there, whoever else makes one. */
static void make_index(const making *m)
{
    (void)unlink(m->temp); /* left behind by a process of that number */
    int fd = open(m->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool ok = write_index(m, fd);
    ok = close(fd) == 0 && ok;
    if (!ok || rename(m->temp, m->index) != 0)
        (void)unlink(m->temp);
}

void rp_cli_index_checkout(const char *folder, const char *cache)
{
    rp_arena arena = {0};
    making m = {.folder = folder, .arena = &arena};
    if (cache != NULL && rp_db_checkout_state(folder, &arena, &m.state)) {
        m.index = rp_db_checkout_index(cache, folder, &arena);
        m.temp =
            rp_arena_printf(&arena, "%s.%ld", m.index != NULL ? m.index : "", (long)getpid()).ptr;
        if (m.index != NULL && m.temp != NULL && rp_make_folders(cache, &arena))
            make_index(&m);
    }
    rp_arena_free(&arena);
}
