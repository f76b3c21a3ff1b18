/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "sample.h"

#define CHECK(c, n, l, t)                                                                          \
    {                                                                                              \
        .code = (c), .name = (n), .title = (t), .guide = "A section of the guide", .since = "0.1", \
        .level = (l), .formats = RP_ON_ELF                                                         \
    }

static const rp_check checks[] = {
    CHECK("RP2101", "pie", RP_DENY, "the program is loaded at a random address"),
    CHECK("RP2102", "nx-stack", RP_DENY, "the stack is not executable"),
    CHECK("RP2103", "wx-segments", RP_DENY, "no memory is writable and executable"),
    CHECK("RP2104", "full-relro", RP_WARN, "what the loader resolves is read-only"),
    CHECK("RP2110", "stack-protector", RP_WARN, "C functions carry a canary"),
    CHECK("RP2305", "ibt", RP_NOTE, "indirect branches land on marked places"),
    CHECK("RP7103", "overflow-checks", RP_WARN, "arithmetic overflow panics"),
};

enum { CHECKS = RP_COUNT(checks) };

static const rp_evidence_line relro_evidence[] = {
    {0x2e58, {"DT_PLTRELSZ is 240: calls are bound lazily", 42}},
    {0x270, {"program header GNU_RELRO covers 0x3da8+0x258", 44}},
};
static const rp_evidence_line pie_evidence[] = {{16, {"e_type is ET_EXEC", 17}}};
static const rp_fix relro_fix[] = {
    {{".cargo/config.toml", 18},
     {"build.rustflags", 15},
     {"-Crelro-level=full", 18},
     RP_FIX_SAFE,
     false},
};
static const rp_fix advice[] = {
    {.value = {"build with -Crelocation-model=pie", 33}, .safety = RP_FIX_MANUAL},
};

static rp_out outcome(rp_outcome o, rp_level level, const char *text)
{
    return (rp_out){.outcome = o, .level = level, .text = rp_str_from(text)};
}

static rp_out relro_finding(void)
{
    rp_out o = outcome(RP_OUTCOME_FINDING, RP_WARN,
                       "partial RELRO: .got.plt stays writable after start-up");
    o.brief = RP_STR("part");
    o.evidence = relro_evidence;
    o.nevidence = RP_COUNT(relro_evidence);
    o.fixes = relro_fix;
    o.nfixes = 1;
    o.verify = RP_STR("readelf -lWd {} | grep -E 'GNU_RELRO|BIND_NOW'");
    o.cause_file = RP_STR(".cargo/config.toml");
    o.cause_key = RP_STR("build.rustflags");
    return o;
}

static rp_out pie_finding(void)
{
    rp_out o = outcome(RP_OUTCOME_FINDING, RP_DENY, "loaded at a fixed address");
    o.evidence = pie_evidence;
    o.nevidence = 1;
    o.fixes = advice;
    o.nfixes = 1;
    o.verify = RP_STR("readelf -hW {} | grep Type:");
    return o;
}

/* Results in the order of the checks; `bad` chooses what goes wrong. */
static void fill(rp_result *r, bool pie_bad, bool relro_bad)
{
    rp_out o[CHECKS] = {
        pie_bad ? pie_finding() : outcome(RP_OUTCOME_PASS, RP_DENY, "ET_DYN with DF_1_PIE"),
        outcome(RP_OUTCOME_PASS, RP_DENY, "GNU_STACK is RW"),
        outcome(RP_OUTCOME_PASS, RP_DENY, "no segment is writable and executable"),
        relro_bad ? relro_finding() : outcome(RP_OUTCOME_PASS, RP_WARN, "GNU_RELRO, BIND_NOW"),
        outcome(RP_OUTCOME_NA, RP_WARN, "no C objects: Rust code needs none"),
        outcome(RP_OUTCOME_FINDING, RP_NOTE, "no IBT in the GNU property note"),
        outcome(RP_OUTCOME_UNKNOWN, RP_WARN, "too few panic messages to tell (2 seen)"),
    };
    if (!relro_bad)
        o[3].brief = RP_STR("full");
    for (size_t i = 0; i < CHECKS; i++)
        r[i] = (rp_result){.check = &checks[i], .out = o[i]};
    r[5].ignored = !pie_bad;
}

