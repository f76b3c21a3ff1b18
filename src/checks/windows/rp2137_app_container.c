/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe.h"

#include <strings.h>

/* The C runtime for store apps comes as VCRUNTIME140_APP.dll and its like. */
static bool imports_app_runtime(const rp_facts *f, rp_str *ret)
{
    static const char suffix[] = "_app.dll";
    const size_t len = sizeof suffix - 1;
    for (uint32_t i = 0; i < f->nlibraries; i++) {
        rp_str name = f->libraries[i];
        if (name.len > len && strncasecmp(name.ptr + name.len - len, suffix, len) == 0) {
            *ret = name;
            return true;
        }
    }
    return false;
}

static void app_container(const rp_facts *f, rp_out *out)
{
    rp_str runtime;
    rp_pe_verify_headers(out, "APPCONTAINER");
    rp_verify_also(out, "llvm-readobj --coff-imports {} | grep -i 'Name:.*_app'");
    if (rp_pe_skip_unloaded(f, out))
        return;
    if ((f->pe->dll_characteristics & RP_PE_APPCONTAINER) != 0) {
        rp_pass(out, "APPCONTAINER: runs in an app container only");
        rp_pe_show_flags(f, out, "APPCONTAINER is set");
    } else if (imports_app_runtime(f, &runtime)) {
        rp_find(out, "built for store apps, but not confined to an app container");
        rp_pe_show_flags(f, out, "APPCONTAINER is not set");
        rp_evidence(out, RP_NOWHERE, "imports %.*s", RP_FMT(runtime));
        rp_pe_fix_link(f, out, RP_FIX_REVIEW, "/APPCONTAINER", "");
    } else {
        rp_skip(out, "a desktop program or library: app containers are for packaged apps");
    }
}

const rp_check rp_check_rp2137 = {
    .code = "RP2137",
    .name = "app-container",
    .title = "a store app runs in an app container",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = app_container,
};
