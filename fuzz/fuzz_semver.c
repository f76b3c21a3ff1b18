/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* text/semver: lines of the input are versions and requirements. What is read is written and read
 * again the same; the order is one; a requirement that is an interval and no pre-release says the
 * same by both rules. */
#include "require.h"
#include "text/semver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int sign(int c)
{
    return (c > 0) - (c < 0);
}

static void require_version(rp_arena *arena, const rp_semver *v)
{
    rp_semver again;
    rp_str text = rp_semver_text(arena, v);
    if (text.ptr == NULL || text.len > 4096)
        return;
    REQUIRE(rp_semver_parse(text, &again));
    REQUIRE(rp_semver_cmp(v, &again) == 0 && rp_str_eq(v->build, again.build));
}

static void require_order(const rp_semver *a, const rp_semver *b)
{
    rp_semver lowest = rp_semver_lowest();
    REQUIRE(sign(rp_semver_cmp(a, b)) == -sign(rp_semver_cmp(b, a)));
    REQUIRE(rp_semver_cmp(&lowest, a) <= 0);
}

static void require_rules_agree(rp_arena *arena, rp_str text, const rp_semver *v)
{
    rp_semver_req req;
    rp_semver_range range, *gaps = NULL;
    rp_error err = {0};
    uint32_t n = 0;
    if (rp_semver_req_parse(text, &req, &err) != RP_OK) {
        REQUIRE(err.text[0] != '\0' && err.offset <= text.len);
        return;
    }
    REQUIRE(req.n <= RP_SEMVER_COMPARATORS);
    if (rp_semver_range_parse(text, arena, &range, NULL) != RP_OK)
        return;
    for (uint32_t i = 0; i < req.n; i++)
        if (req.items[i].parts < 3)
            return; /* "<1.2" and "=1" mean other versions by the two rules */
    if (v->pre.len == 0)
        REQUIRE(rp_semver_in(&range, v) == rp_semver_req_matches(&req, v));
    REQUIRE(rp_semver_complement(&range, 1, arena, &gaps, &n) == RP_OK && n <= 2);
    bool in = false;
    for (uint32_t i = 0; i < n; i++)
        in |= rp_semver_in(&gaps[i], v);
    /* an empty interval ("> 2.0.0, < 1.0.0") leaves nothing out */
    bool empty = !range.open && rp_semver_cmp(&range.from, &range.to) >= 0;
    REQUIRE(empty || in != rp_semver_in(&range, v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 16u << 20};
    rp_str text = {(const char *)data, size};
    rp_semver last = rp_semver_lowest();
    for (unsigned lines = 0; text.len > 0 && lines < 200; lines++) {
        size_t n = rp_str_find(text, RP_STR("\n"));
        rp_str line = rp_str_sub(text, 0, n);
        rp_semver v;
        if (rp_semver_parse(line, &v)) {
            require_version(&arena, &v);
            require_order(&v, &last);
            last = v;
        }
        require_rules_agree(&arena, line, &last);
        text = rp_str_sub(text, n == SIZE_MAX ? text.len : n + 1, SIZE_MAX);
    }
    rp_arena_free(&arena);
    return 0;
}
