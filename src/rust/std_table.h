/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the standard library's interface says of unsafe code: its unsafe functions, methods and
 * traits with what they ask of the caller, functions that return raw pointers, and every method
 * that shares its name with one of those. What is not here is safe in the version that the table
 * was made from (tools/gen_std.py). std::arch is not covered: what its
 * functions need depends on target features. */
#ifndef RP_RUST_STD_TABLE_H
#define RP_RUST_STD_TABLE_H

#include "base/base.h"

enum {                      /* rp_std_item.flags */
       RP_STD_UNSAFE = 1,   /* calling it, or implementing the trait, is unsafe */
       RP_STD_METHOD = 2,   /* takes self */
       RP_STD_TRAIT = 4,    /* is a trait */
       RP_STD_OF_TRAIT = 8, /* is a function of a trait */
       RP_STD_STATIC = 16
};

typedef enum {
    RP_STD_OTHER,
    RP_STD_UNIT,
    RP_STD_NEVER,
    RP_STD_REF,
    RP_STD_REF_MUT,
    RP_STD_RAW_CONST,
    RP_STD_RAW_MUT
} rp_std_result;

/* What an unsafe operation asks of who uses it, as bits; rp_safety_text says it in words. */
enum {
    RP_SAFETY_READS = 1u << 0,
    RP_SAFETY_WRITES = 1u << 1,
    RP_SAFETY_ALIGNED = 1u << 2,
    RP_SAFETY_INITIALIZED = 1u << 3,
    RP_SAFETY_NOT_NULL = 1u << 4,
    RP_SAFETY_IN_BOUNDS = 1u << 5,
    RP_SAFETY_NO_ALIAS = 1u << 6,
    RP_SAFETY_LIFETIME = 1u << 7,
    RP_SAFETY_UTF8 = 1u << 8,
    RP_SAFETY_NO_OVERFLOW = 1u << 9,
    RP_SAFETY_LAYOUT = 1u << 10,
    RP_SAFETY_SAME_ALLOCATOR = 1u << 11,
    RP_SAFETY_CAPACITY = 1u << 12,
    RP_SAFETY_ONCE = 1u << 13,
    RP_SAFETY_THREADS = 1u << 14,
    RP_SAFETY_VARIANT = 1u << 15,
    RP_SAFETY_NUL = 1u << 16,
    RP_SAFETY_OWNED_HANDLE = 1u << 17,
    RP_SAFETY_PINNED = 1u << 18,
    RP_SAFETY_VALID_VALUE = 1u << 19,
    RP_SAFETY_UNREACHABLE = 1u << 20,
    RP_SAFETY_BITS = 21
};

/* Path: std::ptr::read, std::vec::Vec::set_len, std::alloc::GlobalAlloc::alloc; methods of
 * primitive types begin with the type: *const::add, [T]::get_unchecked, str::as_ptr. */
typedef struct {
    rp_str path;
    uint32_t
        safety; /* RP_SAFETY_ bits; 0 where the documentation names no condition that we know */
    uint8_t flags;
    uint8_t result; /* rp_std_result */
} rp_std_item;

/* By path; core:: and alloc:: stand for std::. NULL when the table has no such row. */
const rp_std_item *rp_std_find(rp_str path);

/* Has the standard library a public module, type, trait, function, constant or static of that path?
 * Functions of std::arch are not known. */
bool rp_std_has(rp_str path);

/* Every row whose path ends in ::name, of which there are *ret_n; row i is rp_std_named(name, i).
 */
uint32_t rp_std_count_named(rp_str name);
const rp_std_item *rp_std_named(rp_str name, uint32_t i);

/* Has any public type or trait of the standard library a method of this name? */
bool rp_std_is_method(rp_str name);

/* The condition of one bit, as a clause: "the pointer is valid for reads". NULL for other bits. */
const char *rp_safety_text(uint32_t bit);

#endif
