/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/release.h"

#include "base/search.h"

static const rp_release releases[] = {
#define RP_RELEASE(commit, version, date) {commit, version, date},
#include "origin/releases.inc"
#undef RP_RELEASE
};

const rp_release *rp_release_of(rp_str commit)
{
    if (commit.len < 9 || commit.len > 40)
        return NULL;
    size_t low;
    RP_SEARCH(low, RP_COUNT(releases), memcmp(releases[low].commit, commit.ptr, commit.len) < 0);
    return low < RP_COUNT(releases) && memcmp(releases[low].commit, commit.ptr, commit.len) == 0
               ? &releases[low]
               : NULL;
}
