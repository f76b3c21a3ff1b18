/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The members of an ar archive. */
#include "base/fs.h"
#include "input/ar.h"
#include "input/job.h"

static void fail_member(rp_job *job, rp_str member, rp_code code, uint64_t at, const char *text)
{
    rp_error err = {0};
    (void)rp_fail(&err, code, at, "%s", text);
    rp_job_error(job, member, &err);
}

/* The path of a thin archive's member: beside the archive. */
static rp_str beside(rp_arena *arena, rp_str archive, rp_str name)
{
    size_t folder = archive.len;
    while (folder != 0 && archive.ptr[folder - 1] != '/')
        folder--;
    if (name.len != 0 && name.ptr[0] == '/')
        folder = 0;
    char *p = rp_arena_array(arena, (uint64_t)folder + name.len + 1, 1);
    if (p == NULL)
        return (rp_str){NULL, 0};
    memcpy(p, archive.ptr, folder);
    memcpy(p + folder, name.ptr, name.len);
    return (rp_str){p, folder + name.len};
}

/* A thin archive holds names only: each is opened like a file that the user named. The sizes of
 * what was opened count as unpacked bytes, so that a small archive cannot ask for endless work. */
static void outside_member(rp_job *job, const rp_ar_member *m, rp_str name, unsigned depth)
{
    rp_arena *arena = &job->levels[depth + 1];
    rp_source src;
    rp_error err = {0};
    if (depth != 0 || job->in_memory) {
        fail_member(job, name, RP_E_UNSUPPORTED, m->at,
                    "a member of a thin archive: its bytes are not in the archive");
        return;
    }
    rp_str path = beside(arena, job->path, m->name);
    if (path.ptr == NULL) {
        fail_member(job, name, RP_E_MEMORY, RP_NOWHERE, "out of memory");
    } else if (strlen(path.ptr) != path.len) {
        fail_member(job, name, RP_E_FORMAT, m->at, "a member's name holds a NUL byte");
    } else if (rp_job_open(job, path.ptr, true, arena, &src, &err) != RP_OK) {
        rp_job_error(job, name, &err);
    } else {
        job->unpacked += src.size;
        rp_job_source(job, &src, name, depth + 1);
        rp_job_close(job);
    }
    rp_arena_reset(arena);
}

static void inside_member(rp_job *job, const rp_source *src, const rp_ar_member *m, rp_str name,
                          unsigned depth)
{
    rp_source part;
    if (!rp_source_slice(src, m->offset, m->size, &part)) {
        fail_member(job, name, RP_E_FORMAT, m->at, "the archive ends inside of this member");
        return;
    }
    part.arena = &job->levels[depth + 1];
    rp_job_source(job, &part, name, depth + 1);
    rp_arena_reset(part.arena);
}

/* Debian packages are ar archives of tar archives; their files are named as they are installed, and
 * not after the inner archive. deb(5) */
static rp_str member_name(rp_arena *arena, rp_str outer, rp_str name, bool deb)
{
    if (deb && rp_str_starts(name, "data.tar"))
        return rp_arena_str(arena, outer);
    return rp_member_join(arena, outer, name);
}

void rp_job_ar(rp_job *job, rp_source *src, rp_str member, unsigned depth)
{
    rp_ar ar;
    rp_error err = {0};
    if (!rp_ar_open(src, src->arena, &ar)) {
        fail_member(job, member, RP_E_IO, 0, "the first bytes cannot be read");
        return;
    }
    bool deb = false;
    rp_arena names = {0};
    for (uint32_t n = 0; !job->stop; n++) {
        rp_ar_member m;
        bool end = false;
        if (n == RP_MAX_ENTRIES)
            (void)rp_fail(&err, RP_E_LIMIT, ar.pos, "more than %u members", RP_MAX_ENTRIES);
        if (err.code != RP_OK || rp_ar_next(&ar, &m, &end, &err) != RP_OK || end)
            break;
        if (m.index)
            continue;
        deb = deb || (n == 0 && rp_str_is(m.name, "debian-binary"));
        rp_arena_reset(&names);
        rp_str name = member_name(&names, member, m.name, deb);
        job->open[depth].kind = deb && rp_str_starts(m.name, "data.tar") ? RP_STEP_DEB : RP_STEP_AR;
        if (name.ptr == NULL)
            fail_member(job, member, RP_E_MEMORY, RP_NOWHERE, "out of memory");
        else if (m.outside && job->unpacked > RP_MAX_ARCHIVE_TOTAL)
            fail_member(job, name, RP_E_LIMIT, m.at, "too much to read in one archive");
        else if (m.outside)
            outside_member(job, &m, name, depth);
        else
            inside_member(job, src, &m, name, depth);
    }
    rp_arena_free(&names);
    if (err.code != RP_OK)
        rp_job_error(job, member, &err);
}
