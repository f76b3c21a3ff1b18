/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/release.h"

static const rp_release releases[] = {
#define RP_RELEASE(commit, version, date) {commit, version, date},
#include "origin/releases.inc"
#undef RP_RELEASE
};

const rp_release *rp_release_of(rp_str commit)
{
    if (commit.len < 9 || commit.len > 40)
        return NULL;
    size_t low = 0;
    size_t high = RP_COUNT(releases);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = memcmp(releases[mid].commit, commit.ptr, commit.len);
        if (c == 0)
            return &releases[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}
