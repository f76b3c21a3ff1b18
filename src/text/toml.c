/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Structure of a TOML document: keys, tables, arrays, and the rules on defining one twice. */
#include "text/toml.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "text/toml_scan.h"

bool rp_toml_fail(rp_toml_cursor *c, const char *why)
{
    if (!c->bad)
        (void)rp_fail(c->err, RP_E_FORMAT, c->at, "TOML: %s", why);
    c->bad = true;
    return false;
}

static bool out_of_memory(rp_toml_cursor *c)
{
    if (!c->bad)
        (void)rp_fail_memory(c->err);
    c->bad = true;
    return false;
}

bool rp_toml_eat(rp_toml_cursor *c, const char *literal)
{
    size_t n = strlen(literal);
    if (c->bad || n > c->s.len - c->at || memcmp(c->s.ptr + c->at, literal, n) != 0)
        return false;
    c->at += n;
    return true;
}

static void blanks(rp_toml_cursor *c)
{
    while (rp_toml_peek(c) == ' ' || rp_toml_peek(c) == '\t')
        c->at++;
}

static bool at_newline(const rp_toml_cursor *c)
{
    char b = rp_toml_peek(c);
    return b == '\n' || (b == '\r' && c->at + 1 < c->s.len && c->s.ptr[c->at + 1] == '\n');
}

/* A comment, if there is one, up to the end of the line. Control characters but tab are refused in
 * it. */
static bool comment(rp_toml_cursor *c)
{
    if (rp_toml_peek(c) != '#')
        return !c->bad;
    while (c->at < c->s.len && !at_newline(c)) {
        uint8_t b = (uint8_t)c->s.ptr[c->at];
        if ((b < 0x20 && b != '\t') || b == 0x7f)
            return rp_toml_fail(c, "a control character in a comment");
        c->at++;
    }
    return true;
}

/* Blanks and a comment up to the end of the line or document; what else stands there is an error.
 */
static bool line_end(rp_toml_cursor *c)
{
    blanks(c);
    if (!comment(c))
        return false;
    if (c->at == c->s.len)
        return true;
    if (!at_newline(c))
        return rp_toml_fail(c, "the line goes on where it should end");
    c->at += c->s.ptr[c->at] == '\r' ? 2 : 1;
    return true;
}

/* Blanks, comments and newlines inside an array. */
static bool space(rp_toml_cursor *c)
{
    for (;;) {
        blanks(c);
        if (rp_toml_peek(c) != '#' && !at_newline(c))
            return !c->bad;
        if (!line_end(c))
            return false;
    }
}

/* ---- tables ---- */

enum { INDEX_FROM = 16 }; /* smaller tables are searched from end to end */

static uint32_t hash(rp_str key)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (uint8_t)key.ptr[i]) * 16777619u;
    return h;
}

static rp_toml_item *find(const rp_toml *table, rp_str key)
{
    if (table->index == NULL) {
        for (uint32_t i = 0; i < table->n; i++)
            if (rp_str_eq(table->items[i].key, key))
                return &table->items[i];
        return NULL;
    }
    for (uint32_t at = hash(key) & table->mask; table->index[at] != 0; at = (at + 1) & table->mask)
        if (rp_str_eq(table->items[table->index[at] - 1].key, key))
            return &table->items[table->index[at] - 1];
    return NULL;
}

static void enter(rp_toml *table, uint32_t item)
{
    uint32_t at = hash(table->items[item].key) & table->mask;
    while (table->index[at] != 0)
        at = (at + 1) & table->mask;
    table->index[at] = item + 1;
}

/* The index has at least twice as many places as there is room for items. */
static bool rebuild_index(rp_toml_cursor *c, rp_toml *table)
{
    uint32_t places = 4;
    while (places < 2 * table->cap)
        places *= 2;
    table->index = rp_new(c->arena, places, uint32_t);
    if (table->index == NULL)
        return out_of_memory(c);
    table->mask = places - 1;
    for (uint32_t i = 0; i < table->n; i++)
        enter(table, i);
    return true;
}

