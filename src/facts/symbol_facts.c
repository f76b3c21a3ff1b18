/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One pass over the symbol tables. Every name is classified by its first bytes, so a table of a
 * million symbols costs tens of milliseconds, not one comparison per watched name. */
#include "facts/symbol_facts_build.h"

#include "base/limits.h"
#include "base/search.h"
#include "facts/fortify.h"
#include "origin/demangle.h"
#include "origin/runtime_name.h"

static const char *const watched[RP_WATCH_COUNT] = {
#define RP_SYM(id, text) text,
#include "facts/symbols.def"
#undef RP_SYM
};

/* <0, 0, >0 of `text` without its final '*' against `name`. */
static int order(const char *text, rp_str name)
{
    size_t len = strlen(text);
    len -= text[len - 1] == '*';
    int c = memcmp(text, name.ptr, len < name.len ? len : name.len);
    return c != 0 ? c : (len > name.len) - (len < name.len);
}

rp_watch rp_watch_of(rp_str plain)
{
    size_t low; /* behind the last row that is not above the name: only that one can be it or a
                   prefix of it */
    RP_SEARCH(low, RP_WATCH_COUNT, order(watched[low], plain) <= 0);
    if (low == 0)
        return RP_WATCH_COUNT;
    const char *text = watched[low - 1];
    size_t len = strlen(text);
    bool prefix = text[len - 1] == '*';
    len -= prefix;
    bool hit = prefix ? plain.len >= len : plain.len == len;
    return hit && memcmp(text, plain.ptr, len) == 0 ? (rp_watch)(low - 1) : RP_WATCH_COUNT;
}

rp_str rp_symbol_plain(const rp_image *img, rp_str name)
{
    bool coff = img->format == RP_FORMAT_PE || img->format == RP_FORMAT_COFF;
    if (coff && rp_str_starts(name, "__imp_"))
        name = rp_str_sub(name, 6, SIZE_MAX);
    /* Mach-O always, COFF on i386: C names get an underscore */
    bool decorated = img->format == RP_FORMAT_MACHO || (coff && img->arch == RP_ARCH_X86);
    if (decorated && name.len > 1 && name.ptr[0] == '_')
        name = rp_str_sub(name, 1, SIZE_MAX);
    if (img->format == RP_FORMAT_ELF && name.len > 2) {
        const char *at = memchr(name.ptr + 1, '@', name.len - 1);
        if (at != NULL)
            name.len = (size_t)(at - name.ptr);
    }
    return name;
}

/* core::panicking::panic_const::panic_const_<what>: the overflow checks' own functions. Division
 * and remainder are checked in every profile and must not count. */
static void count_panic_const(rp_symbol_facts *f, const rp_symbol *s, rp_str name)
{
    static const char *const overflow[] = {"add_overflow", "sub_overflow", "mul_overflow",
                                           "neg_overflow", "shl_overflow", "shr_overflow"};
    size_t at = rp_str_find(name, RP_STR("panic_const_"));
    if (at == SIZE_MAX)
        return;
    rp_str what = rp_str_sub(name, at + 12, SIZE_MAX);
    for (size_t i = 0; i < RP_COUNT(overflow); i++) {
        if (rp_str_starts(what, overflow[i])) {
            if (f->overflow_panics++ == 0)
                f->overflow_panics_at = s->at;
            return;
        }
    }
    f->checked_panics++;
}

static void count_watched(rp_symbol_facts *f, const rp_symbol *s, rp_str plain)
{
    rp_watch w = rp_watch_of(plain);
    if (w == RP_WATCH_COUNT)
        return;
    if (f->watch[w].defined + f->watch[w].undefined == 0)
        f->watch[w].at = s->at;
    if (s->defined)
        f->watch[w].defined++;
    else
        f->watch[w].undefined++;
}

static bool is_std_crate(rp_str crate)
{
    return rp_str_is(crate, "std") || rp_str_is(crate, "core") || rp_str_is(crate, "alloc");
}

/* std's own code; an instance of its generics that another crate asked for is that crate's.
 * Legacy names do not say who asked. */
static bool is_of_std(const rp_mangled *m)
{
    return m->scheme == RP_MANGLED_RUST_V0 && is_std_crate(m->crate) &&
           (m->instantiated_in.len == 0 || is_std_crate(m->instantiated_in));
}

static void count_suffixes(rp_symbol_facts *f, rp_str name, const rp_mangled *m)
{
    bool promoted = rp_str_find(name, RP_STR(".llvm.")) != SIZE_MAX;
    f->cfi_suffixed += rp_str_ends(name, ".cfi");
    f->llvm_promoted += promoted;
    f->std_promoted += promoted && is_of_std(m);
    f->std_functions += is_std_crate(m->crate);
}

/* Each program asks <() as Termination>::report, or ExitCode's, for its status. One line of code:
 * it stays a function of its own only without optimisation (measured: rustc 1.95, main of (),
 * Result and ExitCode, opt-level 0 against 1, 2, 3, s and z). */
static bool is_trivial_report(rp_str name)
{
    static const char *const legacy[] = {
        "_$LT$$LP$$RP$$u20$as$u20$std..process..Termination$GT$6report17h",
        "_$LT$std..process..ExitCode$u20$as$u20$std..process..Termination$GT$6report17h"};
    static const char *const v0[] = {"3std7processuNt", "8ExitCodeNt"};
    if (rp_str_find(name, RP_STR("Termination")) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < RP_COUNT(legacy); i++)
        if (rp_str_find(name, rp_str_from(legacy[i])) != SIZE_MAX)
            return true;
    if (rp_str_find(name, RP_STR("11Termination6report")) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < RP_COUNT(v0); i++)
        if (rp_str_find(name, rp_str_from(v0[i])) != SIZE_MAX)
            return true;
    return false;
}

