/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/fingerprint.h"

enum { CARGO_HASH = 16 }; /* hex digits behind a '-' in target/…/deps */

/* FNV-1a with 128 bits (prime 2^88 + 0x13b), in two halves. */
typedef struct {
    uint64_t high, low;
} fnv;

static fnv fnv_byte(fnv h, uint8_t byte)
{
    h.low ^= byte;
    /* times 0x13b; what of the low half, 64 x 9 bits, is carried is seen in halves of 32 */
    uint64_t a = (h.low & 0xffffffffu) * 0x13b;
    uint64_t b = (h.low >> 32) * 0x13b + (a >> 32);
    /* + times 2^88: only the low 40 bits stay, 24 up in the high half */
    return (fnv){.high = h.high * 0x13b + (b >> 32) + (h.low << 24), .low = h.low * 0x13b};
}

static fnv fnv_str(fnv h, rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        h = fnv_byte(h, (uint8_t)s.ptr[i]);
    return h;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Length of a Cargo hash at the start of `s`, 0 without. */
static size_t cargo_hash(rp_str s)
{
    if (s.len < CARGO_HASH + 1 || s.ptr[0] != '-')
        return 0;
    size_t n = 1;
    while (n < s.len && is_hex(s.ptr[n]))
        n++;
    return n == CARGO_HASH + 1 ? n : 0;
}

static fnv fnv_name(fnv h, rp_str name)
{
    for (size_t i = 0; i < name.len;) {
        size_t skip = name.ptr[i] == '-' ? cargo_hash(rp_str_sub(name, i, SIZE_MAX)) : 0;
        if (skip == 0)
            h = fnv_byte(h, (uint8_t)name.ptr[i++]);
        i += skip;
    }
    return h;
}

/* Every run of digits counts as one '#': offsets, sizes and counts differ from build to build. */
static fnv fnv_message(fnv h, rp_str s)
{
    for (size_t i = 0; i < s.len;) {
        bool hex = s.ptr[i] == '0' && i + 1 < s.len && s.ptr[i + 1] == 'x';
        if (!is_digit(s.ptr[i])) {
            h = fnv_byte(h, (uint8_t)s.ptr[i++]);
            continue;
        }
        h = fnv_byte(h, '#');
        i += hex ? 2 : 1;
        while (i < s.len && (hex ? is_hex(s.ptr[i]) : is_digit(s.ptr[i])))
            i++;
    }
    return h;
}

static fnv fnv_target(const char *code, rp_str path, rp_str member)
{
    fnv h = {0x6c62272e07bb0142u, 0x62b821756295c58du};
    size_t base = path.len;
    while (base != 0 && path.ptr[base - 1] != '/')
        base--;
    h = fnv_byte(fnv_str(h, rp_str_from(code)), 0);
    h = fnv_byte(fnv_name(h, rp_str_sub(path, base, SIZE_MAX)), 0);
    return fnv_byte(fnv_name(h, member), 0);
}

void rp_fingerprint(const char *code, rp_str path, rp_str member, rp_str message, uint64_t ret[2])
{
    fnv h = fnv_message(fnv_target(code, path, member), message);
    ret[0] = h.high;
    ret[1] = h.low;
}

void rp_fingerprint_subject(const char *code, rp_str path, rp_str member, rp_str subject,
                            uint64_t ret[2])
{
    fnv h = fnv_str(fnv_target(code, path, member), subject);
    ret[0] = h.high;
    ret[1] = h.low;
}

void rp_fingerprint_result(const rp_target_report *target, const rp_result *result, uint64_t ret[2])
{
    const rp_out *out = &result->out;
    const char *code = result->check->code;
    if (out->subject.len != 0)
        rp_fingerprint_subject(code, target->path, target->member, out->subject, ret);
    else
        rp_fingerprint(code, target->path, target->member, out->text, ret);
}
