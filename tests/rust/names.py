#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What names mean, beside rustdoc, on packages of Cargo's registry.

  names.py DUMP_NAMES [--long] [--show] [--online] [PACKAGE-VERSION …]     quick: 3 without dependencies

rustdoc's JSON (`--document-private-items`) says which definition each `pub use` and glob leads to, each impl's type
and trait, and each path in a signature, field or bound; the paths that other crates may use are followed from the root
through re-exports by this script. `dump_names` says the same of the same files. Compared are pairs (where, target):
recall is how many of rustdoc's we have, precision how many of ours rustdoc has. Definitions of the standard library
and of other crates are compared by crate and name: rustdoc names the place of a definition, not the path to it.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from crates import manifests  # noqa: E402
from expanded import default_features, edition  # noqa: E402
from needless import alone  # noqa: E402
from unstable import unstable  # noqa: E402

CARGO, ENVIRONMENT = unstable("cargo")
HOME = os.environ.get("CARGO_HOME", str(pathlib.Path.home() / ".cargo"))
QUICK = ("bitflags-2", "either-1", "memchr-2")
LONG = (
    "ahash-0.8 aho-corasick-1 anyhow-1 arrayvec-0.7 axum-0.8 base64-0.22 bitflags-2 bytes-1 chrono-0.4 "
    "clap_builder-4 crossbeam-epoch-0.9 crossbeam-utils-0.8 csv-1 dashmap-6 either-1 flate2-1 futures-channel-0.3 "
    "futures-util-0.3 h2-0.4 http-1 hyper-1 image-0.25 indexmap-2 itertools-0.14 itoa-1 log-0.4 memchr-2 memmap2-0.9 "
    "nix-0.31 nom-8 num-traits-0.2 once_cell-1 parking_lot-0.12 petgraph-0.8 proc-macro2-1 rand-0.9 rayon-1 regex-1 "
    "regex-automata-0.4 rustls-0.23 semver-1 serde-1 serde_json-1 sha2-0.10 slab-0.4 smallvec-1 socket2-0.6 "
    "thiserror-2 time-0.3 tokio-1 toml_edit-0.23 tower-0.5 tracing-0.1 url-2 uuid-1 zerocopy-0.8 zip-4").split()
GOAL = 0.95
STD = {"std", "core", "alloc", "proc_macro", "test"}
VALUES = {"function", "constant", "static"}
TYPES = {"module", "struct", "union", "enum", "trait", "trait_alias", "type_alias", "extern_type", "primitive"}


def self_or_other(path, namespace, target):
    """Of another crate's definitions rustdoc does not say whether they are values, too."""
    return f"{path} {namespace}" if target and target.startswith("crate") else path


# ---- rustdoc's answer ----

