/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Build attributes of ARM ("Addenda to, and Errata in, the ABI for the Arm Architecture"): which
 * core the code was built for. */
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

enum {
    TAG_FILE = 1,
    TAG_CPU_RAW_NAME = 4,
    TAG_CPU_NAME = 5,
    TAG_PROFILE = 7,
    TAG_COMPATIBILITY = 32
};

/* Tags 4 and 5 and odd ones above 32 have text, 32 a number and text, all others a number. */
static bool is_text(uint64_t tag)
{
    return tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME ||
           (tag > TAG_COMPATIBILITY && (tag & 1) != 0);
}

/* The profile in a run of attributes, 0 without. */
static uint64_t profile_in(rp_reader *r)
{
    uint64_t profile = 0;
    while (rp_left(r) != 0) {
        uint64_t tag = rp_uleb(r);
        if (tag == TAG_COMPATIBILITY)
            (void)rp_uleb(r);
        if (is_text(tag) || tag == TAG_COMPATIBILITY) {
            (void)rp_next_cstr(r);
            continue;
        }
        uint64_t value = rp_uleb(r);
        if (tag == TAG_PROFILE && !r->bad)
            profile = value;
    }
    return profile;
}

/* 'A', then sections of (length, vendor, sub-sections of (tag, length, attributes)). The one that
 * is for the whole file comes first. */
char rp_elf_arm_profile(rp_image *img)
{
    const rp_section *s = rp_image_section(img, ".ARM.attributes");
    rp_reader r, attributes;
    if (img->machine != EM_ARM || s == NULL || s->offset == RP_NOWHERE ||
        !rp_source_reader(img->src, s->offset, s->filesz < 4096 ? s->filesz : 4096, img->big, &r))
        return 0;
    if (rp_u8(&r) != 'A')
        return 0;
    (void)rp_u32(&r);
    rp_str vendor = rp_next_cstr(&r);
    size_t start = r.pos;
    uint64_t tag = rp_uleb(&r), length = rp_u32(&r), head = r.pos - start;
    if (r.bad || !rp_str_is(vendor, "aeabi") || tag != TAG_FILE || length < head ||
        !rp_window(&r, r.pos, length - head, &attributes))
        return 0;
    uint64_t profile = profile_in(&attributes);
    return profile <= 0x7f ? (char)profile : 0;
}
