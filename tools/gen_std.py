#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes src/rust/std_table.inc: what the standard library's interface says of unsafe code.

  tools/gen_std.py FOLDER > src/rust/std_table.inc

FOLDER holds core.json, alloc.json and std.json as rustdoc writes them. With the component rust-src:
  cd "$(rustc --print sysroot)/lib/rustlib/src/rust/library/std"     # and ../core, ../alloc
  RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=/tmp/std cargo rustdoc --lib --locked -- \\
      -Zunstable-options --output-format json                        # → /tmp/std/doc

Rows: unsafe functions, methods and traits; functions and methods that return raw pointers; and every method
that shares its name with one of those, so that a name alone can be told from an ambiguous one. Functions of
std::arch are left out: what they need depends on target features. Of the text only keywords are used. Then the
paths of all modules, types, traits, functions, constants and statics, for what a glob may bring.
"""
import json
import pathlib
import re
import sys

# Conditions and the words of a `# Safety` section that tell of them; the sentences are in std_table.c.
CONDITIONS = [
    ("READS", r"valid for (both )?(\[?reads|read)|\[valid\] for reads|readable"),
    ("WRITES", r"valid for (both )?(reads and )?writes|\[valid\] for (reads and )?writes|valid for .*writes"),
    ("ALIGNED", r"aligned|alignment"),
    ("INITIALIZED", r"initiali[sz]ed"),
    ("NOT_NULL", r"non-null|not be null|must be non.?null|is null"),
    ("IN_BOUNDS", r"in.?bounds|out-of-bounds|bounds of|same \[?allocat"),
    ("NO_ALIAS", r"alias|must not (get|be) (mutated|accessed)|exclusive|overlap"),
    ("LIFETIME", r"lifetime|outlive|dangling"),
    ("UTF8", r"utf-?8"),
    ("NO_OVERFLOW", r"overflow|wrap around|`isize::MAX`|`isize`"),
    ("LAYOUT", r"layout|same size|size_of"),
    ("SAME_ALLOCATOR", r"allocated (via|by|using|with)|global allocator|same allocator|`into_raw`|into_raw"),
    ("CAPACITY", r"capacity"),
    ("ONCE", r"twice|double.?free|more than once|only be called once|duplicate"),
    ("THREADS", r"data race|multi-?threaded|other threads?"),
    ("VARIANT", r"on \[?`?(None|Err|Ok|Some)"),
    ("NUL", r"nul[- ]termina|nul byte|nul terminator"),
    ("OWNED_HANDLE", r"file descriptor|handle|socket|ownership"),
    ("PINNED", r"pin(ned|ning)?\b|`Pin"),
    ("VALID_VALUE", r"valid (value|instance|bit|for type|representation|`)|range"),
]

# Where the text tells by example or by another function's name.
BY_NAME = [
    ("NO_OVERFLOW", r"^unchecked_(add|sub|mul|neg|shl|shr|div|rem)|_exact_unchecked$"),
    ("VALID_VALUE", r"^to_int_unchecked$|^unchecked_disjoint_bitor$|^zeroed$|^transmute"),
    ("NUL", r"^from_(vec|bytes)_(with_nul_)?unchecked$"),
    ("OWNED_HANDLE", r"^(borrow|from)_raw_(fd|handle|socket)$|^borrow_raw$"),
    ("LAYOUT", r"^downcast_\w*unchecked$|^transmute|^align_to"),
    ("VALID_VALUE", r"^new_unchecked$|^from_(mut|u32|u8)_unchecked$|^as_ascii_unchecked$|^digit_unchecked$|^align_to"),
    ("UNREACHABLE", r"^(assert|unreachable)_unchecked$"),
    ("VARIANT", r"^unwrap_\w*unchecked$"),
    ("ONCE", r"^take$"),
    ("THREADS", r"^Send$|^Sync$"),
    ("IN_BOUNDS", r"^as_chunks_unchecked|^get_unchecked"),
]
# Owners that refer to the functions of another for what they ask.
REFERS = [("*const", "std::ptr"), ("*mut", "std::ptr"), ("std::ptr::NonNull", "std::ptr"),
          ("std::ptr::NonNull", "*mut"), ("std::alloc", "std::alloc::GlobalAlloc")]
SAME = {"byte_add": "add", "byte_sub": "sub", "byte_offset": "offset", "byte_offset_from": "offset_from",
        "copy_from": "copy", "copy_to": "copy", "copy_from_nonoverlapping": "copy_nonoverlapping",
        "copy_to_nonoverlapping": "copy_nonoverlapping", "as_mut_unchecked": "as_mut", "as_ref_unchecked": "as_ref",
        "alloc_zeroed": "alloc", "offset_from_unsigned": "offset_from", "byte_offset_from_unsigned": "offset_from"}


class Crate:
    def __init__(self, folder, name):
        data = json.loads((pathlib.Path(folder) / f"{name}.json").read_text())
        self.name, self.root = name, data["root"]
        self.index = {int(k): v for k, v in data["index"].items()}
        self.paths = {int(k): v for k, v in data["paths"].items()}
        self.by_path = {(p["kind"], tuple(p["path"])): i for i, p in self.paths.items() if p["crate_id"] == 0}


class Library:
    def __init__(self, folder):
        self.crates = {n: Crate(folder, n) for n in ("core", "alloc", "std")}
        self.rows = {}
        self.names = set()

    def find(self, crate, item_id):
        """(crate, item) of an id, in whichever crate it is defined; None when it is elsewhere."""
        if item_id in crate.index:
            return crate, crate.index[item_id]
        path = crate.paths.get(item_id)
        if path is None or path["path"][0] not in self.crates:
            return None
        other = self.crates[path["path"][0]]
        there = other.by_path.get((path["kind"], tuple(path["path"])))
        return (other, other.index[there]) if there in other.index else None

    def add(self, path, flags, result="OTHER", conditions=()):
        old = self.rows.get(path)
        if old is not None and "RP_STD_UNSAFE" in old[0]:
            return
        self.rows[path] = (flags, result, conditions)


def kind_of(item):
    return next(iter(item["inner"]))


def result_of(output, owner):
    if output is None:
        return "UNIT"
    if output == {"generic": "Self"} and owner in ("*const", "*mut"):
        return "RAW_MUT" if owner == "*mut" else "RAW_CONST"
    if "raw_pointer" in output:
        return "RAW_MUT" if output["raw_pointer"]["is_mutable"] else "RAW_CONST"
    if "borrowed_ref" in output:
        return "REF_MUT" if output["borrowed_ref"]["is_mutable"] else "REF"
    if output.get("primitive") == "never":
        return "NEVER"
    return "OTHER"


def conditions_of(name, docs):
    text = re.sub(r"```.*?```", "", docs or "", flags=re.S)
    match = re.search(r"^#+ (?:Safety|Undefined Behavior)\s*$(.*?)(?=^#+ |\Z)", text, re.M | re.S | re.I)
    section = match.group(1) if match is not None else text
    found = [condition for condition, words in CONDITIONS if re.search(words, section, re.I)]
    found += [condition for condition, names in BY_NAME if re.search(names, name)]
    return tuple(sorted(set(found)))


def function_row(library, path, item, flags):
    function = item["inner"]["function"]
    if function["header"]["is_unsafe"]:
        flags = flags + ["RP_STD_UNSAFE"]
    conditions = conditions_of(item["name"], item["docs"]) if "RP_STD_UNSAFE" in flags else ()
    result = result_of(function["sig"]["output"], path.rsplit("::", 1)[0])
    library.add(path, flags, result, conditions)


def receiver(function):
    inputs = function["sig"]["inputs"]
    return bool(inputs) and inputs[0][0] == "self"


def methods(library, crate, owner, ids, flags):
    for i in ids:
        item = crate.index.get(i)
        if item is None or kind_of(item) != "function":
            continue
        if item["visibility"] not in ("public", "default"):
            continue
        own = ["RP_STD_METHOD"] if receiver(item["inner"]["function"]) else []
        function_row(library, f"{owner}::{item['name']}", item, flags + own)


def inherent(library, crate, owner, item, flags=()):
    body = item["inner"][kind_of(item)]
    for i in body.get("impls", []):
        impl = crate.index.get(i)
        if impl is None or impl["inner"]["impl"]["trait"] is not None or impl["inner"]["impl"]["is_negative"]:
            continue
        methods(library, crate, pointer_owner(owner, impl["inner"]["impl"]["for"]),
                impl["inner"]["impl"]["items"], list(flags))


def pointer_owner(owner, of):
    if "raw_pointer" in of:
        return "*mut" if of["raw_pointer"]["is_mutable"] else "*const"
    return owner


PRIMITIVES = {"slice": "[T]", "array": "[T; N]", "pointer": "*const", "str": "str"}


def walk(library, crate, module, path, seen):
    """Everything that is public under std's `path`."""
    if (crate.name, module["id"], path) in seen or path.count("::") > 6:
        return
    seen.add((crate.name, module["id"], path))
    for i in module["inner"]["module"]["items"]:
        item = crate.index.get(i)
        if item is not None and (item["visibility"] == "public" or kind_of(item) == "macro"):
            visit(library, crate, item, path, seen)


