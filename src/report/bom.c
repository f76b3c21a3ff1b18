/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/bom.h"

#include "deps/advisory_match.h"

bool rp_bom_next(const rp_report_options *opt, const rp_run_report *run, uint32_t *at, rp_bom *ret)
{
    for (; *at < run->ntargets; ++*at) {
        const rp_target_report *t = run->targets[*at];
        const rp_deps_facts *deps = t->facts != NULL ? t->facts->deps : NULL;
        if (deps == NULL || deps->inventory == NULL)
            continue;
        *ret = (rp_bom){.opt = opt,
                        .target = t,
                        .deps = deps,
                        .inv = deps->inventory,
                        .number = *at,
                        .several = run->ntargets > 1,
                        .subject = RP_NO_COMPONENT};
        uint32_t roots = 0;
        for (uint32_t i = 0; i < ret->inv->ncomponents && rp_facts_project(t->facts); i++) {
            roots += ret->inv->components[i].root;
            if (ret->inv->components[i].root)
                ret->subject = i;
        }
        if (roots != 1)
            ret->subject = RP_NO_COMPONENT;
        ++*at;
        return true;
    }
    return false;
}

void rp_bom_text(const rp_bom *bom, rp_json *j, const char *key, rp_str s)
{
    rp_buf clean = {0};
    if (bom->opt->redact)
        rp_put_redacted(bom->opt, &clean, s);
    rp_json_key(j, key);
    rp_json_text(j, bom->opt->redact ? rp_buf_str(&clean) : s);
    j->out->bad |= clean.bad;
    rp_buf_free(&clean);
}

/* ---- the subject ---- */

/* The last part of a path that says something: of "a/b/Cargo.lock" b, of "a/b/prog" prog. */
static rp_str last_part(rp_str path, bool file_too)
{
    size_t end = path.len, from;
    for (int skip = file_too ? 0 : 1; skip >= 0; skip--) {
        while (end > 0 && path.ptr[end - 1] == '/')
            end--;
        from = end;
        while (from > 0 && path.ptr[from - 1] != '/')
            from--;
        if (skip > 0)
            end = from;
    }
    rp_str part = rp_str_sub(path, from, end - from);
    return part.len == 0 || rp_str_is(part, ".") || rp_str_is(part, "..") ? RP_STR("project")
                                                                          : part;
}

rp_str rp_bom_subject_name(const rp_bom *bom)
{
    if (bom->subject != RP_NO_COMPONENT)
        return bom->inv->components[bom->subject].name;
    return last_part(bom->target->name, !rp_facts_project(bom->target->facts));
}

rp_str rp_bom_subject_version(const rp_bom *bom)
{
    if (bom->subject != RP_NO_COMPONENT)
        return bom->inv->components[bom->subject].version;
    return RP_STR("");
}

/* ---- package URLs and references ---- */

/* Percent-encoding as package URLs have it: unreserved characters and ':' stay. */
static void put_encoded(rp_buf *out, rp_str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
        if (plain) {
            rp_buf_char(out, (char)c);
            continue;
        }
        rp_buf_char(out, '%');
        rp_buf_char(out, hex[c >> 4]);
        rp_buf_char(out, hex[c & 15]);
    }
}

static void put_named(rp_buf *out, const char *type, rp_str name, rp_str version)
{
    rp_buf_puts(out, type);
    put_encoded(out, name);
    if (version.len > 0) {
        rp_buf_char(out, '@');
        put_encoded(out, version);
    }
}

static void put_registry_qualifiers(rp_buf *out, const rp_component *c)
{
    bool hash = rp_is_sha256(c->checksum);
    if (hash)
        rp_buf_printf(out, "?checksum=sha256:%.*s", RP_FMT(c->checksum));
    rp_buf_puts(out, hash ? "&repository_url=" : "?repository_url=");
    put_encoded(out, c->source.url);
}

static void put_git_qualifiers(rp_buf *out, const rp_component *c)
{
    rp_buf_puts(out, "?vcs_url=git%2B");
    put_encoded(out, c->source.url);
    if (c->source.revision.len > 0) {
        rp_buf_puts(out, "%40");
        put_encoded(out, c->source.revision);
    }
}

/* Crates that crates.io has under that name, or another place that the qualifiers name. */
static bool is_published(const rp_component *c)
{
    switch (c->source.kind) {
    case RP_FROM_PATH:
        return false;
    case RP_FROM_STD: /* its own crates are on no registry; what they bring along is */
        return !rp_str_is(c->name, "std") && !rp_str_is(c->name, "core") &&
               !rp_str_is(c->name, "alloc");
    case RP_FROM_REGISTRY:
    case RP_FROM_GIT:
        return true;
    case RP_FROM_UNKNOWN:
        break;
    }
    return c->version.len > 0 && !c->root;
}

void rp_put_purl(rp_buf *out, const rp_component *c)
{
    bool crate = c->kind == RP_COMPONENT_CRATE && is_published(c);
    put_named(out, crate ? "pkg:cargo/" : "pkg:generic/", c->name, c->version);
    if (crate && c->source.kind == RP_FROM_GIT && c->source.url.len > 0)
        put_git_qualifiers(out, c);
    else if (crate && c->source.kind == RP_FROM_REGISTRY && c->source.crates_io == RP_NO &&
             c->source.url.len > 0)
        put_registry_qualifiers(out, c);
}