static bool grow(rp_toml_cursor *c, rp_toml *to)
{
    uint32_t before = to->cap;
    to->items = rp_vec_more(c->arena, to->items, to->n, &to->cap, sizeof *to->items);
    if (to->cap == before)
        return out_of_memory(c);
    return to->kind != RP_TOML_TABLE || to->cap <= INDEX_FROM || rebuild_index(c, to);
}

/* A new last item; its value stays where it is, whatever is added later. */
static rp_toml *add(rp_toml_cursor *c, rp_toml *to, rp_str key, uint64_t key_at, rp_toml_kind kind)
{
    if (to->n == to->cap && !grow(c, to))
        return NULL;
    rp_toml *value = rp_new(c->arena, 1, rp_toml);
    if (value == NULL) {
        (void)out_of_memory(c);
        return NULL;
    }
    value->kind = kind;
    value->at = key_at;
    to->items[to->n++] = (rp_toml_item){key, key_at, value};
    if (to->index != NULL)
        enter(to, to->n - 1);
    return value;
}

/* One part of a key: bare, "basic" or 'literal'. */
static bool key_part(rp_toml_cursor *c, rp_toml_part *ret)
{
    ret->at = c->at;
    if (rp_toml_peek(c) == '"' || rp_toml_peek(c) == '\'')
        return rp_toml_quoted(c, false, &ret->text);
    size_t from = c->at;
    for (;;) {
        char b = rp_toml_peek(c);
        bool bare = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
                    b == '_' || b == '-';
        if (!bare)
            break;
        c->at++;
    }
    if (c->at == from)
        return rp_toml_fail(c, "a key is expected here");
    ret->text = rp_str_sub(c->s, from, c->at - from);
    return true;
}

/* A dotted key into the cursor's parts. */
static bool dotted_key(rp_toml_cursor *c)
{
    c->nparts = 0;
    do {
        blanks(c);
        if (c->nparts == RP_TOML_DEPTH)
            return rp_toml_fail(c, "a key of too many parts");
        if (!key_part(c, &c->parts[c->nparts++]))
            return false;
        blanks(c);
    } while (rp_toml_eat(c, "."));
    return true;
}

/* Where [a.b.c] leads through a and b: tables that need not exist, last elements of arrays of
 * tables. */
static rp_toml *step_of_header(rp_toml_cursor *c, rp_toml *table, rp_toml_part p)
{
    rp_toml_item *item = find(table, p.text);
    if (item == NULL)
        return add(c, table, p.text, p.at, RP_TOML_TABLE);
    rp_toml *v = item->value;
    if (v->kind == RP_TOML_ARRAY && v->of_tables)
        v = v->items[v->n - 1].value;
    if (v->kind == RP_TOML_TABLE && !v->closed)
        return v;
    c->at = (size_t)p.at;
    (void)rp_toml_fail(c, "this key is defined already, and is no table that could be extended");
    return NULL;
}

static rp_toml *open_table(rp_toml_cursor *c, rp_toml *parent, rp_toml_part p)
{
    rp_toml_item *item = find(parent, p.text);
    rp_toml *t = item ? item->value : add(c, parent, p.text, p.at, RP_TOML_TABLE);
    if (t == NULL)
        return NULL;
    if (item != NULL && (t->kind != RP_TOML_TABLE || t->explicit_ || t->closed)) {
        c->at = (size_t)p.at;
        (void)rp_toml_fail(c, "this table is defined already");
        return NULL;
    }
    t->explicit_ = true;
    return t;
}

static rp_toml *open_element(rp_toml_cursor *c, rp_toml *parent, rp_toml_part p)
{
    rp_toml_item *item = find(parent, p.text);
    rp_toml *array = item ? item->value : add(c, parent, p.text, p.at, RP_TOML_ARRAY);
    if (array == NULL)
        return NULL;
    if (item == NULL)
        array->of_tables = true;
    if (array->kind != RP_TOML_ARRAY || !array->of_tables) {
        c->at = (size_t)p.at;
        (void)rp_toml_fail(c, "this key is defined already, and is no array of tables");
        return NULL;
    }
    rp_toml *t = add(c, array, RP_STR(""), p.at, RP_TOML_TABLE);
    if (t != NULL)
        t->explicit_ = true;
    return t;
}

