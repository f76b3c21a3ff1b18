/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Paths and types of the v0 scheme: recursive descent over RFC 2603's grammar. */
#include "origin/demangle_v0.h"

#include "origin/demangle_v0_parser.h"

static void generic_arg(rp_v0 *d);

static void type_value(rp_v0 *d, bool in_value)
{
    (void)in_value;
    rp_v0_type(d);
}

static void lifetime(rp_v0 *d, uint64_t index)
{
    rp_v0_put(d, "'");
    if (index == 0) {
        rp_v0_put(d, "_");
    } else if (index > d->lifetimes) {
        if (d->out != NULL) /* when only parsing binders are not counted */
            d->bad = true;
    } else if (d->lifetimes - index < 26) {
        rp_v0_put_char(d, (char)('a' + (char)(d->lifetimes - index)));
    } else {
        rp_v0_put(d, "_");
        rp_v0_put_number(d, d->lifetimes - index, false);
    }
}

/* "G" and a number bind that many lifetimes for what f reads. */
static void binder(rp_v0 *d, void (*f)(rp_v0 *d))
{
    uint64_t bound = rp_v0_optional_62(d, 'G');
    if (d->out == NULL) {
        f(d);
        return;
    }
    if (bound > 1000)
        d->bad = true;
    for (uint64_t i = 0; i < bound && !d->bad; i++) {
        rp_v0_put(d, i == 0 ? "for<" : ", ");
        d->lifetimes++;
        lifetime(d, 1);
    }
    if (bound > 0)
        rp_v0_put(d, "> ");
    f(d);
    d->lifetimes -= d->bad ? d->lifetimes : bound;
}

/* Parses without printing or noting. */
static void skip_path(rp_v0 *d)
{
    rp_buf *out = d->out;
    rp_mangled *info = d->info;
    d->out = NULL;
    d->info = NULL;
    rp_v0_path(d, false);
    d->out = out;
    d->info = info;
}

static void crate_root(rp_v0 *d)
{
    uint64_t dis = rp_v0_optional_62(d, 's');
    rp_v0_ident id = rp_v0_ident_next(d);
    rp_v0_put_ident(d, id);
    if (d->with_hashes && dis != 0) {
        rp_v0_put(d, "[");
        rp_v0_put_number(d, dis, true);
        rp_v0_put(d, "]");
    }
    if (d->info != NULL && d->info->crate.len == 0 && !d->bad) {
        d->info->crate = id.ascii;
        d->info->disambiguator = dis;
    }
}

static void nested(rp_v0 *d, bool in_value)
{
    char ns = rp_v0_next(d);
    if (!((ns >= 'A' && ns <= 'Z') || (ns >= 'a' && ns <= 'z'))) {
        d->bad = true;
        return;
    }
    rp_v0_path(d, in_value);
    uint64_t dis = rp_v0_optional_62(d, 's');
    rp_v0_ident id = rp_v0_ident_next(d);
    bool named = id.ascii.len != 0 || id.punycode.len != 0;
    if (d->info != NULL) {
        d->info->closure |= ns == 'C';
        d->info->shim |= ns == 'S';
    }
    if (ns >= 'a') {
        rp_v0_put(d, named ? "::" : "");
        rp_v0_put_ident(d, id);
        return;
    }
    rp_v0_put(d, "::{");
    if (ns == 'C' || ns == 'S')
        rp_v0_put(d, ns == 'C' ? "closure" : "shim");
    else
        rp_v0_put_char(d, ns);
    rp_v0_put(d, named ? ":" : "");
    rp_v0_put_ident(d, id);
    rp_v0_put(d, "#");
    rp_v0_put_number(d, dis, false);
    rp_v0_put(d, "}");
}

static void impl(rp_v0 *d, char tag)
{
    if (tag != 'Y') {
        (void)rp_v0_optional_62(d, 's');
        if (d->info != NULL && d->info->crate.len == 0) /* the crate that holds the impl */
        {
            rp_buf *out = d->out;
            d->out = NULL;
            rp_v0_path(d, false);
            d->out = out;
        } else {
            skip_path(d);
        }
    }
    rp_v0_put(d, "<");
    rp_v0_type(d);
    if (tag != 'M') {
        rp_v0_put(d, " as ");
        rp_v0_path(d, false);
    }
    rp_v0_put(d, ">");
}

void rp_v0_path(rp_v0 *d, bool in_value)
{
    if (!rp_v0_enter(d)) {
        rp_v0_leave(d);
        return;
    }
    char tag = rp_v0_next(d);
    switch (tag) {
    case 'C':
        crate_root(d);
        break;
    case 'N':
        nested(d, in_value);
        break;
    case 'M':
    case 'X':
    case 'Y':
        impl(d, tag);
        break;
    case 'I':
        rp_v0_path(d, in_value);
        if (d->info != NULL)
            d->info->generic = true;
        rp_v0_put(d, in_value ? "::<" : "<");
        (void)rp_v0_list(d, generic_arg, ", ");
        rp_v0_put(d, ">");
        break;
    case 'B':
        rp_v0_backref(d, rp_v0_path, in_value);
        break;
    default:
        d->bad = true;
    }
    rp_v0_leave(d);
}

