/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What an artefact is, in one line; and the commands that a person runs on it. */
#include "report/style.h"
#include "text/path.h"

static const char *elf_type_words(rp_elf_type type)
{
    static const char *const words[] = {
        [RP_ELF_OTHER] = "ELF file of an unusual type",
        [RP_ELF_EXEC] = "dynamically linked, not PIE",
        [RP_ELF_EXEC_STATIC] = "static, not PIE",
        [RP_ELF_PIE] = "dynamically linked, PIE",
        [RP_ELF_STATIC_PIE] = "static PIE",
        [RP_ELF_SHARED] = "shared library",
        [RP_ELF_SHARED_RUNNABLE] = "shared library that can be run",
        [RP_ELF_OBJECT] = "object file",
        [RP_ELF_CORE] = "core dump",
    };
    return words[type];
}

static const char *kind_words(rp_kind kind)
{
    static const char *const words[] = {
        [RP_KIND_UNKNOWN] = "of an unknown kind",
        [RP_KIND_EXECUTABLE] = "executable",
        [RP_KIND_LIBRARY] = "shared library",
        [RP_KIND_OBJECT] = "object file",
        [RP_KIND_DEBUG] = "separate debug file",
        [RP_KIND_KERNEL] = "kernel or driver",
        [RP_KIND_CORE] = "core dump",
    };
    return words[kind];
}

static const char *type_words(const rp_facts *f)
{
    if (f->elf != NULL && f->elf->firmware)
        return "bare metal";
    if (f->elf != NULL && (f->kind == RP_KIND_EXECUTABLE || f->kind == RP_KIND_LIBRARY))
        return elf_type_words(f->elf->type);
    return kind_words(f->kind);
}

/* What else it is, when that decides some of the verdicts. */
static const char *other_language(const rp_facts *f)
{
    return f->rust->has_go.is == RP_YES ? " (Go)" : f->pe != NULL && f->pe->dotnet ? " (.NET)" : "";
}

static void put_toolchain(const rp_report_options *opt, rp_buf *out, const rp_facts *f)
{
    const rp_rust_facts *rust = f->rust;
    if (rust->is_rust.is == RP_NO) {
        rp_buf_printf(out, "not Rust%s", other_language(f));
    } else if (rust->is_rust.is == RP_UNKNOWN) {
        rp_buf_puts(out, "Rust or not: unknown");
    } else if (rust->version.len == 0 && rust->commit.len != 0) {
        rp_buf_puts(out, "rustc of commit ");
        rp_put_text(opt, out, rp_str_sub(rust->commit, 0, 9));
        rp_buf_puts(out, " (no release that we know: a nightly, or newer than this rustproof)");
    } else if (rust->version.len == 0) {
        rp_buf_puts(out, "rustc of unknown version");
        if (rust->evidence != NULL)
            rp_buf_printf(out, " (from %s)", rust->evidence);
    } else {
        rp_buf_puts(out, "rustc ");
        rp_put_text(opt, out, rust->version);
        if (rust->version_by.len > 0) {
            rp_buf_puts(out, " (from ");
            rp_put_text(opt, out, rust->version_by);
            rp_buf_char(out, ')');
        }
    }
}