static void count(rp_target_report *t, rp_run_report *run)
{
    for (uint32_t i = 0; i < t->nresults; i++) {
        const rp_result *r = &t->results[i];
        if (r->ignored) {
            run->ignored++;
            continue;
        }
        t->count[r->out.outcome]++;
        run->count[r->out.outcome]++;
        if (r->out.outcome != RP_OUTCOME_FINDING)
            continue;
        t->findings[r->out.level]++;
        run->findings[r->out.level]++;
        t->worst = r->out.level > t->worst ? r->out.level : t->worst;
    }
}

static const rp_facts *facts(rp_arena *arena, rp_str name, rp_elf_type type)
{
    static const rp_symbol_facts symbols = {.known = RP_YES};
    static const rp_target_facts target = {.triple = "x86_64-unknown-linux-gnu", .tls_model = ""};
    rp_facts *f = rp_new(arena, 1, rp_facts);
    rp_elf_facts *elf = rp_new(arena, 1, rp_elf_facts);
    rp_rust_facts *rust = rp_new(arena, 1, rp_rust_facts);
    elf->type = type;
    rust->is_rust.is = RP_YES;
    rust->evidence = ".comment";
    rust->version = RP_STR("1.83.0");
    rust->version_by = RP_STR(".comment");
    *f = (rp_facts){.name = name,
                    .size = 6123456,
                    .format = RP_FORMAT_ELF,
                    .arch = RP_ARCH_X86_64,
                    .machine = 62,
                    .bits = 64,
                    .kind = RP_KIND_EXECUTABLE,
                    .elf = elf,
                    .symbols = &symbols,
                    .rust = rust,
                    .target = &target};
    return f;
}

static rp_target_report *add(rp_arena *arena, sample *s, rp_str path, rp_str member)
{
    rp_target_report *t = rp_new(arena, 1, rp_target_report);
    rp_buf name = {0};
    rp_buf_put(&name, path);
    if (member.len > 0) {
        rp_buf_char(&name, '!');
        rp_buf_put(&name, member);
    }
    t->path = path;
    t->member = member;
    t->name = rp_arena_str(arena, rp_buf_str(&name));
    rp_buf_free(&name);
    s->targets[s->run.ntargets++] = t;
    s->run.targets = s->targets;
    s->run.files++;
    return t;
}

static void judge(rp_arena *arena, sample *s, rp_target_report *t, bool pie_bad, bool relro_bad)
{
    rp_result *results = rp_new(arena, CHECKS, rp_result);
    fill(results, pie_bad, relro_bad);
    t->facts = facts(arena, t->name, pie_bad ? RP_ELF_EXEC : RP_ELF_PIE);
    t->results = results;
    t->nresults = CHECKS;
    count(t, &s->run);
    s->run.judged++;
}

static void fail(sample *s, rp_target_report *t, rp_code code, uint64_t at, const char *text)
{
    (void)rp_fail(&t->err, code, at, "%s", text);
    s->run.failed++;
    s->run.complete = false;
}

void sample_one(rp_arena *arena, sample *ret)
{
    *ret = (sample){.run.complete = true};
    judge(arena, ret, add(arena, ret, RP_STR("./agentd"), RP_STR("")), false, true);
}

static const rp_coverage_row owners[] = {
    {{"unknown", 7}, 0, 1, RP_OWNER_UNKNOWN},
    {{"Rust", 4}, 40, 61, RP_OWNER_RUST_USER},
    {{"C", 1}, 7, 10, RP_OWNER_C},
};
static const rp_coverage_row by_crate[] = {
    {{"", 0}, 0, 1, RP_OWNER_RUST_USER},
    {{"regex 1.10.2", 12}, 40, 60, RP_OWNER_RUST_USER},
};
static const rp_coverage_row by_object[] = {{{"sqlite\x1b[2J3.c", 13}, 7, 10, RP_OWNER_C}};
static rp_code_place places[24];

