/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Weighs what headers, .comment, symbols and strings say. Each answer is made in one place, from
 * the surest evidence to the weakest; what nothing tells stays unknown. */
#include "origin/origin.h"

#include "base/numbers.h"
#include "origin/evidence.h"
#include "origin/release.h"
#include "origin/triple.h"

static const char *const not_scanned = "read-only data was not scanned";
static const char *const not_whole = "read-only data could not be read whole";
static const char *const no_symbols = "the symbol tables were not read";

/* Why absence of a string means nothing, or NULL when it does mean something. */
static const char *strings_why(const rp_evidence *e)
{
    if (!e->in->strings)
        return not_scanned;
    return e->strings.whole == RP_UNKNOWN ? not_whole : NULL;
}

static bool has_section(const rp_evidence *e, const char *elf_or_pe, const char *macho,
                        const rp_section **ret)
{
    *ret = rp_image_section(e->img, e->in->macho != NULL ? macho : elf_or_pe);
    return *ret != NULL && (*ret)->filesz != 0;
}

static bool has_library(const rp_image *img, const char *part)
{
    for (uint32_t i = 0; i < img->nlibraries; i++)
        if (rp_str_find(img->libraries[i], rp_str_from(part)) != SIZE_MAX)
            return true;
    return false;
}

/* libstd-<16 hex digits>.so, std-<hash>.dll, @rpath/libstd-<hash>.dylib */
static bool is_std_library(rp_str name)
{
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '/' && name.ptr[at - 1] != '\\')
        at--;
    name = rp_str_sub(name, at, SIZE_MAX);
    if (rp_str_starts(name, "lib"))
        name = rp_str_sub(name, 3, SIZE_MAX);
    if (!rp_str_starts(name, "std-") || name.len < 20)
        return false;
    for (size_t i = 4; i < 20; i++)
        if (strchr("0123456789abcdef", name.ptr[i]) == NULL || name.ptr[i] == 0)
            return false;
    return true;
}

static bool links_std(const rp_image *img)
{
    for (uint32_t i = 0; i < img->nlibraries; i++)
        if (is_std_library(img->libraries[i]))
            return true;
    return false;
}

static uint32_t watched(const rp_evidence *e, rp_watch w)
{
    return e->in->symbols->watch[w].defined + e->in->symbols->watch[w].undefined;
}

/* ---- Rust or not ---- */

static void is_rust(rp_rust_facts *f, const char *by, rp_confidence how, uint64_t at)
{
    if (f->is_rust.is == RP_YES)
        return;
    f->is_rust = rp_fact_yes(at);
    f->is_rust_by = how;
    f->evidence = by;
}

/* Symbols name the functions, those of C among them, and none is Rust's: what the texts say of Rust
 * then is a tool's own knowledge, as in this program. (Locals and all: "strip -x" leaves no units.)
 */
static bool names_say_c(const rp_symbol_facts *y)
{
    return y->known == RP_YES && y->static_table && y->c_units != 0 && y->rust_units == 0 &&
           y->rust_v0 + y->rust_legacy == 0;
}

static void find_rust(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_symbol_facts *y = e->in->symbols;
    const rp_section *s;
    f->is_rust = rp_fact_no(RP_NOWHERE);
    if (e->comment.rustc.len != 0)
        is_rust(f, ".comment", RP_SURE, e->comment_at);
    if (has_section(e, ".rustc", "__DATA,.rustc", &s))
        is_rust(f, "section .rustc", RP_SURE, s->at);
    if (has_section(e, ".dep-v0", "__DATA,.dep-v0", &s))
        is_rust(f, "section .dep-v0", RP_SURE, s->at);
    if (links_std(e->img))
        is_rust(f, "links std's shared library", RP_SURE, RP_NOWHERE);
    if (y->rust_v0 + y->rust_legacy != 0)
        is_rust(f, y->rust_v0 != 0 ? "v0 symbols" : "legacy symbols", RP_SURE, RP_NOWHERE);
    if (watched(e, RP_WATCH_RUST_EH_PERSONALITY) != 0)
        is_rust(f, "symbol rust_eh_personality", RP_SURE,
                y->watch[RP_WATCH_RUST_EH_PERSONALITY].at);
    bool texts = !names_say_c(y);
    if (texts && e->strings.std_paths != 0)
        is_rust(f, "panic paths of std", RP_SURE, e->strings.rust.at);
    if (texts && e->strings.rust.text.len != 0)
        is_rust(f, "texts of Rust's standard library or sources", RP_LIKELY, e->strings.rust.at);
    if (f->is_rust.is == RP_NO && strings_why(e) != NULL)
        f->is_rust = rp_fact_unknown(strings_why(e));
}

