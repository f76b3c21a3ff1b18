/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "deps/inventory.h"

static rp_seen crate(const char *name, const char *version, rp_witness what)
{
    return (rp_seen){.name = rp_str_from(name),
                     .version = rp_str_from(version),
                     .certainty = what <= RP_WITNESS_AUDITABLE ? RP_EXACT : RP_HIGH,
                     .seen = {.what = what, .at = RP_NOWHERE}};
}

static rp_seen registered(rp_seen s)
{
    s.source = (rp_crate_source){
        .kind = RP_FROM_REGISTRY, .url = RP_STR("https://example.org/index"), .crates_io = RP_NO};
    return s;
}

/* Adds in the given order and gives "name version*witnesses certainty" of each component. */
static void expect(const rp_seen *seen, const unsigned *order, size_t n, const char *text)
{
    rp_arena a = {0};
    rp_inventory_builder *b = rp_inventory_start(&a);
    const rp_inventory *inv = NULL;
    char got[1000] = "";
    for (size_t i = 0; i < n; i++) {
        uint32_t id;
        assert_int_equal(rp_inventory_add(b, &seen[order ? order[i] : i], &id, NULL), RP_OK);
    }
    assert_int_equal(rp_inventory_finish(b, &inv, NULL, NULL), RP_OK);
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        const rp_component *c = &inv->components[i];
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s%.*s %.*s*%u %d", i ? ", " : "", RP_FMT(c->name),
                 RP_FMT(c->version), c->nsightings, (int)c->certainty);
    }
    assert_string_equal(got, text);
    rp_arena_free(&a);
}

static void vague_sightings_join_the_one_they_mean(void **state)
{
    (void)state;
    rp_seen symbol = crate("foo_bar", "", RP_WITNESS_SYMBOL);
    symbol.from_symbols = true;
    symbol.certainty = RP_GUESSED;
    rp_seen seen[] = {
        registered(crate("foo-bar", "1.0.0", RP_WITNESS_LOCK)),
        crate("foo-bar", "1.0.0", RP_WITNESS_LOCATION),
        symbol,
        crate("other", "2.0.0", RP_WITNESS_LOCATION),
    };
    static const unsigned orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    for (size_t i = 0; i < RP_COUNT(orders); i++)
        expect(seen, orders[i], 4, "foo-bar 1.0.0*3 0, other 2.0.0*1 1");
}

static void several_meanings_stay_apart(void **state)
{
    (void)state;
    rp_seen name = crate("foo", "", RP_WITNESS_DWARF);
    name.certainty = RP_GUESSED;
    rp_seen seen[] = {registered(crate("foo", "1.0.0", RP_WITNESS_LOCK)),
                      registered(crate("foo", "2.0.0", RP_WITNESS_LOCK)), name};
    static const unsigned orders[][3] = {{0, 1, 2}, {2, 1, 0}};
    for (size_t i = 0; i < RP_COUNT(orders); i++)
        expect(seen, orders[i], 3, "foo *1 2, foo 1.0.0*1 0, foo 2.0.0*1 0");
    /* names of manifests keep their dashes apart: only symbols write one for the other */
    rp_seen dashes[] = {registered(crate("a-b", "1.0.0", RP_WITNESS_LOCK)),
                        registered(crate("a_b", "1.0.0", RP_WITNESS_LOCK))};
    expect(dashes, NULL, 2, "a-b 1.0.0*1 0, a_b 1.0.0*1 0");
    /* another source is another crate */
    rp_seen git = crate("a-b", "1.0.0", RP_WITNESS_LOCK);
    git.source = (rp_crate_source){.kind = RP_FROM_GIT, .url = RP_STR("https://example.org/a")};
    rp_seen sources[] = {dashes[0], git, crate("a-b", "1.0.0", RP_WITNESS_PATH)};
    expect(sources, NULL, 3, "a-b 1.0.0*1 1, a-b 1.0.0*1 0, a-b 1.0.0*1 0");
}

static void sightings_are_capped_strongest_first(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_inventory_builder *b = rp_inventory_start(&a);
    const rp_inventory *inv = NULL;
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t id;
        rp_seen s = crate("x", "1.0.0", i == 30 ? RP_WITNESS_LOCK : RP_WITNESS_PATH);
        s.seen.at = 40 - i % 20;
        assert_int_equal(rp_inventory_add(b, &s, &id, NULL), RP_OK);
        assert_int_equal(id, 0);
    }
    assert_int_equal(rp_inventory_finish(b, &inv, NULL, NULL), RP_OK);
    assert_int_equal(inv->ncomponents, 1);
    const rp_component *c = inv->components;
    assert_int_equal(c->nsightings, RP_MAX_SIGHTINGS);
    assert_int_equal(c->sightings[0].what, RP_WITNESS_LOCK);
    assert_int_equal(c->sightings[1].at, 21);
    assert_int_equal(c->sightings[2].at, 22); /* twice seen, once kept */
    assert_int_equal(c->witnesses, 1u << RP_WITNESS_LOCK | 1u << RP_WITNESS_PATH);
    rp_arena_free(&a);
}

