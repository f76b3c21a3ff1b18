/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/coverage.h"

#include "base/buf.h"

enum {
    NAMES_SHOWN = 3, /* crates or objects in one clause */
    MANY_TIMES = 10, /* larger is the crates' share when std was built without */
    UNDECODABLE = 50 /* one function of so many may be undecodable before nothing is proved */
};

static const char *owner_words(rp_owner owner)
{
    static const char *const words[RP_OWNER_COUNT] = {
        [RP_OWNER_UNKNOWN] = "code of unknown origin",
        [RP_OWNER_RUST_USER] = "Rust crates",
        [RP_OWNER_RUST_STD] = "std",
        [RP_OWNER_C] = "C",
        [RP_OWNER_CPP] = "C++",
        [RP_OWNER_ASSEMBLY] = "assembly",
        [RP_OWNER_RUNTIME] = "start-up code",
        [RP_OWNER_OTHER] = "other languages",
    };
    return (unsigned)owner < RP_OWNER_COUNT ? words[owner] : "?";
}

static bool counts(const rp_cover *c, rp_owner owner)
{
    return (c->owners >> (unsigned)owner & 1u) != 0;
}

static rp_cover unread(rp_cover c, rp_cover_state state, const char *why, const char *otherwise)
{
    c.state = state;
    c.why = why != NULL ? why : otherwise;
    return c;
}

static void sum_owners(rp_cover *c)
{
    const rp_coverage *of = c->of;
    if (of->nby_owner == 0) {
        c->covered = of->covered;
        c->total = of->total;
    }
    for (uint32_t i = 0; i < of->nby_owner; i++) {
        const rp_coverage_row *row = &of->by_owner[i];
        if (counts(c, row->owner)) {
            c->covered += row->covered;
            c->total += row->total;
        } else {
            c->aside += row->total - row->covered;
        }
    }
}

rp_cover rp_cover_of(const rp_facts *f, const rp_coverage *of, uint32_t owners)
{
    rp_cover c = {.of = of, .owners = owners};
    const rp_code_facts *code = f->code;
    if (code->read != RP_YES)
        return unread(c, RP_COVER_UNREAD, code->why, "the machine code was not read");
    if (of->known == RP_UNKNOWN)
        return unread(c, RP_COVER_UNREAD, of->why, "the machine code does not tell");
    if (of->known == RP_NO)
        return unread(c, RP_COVER_NEVER, of->why, "this machine's code cannot have it");
    if (code->functions == 0)
        return unread(c, RP_COVER_UNREAD, NULL, "no function was found in the code");
    sum_owners(&c);
    c.state = c.total == 0           ? RP_COVER_EMPTY
              : c.covered == c.total ? RP_COVER_ALL
              : c.covered > 0        ? RP_COVER_PART
                                     : RP_COVER_NONE;
    if ((c.state == RP_COVER_EMPTY || c.state == RP_COVER_ALL) &&
        code->undecodable > code->functions / UNDECODABLE)
        return unread(c, RP_COVER_UNREAD, NULL, "too many functions could not be decoded");
    if ((c.state == RP_COVER_EMPTY || c.state == RP_COVER_ALL) && code->whole == RP_UNKNOWN)
        return unread(c, RP_COVER_UNREAD, NULL, "some functions were not found in the code");
    return c;
}

bool rp_cover_told(const rp_cover *c)
{
    return c->state != RP_COVER_UNREAD && c->state != RP_COVER_NEVER;
}

rp_coverage_row rp_cover_owner(const rp_cover *c, rp_owner owner)
{
    rp_coverage_row none = {.owner = owner};
    for (uint32_t i = 0; i < c->of->nby_owner; i++)
        if (c->of->by_owner[i].owner == owner)
            return c->of->by_owner[i];
    return none;
}

bool rp_cover_asked(const rp_cover *c)
{
    return rp_cover_told(c) && rp_cover_owner(c, RP_OWNER_RUST_USER).covered > 0;
}

bool rp_cover_std_without(const rp_cover *c)
{
    rp_coverage_row std = rp_cover_owner(c, RP_OWNER_RUST_STD);
    rp_coverage_row user = rp_cover_owner(c, RP_OWNER_RUST_USER);
    if (!rp_cover_asked(c) || std.total == 0)
        return false;
    /* std's generic functions are compiled with the crate that uses them: a few have it, too */
    return (uint64_t)user.covered * std.total > (uint64_t)MANY_TIMES * std.covered * user.total;
}

static const char *finish(rp_out *out, rp_buf *text)
{
    rp_str copy = rp_arena_str(out->arena, rp_buf_str(text));
    bool failed = text->bad || copy.ptr == NULL;
    rp_buf_free(text);
    if (!failed)
        return copy.ptr;
    out->out_of_memory = true;
    return "";
}

/* Names of the crates, else of the objects, in which an owner's missing functions are. */
static void put_names(rp_buf *text, const rp_coverage_row *rows, uint32_t n, rp_owner owner)
{
    uint32_t shown = 0, more = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (rows[i].owner != owner || rows[i].covered == rows[i].total || rows[i].name.len == 0)
            continue;
        if (shown < NAMES_SHOWN)
            rp_buf_printf(text, "%s%.*s", shown == 0 ? " (" : ", ", RP_FMT(rows[i].name));
        else
            more++;
        shown += shown < NAMES_SHOWN;
    }
    if (more > 0)
        rp_buf_printf(text, " and %u more", (unsigned)more);
    if (shown > 0)
        rp_buf_put(text, RP_STR(")"));
}