class Documented:
    def __init__(self, path):
        doc = json.loads(path.read_text())
        self.index, self.paths, self.root = doc["index"], doc["paths"], str(doc["root"])
        self.crates = {0: "crate", **{int(n): c["name"] for n, c in doc["external_crates"].items()}}
        self.module_of = {}
        self.place(self.root, "crate")

    def item(self, ref):
        return self.index.get(str(ref))

    def kind(self, item):
        return next(iter(item["inner"]))

    def place(self, ref, path):
        """Paths of local items by module: macros stand at the root in rustdoc's own table."""
        self.module_of[str(ref)] = path
        inner = self.item(ref)["inner"]
        for child in inner.get("module", {}).get("items", []):
            item = self.item(child)
            if item and item["name"] and self.kind(item) not in ("use", "impl"):
                self.place(child, f"{path}::{item['name']}")
        for child in inner.get("enum", {}).get("variants", []):
            self.place(child, f"{path}::{self.item(child)['name']}")

    def target(self, ref):
        if ref is None:
            return None
        if str(ref) in self.module_of:
            return self.module_of[str(ref)]
        known = self.paths.get(str(ref))
        if known is None:
            return None
        krate = self.crates[known["crate_id"]]
        if krate in STD:
            return f"std {'std' if known['path'][-1] in STD else known['path'][-1]}"
        if known["crate_id"] == 0:
            return "crate::" + "::".join(known["path"][1:])
        return f"ext {known['path'][0]} {known['path'][-1]}"

    def kind_of(self, ref):
        item = self.item(ref)
        if item:
            return self.kind(item)
        return self.paths.get(str(ref), {}).get("kind")

    def spaces(self, ref):
        """Namespaces of what an id stands for."""
        kind, item = self.kind_of(ref), self.item(ref)
        if kind in ("macro", "proc_macro", "proc_attribute", "proc_derive"):
            return {"macro"}
        if kind in VALUES:
            return {"value"}
        found = {"type"} if kind in TYPES or kind == "variant" else set()
        if item and kind == "struct":
            shape = item["inner"]["struct"]["kind"]
            found |= {"value"} if shape == "unit" or "tuple" in shape else set()
        if item and kind == "variant":
            found |= {"value"} if "struct" not in item["inner"]["variant"]["kind"] else set()
        return found

    # -- uses --

    def uses(self):
        for ref, path in self.module_of.items():
            for child in self.item(ref)["inner"].get("module", {}).get("items", []):
                item = self.item(child)
                use = item and item["inner"].get("use")
                if not use or item["visibility"] != "public":
                    continue
                target = self.target(use["id"])
                if target is not None:
                    yield f"{path} {'*' if use['is_glob'] else use['name']}", target

    # -- what can be named --

    def names(self, ref, around=()):
        """{(name, namespace): id} of a module or enum, explicit ones before those of globs."""
        if ref in around or len(around) > 12:
            return {}
        item, found, globs = self.item(ref), {}, []
        inner = item["inner"]
        if "enum" in inner:
            children = inner["enum"]["variants"]
        else:
            children = inner.get("module", {}).get("items", [])
        for child in map(self.item, children):
            if child is None or (child["visibility"] != "public" and "variant" not in child["inner"]):
                continue
            use = child["inner"].get("use")
            if use and use["is_glob"]:
                globs.append(use["id"])
            elif use and use["id"] is not None:
                found.update({(use["name"], ns): str(use["id"]) for ns in self.spaces(use["id"])})
            elif not use and child["name"]:
                found.update({(child["name"], ns): str(child["id"]) for ns in self.spaces(child["id"])})
        for glob in globs:
            if self.item(glob):
                for key, value in self.names(str(glob), (*around, ref)).items():
                    found.setdefault(key, value)
        return found

    def api(self, ref=None, path="", around=()):
        ref = ref or self.root
        for (name, ns), found in sorted(self.names(ref).items()):
            inside = f"{path}::{name}" if path else name
            if ns == "macro":
                continue
            target = self.target(found)
            yield self_or_other(inside, ns, target), target
            module = self.item(found) and self.kind_of(found) == "module" and ns == "type"
            if module and found not in around and found != ref and len(around) < 12:
                yield from self.api(found, inside, (*around, ref))

    # -- impls --

    def subject(self, type_):
        while "borrowed_ref" in type_:
            type_ = type_["borrowed_ref"]["type"]
        if "resolved_path" in type_:
            return self.target(type_["resolved_path"]["id"])
        if "primitive" in type_:
            name = type_["primitive"]
            return f"std {name}" if re.fullmatch(r"[iuf]\d+|[iu]size|bool|char|str", name) else "-"
        return "T" if "generic" in type_ else "-"

    def written_impls(self):
        for item in self.index.values():
            impl = item["inner"].get("impl")
            derived = any("automatically_derived" in str(a) for a in item["attrs"])
            if impl and not derived and not impl["is_synthetic"] and not impl["blanket_impl"] and item["crate_id"] == 0:
                yield item, impl

    def impls(self):
        for _, impl in self.written_impls():
            trait = (self.target(impl["trait"]["id"]) or "?") if impl["trait"] else ""
            yield self.subject(impl["for"]) or "?", ("!" if impl["is_negative"] else "") + trait

    # -- signatures --

    def ids(self, part):
        """Every path in a piece of a type, as rustdoc has resolved it; the trait of `T::Item` is its own addition."""
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "qualified_path":
                    value = {k: v for k, v in value.items() if k != "trait"}
                if key in ("resolved_path", "trait") and isinstance(value, dict) and "id" in value:
                    yield value["id"]
                yield from self.ids(value)
        elif isinstance(part, list):
            for value in part:
                yield from self.ids(value)

    def parts(self):
        """(owner, piece of JSON with its types)."""
        for item, impl in self.written_impls():
            owner = self.subject(impl["for"]) or "?"
            yield f"impl {owner}", {k: impl[k] for k in ("generics", "trait", "for")}
            for child in map(self.item, impl["items"]):
                if child and "assoc_type" not in child["inner"]: # rustdoc expands them as far as it can
                    yield f"{owner}::{child['name']}", child["inner"]
        for ref, path in self.module_of.items():
            inner = self.item(ref)["inner"]
            kind = next(iter(inner))
            inside = inner[kind]
            if kind in VALUES or kind == "type_alias":
                yield path, inside
            elif kind in ("struct", "union", "enum"):
                yield path, inside["generics"]
                yield from self.fields(path, inside)
            elif kind == "trait":
                yield path, [inside["generics"], inside["bounds"]]
                for child in map(self.item, inside["items"]):
                    if child:
                        yield f"{path}::{child['name']}", child["inner"]

    def fields(self, path, inside):
        if "variants" in inside:
            for variant in map(self.item, inside["variants"]):
                yield from self.fields(path, variant["inner"]["variant"])
            return
        refs, kind = inside.get("fields", []), inside.get("kind")
        if isinstance(kind, dict):
            tuples = kind.get("tuple", [])
            refs = [*tuples, *kind.get("plain", kind.get("struct", {})).get("fields", [])] \
                if "tuple" not in kind else tuples
        for child in map(self.item, filter(lambda ref: ref is not None, refs)):
            if child:
                yield path, child["inner"]["struct_field"]

    def signatures(self):
        for owner, part in self.parts():
            for ref in self.ids(part):
                target = self.target(ref)
                if target:
                    yield owner, target

    def aliases(self):
        return {path for ref, path in self.module_of.items() if self.kind_of(ref) == "type_alias"}

    def answer(self):
        return {"use": set(self.uses()), "api": {p for p in self.api() if p[1]}, "impl": set(self.impls()),
                "sig": set(self.signatures())}


