/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A TOML document from a file as the tagged JSON of toml-test; exit 1 with the error when it is
 * invalid. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>

#include "base/fs.h"
#include "text/json.h"
#include "text/toml.h"

static void scalar(rp_json *j, const rp_toml *v)
{
    static const char *const types[] = {"string",   "integer",        "float",      "bool",
                                        "datetime", "datetime-local", "date-local", "time-local"};
    char text[64];
    rp_str s = v->text;
    if (v->kind == RP_TOML_INTEGER || v->kind == RP_TOML_FLOAT) {
        int n = v->kind == RP_TOML_INTEGER
                    ? snprintf(text, sizeof text, "%lld", (long long)v->integer)
                    : snprintf(text, sizeof text, "%.17g", v->number);
        s = (rp_str){text, (size_t)n};
    } else if (v->kind == RP_TOML_BOOL) {
        s = rp_str_from(v->truth ? "true" : "false");
    }
    rp_json_open(j);
    rp_json_str(j, "type", rp_str_from(types[v->kind]));
    rp_json_str(j, "value", s);
    rp_json_close(j);
}

static void value(rp_json *j, const rp_toml *v)
{
    if (v->kind != RP_TOML_ARRAY && v->kind != RP_TOML_TABLE) {
        scalar(j, v);
        return;
    }
    /* keys may hold anything: a table is a list of [key, value] here, and the test makes an object
     * of it */
    rp_json_open(j);
    rp_json_key(j, v->kind == RP_TOML_ARRAY ? "array" : "table");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < v->n; i++) {
        if (v->kind == RP_TOML_TABLE)
            rp_json_text(j, v->items[i].key);
        value(j, v->items[i].value);
    }
    rp_json_close_list(j);
    rp_json_close(j);
}

int main(int argc, char **argv)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_bytes bytes;
    const rp_toml *root = NULL;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || rp_fs_read_all(fd, 1u << 30, &arena, &bytes, &err) != RP_OK)
        return 2;
    rp_str text = {(const char *)bytes.ptr, bytes.len};
    if (rp_toml_parse(text, &arena, &root, &err) != RP_OK) {
        uint32_t line, column;
        rp_toml_line(text, err.offset, &line, &column);
        printf("%u:%u: %s\n", line, column, err.text);
        rp_arena_free(&arena);
        return 1;
    }
    rp_buf out = {0};
    rp_json j = {.out = &out};
    value(&j, root);
    fwrite(out.ptr, 1, out.len, stdout);
    rp_buf_free(&out);
    rp_arena_free(&arena);
    return 0;
}
