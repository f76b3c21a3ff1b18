/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Load commands other than segments. */
#include "base/limits.h"
#include "obj/macho_format.h"
#include "obj/macho_load.h"

/* lc_str: an offset from the command's start. Meant to end with NUL; dyld does not insist. */
static rp_str command_string(rp_macho_load *l, rp_reader *r, uint32_t offset)
{
    rp_str s = {"", 0};
    if (rp_cstr(r, offset, &s))
        return s;
    if (offset < RP_MACHO_COMMAND || offset >= r->buf.len) {
        r->bad = true;
        return s;
    }
    rp_image_odd(l->img, r->origin + offset, "the text of a load command has no end");
    return (rp_str){(const char *)r->buf.ptr + offset, r->buf.len - offset};
}

static void load_dylib(rp_macho_load *l, rp_reader *r, uint32_t command)
{
    rp_str name = command_string(l, r, rp_u32(r));
    (void)rp_u32(r); /* timestamp */
    uint32_t version = rp_u32(r);
    (void)rp_u32(r); /* compatibility version */
    if (r->bad)
        return;
    if (command == RP_LC_ID_DYLIB) {
        l->m->install_name = (rp_macho_text){name, r->origin};
        return;
    }
    rp_str *lib = rp_vec_push(l->img->arena, &l->libraries);
    rp_macho_dylib *d = rp_vec_push(l->img->arena, &l->dylibs);
    if (lib == NULL || d == NULL) {
        l->out_of_memory = true;
        return;
    }
    *lib = name;
    *d = (rp_macho_dylib){name, r->origin, command, version, command == RP_LC_LOAD_WEAK_DYLIB};
}

static void load_text(rp_macho_load *l, rp_reader *r, uint32_t command)
{
    rp_macho_text text = {command_string(l, r, rp_u32(r)), r->origin};
    if (r->bad)
        return;
    if (command == RP_LC_LOAD_DYLINKER) {
        l->m->dylinker = text;
        return;
    }
    rp_macho_text *to = command == RP_LC_RPATH ? rp_vec_push(l->img->arena, &l->rpaths)
                                               : rp_vec_push(l->img->arena, &l->environment);
    if (to == NULL)
        l->out_of_memory = true;
    else
        *to = text;
}

/* The first of its kind counts; a second one is remembered as such. */
static void set_range(rp_macho_load *l, rp_macho_range *range, const rp_reader *r, uint64_t off,
                      uint64_t size)
{
    if (r->bad)
        return;
    if (range->at != RP_NOWHERE) {
        range->twice = true;
        rp_image_odd(l->img, r->origin, "a second load command of a kind that may come once");
        return;
    }
    *range = (rp_macho_range){.at = r->origin, .off = off, .size = size};
    if (off > l->img->src->size || size > l->img->src->size - off)
        rp_image_odd(l->img, r->origin, "a load command points outside the file: 0x%llx+0x%llx",
                     (unsigned long long)off, (unsigned long long)size);
}

static void load_linkedit(rp_macho_load *l, rp_reader *r, rp_macho_range *range)
{
    uint32_t off = rp_u32(r);
    uint32_t size = rp_u32(r);
    set_range(l, range, r, off, size);
}

static void load_symtab(rp_macho_load *l, rp_reader *r)
{
    uint32_t off = rp_u32(r);
    uint64_t n = rp_u32(r);
    uint32_t strings = rp_u32(r);
    uint32_t strings_size = rp_u32(r);
    unsigned record = l->img->bits == 64 ? RP_MACHO_NLIST_64 : RP_MACHO_NLIST_32;
    bool first = l->m->symtab.at == RP_NOWHERE;
    set_range(l, &l->m->symtab, r, off, n * record);
    if (first)
        set_range(l, &l->m->strings, r, strings, strings_size);
}

static void load_dysymtab(rp_macho_load *l, rp_reader *r)
{
    (void)rp_u32(r);
    uint32_t nlocal = rp_u32(r);
    (void)rp_u32(r);
    uint32_t nextdefined = rp_u32(r);
    (void)rp_u32(r);
    uint32_t nundefined = rp_u32(r);
    rp_skip_bytes(r, 48); /* tables of contents and references of static linking */
    if (r->bad || l->m->dysymtab_at != RP_NOWHERE)
        return;
    l->m->dysymtab_at = r->origin;
    l->m->nlocal = nlocal;
    l->m->nextdefined = nextdefined;
    l->m->nundefined = nundefined;
}

static void load_dyld_info(rp_macho_load *l, rp_reader *r)
{
    rp_skip_bytes(r, 28); /* rebase, bind, weak bind, offset of lazy bind */
    uint32_t lazy = rp_u32(r);
    uint32_t off = rp_u32(r);
    uint32_t size = rp_u32(r);
    if (!r->bad && l->m->dyld_info.at == RP_NOWHERE)
        l->m->lazy_bind_size = lazy;
    set_range(l, &l->m->dyld_info, r, off, size);
}

static void set_version(rp_macho_load *l, const rp_reader *r, uint32_t platform, uint32_t min_os,
                        uint32_t sdk)
{
    /* zippered libraries have one for macOS and one for Catalyst: the first is the main one */
    if (r->bad || l->m->version_at != RP_NOWHERE)
        return;
    l->m->version_at = r->origin;
    l->m->platform = platform;
    l->m->min_os = min_os;
    l->m->sdk = sdk;
}

