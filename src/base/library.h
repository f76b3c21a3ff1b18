/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shared libraries that only some inputs need: loaded when such an input comes. */
#ifndef RP_BASE_LIBRARY_H
#define RP_BASE_LIBRARY_H

#include "base/base.h"

typedef struct {
    const char *name;
    void *function; /* where the pointer to the function goes */
} rp_library_function;

/* The first of the n names that the system has; NULL: none. Whoever opened it closes it; it stays
 * mapped, so that opening it for the next input only finds it. */
void *rp_library_open(const char *const *names, size_t n);
void rp_library_close(void *library);

/* Fills the pointer to a function at ret_function; false: the library has none of that name. */
bool rp_library_find(void *library, const char *name, void *ret_function);
/* The same for all; the name of the first that the library does not have, NULL: it has all. */
const char *rp_library_lacks(void *library, const rp_library_function *wanted, size_t n);

#endif
