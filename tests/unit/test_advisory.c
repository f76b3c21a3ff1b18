/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deps/advisory_match.h"
#include "deps/advisory_parts.h"

static const char md[] = "```toml\n"
                         "[advisory]\n"
                         "id = \"RUSTSEC-2099-0001\"\n"
                         "package = \"foo\"\n"
                         "date = \"2099-02-28\"\n"
                         "url = \"https://example.org/1\"\n"
                         "cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n"
                         "aliases = [\"CVE-2099-1\", \"GHSA-aaaa\"]\n"
                         "categories = [\"memory-corruption\"]\n"
                         "unheard-of = 7\n"
                         "[affected]\n"
                         "os = [\"linux\"]\n"
                         "[affected.functions]\n"
                         "\"foo::Bar::baz\" = [\"< 1.2.3\", \">= 2.0.0-rc.1\"]\n"
                         "\"foo::never\" = []\n"
                         "[versions]\n"
                         "patched = [\"^1.2.3\", \">= 2.1.0\"]\n"
                         "unaffected = [\"< 0.5.0\"]\n"
                         "```\n\n# Title of `it`\n\nText.\n";

static rp_advisory_loader load_md(rp_arena *arena, const char *text)
{
    rp_advisory_loader l = {.arena = arena};
    l.file = RP_STR("crates/foo/RUSTSEC-2099-0001.md");
    l.text = rp_str_from(text);
    rp_advisory_read_md(&l, RP_COLLECTION_CRATES, RP_STR("foo"));
    return l;
}

static bool affects(const rp_advisory *a, const char *version)
{
    rp_semver v;
    assert_true(rp_semver_parse(rp_str_from(version), &v));
    return rp_advisory_affects(a, &v, rp_str_from(version));
}

static void markdown_is_read(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_advisory_loader l = load_md(&arena, md);
    assert_int_equal(l.items.n, 1);
    assert_int_equal(l.faults_in_all, 0);
    const rp_advisory *a = &l.items.items[0];
    assert_true(rp_str_is(a->id, "RUSTSEC-2099-0001"));
    assert_true(rp_str_is(a->title, "Title of `it`"));
    assert_true(rp_str_is(a->description, "Text."));
    assert_int_equal(a->kind, RP_ADVISORY_VULNERABILITY);
    assert_int_equal(a->score, 98);
    assert_int_equal(a->severity, RP_SEVERITY_CRITICAL);
    assert_int_equal(a->aliases.n, 2);
    assert_int_equal(a->nfunctions, 2);
    assert_int_equal(a->functions[0].reqs.n, 2);
    assert_false(a->functions[1].always);
    static const char *const hit[] = {"0.5.0", "1.2.2", "1.2.3-rc.1", "2.0.0", "2.1.0-a"};
    static const char *const missed[] = {"0.4.9", "0.5.0-a", "1.2.3", "1.99.0", "2.1.0"};
    for (size_t i = 0; i < RP_COUNT(hit); i++) {
        assert_true(affects(a, hit[i]));
        assert_false(affects(a, missed[i]));
    }
    rp_arena_free(&arena);
}

/* What is broken, the line of its note, and whether the advisory is lost. */
static const struct {
    const char *text;
    uint32_t line;
    bool lost;
} broken[] = {
    {"no fence", 1, true},
    {"```toml\n[advisory\n```\n# T\n", 2, true},
    {"```toml\n[advisory]\nid = \"a\"\npackage = \"foo\"\n[versions]\npatched = [\"nope\"]\n```\n"
     "# T\n",
     6, false},
    {"```toml\n[advisory]\npackage = \"foo\"\ncvss = \"CVSS:9.9/X:Y\"\n[versions]\npatched = []\n"
     "```\n# T\n",
     4, false},
    {"```toml\n[advisory]\npackage = \"foo\"\ndate = \"2099-02-29\"\n[versions]\npatched = []\n"
     "```\n# T\n",
     4, false},
    {"```toml\n[advisory]\npackage = \"foo\"\n[versions]\npatched = 7\n```\n# T\n", 5, false},
    {"```toml\n[advisory]\npackage = \"foo\"\nkeywords = [1]\n[versions]\npatched = []\n```\n# T\n",
     4, false},
    {"```toml\n[advisory]\npackage = \"foo\"\n[versions]\npatched = []\n```\nno title\n", 7, false},
    {"```toml\n[advisory]\npackage = \"foo\"\n```\n# T\n", 1, false},
    {"```toml\n[advisory]\npackage = \"foo\"\n[affected]\nfunctions = {\"foo::x\" = [\"??\"]}\n"
     "[versions]\npatched = []\n```\n# T\n",
     5, false},
};

