/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What must hold whatever the input is: a fuzz target stops with the place and the condition. */
#ifndef RP_FUZZ_REQUIRE_H
#define RP_FUZZ_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(what)                                                                              \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            (void)fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #what);               \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
