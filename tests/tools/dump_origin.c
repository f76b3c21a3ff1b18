/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For the tests of origin/: identity of one file as lines "key value"; `--cheap` only whether it is
 * Rust. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "facts/facts.h"
#include "origin/origin.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const tri[] = {"no", "yes", "unknown"};

static void text(const char *key, rp_str s)
{
    printf("%s ", key);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        printf(c < 0x20 || c > 0x7e ? "\\x%02x" : "%c", c);
    }
    putchar('\n');
}

static void fact(const char *key, rp_fact f)
{
    printf("%s %s%s%s\n", key, tri[f.is], f.why ? " " : "", f.why ? f.why : "");
}

static void dump_build(const rp_rust_facts *r)
{
    static const char *const profiles[] = {"unknown", "debug", "release"};
    static const char *const panics[] = {"unknown", "unwind", "abort", "immediate-abort"};
    static const char *const allocators[] = {"unknown",  "system",   "jemalloc", "mimalloc",
                                             "tcmalloc", "snmalloc", "hardened", "other"};
    printf("profile %s\nprofile_by %s\n", profiles[r->profile], r->profile_by ? r->profile_by : "");
    printf("panic %s\npanic_by %s\n", panics[r->panic], r->panic_by ? r->panic_by : "");
    printf("allocator %s\n", allocators[r->allocator]);
    text("allocator_name", r->allocator_name);
    fact("std_dynamic", r->std_dynamic);
    fact("lto", r->lto);
    printf("codegen_units %u\n", r->codegen_units);
    fact("overflow_checks", r->overflow_checks);
    text("overflow_message", r->overflow_message.text);
    fact("debug_assertions", r->debug_assertions);
    fact("location_detail", r->location_detail);
    printf("panic_messages %u\nstd_paths %u\nuser_files %u\n", r->panic_messages, r->std_paths,
           r->user_files);
}

static void dump_leaks(const rp_rust_facts *r)
{
    printf("leaks_total %u\nhome_leaks %u\n", r->leaks_total, r->home_leaks);
    text("leaked_user", r->leaked_user);
    printf("leaked_user_is_service %s\n", r->leaked_user_is_service ? "yes" : "no");
    for (uint32_t i = 0; i < r->nleaks; i++)
        text("leak", r->leaks[i].text);
    text("sanitizer", r->sanitizer.text);
    text("auditable", r->auditable.text);
}

static void dump(const rp_facts *f)
{
    static const char *const sure[] = {"sure", "likely", "guess"};
    const rp_rust_facts *r = f->rust;
    fact("rust", r->is_rust);
    printf("rust_by %s\nevidence %s\n", sure[r->is_rust_by], r->evidence ? r->evidence : "");
    fact("c", r->has_c);
    fact("cpp", r->has_cpp);
    fact("go", r->has_go);
    text("version", r->version);
    text("channel", r->channel);
    text("commit", r->commit);
    text("date", r->date);
    text("version_by", r->version_by);
    text("linker", r->linker);
    text("c_compiler", r->c_compiler);
    text("triple", r->triple);
    printf("triple_by %s\ntarget %s\n", sure[r->triple_by], f->target->triple);
    text("crate_type", r->crate_type);
    dump_build(r);
    dump_leaks(r);
    fact("packed", f->packed);
    fact("debug_info", f->debug_info);
    fact("symbol_table", f->symbol_table);
}

static rp_code run(int fd, const char *name, bool cheap, rp_arena *arena, rp_error *err)
{
    struct stat st = {0};
    if (fstat(fd, &st) != 0)
        return rp_fail(err, RP_E_IO, 0, "cannot be read");
    rp_source src = rp_source_fd(fd, (uint64_t)st.st_size, arena);
    rp_image *img;
    const rp_facts *facts;
    rp_code code = rp_image_open(&src, arena, &img, err);
    if (code == RP_OK && cheap) {
        printf("cheap %s\nrust %s\n", tri[rp_origin_is_rust_cheap(img)],
               tri[rp_origin_is_rust(img)]);
        return RP_OK;
    }
    if (code == RP_OK)
        code = rp_facts_build(img, rp_str_from(name), RP_STR(""), UINT32_MAX, &facts, err);
    if (code == RP_OK)
        dump(facts);
    return code;
}

int main(int argc, char **argv)
{
    bool cheap = argc == 3 && rp_str_is(rp_str_from(argv[1]), "--cheap");
    if (argc != 2 + cheap) {
        fprintf(stderr, "usage: dump_origin [--cheap] FILE\n");
        return 2;
    }
    const char *name = argv[1 + cheap];
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        perror(name);
        return 2;
    }
    rp_arena arena = {0};
    rp_error err = {0};
    rp_code code = run(fd, name, cheap, &arena, &err);
    if (code != RP_OK)
        fprintf(stderr, "%s (at 0x%llx)\n", err.text, (unsigned long long)err.offset);
    rp_arena_free(&arena);
    close(fd);
    return code == RP_OK ? 0 : 1;
}