void sample_covered(rp_arena *arena, sample *ret)
{
    static rp_coverage covered, whole = {.known = RP_YES, .covered = 9, .total = 9};
    sample_one(arena, ret);
    for (uint32_t i = 0; i < RP_COUNT(places); i++)
        places[i] = (rp_code_place){.name = rp_arena_printf(arena, "regex::step_%02u", i),
                                    .crate = RP_STR("regex 1.10.2"),
                                    .object = RP_STR("regex.o"),
                                    .addr = 0x4000 + 16 * i,
                                    .at = 0x3000 + 16 * i,
                                    .detail = 8192,
                                    .owner = RP_OWNER_RUST_USER};
    places[0] = (rp_code_place){.addr = 0x9000, .at = RP_NOWHERE};
    places[1] = (rp_code_place){.name = RP_STR("forged\nerror: \x1b[31m"),
                                .object = RP_STR("sqlite\x1b[2J3.c"),
                                .addr = 0x9100,
                                .at = 0x8100,
                                .owner = RP_OWNER_C};
    covered = (rp_coverage){.known = RP_YES,
                            .covered = 47,
                            .total = 72,
                            .by_owner = owners,
                            .nby_owner = RP_COUNT(owners),
                            .by_crate = by_crate,
                            .nby_crate = RP_COUNT(by_crate),
                            .by_object = by_object,
                            .nby_object = RP_COUNT(by_object),
                            .outside = places,
                            .noutside = RP_COUNT(places)};
    rp_result *results = (rp_result *)(uintptr_t)ret->targets[0]->results;
    for (uint32_t i = 0; i < ret->targets[0]->nresults; i++) {
        results[i].out.coverage_owners = UINT32_MAX;
        if (results[i].out.outcome == RP_OUTCOME_FINDING && !results[i].ignored)
            results[i].out.coverage = &covered;
        else if (results[i].out.outcome == RP_OUTCOME_PASS)
            results[i].out.coverage = &whole;
    }
}

void sample_few(rp_arena *arena, sample *ret)
{
    *ret = (sample){.run.complete = true};
    fail(ret, add(arena, ret, RP_STR("target/release/cut"), RP_STR("")), RP_E_FORMAT, 64,
         "program headers lie outside the file");
    judge(arena, ret, add(arena, ret, RP_STR("target/release/gateway"), RP_STR("")), true, true);
    judge(arena, ret, add(arena, ret, RP_STR("target/release/gwctl"), RP_STR("")), false, true);
}

void sample_fleet(rp_arena *arena, sample *ret)
{
    *ret = (sample){.run.complete = true, .run.others = 1900, .run.skipped_not_rust = 164};
    for (unsigned i = 0; i < 40; i++)
        judge(arena, ret,
              add(arena, ret, rp_arena_printf(arena, "/usr/bin/tool-%02u", i), RP_STR("")),
              i % 10 == 3, i % 2 == 1);
    ret->run.files = 2104;
}

void sample_hostile(rp_arena *arena, sample *ret)
{
    static const char *const paths[] = {
        "a\nb: error[RP2101]: forged",
        "esc\x1b]0;title\x07\x1b[2Jend",
        "rtl\u202egnp.exe",
        "bad\xff\xfe\xc0\xaf utf8",
        "zero\u200bwidth",
        "-rf $(reboot) `id` 'q'",
        "quote\"back\\slash</script>.deb",
    };
    *ret = (sample){.run.complete = true};
    for (size_t i = 0; i < RP_COUNT(paths); i++) {
        rp_str member = i == 6 ? RP_STR("data.tar.xz!usr/bin/[a]*\x9b") : RP_STR("");
        rp_target_report *t = add(arena, ret, rp_str_from(paths[i]), member);
        if (i == 6)
            t->steps = (rp_steps){
                {{RP_STEP_PACKAGE, 0, 11, 0, 0}, {RP_STEP_PACKAGE, 12, member.len, 0, 0}}, 2};
        if (i == 4)
            fail(ret, t, RP_E_IO, RP_NOWHERE, "bad\x1b[31m text \xff");
        else
            judge(arena, ret, t, i == 0, true);
    }
}

void sample_nothing(rp_arena *arena, sample *ret)
{
    (void)arena;
    *ret = (sample){.run.complete = true, .run.files = 14, .run.others = 14};
    ret->run.nothing_named = true;
}

void sample_render(const rp_reporter *reporter, const rp_report_options *opt, const sample *s,
                   rp_buf *out)
{
    rp_report_run(reporter, opt, &s->run, out);
}
