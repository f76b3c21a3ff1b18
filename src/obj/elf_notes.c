/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Notes: build-id, GNU properties, Android's memory tagging. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

/* One note; `desc` is a window of its payload. */
typedef struct {
    rp_str name; /* without its NUL */
    uint32_t type;
    rp_reader desc;
    uint64_t at;
} note;

typedef enum { NOTE_END, NOTE_READ, NOTE_BAD } note_result;

static uint64_t up(uint64_t v, uint64_t align)
{
    return (v + align - 1) & ~(align - 1);
}

/* gABI note: namesz, descsz, type, name, desc, each part padded to `align` measured from the start
 * of the note (8 for GNU properties of 64-bit files, else 4). */
static note_result next_note(rp_reader *r, uint64_t align, note *ret)
{
    uint64_t start = up(r->pos, align);
    if (start + 12 > r->buf.len)
        return NOTE_END; /* fewer bytes than a header: padding */
    rp_seek(r, start);
    ret->at = rp_at(r);
    uint64_t namesz = rp_u32(r), descsz = rp_u32(r);
    ret->type = rp_u32(r);
    if (namesz == 0 && descsz == 0 && ret->type == 0)
        return NOTE_END; /* zeroes: padding between notes of different alignment */
    rp_str name = rp_next_str(r, namesz);
    while (name.len > 0 && name.ptr[name.len - 1] == 0)
        name.len--;
    ret->name = name;
    uint64_t desc = up(12 + namesz, align);
    if (r->bad || !rp_window(r, start + desc, descsz, &ret->desc))
        return NOTE_BAD;
    uint64_t end = up(start + desc + descsz, align);
    rp_seek(r, end < r->buf.len ? end : r->buf.len);
    return NOTE_READ;
}

/* True when the whole of `r` is a run of well-formed notes. */
static bool well_formed(rp_reader r, uint64_t align)
{
    note n;
    for (uint32_t i = 0; i < RP_MAX_NOTES; i++) {
        note_result got = next_note(&r, align, &n);
        if (got != NOTE_READ)
            return got == NOTE_END;
    }
    return false;
}

static void malformed_property(rp_image *img, uint64_t at, const char *why)
{
    img->elf->properties.why = why;
    rp_image_odd(img, at, "%s", why);
}

/* Keeps one program property of this file's machine. Types are numbered per machine: 0xc0000000 is
 * AArch64's and RISC-V's feature word, but an old ISA level on x86. */
static bool keep_property(rp_image *img, uint32_t type, rp_reader *data)
{
    rp_elf_properties *p = &img->elf->properties;
    uint64_t at = rp_at(data);
    if ((img->arch == RP_ARCH_X86 || img->arch == RP_ARCH_X86_64) &&
        type == GNU_PROPERTY_X86_FEATURE_1_AND) {
        p->x86_feature_1 = rp_u32(data);
        p->x86_feature_at = at;
    } else if (img->arch == RP_ARCH_AARCH64 && type == GNU_PROPERTY_AARCH64_FEATURE_1_AND) {
        p->aarch64_feature_1 = rp_u32(data);
        p->aarch64_feature_at = at;
    } else if (img->arch == RP_ARCH_AARCH64 && type == GNU_PROPERTY_AARCH64_PAUTH) {
        p->pauth_platform = rp_u64(data);
        p->pauth_version = rp_u64(data);
        p->pauth_at = at;
    } else if (img->arch == RP_ARCH_RISCV && type == GNU_PROPERTY_RISCV_FEATURE_1_AND) {
        p->riscv_feature_1 = rp_u32(data);
        p->riscv_feature_at = at;
    } else {
        return true;
    }
    return !data->bad && rp_left(data) == 0;
}

/* The array of { pr_type, pr_datasz, data, padding to a word }, ascending by type: ld.so ignores a
 * note that breaks the order. */
static void read_properties(rp_image *img, const note *n, const char *by)
{
    rp_elf_properties *p = &img->elf->properties;
    if (p->by != NULL) { /* the first note decides, as in the kernel */
        p->others += n->at != p->at && strcmp(p->by, by) == 0;
        return;
    }
    p->by = by;
    p->at = n->at;
    rp_reader r = n->desc;
    uint32_t last = 0;
    while (rp_left(&r) >= 8) {
        uint64_t at = rp_at(&r);
        uint32_t type = rp_u32(&r), size = rp_u32(&r);
        rp_reader data;
        if (!rp_window(&r, r.pos, size, &data)) {
            malformed_property(img, at, "a GNU property is cut short");
            return;
        }
        if (type < last) {
            malformed_property(img, at, "the GNU properties are not in ascending order");
            return;
        }
        last = type;
        if (!keep_property(img, type, &data)) {
            malformed_property(img, at, "a GNU property has the wrong size");
            return;
        }
        uint64_t next = r.pos + up(size, rp_elf_word(img));
        rp_seek(&r, next < r.buf.len ? next : r.buf.len);
    }
    if (rp_left(&r) != 0)
        malformed_property(img, n->at, "the GNU property note has left-over bytes");
}

static void keep_note(rp_image *img, const note *n, const char *by)
{
    struct rp_elf *elf = img->elf;
    if (rp_str_is(n->name, "GNU")) {
        if (n->type == NT_GNU_BUILD_ID && elf->build_id.len == 0) {
            elf->build_id = (rp_str){(const char *)n->desc.buf.ptr, n->desc.buf.len};
            elf->build_id_at = n->at;
        } else if (n->type == NT_GNU_PROPERTY_TYPE_0) {
            read_properties(img, n, by);
        }
    } else if (rp_str_is(n->name, "Android") && n->type == NT_ANDROID_TYPE_MEMTAG &&
               n->desc.buf.len >= 4) {
        rp_reader r = n->desc;
        elf->android_memtag = rp_u32(&r);
        elf->android_memtag_at = n->at;
    }
}

