/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rustproof src --inventory: where unsafe operations are, by kind. */
#include "cli/audit.h"
#include "cli/term.h"
#include "report/style.h"
#include "text/json.h"

#include <unistd.h>

/* The kinds, as the columns of the table and as keys. */
static const struct {
    const char *column, *key;
    size_t at;
} kinds[] = {
    {"deref", "dereferences", offsetof(rp_unsafe_sum, derefs)},
    {"call", "unsafe_calls", offsetof(rp_unsafe_sum, calls)},
    {"foreign", "foreign_calls", offsetof(rp_unsafe_sum, foreign_calls)},
    {"static", "mutable_statics", offsetof(rp_unsafe_sum, mutable_statics)},
    {"extern", "foreign_statics", offsetof(rp_unsafe_sum, foreign_statics)},
    {"union", "union_fields", offsetof(rp_unsafe_sum, union_fields)},
    {"asm", "assembly", offsetof(rp_unsafe_sum, assembly)},
    {"feature", "feature_calls", offsetof(rp_unsafe_sum, feature_calls)},
    {"maybe", "maybe_unsafe", offsetof(rp_unsafe_sum, maybe)},
    {"blocks", "blocks", offsetof(rp_unsafe_sum, blocks)},
    {"idle", "needless_blocks", offsetof(rp_unsafe_sum, idle_blocks)},
};

static uint32_t count_of(const rp_unsafe_sum *s, size_t kind)
{
    uint32_t n;
    memcpy(&n, (const char *)s + kinds[kind].at, sizeof n);
    return n;
}

static void add(rp_unsafe_sum *to, const rp_unsafe_sum *from)
{
    for (size_t k = 0; k < RP_COUNT(kinds); k++) {
        uint32_t n = count_of(to, k) + count_of(from, k);
        memcpy((char *)to + kinds[k].at, &n, sizeof n);
    }
}

/* "crate::a::b" of "crate::a::b::Type::method": words up to the first that begins like a type, and
 * without the function. */
static rp_str module_of(rp_str path)
{
    size_t end = 0;
    for (size_t at = 0; at + 1 < path.len; at++) {
        if (path.ptr[at] != ':' || path.ptr[at + 1] != ':')
            continue;
        end = at;
        char next = at + 2 < path.len ? path.ptr[at + 2] : 0;
        if ((next >= 'A' && next <= 'Z') || next == '<' || next == '{')
            break;
        at++;
    }
    return (rp_str){path.ptr, end};
}

/* ---- text ---- */

static void row(rp_buf *out, const rp_unsafe_sum *sum)
{
    for (size_t k = 0; k < RP_COUNT(kinds); k++) {
        uint32_t n = count_of(sum, k);
        if (n != 0)
            rp_buf_printf(out, "%8u", n);
        else
            rp_buf_puts(out, "       .");
    }
    rp_buf_puts(out, "  ");
}

static void head(const rp_report_options *opt, rp_buf *out, const rp_source_facts *f)
{
    rp_put_text(opt, out, f->crate);
    rp_buf_puts(out, " (");
    rp_put_text(opt, out, f->root);
    rp_buf_printf(
        out,
        "), lines: %u; unsafe functions: %u of %u, traits: %u, impls: %u, attributes: %u; "
        "foreign functions: %u, statics: %u; mutable statics: %u; unsafe code is %s\n",
        f->lines, f->unsafe_functions, f->functions, f->unsafe_traits, f->unsafe_impls,
        f->unsafe_attributes, f->foreign_functions, f->foreign_items, f->mutable_statics,
        f->forbidden.is == RP_YES ? "forbidden" : "not forbidden");
    if (f->from_macros != 0)
        rp_buf_printf(out,
                      "  %u of the operations below come out of macros, which write them at %u "
                      "place%s: each call counts\n",
                      f->from_macros, RP_MANY(f->macro_places));
    for (uint32_t i = 0; i < f->nunknown; i++) {
        rp_buf_puts(out, "  unknown: ");
        rp_put_text(opt, out, f->unknown[i].file);
        rp_buf_printf(out, ":%u: ", f->unknown[i].line);
        rp_put_text(opt, out, f->unknown[i].why);
        rp_buf_char(out, '\n');
    }
}

