/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/zstd.h"

#include "base/library.h"

bool rp_zstd_unpack(rp_bytes packed, uint8_t *to, size_t size)
{
    static const char *const names[] = {"libzstd.so.1", "libzstd.so", "libzstd.1.dylib"};
    size_t (*decompress)(void *, size_t, const void *, size_t) = NULL; /* zstd.h: ZSTD_decompress */
    void *library = rp_library_open(names, RP_COUNT(names));
    if (library == NULL)
        return false;
    bool ok = rp_library_find(library, "ZSTD_decompress", &decompress) &&
              decompress(to, size, packed.ptr, packed.len) == size;
    rp_library_close(library);
    return ok;
}
