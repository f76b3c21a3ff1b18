/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Entitlements: the top-level keys of a property list (XML or Apple's DER). Strict on purpose:
 * where Apple's own parsers have disagreed (comments, entities, CDATA in keys) we say unreadable
 * rather than pick one reading. */
#include "base/limits.h"
#include "obj/codesign.h"
#include "obj/der.h"

enum { DEPTH_MAX = 64 };

typedef struct {
    const char *p;
    const char *end;
    bool bad; /* sticky */
} xml;

typedef struct {
    rp_str name;
    bool closing; /* </x> */
    bool empty;   /* <x/> */
} tag;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(xml *x)
{
    while (x->p < x->end && is_space(*x->p))
        x->p++;
}

static rp_str rest(const xml *x)
{
    return (rp_str){x->p, (size_t)(x->end - x->p)};
}

/* Moves behind `stop`; bad without one. Returns what lay before it. */
static rp_str skip_past(xml *x, const char *stop)
{
    size_t n = rp_str_find(rest(x), rp_str_from(stop));
    if (n == SIZE_MAX) {
        x->bad = true;
        return (rp_str){x->p, 0};
    }
    rp_str before = {x->p, n};
    x->p += n + strlen(stop);
    return before;
}

/* XML 1.0, 2.5: "--" ends a comment and nothing else may follow it. "<!-->" and "<!--->" begin one,
 * but parsers of Apple's have taken them for whole ones: refused. */
static void skip_comment(xml *x)
{
    x->p += 4;
    if (rp_str_starts(rest(x), ">") || rp_str_starts(rest(x), "->")) {
        x->bad = true;
        return;
    }
    (void)skip_past(x, "--");
    if (!x->bad && rp_str_starts(rest(x), ">"))
        x->p++;
    else
        x->bad = true;
}

static tag next_tag(xml *x)
{
    tag t = {.name = {"", 0}};
    for (skip_space(x); !x->bad && rp_str_starts(rest(x), "<!--"); skip_space(x))
        skip_comment(x);
    if (x->bad || x->p == x->end || *x->p != '<') {
        x->bad = true;
        return t;
    }
    x->p++;
    rp_str inside = skip_past(x, ">");
    if (inside.len != 0 && inside.ptr[0] == '/') {
        t.closing = true;
        inside = rp_str_sub(inside, 1, SIZE_MAX);
    } else if (inside.len != 0 && inside.ptr[inside.len - 1] == '/') {
        t.empty = true;
        inside.len--;
    }
    size_t n = 0;
    while (n < inside.len && !is_space(inside.ptr[n]))
        n++;
    t.name = rp_str_sub(inside, 0, n);
    x->bad |= n == 0 || memchr(inside.ptr, '<', inside.len) != NULL;
    return t;
}

/* The text of an element whose opening tag was read, and its closing tag. */
static rp_str text_of(xml *x, rp_str name)
{
    const char *from = x->p;
    while (x->p < x->end && *x->p != '<')
        x->p++;
    rp_str text = {from, (size_t)(x->p - from)};
    if (rp_str_starts(rest(x), "<!--"))
        x->bad = true; /* a comment within text: read in more than one way */
    tag t = next_tag(x);
    x->bad |= !t.closing || !rp_str_eq(t.name, name);
    return text;
}

static bool is_container(rp_str name)
{
    return rp_str_is(name, "dict") || rp_str_is(name, "array");
}

static bool is_scalar(rp_str name)
{
    static const char *const names[] = {"key",  "string", "integer", "real",
                                        "date", "data",   "true",    "false"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(name, names[i]))
            return true;
    return false;
}

/* Moves behind a value whose opening tag is `t`. */
static void skip_value(xml *x, tag t)
{
    rp_str open[DEPTH_MAX];
    unsigned depth = 0;
    for (;;) {
        if (t.closing) {
            if (depth == 0 || !rp_str_eq(open[depth - 1], t.name))
                x->bad = true;
            else
                depth--;
        } else if (is_container(t.name) && !t.empty) {
            if (depth == DEPTH_MAX)
                x->bad = true;
            else
                open[depth++] = t.name;
        } else if (is_scalar(t.name) && !t.empty) {
            (void)text_of(x, t.name);
        } else if (!is_scalar(t.name) && !is_container(t.name)) {
            x->bad = true;
        }
        if (x->bad || depth == 0)
            return;
        t = next_tag(x);
    }
}

static rp_code add_key(rp_arena *arena, rp_sign_keys *keys, rp_sign_key key)
{
    if (keys->n == RP_MAX_ENTITLEMENTS)
        return RP_E_LIMIT;
    rp_sign_key *to = rp_vec_push(arena, keys);
    if (to == NULL)
        return RP_E_MEMORY;
    *to = key;
    return RP_OK;
}

static void prolog(xml *x)
{
    for (;;) {
        skip_space(x);
        if (rp_str_starts(rest(x), "<?"))
            (void)skip_past(x, "?>");
        else if (rp_str_starts(rest(x), "<!--"))
            skip_comment(x);
        else if (rp_str_starts(rest(x), "<!DOCTYPE")) {
            rp_str type = skip_past(x, ">");
            x->bad |= rp_str_find(type, RP_STR("[")) != SIZE_MAX; /* could define entities */
        } else
            return;
        if (x->bad)
            return;
    }
}

/* <key>name</key> and its value; `t` is the key's opening tag. */
static rp_code plist_pair(rp_arena *arena, xml *x, tag t, rp_sign_key key, rp_sign_keys *ret)
{
    key.name = text_of(x, t.name);
    x->bad |= memchr(key.name.ptr, '&', key.name.len) != NULL;
    t = next_tag(x);
    key.value = rp_str_is(t.name, "true")    ? RP_YES
                : rp_str_is(t.name, "false") ? RP_NO
                                             : RP_UNKNOWN;
    skip_value(x, t);
    return x->bad ? RP_E_FORMAT : add_key(arena, ret, key);
}

rp_code rp_plist_keys(rp_arena *arena, rp_bytes bytes, uint64_t at, rp_sign_keys *ret)
{
    const char *start = (const char *)bytes.ptr;
    size_t len = bytes.len;
    while (len != 0 && start[len - 1] == '\0') /* some signers count the C string's end */
        len--;
    xml x = {start, start + len, len == 0 || memchr(start, 0, len) != NULL};
    prolog(&x);
    tag t = next_tag(&x);
    if (rp_str_is(t.name, "plist") && !t.closing && !t.empty)
        t = next_tag(&x);
    if (x.bad || !rp_str_is(t.name, "dict") || t.closing)
        return RP_E_FORMAT;
    if (t.empty)
        return RP_OK;
    for (;;) {
        t = next_tag(&x);
        if (!x.bad && t.closing && rp_str_is(t.name, "dict"))
            return RP_OK;
        if (x.bad || t.closing || t.empty || !rp_str_is(t.name, "key"))
            return RP_E_FORMAT;
        rp_sign_key key = {.at = at + (uint64_t)(x.p - start)};
        rp_code code = plist_pair(arena, &x, t, key, ret);
        if (code != RP_OK)
            return code;
    }
}

enum { /* tags beside those of obj/der.h */
       DER_BOOLEAN = 0x01,
       DER_ENTITLEMENTS = 0x70, /* [APPLICATION 16] */
       DER_DICTIONARY = 0xb0    /* [16] */
};

static rp_code der_pair(rp_arena *arena, rp_reader pair, rp_sign_keys *ret)
{
    rp_reader name, value;
    uint8_t tag_byte = 0;
    if (!rp_der_enter(&pair, RP_DER_UTF8, &name) || !rp_der_next(&pair, &tag_byte, &value) ||
        rp_left(&pair) != 0)
        return RP_E_FORMAT;
    rp_tri is = RP_UNKNOWN;
    if (tag_byte == DER_BOOLEAN && value.buf.len == 1)
        is = value.buf.ptr[0] != 0 ? RP_YES : RP_NO;
    rp_str text = {(const char *)name.buf.ptr, name.buf.len};
    return add_key(arena, ret, (rp_sign_key){text, is, name.origin});
}

/* The dictionary of pairs: behind a version number, or, in the first form of it, bare. */
static bool der_dictionary(rp_reader *r, rp_reader *ret)
{
    uint8_t outer = 0;
    rp_reader body, version;
    if (!rp_der_next(r, &outer, &body))
        return false;
    if (outer != DER_ENTITLEMENTS)
        *ret = body;
    else if (!rp_der_enter(&body, RP_DER_INTEGER, &version) || !rp_der_next(&body, &outer, ret))
        return false;
    return outer == DER_DICTIONARY || outer == RP_DER_SET;
}

rp_code rp_der_keys(rp_arena *arena, rp_bytes der, uint64_t at, rp_sign_keys *ret)
{
    rp_reader r = rp_reader_of(der, at, true);
    rp_reader dict;
    if (!der_dictionary(&r, &dict))
        return RP_E_FORMAT;
    while (rp_left(&dict) != 0) {
        rp_reader pair;
        if (!rp_der_enter(&dict, RP_DER_SEQUENCE, &pair))
            return RP_E_FORMAT;
        rp_code code = der_pair(arena, pair, ret);
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
}
