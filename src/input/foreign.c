/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/foreign.h"

#include <string.h>

#define GIVE_ELF "give the ELF file that it was made from"

static const struct {
    const char *magic;
    size_t len;
    const char *hint;
} magics[] = {
    {"\0asm", 4,
     "this is WebAssembly, whose memory its host guards; rustproof deps names the crates inside"},
    {"Microsoft C/C++ MSF 7.00", 24,
     "this is a PDB, debug information: give the program or the library that it belongs to"},
    {"Microsoft C/C++ program database", 32,
     "this is a PDB, debug information: give the program or the library that it belongs to"},
    {"UF2\n", 4, "this is a UF2 image without ELF headers: " GIVE_ELF},
    {"\x27\x05\x19\x56", 4, "this is an image for U-Boot without ELF headers: " GIVE_ELF},
    {"#!", 2, "this is a script: give the program that it runs"},
    {"hsqs", 4, "this is a file system: unpack it with unsquashfs and give the folder"},
};

static bool starts(rp_bytes b, const char *magic, size_t len)
{
    return b.len >= len && memcmp(b.ptr, magic, len) == 0;
}

static bool is_hex(rp_bytes b, size_t from, size_t n)
{
    if (b.len < from + n)
        return false;
    for (size_t i = from; i < from + n; i++)
        if (memchr("0123456789ABCDEFabcdef", b.ptr[i], 22) == NULL)
            return false;
    return true;
}

/* A Java class has its version, 45 or more, where a universal Mach-O file counts its slices. */
static bool is_java_class(rp_bytes b)
{
    return starts(b, "\xca\xfe\xba\xbe", 4) && b.len >= 8 && b.ptr[6] == 0 && b.ptr[7] >= 45;
}

static bool ends(rp_str path, const char *end)
{
    rp_str e = rp_str_from(end);
    return path.len > e.len && rp_str_eq(rp_str_sub(path, path.len - e.len, path.len), e);
}

const char *rp_foreign_hint(rp_bytes head, rp_str path)
{
    for (size_t i = 0; i < RP_COUNT(magics); i++)
        if (starts(head, magics[i].magic, magics[i].len))
            return magics[i].hint;
    /* Intel HEX: ':', length, address and type of a record. S-records: 'S', type, length. */
    if (starts(head, ":", 1) && is_hex(head, 1, 8))
        return "this is Intel HEX without ELF headers: " GIVE_ELF;
    if (starts(head, "S", 1) && is_hex(head, 1, 7))
        return "these are S-records without ELF headers: " GIVE_ELF;
    if (is_java_class(head))
        return "this is Java's bytecode, which its machine guards";
    if (ends(path, ".bin") || ends(path, ".img") || ends(path, ".rom"))
        return "a raw image has no headers that could be read: " GIVE_ELF;
    return NULL;
}
