/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/libarchive.h"

#include "base/library.h"

#include <stdio.h>

rp_code rp_libarchive_load(rp_libarchive *ret, rp_error *err)
{
    static const char *const names[] = {"libarchive.so.13", "libarchive.so", "libarchive.13.dylib"};
    rp_libarchive la = {.library = rp_library_open(names, RP_COUNT(names))};
    if (la.library == NULL)
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE,
                       "libarchive, which reads packages, is not installed (libarchive13)");
    const rp_library_function wanted[] = {
        {"archive_read_new", &la.read_new},
        {"archive_read_free", &la.read_free},
        {"archive_read_set_callback_data", &la.set_data},
        {"archive_read_set_read_callback", &la.set_read},
        {"archive_read_open1", &la.open},
        {"archive_read_next_header", &la.next_header},
        {"archive_read_data_block", &la.read_block},
        {"archive_read_append_filter", &la.append_filter},
        {"archive_filter_count", &la.filter_count},
        {"archive_error_string", &la.error_string},
    };
    const char *lacks = rp_library_lacks(la.library, wanted, RP_COUNT(wanted));
    if (lacks == NULL) {
        *ret = la;
        return RP_OK;
    }
    rp_libarchive_unload(&la);
    return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "libarchive has no %s", lacks);
}

rp_code rp_libarchive_support(const rp_libarchive *la, struct archive *a, const char *what,
                              rp_error *err)
{
    char name[64];
    int (*support)(struct archive *) = NULL;
    (void)snprintf(name, sizeof name, "archive_read_support_%s", what);
    if (!rp_library_find(la->library, name, &support))
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "libarchive has no %s", name);
    int code = support(a);
    if (code == RP_ARCHIVE_WARN) /* archive_read_filter(3): it would use an external program */
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "libarchive was built without %s", what);
    return code == RP_ARCHIVE_OK ? RP_OK : rp_fail_memory(err);
}

void rp_libarchive_unload(rp_libarchive *la)
{
    rp_library_close(la->library);
    *la = (rp_libarchive){0};
}
