/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

/* Absence needs both kinds of evidence: a runtime that was linked in and stripped leaves only its
 * strings. */
static void judge_absence(const rp_facts *f, rp_out *out)
{
    if (f->symbols->known == RP_UNKNOWN) {
        rp_unknown(out, "the symbol tables could not be read whole");
    } else if (!rp_unknown_fact(out, f->rust->leaks_known)) {
        rp_pass(out, "no sanitizer runtime is linked in or asked for");
        rp_evidence(out, RP_NOWHERE,
                    "%u symbols and %u libraries, none of a runtime; no text of "
                    "one in read-only data",
                    (unsigned)(f->symbols->defined + f->symbols->undefined),
                    (unsigned)f->nlibraries);
        rp_brief(out, "none");
    }
}

static void sanitizer_runtime(const rp_facts *f, rp_out *out)
{
    const rp_found *s = &f->rust->sanitizer;
    rp_verify(out, "strings {} | grep -E '^[A-Z]*SAN_OPTIONS$'; nm -a {} | grep -E "
                   "'__(asan|hwasan|tsan|msan|lsan|rtsan)_init|__ubsan_handle'");
    if (rp_skip_unlinked(f, out))
        return;
    if (s->text.len == 0) {
        judge_absence(f, out);
        return;
    }
    rp_find(out,
            "built with the %.*s sanitizer: a test build, slower, and its runtime obeys the "
            "environment",
            RP_FMT(s->text));
    rp_evidence(out, s->at, "runtime of the %.*s sanitizer", RP_FMT(s->text));
    rp_brief(out, "linked");
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
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS,
    .formats = RP_ON_ALL,
    .run = sanitizer_runtime,
};
