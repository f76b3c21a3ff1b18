/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

static const rp_sanitizer cfi_sanitizer = {
    .what = "CFI",
    .sanitizer = RP_SAN_CFI,
    .rustflag = "-Zsanitizer=cfi",
    .cflag = "compile and link with clang -flto -fvisibility=hidden -fsanitize=cfi",
};

static void show_traces(const rp_symbol_facts *s, rp_out *out)
{
    static const struct {
        rp_watch id;
        const char *name;
    } traces[] = {{RP_WATCH_CFI_INIT, "__cfi_init"},
                  {RP_WATCH_CFI_CHECK, "__cfi_check"},
                  {RP_WATCH_CFI_FAIL, "__cfi_slowpath"}};
    if (s->cfi_suffixed > 0)
        rp_evidence(out, RP_NOWHERE, "%u functions have a '.cfi' body behind a jump table",
                    (unsigned)s->cfi_suffixed);
    for (size_t i = 0; i < RP_COUNT(traces); i++)
        if (s->watch[traces[i].id].defined + s->watch[traces[i].id].undefined > 0)
            rp_evidence(out, s->watch[traces[i].id].at, "symbol %s", traces[i].name);
}

static void cfi(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unloaded(f, out))
        return;
    rp_verify(out, "readelf -sW {} | grep -E '\\.cfi$|__cfi_(init|check)'");
    show_traces(f->symbols, out);
    if (out->nevidence > 0)
        rp_pass(out, "CFI is in it; which indirect calls are checked is not known from symbols");
    else
        rp_judge_absent(f, out, &cfi_sanitizer, rp_symbols_gap(f));
}

const rp_check rp_check_rp3101 = {
    .code = "RP3101",
    .name = "cfi",
    .title = "indirect calls reach only functions of the right type (LLVM CFI)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_SYMBOLS | RP_NEED_STRINGS,
    .formats = RP_ON_ELF,
    .run = cfi,
};