/* app → lib (dev), app → mid → lib (normal); tool → lib (build) */
static const rp_inventory *graph(rp_arena *a)
{
    static const char *const names[] = {"app", "lib", "mid", "tool"};
    rp_inventory_builder *b = rp_inventory_start(a);
    const rp_inventory *inv = NULL;
    uint32_t id[4];
    for (int i = 0; i < 4; i++) {
        rp_seen s = crate(names[i], "1.0.0", RP_WITNESS_LOCK);
        s.root = s.member = i == 0 || i == 3;
        assert_int_equal(rp_inventory_add(b, &s, &id[i], NULL), RP_OK);
    }
    assert_int_equal(rp_inventory_edge(b, id[0], id[1], RP_DEP_DEV, NULL), RP_OK);
    assert_int_equal(rp_inventory_edge(b, id[0], id[2], RP_DEP_NORMAL, NULL), RP_OK);
    assert_int_equal(rp_inventory_edge(b, id[2], id[1], RP_DEP_NORMAL, NULL), RP_OK);
    assert_int_equal(rp_inventory_edge(b, id[3], id[1], RP_DEP_BUILD, NULL), RP_OK);
    assert_int_equal(rp_inventory_edge(b, id[3], id[1], RP_DEP_DEV, NULL), RP_OK);
    assert_int_equal(rp_inventory_finish(b, &inv, NULL, NULL), RP_OK);
    return inv;
}

static void paths_prefer_the_program(void **state)
{
    (void)state;
    rp_arena a = {0};
    const rp_inventory *inv = graph(&a);
    uint32_t lib = rp_inventory_find(inv, RP_STR("lib"), RP_STR("1.0.0"));
    assert_int_equal(lib, 1);
    assert_string_equal(rp_inventory_path(inv, lib, &a).ptr, "app 1.0.0 → mid 1.0.0 → lib 1.0.0");
    assert_string_equal(rp_inventory_pulled_by(inv, lib, &a).ptr, "app, tool");
    assert_string_equal(rp_inventory_pulled_by(inv, 2, &a).ptr, "app");
    assert_int_equal(rp_inventory_pulled_by(inv, 0, &a).len, 0);
    assert_int_equal(rp_inventory_origin(inv, lib),
                     rp_inventory_find(inv, RP_STR("app"), (rp_str){"", 0}));
    assert_int_equal(rp_inventory_origin(inv, 0), 0);
    const rp_component *tool = &inv->components[3];
    assert_int_equal(tool->ndeps, 1); /* two kinds, one edge */
    assert_int_equal(tool->deps[0].kinds, RP_DEP_BUILD | RP_DEP_DEV);
    rp_arena_free(&a);
}

/* m0, m1, … each ask for lib, which tests itself with bench; none builds the tests of lib. */
static void members_that_pull_a_crate_in_are_all_named(void **state)
{
    (void)state;
    static const struct {
        unsigned members;
        const char *pulled_by;
    } cases[] = {{1, "m00"},
                 {3, "m00, m01, m02"},
                 {8, "m00, m01, m02, m03, m04, m05, m06, m07"},
                 {11, "m00, m01, m02, m03, m04, m05, m06, m07 and 3 more"},
                 {80, "m00, m01, m02, m03, m04, m05, m06, m07 and 55 more, and others"}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena a = {0};
        rp_inventory_builder *b = rp_inventory_start(&a);
        const rp_inventory *inv = NULL;
        uint32_t lib = 0, bench = 0;
        rp_seen seen = crate("lib", "1.0.0", RP_WITNESS_LOCK);
        assert_int_equal(rp_inventory_add(b, &seen, &lib, NULL), RP_OK);
        seen = crate("bench", "1.0.0", RP_WITNESS_LOCK);
        assert_int_equal(rp_inventory_add(b, &seen, &bench, NULL), RP_OK);
        assert_int_equal(rp_inventory_edge(b, lib, bench, RP_DEP_DEV, NULL), RP_OK);
        for (unsigned k = 0; k < cases[i].members; k++) {
            uint32_t id = 0;
            seen = crate(rp_arena_printf(&a, "m%02u", k).ptr, "1.0.0", RP_WITNESS_LOCK);
            seen.member = true;
            assert_int_equal(rp_inventory_add(b, &seen, &id, NULL), RP_OK);
            assert_int_equal(rp_inventory_edge(b, id, lib, RP_DEP_NORMAL, NULL), RP_OK);
        }
        assert_int_equal(rp_inventory_finish(b, &inv, NULL, NULL), RP_OK);
        uint32_t at = rp_inventory_find(inv, RP_STR("lib"), RP_STR("1.0.0"));
        assert_string_equal(rp_inventory_pulled_by(inv, at, &a).ptr, cases[i].pulled_by);
        at = rp_inventory_find(inv, RP_STR("bench"), RP_STR("1.0.0"));
        assert_int_equal(rp_inventory_pulled_by(inv, at, &a).len, 0);
        rp_arena_free(&a);
    }
}