static void count_main(rp_symbol_facts *f, rp_str name)
{
    f->unoptimised += is_trivial_report(name);
    f->main_shims += rp_str_find(name, RP_STR("rust_begin_short_backtrace")) != SIZE_MAX;
}

/* STT_FILE names of C and C++ objects; crt*.c come with every program. */
static void count_foreign_unit(rp_symbol_facts *f, rp_str file)
{
    static const char *const cpp[] = {".cc", ".cpp", ".cxx", ".C"};
    if (rp_str_ends(file, ".c") && !rp_str_starts(file, "crt"))
        f->c_units++;
    for (size_t i = 0; i < RP_COUNT(cpp); i++)
        f->cpp_units += rp_str_ends(file, cpp[i]);
}

/* "<crate>.<16 hex>-cgu.<n>" (1.66 and later), "<crate>.<hash>-cgu.<n>.rcgu.o",
 * "<crate>.7rcbfp3g-cgu.3". */
static void count_unit(rp_symbol_facts *f, rp_str file)
{
    size_t at = rp_str_find(file, RP_STR("-cgu."));
    size_t dot = rp_str_find(file, RP_STR("."));
    if (at == SIZE_MAX || dot == SIZE_MAX) {
        count_foreign_unit(f, file);
        return;
    }
    uint32_t n = 0;
    for (size_t i = at + 5; i < file.len && file.ptr[i] >= '0' && file.ptr[i] <= '9' && n < 100000;
         i++)
        n = n * 10 + (uint32_t)(file.ptr[i] - '0');
    f->rust_units++;
    if (is_std_crate(rp_str_sub(file, 0, dot)))
        f->std_units++;
    else if (n + 1 > f->codegen_units && !rp_str_starts(file, "compiler_builtins."))
        f->codegen_units = n + 1;
}

/* The runtime's packages and the linker's own symbols; Go does not mangle. */
static bool is_go(rp_str name)
{
    return rp_str_starts(name, "runtime.") || rp_str_starts(name, "go:") ||
           rp_str_starts(name, "type:.") || rp_str_starts(name, "go.buildid");
}

static void count_language(rp_symbol_facts *f, rp_mangling scheme, rp_str name)
{
    switch (scheme) {
    case RP_MANGLED_RUST_V0:
        f->rust_v0++;
        break;
    case RP_MANGLED_RUST_LEGACY:
        f->rust_legacy++;
        break;
    case RP_MANGLED_CPP:
    case RP_MANGLED_MSVC:
        f->cpp++;
        break;
    case RP_MANGLED_NOT:
    case RP_MANGLED_GO_OR_SWIFT:
        if (is_go(name))
            f->go++;
        else if (scheme == RP_MANGLED_NOT)
            f->c_or_unknown++;
        break;
    }
}

static void count_symbol(rp_symbol_facts *f, rp_fortify *fortify, const rp_image *img,
                         const rp_symbol *s)
{
    rp_str name = rp_symbol_plain(img, s->name);
    if (name.len == 0 || s->kind == RP_SYM_SECTION)
        return;
    if (s->kind == RP_SYM_FILE) {
        count_unit(f, name);
        return;
    }
    f->defined += s->defined;
    f->undefined += !s->defined;
    f->dynamic += s->dynamic;
    f->static_table |= s->defined && !s->dynamic;
    rp_mangled mangled = rp_mangled_parse(name);
    rp_mangling scheme = mangled.scheme;
    if (s->defined && s->kind == RP_SYM_FUNC)
        count_language(f, scheme, name);
    if (s->defined)
        count_suffixes(f, name, &mangled);
    if (scheme == RP_MANGLED_RUST_V0 || scheme == RP_MANGLED_RUST_LEGACY) {
        count_panic_const(f, s, name);
        if (s->defined)
            count_main(f, name);
        rp_str inner = rp_runtime_name(name);
        if (inner.ptr != name.ptr)
            count_watched(f, s, inner);
    } else if (scheme == RP_MANGLED_NOT) {
        f->kcfi_prefixed +=
            s->defined && rp_str_starts(name, "__cfi_") && rp_watch_of(name) == RP_WATCH_COUNT;
        count_watched(f, s, name);
        rp_fortify_count(fortify, name, s->defined);
    }
}

rp_code rp_symbol_facts_build(rp_image *img, bool wanted, const rp_symbol_facts **ret,
                              rp_error *err)
{
    rp_symbol_facts *f = rp_new(img->arena, 1, rp_symbol_facts);
    rp_fortify *fortify = rp_new(img->arena, 1, rp_fortify);
    if (f == NULL || fortify == NULL)
        return rp_fail_memory(err);
    f->known = RP_UNKNOWN;
    f->overflow_panics_at = RP_NOWHERE;
    if (wanted) {
        rp_image_symbols(img);
        f->known = img->symbols_known;
        for (uint32_t i = 0; i < img->nsymbols; i++)
            count_symbol(f, fortify, img, &img->symbols[i]);
        if (!rp_fortify_names(fortify, img->arena, f))
            return rp_fail_memory(err);
    }
    *ret = f;
    return RP_OK;
}