/* [a.b] or [[a.b]]; the table that the lines below belong to, or NULL. */
static rp_toml *header(rp_toml_cursor *c, rp_toml *root)
{
    uint64_t at = c->at;
    bool element = rp_toml_eat(c, "[[");
    if (!element)
        (void)rp_toml_eat(c, "[");
    if (!dotted_key(c))
        return NULL;
    if (!rp_toml_eat(c, element ? "]]" : "]")) {
        (void)rp_toml_fail(c, element ? "']]' is missing" : "']' is missing");
        return NULL;
    }
    rp_toml *t = root;
    const rp_toml_part last = c->parts[c->nparts - 1];
    for (unsigned i = 0; i + 1 < c->nparts && t != NULL; i++)
        t = step_of_header(c, t, c->parts[i]);
    if (t != NULL)
        t = element ? open_element(c, t, last) : open_table(c, t, last);
    if (t == NULL)
        return NULL;
    t->at = at;
    t->end = c->at;
    c->section++;
    return line_end(c) ? t : NULL;
}

/* Where the dotted key a.b.c = … leads through a and b: tables that this section alone makes. */
static rp_toml *step_of_key(rp_toml_cursor *c, rp_toml *table, rp_toml_part p)
{
    rp_toml_item *item = find(table, p.text);
    rp_toml *t = item ? item->value : add(c, table, p.text, p.at, RP_TOML_TABLE);
    if (t == NULL)
        return NULL;
    bool other = t->explicit_ && t->section != c->section;
    if (t->kind != RP_TOML_TABLE || t->closed || (item != NULL && other)) {
        c->at = (size_t)p.at;
        (void)rp_toml_fail(c, "this key is defined already, and cannot be extended here");
        return NULL;
    }
    t->explicit_ = true;
    t->section = c->section;
    return t;
}

static bool value(rp_toml_cursor *c, rp_toml *ret);

static bool pair(rp_toml_cursor *c, rp_toml *table)
{
    if (!dotted_key(c))
        return false;
    if (!rp_toml_eat(c, "="))
        return rp_toml_fail(c, "'=' is missing");
    const rp_toml_part last = c->parts[c->nparts - 1]; /* its value may be a table with keys */
    for (unsigned i = 0; i + 1 < c->nparts && table != NULL; i++)
        table = step_of_key(c, table, c->parts[i]);
    if (table == NULL)
        return false;
    if (find(table, last.text) != NULL) {
        c->at = (size_t)last.at;
        return rp_toml_fail(c, "this key is defined already");
    }
    rp_toml v = {0};
    blanks(c);
    if (!value(c, &v))
        return false;
    rp_toml *to = add(c, table, last.text, last.at, v.kind);
    if (to != NULL)
        *to = v;
    return to != NULL;
}

/* ---- values ---- */

static bool array(rp_toml_cursor *c, rp_toml *ret)
{
    ret->kind = RP_TOML_ARRAY;
    c->at++;
    while (space(c) && !rp_toml_eat(c, "]")) {
        rp_toml v = {0};
        if (!value(c, &v))
            return false;
        rp_toml *to = add(c, ret, RP_STR(""), v.at, v.kind);
        if (to == NULL || !space(c))
            return false;
        *to = v;
        if (!rp_toml_eat(c, ",") && rp_toml_peek(c) != ']')
            return rp_toml_fail(c, "',' or ']' is expected");
    }
    return !c->bad;
}

/* An inline table stands on one line and is closed: nothing can be added to it later. */
static bool inline_table(rp_toml_cursor *c, rp_toml *ret)
{
    ret->kind = RP_TOML_TABLE;
    c->at++;
    blanks(c);
    uint32_t outer = c->section;
    c->section = UINT32_MAX - c->depth; /* dotted keys inside make tables of their own */
    bool more = !rp_toml_eat(c, "}");
    while (more) {
        blanks(c);
        if (!pair(c, ret))
            return false;
        blanks(c);
        more = rp_toml_eat(c, ",");
        if (!more && !rp_toml_eat(c, "}"))
            return rp_toml_fail(c, "',' or '}' is expected");
    }
    c->section = outer;
    return !c->bad;
}

