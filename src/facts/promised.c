/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/promised.h"

typedef struct {
    uint64_t end, at;
} promise;

static void stretch(promise *p, uint64_t offset, uint64_t filesz, uint64_t at)
{
    if (offset == RP_NOWHERE || filesz == 0)
        return;
    uint64_t end = filesz > UINT64_MAX - offset ? UINT64_MAX : offset + filesz;
    if (end > p->end)
        *p = (promise){end, at};
}

uint64_t rp_promised_size(const rp_image *img, uint64_t *ret_at)
{
    promise p = {0, RP_NOWHERE};
    for (uint32_t i = 0; i < img->nsegments; i++)
        stretch(&p, img->segments[i].offset, img->segments[i].filesz, img->segments[i].at);
    for (uint32_t i = 0; i < img->nsections; i++)
        stretch(&p, img->sections[i].offset, img->sections[i].filesz, img->sections[i].at);
    *ret_at = p.at;
    return p.end;
}