static void a_broken_field_costs_that_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(broken); i++) {
        rp_arena arena = {0};
        rp_advisory_loader l = load_md(&arena, broken[i].text);
        assert_int_equal(l.faults_in_all, 1);
        if (l.faults.items[0].line != broken[i].line)
            fail_msg("%zu: line %u", i, l.faults.items[0].line);
        assert_int_equal(l.faults.items[0].lost, broken[i].lost);
        assert_int_equal(l.lost, broken[i].lost);
        assert_int_equal(l.items.n, !broken[i].lost);
        if (!broken[i].lost) { /* what cannot be read hides nothing */
            assert_true(affects(&l.items.items[0], "1.0.0"));
            assert_true(rp_str_is(l.items.items[0].package, "foo"));
        }
        rp_arena_free(&arena);
    }
}

static const char osv[] =
    "{\"id\": \"GHSA-aaaa\", \"published\": \"2099-01-02T12:00:00Z\", \"summary\": \"s\","
    "\"aliases\": [\"CVE-2099-1\"], \"database_specific\": {\"severity\": \"MODERATE\"},"
    "\"severity\": [{\"type\": \"CVSS_V3\", \"score\": \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/"
    "A:H\"}, {\"type\": \"CVSS_V4\", \"score\": \"broken\"}],"
    "\"references\": [{\"type\": \"WEB\", \"url\": \"https://example.org/2\"}],"
    "\"affected\": ["
    "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"foo\"}},"
    "{\"package\": {\"ecosystem\": \"crates.io\", \"name\": \"foo\"}, \"versions\": [\"9.9.9\"],"
    "\"ranges\": [{\"type\": \"GIT\", \"events\": [{\"introduced\": \"0\"}]},"
    "{\"type\": \"SEMVER\", \"events\": [{\"fixed\": \"1.2.3\"}, {\"introduced\": \"0\"},"
    "{\"introduced\": \"2.0.0\"}, {\"last_affected\": \"2.1.0\"}, {\"introduced\": \"x\"}]}]}]}";

static void osv_is_read(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_advisory_loader l = {.arena = &arena};
    l.file = RP_STR("GHSA-aaaa.json");
    l.text = RP_STR(osv);
    rp_advisory_read_osv(&l);
    assert_int_equal(l.items.n, 1);
    assert_int_equal(l.faults_in_all, 1); /* the event x */
    const rp_advisory *a = &l.items.items[0];
    assert_int_equal(a->score, 75);
    assert_true(rp_str_is(a->date, "2099-01-02"));
    assert_int_equal(a->patched.n, 2);
    assert_true(rp_str_is(a->patched.items[0], ">= 1.2.3"));
    static const char *const hit[] = {"0.0.0-0", "1.2.2", "2.0.0", "2.1.0", "9.9.9"};
    static const char *const missed[] = {"1.2.3", "1.9.9", "2.0.0-a", "2.1.1", "9.9.8"};
    for (size_t i = 0; i < RP_COUNT(hit); i++) {
        assert_true(affects(a, hit[i]));
        assert_false(affects(a, missed[i]));
    }
    rp_arena_free(&arena);
}

static void kinds_are_told_apart(void **state)
{
    (void)state;
    static const rp_str malicious = {"malicious", 9};
    const rp_strs none = {NULL, 0}, bad = {&malicious, 1};
    assert_int_equal(rp_advisory_kind_of(RP_STR("R"), RP_STR(""), &none),
                     RP_ADVISORY_VULNERABILITY);
    assert_int_equal(rp_advisory_kind_of(RP_STR("R"), RP_STR("unsound"), &none),
                     RP_ADVISORY_UNSOUND);
    assert_int_equal(rp_advisory_kind_of(RP_STR("R"), RP_STR("tomorrow"), &none),
                     RP_ADVISORY_OTHER);
    assert_int_equal(rp_advisory_kind_of(RP_STR("R"), RP_STR(""), &bad), RP_ADVISORY_MALICIOUS);
    assert_int_equal(rp_advisory_kind_of(RP_STR("MAL-1"), RP_STR(""), &none),
                     RP_ADVISORY_MALICIOUS);
}