void rp_put_subject_purl(rp_buf *out, const rp_bom *bom)
{
    if (bom->subject != RP_NO_COMPONENT)
        rp_put_purl(out, &bom->inv->components[bom->subject]);
    else
        put_named(out, "pkg:generic/", rp_bom_subject_name(bom), rp_bom_subject_version(bom));
}

static bool same_label(const rp_inventory *inv, uint32_t a, uint32_t b)
{
    const rp_component *x = &inv->components[a], *y = &inv->components[b];
    return x->kind == y->kind && rp_str_eq(x->name, y->name) && rp_str_eq(x->version, y->version);
}

void rp_put_ref(rp_buf *out, const rp_bom *bom, uint32_t component)
{
    static const char *const kinds[] = {"crate:", "c-library:", "toolchain:"};
    const rp_component *c = &bom->inv->components[component];
    if (bom->several)
        rp_buf_printf(out, "%u:", bom->number);
    put_named(out, kinds[c->kind], c->name, c->version);
    /* equal ones stand side by side; '#' is in no encoded name */
    if ((component > 0 && same_label(bom->inv, component - 1, component)) ||
        (component + 1 < bom->inv->ncomponents && same_label(bom->inv, component, component + 1)))
        rp_buf_printf(out, "#%u", component);
}

void rp_put_subject_ref(rp_buf *out, const rp_bom *bom)
{
    if (bom->subject != RP_NO_COMPONENT) {
        rp_put_ref(out, bom, bom->subject);
        return;
    }
    if (bom->several)
        rp_buf_printf(out, "%u:", bom->number);
    rp_buf_puts(out, "subject");
}

/* ---- licences, hashes, identities ---- */

bool rp_put_license(rp_buf *out, rp_str license)
{
    bool word = false;
    for (size_t i = 0; i < license.len; i++) {
        char c = license.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || strchr(" .-+()/:", c) == NULL))
            return false;
        word |= letter;
    }
    for (size_t i = 0; word && i < license.len; i++) {
        if (license.ptr[i] != '/')
            rp_buf_char(out, license.ptr[i]);
        else
            rp_buf_puts(out, " OR ");
    }
    return word;
}

bool rp_is_sha256(rp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return s.len == 64;
}

static uint64_t fnv1a(rp_str s, uint64_t h)
{
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3u;
    return h;
}

void rp_put_uuid_of(rp_buf *out, rp_str text)
{
    uint64_t a = fnv1a(text, 0xcbf29ce484222325u), b = fnv1a(text, a ^ 0x9e3779b97f4a7c15u);
    a = (a & ~0xf000ull) | 0x8000u;           /* version 8 */
    b = (b & (UINT64_MAX >> 2)) | 1ull << 63; /* variant 10 */
    rp_buf_printf(out, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32),
                  (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xffff), (unsigned)(b >> 48),
                  (unsigned long long)(b & 0xffffffffffffu));
}

/* ---- witnesses ---- */

static const struct {
    const char *words;
    unsigned confidence;
} witnesses[RP_WITNESS_COUNT] = {
    [RP_WITNESS_LOCK] = {"lock file", 100},
    [RP_WITNESS_MANIFEST] = {"manifest", 100},
    [RP_WITNESS_SBOM] = {"Cargo's SBOM", 100},
    [RP_WITNESS_AUDITABLE] = {"list of crates in the artefact", 100},
    [RP_WITNESS_LOCATION] = {"panic location", 95},
    [RP_WITNESS_PATH] = {"path of a source file", 90},
    [RP_WITNESS_SYMBOL] = {"symbol", 50},
    [RP_WITNESS_DWARF] = {"debug information", 90},
    [RP_WITNESS_SOURCES] = {"sources on disk", 90},
    [RP_WITNESS_STRING] = {"version text", 80},
};

unsigned rp_witness_confidence(rp_witness what)
{
    return witnesses[what].confidence;
}

const char *rp_witness_words(rp_witness what)
{
    return witnesses[what].words;
}

/* ---- VEX ---- */

uint32_t rp_bom_vex_count(const rp_bom *bom)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < bom->deps->nmatches; i++)
        n += rp_vex_speaks_of(&bom->deps->matches[i]);
    for (uint32_t i = 0; i < bom->deps->nignored; i++)
        n += rp_vex_speaks_of(&bom->deps->ignored[i]);
    return n;
}

static void put_vex(const rp_bom *bom, rp_json *j, const rp_dep_match *m, rp_bom_vex_fn put)
{
    rp_error err = {0};
    rp_arena arena = {0};
    rp_vex v;
    const rp_advisory *a = NULL;
    if (!rp_vex_speaks_of(m))
        return;
    if (bom->opt->advisories != NULL)
        a = rp_advisory_of(bom->opt->advisories, m, bom->inv->components[m->component].name);
    if (rp_vex_of(bom->target->facts, m, a, &arena, &v, &err) != RP_OK)
        j->out->bad = true;
    else
        put(bom, j, m, &v);
    rp_arena_free(&arena);
}

void rp_bom_vex(const rp_bom *bom, rp_json *j, rp_bom_vex_fn put)
{
    for (uint32_t i = 0; i < bom->deps->nmatches; i++)
        put_vex(bom, j, &bom->deps->matches[i], put);
    for (uint32_t i = 0; i < bom->deps->nignored; i++)
        put_vex(bom, j, &bom->deps->ignored[i], put);
}
