/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* WebAssembly core specification 2.0, 5.5 (modules); Component Model, Binary.md (components). */
#include "deps/wasm.h"

#include "deps/recover.h"

enum {
    CUSTOM = 0,
    CORE_MODULE = 1, /* in a component */
    COMPONENT = 4,   /* in a component */
    DEPTH = 4,       /* modules in components in components */
    SECTIONS = 1 << 20
};

static bool is_module(rp_bytes b)
{
    return b.len >= 8 && memcmp(b.ptr, "\0asm\1\0\0\0", 8) == 0;
}

static bool is_component(rp_bytes b)
{
    return b.len >= 8 && memcmp(b.ptr, "\0asm\x0d\0\1\0", 8) == 0;
}

bool rp_wasm_identify(rp_bytes head)
{
    return is_module(head) || is_component(head);
}

typedef struct {
    rp_arena *arena;
    rp_inventory_builder *b;
    rp_auditable *ret;
    rp_error *err;
    uint32_t sections; /* that may still be read, all modules together */
} walk;

/* tool-conventions, ProducersSection.md: fields of a name and pairs of name and version */
static rp_code producers(walk *w, rp_reader r)
{
    uint64_t fields = rp_uleb(&r);
    for (uint64_t f = 0; f < fields && !r.bad; f++) {
        (void)rp_next_str(&r, (size_t)rp_uleb(&r));
        uint64_t pairs = rp_uleb(&r);
        for (uint64_t i = 0; i < pairs && !r.bad; i++) {
            rp_str tool = rp_next_str(&r, (size_t)rp_uleb(&r));
            uint64_t at = rp_at(&r);
            rp_str text = rp_next_str(&r, (size_t)rp_uleb(&r));
            size_t end = rp_str_find(text, RP_STR(" "));
            if (r.bad || !rp_str_is(tool, "rustc") || text.len == 0)
                continue;
            uint32_t id;
            rp_seen seen = {
                .kind = RP_COMPONENT_TOOLCHAIN,
                .name = tool,
                .version = rp_str_sub(text, 0, end),
                .source = {.kind = RP_FROM_STD,
                           .url = {"", 0},
                           .reference = {"", 0},
                           .revision = {"", 0},
                           .path = {"", 0},
                           .crates_io = RP_NO},
                .checksum = {"", 0},
                .kinds = RP_DEP_NORMAL,
                .certainty = RP_HIGH,
                .seen = {.what = RP_WITNESS_STRING, .file = {"", 0}, .at = at, .text = text}};
            return rp_inventory_add(w->b, &seen, &id, w->err);
        }
    }
    return RP_OK;
}

static rp_code custom(walk *w, rp_reader r)
{
    rp_str name = rp_next_str(&r, (size_t)rp_uleb(&r));
    if (r.bad)
        return RP_OK;
    if (rp_str_is(name, "producers"))
        return producers(w, r);
    if (!rp_str_is(name, ".dep-v0"))
        return RP_OK;
    if (w->ret->found != RP_NO) {
        if (w->ret->odd == NULL)
            w->ret->odd = "there is more than one list of dependencies";
        return RP_OK;
    }
    rp_bytes rest = {r.buf.ptr + r.pos, rp_left(&r)};
    return rp_auditable_bytes(rest, rp_at(&r), w->arena, w->b, w->ret, w->err);
}

/* NOLINTNEXTLINE(misc-no-recursion): DEPTH levels */
static rp_code module(walk *w, rp_reader r, unsigned depth)
{
    bool component = is_component(r.buf);
    rp_skip_bytes(&r, 8);
    while (rp_left(&r) != 0 && w->sections != 0) {
        rp_reader body;
        rp_code code = RP_OK;
        uint8_t id = rp_u8(&r);
        uint64_t len = rp_uleb(&r);
        w->sections--;
        if (r.bad || !rp_window(&r, r.pos, len, &body)) {
            if (w->ret->odd == NULL)
                w->ret->odd = "a section of the module leaves the file";
            return RP_OK;
        }
        rp_skip_bytes(&r, len);
        if (id == CUSTOM)
            code = custom(w, body);
        else if (component && (id == CORE_MODULE || id == COMPONENT) && depth < DEPTH &&
                 rp_wasm_identify(body.buf))
            code = module(w, body, depth + 1);
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
}

rp_code rp_wasm_deps(rp_source *src, rp_arena *arena, rp_inventory_builder *b, rp_auditable *ret,
                     rp_error *err)
{
    rp_reader r;
    walk w = {.arena = arena, .b = b, .ret = ret, .err = err, .sections = SECTIONS};
    *ret = (rp_auditable){.found = RP_NO, .at = RP_NOWHERE};
    if (!rp_source_reader(src, 0, src->size, false, &r) || !rp_wasm_identify(r.buf))
        return rp_fail(err, RP_E_FORMAT, 0, "no WebAssembly module");
    rp_code code = module(&w, r, 0);
    if (code == RP_OK && ret->odd != NULL && ret->found == RP_NO)
        ret->found = RP_UNKNOWN;
    return code == RP_OK ? rp_recover_bytes(src, arena, b, err) : code;
}