static void put_size(rp_buf *out, uint64_t size)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    if (size < 1000) {
        rp_buf_printf(out, "%llu bytes", (unsigned long long)size);
        return;
    }
    unsigned unit = 0;
    double n = (double)size / 1000;
    while (n >= 999.95 && unit + 1 < RP_COUNT(units)) {
        n /= 1000;
        unit++;
    }
    rp_buf_printf(out, n < 9.95 ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

/* "Cargo.lock version 4, 214 packages (180 in the build), for x86_64-unknown-linux-gnu". */
static void put_project(rp_buf *out, const rp_report_options *opt, const rp_deps_facts *d)
{
    uint32_t inside = 0;
    if (d->inventory == NULL) {
        rp_buf_puts(out, d->read.why != NULL ? d->read.why : "dependencies were not read");
        return;
    }
    for (uint32_t i = 0; i < d->inventory->ncomponents; i++)
        inside += d->inventory->components[i].in_build == RP_YES;
    if (d->lock_version != 0)
        rp_buf_printf(out, "lock file version %u%s", d->lock_version, rp_dot(opt));
    rp_put_count(out, d->inventory->ncomponents, "package", NULL);
    if (d->resolved.is == RP_YES) {
        rp_buf_printf(out, ", %u in the build for ", inside);
        if (d->target.len != 0)
            rp_put_text(opt, out, d->target);
        else
            rp_buf_puts(out, "any target");
    }
}

/* "Rust 2021, 61 files, 20,114 lines · 14 unsafe blocks, 31 unsafe operations and 4
 * that may be". */
static void put_source(rp_buf *out, const rp_report_options *opt, const rp_source_facts *s)
{
    const rp_unsafe_sum *c = &s->code;
    uint32_t ops = c->derefs + c->calls + c->foreign_calls + c->mutable_statics +
                   c->foreign_statics + c->union_fields + c->assembly + c->feature_calls;
    rp_buf_printf(out, "Rust %u, ", s->edition);
    rp_put_count(out, s->files, "file", NULL);
    rp_buf_puts(out, ", ");
    rp_put_count(out, s->lines, "line", NULL);
    rp_buf_puts(out, rp_dot(opt));
    rp_put_count(out, c->blocks, "unsafe block", NULL);
    rp_buf_puts(out, ", ");
    rp_put_count(out, ops, "unsafe operation", NULL);
    if (c->maybe != 0)
        rp_buf_printf(out, " and %u that may be", c->maybe);
    if (s->nunknown != 0) {
        rp_buf_puts(out, ", ");
        rp_put_count(out, s->nunknown, "file", NULL);
        rp_buf_puts(out, " not understood");
    }
}

void rp_put_description(const rp_report_options *opt, rp_buf *out, const rp_target_report *t)
{
    const rp_facts *f = t->facts;
    if (f == NULL) {
        rp_put_text(opt, out, rp_str_from(t->err.text));
        return;
    }
    if (rp_facts_crate(f)) {
        put_source(out, opt, f->source);
        return;
    }
    if (rp_facts_project(f)) {
        put_project(out, opt, f->deps);
        return;
    }
    rp_buf_printf(out, "%s %u-bit %s %s, %s%s", rp_format_name(f->format), (unsigned)f->bits,
                  f->big ? "BE" : "LE", rp_arch_name(f->arch), type_words(f), rp_dot(opt));
    put_toolchain(opt, out, f);
    if (f->symbol_table.is != RP_UNKNOWN && f->kind != RP_KIND_OBJECT) {
        rp_buf_printf(out, "%s%s", rp_dot(opt),
                      f->symbol_table.is == RP_NO ? "stripped" : "not stripped");
        if (f->debug_info.is == RP_YES)
            rp_buf_puts(out, ", debug info");
        if (f->debug_file.len != 0) {
            rp_buf_puts(out, ", symbols from ");
            rp_put_text(opt, out, f->debug_file);
        }
    }
    rp_buf_puts(out, rp_dot(opt));
    put_size(out, f->size);
}

/* ---- commands ---- */

/* What the member is called once it was taken out. */
static rp_str member_name(const rp_target_report *t)
{
    size_t from = t->steps.n != 0 ? t->steps.items[t->steps.n - 1].from : 0;
    return rp_path_last(rp_str_sub(t->member, from, SIZE_MAX));
}

/* A path as an argument: never an option. */
static void put_path(const rp_report_options *opt, rp_buf *out, rp_str path)
{
    rp_buf word = {0};
    if (path.len > 0 && path.ptr[0] == '-')
        rp_buf_puts(&word, "./");
    if (opt->redact)
        rp_put_redacted(opt, &word, path);
    else
        rp_buf_put(&word, path);
    rp_put_shell(out, rp_buf_str(&word));
    out->bad |= word.bad;
    rp_buf_free(&word);
}

/* What the command reads: the file, or the member once it was taken out. */
static void put_subject(const rp_report_options *opt, rp_buf *out, const rp_target_report *t)
{
    if (t->member.len > 0)
        put_path(opt, out, member_name(t));
    else if (rp_str_is(t->path, "-"))
        rp_buf_puts(out, "FILE");
    else
        put_path(opt, out, t->path);
}

void rp_put_verify(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                   const rp_result *r)
{
    rp_str s = r->out.verify;
    size_t place;
    while ((place = rp_str_find(s, RP_STR("{}"))) != SIZE_MAX) {
        rp_put_text(opt, out, rp_str_sub(s, 0, place));
        put_subject(opt, out, t);
        s = rp_str_sub(s, place + 2, SIZE_MAX);
    }
    rp_put_text(opt, out, s);
}

/* A member name as bsdtar wants it: its patterns give *, ?, [ and \ a meaning. */
static void put_pattern(rp_buf *out, rp_str name)
{
    rp_buf word = {0};
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '\0' && strchr("*?[\\", name.ptr[i]) != NULL)
            rp_buf_char(&word, '\\');
        rp_buf_char(&word, name.ptr[i]);
    }
    rp_put_shell(out, rp_buf_str(&word));
    out->bad |= word.bad;
    rp_buf_free(&word);
}

