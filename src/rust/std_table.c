/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/std_table.h"

#define TEXT(literal)                                                                              \
    {                                                                                              \
        .ptr = (literal), .len = sizeof(literal) - 1                                               \
    }
#include "base/search.h"
#include "rust/std_table.inc"
#undef TEXT

enum { NITEMS = sizeof items / sizeof items[0], LONGEST = 128 };

static int compare(rp_str a, rp_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n != 0 ? memcmp(a.ptr, b.ptr, n) : 0;
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static const rp_std_item *find(rp_str path)
{
    uint32_t low;
    RP_SEARCH(low, NITEMS, compare(items[low].path, path) < 0);
    return low < NITEMS && compare(items[low].path, path) == 0 ? &items[low] : NULL;
}

const rp_std_item *rp_std_find(rp_str path)
{
    static const char *const crates[] = {"core::", "alloc::"};
    char text[LONGEST] = "std::";
    for (size_t i = 0; i < sizeof crates / sizeof crates[0]; i++) {
        size_t skip = strlen(crates[i]);
        if (!rp_str_starts(path, crates[i]) || path.len - skip > sizeof text - 5)
            continue;
        memcpy(text + 5, path.ptr + skip, path.len - skip);
        return find((rp_str){text, path.len - skip + 5});
    }
    return find(path);
}

static rp_str last_name(rp_str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != ':')
        at--;
    return (rp_str){path.ptr + at, path.len - at};
}

/* Where in by_name the rows of a name begin. */
static uint32_t first_named(rp_str name)
{
    uint32_t low;
    RP_SEARCH(low, NITEMS, compare(last_name(items[by_name[low]].path), name) < 0);
    return low;
}

uint32_t rp_std_count_named(rp_str name)
{
    uint32_t first = first_named(name), n = 0;
    while (first + n < NITEMS && compare(last_name(items[by_name[first + n]].path), name) == 0)
        n++;
    return n;
}

const rp_std_item *rp_std_named(rp_str name, uint32_t i)
{
    return &items[by_name[first_named(name) + i]];
}

bool rp_std_is_method(rp_str name)
{
    size_t low;
    RP_SEARCH(low, sizeof method_names / sizeof method_names[0],
              compare(rp_str_from(method_names[low]), name) < 0);
    return low < sizeof method_names / sizeof method_names[0] &&
           compare(rp_str_from(method_names[low]), name) == 0;
}

bool rp_std_has(rp_str path)
{
    if (!rp_str_starts(path, "std::"))
        return false;
    rp_str inside = rp_str_sub(path, sizeof "std::" - 1, SIZE_MAX);
    size_t low = 0, high = RP_COUNT(public_names);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = compare(rp_str_from(public_names[mid]), inside);
        if (c == 0)
            return true;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

const char *rp_safety_text(uint32_t bit)
{
    static const char *const texts[RP_SAFETY_BITS] = {
        "the memory may be read for the whole size",
        "the memory may be written for the whole size",
        "the pointer is aligned for its type",
        "the value there is initialized",
        "the pointer is not null",
        "pointer and result stay inside one allocation",
        "nobody else uses the memory meanwhile, and no two ranges overlap that must not",
        "what is pointed to lives at least as long as the result",
        "the bytes are valid UTF-8",
        "the computation does not overflow",
        "size and alignment are those that the other type or the allocation has",
        "the memory comes from the same allocator",
        "length and capacity are those that the memory really has",
        "this happens once only for each value",
        "no other thread uses it without synchronisation",
        "the value really is of the variant that is taken out",
        "the bytes end in one NUL and hold no other",
        "the handle is open, and owned by nobody else where ownership passes",
        "the value is not moved any more",
        "the value is one that the type allows",
        "control never comes here, and the condition always holds",
    };
    for (unsigned i = 0; i < RP_SAFETY_BITS; i++)
        if (bit == 1u << i)
            return texts[i];
    return NULL;
}