/* Closes a table and the tables that dotted keys made in it. */
static void close_tables(rp_toml *t, unsigned depth)
{
    t->closed = true;
    for (uint32_t i = 0; i < t->n && depth < 2 * RP_TOML_DEPTH; i++)
        if (t->items[i].value->kind == RP_TOML_TABLE && !t->items[i].value->closed)
            close_tables(t->items[i].value, depth + 1);
}

static bool value(rp_toml_cursor *c, rp_toml *ret)
{
    char b = rp_toml_peek(c);
    bool ok;
    ret->at = c->at;
    if (++c->depth > RP_TOML_DEPTH)
        return rp_toml_fail(c, "values are nested too deep");
    if (b == '"' || b == '\'') {
        ret->kind = RP_TOML_STRING;
        ok = rp_toml_quoted(c, true, &ret->text);
    } else if (b == '[') {
        ok = array(c, ret);
    } else if (b == '{') {
        ok = inline_table(c, ret);
        close_tables(ret, 0);
    } else {
        ok = rp_toml_bare_value(c, ret);
    }
    c->depth--;
    ret->end = c->at;
    return ok;
}

/* ---- documents ---- */

/* UTF-8 without NUL; a byte order mark at the start is passed over. */
static bool check_text(rp_toml_cursor *c)
{
    uint32_t point;
    while (c->at < c->s.len) {
        c->at += rp_ascii_run(rp_str_sub(c->s, c->at, SIZE_MAX));
        if (c->at == c->s.len)
            break;
        size_t n = rp_utf8_next(rp_str_sub(c->s, c->at, 4), &point);
        if (n == 0)
            return rp_toml_fail(c, "bytes that are no UTF-8");
        if (point == 0)
            return rp_toml_fail(c, "a NUL byte");
        c->at += n;
    }
    c->at = 0;
    (void)rp_toml_eat(c, "\xef\xbb\xbf");
    return true;
}

rp_code rp_toml_parse(rp_str text, rp_arena *arena, const rp_toml **ret, rp_error *err)
{
    return rp_toml_parse_apart(text, arena, arena, ret, err);
}

rp_code rp_toml_parse_apart(rp_str text, rp_arena *tree, rp_arena *strings, const rp_toml **ret,
                            rp_error *err)
{
    rp_error local = {0};
    rp_toml_cursor c = {.s = text, .arena = tree, .strings = strings, .err = &local};
    rp_toml *root = rp_new(tree, 1, rp_toml);
    if (root == NULL)
        return rp_fail_memory(err);
    root->kind = RP_TOML_TABLE;
    root->explicit_ = true;
    rp_toml *table = root;
    if (check_text(&c)) {
        while (!c.bad && c.at < text.len) {
            blanks(&c);
            char b = rp_toml_peek(&c);
            if (b == '[')
                table = header(&c, root);
            else if (b != '#' && !at_newline(&c) && c.at < text.len && !pair(&c, table))
                break;
            if (table == NULL || (b != '[' && !line_end(&c)))
                break;
        }
    }
    if (c.bad)
        return rp_fail(err, local.code, local.offset, "%s", local.text);
    *ret = root;
    return RP_OK;
}

const rp_toml *rp_toml_get(const rp_toml *table, const char *key)
{
    if (table == NULL || table->kind != RP_TOML_TABLE)
        return NULL;
    rp_toml_item *item = find(table, rp_str_from(key));
    return item ? item->value : NULL;
}

rp_str rp_toml_string(const rp_toml *table, const char *key)
{
    const rp_toml *v = rp_toml_get(table, key);
    return v != NULL && v->kind == RP_TOML_STRING ? v->text : RP_STR("");
}

bool rp_toml_truth(const rp_toml *table, const char *key, bool otherwise)
{
    const rp_toml *v = rp_toml_get(table, key);
    return v != NULL && v->kind == RP_TOML_BOOL ? v->truth : otherwise;
}

void rp_toml_line(rp_str text, uint64_t offset, uint32_t *ret_line, uint32_t *ret_column)
{
    size_t end = offset < text.len ? (size_t)offset : text.len, start = 0;
    uint32_t line = 1;
    for (size_t i = 0; i < end; i++) {
        if (text.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    *ret_line = line;
    *ret_column = (uint32_t)(end - start + 1);
}