static void generic_arg(rp_v0 *d)
{
    if (rp_v0_eat(d, 'L'))
        lifetime(d, rp_v0_integer_62(d));
    else if (rp_v0_eat(d, 'K'))
        rp_v0_constant(d, false);
    else
        rp_v0_type(d);
}

const char *rp_v0_basic_type(char tag)
{
    static const char *const names[26] = {
        ['a' - 'a'] = "i8",    ['b' - 'a'] = "bool", ['c' - 'a'] = "char", ['d' - 'a'] = "f64",
        ['e' - 'a'] = "str",   ['f' - 'a'] = "f32",  ['h' - 'a'] = "u8",   ['i' - 'a'] = "isize",
        ['j' - 'a'] = "usize", ['l' - 'a'] = "i32",  ['m' - 'a'] = "u32",  ['n' - 'a'] = "i128",
        ['o' - 'a'] = "u128",  ['p' - 'a'] = "_",    ['s' - 'a'] = "i16",  ['t' - 'a'] = "u16",
        ['u' - 'a'] = "()",    ['v' - 'a'] = "...",  ['x' - 'a'] = "i64",  ['y' - 'a'] = "u64",
        ['z' - 'a'] = "!",
    };
    return tag >= 'a' && tag <= 'z' ? names[tag - 'a'] : NULL;
}

static void function_type(rp_v0 *d)
{
    bool is_unsafe = rp_v0_eat(d, 'U');
    bool has_abi = rp_v0_eat(d, 'K');
    rp_v0_ident abi = {{"C", 1}, {"", 0}};
    if (has_abi && !rp_v0_eat(d, 'C'))
        abi = rp_v0_ident_next(d);
    if (abi.ascii.len == 0 || abi.punycode.len != 0)
        d->bad = true;
    rp_v0_put(d, is_unsafe ? "unsafe " : "");
    if (has_abi) {
        rp_v0_put(d, "extern \"");
        for (size_t i = 0; i < abi.ascii.len; i++) /* '-' was mangled to '_' */
            rp_v0_put_char(d, abi.ascii.ptr[i] == '_' ? '-' : abi.ascii.ptr[i]);
        rp_v0_put(d, "\" ");
    }
    rp_v0_put(d, "fn(");
    (void)rp_v0_list(d, rp_v0_type, ", ");
    rp_v0_put(d, ")");
    if (rp_v0_eat(d, 'u'))
        return;
    rp_v0_put(d, " -> ");
    rp_v0_type(d);
}

/* A path whose generic arguments stay open for associated types; true when "<" was written. */
static bool path_open(rp_v0 *d);

static void open_backref(rp_v0 *d, bool in_value)
{
    (void)in_value;
    if (path_open(d))
        d->lifetimes |= (uint64_t)1 << 63; /* carries the answer out of rp_v0_backref() */
}

static bool path_open(rp_v0 *d)
{
    if (rp_v0_eat(d, 'B')) {
        rp_v0_backref(d, open_backref, false);
        bool open = (d->lifetimes >> 63) != 0;
        d->lifetimes &= ~((uint64_t)1 << 63);
        return open;
    }
    if (!rp_v0_eat(d, 'I')) {
        rp_v0_path(d, false);
        return false;
    }
    rp_v0_path(d, false);
    rp_v0_put(d, "<");
    (void)rp_v0_list(d, generic_arg, ", ");
    return true;
}

static void dyn_trait(rp_v0 *d)
{
    bool open = path_open(d);
    while (rp_v0_eat(d, 'p')) {
        rp_v0_put(d, open ? ", " : "<");
        open = true;
        rp_v0_put_ident(d, rp_v0_ident_next(d));
        rp_v0_put(d, " = ");
        rp_v0_type(d);
    }
    rp_v0_put(d, open ? ">" : "");
}

static void dyn_bounds(rp_v0 *d)
{
    (void)rp_v0_list(d, dyn_trait, " + ");
}

static void reference(rp_v0 *d, char tag)
{
    rp_v0_put(d, "&");
    if (rp_v0_eat(d, 'L')) {
        uint64_t index = rp_v0_integer_62(d);
        if (index != 0) {
            lifetime(d, index);
            rp_v0_put(d, " ");
        }
    }
    rp_v0_put(d, tag == 'Q' ? "mut " : "");
    rp_v0_type(d);
}

