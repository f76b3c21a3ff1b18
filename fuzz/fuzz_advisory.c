/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* deps: a file is RustSec's Markdown, OSV's JSON, or an index. Whatever it is: it ends in
 * advisories and faults with their lines, or an error; what was read makes an index that gives the
 * same back, byte for byte. */
#include "deps/advisory_match.h"
#include "deps/advisory_parts.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rp_bytes bytes_of(const rp_buf *b)
{
    return (rp_bytes){(const uint8_t *)b->ptr, b->len};
}

static void require_advisories(const rp_advisory_loader *l)
{
    for (uint32_t i = 0; i < l->items.n; i++) {
        const rp_advisory *a = &l->items.items[i];
        REQUIRE(a->kind <= RP_ADVISORY_OTHER && a->severity <= RP_SEVERITY_CRITICAL);
        REQUIRE(a->score == UINT16_MAX || a->score <= 1000);
        rp_semver v = {.major = 1, .pre = {"", 0}, .build = {"", 0}};
        (void)rp_advisory_affects(a, &v, RP_STR("1.0.0"));
    }
    for (uint32_t i = 0; i < l->faults.n; i++)
        REQUIRE(l->faults.items[i].what.len > 0 || l->faults.items[i].file.len == 0);
}

static void require_index(rp_advisory_loader *l)
{
    rp_buf once = {0}, twice = {0};
    rp_arena arena = {.limit = 64u << 20};
    rp_advisory_loader again = {.arena = &arena};
    rp_str identity = {"", 0};
    rp_advisory_index_put(l, RP_STR("id"), &once);
    if (!once.bad) {
        rp_code code = rp_advisory_index_read(&again, bytes_of(&once), &identity, NULL);
        REQUIRE(code == RP_OK || code == RP_E_MEMORY);
        if (code == RP_OK) {
            REQUIRE(again.items.n == l->items.n && again.faults_in_all == l->faults_in_all);
            rp_advisory_index_put(&again, identity, &twice);
            REQUIRE(twice.bad || l->items.n > 1 ||
                    rp_str_eq(rp_buf_str(&once), rp_buf_str(&twice)));
        }
    }
    rp_buf_free(&once);
    rp_buf_free(&twice);
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_advisory_loader l = {.arena = &arena};
    rp_str identity;
    rp_error err = {0};
    rp_bytes bytes = {data, size};
    l.file = RP_STR("crates/foo/X.md");
    l.text = (rp_str){(const char *)data, size};
    bool json = size > 0 && data[0] == '{', whole = true;
    if (rp_advisory_is_index(bytes)) {
        whole = rp_advisory_index_read(&l, bytes, &identity, &err) == RP_OK;
        REQUIRE(whole || err.text[0] != '\0');
    } else if (json) {
        rp_advisory_read_osv(&l);
    } else {
        rp_advisory_read_md(&l, RP_COLLECTION_CRATES, RP_STR("foo"));
        REQUIRE(l.no_memory || l.items.n + l.lost == 1);
    }
    if (whole && !l.no_memory) {
        require_advisories(&l);
        require_index(&l);
    }
    rp_arena_free(&arena);
    return 0;
}
