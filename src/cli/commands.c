/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The table of commands. */
#include "cli/cli.h"

const rp_command rp_commands[] = {
    {"audit", RP_CMD_AUDIT | RP_CMD_PROJECT, "[PATH…]",
     "audit paths, or this Cargo project; may be left out",
     "With paths, as `bin`. Without, inside a Cargo project: its dependencies, its source, and the "
     "programs and libraries that are found below its target folder; it never builds.",
     NULL, rp_cmd_audit},
    {"bin", RP_CMD_AUDIT, "PATH…", "audit executables, libraries, objects, archives and packages",
     "A path is a file, a folder (with everything below it), a package (deb, rpm, crate, tar, zip, "
     "whl, apk …), an archive of objects (.rlib, .a), or - for standard input. With --db also what "
     "is known against the crates inside.",
     NULL, rp_cmd_bin},
    {"deps", RP_CMD_DEPS, "[PATH…]",
     "audit dependencies: what is inside, what is known against it, whether sources are genuine",
     "A path is a Cargo project, a Cargo.lock, or a folder with several of them; a program or a "
     "package of programs; or a folder of such, where no lock file is in it. Without paths it is "
     "the "
     "project around the working folder. Nothing is built, run or fetched.",
     NULL, rp_cmd_deps},
    {"sbom", RP_CMD_BOM, "[PATH…]",
     "write a bill of materials: CycloneDX 1.6, or with -f spdx SPDX 2.3",
     "A path is a Cargo project, a Cargo.lock, or an artefact, also one that says nothing of "
     "itself; "
     "each component has what it was recognised by, where, and how sure that is. Equal input gives "
     "equal bytes; a time is written when SOURCE_DATE_EPOCH gives one.",
     NULL, rp_cmd_sbom},
    {"vex", RP_CMD_BOM | RP_CMD_VEX, "[PATH…]",
     "say which advisories concern a project or artefact: OpenVEX, or with -f cyclonedx CycloneDX",
     "affected, not affected with the reason, or under investigation where nothing can be proven. "
     "The same paths as for sbom; a binary with debug information tells most.",
     NULL, rp_cmd_vex},
    {"src", RP_CMD_SRC, "[PATH…]",
     "audit Rust source: where unsafe code is, how much of it is needless, and where it is wrong",
     "A path is a Cargo package or workspace, a folder with several of them, or a .rs file that is "
     "the root of a crate; without paths the package in the working folder. Nothing is built or "
     "run.",
     NULL, rp_cmd_src},
    {"list", RP_CMD_LIST, "[checks|targets]", "list the checks, or the targets that are known",
     "With -f json for machines.", "checks targets", rp_cmd_list},
    {"explain", RP_CMD_EXPLAIN, "WHAT…",
     "print the page of a check (code or name), a group (RP21), or exit-codes",
     "The pages are part of the program: no network is needed. -f md prints them as they are "
     "written, -f json as parts.",
     "exit-codes", rp_cmd_explain},
    {"facts", RP_CMD_FACTS, "PATH…", "print everything that was read of a file, without judgement",
     "JSON; with -f jsonl one object a line. Every fact is yes, no or unknown, with the place in "
     "the file where it was read.",
     NULL, rp_cmd_facts},
    {"db", RP_CMD_DB, "status|path|update", "show, find or update the database of advisories",
     "status: what is found, how old, what could not be read. path: its folder alone. update: "
     "fetches it, in one request that asks for changes only, by a helper program; checks it before "
     "it takes the place of the old one. Nothing else of rustproof uses the network.",
     "status path update", rp_cmd_db},
    {"doctor", RP_CMD_DOCTOR, "", "print versions, libraries, tools and what can be checked here",
     "Attach it to bug reports.", "", rp_cmd_doctor},
    {"completions", RP_CMD_WRITE, "SHELL", "print completions for bash, zsh or fish",
     "For example: rustproof completions bash > ~/.local/share/bash-completion/completions/"
     "rustproof",
     "bash zsh fish", rp_cmd_completions},
    {"man", RP_CMD_WRITE, "", "print the manual page", "To read it: rustproof man | man -l -", "",
     rp_cmd_man},
    {"help", RP_CMD_WRITE, "[COMMAND]", "print help of a command", "The same as COMMAND --help.",
     "audit bin deps sbom vex src list explain facts doctor completions man", rp_cmd_help},
};
const uint32_t rp_commands_count = RP_COUNT(rp_commands);

const rp_command *rp_command_find(const char *name)
{
    for (uint32_t i = 0; i < rp_commands_count; i++)
        if (strcmp(rp_commands[i].name, name) == 0)
            return &rp_commands[i];
    return NULL;
}
