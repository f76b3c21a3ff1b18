/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/codesign.h"

#include "base/limits.h"
#include "obj/macho.h"

#define MAGIC_SUPERBLOB        0xfade0cc0u
#define MAGIC_CODE_DIRECTORY   0xfade0c02u
#define MAGIC_ENTITLEMENTS     0xfade7171u
#define MAGIC_ENTITLEMENTS_DER 0xfade7172u
#define MAGIC_CMS              0xfade0b01u

enum { BLOB_HEADER = 8, DIRECTORY_MIN = 44, DIRECTORY_MAX = 108 };
enum { VERSION_SCATTER = 0x20100, VERSION_TEAM = 0x20200, VERSION_LIMIT64 = 0x20300 };
enum { VERSION_EXEC = 0x20400, VERSION_RUNTIME = 0x20500 };
/* CS_SUPPORTSEARLIEST and the compatibility limit of cs_blobs.h */
enum { VERSION_EARLIEST = 0x20001, VERSION_LATEST = 0x2f000 };

typedef struct {
    rp_image *img;
    rp_codesign *sign;
    RP_VEC(rp_sign_blob) blobs;
    RP_VEC(rp_code_directory) directories;
    bool out_of_memory;
} signing;

static void cannot(signing *s, uint64_t at, const char *why)
{
    if (s->sign->known != RP_UNKNOWN)
        rp_image_odd(s->img, at, "code signature: %s", why);
    if (s->sign->known != RP_UNKNOWN || s->sign->why == NULL)
        s->sign->why = why;
    s->sign->known = RP_UNKNOWN;
}

/* A reader of a blob, from its own magic on, no further than the superblob. */
static bool blob_reader(signing *s, uint64_t at, uint64_t len, rp_reader *ret)
{
    const rp_codesign *c = s->sign;
    if (at < c->at || at - c->at > c->size || len > c->size - (at - c->at))
        return false;
    return rp_source_reader(s->img->src, at, len, true, ret);
}

static uint8_t hash_size_of(unsigned type)
{
    static const uint8_t sizes[] = {0, 20, 32, 20, 48};
    return type < RP_COUNT(sizes) ? sizes[type] : 0;
}

/* The kernel's order of preference (hashPriorities of ubc_subr.c). */
static unsigned rank_of(unsigned type)
{
    static const uint8_t ranks[] = {0, 1, 3, 2, 4};
    return type < RP_COUNT(ranks) ? ranks[type] : 0;
}

/* The fields that later versions added, in order. */
static void read_versions(rp_reader *r, rp_code_directory *d, uint32_t *team)
{
    if (d->version >= VERSION_SCATTER)
        d->scattered = rp_u32(r) != 0;
    if (d->version >= VERSION_TEAM)
        *team = rp_u32(r);
    if (d->version >= VERSION_LIMIT64) {
        (void)rp_u32(r);
        uint64_t limit = rp_u64(r);
        if (limit != 0)
            d->code_limit = limit;
    }
    if (d->version >= VERSION_EXEC) {
        rp_skip_bytes(r, 16); /* the executable segment's place */
        d->exec_flags = rp_u64(r);
    }
    if (d->version >= VERSION_RUNTIME)
        d->runtime = rp_u32(r);
}

static bool directory_string(signing *s, const rp_code_directory *d, uint32_t offset, rp_str *ret)
{
    if (offset < DIRECTORY_MIN || offset >= d->length)
        return false;
    uint64_t len = d->length - offset < RP_MAX_NAME ? d->length - offset : RP_MAX_NAME;
    rp_reader r;
    return blob_reader(s, d->at + offset, len, &r) && rp_cstr(&r, 0, ret);
}

/* What the kernel's cs_validate_codedirectory asks for. */
static const char *fault(const rp_code_directory *d, uint64_t hashes)
{
    if (d->version < VERSION_EARLIEST || d->version > VERSION_LATEST)
        return "a code directory of a version that no system reads";
    if (hash_size_of(d->hash_type) == 0)
        return "a code directory with an unknown hash";
    if (d->hash_size != hash_size_of(d->hash_type))
        return "a code directory with a wrong hash size";
    if (hashes > d->length || hashes / d->hash_size < d->nspecial ||
        (d->length - hashes) / d->hash_size < d->ncode)
        return "a code directory whose hashes do not fit";
    return NULL;
}

