/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attribution by names: of functions, of their objects, of what kind of code they are. */
#include "origin/attribution_parts.h"

/* A name that only std's library folder has is std's whatever else is true. */
static rp_owner owner_of_crate(rp_str name)
{
    if (rp_crate_is_std(name))
        return RP_OWNER_RUST_STD;
    return rp_crate_is_std_dependency(name) ? RP_OWNER_UNKNOWN : RP_OWNER_RUST_USER;
}

static uint32_t row_of(rp_attributing *a, rp_str name, uint64_t disambiguator, bool legacy)
{
    rp_crate_row row = {.name = name, .version = {"", 0}, .owner = owner_of_crate(name)};
    if (row.owner == RP_OWNER_UNKNOWN) { /* only there does it matter which of two it is */
        row.disambiguator = disambiguator;
        row.legacy = legacy;
    }
    return rp_crate_table_row(&a->table, &row);
}

/* "src/lib.rs/@/regex.f19dcfa532266295-cgu.0": the codegen unit; else the source file. */
static rp_str unit_name(const rp_dwarf_unit *u)
{
    size_t at = rp_str_find(u->name, RP_STR("/@/"));
    return at != SIZE_MAX ? rp_str_sub(u->name, at + 3, SIZE_MAX) : u->name;
}

/* Local symbols follow their file's; of global ones only debug information knows. */
static rp_str object_of(const rp_attributing *a, const rp_function *f)
{
    if (f->object < a->functions->nobjects)
        return a->functions->objects[f->object];
    const rp_dwarf_unit *u = rp_dwarf_unit_at(a->dwarf, f->start);
    return u != NULL ? unit_name(u) : (rp_str){"", 0};
}

static rp_owner owner_of_language(uint16_t language)
{
    switch (language) {
    case RP_LANG_C89:
    case RP_LANG_C:
    case RP_LANG_C99:
    case RP_LANG_C11:
    case RP_LANG_C17:
    case RP_LANG_C23:
        return RP_OWNER_C;
    case RP_LANG_CPP:
    case RP_LANG_CPP11:
    case RP_LANG_CPP14:
    case RP_LANG_CPP17:
    case RP_LANG_CPP20:
    case RP_LANG_CPP23:
        return RP_OWNER_CPP;
    case RP_LANG_MIPS_ASSEMBLER:
        return RP_OWNER_ASSEMBLY;
    case RP_LANG_RUST:
        return RP_OWNER_RUST_USER;
    case RP_LANG_GO:
    case RP_LANG_SWIFT:
        return RP_OWNER_OTHER;
    default:
        return RP_OWNER_UNKNOWN;
    }
}

/* Fat LTO leaves one codegen unit for all crates. Without objects of std nothing can be told. */
static bool units_tell(const rp_functions *f)
{
    for (uint32_t i = 0; i < f->nobjects; i++) {
        rp_str crate = rp_unit_crate(f->objects[i]);
        if (crate.len != 0 && rp_crate_is_std(crate) &&
            !rp_crate_name_eq(crate, RP_STR("compiler_builtins")))
            return true;
    }
    return false;
}

/* The crate that asked for the code, and the one that wrote it. */
static bool rust_function(rp_attributing *a, rp_fn_origin *o, const rp_mangled *m)
{
    bool legacy = m->scheme == RP_MANGLED_RUST_LEGACY;
    rp_str unit = a->units_tell ? rp_unit_crate(o->object) : (rp_str){"", 0};
    rp_str asked = m->instantiated_in.len != 0 ? m->instantiated_in : unit;
    uint32_t wrote = RP_NO_CRATE;
    if (m->crate.len != 0) {
        wrote = row_of(a, m->crate, m->disambiguator, legacy);
        if (wrote == RP_NO_CRATE)
            return false;
    }
    o->crate = wrote;
    if (asked.len == 0 || (wrote != RP_NO_CRATE && rp_crate_name_eq(asked, m->crate)))
        return true;
    o->crate = row_of(a, asked, m->instantiated_in.len != 0 ? m->instantiated_disambiguator : 0,
                      legacy && m->instantiated_in.len == 0 && wrote == RP_NO_CRATE);
    o->defined_in = wrote;
    if (wrote != RP_NO_CRATE && rp_str_is(asked, "std"))
        a->table.rows.items[wrote].asked_by_std = true;
    return o->crate != RP_NO_CRATE;
}