static void days_are_counted(void **state)
{
    (void)state;
    assert_int_equal(rp_advisory_day(RP_STR("1971-01-01")), 365);
    assert_int_equal(rp_advisory_day(RP_STR("2000-03-01")), 11017);
    assert_int_equal(rp_advisory_day(RP_STR("2026-08-21T12:00:00Z")), 20686);
    static const char *const bad[] = {"",           "2026",       "2026-13-01", "2026-02-29",
                                      "2026-1-01x", "1970-01-01", "2026-00-10", "2026-01-00"};
    for (size_t i = 0; i < RP_COUNT(bad); i++)
        assert_int_equal(rp_advisory_day(rp_str_from(bad[i])), 0);
}

/* ---- the index ---- */

static void put_index(rp_arena *arena, rp_buf *out)
{
    rp_advisory_loader l = load_md(arena, md);
    l.file = RP_STR("broken.md");
    l.text = rp_str_from(broken[2].text);
    rp_advisory_read_md(&l, RP_COLLECTION_CRATES, RP_STR("bar"));
    rp_advisory_index_put(&l, RP_STR("identity"), out);
    assert_false(out->bad);
}

static rp_bytes bytes_of(const rp_buf *b)
{
    return (rp_bytes){(const uint8_t *)b->ptr, b->len};
}

static void an_index_gives_back_what_it_was_made_of(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_buf out = {0}, again = {0};
    rp_str identity;
    put_index(&arena, &out);
    rp_advisory_loader l = {.arena = &arena};
    assert_int_equal(rp_advisory_index_read(&l, bytes_of(&out), &identity, NULL), RP_OK);
    assert_true(rp_str_is(identity, "identity"));
    assert_int_equal(l.items.n, 2);
    assert_int_equal(l.faults_in_all, 1);
    assert_int_equal(l.faults.items[0].line, 6);
    rp_advisory_index_put(&l, identity, &again);
    assert_true(rp_str_eq(rp_buf_str(&out), rp_buf_str(&again)));
    rp_buf_free(&out);
    rp_buf_free(&again);
    rp_arena_free(&arena);
}

static void a_hostile_index_is_refused_or_harmless(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_buf out = {0};
    put_index(&arena, &out);
    for (size_t n = 0; n < out.len; n++) { /* cut anywhere, in an allocation of its own */
        rp_arena small = {.limit = 1 << 20};
        rp_advisory_loader l = {.arena = &small};
        rp_str identity;
        uint8_t *copy = rp_new(&small, n, uint8_t);
        memcpy(copy, out.ptr, n);
        assert_int_not_equal(rp_advisory_index_read(&l, (rp_bytes){copy, n}, &identity, NULL),
                             RP_OK);
        rp_arena_free(&small);
    }
    for (size_t at = 0; at < out.len; at++) {
        rp_arena small = {.limit = 1 << 20};
        rp_advisory_loader l = {.arena = &small};
        rp_str identity;
        uint8_t *copy = rp_new(&small, out.len, uint8_t);
        memcpy(copy, out.ptr, out.len);
        copy[at] ^= 0xff;
        rp_error err = {0};
        rp_code code = rp_advisory_index_read(&l, (rp_bytes){copy, out.len}, &identity, &err);
        assert_true(code == RP_OK || err.text[0] != '\0');
        rp_arena_free(&small);
    }
    rp_buf_free(&out);
    rp_arena_free(&arena);
}