static void read_directory(signing *s, const rp_sign_blob *blob)
{
    rp_reader r;
    uint64_t len = blob->length < DIRECTORY_MAX ? blob->length : DIRECTORY_MAX;
    if (!blob_reader(s, blob->at, len, &r)) {
        cannot(s, blob->at, "a code directory lies outside");
        return;
    }
    rp_code_directory d = {.at = blob->at, .slot = blob->slot, .length = blob->length};
    rp_skip_bytes(&r, BLOB_HEADER);
    d.version = rp_u32(&r);
    d.flags_at = rp_at(&r);
    d.flags = rp_u32(&r);
    uint32_t hashes = rp_u32(&r);
    uint32_t identifier = rp_u32(&r), team = 0;
    d.nspecial = rp_u32(&r);
    d.ncode = rp_u32(&r);
    d.code_limit = rp_u32(&r);
    d.hash_size = rp_u8(&r);
    d.hash_type = rp_u8(&r);
    (void)rp_u8(&r); /* platform */
    d.page_shift = rp_u8(&r);
    (void)rp_u32(&r); /* spare */
    read_versions(&r, &d, &team);
    d.hashes_at = d.at + hashes;
    const char *wrong = r.bad ? "a code directory is cut short" : fault(&d, hashes);
    if (wrong == NULL && !directory_string(s, &d, identifier, &d.identifier))
        wrong = "a code directory whose identifier lies outside";
    if (wrong == NULL && team != 0 && !directory_string(s, &d, team, &d.team))
        wrong = "a code directory whose team lies outside";
    if (wrong != NULL) {
        cannot(s, blob->at, wrong);
        return;
    }
    rp_code_directory *to = rp_vec_push(s->img->arena, &s->directories);
    if (to == NULL)
        s->out_of_memory = true;
    else
        *to = d;
}

static bool is_directory_slot(uint32_t slot)
{
    return slot == RP_CS_SLOT_CODE_DIRECTORY ||
           (slot >= RP_CS_SLOT_ALTERNATE && slot < RP_CS_SLOT_ALTERNATE + 5);
}

/* The index of the superblob: slot and offset of each blob. */
static void read_index(signing *s, uint32_t count)
{
    rp_reader r;
    uint64_t at = s->sign->at + 12;
    if (count > RP_MAX_SIGNATURE_BLOBS || !blob_reader(s, at, (uint64_t)count * 8, &r)) {
        cannot(s, at, "its index does not fit");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = rp_u32(&r);
        uint32_t offset = rp_u32(&r);
        rp_sign_blob b = {.slot = slot, .at = s->sign->at + offset};
        rp_reader head;
        if (!blob_reader(s, b.at, BLOB_HEADER, &head)) {
            cannot(s, rp_at(&r) - 8, "a blob lies outside");
            continue;
        }
        b.magic = rp_u32(&head);
        b.length = rp_u32(&head);
        if (b.length < BLOB_HEADER || b.length > s->sign->size - (b.at - s->sign->at)) {
            cannot(s, b.at, "a blob is longer than what holds it");
            continue;
        }
        rp_sign_blob *to = rp_vec_push(s->img->arena, &s->blobs);
        if (to == NULL) {
            s->out_of_memory = true;
            return;
        }
        *to = b;
    }
}

static const rp_sign_blob *blob_in(signing *s, uint32_t slot, uint32_t magic)
{
    const rp_sign_blob *found = NULL;
    for (uint32_t i = 0; i < s->blobs.n; i++) {
        const rp_sign_blob *b = &s->blobs.items[i];
        if (b->slot != slot)
            continue;
        if (b->magic != magic)
            cannot(s, b->at, "a blob that is not what its slot says");
        else if (found != NULL)
            cannot(s, b->at, "two blobs for one slot");
        else
            found = b;
    }
    return found;
}

static void pick(signing *s)
{
    rp_codesign *c = s->sign;
    c->blobs = s->blobs.items;
    c->nblobs = s->blobs.n;
    c->directories = s->directories.items;
    c->ndirectories = s->directories.n;
    for (uint32_t i = 0; i < c->ndirectories; i++) {
        const rp_code_directory *d = &c->directories[i];
        if (c->best == NULL || rank_of(d->hash_type) > rank_of(c->best->hash_type))
            c->best = d;
        else if (rank_of(d->hash_type) == rank_of(c->best->hash_type))
            cannot(s, d->at, "two code directories with the same hash");
    }
    if (c->best == NULL)
        cannot(s, c->at, "no readable code directory");
    c->cms = blob_in(s, RP_CS_SLOT_CMS, MAGIC_CMS);
    if (c->cms != NULL && c->cms->length == BLOB_HEADER)
        c->cms = NULL; /* ad hoc: the wrapper is there, and empty */
    c->xml = blob_in(s, RP_CS_SLOT_ENTITLEMENTS, MAGIC_ENTITLEMENTS);
    c->der = blob_in(s, RP_CS_SLOT_ENTITLEMENTS_DER, MAGIC_ENTITLEMENTS_DER);
}

