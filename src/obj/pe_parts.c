/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pe_parts.h"

#include "base/limits.h"

static rp_pe_found yes(uint64_t at)
{
    return (rp_pe_found){RP_YES, at, NULL};
}

static rp_pe_found no(uint64_t at)
{
    return (rp_pe_found){RP_NO, at, NULL};
}

/* An anomaly and an unknown with the same words. */
static rp_pe_found odd(rp_image *img, uint64_t at, const char *why)
{
    rp_image_odd(img, at, "%s", why);
    return (rp_pe_found){RP_UNKNOWN, at, why};
}

static bool empty(const rp_pe_dir *dir)
{
    return dir->rva == 0 || dir->size == 0;
}

static rp_pe_found absent(const rp_image *img, const rp_pe_dir *dir)
{
    const char *why = rp_pe_why_unknown(img, (unsigned)(dir - img->pe->dir));
    if (why != NULL)
        return (rp_pe_found){RP_UNKNOWN, RP_NOWHERE, why};
    return no(dir->at != 0 ? dir->at : RP_NOWHERE);
}

/* ---- debug directory ---- */

enum { DEBUG_ENTRY = 28, CODEVIEW = 2, POGO = 13, REPRO = 16, EX_DLLCHARACTERISTICS = 20 };

typedef struct {
    uint32_t type, size, rva, offset;
    uint64_t at;
} debug_entry;

/* PointerToRawData says where the data are; they need not be mapped (AddressOfRawData 0). */
static bool debug_data(rp_image *img, const debug_entry *e, uint32_t len, rp_reader *ret)
{
    if (len > e->size)
        return false;
    return e->offset != 0 ? rp_pe_file_reader(img, e->offset, len, ret)
                          : e->rva != 0 && rp_pe_reader(img, e->rva, len, ret);
}

static void read_codeview(rp_image *img, const debug_entry *e, rp_pe_debug *ret)
{
    enum { RSDS_FIXED = 24 };
    uint32_t size = e->size < RSDS_FIXED + RP_MAX_NAME ? e->size : RSDS_FIXED + RP_MAX_NAME;
    rp_reader r;
    if (!debug_data(img, e, size, &r)) {
        ret->codeview = odd(img, e->at, "the CodeView record lies outside the file");
        return;
    }
    const uint8_t *signature = rp_take(&r, 4);
    if (signature == NULL || memcmp(signature, "RSDS", 4) != 0)
        return; /* NB10 and older name no GUID */
    uint64_t at = rp_at(&r) - 4;
    const uint8_t *guid = rp_take(&r, sizeof ret->guid);
    ret->age = rp_u32(&r);
    ret->pdb_path = rp_next_cstr(&r);
    if (guid == NULL || r.bad) {
        ret->codeview = odd(img, at, "the CodeView record is cut short");
        return;
    }
    memcpy(ret->guid, guid, sizeof ret->guid);
    ret->codeview = yes(at);
}

static void read_debug_entry(rp_image *img, const debug_entry *e, rp_pe_debug *ret)
{
    rp_reader r;
    if (e->type == CODEVIEW && ret->codeview.is == RP_NO) {
        read_codeview(img, e, ret);
    } else if (e->type == POGO) {
        ret->pogo = yes(e->at);
    } else if (e->type == REPRO) {
        ret->repro = yes(e->at);
    } else if (e->type == EX_DLLCHARACTERISTICS) {
        if (!debug_data(img, e, 4, &r)) {
            ret->ex_characteristics =
                odd(img, e->at, "the extended DLL characteristics lie outside the file");
            return;
        }
        ret->ex_characteristics = yes(rp_at(&r));
        ret->ex_value = rp_u32(&r);
    }
}

static void set_all_debug(rp_pe_debug *ret, rp_pe_found found)
{
    ret->directory = ret->codeview = ret->repro = ret->pogo = ret->ex_characteristics = found;
}

void rp_pe_read_debug(rp_image *img, rp_pe_debug *ret)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_DEBUG];
    *ret = (rp_pe_debug){.pdb_path = {"", 0}};
    set_all_debug(ret, absent(img, dir));
    if (empty(dir))
        return;
    rp_reader r;
    if (dir->size > (1u << 16) || !rp_pe_reader(img, dir->rva, dir->size, &r)) {
        set_all_debug(ret, odd(img, dir->at, "the debug directory lies outside the image"));
        return;
    }
    set_all_debug(ret, no(rp_at(&r)));
    ret->directory.is = RP_YES;
    if (dir->size % DEBUG_ENTRY != 0)
        rp_image_odd(img, dir->at, "the debug directory's size is no multiple of its entries'");
    while (rp_left(&r) >= DEBUG_ENTRY) {
        debug_entry e = {.at = rp_at(&r)};
        rp_skip_bytes(&r, 12); /* Characteristics, TimeDateStamp, version */
        e.type = rp_u32(&r);
        e.size = rp_u32(&r);
        e.rva = rp_u32(&r);
        e.offset = rp_u32(&r);
        ret->entries++;
        read_debug_entry(img, &e, ret);
    }
}