# ---- ours ----

def built(target, name):
    """(OUT_DIR, names set by the build script, names that it may set) of the newest build."""
    scripts = sorted(target.glob(f"debug/build/{name}-*/output"), key=lambda path: path.stat().st_mtime)
    if not scripts:
        return "", [], []
    said = scripts[-1].read_text(errors="replace")
    may = re.findall(r"cargo::?rustc-check-cfg=cfg\(([^)]*)\)", said)
    return (str(scripts[-1].parent / "out"), re.findall(r"(?m)^cargo::?rustc-cfg=(\w+)$", said),
            [word for names in may for word in re.findall(r"\w+", names.split("values")[0])])


def dumped(program, folder, text, name, target):
    out, on, may = built(target, folder.name.rpartition("-")[0])
    cfgs = [f"cfg:{one}" for one in on] + [f"no:{one}" for one in may if one not in on]
    run = subprocess.run([program, str(folder / "Cargo.toml"), str(library(folder, text)), edition(text), name, HOME,
                          *default_features(text), *cfgs], capture_output=True, text=True, errors="replace",
                         timeout=120, env={**os.environ, "OUT_DIR": out})
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip() or f"dump_names ended with {run.returncode}")
    found = collections.defaultdict(set)
    for line in run.stdout.splitlines():
        what, *fields = line.split("\t")
        if "::_::" in line: # rustdoc does not list what is inside of `const _`
            continue
        if what == "use":
            found[what].add((f"{fields[0]} {fields[1]}", fields[3]))
        elif what == "api":
            found[what].add((self_or_other(*fields), fields[2]))
        else:
            found[what].add((fields[0], fields[1]))
    return found


# ---- packages ----

def library(folder, text):
    table = re.search(r"(?ms)^\[lib\]\n(.*?)(^\[|\Z)", text)
    path = table and re.search(r'(?m)^path *= *"([^"]*)"', table.group(1))
    return folder / (path.group(1) if path else "src/lib.rs")


def lib_name(folder, text):
    table = re.search(r"(?ms)^\[lib\]\n(.*?)(^\[|\Z)", text)
    own = table and re.search(r'(?m)^name *= *"([^"]*)"', table.group(1))
    name = own or re.search(r'(?m)^name *= *"([^"]*)"', text)
    return name.group(1).replace("-", "_")


def newest(prefixes):
    found = {}
    for manifest in manifests():
        name = manifest.parent.name
        for prefix in prefixes:
            if name == prefix or re.fullmatch(re.escape(prefix) + r"\.[\d.]+", name):
                old = found.get(prefix)
                version = [int(n) for n in re.findall(r"\d+", name.rpartition("-")[2])]
                found[prefix] = max((version, manifest.parent), old or ([], manifest.parent))
    return [folder for _, folder in found.values()]