/* A count is believed only as far as the file reaches: what it reserves is at most twice that. */
static void a_forged_count_reserves_little(void **state)
{
    (void)state;
    static const uint64_t counts[] = {UINT64_MAX, UINT32_MAX, 1u << 24, 1u << 16, 300, 40};
    rp_arena arena = {0};
    rp_buf out = {0};
    put_index(&arena, &out);
    for (size_t at = 8; at + 8 <= out.len; at++)
        for (size_t k = 0; k < RP_COUNT(counts); k++) {
            rp_arena small = {0};
            rp_advisory_loader l = {.arena = &small};
            rp_str identity;
            uint8_t *copy = rp_new(&small, out.len, uint8_t);
            memcpy(copy, out.ptr, out.len);
            for (unsigned i = 0; i < (at < 32 ? 4 : 8); i++) /* counts in the head have 4 bytes */
                copy[at + i] = (uint8_t)(counts[k] >> (8 * i));
            uint64_t before = small.used;
            rp_code code = rp_advisory_index_read(&l, (rp_bytes){copy, out.len}, &identity, NULL);
            assert_int_not_equal(code, RP_E_MEMORY);
            assert_true(small.used - before <= 2 * (uint64_t)out.len);
            rp_arena_free(&small);
        }
    rp_buf_free(&out);
    rp_arena_free(&arena);
}

/* ---- matching ---- */

static rp_component crate(const char *name, const char *version, rp_crate_source_kind from)
{
    return (rp_component){.kind = RP_COMPONENT_CRATE,
                          .name = rp_str_from(name),
                          .version = rp_str_from(version),
                          .source = {.kind = from, .crates_io = RP_YES}};
}

static rp_advisory_db db_of(rp_advisory_loader *l)
{
    static const rp_dep_database about = {.path = {"db", 2}};
    return (rp_advisory_db){
        .items = l->items.items, .n = l->items.n, .databases = &about, .ndatabases = 1};
}

static void components_meet_their_advisories(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_advisory_loader l = load_md(&arena, md);
    rp_advisory_db db = db_of(&l);
    rp_component components[] = {
        crate("bar", "1.0.0", RP_FROM_REGISTRY), crate("foo", "1.0.0", RP_FROM_REGISTRY),
        crate("foo", "1.2.3", RP_FROM_REGISTRY), crate("foo", "2.0.0", RP_FROM_GIT),
        crate("foo", "1.0.0", RP_FROM_PATH),     crate("foo", "not.a.version", RP_FROM_REGISTRY),
        crate("foo", "1.0.0", RP_FROM_STD),
    };
    const rp_inventory inventory = {.components = components, .ncomponents = RP_COUNT(components)};
    const rp_match_options options = {.os = RP_STR("windows"), .arch = {"", 0}};
    rp_dep_match *found = NULL;
    uint32_t n = 0;
    rp_unjudged unjudged = {0};
    assert_int_equal(
        rp_advisories_match(&db, &inventory, &options, &arena, &found, &n, &unjudged, NULL), RP_OK);
    assert_int_equal(n, 2);
    assert_int_equal(unjudged.crates, 1);
    assert_int_equal(unjudged.advisories, 0);
    assert_int_equal(found[0].component, 1);
    assert_true(rp_str_is(found[0].upgrade, "1.2.3"));
    assert_true(found[0].compatible);
    assert_int_equal(found[0].nfunctions, 1);
    assert_true(rp_str_is(found[0].functions[0], "foo::Bar::baz"));
    assert_int_equal(found[0].here, RP_NO); /* linux only */
    assert_int_equal(found[0].source_doubt.len, 0);
    assert_int_equal(found[1].component, 3);
    assert_true(found[1].source_doubt.len > 0);
    assert_true(rp_str_is(found[1].upgrade, "2.1.0"));
    rp_arena_free(&arena);
}

/* Advisories on one crate: what is patched, and an `informational` kind. */
typedef struct {
    const char *patched, *informational;
} short_advisory;

static void add_short(rp_advisory_loader *l, unsigned number, const short_advisory *a)
{
    l->file = RP_STR("crates/foo/RUSTSEC-2099-0001.md");
    l->text = rp_arena_printf(l->arena,
                              "```toml\n[advisory]\nid = \"RUSTSEC-2099-000%u\"\npackage = "
                              "\"foo\"\ndate = \"2099-02-28\"\n%s%s%s[versions]\npatched = "
                              "[%s]\n```\n\n# T\n",
                              number, a->informational != NULL ? "informational = \"" : "",
                              a->informational != NULL ? a->informational : "",
                              a->informational != NULL ? "\"\n" : "", a->patched);
    rp_advisory_read_md(l, RP_COLLECTION_CRATES, RP_STR("foo"));
}