static void dyn_type(rp_v0 *d)
{
    rp_v0_put(d, "dyn ");
    binder(d, dyn_bounds);
    if (!rp_v0_eat(d, 'L')) {
        d->bad = true;
        return;
    }
    uint64_t index = rp_v0_integer_62(d);
    if (index != 0) {
        rp_v0_put(d, " + ");
        lifetime(d, index);
    }
}

/* Pattern types: "u32 is 1..=9" */
static void pattern(rp_v0 *d)
{
    char tag = rp_v0_next(d);
    if (!rp_v0_enter(d))
        tag = '\0';
    if (tag == 'R') {
        rp_v0_constant(d, false);
        rp_v0_put(d, "..=");
        rp_v0_constant(d, false);
    } else if (tag == 'O') {
        (void)rp_v0_list(d, pattern, " | ");
    } else if (tag == 'N') {
        rp_v0_put(d, "!null");
    } else {
        d->bad = true;
    }
    rp_v0_leave(d);
}

static void sequence_type(rp_v0 *d, char tag)
{
    rp_v0_put(d, tag == 'T' ? "(" : "[");
    if (tag == 'T') {
        rp_v0_put(d, rp_v0_list(d, rp_v0_type, ", ") == 1 ? ",)" : ")");
        return;
    }
    rp_v0_type(d);
    if (tag == 'A') {
        rp_v0_put(d, "; ");
        rp_v0_constant(d, true);
    }
    rp_v0_put(d, "]");
}

static void compound_type(rp_v0 *d, char tag)
{
    switch (tag) {
    case 'R':
    case 'Q':
        reference(d, tag);
        break;
    case 'P':
    case 'O':
        rp_v0_put(d, tag == 'P' ? "*const " : "*mut ");
        rp_v0_type(d);
        break;
    case 'A':
    case 'S':
    case 'T':
        sequence_type(d, tag);
        break;
    case 'F':
        binder(d, function_type);
        break;
    case 'D':
        dyn_type(d);
        break;
    case 'W':
        rp_v0_type(d);
        rp_v0_put(d, " is ");
        pattern(d);
        break;
    case 'B':
        rp_v0_backref(d, type_value, false);
        break;
    default:
        d->at--; /* the tag of a path */
        rp_v0_path(d, false);
    }
}

void rp_v0_type(rp_v0 *d)
{
    char tag = rp_v0_next(d);
    const char *basic = rp_v0_basic_type(tag);
    if (d->bad)
        return;
    if (basic != NULL) {
        rp_v0_put(d, basic);
        return;
    }
    if (rp_v0_enter(d))
        compound_type(d, tag);
    rp_v0_leave(d);
}

/* The whole name: path, then maybe the instantiating crate, then maybe a vendor suffix. */
static bool whole(rp_v0 *d, rp_mangled *info, size_t *ret_end)
{
    char first = rp_v0_peek(d);
    if (first < 'A' || first > 'Z') /* an encoding version we do not know, or no v0 name at all */
        return false;
    for (size_t i = 0; i < d->s.len; i++)
        if ((uint8_t)d->s.ptr[i] >= 0x80)
            return false;
    d->info = info;
    rp_v0_path(d, true);
    d->info = NULL;
    if (rp_v0_peek(d) >= 'A' && rp_v0_peek(d) <= 'Z') {
        rp_mangled other = {.crate = {"", 0}};
        rp_buf *out = d->out;
        d->out = NULL;
        d->info = &other;
        rp_v0_path(d, false);
        d->info = NULL;
        d->out = out;
        if (info != NULL) {
            info->instantiated_in = other.crate;
            info->instantiated_disambiguator = other.disambiguator;
        }
    }
    char rest = rp_v0_peek(d);
    *ret_end = d->at;
    return !d->bad && (rest == '\0' || rest == '.' || rest == '$');
}

bool rp_v0_parse(rp_str inner, rp_mangled *info)
{
    rp_mangled found = {.scheme = RP_MANGLED_RUST_V0, .crate = {"", 0}, .instantiated_in = {"", 0}};
    rp_v0 d = {.s = inner};
    size_t end;
    if (!whole(&d, &found, &end)) {
        /* A back reference that only the search for the crate follows: printing skips it. */
        d = (rp_v0){.s = inner};
        found.crate = found.instantiated_in = (rp_str){"", 0};
        if (!whole(&d, NULL, &end))
            return false;
    }
    if (end > inner.len)
        return false;
    *info = found;
    return true;
}

bool rp_v0_print(rp_str inner, bool with_hashes, rp_buf *out)
{
    rp_v0 d = {.s = inner, .with_hashes = with_hashes, .out = out};
    size_t before = out->len, end;
    if (!whole(&d, NULL, &end)) {
        out->len = before;
        if (out->ptr != NULL)
            out->ptr[before] = '\0';
        return false;
    }
    rp_buf_put(out, rp_str_sub(inner, end, SIZE_MAX));
    return true;
}