static void load_build_version(rp_macho_load *l, rp_reader *r)
{
    uint32_t platform = rp_u32(r);
    uint32_t min_os = rp_u32(r);
    uint32_t sdk = rp_u32(r);
    uint32_t n = rp_u32(r);
    bool first = l->m->version_at == RP_NOWHERE;
    if (n > rp_left(r) / 8)
        r->bad = true;
    set_version(l, r, platform, min_os, sdk);
    if (r->bad || !first)
        return;
    rp_macho_tool *tools = rp_new(l->img->arena, n, rp_macho_tool);
    if (tools == NULL) {
        l->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        tools[i].tool = rp_u32(r);
        tools[i].version = rp_u32(r);
    }
    l->m->tools = tools;
    l->m->ntools = n;
}

static void load_min_version(rp_macho_load *l, rp_reader *r, uint32_t command)
{
    uint32_t platform = command == RP_LC_MIN_MACOSX     ? 1
                        : command == RP_LC_MIN_IPHONEOS ? 2
                        : command == RP_LC_MIN_TVOS     ? 3
                                                        : 4;
    uint32_t min_os = rp_u32(r);
    uint32_t sdk = rp_u32(r);
    set_version(l, r, platform, min_os, sdk);
}

static void load_uuid(rp_macho_load *l, rp_reader *r)
{
    const uint8_t *p = rp_take(r, 16);
    if (p != NULL)
        l->m->uuid = (rp_bytes){p, 16};
}

static void load_encryption(rp_macho_load *l, rp_reader *r)
{
    (void)rp_u32(r); /* cryptoff */
    (void)rp_u32(r); /* cryptsize */
    uint32_t id = rp_u32(r);
    if (r->bad || (l->m->encryption_at != RP_NOWHERE && l->m->cryptid != 0))
        return;
    l->m->encryption_at = r->origin;
    l->m->cryptid = id;
}

static void load_main(rp_macho_load *l, rp_reader *r)
{
    uint64_t offset = rp_u64(r);
    uint64_t stack = rp_u64(r);
    if (r->bad || l->m->main_at != RP_NOWHERE)
        return;
    l->m->main_at = r->origin;
    l->m->main_offset = offset;
    l->m->stack_size = stack;
}

/* Where the program counter lies in a thread state (mach/<arch>/_structs.h). */
static const struct {
    uint32_t cputype, flavor, offset, width;
} thread_states[] = {
    {RP_CPU_X86, 1, 40, 4},    {RP_CPU_X86_64, 4, 128, 8}, {RP_CPU_ARM, 1, 60, 4},
    {RP_CPU_ARM64, 6, 256, 8}, {RP_CPU_PPC, 1, 0, 4},      {RP_CPU_PPC64, 5, 0, 8},
};

static void load_thread(rp_macho_load *l, rp_reader *r)
{
    uint32_t flavor = rp_u32(r);
    (void)rp_u32(r); /* count of words */
    for (size_t i = 0; i < RP_COUNT(thread_states) && !r->bad; i++) {
        if (thread_states[i].cputype != l->img->machine || thread_states[i].flavor != flavor)
            continue;
        rp_skip_bytes(r, thread_states[i].offset);
        uint64_t pc = rp_uint(r, thread_states[i].width);
        if (r->bad)
            return;
        l->m->thread_pc = pc;
        l->m->thread_at = r->origin;
    }
}

void rp_macho_load_other(rp_macho_load *l, rp_reader *r, uint32_t command)
{
    rp_skip_bytes(r, RP_MACHO_COMMAND);
    switch (command) {
    case RP_LC_LOAD_DYLIB:
    case RP_LC_LOAD_WEAK_DYLIB:
    case RP_LC_REEXPORT_DYLIB:
    case RP_LC_LOAD_UPWARD_DYLIB:
    case RP_LC_LAZY_LOAD_DYLIB:
    case RP_LC_ID_DYLIB:
        load_dylib(l, r, command);
        break;
    case RP_LC_RPATH:
    case RP_LC_LOAD_DYLINKER:
    case RP_LC_DYLD_ENVIRONMENT:
        load_text(l, r, command);
        break;
    case RP_LC_SYMTAB:
        load_symtab(l, r);
        break;
    case RP_LC_DYSYMTAB:
        load_dysymtab(l, r);
        break;
    case RP_LC_UUID:
        load_uuid(l, r);
        break;
    case RP_LC_MAIN:
        load_main(l, r);
        break;
    case RP_LC_UNIXTHREAD:
        load_thread(l, r);
        break;
    case RP_LC_BUILD_VERSION:
        load_build_version(l, r);
        break;
    case RP_LC_MIN_MACOSX:
    case RP_LC_MIN_IPHONEOS:
    case RP_LC_MIN_TVOS:
    case RP_LC_MIN_WATCHOS:
        load_min_version(l, r, command);
        break;
    case RP_LC_ENCRYPTION:
    case RP_LC_ENCRYPTION_64:
        load_encryption(l, r);
        break;
    case RP_LC_DYLD_INFO:
    case RP_LC_DYLD_INFO_ONLY:
        load_dyld_info(l, r);
        break;
    case RP_LC_EXPORTS_TRIE:
        load_linkedit(l, r, &l->m->exports_trie);
        break;
    case RP_LC_CHAINED_FIXUPS:
        load_linkedit(l, r, &l->m->chained_fixups);
        break;
    case RP_LC_FUNCTION_STARTS:
        load_linkedit(l, r, &l->m->function_starts);
        break;
    case RP_LC_DATA_IN_CODE:
        load_linkedit(l, r, &l->m->data_in_code);
        break;
    case RP_LC_CODE_SIGNATURE:
        load_linkedit(l, r, &l->m->code_signature);
        break;
    default:
        break;
    }
}