/* The way from the file on disk to a member, as a chain of commands. */
typedef struct {
    const rp_report_options *opt;
    rp_buf *out;
    rp_str file; /* what the next command reads; empty: the pipe */
} chain;

static rp_str step_name(const rp_target_report *t, unsigned i)
{
    const rp_step *s = &t->steps.items[i];
    if (s->kind == RP_STEP_DEB)
        return RP_STR("data.tar");
    return rp_str_sub(t->member, s->from, s->to - s->from);
}

/* Between two commands, and what the second one reads. */
static void put_join(chain *c)
{
    if (c->out->len != 0)
        rp_buf_puts(c->out, c->file.len != 0 ? " && " : " | ");
}

static void put_file(chain *c)
{
    if (c->file.len != 0)
        put_path(c->opt, c->out, c->file);
    else
        rp_buf_char(c->out, '-');
}

/* bsdtar reads ar archives too, but only ar knows all of their ways to store long names. */
static void put_take(chain *c, rp_step_kind kind, rp_str name)
{
    put_join(c);
    bool ar = kind == RP_STEP_AR && c->file.len != 0;
    rp_buf_puts(c->out, ar ? "ar p " : "bsdtar -xOf ");
    put_file(c);
    rp_buf_puts(c->out, name.len != 0 && name.ptr[0] == '-' ? " -- " : " ");
    if (kind == RP_STEP_DEB)
        rp_buf_puts(c->out, "'data.tar*'");
    else if (ar)
        rp_put_shell(c->out, name);
    else
        put_pattern(c->out, name);
    c->file = (rp_str){NULL, 0};
}

static void put_uncompress(chain *c)
{
    put_join(c);
    rp_buf_puts(c->out, "bsdcat");
    if (c->file.len != 0) {
        rp_buf_char(c->out, ' ');
        put_file(c);
    }
    c->file = (rp_str){NULL, 0};
}

static void put_save(chain *c, rp_str name)
{
    rp_buf_puts(c->out, " > ");
    put_path(c->opt, c->out, name);
    c->file = name;
}

/* By its place: this needs no tool of Apple's, and pipes are read as well as files. */
static void put_slice(chain *c, const rp_step *s)
{
    put_join(c);
    rp_buf_printf(c->out, "tail -c +%llu", (unsigned long long)s->offset + 1);
    if (c->file.len != 0) {
        rp_buf_char(c->out, ' ');
        put_file(c);
    }
    rp_buf_printf(c->out, " | head -c %llu", (unsigned long long)s->size);
    c->file = (rp_str){NULL, 0};
}

bool rp_put_extract(const rp_report_options *opt, rp_buf *out, const rp_target_report *t)
{
    rp_buf text = {0};
    chain c = {opt, &text, t->path};
    rp_str name = t->path;
    for (unsigned i = 0; i < t->steps.n; i++) {
        rp_step_kind kind = t->steps.items[i].kind;
        name = step_name(t, i);
        if (kind == RP_STEP_FAT)
            put_slice(&c, &t->steps.items[i]);
        else if (kind == RP_STEP_COMPRESSED)
            put_uncompress(&c);
        else
            put_take(&c, kind, name);
    }
    if (c.file.len == 0)
        put_save(&c, rp_path_last(name));
    rp_buf_put(out, rp_buf_str(&text));
    out->bad |= text.bad;
    rp_buf_free(&text);
    return t->steps.n != 0;
}
