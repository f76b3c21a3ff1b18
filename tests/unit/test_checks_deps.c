/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the checks of advisories say of an artefact in which nothing was found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deps/inventory.h"
#include "facts/deps_facts.h"
#include "rows.h"

static const rp_dep_database database = {.advisories = 1000};
static const rp_inventory listed = {.ncomponents = 40, .whole = true};
static const rp_inventory empty_list = {.whole = true};
static const rp_inventory traces = {.ncomponents = 5};
static const rp_inventory one_trace = {.ncomponents = 1};
static const rp_inventory nothing = {0};

#define FACTS(list)                                                                                \
    {                                                                                              \
        .read = {RP_YES, RP_NOWHERE, NULL}, .matched = {RP_YES, RP_NOWHERE, NULL},                 \
        .inventory = &(list), .databases = &database, .ndatabases = 1                              \
    }

static const rp_deps_facts of_list = FACTS(listed), of_empty_list = FACTS(empty_list),
                           of_traces = FACTS(traces), of_one_trace = FACTS(one_trace),
                           of_nothing = FACTS(nothing);
static const rp_deps_facts unasked = {.read = {RP_YES, RP_NOWHERE, NULL},
                                      .matched = {RP_UNKNOWN, RP_NOWHERE, "no database was found"},
                                      .inventory = &listed};

static void only_a_list_of_all_crates_can_be_free(void **state)
{
    (void)state;
    static const char *const codes[] = {"RP9101", "RP9102", "RP9103", "RP9104"};
    const row rows[] = {
        {.what = "a list of all", .f.deps = &of_list, .outcome = RP_OUTCOME_PASS, .text = "no "},
        {.what = "a list of none",
         .f.deps = &of_empty_list,
         .outcome = RP_OUTCOME_PASS,
         .text = "no "},
        {.what = "traces",
         .f.deps = &of_traces,
         .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the 5 crates that left a trace are free of it; more may be inside"},
        {.what = "one trace",
         .f.deps = &of_one_trace,
         .outcome = RP_OUTCOME_UNKNOWN,
         .text = "the 1 crate that left a trace is free of it"},
        {.what = "not Rust",
         .f.deps = &of_nothing,
         .rust.is_rust = {RP_NO, RP_NOWHERE, NULL},
         .outcome = RP_OUTCOME_NA,
         .text = "no Rust code in it"},
        {.what = "no trace",
         .rust.is_rust = {RP_YES, RP_NOWHERE, NULL},
         .f.deps = &of_nothing,
         .outcome = RP_OUTCOME_UNKNOWN,
         .text = "no crate could be recovered"},
        {.what = "no database",
         .f.deps = &unasked,
         .outcome = RP_OUTCOME_UNKNOWN,
         .text = "no database was found"},
        {.what = "not read", .outcome = RP_OUTCOME_UNKNOWN, .text = "dependencies were not read"},
    };
    for (size_t i = 0; i < RP_COUNT(codes); i++)
        run_rows(codes[i], rows, RP_COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_list_of_all_crates_can_be_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