def visit(library, crate, item, path, seen):
    kind, name = kind_of(item), item["name"]
    if kind == "use":
        use = item["inner"]["use"]
        found = library.find(crate, use["id"]) if use["id"] is not None else None
        if found is None:
            return
        if use["is_glob"] and kind_of(found[1]) == "module":
            walk(library, found[0], found[1], path, seen)
        elif not use["is_glob"]:
            visit_as(library, *found, path, use["name"], seen)
        return
    visit_as(library, crate, item, path, name, seen)


def visit_as(library, crate, item, path, name, seen):
    kind, full = kind_of(item), f"{path}::{name}"
    if full in ("std::simd", "std::intrinsics"):
        return
    if kind not in ("macro", "proc_macro", "primitive", "function" if path.startswith("std::arch") else None):
        library.names.add(full)
    if path.startswith("std::arch") and kind != "module" or path.startswith("std::prelude"):
        return
    if kind == "module":
        walk(library, crate, item, full, seen)
    elif kind == "function":
        function_row(library, full, item, [])
    elif kind in ("struct", "enum", "union"):
        inherent(library, crate, full, item)
    elif kind == "type_alias" and "resolved_path" in item["inner"]["type_alias"]["type"]:
        found = library.find(crate, item["inner"]["type_alias"]["type"]["resolved_path"]["id"])
        if found is not None and kind_of(found[1]) in ("struct", "enum", "union"):
            inherent(library, found[0], full, found[1])
    elif kind == "trait":
        trait = item["inner"]["trait"]
        flags = ["RP_STD_TRAIT"] + (["RP_STD_UNSAFE"] if trait["is_unsafe"] else [])
        if trait["is_unsafe"]:
            library.add(full, flags, "OTHER", conditions_of(name, item["docs"]))
        methods(library, crate, full, trait["items"], ["RP_STD_OF_TRAIT"])
    elif kind == "static" and item["inner"]["static"].get("is_mutable"):
        library.add(full, ["RP_STD_UNSAFE", "RP_STD_STATIC"])


