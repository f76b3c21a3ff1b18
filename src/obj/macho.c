/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/macho.h"

#include "base/limits.h"
#include "obj/macho_format.h"
#include "obj/macho_load.h"

bool rp_macho_identify(rp_bytes head, uint64_t size)
{
    rp_reader r = rp_reader_of(head, 0, false);
    uint32_t little = rp_u32(&r);
    rp_reader b = rp_reader_of(head, 0, true);
    uint32_t big = rp_u32(&b);
    (void)size;
    return !r.bad && (little == RP_MH_MAGIC_32 || little == RP_MH_MAGIC_64 ||
                      big == RP_MH_MAGIC_32 || big == RP_MH_MAGIC_64);
}

static rp_arch arch_of(uint32_t cputype)
{
    switch (cputype) {
    case RP_CPU_X86:
        return RP_ARCH_X86;
    case RP_CPU_X86_64:
        return RP_ARCH_X86_64;
    case RP_CPU_ARM:
        return RP_ARCH_ARM;
    case RP_CPU_ARM64:
    case RP_CPU_ARM64_32:
        return RP_ARCH_AARCH64;
    case RP_CPU_PPC:
        return RP_ARCH_PPC;
    case RP_CPU_PPC64:
        return RP_ARCH_PPC64;
    case RP_CPU_RISCV:
        return RP_ARCH_RISCV;
    default:
        return RP_ARCH_OTHER;
    }
}

static rp_kind kind_of(uint32_t filetype)
{
    switch (filetype) {
    case RP_MH_OBJECT:
        return RP_KIND_OBJECT;
    case RP_MH_EXECUTE:
        return RP_KIND_EXECUTABLE;
    case RP_MH_FVMLIB:
    case RP_MH_DYLIB:
    case RP_MH_DYLINKER:
    case RP_MH_BUNDLE:
        return RP_KIND_LIBRARY;
    case RP_MH_DSYM:
        return RP_KIND_DEBUG;
    case RP_MH_CORE:
        return RP_KIND_CORE;
    case RP_MH_PRELOAD: /* firmware: loaded by no operating system */
    case RP_MH_KEXT:
    case RP_MH_FILESET:
        return RP_KIND_KERNEL;
    default: /* MH_DYLIB_STUB has no contents */
        return RP_KIND_UNKNOWN;
    }
}

typedef struct {
    uint32_t ncommands, size; /* of all commands in bytes */
    uint32_t length;          /* of the header itself */
} header;

static rp_code read_header(rp_image *img, header *ret, rp_error *err)
{
    rp_bytes head;
    if (!rp_source_upto(img->src, 0, RP_MACHO_HEADER_64, &head))
        return rp_fail(err, RP_E_IO, 0, "the Mach-O header cannot be read");
    rp_reader r = rp_reader_of(head, 0, true);
    uint32_t magic = rp_u32(&r);
    img->big = magic == RP_MH_MAGIC_32 || magic == RP_MH_MAGIC_64;
    r = rp_reader_of(head, 0, img->big);
    magic = rp_u32(&r);
    img->bits = magic == RP_MH_MAGIC_64 ? 64 : 32;
    img->machine = rp_u32(&r);
    img->arch = arch_of(img->machine);
    img->macho->cpusubtype = rp_u32(&r);
    img->macho->filetype = rp_u32(&r);
    img->kind = kind_of(img->macho->filetype);
    ret->ncommands = rp_u32(&r);
    ret->size = rp_u32(&r);
    img->macho->flags_at = rp_at(&r);
    img->macho->flags = rp_u32(&r);
    if (img->bits == 64)
        (void)rp_u32(&r); /* reserved */
    ret->length = (uint32_t)r.pos;
    if (r.bad)
        return rp_fail(err, RP_E_FORMAT, head.len, "the Mach-O header is cut short");
    if ((img->bits == 64) != ((img->machine & RP_CPU_ABI64) != 0))
        rp_image_odd(img, 4, "the magic says %u bits, CPU type 0x%x does not", img->bits,
                     img->machine);
    return RP_OK;
}

static void one_command(rp_macho_load *l, rp_reader *r, uint32_t command)
{
    if (command == RP_LC_SEGMENT || command == RP_LC_SEGMENT_64)
        rp_macho_load_segment(l, r, command == RP_LC_SEGMENT_64);
    else
        rp_macho_load_other(l, r, command);
    if (r->bad) {
        l->m->commands_whole = false;
        rp_image_odd(l->img, r->origin, "load command 0x%x is too short for what it holds",
                     command);
    }
}