/* ---- languages ---- */

static rp_fact language(bool yes, bool could_tell, const char *why)
{
    return yes          ? rp_fact_yes(RP_NOWHERE)
           : could_tell ? rp_fact_no(RP_NOWHERE)
                        : rp_fact_unknown(why);
}

static void find_languages(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_symbol_facts *y = e->in->symbols;
    const rp_section *s;
    bool named = y->known == RP_YES && y->static_table; /* symbols of all the code are there */
    const char *why = y->known == RP_UNKNOWN ? no_symbols : "stripped: no symbols of its functions";
    f->has_rust = f->is_rust;
    f->has_c = language(y->c_units != 0, named && e->img->format == RP_FORMAT_ELF, why);
    bool cpp = y->cpp != 0 || y->cpp_units != 0 || e->strings.cpp_runtime ||
               watched(e, RP_WATCH_CXX_PERSONALITY) != 0 || has_library(e->img, "libstdc++") ||
               has_library(e->img, "libc++.") || has_library(e->img, "MSVCP1");
    f->has_cpp = language(cpp, named, why);
    bool go = y->go != 0 || has_section(e, ".go.buildinfo", "__DATA,__go_buildinfo", &s) ||
              has_section(e, ".gopclntab", "__TEXT,__gopclntab", &s);
    f->has_go = language(go, named || e->img->nsections != 0, why);
}

/* ---- version ---- */

static void set_version(rp_rust_facts *f, rp_str version, const char *by, uint64_t at)
{
    f->version = version;
    f->version_number = rp_version_number(version);
    f->channel = rp_version_channel(version);
    f->version_by = rp_str_from(by);
    f->version_at = at;
}

static void set_release(rp_rust_facts *f, rp_str commit)
{
    const rp_release *r = rp_release_of(commit);
    if (r == NULL)
        return;
    f->commit = rp_str_from(r->commit);
    f->date = rp_str_from(r->date);
    if (f->version.len == 0)
        set_version(f, rp_str_from(r->version), "commit hash in panic paths", f->version_at);
}

static bool is_hex_start(rp_str whole, rp_str start)
{
    return start.len != 0 && rp_str_eq(rp_str_sub(whole, 0, start.len), start);
}

static void find_version(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_strings *s = &e->strings;
    if (e->comment.rustc.len != 0) {
        set_version(f, e->comment.rustc, ".comment", e->comment_at);
        f->date = e->comment.date;
        set_release(f, e->comment.commit);
        if (f->commit.len == 0 && is_hex_start(s->commit.text, e->comment.commit))
            f->commit = s->commit.text;
    } else if (s->commit.text.len != 0) {
        f->version_at = s->commit.at;
        f->commit = s->commit.text;
        set_release(f, s->commit.text);
        if (f->version.len == 0)
            f->version_by = RP_STR("commit hash in panic paths: no release that we know");
    } else if (s->version.text.len != 0) {
        set_version(f, s->version.text, "source path of a distribution's rustc", s->version.at);
    }
}

/* ---- linker and C compiler ---- */

static rp_str named(const rp_evidence *e, const char *name, rp_str version, bool *ok)
{
    rp_str text = rp_arena_printf(e->img->arena, "%s %.*s", name, RP_FMT(version));
    *ok = *ok && text.ptr != NULL;
    return text;
}

static void find_elf_linker(const rp_evidence *e, rp_rust_facts *f, bool *ok)
{
    const rp_comment *c = &e->comment;
    if (c->mold.len != 0)
        f->linker = named(e, "mold", c->mold, ok);
    else if (c->lld.len != 0)
        f->linker = named(e, "LLD", c->lld, ok);
    else if (c->other_linker.len != 0)
        f->linker = c->other_linker;
    else if (rp_image_section(e->img, ".note.gnu.gold-version") != NULL)
        f->linker = RP_STR("gold");
    else if (e->in->elf->comment.is == RP_YES && e->img->kind != RP_KIND_OBJECT)
        f->linker = RP_STR("GNU ld"); /* the others sign in .comment; it does not */
}