/* A compile unit's language, for functions whose name tells none. */
static bool by_unit(rp_attributing *a, const rp_function *f, rp_fn_origin *o)
{
    const rp_dwarf_unit *u = rp_dwarf_unit_at(a->dwarf, f->start);
    rp_owner owner = u != NULL ? owner_of_language(u->language) : RP_OWNER_UNKNOWN;
    if (owner == RP_OWNER_UNKNOWN)
        return true;
    o->owner = owner;
    o->by = RP_ATTR_UNIT;
    rp_str crate = owner == RP_OWNER_RUST_USER ? rp_unit_crate(u->name) : (rp_str){"", 0};
    if (crate.len != 0)
        o->crate = row_of(a, crate, 0, false);
    return crate.len == 0 || o->crate != RP_NO_CRATE;
}

/* An unmangled name in a Rust object is #[no_mangle]; in any other it is of that file's language.
 */
static bool by_object(rp_attributing *a, rp_fn_origin *o)
{
    rp_str unit = rp_unit_crate(o->object);
    o->owner = rp_owner_of_file(o->object);
    if (unit.len == 0)
        return true;
    o->crate = row_of(a, unit, 0, false);
    return o->crate != RP_NO_CRATE;
}

/* Code without unwind data among code that has it was written by hand. */
static bool is_assembly(const rp_attributing *a, const rp_function *f)
{
    bool tabled = a->img->arch == RP_ARCH_X86_64 || a->img->arch == RP_ARCH_AARCH64;
    return tabled && a->img->format == RP_FORMAT_ELF && a->functions->frames.n != 0 &&
           a->functions->frames.whole && f->frame == UINT32_MAX && a->img->kind != RP_KIND_OBJECT;
}

static bool by_name(rp_attributing *a, const rp_function *f, rp_fn_origin *o)
{
    rp_named n = rp_owner_of_names(f);
    o->by = RP_ATTR_SYMBOL;
    o->owner = n.owner;
    if (n.parsed.scheme == RP_MANGLED_RUST_LEGACY || n.parsed.scheme == RP_MANGLED_RUST_V0)
        return rust_function(a, o, &n.parsed);
    if (rp_owner_of_file(o->object) == RP_OWNER_RUNTIME)
        o->owner = RP_OWNER_RUNTIME;
    if (o->owner != RP_OWNER_UNKNOWN && o->owner != RP_OWNER_RUNTIME)
        return true;
    if (o->owner == RP_OWNER_UNKNOWN && !by_unit(a, f, o))
        return false;
    if (o->by == RP_ATTR_UNIT)
        return true;
    rp_owner file = rp_owner_of_file(o->object);
    if (file == RP_OWNER_RUST_USER)
        return by_object(a, o);
    if (o->owner == RP_OWNER_UNKNOWN)
        o->owner = file != RP_OWNER_UNKNOWN ? file
                   : is_assembly(a, f)      ? RP_OWNER_ASSEMBLY
                                            : RP_OWNER_UNKNOWN;
    if (o->owner == RP_OWNER_UNKNOWN)
        o->by = RP_ATTR_NONE; /* C as far as the name goes; unwind data and neighbours come first */
    return true;
}

static bool schemes_mixed(const rp_functions *f)
{
    bool legacy = false, v0 = false;
    for (uint32_t i = 0; i < f->n && !(legacy && v0); i++) {
        rp_mangling scheme = rp_mangled_parse(f->items[i].name).scheme;
        legacy |= scheme == RP_MANGLED_RUST_LEGACY;
        v0 |= scheme == RP_MANGLED_RUST_V0;
    }
    return legacy && v0;
}

bool rp_attribute_names(rp_attributing *a)
{
    a->units_tell = units_tell(a->functions);
    a->mixed = schemes_mixed(a->functions);
    for (uint32_t i = 0; i < a->functions->n; i++) {
        const rp_function *f = &a->functions->items[i];
        rp_fn_origin *o = &a->items[i];
        o->object = object_of(a, f);
        if (f->kind != RP_FN_NORMAL) {
            o->owner = RP_OWNER_RUNTIME;
            o->by = RP_ATTR_KIND;
        } else if (f->name.len != 0 ? !by_name(a, f, o) : !by_unit(a, f, o)) {
            return false;
        }
    }
    return true;
}
