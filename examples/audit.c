/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Prints the findings in one file, folder or package:  cc audit.c -lrustproof && ./a.out PATH
 * C99, and C++17 as it stands. */
#include <rustproof/rustproof.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    rustproof_error err;
    rustproof_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    rustproof_context *context = rustproof_context_new(&options, &err);
    rustproof_report *report = NULL;
    if (argc != 2 || context == NULL ||
        rustproof_audit_path(context, argv[1], &report, &err) != RUSTPROOF_OK) {
        fprintf(stderr, "error: %s\n", argc != 2 ? "usage: audit PATH" : err.text);
        rustproof_context_free(context);
        return 2;
    }
    for (size_t t = 0; t < rustproof_report_targets(report); t++) {
        rustproof_str name = rustproof_target_name(report, t);
        for (size_t r = 0; r < rustproof_target_results(report, t); r++) {
            rustproof_result result;
            memset(&result, 0, sizeof result);
            result.size = sizeof result;
            if (rustproof_result_get(report, t, r, &result) == RUSTPROOF_OK &&
                result.outcome == RUSTPROOF_FINDING && result.level != RUSTPROOF_ALLOW)
                printf("%.*s: %.*s: %.*s\n", (int)name.len, name.ptr, (int)result.code.len,
                       result.code.ptr, (int)result.text.len, result.text.ptr);
        }
    }
    int code = rustproof_report_exit_code(report);
    rustproof_report_free(report);
    rustproof_context_free(context);
    return code;
}