static void find_tools(const rp_evidence *e, rp_rust_facts *f, bool *ok)
{
    const rp_pe_facts *pe = e->in->pe;
    if (e->in->elf != NULL) {
        find_elf_linker(e, f, ok);
    } else if (pe != NULL && pe->image) {
        const char *name = pe->linker_major < 6                              ? "GNU ld"
                           : pe->linker_major == 14 && pe->linker_minor == 0 ? "LLD"
                                                                             : "MSVC";
        f->linker =
            rp_arena_printf(e->img->arena, "%s %u.%u", name, pe->linker_major, pe->linker_minor);
        *ok = *ok && f->linker.ptr != NULL;
    }
    if (e->comment.clang.len != 0)
        f->c_compiler = named(e, "clang", e->comment.clang, ok);
    else if (e->comment.gcc.len != 0)
        f->c_compiler = named(e, "GCC", e->comment.gcc, ok);
}

/* ---- what was built, and how ---- */

static const char *crate_type(const rp_evidence *e, const rp_rust_facts *f)
{
    const rp_section *s;
    if (f->is_rust.is != RP_YES)
        return "";
    switch (e->img->kind) {
    case RP_KIND_EXECUTABLE:
        return "bin";
    case RP_KIND_LIBRARY:
        if (watched(e, RP_WATCH_PROC_MACRO) != 0)
            return "proc-macro";
        return has_section(e, ".rustc", "__DATA,.rustc", &s) ? "dylib" : "cdylib";
    case RP_KIND_OBJECT:
        if (rp_str_find(e->in->container, RP_STR(".rlib")) != SIZE_MAX)
            return "rlib";
        return e->in->member ? "staticlib" : "";
    default:
        return "";
    }
}

static void find_lto(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_symbol_facts *y = e->in->symbols;
    f->codegen_units = y->codegen_units;
    f->std_dynamic = links_std(e->img) ? rp_fact_yes(RP_NOWHERE) : rp_fact_no(RP_NOWHERE);
    if (e->img->kind == RP_KIND_OBJECT)
        f->lto = rp_fact_unknown("an object file: the link is still to come");
    else if (y->std_promoted != 0)
        f->lto = rp_fact_yes(RP_NOWHERE); /* thin, across crates */
    else if (y->rust_units == 0)
        f->lto = rp_fact_unknown("no names of codegen units");
    else if (y->std_units != 0 && y->llvm_promoted != 0 && y->rust_v0 == 0)
        f->lto = rp_fact_unknown("names promoted by thin LTO, within one crate or across");
    else if (y->std_units != 0)
        f->lto = rp_fact_no(RP_NOWHERE);
    else if (y->std_functions != 0)
        f->lto = rp_fact_yes(RP_NOWHERE); /* fat: std's functions lie in the crate's own unit */
    else
        f->lto = rp_fact_unknown("std's code is not among the symbols");
}

/* std's unwinder raises through _Unwind_RaiseException (ELF, Mach-O) or _CxxThrowException (MSVC);
 * with panic=abort it is not linked, though std's landing pads still are. */
static void find_panic(const rp_evidence *e, rp_rust_facts *f)
{
    if (f->is_rust.is != RP_YES || e->img->kind == RP_KIND_OBJECT)
        return;
    bool raises = watched(e, RP_WATCH_UNWIND_RAISE) != 0;
    bool throws = e->img->format == RP_FORMAT_PE && watched(e, RP_WATCH_CXX_THROW_MSVC) != 0;
    bool std_inside = f->std_dynamic.is == RP_NO && e->strings.std_paths != 0;
    bool foreign = f->has_cpp.is == RP_YES; /* C++ raises too */
    if (e->strings.panic_unwind) {
        f->panic = RP_PANIC_UNWIND;
        f->panic_by = "source path of std's panic_unwind";
    } else if ((raises || throws) && !foreign) {
        f->panic = RP_PANIC_UNWIND;
        f->panic_by = raises ? "_Unwind_RaiseException" : "_CxxThrowException";
    } else if (std_inside && strings_why(e) == NULL && !raises && !throws &&
               watched(e, RP_WATCH_UNWIND_BACKTRACE) != 0) {
        f->panic = RP_PANIC_ABORT;
        f->panic_by = "std is linked in, but neither panic_unwind nor a call that raises";
    }
}

