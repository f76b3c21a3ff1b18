/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Scores of CVSS 4.0, one vector of every third class, as Red Hat's package `cvss` gives them (ten
 * thousand random vectors of each version: tests/deps/test_cvss.py); limits of the older versions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "deps/cvss.h"

typedef struct {
    const char *vector;
    uint16_t score; /* times ten */
} scored;

static const scored version4[] = {
    {"AV:P/AC:L/AT:N/PR:N/UI:A/VC:H/VI:N/VA:N/SC:L/SI:H/SA:H/E:P/CR:M/MVA:X/MSI:N", 36},
    {"AV:N/AC:L/AT:N/PR:L/UI:P/VC:H/VI:L/VA:N/SC:L/SI:N/SA:L", 70},
    {"AV:L/AC:H/AT:P/PR:H/UI:A/VC:H/VI:L/VA:L/SC:N/SI:L/SA:H", 58},
    {"AV:N/AC:H/AT:N/PR:L/UI:N/VC:H/VI:N/VA:N/SC:L/SI:H/SA:H/MUI:A/MVA:X/MSA:S", 85},
    {"AV:A/AC:L/AT:P/PR:L/UI:A/VC:N/VI:H/VA:L/SC:L/SI:L/SA:N/E:U/IR:X/MSC:X", 7},
    {"AV:N/AC:H/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:N/SI:L/SA:H/CR:L/MAV:L/MAC:X/MSC:H", 47},
    {"AV:N/AC:H/AT:P/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:L", 63},
    {"AV:P/AC:H/AT:P/PR:L/UI:N/VC:L/VI:L/VA:L/SC:L/SI:N/SA:N/AR:H/MAV:N", 23},
    {"AV:A/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:H/SA:L/E:A/AR:M", 63},
    {"AV:L/AC:L/AT:P/PR:H/UI:A/VC:H/VI:H/VA:N/SC:L/SI:N/SA:L", 53},
    {"AV:P/AC:L/AT:N/PR:L/UI:A/VC:L/VI:H/VA:L/SC:L/SI:L/SA:L", 52},
    {"AV:L/AC:H/AT:N/PR:L/UI:A/VC:N/VI:N/VA:L/SC:L/SI:N/SA:L", 10},
    {"AV:P/AC:L/AT:N/PR:H/UI:P/VC:N/VI:L/VA:N/SC:N/SI:L/SA:L/E:X/IR:X", 24},
    {"AV:N/AC:L/AT:N/PR:H/UI:A/VC:N/VI:N/VA:L/SC:N/SI:H/SA:L/E:P/MSA:N", 44},
    {"AV:P/AC:H/AT:P/PR:N/UI:A/VC:H/VI:H/VA:H/SC:N/SI:H/SA:H/MPR:X/MVI:X/MSI:S", 86},
    {"AV:A/AC:L/AT:N/PR:N/UI:A/VC:H/VI:L/VA:N/SC:N/SI:H/SA:N/E:P/CR:X/MAT:N/MSC:N", 69},
    {"AV:A/AC:H/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:L/SI:N/SA:L/E:U/MVI:X", 4},
    {"AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:H/VA:N/SC:L/SI:N/SA:L/CR:L/IR:L/AR:H/MAT:X", 57},
    {"AV:P/AC:H/AT:P/PR:N/UI:P/VC:L/VI:N/VA:L/SC:L/SI:N/SA:L/MAV:P/MSA:S", 43},
    {"AV:N/AC:L/AT:N/PR:H/UI:P/VC:H/VI:N/VA:H/SC:L/SI:H/SA:H/CR:X/MAV:A/MAC:L/MSI:S", 84},
    {"AV:N/AC:L/AT:N/PR:L/UI:P/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N/E:U/MVI:N/MSA:L", 12},
    {"AV:A/AC:L/AT:N/PR:H/UI:N/VC:H/VI:N/VA:L/SC:H/SI:L/SA:N/CR:M/MUI:P/MVC:H/MVA:X", 54},
    {"AV:A/AC:L/AT:N/PR:N/UI:P/VC:H/VI:H/VA:H/SC:H/SI:H/SA:L/MAV:N/MUI:N/MSA:N", 99},
    {"AV:L/AC:H/AT:N/PR:H/UI:N/VC:L/VI:N/VA:H/SC:L/SI:L/SA:L/IR:M/AR:L/MSC:N", 40},
    {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:H/SC:H/SI:L/SA:L", 93},
    {"AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:L/SC:H/SI:H/SA:L/MAT:N/MUI:X/MSI:S", 82},
    {"AV:N/AC:L/AT:P/PR:H/UI:P/VC:L/VI:L/VA:H/SC:H/SI:N/SA:H/E:X/AR:L/MSC:N/MSI:S", 73},
    {"AV:L/AC:L/AT:N/PR:L/UI:P/VC:H/VI:H/VA:N/SC:N/SI:N/SA:L", 68},
    {"AV:N/AC:L/AT:P/PR:N/UI:N/VC:L/VI:L/VA:H/SC:L/SI:L/SA:N", 83},
    {"AV:N/AC:L/AT:N/PR:L/UI:A/VC:N/VI:L/VA:L/SC:H/SI:H/SA:N/MAV:L/MVI:L/MSI:S", 61},
    {"AV:N/AC:H/AT:P/PR:L/UI:A/VC:N/VI:N/VA:H/SC:N/SI:L/SA:H/E:U/MAV:X", 35},
    {"AV:P/AC:L/AT:N/PR:H/UI:P/VC:N/VI:L/VA:L/SC:L/SI:L/SA:H/E:U/AR:L/MSC:H", 10},
    {"AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:N/SC:H/SI:N/SA:N", 94},
    {"AV:N/AC:H/AT:P/PR:N/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:N/E:U/MVA:N/MSC:L", 57},
    {"AV:L/AC:H/AT:P/PR:N/UI:P/VC:N/VI:N/VA:H/SC:H/SI:H/SA:N/E:P/MAV:L/MSC:L", 56},
    {"AV:A/AC:L/AT:N/PR:L/UI:P/VC:L/VI:H/VA:N/SC:N/SI:L/SA:N/E:P/MAT:N", 33},
    {"AV:A/AC:H/AT:N/PR:H/UI:A/VC:N/VI:H/VA:N/SC:N/SI:H/SA:H/E:P/MSC:L/MSA:N", 38},
    {"AV:P/AC:L/AT:P/PR:N/UI:A/VC:H/VI:L/VA:N/SC:L/SI:H/SA:N/E:U/MAV:X/MPR:X/MSI:H", 15},
    {"AV:A/AC:L/AT:N/PR:H/UI:A/VC:H/VI:H/VA:H/SC:N/SI:H/SA:H/E:U/MVI:H/MSI:N", 52},
    {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:H/SC:L/SI:L/SA:N/MAC:X/MVA:N", 69},
    {"AV:N/AC:L/AT:N/PR:H/UI:A/VC:L/VI:H/VA:N/SC:N/SI:L/SA:N/E:P/MPR:N", 55},
    {"AV:A/AC:L/AT:P/PR:N/UI:P/VC:H/VI:L/VA:L/SC:L/SI:N/SA:L/E:U/MAT:P/MVI:H", 46},
    {"AV:L/AC:H/AT:P/PR:N/UI:P/VC:L/VI:N/VA:L/SC:L/SI:L/SA:L/CR:M/MUI:P/MVA:L/MSA:S", 66},
    {"AV:L/AC:H/AT:P/PR:L/UI:P/VC:H/VI:H/VA:H/SC:H/SI:L/SA:N/E:P/CR:X/AR:X/MAV:L", 56},
    {"AV:A/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:N/SC:L/SI:H/SA:H/MVC:H/MSC:N/MSI:S", 97},
    {"AV:L/AC:L/AT:N/PR:L/UI:P/VC:L/VI:H/VA:N/SC:H/SI:L/SA:N/IR:L/MSA:S", 73},
    {"AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:L/VA:N/SC:N/SI:L/SA:L/E:U/IR:L/MSC:N", 39},
    {"AV:A/AC:L/AT:N/PR:L/UI:P/VC:H/VI:H/VA:H/SC:N/SI:L/SA:L/E:U/CR:X/MSI:S", 71},
    {"AV:N/AC:L/AT:N/PR:L/UI:P/VC:H/VI:H/VA:N/SC:L/SI:L/SA:H/E:P/AR:X/MAT:N", 84},
    {"AV:N/AC:L/AT:P/PR:N/UI:A/VC:N/VI:L/VA:L/SC:N/SI:H/SA:L/E:U/IR:M/MVC:X/MSA:S", 24},
    {"AV:N/AC:H/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:L/SA:H/E:P/CR:X/MAT:P/MSA:S", 94},
    {"AV:A/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P/CR:L/MUI:N/MVA:X", 67},
    {"AV:P/AC:L/AT:N/PR:H/UI:P/VC:H/VI:N/VA:L/SC:N/SI:N/SA:N/E:U/CR:H/MSC:N/MSI:S", 57},
    {"AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:L/VA:N/SC:L/SI:N/SA:N/E:U/IR:H/MVC:H/MVI:L", 48},
    {"AV:A/AC:H/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:L/SA:L/E:P/MVA:H/MSA:S", 72},
    {"AV:L/AC:L/AT:P/PR:H/UI:P/VC:H/VI:H/VA:L/SC:L/SI:N/SA:H/E:U/CR:L/MSA:S", 52},
    {"AV:P/AC:H/AT:P/PR:N/UI:P/VC:N/VI:N/VA:N/SC:L/SI:L/SA:H/E:P/MVI:H/MSI:S", 55},
    {"AV:N/AC:H/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:H/SI:H/SA:L/E:U/AR:H/MVA:N", 28},
    {"AV:A/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:N/SC:L/SI:H/SA:L/CR:M/IR:L/MAV:A/MSI:X", 86},
    {"AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:N/SC:L/SI:N/SA:L/E:U/IR:L/MSI:L", 35},
    {"AV:P/AC:H/AT:N/PR:L/UI:P/VC:L/VI:L/VA:H/SC:N/SI:L/SA:H/E:U/MUI:P/MVI:H/MSI:S", 35},
    {"AV:N/AC:H/AT:N/PR:N/UI:N/VC:N/VI:H/VA:N/SC:L/SI:H/SA:N/E:P/CR:M/MVC:N/MVA:X", 78},
    {"AV:A/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:N/SC:H/SI:L/SA:L/E:U/MSI:L", 73},
    {"AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:N/SC:N/SI:H/SA:H/E:U/MAT:P/MSA:S", 73},
    {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:L/SC:H/SI:L/SA:H/CR:X/MVC:N/MSA:S", 91},
    {"AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:L/VA:N/SC:L/SI:N/SA:L/E:A/MVI:H/MSI:S", 98},
    {"AV:N/AC:H/AT:N/PR:N/UI:N/VC:L/VI:L/VA:H/SC:L/SI:L/SA:N/E:P/MAC:H/MAT:X/MVA:N", 29},
    {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:H/VA:H/SC:L/SI:L/SA:L/AR:M/MVA:L/MSI:S", 97},
    {"AV:L/AC:L/AT:N/PR:L/UI:P/VC:L/VI:L/VA:L/SC:L/SI:N/SA:N/E:P/MVC:X/MSI:S/MSA:H", 48},
    {"AV:L/AC:H/AT:P/PR:L/UI:A/VC:L/VI:L/VA:N/SC:L/SI:H/SA:H/E:U/MAT:N/MSI:S", 11},
    {"AV:L/AC:L/AT:P/PR:N/UI:P/VC:N/VI:H/VA:H/SC:L/SI:L/SA:L/E:U/MSI:S", 56},
    {"AV:L/AC:L/AT:N/PR:H/UI:P/VC:H/VI:L/VA:L/SC:N/SI:H/SA:L/E:U/CR:L/MAT:N", 16},
    {"AV:N/AC:H/AT:N/PR:N/UI:N/VC:N/VI:L/VA:L/SC:H/SI:H/SA:L/E:P/AR:M/MAT:N/MVC:N", 50},
    {"AV:A/AC:L/AT:N/PR:L/UI:P/VC:H/VI:H/VA:L/SC:N/SI:L/SA:H/CR:L/IR:L/MAT:N", 70},
    {"AV:P/AC:L/AT:P/PR:L/UI:A/VC:N/VI:H/VA:N/SC:N/SI:L/SA:H/E:U/IR:L/MVC:N/MSC:N", 6},
    {"AV:A/AC:L/AT:N/PR:H/UI:N/VC:N/VI:H/VA:H/SC:H/SI:N/SA:N/E:U/MAC:L/MUI:X/MSA:S", 72},
    {"AV:A/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:H/SC:N/SI:N/SA:H/E:U/CR:M/AR:L/MAV:L", 40},
    {"AV:N/AC:H/AT:N/PR:N/UI:N/VC:N/VI:H/VA:L/SC:L/SI:L/SA:L/IR:M/MVA:N/MSA:S", 91},
    {"AV:L/AC:H/AT:P/PR:N/UI:P/VC:L/VI:L/VA:H/SC:N/SI:L/SA:N/E:P/CR:X/AR:M/MAC:H", 25},
    {"AV:N/AC:H/AT:N/PR:H/UI:N/VC:L/VI:N/VA:H/SC:H/SI:L/SA:L/E:P/IR:M/AR:M/MAT:N", 50},
    {"AV:L/AC:H/AT:P/PR:N/UI:N/VC:L/VI:N/VA:H/SC:N/SI:N/SA:L/AR:L/MAV:N/MAC:X/MAT:X", 69},
    {"AV:L/AC:L/AT:P/PR:H/UI:P/VC:H/VI:H/VA:L/SC:N/SI:H/SA:N/CR:M/IR:L/MPR:N", 71},
    {"AV:A/AC:H/AT:N/PR:N/UI:N/VC:H/VI:N/VA:H/SC:N/SI:N/SA:L/E:U/AR:L/MPR:N/MVC:N", 14},
};

static const scored older[] = {
    {"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0},
    {"AV:N/AC:L/Au:N/C:C/I:C/A:C", 100},
    {"AV:L/AC:H/Au:M/C:P/I:N/A:N", 8},
    {"AV:A/AC:M/Au:S/C:N/I:P/A:C", 58},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100},
    {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 16},
    {"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 52},
    {"CVSS:3.0/AV:A/AC:H/PR:H/UI:R/S:C/C:L/I:H/A:L", 65},
    {"CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:U/C:H/I:L/A:H", 76},
    {"CVSS:3.1/AV:A/AC:L/PR:H/UI:N/S:C/C:N/I:N/A:L", 34},
};

static void expect(const char *text, uint16_t score)
{
    rp_cvss got;
    if (!rp_cvss_parse(rp_str_from(text), &got))
        fail_msg("%s: not understood", text);
    if (got.score != score)
        fail_msg("%s: %u, not %u", text, got.score, score);
}

static void scores_are_those_of_the_calculator(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(version4); i++) {
        char text[120];
        snprintf(text, sizeof text, "CVSS:4.0/%s", version4[i].vector);
        expect(text, version4[i].score);
    }
    for (size_t i = 0; i < RP_COUNT(older); i++)
        expect(older[i].vector, older[i].score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_the_calculator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