static void put_module(const rp_report_options *opt, rp_buf *out, rp_str name,
                       const rp_unsafe_sum *sum)
{
    row(out, sum);
    rp_put_text(opt, out, name);
    rp_buf_char(out, '\n');
}

/* Functions come by file and line, so those of a module are mostly side by side; a module in two
 * places has two rows. */
static void functions(const rp_report_options *opt, rp_buf *out, const rp_source_facts *f)
{
    for (uint32_t i = 0; i < f->nunsafe_in;) {
        rp_str module = module_of(f->unsafe_in[i].path);
        rp_unsafe_sum sum = {0};
        uint32_t end = i;
        for (; end < f->nunsafe_in && rp_str_eq(module_of(f->unsafe_in[end].path), module); end++)
            add(&sum, &f->unsafe_in[end].sum);
        put_module(opt, out, module, &sum);
        for (; i < end; i++) {
            row(out, &f->unsafe_in[i].sum);
            rp_buf_puts(out, f->unsafe_in[i].is_unsafe  ? "  unsafe fn "
                             : f->unsafe_in[i].is_value ? "  value of "
                                                        : "  fn ");
            rp_put_text(opt, out, f->unsafe_in[i].path);
            rp_buf_printf(out, "%s, line %u\n", f->unsafe_in[i].test ? " (test)" : "",
                          f->unsafe_in[i].line);
        }
    }
}

static void crate_text(const rp_report_options *opt, rp_buf *out, const rp_source_facts *f)
{
    head(opt, out, f);
    for (size_t k = 0; k < RP_COUNT(kinds); k++)
        rp_buf_printf(out, "%8s", kinds[k].column);
    rp_buf_char(out, '\n');
    put_module(opt, out, RP_STR("all, without tests"), &f->code);
    put_module(opt, out, RP_STR("tests"), &f->tests);
    functions(opt, out, f);
    rp_buf_char(out, '\n');
}

static void explain(rp_buf *out, uint32_t unknown)
{
    if (unknown != 0)
        rp_buf_printf(out,
                      "%u file%s could not be understood: what they hold is in no number above, "
                      "and it is not nothing.\n",
                      RP_MANY(unknown));
    rp_buf_puts(
        out,
        "Beside cargo-geiger: its functions, traits and impls are those in the first line of a "
        "crate. Its expressions\nare all that stand in unsafe code, here only operations that are "
        "unsafe count (\"maybe\": that may be, for all\nthat is known). It counts methods apart "
        "from "
        "functions, and only files that a build has used: here every\nfile of the crate counts, "
        "under whatever cfg. It counts a file that it cannot parse as nothing.\n");
}

/* ---- JSON ---- */

static void put_sum(rp_json *j, const rp_unsafe_sum *sum)
{
    rp_json_open(j);
    for (size_t k = 0; k < RP_COUNT(kinds); k++)
        rp_json_num(j, kinds[k].key, count_of(sum, k));
    rp_json_close(j);
}