static bool pdb_says(const rp_evidence *e, const char *part)
{
    return e->in->pe != NULL && rp_str_find(e->in->pe->pdb_path, rp_str_from(part)) != SIZE_MAX;
}

static const char *debug_by(const rp_evidence *e, const rp_rust_facts *f)
{
    /* large optimised programs keep such a function, too: other panic messages without one of the
     * checks that come with opt-level 0 tell them apart */
    bool checks_off = f->overflow_checks.is == RP_NO && f->debug_assertions.is == RP_NO;
    if (e->in->symbols->unoptimised != 0 && !checks_off)
        return "functions that every optimisation level inlines";
    if (pdb_says(e, "\\debug\\"))
        return "path of the PDB file";
    if (e->strings.debug_path && !e->strings.release_path)
        return "paths below target/debug";
    return NULL;
}

static const char *release_by(const rp_evidence *e, const rp_rust_facts *f)
{
    if (pdb_says(e, "\\release\\"))
        return "path of the PDB file";
    if (e->in->symbols->main_shims != 0 && e->in->symbols->unoptimised == 0 &&
        f->crate_type.len == 3) /* "bin" */
        return "main is called inline: optimised";
    if (e->strings.release_path && !e->strings.debug_path)
        return "paths below target/release";
    /* assertions can be switched off without optimising: then such functions are left */
    if (f->debug_assertions.is == RP_NO && e->in->symbols->unoptimised == 0)
        return "panic messages, but none of debug assertions";
    return NULL;
}

/* Messages of debug assertions alone do not make it a debug build: a release profile may ask for
 * them, as the guide's does. */
static void find_profile(const rp_evidence *e, rp_rust_facts *f)
{
    f->profile_by = f->is_rust.is == RP_YES ? debug_by(e, f) : NULL;
    if (f->profile_by != NULL) {
        f->profile = RP_PROFILE_DEBUG;
        return;
    }
    f->profile_by = f->is_rust.is == RP_YES ? release_by(e, f) : NULL;
    f->profile = f->profile_by != NULL ? RP_PROFILE_RELEASE : RP_PROFILE_UNKNOWN;
}

/* ---- panic messages ---- */

enum {
    /* So many source files outside std speak in panic locations that code without any arithmetic is
     * out of the question. Measured: see docs/internals/origin.md. */
    THICK_FILES = 4
};

static const char *thin_why(const rp_evidence *e, const rp_rust_facts *f)
{
    if (f->is_rust.is != RP_YES)
        return "no Rust code was recognised";
    if (f->std_dynamic.is == RP_YES)
        return "std's messages lie in its shared library";
    if (e->img->kind == RP_KIND_OBJECT)
        return "an object file: one of many";
    if (e->strings.user_files < THICK_FILES)
        return "thin evidence: too few panic locations outside std to tell from their absence";
    return NULL;
}

static void find_overflow(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_symbol_facts *y = e->in->symbols;
    const rp_strings *s = &e->strings;
    bool rust = f->is_rust.is == RP_YES;
    if (rust && s->overflow != 0) {
        f->overflow_checks = rp_fact_yes(s->overflow_message.at);
        f->overflow_message = s->overflow_message;
    } else if (rust && y->overflow_panics != 0) {
        f->overflow_checks = rp_fact_yes(y->overflow_panics_at);
        f->overflow_message = (rp_found){
            RP_STR("core::panicking::panic_const::panic_const_*_overflow"), y->overflow_panics_at};
    } else if (strings_why(e) != NULL) {
        f->overflow_checks = rp_fact_unknown(strings_why(e));
    } else {
        const char *why = thin_why(e, f);
        f->overflow_checks = why == NULL ? rp_fact_no(RP_NOWHERE) : rp_fact_unknown(why);
    }
}

static void find_assertions(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_strings *s = &e->strings;
    if (f->is_rust.is == RP_YES && s->assertion_message.text.len != 0) {
        f->debug_assertions = rp_fact_yes(s->assertion_message.at);
        f->assertion_message = s->assertion_message;
    } else if (strings_why(e) != NULL) {
        f->debug_assertions = rp_fact_unknown(strings_why(e));
    } else {
        const char *why = thin_why(e, f);
        f->debug_assertions = why == NULL ? rp_fact_no(RP_NOWHERE) : rp_fact_unknown(why);
    }
}

