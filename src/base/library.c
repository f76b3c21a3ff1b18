/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/library.h"

#include <dlfcn.h>

void *rp_library_open(const char *const *names, size_t n)
{
    void *library = NULL;
    for (size_t i = 0; i < n && library == NULL; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    return library;
}

void rp_library_close(void *library)
{
    if (library != NULL)
        (void)dlclose(library);
}

/* ISO C has no conversion from what dlsym returns to a function pointer; POSIX says that they look
 * alike. */
bool rp_library_find(void *library, const char *name, void *ret_function)
{
    void *symbol = dlsym(library, name);
    memcpy(ret_function, &symbol, sizeof symbol);
    return symbol != NULL;
}

const char *rp_library_lacks(void *library, const rp_library_function *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!rp_library_find(library, wanted[i].name, wanted[i].function))
            return wanted[i].name;
    return NULL;
}