/* All commands, from `all`. Stops, and says so, where one cannot be. */
static void each_command(rp_macho_load *l, const rp_reader *all, uint32_t ncommands)
{
    uint64_t pos = 0;
    for (uint32_t i = 0; i < ncommands && !l->out_of_memory; i++) {
        rp_reader r;
        uint32_t command = 0, size = 0;
        if (rp_window(all, pos, RP_MACHO_COMMAND, &r)) {
            command = rp_u32(&r);
            size = rp_u32(&r);
        }
        if (size < RP_MACHO_COMMAND || !rp_window(all, pos, size, &r)) {
            l->m->commands_whole = false;
            rp_image_odd(l->img, all->origin + pos, "load command %u of %u does not fit: size %u",
                         i, ncommands, size);
            return;
        }
        if (size % 4 != 0)
            rp_image_odd(l->img, all->origin + pos + 4, "load command size %u is no multiple of 4",
                         size);
        l->m->ncommands++;
        one_command(l, &r, command);
        pos += size;
    }
    if (pos < all->buf.len && !l->out_of_memory && l->m->commands_whole)
        rp_image_odd(l->img, all->origin + pos, "%llu bytes behind the last load command",
                     (unsigned long long)(all->buf.len - pos));
}

static rp_code read_commands(rp_macho_load *l, const header *h, rp_error *err)
{
    rp_image *img = l->img;
    uint32_t size = h->size < RP_MAX_COMMAND_BYTES ? h->size : RP_MAX_COMMAND_BYTES;
    uint32_t n = h->ncommands < RP_MAX_LOAD_COMMANDS ? h->ncommands : RP_MAX_LOAD_COMMANDS;
    rp_bytes bytes;
    if (!rp_source_upto(img->src, h->length, size, &bytes))
        return rp_fail(err, RP_E_IO, h->length, "the load commands cannot be read");
    l->m->commands_whole = bytes.len == h->size && n == h->ncommands;
    if (bytes.len < h->size)
        rp_image_odd(img, 20, "load commands of %u bytes are cut short", h->size);
    if (n < h->ncommands)
        rp_image_odd(img, 16, "%u load commands: only %u are read", h->ncommands, n);
    rp_reader all = rp_reader_of(bytes, h->length, img->big);
    each_command(l, &all, n);
    return l->out_of_memory ? rp_fail_memory(err) : RP_OK;
}

/* LC_MAIN counts from the segment that holds the header. */
static void find_entry(rp_image *img)
{
    rp_macho *m = img->macho;
    if (m->main_at == RP_NOWHERE) {
        img->entry = m->thread_at == RP_NOWHERE ? 0 : m->thread_pc;
        return;
    }
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (s->offset == 0 && s->filesz != 0) {
            img->entry = s->addr + m->main_offset;
            if (m->main_offset >= s->filesz)
                rp_image_odd(img, m->main_at, "the entry point lies outside its segment");
            return;
        }
    }
    rp_image_odd(img, m->main_at, "LC_MAIN, but no segment maps the start of the file");
}

static void hand_over(rp_macho_load *l)
{
    l->img->segments = l->segments.items;
    l->img->nsegments = l->segments.n;
    l->m->segment_flags = l->segment_flags.items;
    l->img->sections = l->sections.items;
    l->img->nsections = l->sections.n;
    l->img->libraries = l->libraries.items;
    l->img->nlibraries = l->libraries.n;
    l->m->dylibs = l->dylibs.items;
    l->m->rpaths = l->rpaths.items;
    l->m->nrpaths = l->rpaths.n;
    l->m->environment = l->environment.items;
    l->m->nenvironment = l->environment.n;
}

static rp_macho *macho_new(rp_arena *arena)
{
    static const rp_macho_range none = {.at = RP_NOWHERE};
    rp_macho *m = rp_new(arena, 1, rp_macho);
    if (m == NULL)
        return NULL;
    m->main_at = m->thread_at = m->dysymtab_at = m->encryption_at = m->version_at = RP_NOWHERE;
    m->symtab = m->strings = m->dyld_info = m->exports_trie = m->chained_fixups = none;
    m->function_starts = m->data_in_code = m->code_signature = none;
    return m;
}

rp_code rp_macho_open(rp_image *img, rp_error *err)
{
    rp_macho *m = macho_new(img->arena);
    if (m == NULL)
        return rp_fail_memory(err);
    img->macho = m;
    header h = {0};
    rp_macho_load l = {.img = img, .m = m};
    rp_code code = read_header(img, &h, err);
    if (code == RP_OK)
        code = read_commands(&l, &h, err);
    if (code != RP_OK)
        return code;
    hand_over(&l);
    find_entry(img);
    return RP_OK;
}

uint64_t rp_macho_base(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nsegments; i++)
        if (img->segments[i].offset == 0 && img->segments[i].filesz != 0)
            return img->segments[i].addr;
    return 0;
}

uint32_t rp_macho_segment_flags(const rp_image *img, uint32_t i)
{
    return i < img->nsegments ? img->macho->segment_flags[i] : 0;
}

const char *rp_macho_platform(uint32_t platform)
{
    static const char *const names[] = {"",
                                        "macOS",
                                        "iOS",
                                        "tvOS",
                                        "watchOS",
                                        "bridgeOS",
                                        "Mac Catalyst",
                                        "iOS simulator",
                                        "tvOS simulator",
                                        "watchOS simulator",
                                        "DriverKit",
                                        "visionOS",
                                        "visionOS simulator",
                                        "firmware",
                                        "sepOS"};
    return platform < RP_COUNT(names) ? names[platform] : "";
}