static void find_messages(const rp_evidence *e, rp_rust_facts *f)
{
    f->panic_messages = rp_count_bits(e->strings.messages) + rp_count_bits(e->strings.overflow);
    f->std_paths = e->strings.std_paths;
    f->user_files = e->strings.user_files;
    find_overflow(e, f);
    find_assertions(e, f);
    if (e->strings.user_files != 0)
        f->location_detail = rp_fact_yes(RP_NOWHERE);
    else if (strings_why(e) != NULL)
        f->location_detail = rp_fact_unknown(strings_why(e));
    else if (e->strings.std_paths == 0 && f->is_rust.is == RP_YES)
        f->location_detail = rp_fact_no(RP_NOWHERE);
    else
        f->location_detail = rp_fact_unknown("panic locations of std only");
}

/* ---- allocator, leaks, sanitizers ---- */

static bool by_symbol(const rp_evidence *e, rp_rust_facts *f)
{
    static const struct {
        rp_watch watch;
        rp_allocator kind;
        const char *name;
    } rows[] = {{RP_WATCH_JEMALLOC, RP_ALLOC_JEMALLOC, "jemalloc"},
                {RP_WATCH_JEMALLOC_CTL, RP_ALLOC_JEMALLOC, "jemalloc"},
                {RP_WATCH_MIMALLOC, RP_ALLOC_MIMALLOC, "mimalloc"},
                {RP_WATCH_TCMALLOC, RP_ALLOC_TCMALLOC, "tcmalloc"},
                {RP_WATCH_SNMALLOC, RP_ALLOC_SNMALLOC, "snmalloc"},
                {RP_WATCH_HARDENED_MALLOC, RP_ALLOC_HARDENED, "hardened_malloc"},
                {RP_WATCH_SCUDO, RP_ALLOC_HARDENED, "Scudo"}};
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        if (watched(e, rows[i].watch) == 0)
            continue;
        f->allocator = rows[i].kind;
        f->allocator_name = rp_str_from(rows[i].name);
        f->allocator_at = e->in->symbols->watch[rows[i].watch].at;
        return true;
    }
    return false;
}

static void find_allocator(const rp_evidence *e, rp_rust_facts *f)
{
    f->allocator_at = RP_NOWHERE;
    bool symbol = by_symbol(e, f);
    /* the string names the version too */
    if (e->strings.allocator_kind != RP_ALLOC_UNKNOWN &&
        (!symbol || e->strings.allocator_kind == f->allocator)) {
        f->allocator = e->strings.allocator_kind;
        f->allocator_name = e->strings.allocator.text;
        f->allocator_at = e->strings.allocator.at;
    }
    if (f->allocator != RP_ALLOC_UNKNOWN || f->is_rust.is != RP_YES ||
        e->img->kind == RP_KIND_OBJECT)
        return;
    if (watched(e, RP_WATCH_RG_ALLOC) != 0) {
        f->allocator = RP_ALLOC_OTHER;
        f->allocator_name = RP_STR("a #[global_allocator]");
        f->allocator_at = e->in->symbols->watch[RP_WATCH_RG_ALLOC].at;
    } else if (watched(e, RP_WATCH_RDL_ALLOC) != 0) {
        f->allocator = RP_ALLOC_SYSTEM;
        f->allocator_name = RP_STR("the C library's");
        f->allocator_at = e->in->symbols->watch[RP_WATCH_RDL_ALLOC].at;
    } else if (strings_why(e) == NULL && watched(e, RP_WATCH_SYSTEM_MALLOC) != 0 &&
               f->std_dynamic.is == RP_NO) {
        f->allocator = RP_ALLOC_SYSTEM;
        f->allocator_name = RP_STR("the C library's (malloc is imported, no other names itself)");
        f->allocator_at = e->in->symbols->watch[RP_WATCH_SYSTEM_MALLOC].at;
    }
}