/* The upgrade of the first advisory, beside the others. */
static void upgrade_beside(const short_advisory *list, size_t n, const char *version,
                           const char *upgrade, bool compatible)
{
    rp_arena arena = {0};
    rp_advisory_loader l = {.arena = &arena};
    for (size_t i = 0; i < n && list[i].patched != NULL; i++)
        add_short(&l, (unsigned)i + 1, &list[i]);
    rp_advisory_db db = db_of(&l);
    rp_component foo = crate("foo", version, RP_FROM_REGISTRY);
    const rp_inventory inventory = {.components = &foo, .ncomponents = 1};
    const rp_match_options options = {0};
    rp_dep_match *found = NULL;
    uint32_t count = 0;
    rp_unjudged unjudged = {0};
    assert_int_equal(
        rp_advisories_match(&db, &inventory, &options, &arena, &found, &count, &unjudged, NULL),
        RP_OK);
    assert_true(count > 0);
    if (!rp_str_is(found[0].upgrade, upgrade))
        fail_msg("%s: to %.*s instead of %s", version, RP_FMT(found[0].upgrade), upgrade);
    assert_int_equal(found[0].compatible, compatible);
    rp_arena_free(&arena);
}

static void an_upgrade_leads_into_no_other_advisory(void **state)
{
    (void)state;
    static const struct {
        const char *version, *upgrade;
        bool compatible;
        short_advisory list[4];
    } cases[] = {
        {"0.8.12",
         "0.8.17",
         true,
         {{"\">= 0.8.13\"", 0}, {"\">= 0.8.17\"", 0}, {"\">= 0.8.16\"", 0}}},
        {"1.0.0", "1.0.5", true, {{"\">= 1.0.5\"", 0}, {"\">= 1.0.2\"", 0}}},
        /* what is only unmaintained is no reason to go on, what is unsound is one */
        {"1.0.0", "1.0.2", true, {{"\">= 1.0.2\"", 0}, {"\">= 2.0.0\"", "unmaintained"}}},
        {"1.0.0", "1.0.3", true, {{"\">= 1.0.2\"", 0}, {"\">= 1.0.3\"", "unsound"}}},
        /* the step that Cargo calls compatible is not given up for one that is not */
        {"1.0.0", "1.0.2", true, {{"\">= 1.0.2\"", 0}, {"\">= 2.0.0\"", 0}}},
        {"1.0.0", "2.0.1", false, {{"\">= 2.0.0\"", 0}, {"\">= 2.0.1\"", 0}}},
        /* no version is free of both: the first end stays */
        {"1.0.0", "1.0.2", true, {{"\">= 1.0.2\"", 0}, {"", 0}}},
        {"1.0.0", "1.0.2", true, {{"\">= 1.0.2\"", 0}, {"\"> 1.0.4\"", 0}}},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++)
        upgrade_beside(cases[i].list, RP_COUNT(cases[i].list), cases[i].version, cases[i].upgrade,
                       cases[i].compatible);
}

static void triples_name_system_and_machine(void **state)
{
    (void)state;
    static const struct {
        const char *triple, *os, *arch;
    } cases[] = {{"x86_64-pc-windows-msvc", "windows", "x86_64"},
                 {"aarch64-linux-android", "android", "aarch64"},
                 {"i686-unknown-linux-gnu", "linux", "x86"},
                 {"armv7-unknown-linux-gnueabihf", "linux", "arm"},
                 {"arm64-apple-darwin", "macos", "aarch64"},
                 {"thumbv7em-none-eabihf", "", "arm"},
                 {"", "", ""}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_match_options o = rp_match_target(rp_str_from(cases[i].triple));
        assert_true(rp_str_is(o.os, cases[i].os));
        assert_true(rp_str_is(o.arch, cases[i].arch));
    }
}

