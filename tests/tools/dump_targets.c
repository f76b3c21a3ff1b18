/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The crates of a package or workspace, one a line: "kind name edition path".
 *
 *   dump_targets MANIFEST … */
#include <stdio.h>

#include "cargo/targets.h"

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"lib", "bin", "custom-build", "example", "test", "bench"};
    int status = 0;
    for (int i = 1; i < argc; i++) {
        rp_arena arena = {0};
        rp_error err = {0};
        rp_cargo_targets targets = {0};
        const char *doubt = NULL;
        if (rp_cargo_targets_of(rp_str_from(argv[i]), true, &arena, &targets, &doubt, &err) !=
            RP_OK) {
            printf("! %s\n", err.text);
            status = 1;
        }
        if (doubt != NULL)
            printf("# %s\n", doubt);
        for (uint32_t k = 0; k < targets.n; k++) {
            const rp_cargo_target *t = &targets.items[k];
            printf("%s %.*s %u %.*s\n", kinds[t->kind], RP_FMT(t->name), t->edition,
                   RP_FMT(t->root));
        }
        rp_arena_free(&arena);
    }
    return status;
}