static void find_sanitizer(const rp_evidence *e, rp_rust_facts *f)
{
    static const struct {
        rp_watch watch;
        const char *library; /* part of the runtime's file name */
        const char *name;
    } rows[] = {{RP_WATCH_HWASAN, "hwasan", "hwaddress"}, {RP_WATCH_ASAN, "asan", "address"},
                {RP_WATCH_TSAN, "tsan", "thread"},        {RP_WATCH_MSAN, "msan", "memory"},
                {RP_WATCH_DFSAN, "dfsan", "dataflow"},    {RP_WATCH_RTSAN, "rtsan", "realtime"},
                {RP_WATCH_LSAN, "lsan", "leak"},          {RP_WATCH_UBSAN, "ubsan", "undefined"}};
    f->sanitizer.at = RP_NOWHERE;
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        bool library = false;
        for (uint32_t k = 0; k < e->img->nlibraries; k++) {
            rp_str name = e->img->libraries[k];
            bool runtime =
                rp_str_find(name, RP_STR("_rt.")) != SIZE_MAX || rp_str_starts(name, "lib");
            library |= runtime && rp_str_find(name, rp_str_from(rows[i].library)) != SIZE_MAX;
        }
        if (library || watched(e, rows[i].watch) != 0) {
            f->sanitizer =
                (rp_found){rp_str_from(rows[i].name),
                           library ? RP_NOWHERE : e->in->symbols->watch[rows[i].watch].at};
            return;
        }
    }
    if (e->strings.sanitizer.text.len != 0)
        f->sanitizer = e->strings.sanitizer;
}

static void find_rest(const rp_evidence *e, rp_rust_facts *f)
{
    const rp_section *s;
    f->leaks = e->strings.leaks;
    f->nleaks = e->strings.nleaks;
    f->leaks_total = e->strings.leaks_total;
    f->home_leaks = e->strings.home_leaks;
    f->leaked_user = e->strings.user;
    f->leaked_user_is_service = f->leaked_user.len != 0 && rp_path_is_service_user(f->leaked_user);
    f->leaks_known = !e->in->strings              ? rp_fact_unknown(not_scanned)
                     : e->strings.whole == RP_YES ? rp_fact_yes(RP_NOWHERE)
                     : e->strings.whole == RP_NO  ? rp_fact_yes(RP_NOWHERE)
                                                  : rp_fact_unknown(not_whole);
    f->auditable.at = RP_NOWHERE;
    if (has_section(e, ".dep-v0", "__DATA,.dep-v0", &s))
        f->auditable = (rp_found){s->name, s->offset};
}

static bool weigh(const rp_evidence *e, rp_rust_facts *f)
{
    bool ok = true;
    find_rust(e, f);
    find_languages(e, f);
    find_version(e, f);
    find_tools(e, f, &ok);
    find_lto(e, f);
    find_messages(e, f);
    f->crate_type = rp_str_from(crate_type(e, f));
    find_profile(e, f);
    find_panic(e, f);
    find_allocator(e, f);
    find_sanitizer(e, f);
    find_rest(e, f);
    ok = ok && rp_triple_guess(e->img, e->in, &f->triple, &f->triple_by);
    if (f->triple_by == RP_GUESS &&
        f->is_rust.is != RP_YES) /* Go and assembly have no libc at all */
        f->triple = RP_STR("");
    return ok;
}

rp_code rp_origin_build(rp_image *img, const rp_origin_input *in, const rp_rust_facts **ret,
                        rp_error *err)
{
    rp_rust_facts *f = rp_new(img->arena, 1, rp_rust_facts);
    rp_evidence *e = rp_new(img->arena, 1, rp_evidence);
    if (f == NULL || e == NULL)
        return rp_fail_memory(err);
    *e = (rp_evidence){.img = img, .in = in, .comment_at = RP_NOWHERE};
    rp_evidence_comment(e);
    if (in->strings && !rp_strings_read(img, &e->strings))
        return rp_fail_memory(err);
    if (!weigh(e, f))
        return rp_fail_memory(err);
    *ret = f;
    return RP_OK;
}

rp_tri rp_origin_is_rust_cheap(rp_image *img)
{
    rp_comment comment = {0};
    rp_comment_of(img, &comment);
    if (comment.rustc.len != 0 || links_std(img) || rp_image_section(img, ".rustc") != NULL ||
        rp_image_section(img, ".dep-v0") != NULL)
        return RP_YES;
    return RP_UNKNOWN;
}

rp_tri rp_origin_is_rust(rp_image *img)
{
    return rp_origin_is_rust_cheap(img) == RP_YES ? RP_YES : rp_strings_say_rust(img);
}
