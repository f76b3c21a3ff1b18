/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Build attributes of ARM ("Addenda to, and Errata in, the ABI for the Arm Architecture"): which
 * core the code was built for. */
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

enum {
    TAG_FILE = 1,
    TAG_CPU_RAW_NAME = 4,
    TAG_CPU_NAME = 5,
    TAG_ARCH = 6,
    TAG_PROFILE = 7,
    TAG_COMPATIBILITY = 32
};

/* Tags 4 and 5 and odd ones above 32 have text, 32 a number and text, all others a number. */
static bool is_text(uint64_t tag)
{
    return tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME ||
           (tag > TAG_COMPATIBILITY && (tag & 1) != 0);
}

/* Architecture and profile in a run of attributes. */
static rp_arm_core core_in(rp_reader *r)
{
    rp_arm_core core = {0};
    while (rp_left(r) != 0) {
        uint64_t tag = rp_uleb(r);
        if (tag == TAG_COMPATIBILITY)
            (void)rp_uleb(r);
        if (is_text(tag) || tag == TAG_COMPATIBILITY) {
            (void)rp_next_cstr(r);
            continue;
        }
        uint64_t value = rp_uleb(r);
        if (r->bad || value > 0x7f)
            continue;
        if (tag == TAG_PROFILE)
            core.profile = (char)value;
        else if (tag == TAG_ARCH)
            core.arch = (uint8_t)value;
    }
    return core;
}

/* 'A', then sections of (length, vendor, sub-sections of (tag, length, attributes)). The one that
 * is for the whole file comes first. */
rp_arm_core rp_elf_arm_core(rp_image *img)
{
    const rp_arm_core none = {0};
    const rp_section *s = rp_image_section(img, ".ARM.attributes");
    rp_reader r, attributes;
    if (img->machine != EM_ARM || s == NULL || s->offset == RP_NOWHERE ||
        !rp_source_reader(img->src, s->offset, s->filesz < 4096 ? s->filesz : 4096, img->big, &r))
        return none;
    if (rp_u8(&r) != 'A')
        return none;
    (void)rp_u32(&r);
    rp_str vendor = rp_next_cstr(&r);
    size_t start = r.pos;
    uint64_t tag = rp_uleb(&r), length = rp_u32(&r), head = r.pos - start;
    if (r.bad || !rp_str_is(vendor, "aeabi") || tag != TAG_FILE || length < head ||
        !rp_window(&r, r.pos, length - head, &attributes))
        return none;
    return core_in(&attributes);
}