static void put_owner_names(rp_buf *text, const rp_coverage *of, rp_owner owner)
{
    size_t before = rp_buf_str(text).len;
    if (owner == RP_OWNER_RUST_STD) /* its crates tell nothing to whom it is given prebuilt */
        return;
    put_names(text, of->by_crate, of->nby_crate, owner);
    if (rp_buf_str(text).len == before)
        put_names(text, of->by_object, of->nby_object, owner);
}

const char *rp_cover_rest(rp_out *out, const rp_cover *c)
{
    uint32_t missing = c->total - c->covered;
    if (missing == 0)
        return "";
    rp_buf text = {0};
    for (uint32_t i = 0; i < c->of->nby_owner; i++) {
        const rp_coverage_row *row = &c->of->by_owner[i];
        uint32_t n = row->total - row->covered;
        if (!counts(c, row->owner) || n == 0)
            continue;
        if (n == missing)
            rp_buf_printf(&text, "%sin %s", missing > 1 ? "all " : "", owner_words(row->owner));
        else
            rp_buf_printf(&text, "%s%u in %s", rp_buf_str(&text).len > 0 ? ", " : "", (unsigned)n,
                          owner_words(row->owner));
        put_owner_names(&text, c->of, row->owner);
    }
    if (c->of->nby_owner == 0)
        rp_buf_printf(&text, "%u in code of unknown origin", (unsigned)missing);
    return finish(out, &text);
}

const char *rp_cover_aside(rp_out *out, const rp_cover *c)
{
    if (c->aside == 0)
        return "";
    rp_buf text = {0};
    rp_buf_printf(&text, "; %u in start-up code%s set aside", (unsigned)c->aside,
                  counts(c, RP_OWNER_ASSEMBLY) ? " are" : " and assembly are");
    return finish(out, &text);
}

void rp_cover_totals(const rp_facts *f, rp_out *out, const rp_cover *c, const char *what)
{
    if (out->coverage == NULL)
        rp_coverage_of(out, c->of, c->owners, NULL);
    rp_buf text = {0};
    for (uint32_t i = 0; i < c->of->nby_owner; i++) {
        const rp_coverage_row *row = &c->of->by_owner[i];
        rp_buf_printf(&text, "%s%s %u of %u", i == 0 ? ": " : ", ", owner_words(row->owner),
                      (unsigned)row->covered, (unsigned)row->total);
    }
    const char *rows = finish(out, &text);
    rp_evidence(out, RP_NOWHERE, "code: %u function%s read; %s, %u of %u%s",
                RP_MANY(f->code->functions), what, (unsigned)c->of->covered, (unsigned)c->of->total,
                rows);
    if (f->code->undecodable > 0)
        rp_evidence(out, RP_NOWHERE, "%u function%s could not be decoded to their end",
                    RP_MANY(f->code->undecodable));
}

void rp_cover_evidence(const rp_facts *f, rp_out *out, const rp_cover *c, const char *what,
                       const char *unit)
{
    if (!rp_cover_told(c))
        return;
    if (out->coverage == NULL)
        rp_coverage_of(out, c->of, c->owners, unit);
    rp_cover_totals(f, out, c, what);
}

/* ---- commands that show the first place ---- */

/* x86 is what every objdump disassembles; LLVM's knows the others, PAC only when told to. Where the
 * dynamic linker fills in what code calls, its relocations name it. */
static const char *disassembler(const rp_facts *f)
{
    if (f->arch == RP_ARCH_AARCH64)
        return "llvm-objdump -d --mattr=+v8.5a";
    bool x86 = f->arch == RP_ARCH_X86 || f->arch == RP_ARCH_X86_64;
    bool patched = f->elf != NULL && f->elf->textrel.is == RP_YES;
    if (!x86 || f->format == RP_FORMAT_MACHO)
        return "llvm-objdump -d";
    return patched ? "objdump -dR" : "objdump -d";
}

static const rp_code_place *first_place(const rp_cover *c)
{
    for (uint32_t i = 0; i < c->of->noutside; i++)
        if (counts(c, c->of->outside[i].owner))
            return &c->of->outside[i];
    return NULL;
}

void rp_cover_verify(const rp_facts *f, rp_out *out, const char *filter)
{
    rp_verify(out, "%s {} | %s", disassembler(f), filter);
}

void rp_cover_verify_place(const rp_facts *f, rp_out *out, const rp_cover *c, rp_place_part part,
                           const char *filter)
{
    const rp_code_place *p = rp_cover_told(c) ? first_place(c) : NULL;
    if (p == NULL || p->size == 0 || f->kind == RP_KIND_OBJECT) /* all sections begin at 0 there */
        return;
    uint64_t end = p->function + p->size; /* an instruction that is cut would be shown wrongly */
    const char *shown = filter;
    if (part == RP_PLACE_BRANCH)
        shown = rp_phrase(out, "grep -B%s '^ *%llx:'", filter, (unsigned long long)p->addr);
    rp_verify_also(out, "%s --start-address=0x%llx --stop-address=0x%llx {} | %s", disassembler(f),
                   (unsigned long long)p->function, (unsigned long long)end, shown);
}

void rp_cover_unread(rp_out *out, const rp_cover *c)
{
    if (c->state == RP_COVER_UNREAD)
        rp_evidence(out, RP_NOWHERE, "code was not read: %s", c->why);
}
