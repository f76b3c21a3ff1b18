/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: what the parser says lies inside the name, and parser and printer agree on what is a Rust
 * name. Lines of the input are names of their own. */
#include "origin/attribution_names.h"
#include "origin/crate_paths.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(rp_str part, rp_str whole)
{
    return part.len == 0 ||
           (part.ptr >= whole.ptr && part.len <= (size_t)(whole.ptr + whole.len - part.ptr));
}

static void name(rp_str s)
{
    rp_mangled m = rp_mangled_parse(s);
    bool rust = m.scheme == RP_MANGLED_RUST_LEGACY || m.scheme == RP_MANGLED_RUST_V0;
    REQUIRE(inside(m.crate, s) && inside(m.instantiated_in, s));
    for (int hashes = 0; hashes < 2; hashes++) {
        rp_buf out = {0};
        bool printed = rp_demangle(s, hashes != 0, &out);
        REQUIRE(rust || !printed);
        REQUIRE(printed || out.len == 0);
        rp_buf_free(&out);
    }
    REQUIRE(inside(rp_unit_crate(s), s));
    (void)rp_owner_of_file(s);
    rp_crate_path p;
    if (rp_crate_of_path(s, &p))
        REQUIRE(inside(p.version, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_str rest = {(const char *)data, size};
    for (int lines = 0; lines < 64; lines++) {
        size_t end = rp_str_find(rest, RP_STR("\n"));
        name(rp_str_sub(rest, 0, end));
        if (end == SIZE_MAX)
            break;
        rest = rp_str_sub(rest, end + 1, SIZE_MAX);
    }
    return 0;
}
