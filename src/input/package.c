/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/package.h"

/* Only what the magic promises is enabled: libarchive's "all" also has filters that start other
 * programs. What a compressor holds may be an archive, one file ("raw"), or nothing ("empty"). */
#define IN_COMPRESSION "format_tar", "format_cpio", "format_raw", "format_empty"

static const rp_package_kind kinds[] = {
    {"gzip", 0, {"\x1f\x8b", 2}, {"filter_gzip", IN_COMPRESSION}},
    {"xz",
     0,
     {"\xfd"
      "7zXZ\0",
      6},
     {"filter_xz", IN_COMPRESSION}},
    {"zstd", 0, {"\x28\xb5\x2f\xfd", 4}, {"filter_zstd", IN_COMPRESSION}},
    {"bzip2", 0, {"BZh", 3}, {"filter_bzip2", IN_COMPRESSION}},
    {"lz4", 0, {"\x04\x22\x4d\x18", 4}, {"filter_lz4", IN_COMPRESSION}},
    {"lzip", 0, {"LZIP", 4}, {"filter_lzip", IN_COMPRESSION}},
    {"compress", 0, {"\x1f\x9d", 2}, {"filter_compress", IN_COMPRESSION}},
    {"zip", 0, {"PK\3\4", 4}, {"format_zip"}},
    {"empty zip", 0, {"PK\5\6", 4}, {"format_zip"}},
    {"7z", 0, {"7z\xbc\xaf\x27\x1c", 6}, {"format_7zip"}},
    {"tar", 257, {"ustar", 5}, {"format_tar"}},
    {"cpio", 0, {"070701", 6}, {"format_cpio"}},
    {"cpio with checksums", 0, {"070702", 6}, {"format_cpio"}},
    {"old cpio", 0, {"070707", 6}, {"format_cpio"}},
    {"binary cpio", 0, {"\xc7\x71", 2}, {"format_cpio"}},
    {"rpm",
     0,
     {"\xed\xab\xee\xdb", 4},
     {"filter_rpm", "filter_gzip", "filter_bzip2", "filter_xz", "filter_lzma", "filter_zstd",
      "format_cpio"}},
};

/* Two bytes are not much of a magic: what follows them must fit too. */
static bool plausible(const rp_package_kind *kind, rp_bytes head)
{
    if (strcmp(kind->name, "gzip") == 0) /* RFC 1952: method 8, three reserved flag bits */
        return head.len > 3 && head.ptr[2] == 8 && (head.ptr[3] & 0xe0) == 0;
    if (strcmp(kind->name, "bzip2") == 0) /* level, then pi, or sqrt(pi) for an empty one */
        return head.len >= 10 && head.ptr[3] >= '1' && head.ptr[3] <= '9' &&
               (memcmp(head.ptr + 4, "1AY&SY", 6) == 0 ||
                memcmp(head.ptr + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
    if (strcmp(kind->name, "binary cpio") ==
        0) /* cpio(5): 26 bytes, then a name that ends in NUL */
        return head.len > 26 && (head.ptr[6] | head.ptr[7] << 8) >> 12 != 0 && head.ptr[21] < 16;
    if (strcmp(kind->name, "compress") == 0) /* at most 16 bits a code */
        return head.len > 2 && (head.ptr[2] & 0x1f) >= 9 && (head.ptr[2] & 0x1f) <= 16;
    return true;
}

const rp_package_kind *rp_package_identify(rp_bytes head)
{
    for (size_t i = 0; i < RP_COUNT(kinds); i++) {
        const rp_package_kind *k = &kinds[i];
        if (head.len >= k->offset + k->magic.len &&
            memcmp(head.ptr + k->offset, k->magic.ptr, k->magic.len) == 0 && plausible(k, head))
            return k;
    }
    return NULL;
}

size_t rp_package_tidy(char *path, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool at_start = n == 0 || path[n - 1] == '/';
        if (at_start && path[i] == '/')
            continue;
        if (at_start && path[i] == '.' && (i + 1 == len || path[i + 1] == '/'))
            continue;
        path[n++] = path[i];
    }
    return n;
}