static void put_functions(rp_json *j, const rp_source_facts *f)
{
    rp_json_key(j, "in");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < f->nunsafe_in; i++) {
        const rp_unsafe_function *fn = &f->unsafe_in[i];
        rp_json_open(j);
        rp_json_str(j, "function", fn->path);
        rp_json_str(j, "module", module_of(fn->path));
        rp_json_str(j, "file", fn->file);
        rp_json_num(j, "line", fn->line);
        rp_json_flag(j, "test", fn->test);
        rp_json_flag(j, "unsafe", fn->is_unsafe);
        rp_json_flag(j, "value", fn->is_value);
        rp_json_key(j, "operations");
        put_sum(j, &fn->sum);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

static void put_unknown(rp_json *j, const rp_source_facts *f)
{
    rp_json_key(j, "unknown_files");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < f->nunknown; i++) {
        rp_json_open(j);
        rp_json_str(j, "file", f->unknown[i].file);
        rp_json_num(j, "line", f->unknown[i].line);
        rp_json_str(j, "why", f->unknown[i].why);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

static void crate_json(rp_json *j, const rp_source_facts *f)
{
    rp_json_open(j);
    rp_json_str(j, "crate", f->crate);
    rp_json_str(j, "root", f->root);
    rp_json_num(j, "files", f->files);
    rp_json_num(j, "lines", f->lines);
    rp_json_flag(j, "forbids_unsafe_code", f->forbidden.is == RP_YES);
    rp_json_num(j, "functions", f->functions);
    rp_json_num(j, "unsafe_functions", f->unsafe_functions);
    rp_json_num(j, "unsafe_traits", f->unsafe_traits);
    rp_json_num(j, "unsafe_impls", f->unsafe_impls);
    rp_json_num(j, "foreign_functions", f->foreign_functions);
    rp_json_num(j, "foreign_statics", f->foreign_items);
    rp_json_num(j, "mutable_statics", f->mutable_statics);
    rp_json_num(j, "unsafe_attributes", f->unsafe_attributes);
    rp_json_key(j, "operations");
    put_sum(j, &f->code);
    rp_json_key(j, "operations_in_tests");
    put_sum(j, &f->tests);
    rp_json_key(j, "from_macros"); /* part of "operations" */
    rp_json_open(j);
    rp_json_num(j, "operations", f->from_macros);
    rp_json_num(j, "places", f->macro_places);
    rp_json_close(j);
    put_unknown(j, f);
    put_functions(j, f);
    rp_json_close(j);
}

/* ---- the command ---- */

typedef struct {
    rp_cli *cli;
    const struct rp_rust_opener *opener;
    rp_report_options opt;
    rp_buf out;
    rp_json json;
    bool as_json;
    uint32_t unknown, unread;
} listing;

static void one_crate(listing *l, const rp_source_crate *crate)
{
    rp_arena arena = {.limit = l->cli->arena.limit};
    rp_source_facts *f = NULL;
    rp_error err = {0};
    if (rp_source_build(crate, NULL, NULL, 0, l->opener, true, &arena, &f, &err) != RP_OK) {
        rp_complain(l->cli, NULL, "cannot read '%.*s': %s", RP_FMT(crate->root), err.text);
        l->unread++;
    } else {
        l->unknown += f->nunknown + (f->read.is != RP_YES);
        if (l->as_json)
            crate_json(&l->json, f);
        else
            crate_text(&l->opt, &l->out, f);
    }
    rp_arena_free(&arena);
}

int rp_src_inventory(rp_cli *cli, const rp_source_options *source)
{
    const rp_source_crate *crates = source->crates;
    uint32_t n = source->ncrates;
    listing l = {.cli = cli, .opener = source->opener, .opt = rp_term_options(cli, STDOUT_FILENO)};
    l.as_json = cli->format != NULL && strcmp(cli->format, "json") == 0;
    l.json = (rp_json){.out = &l.out, .pretty = true};
    if (cli->format != NULL && !l.as_json && strcmp(cli->format, "text") != 0) {
        rp_complain(cli, "-f json, or text", "an inventory has no format '%.60s'", cli->format);
        return RP_EXIT_USAGE;
    }
    if (l.as_json)
        rp_json_open_list(&l.json);
    for (uint32_t i = 0; i < n; i++)
        one_crate(&l, &crates[i]);
    if (l.as_json) {
        rp_json_close_list(&l.json);
        rp_buf_char(&l.out, '\n');
    } else {
        explain(&l.out, l.unknown);
    }
    bool whole = l.unread == 0 && l.unknown == 0;
    return rp_print(cli, &l.out, whole ? RP_EXIT_CLEAN : RP_EXIT_INCOMPLETE);
}