def documented(folder, target, name):
    offline = [] if "--online" in sys.argv else ["--offline"]
    run = subprocess.run([*CARGO, "rustdoc", *offline, "-q", "--lib", "--", "-Zunstable-options", "--output-format",
                          "json", "--document-private-items", "--document-hidden-items", "--cap-lints", "allow"],
                         cwd=folder, capture_output=True, text=True, timeout=900,
                         env={**ENVIRONMENT, "CARGO_TARGET_DIR": str(target)})
    path = target / "doc" / f"{name}.json"
    return Documented(path) if run.returncode == 0 and path.exists() else None


def through_aliases(pairs, aliases):
    """rustdoc puts what private aliases stand for in their place: so do we, for all aliases of the crate."""
    named = collections.defaultdict(set)
    for owner, target in pairs:
        named[owner].add(target)
    for _ in range(4):
        pairs = {(owner, t) for owner, target in pairs
                 for t in (named[target] if target in aliases else {target})}
    return pairs


def compare(package, theirs, ours, aliases, sums, show):
    line = []
    theirs["sig"], ours["sig"] = (through_aliases(side["sig"], aliases) for side in (theirs, ours))
    for what in ("use", "api", "impl", "sig"):
        want, got = theirs[what], ours[what]
        unknown = {p for p in got if p[1].lstrip("!").startswith("?") or "ext?" in p[1]}
        sums[what, "want"] += len(want)
        sums[what, "both"] += len(want & got)
        sums[what, "got"] += len(got - unknown)
        sums[what, "unknown"] += len(unknown)
        line.append(f"{what} {len(want & got)}/{len(want)} +{len(got - want - unknown)} ?{len(unknown)}")
        if show:
            for mark, pairs in (("-", want - got), ("+", got - want)):
                for where, target in sorted(pairs):
                    print(f"  {mark} {what} {where} -> {target}")
    print(f"{package}: {'; '.join(line)}", flush=True)


def judge(program, folder, work, target, sums, show):
    copy = work / folder.name
    shutil.copytree(folder, copy)
    lock = (copy / "Cargo.lock").read_bytes() if (copy / "Cargo.lock").exists() else None
    alone(copy)
    if lock is not None:
        (copy / "Cargo.lock").write_bytes(lock)
    text = (copy / "Cargo.toml").read_text(errors="replace")
    name = lib_name(copy, text)
    theirs = documented(copy, target, name)
    if theirs is None and lock is not None: # versions that are not on this machine
        (copy / "Cargo.lock").unlink(missing_ok=True)
        theirs = documented(copy, target, name)
    if theirs is None:
        print(f"{folder.name}: does not build here", flush=True)
        sums["packages", "not built"] += 1
        return
    ours = dumped(program, copy, text, name, target)
    compare(folder.name, theirs.answer(), ours, theirs.aliases(), sums, show)
    sums["packages", "compared"] += 1


def goal(sums, what):
    """Prints the sums; false below the goals."""
    want, both, got = (sums[what, k] for k in ("want", "both", "got"))
    recall, precision = both / max(want, 1), both / max(got, 1)
    print(f"{what}: {both} of {want} found ({recall:.2%}), {got - both} of {got} otherwise ({precision:.2%}), "
          f"{sums[what, 'unknown']} unknown")
    return recall >= GOAL and precision >= GOAL


def main():
    named = [a for a in sys.argv[2:] if not a.startswith("-")]
    if CARGO is None:
        print("skipped: cargo is not installed")
        return 77
    found = newest(named or (LONG if "--long" in sys.argv else QUICK))
    if not found:
        print("skipped: no packages in Cargo's registry")
        return 77
    sums = collections.Counter()
    with tempfile.TemporaryDirectory() as work:
        target = pathlib.Path(os.environ.get("NAMES_TARGET", work + "/target"))
        for folder in found:
            try:
                judge(sys.argv[1], folder, pathlib.Path(work), target, sums, "--show" in sys.argv)
            except (subprocess.TimeoutExpired, RuntimeError) as problem:
                print(f"{folder.name}: {problem}", flush=True)
                sums["packages", "failed"] += 1
    print("; ".join(f"{what}: {n}" for (kind, what), n in sums.items() if kind == "packages"))
    if sums["packages", "compared"] == 0:
        print("skipped: no package builds here")
        return 77
    return not all([goal(sums, what) for what in ("use", "api", "impl", "sig")])


if __name__ == "__main__":
    sys.exit(main())