/* ---- base relocations ---- */

enum { BLOCK_HEADER = 8, REL_ABSOLUTE = 0, REL_HIGHADJ = 4 };

/* The entries of one block; HIGHADJ takes the next slot as its operand. */
static uint32_t count_block(rp_reader *block)
{
    uint32_t n = 0;
    while (rp_left(block) >= 2) {
        unsigned type = rp_u16(block) >> 12;
        n += type != REL_ABSOLUTE;
        if (type == REL_HIGHADJ)
            (void)rp_u16(block);
    }
    return n;
}

rp_pe_found rp_pe_read_relocs(rp_image *img, uint32_t *ret_count)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_BASERELOC];
    *ret_count = 0;
    if (empty(dir))
        return absent(img, dir);
    rp_reader r;
    if (!rp_pe_reader(img, dir->rva, dir->size, &r))
        return odd(img, dir->at, "the base relocations lie outside the image");
    uint64_t start = rp_at(&r);
    while (rp_left(&r) >= BLOCK_HEADER) {
        uint64_t at = rp_at(&r);
        uint32_t page = rp_u32(&r), size = rp_u32(&r);
        if (page == 0 && size == 0)
            break; /* padding */
        rp_reader block;
        if (size < BLOCK_HEADER || !rp_window(&r, r.pos, size - BLOCK_HEADER, &block))
            return odd(img, at, "a block of base relocations is cut short");
        *ret_count += count_block(&block);
        rp_skip_bytes(&r, size - BLOCK_HEADER);
    }
    return yes(start);
}

/* ---- TLS, exceptions, CLR ---- */

static rp_pe_found tls_callbacks(rp_image *img, uint64_t at, uint64_t callbacks)
{
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    rp_reader r;
    uint32_t rva;
    if (callbacks == 0)
        return no(at);
    if (!rp_pe_rva(img, callbacks, &rva) || !rp_pe_reader(img, rva, width, &r))
        return odd(img, at, "the TLS callbacks lie outside the image");
    at = rp_at(&r);
    return rp_uint(&r, width) != 0 ? yes(at) : no(at);
}

void rp_pe_read_tls(rp_image *img, rp_pe_tls *ret)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_TLS];
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    rp_reader r;
    *ret = (rp_pe_tls){.directory = absent(img, dir), .callbacks = absent(img, dir)};
    if (dir->rva == 0)
        return;
    if (!rp_pe_reader(img, dir->rva, 4ull * width + 8, &r)) {
        ret->directory = odd(img, dir->at, "the TLS directory lies outside the image");
        ret->callbacks = ret->directory;
        return;
    }
    ret->directory = yes(rp_at(&r));
    uint64_t start = rp_uint(&r, width), end = rp_uint(&r, width);
    ret->index = rp_uint(&r, width);
    uint64_t at = rp_at(&r), callbacks = rp_uint(&r, width);
    ret->size = rp_u32(&r) + (end > start ? end - start : 0);
    ret->callbacks = tls_callbacks(img, at, callbacks);
}

rp_pe_found rp_pe_read_exceptions(rp_image *img, uint32_t *ret_count)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_EXCEPTION];
    *ret_count = 0;
    if (empty(dir))
        return absent(img, dir);
    unsigned entry = img->pe->machine == RP_PE_AMD64 ? 12 : 8; /* ARM, ARM64: RVA and unwind data */
    if (rp_pe_room(img, dir->rva) < dir->size)
        return odd(img, dir->at, "the exception directory lies outside the image");
    if (dir->size % entry != 0)
        rp_image_odd(img, dir->at, "the exception directory's size is no multiple of %u", entry);
    *ret_count = dir->size / entry;
    return yes(rp_pe_offset(img, dir->rva));
}

rp_pe_found rp_pe_read_clr(rp_image *img, uint32_t *ret_flags)
{
    enum { CLR_HEADER = 72, FLAGS_AT = 16 };
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_CLR];
    *ret_flags = 0;
    if (empty(dir))
        return absent(img, dir);
    rp_reader r;
    if (!rp_pe_reader(img, dir->rva, CLR_HEADER, &r))
        return odd(img, dir->at, "the CLR header lies outside the image");
    rp_seek(&r, FLAGS_AT);
    uint64_t at = rp_at(&r);
    *ret_flags = rp_u32(&r);
    return yes(at);
}
