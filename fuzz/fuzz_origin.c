/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* origin/: the input is the read-only data of an image, its .comment, and one path. Read from
 * memory and from a file it must say the same, and everything that it found must lie inside. */
#define _GNU_SOURCE
#include "origin/comment.h"
#include "origin/paths.h"
#include "origin/strings.h"
#include "require.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_found(const rp_found *f, size_t size)
{
    REQUIRE(f->text.len == 0 || f->at < size);
}

static void read_strings(rp_source *src, rp_arena *arena, size_t size, rp_strings *ret)
{
    rp_section section = {.kind = RP_SEC_RODATA, .filesz = size, .size = size};
    rp_image img = {.src = src,
                    .arena = arena,
                    .format = RP_FORMAT_ELF,
                    .kind = RP_KIND_EXECUTABLE,
                    .sections = &section,
                    .nsections = 1};
    REQUIRE(rp_strings_read(&img, ret));
    check_found(&ret->rust, size);
    check_found(&ret->commit, size);
    check_found(&ret->version, size);
    check_found(&ret->overflow_message, size);
    check_found(&ret->assertion_message, size);
    check_found(&ret->allocator, size);
    check_found(&ret->sanitizer, size);
    REQUIRE(ret->nleaks <= RP_STRINGS_LEAKS && ret->nleaks <= ret->leaks_total);
    for (uint32_t i = 0; i < ret->nleaks; i++) {
        check_found(&ret->leaks[i], size);
        REQUIRE(i == 0 || rp_str_cmp(ret->leaks[i - 1].text, ret->leaks[i].text) < 0);
    }
    rp_tri none = ret->whole == RP_UNKNOWN ? RP_UNKNOWN : RP_NO;
    REQUIRE(rp_strings_say_rust(&img) == (ret->rust.text.len != 0 ? RP_YES : none));
}

static void compare(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 16u << 20};
    rp_strings a;
    rp_strings b;
    rp_source memory = rp_source_memory((rp_bytes){data, size}, &arena);
    read_strings(&memory, &arena, size, &a);
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    rp_source file = rp_source_fd(fd, size, &arena);
    read_strings(&file, &arena, size, &b);
    REQUIRE(a.overflow == b.overflow && a.messages == b.messages && a.std_paths == b.std_paths);
    REQUIRE(a.user_files == b.user_files && a.leaks_total == b.leaks_total);
    REQUIRE(a.commit.at == b.commit.at && rp_str_eq(a.commit.text, b.commit.text));
    (void)close(fd);
    rp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_comment comment = {0};
    rp_comment_add(&comment, (rp_str){(const char *)data, size});
    REQUIRE(comment.commit.len <= size && comment.gcc.len <= size && comment.rustc.len <= size);
    for (size_t i = 0; i < size && i < 64; i++) {
        rp_path p;
        rp_path_around((rp_bytes){data, size}, i, &p);
        REQUIRE(p.start <= p.end && p.end <= size && p.root.len <= p.end - p.start);
    }
    compare(data, size);
    return 0;
}
