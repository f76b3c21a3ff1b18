/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/package.h"

#include "input/cpio.h"
#include "input/tar.h"

enum { GZIP = 1, BZIP2, COMPRESS, XZ = 6, LZIP = 9, LZ4 = 13, ZSTD = 14 }; /* ARCHIVE_FILTER_… */

static const rp_package_kind kinds[] = {
    {"gzip", 0, {"\x1f\x8b", 2}, RP_PACKAGE_STREAM, GZIP, NULL, RP_WINDOW_FIXED},
    {"xz", 0, {"\xfd\x37zXZ\0", 6}, RP_PACKAGE_STREAM, XZ, NULL, RP_WINDOW_XZ},
    {"zstd", 0, {"\x28\xb5\x2f\xfd", 4}, RP_PACKAGE_STREAM, ZSTD, NULL, RP_WINDOW_ZSTD},
    {"bzip2", 0, {"BZh", 3}, RP_PACKAGE_STREAM, BZIP2, NULL, RP_WINDOW_FIXED},
    {"lz4", 0, {"\x04\x22\x4d\x18", 4}, RP_PACKAGE_STREAM, LZ4, NULL, RP_WINDOW_FIXED},
    {"lzip", 0, {"LZIP", 4}, RP_PACKAGE_STREAM, LZIP, NULL, RP_WINDOW_LZIP},
    {"compress",
     0,
     {"\x1f\x9d", 2},
     RP_PACKAGE_STREAM,
     COMPRESS,
     "filter_compress",
     RP_WINDOW_FIXED},
    {"zip", 0, {"PK\3\4", 4}, RP_PACKAGE_ZIP, 0, NULL, RP_WINDOW_FIXED},
    {"empty zip", 0, {"PK\5\6", 4}, RP_PACKAGE_ZIP, 0, NULL, RP_WINDOW_FIXED},
    {"tar", 257, {"ustar", 5}, RP_PACKAGE_TAR, 0, NULL, RP_WINDOW_FIXED},
    {"cpio", 0, {"070701", 6}, RP_PACKAGE_CPIO, 0, NULL, RP_WINDOW_FIXED},
    {"cpio with checksums", 0, {"070702", 6}, RP_PACKAGE_CPIO, 0, NULL, RP_WINDOW_FIXED},
    {"old cpio", 0, {"070707", 6}, RP_PACKAGE_CPIO, 0, NULL, RP_WINDOW_FIXED},
    {"binary cpio", 0, {"\xc7\x71", 2}, RP_PACKAGE_CPIO, 0, NULL, RP_WINDOW_FIXED},
    {"big-endian binary cpio", 0, {"\x71\xc7", 2}, RP_PACKAGE_CPIO, 0, NULL, RP_WINDOW_FIXED},
    {"rpm", 0, {"\xed\xab\xee\xdb", 4}, RP_PACKAGE_RPM, 0, NULL, RP_WINDOW_FIXED},
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
    if (strstr(kind->name, "binary cpio") != NULL) /* cpio(5): 26 bytes, then a name */
        return rp_cpio_binary(head);
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

rp_package_format rp_package_content(rp_bytes head)
{
    const rp_package_kind *kind = rp_package_identify(head);
    if (rp_tar_identify(head)) /* old ones have no magic, but a checksum */
        return RP_PACKAGE_TAR;
    return kind != NULL && kind->format == RP_PACKAGE_CPIO ? RP_PACKAGE_CPIO : RP_PACKAGE_STREAM;
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