def primitives(library):
    for crate in library.crates.values():
        for item in crate.index.values():
            if kind_of(item) == "primitive":
                name = item["inner"]["primitive"]["name"]
                inherent(library, crate, PRIMITIVES.get(name, name), item)


def inherit(rows):
    """Pointer methods refer to the functions of std::ptr, byte_add to add, std::alloc to GlobalAlloc."""
    for path, (flags, result, conditions) in list(rows.items()):
        if "RP_STD_UNSAFE" not in flags or conditions:
            continue
        owner, name = path.rsplit("::", 1)
        places = [owner] + [there for here, there in REFERS if here == owner]
        found = [rows[f"{place}::{other}"][2] for place in places for other in (name, SAME.get(name))
                 if f"{place}::{other}" in rows and rows[f"{place}::{other}"][2]]
        rows[path] = (flags, result, found[0] if found else ())


def kept(rows):
    """Names that matter: unsafe somewhere, or returning raw pointers; and all that share them."""
    def matters(row):
        return "RP_STD_UNSAFE" in row[0] or row[1].startswith("RAW_")
    names = {p.rsplit("::", 1)[1] for p, row in rows.items() if matters(row)}
    methods_only = {p for p, row in rows.items() if "RP_STD_METHOD" in row[0]}
    return {p: row for p, row in rows.items()
            if matters(row) or (p in methods_only and p.rsplit("::", 1)[1] in names)}


def main():
    library = Library(sys.argv[1])
    std = library.crates["std"]
    walk(library, std, std.index[std.root], "std", set())
    core = library.crates["core"]
    walk(library, core, core.index[core.root], "std", set())
    alloc = library.crates["alloc"]
    walk(library, alloc, alloc.index[alloc.root], "std", set())
    primitives(library)
    inherit(library.rows)
    names = sorted({p.rsplit("::", 1)[1] for p, row in library.rows.items() if "RP_STD_METHOD" in row[0]})
    rows = kept(library.rows)
    print("/* SPDX-License-Identifier: MIT OR Apache-2.0 */")
    print("/* Made by tools/gen_std.py from rustdoc's JSON of core, alloc and std. */")
    order = sorted(rows, key=lambda p: p.encode())
    print("static const rp_std_item items[] = { /* sorted by path */")
    for path in order:
        flags, result, conditions = rows[path]
        bits = " | ".join(sorted(set(flags))) or "0"
        needs = " | ".join(f"RP_SAFETY_{c}" for c in conditions) or "0"
        print(f'    {{TEXT("{path}"), {needs}, {bits}, RP_STD_{result}}},')
    print("};\nstatic const uint16_t by_name[] = { /* sorted by the name behind the last :: */")
    numbers = sorted(range(len(order)), key=lambda i: (order[i].rsplit("::", 1)[1].encode(), i))
    for at in range(0, len(numbers), 16):
        print("    " + " ".join(f"{n}," for n in numbers[at:at + 16]))
    print("};\nstatic const char method_names[][40] = { /* of all methods, sorted */")
    for at in range(0, len(names), 6):
        print("    " + " ".join(f'"{n}",' for n in names[at:at + 6]))
    print("};\nstatic const char *const public_names[] = { /* sorted, without `std::` */")
    for name in sorted((n.partition("::")[2] for n in library.names), key=lambda n: n.encode()):
        print(f'    "{name}",')
    print("};")


if __name__ == "__main__":
    main()