/* Reads the notes in [off, off+len). `align` is p_align or sh_addralign. */
static void read_range(rp_image *img, uint64_t off, uint64_t len, uint64_t align, uint64_t at,
                       const char *by)
{
    struct rp_elf *elf = img->elf;
    rp_reader r;
    if (!rp_elf_part(img, off, len, at, "a note segment", &r)) {
        elf->notes_why = "a note segment lies outside the file";
        return;
    }
    /* binutils 2.30 merged 4-aligned notes into 8-aligned segments and the other way round */
    align = align == 8 ? 8 : 4;
    if (!well_formed(r, align) && well_formed(r, 12 - align))
        align = 12 - align;
    note n;
    for (uint32_t i = 0; i < RP_MAX_NOTES; i++) {
        note_result got = next_note(&r, align, &n);
        if (got == NOTE_READ) {
            keep_note(img, &n, by);
            continue;
        }
        if (got == NOTE_BAD) {
            elf->notes_why = "a note is malformed";
            rp_image_odd(img, n.at, "a note is malformed: its name or payload is cut short");
        }
        return;
    }
    elf->notes_why = "there are too many notes";
    rp_image_odd(img, at, "more than %u notes in one segment", RP_MAX_NOTES);
}

static void read_segment_notes(rp_image *img)
{
    struct rp_elf *elf = img->elf;
    const rp_elf_phdr *property = rp_elf_last_phdr(elf, PT_GNU_PROPERTY);
    if (property != NULL)
        read_range(img, property->offset, property->filesz, property->align, property->at,
                   "PT_GNU_PROPERTY");
    uint32_t seen = 0;
    for (uint32_t i = 0; i < elf->nphdrs; i++) {
        const rp_elf_phdr *p = &elf->phdrs[i];
        if (p->type == PT_NOTE && seen++ < RP_MAX_NOTE_SEGMENTS)
            read_range(img, p->offset, p->filesz, p->align, p->at, "PT_NOTE");
    }
    if (seen > RP_MAX_NOTE_SEGMENTS) {
        elf->notes_why = "there are too many note segments";
        rp_image_odd(img, elf->phdrs[0].at, "%u note segments", seen);
    }
}

/* Objects have no segments; in separate debug files only sections tell which notes are left. */
static void read_section_notes(rp_image *img)
{
    uint32_t seen = 0;
    if (img->elf->sections_why != NULL && img->elf->nphdrs == 0)
        img->elf->notes_why = img->elf->sections_why;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        bool build_attributes = rp_str_starts(s->name, ".gnu.build.attributes");
        if (s->type != SHT_NOTE || s->offset == RP_NOWHERE || build_attributes)
            continue;
        if (seen++ >= RP_MAX_NOTE_SEGMENTS) {
            img->elf->notes_why = "there are too many note sections";
            break;
        }
        bool property = rp_str_is(s->name, ".note.gnu.property");
        read_range(img, s->offset, s->filesz, property && img->bits == 64 ? 8 : 4, s->at,
                   ".note.gnu.property");
    }
}

/* .gnu_debuglink: a file name, padding, a CRC. Only debuggers need it, so it has no segment. */
static void read_debuglink(rp_image *img)
{
    const rp_section *s = rp_image_section(img, ".gnu_debuglink");
    img->elf->debuglink = RP_STR("");
    if (s != NULL && s->offset != RP_NOWHERE &&
        !rp_elf_string(img, s->offset, s->offset + s->filesz, &img->elf->debuglink))
        rp_image_odd(img, s->at, ".gnu_debuglink holds no file name");
    uint64_t place =
        (img->elf->debuglink.len + 4) & ~(uint64_t)3; /* behind the NUL, aligned to 4 */
    rp_reader r;
    if (img->elf->debuglink.len == 0 || s->filesz < place + 4 ||
        !rp_source_reader(img->src, s->offset + place, 4, img->big, &r))
        return;
    img->elf->debuglink_crc = rp_u32(&r);
    img->elf->debuglink_crc_known = true;
}

void rp_elf_read_notes(rp_image *img)
{
    rp_elf_properties *p = &img->elf->properties;
    p->at = p->x86_feature_at = p->aarch64_feature_at = RP_NOWHERE;
    p->riscv_feature_at = p->pauth_at = RP_NOWHERE;
    bool debug = img->elf->debug_file;
    if (img->elf->nphdrs != 0 && !debug && img->elf->e_type != ET_REL)
        read_segment_notes(img);
    else
        read_section_notes(img);
    if (p->by == NULL && img->elf->build_id.len == 0 && img->elf->e_type != ET_CORE && !debug &&
        img->elf->nphdrs != 0)
        read_section_notes(img); /* linker scripts that keep notes out of PT_NOTE */
    read_debuglink(img);
}

rp_str rp_elf_debug_path(rp_image *img, const char *root)
{
    static const char hex[] = "0123456789abcdef";
    rp_str id = img->elf->build_id;
    char text[2 * 64 + 1] = {0};
    if (id.len < 2 || id.len > 64)
        return RP_STR("");
    for (size_t i = 0; i < id.len; i++) {
        text[2 * i] = hex[(uint8_t)id.ptr[i] >> 4];
        text[2 * i + 1] = hex[id.ptr[i] & 15];
    }
    rp_str path = rp_arena_printf(img->arena, "%s/.build-id/%.2s/%s.debug", root, text, text + 2);
    return path.ptr ? path : RP_STR("");
}