static uint32_t on_toolchain(const char *name, const char *version, const char *id)
{
    rp_arena arena = {0};
    rp_component c = crate(name, version, RP_FROM_UNKNOWN);
    c.kind = RP_COMPONENT_TOOLCHAIN;
    const rp_inventory inventory = {.components = &c, .ncomponents = 1};
    const rp_match_options options = {.os = {"", 0}, .arch = {"", 0}};
    rp_dep_match *found = NULL;
    uint32_t n = 0, hits = 0;
    rp_unjudged unjudged = {0};
    assert_int_equal(
        rp_advisories_match(NULL, &inventory, &options, &arena, &found, &n, &unjudged, NULL),
        RP_OK);
    for (uint32_t i = 0; i < n; i++)
        hits += rp_str_is(found[i].id, id);
    rp_arena_free(&arena);
    return hits;
}

static void the_toolchain_is_judged_too(void **state)
{
    (void)state;
    assert_int_equal(on_toolchain("rustc", "1.77.1", "CVE-2024-24576"), 1);
    assert_int_equal(on_toolchain("rustc", "1.77.2", "CVE-2024-24576"), 0);
    assert_int_equal(on_toolchain("rustc", "1.77.2", "CVE-2024-43402"), 1);
    assert_int_equal(on_toolchain("rustc", "1.81.0", "CVE-2024-43402"), 0);
    assert_int_equal(on_toolchain("rustc", "1.81.0-nightly", "CVE-2024-43402"), 1);
    assert_int_equal(on_toolchain("rustc", "1.56.0", "CVE-2021-42574"), 1);
    assert_int_equal(on_toolchain("cargo", "1.71.0", "CVE-2023-38497"), 1);
    assert_int_equal(on_toolchain("cargo", "1.71.1", "CVE-2023-38497"), 0);
    assert_int_equal(on_toolchain("cargo", "1.59.0", "CVE-2023-40030"), 0);
    assert_int_equal(on_toolchain("cargo", "1.60.0", "CVE-2023-40030"), 1);
    assert_int_equal(on_toolchain("rustc", "1.60.0", "CVE-2023-40030"), 0); /* not Cargo */
}

static void aliases_are_one_match(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_advisory_loader l = load_md(&arena, md);
    l.database = 1;
    l.file = RP_STR("GHSA-aaaa.json");
    l.text = RP_STR(osv);
    rp_advisory_read_osv(&l);
    assert_int_equal(l.items.n, 2);
    rp_advisory_db db = db_of(&l);
    rp_component c = crate("foo", "1.0.0", RP_FROM_REGISTRY);
    const rp_inventory inventory = {.components = &c, .ncomponents = 1};
    const rp_match_options options = {.os = {"", 0}, .arch = {"", 0}};
    rp_dep_match *found = NULL;
    uint32_t n = 0;
    rp_unjudged unjudged = {0};
    assert_int_equal(
        rp_advisories_match(&db, &inventory, &options, &arena, &found, &n, &unjudged, NULL), RP_OK);
    assert_int_equal(n, 1);
    rp_arena_free(&arena);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    rp_component c = crate("foo", "1.0.0", RP_FROM_REGISTRY);
    const rp_inventory inventory = {.components = &c, .ncomponents = 1};
    const rp_match_options options = {.os = {"", 0}, .arch = {"", 0}};
    for (uint64_t k = 1;; k++) {
        rp_arena arena = {0};
        rp_dep_match *found = NULL;
        uint32_t n = 0;
        rp_unjudged unjudged = {0};
        (void)rp_arena_fail_at(k);
        rp_advisory_loader l = load_md(&arena, md);
        rp_advisory_db db = db_of(&l);
        rp_code code =
            rp_advisories_match(&db, &inventory, &options, &arena, &found, &n, &unjudged, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        bool whole = asked < k;
        assert_true(l.no_memory || code == RP_E_MEMORY || (whole && n == 1));
        rp_arena_free(&arena);
        if (whole)
            return;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_is_read),
        cmocka_unit_test(a_broken_field_costs_that_field),
        cmocka_unit_test(osv_is_read),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(days_are_counted),
        cmocka_unit_test(an_index_gives_back_what_it_was_made_of),
        cmocka_unit_test(a_hostile_index_is_refused_or_harmless),
        cmocka_unit_test(a_forged_count_reserves_little),
        cmocka_unit_test(components_meet_their_advisories),
        cmocka_unit_test(an_upgrade_leads_into_no_other_advisory),
        cmocka_unit_test(triples_name_system_and_machine),
        cmocka_unit_test(the_toolchain_is_judged_too),
        cmocka_unit_test(aliases_are_one_match),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