static void read_superblob(signing *s)
{
    rp_codesign *c = s->sign;
    rp_reader r;
    uint64_t file = s->img->src->size;
    if (c->at > file || c->size > file - c->at) {
        cannot(s, c->at, "it is cut short");
        return;
    }
    if (!rp_source_reader(s->img->src, c->at, 12, true, &r)) {
        cannot(s, c->at, "it lies outside the file");
        return;
    }
    uint32_t magic = rp_u32(&r);
    uint32_t length = rp_u32(&r);
    uint32_t count = rp_u32(&r);
    if (magic != MAGIC_SUPERBLOB || length < 12 || length > c->size) {
        cannot(s, c->at,
               magic != MAGIC_SUPERBLOB ? "not a signature superblob"
                                        : "the superblob does not fit");
        return;
    }
    c->size = length;
    read_index(s, count);
    for (uint32_t i = 0; i < s->blobs.n && !s->out_of_memory; i++) {
        const rp_sign_blob *b = &s->blobs.items[i];
        if (!is_directory_slot(b->slot))
            continue;
        if (b->magic == MAGIC_CODE_DIRECTORY)
            read_directory(s, b);
        else
            cannot(s, b->at, "a blob that is not what its slot says");
    }
    pick(s);
}

static rp_code keys_of(signing *s, const rp_sign_blob *blob, rp_sign_keys *keys)
{
    rp_bytes body;
    uint64_t at = blob->at + BLOB_HEADER;
    uint32_t len = blob->length - BLOB_HEADER;
    if (len > RP_MAX_ENTITLEMENT_BYTES)
        return RP_E_LIMIT;
    if (!rp_source_bytes(s->img->src, at, len, &body))
        return RP_E_FORMAT;
    return blob == s->sign->xml ? rp_plist_keys(s->img->arena, body, at, keys)
                                : rp_der_keys(s->img->arena, body, at, keys);
}

static const rp_sign_key *key_named(const rp_sign_keys *keys, rp_str name)
{
    for (uint32_t i = 0; i < keys->n; i++)
        if (rp_str_eq(keys->items[i].name, name))
            return &keys->items[i];
    return NULL;
}

/* Adds to `keys` what only the DER form says. Systems read the one or the other by their age: a
 * file in which the two differ shows each another face. */
static rp_code merge(signing *s, rp_sign_keys *keys, const rp_sign_keys *der)
{
    bool both = s->sign->xml != NULL;
    uint32_t shared = 0, before = keys->n;
    for (uint32_t i = 0; i < der->n; i++) {
        const rp_sign_key *same = key_named(keys, der->items[i].name);
        if (same != NULL && same->value == der->items[i].value) {
            shared++;
            continue;
        }
        rp_sign_key *to = rp_vec_push(s->img->arena, keys);
        if (to == NULL)
            return RP_E_MEMORY;
        *to = der->items[i];
    }
    if (both && (shared != before || shared != der->n))
        rp_image_odd(s->img, s->sign->der->at,
                     "code signature: XML and DER entitlements say different things");
    return RP_OK;
}

static void read_entitlements(signing *s)
{
    rp_codesign *c = s->sign;
    rp_sign_keys keys = {0}, der = {0};
    rp_code code = RP_OK;
    c->entitlements_known = c->known == RP_UNKNOWN ? RP_UNKNOWN : RP_NO;
    if (c->xml == NULL && c->der == NULL)
        return;
    if (c->xml != NULL)
        code = keys_of(s, c->xml, &keys);
    if (code == RP_OK && c->der != NULL)
        code = keys_of(s, c->der, &der);
    if (code == RP_OK && c->der != NULL)
        code = merge(s, &keys, &der);
    s->out_of_memory |= code == RP_E_MEMORY;
    c->entitlements_known = code == RP_OK && c->known == RP_YES ? RP_YES : RP_UNKNOWN;
    if (code != RP_OK && code != RP_E_MEMORY)
        rp_image_odd(s->img, c->xml ? c->xml->at : c->der->at,
                     "code signature: the entitlements cannot be read");
    c->entitlements = keys.items;
    c->nentitlements = keys.n;
}

rp_code rp_codesign_read(rp_image *img, const rp_codesign **ret, rp_error *err)
{
    const rp_macho_range *range = &img->macho->code_signature;
    rp_codesign *c = rp_new(img->arena, 1, rp_codesign);
    if (c == NULL)
        return rp_fail_memory(err);
    *c = (rp_codesign){.known = RP_NO, .at = range->off, .size = range->size};
    signing s = {.img = img, .sign = c};
    if (range->at != RP_NOWHERE) {
        c->known = RP_YES;
        if (range->twice)
            cannot(&s, range->at, "two load commands name a signature");
        read_superblob(&s);
    } else if (!img->macho->commands_whole) {
        c->known = RP_UNKNOWN;
        c->why = "the load commands are cut short";
    }
    if (!s.out_of_memory)
        read_entitlements(&s);
    if (s.out_of_memory)
        return rp_fail_memory(err);
    *ret = c;
    return RP_OK;
}