static void every_failing_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 100; n++) {
        rp_arena a = {0};
        rp_error err = {0};
        const rp_inventory *inv = NULL;
        uint32_t x, y;
        rp_seen one = crate("a", "1.0.0", RP_WITNESS_LOCK), two = crate("a", "", RP_WITNESS_DWARF);
        (void)rp_arena_fail_at(n);
        rp_inventory_builder *b = rp_inventory_start(&a);
        bool ok = b != NULL && rp_inventory_add(b, &one, &x, &err) == RP_OK &&
                  rp_inventory_add(b, &two, &y, &err) == RP_OK &&
                  rp_inventory_edge(b, x, y, 0, &err) == RP_OK &&
                  rp_inventory_finish(b, &inv, NULL, &err) == RP_OK;
        (void)rp_arena_fail_at(0);
        assert_true(ok == (inv != NULL));
        assert_true(ok || b == NULL || err.code == RP_E_MEMORY);
        rp_arena_free(&a);
        if (ok)
            return;
    }
    fail();
}

static void sources(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool decode;
        rp_crate_source_kind kind;
        const char *url, *reference, *revision;
        rp_tri crates_io;
    } rows[] = {
        {"registry+https://github.com/rust-lang/crates.io-index", false, RP_FROM_REGISTRY,
         "https://github.com/rust-lang/crates.io-index", "", "", RP_YES},
        {"sparse+https://example.org/index/", true, RP_FROM_REGISTRY,
         "sparse+https://example.org/index/", "", "", RP_NO},
        {"sparse+https://crates.io.example.org/", true, RP_FROM_REGISTRY,
         "sparse+https://crates.io.example.org/", "", "", RP_NO},
        {"git+https://example.org/a?branch=foo+bar%2Fbaz#0123", true, RP_FROM_GIT,
         "https://example.org/a", "branch=foo bar/baz", "0123", RP_NO},
        {"git+https://example.org/a?branch=foo+bar#0123", false, RP_FROM_GIT,
         "https://example.org/a", "branch=foo+bar", "0123", RP_NO},
        {"git+ssh://git@example.org/a?tag=v1", true, RP_FROM_GIT, "ssh://git@example.org/a",
         "tag=v1", "", RP_NO},
        {"git+https://example.org/a?ref=x#1", false, RP_FROM_GIT, "https://example.org/a",
         "branch=x", "1", RP_NO},
        {"git+https://example.org/a?x=1&rev=abc%4#1", true, RP_FROM_GIT, "https://example.org/a",
         "rev=abc%4", "1", RP_NO},
        {"directory+file:///x", false, RP_FROM_REGISTRY, "directory+file:///x", "", "", RP_UNKNOWN},
        {"", false, RP_FROM_PATH, "", "", "", RP_NO},
        {"svn+https://example.org", false, RP_FROM_UNKNOWN, "svn+https://example.org", "", "",
         RP_UNKNOWN},
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_arena a = {0};
        rp_crate_source s = {0};
        assert_true(rp_crate_source_parse(rp_str_from(rows[i].text), rows[i].decode, &a, &s));
        assert_int_equal(s.kind, rows[i].kind);
        assert_int_equal(s.crates_io, rows[i].crates_io);
        if (!rp_str_is(s.url, rows[i].url) || !rp_str_is(s.reference, rows[i].reference) ||
            !rp_str_is(s.revision, rows[i].revision))
            fail_msg("%s: %.*s %.*s %.*s", rows[i].text, RP_FMT(s.url), RP_FMT(s.reference),
                     RP_FMT(s.revision));
        rp_arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vague_sightings_join_the_one_they_mean),
        cmocka_unit_test(several_meanings_stay_apart),
        cmocka_unit_test(sightings_are_capped_strongest_first),
        cmocka_unit_test(paths_prefer_the_program),
        cmocka_unit_test(members_that_pull_a_crate_in_are_all_named),
        cmocka_unit_test(every_failing_allocation_is_an_error),
        cmocka_unit_test(sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
