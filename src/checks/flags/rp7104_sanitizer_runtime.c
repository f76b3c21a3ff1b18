/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/coverage.h"

/* What the code shows of one sanitizer: its checks of memory accesses. */
typedef struct {
    const char *name;
    rp_cover cover;
} instrumented;

/* Calls of a runtime's functions are proof. Constants are not: a disassembler, or rustproof itself,
 * holds some that happen to be a sanitizer's shadow offset; without the texts that each runtime
 * leaves there must be many. */
static bool convincing(const rp_cover *cover, bool runtime, bool by_constants)
{
    if (runtime || !by_constants)
        return cover->covered > 0;
    return cover->covered >= 8 && cover->covered >= cover->total / 50;
}

static instrumented instrumentation_of(const rp_facts *f)
{
    bool runtime = f->rust->sanitizer.text.len > 0;
    const rp_code_facts *c = f->code;
    const struct {
        const char *name;
        const rp_coverage *coverage;
        bool by_constants;
    } all[] = {{"address", &c->asan, true},
               {"hwaddress", &c->hwasan, false},
               {"memory", &c->msan, true},
               {"thread", &c->tsan, false}};
    for (size_t i = 0; i < RP_COUNT(all); i++) {
        rp_cover cover = rp_cover_of(f, all[i].coverage, RP_OWNERS_COMPILED);
        if (rp_cover_told(&cover) && convincing(&cover, runtime, all[i].by_constants))
            return (instrumented){all[i].name, cover};
    }
    return (instrumented){0};
}

/* Absence needs both kinds of evidence: a runtime that was linked in and stripped leaves only its
 * strings. */
static void judge_absence(const rp_facts *f, rp_out *out)
{
    if (f->symbols->known == RP_UNKNOWN) {
        rp_unknown(out, "the symbol tables could not be read whole");
    } else if (!rp_unknown_fact(out, f->rust->leaks_known)) {
        rp_pass(out, "no sanitizer runtime is linked in or asked for");
        rp_evidence(out, RP_NOWHERE,
                    "%u symbol%s and %u %s, none of a runtime; no text of one in read-only data",
                    RP_MANY(f->symbols->defined + f->symbols->undefined), (unsigned)f->nlibraries,
                    rp_by_count(f->nlibraries, "library", "libraries"));
        rp_brief(out, "none");
    }
}

static void find_runtime(const rp_facts *f, rp_out *out, const rp_found *s,
                         const instrumented *code)
{
    rp_str name = s->text.len > 0 ? s->text : rp_str_from(code->name);
    if (code->name != NULL)
        rp_find(out,
                "built with the %.*s sanitizer: %u of %u function%s that access memory check their "
                "accesses",
                RP_FMT(name), (unsigned)code->cover.covered, RP_MANY(code->cover.total));
    else
        rp_find(out,
                "built with the %.*s sanitizer: a test build, slower, and its runtime obeys "
                "the environment",
                RP_FMT(name));
    if (s->text.len > 0)
        rp_evidence(out, s->at, "runtime of the %.*s sanitizer", RP_FMT(s->text));
    if (code->name != NULL)
        rp_cover_evidence(f, out, &code->cover, "functions whose memory accesses are checked",
                          NULL);
}

static void sanitizer_runtime(const rp_facts *f, rp_out *out)
{
    const rp_found *s = &f->rust->sanitizer;
    rp_verify(out,
              "strings {} | grep -E '^[A-Z]*SAN_OPTIONS$'; %s -a {} | grep -E "
              "'__(asan|hwasan|tsan|msan|lsan|rtsan)_init|__ubsan_handle'",
              rp_nm_of(f));
    if (rp_skip_no_code(f, out))
        return;
    instrumented code = instrumentation_of(f);
    if (s->text.len == 0 && code.name == NULL) {
        judge_absence(f, out);
        return;
    }
    find_runtime(f, out, s, &code);
    rp_brief(out, s->text.len > 0 ? "linked" : "code");
    if (rp_facts_rust(f))
        rp_cause(out, ".cargo/config.toml", "build.rustflags");
    rp_fix_advice(out, "build what ships without -Zsanitizer and -fsanitize; keep them for tests");
}

const rp_check rp_check_rp7104 = {
    .code = "RP7104",
    .name = "sanitizer-runtime",
    .title = "no sanitizer runtime ships",
    .guide = "Sanitizers",
    .since = "0.1",
    .level = RP_DENY,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ALL,
    .run = sanitizer_runtime,
};
