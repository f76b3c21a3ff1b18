# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes artefacts from recipes, once: the result is kept under a hash of all that it depends on."""
import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import threading

TOOLS = {  # $NAME in a recipe: the tool that it needs, and the command
    "RUSTC": ("rustc", "rustc"),
    "NIGHTLY": ("rustc-nightly", "rustc +nightly"),
    "CC": ("gcc", "gcc"),
    "CLANG": ("clang", "clang"),
}
GENERATORS = {"MKELF": "mkelf.py", "MKPE": "mkpe.py", "MKMACHO": "mkmacho.py"}
TIMEOUT = 300


def put_whole(source, target):
    """Never half a file, and the one that is there stays: another suite's compiler may read it just now."""
    target = pathlib.Path(target)
    if target.is_file() and target.read_bytes() == pathlib.Path(source).read_bytes():
        return
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copy2(source, fresh)
    os.replace(fresh, target)


@dataclasses.dataclass
class Made:
    path: str = ""
    error: str = ""
    missing: list = dataclasses.field(default_factory=list)


def shared_std():
    """Name of the standard library as a shared library; Debian's rustc-web comes without one."""
    run = subprocess.run(["rustc", "--print", "target-libdir"], capture_output=True, text=True)
    found = sorted(pathlib.Path(run.stdout.strip()).glob("libstd-*.so")) if run.returncode == 0 else []
    return found[0].name if found else None


class Builder:
    def __init__(self, root, cache):
        # Paths are what some checks are about: sources are compiled and artefacts made in a folder whose name is
        # nobody's, wherever the project lies (often in a home folder). The paths are the same in each run.
        name = hashlib.sha256(f"{os.getuid()} {root}".encode()).hexdigest()[:12]
        self.neutral = pathlib.Path("/tmp") / f"rustproof-checks-{name}"
        self.neutral.mkdir(mode=0o700, exist_ok=True)
        if self.neutral.lstat().st_uid != os.getuid():
            raise SystemExit(f"{self.neutral} belongs to somebody else")
        self.source = self.neutral / "src"
        shutil.copytree(root / "tests/checks/src", self.source, dirs_exist_ok=True, copy_function=put_whole)
        self.tools = root / "tests/tools"
        self.cache = cache.resolve()
        self.locks = {}
        self.guard = threading.Lock()
        self.versions = {}

    def environment(self):
        env = dict(os.environ, SRC=str(self.source), LC_ALL="C", SOURCE_DATE_EPOCH="0")
        for name in ("RUSTFLAGS", "CFLAGS", "LDFLAGS"):
            env.pop(name, None)
        env.update({name: command for name, (_, command) in TOOLS.items()})
        env.update({name: f"python3 {self.tools / file}" for name, file in GENERATORS.items()})
        return env

    def version(self, tool):
        """First lines of --version, or None when the tool is not there."""
        with self.guard:
            if tool not in self.versions:
                command = ["rustc", "+nightly"] if tool == "rustc-nightly" else [tool]
                if tool == "shared-std":
                    self.versions[tool] = shared_std()
                    return self.versions[tool]
                try:
                    run = subprocess.run(command + ["--version"], capture_output=True, text=True, timeout=30)
                    # without rustup, rustc takes no notice of "+nightly"
                    there = tool != "rustc-nightly" or (run.returncode == 0 and "nightly" in run.stdout)
                    self.versions[tool] = run.stdout[:200] if there else None
                except (OSError, subprocess.TimeoutExpired):
                    self.versions[tool] = None
            return self.versions[tool]

    def needs(self, artefact):
        text = "\n".join(artefact.commands)
        tools = [tool for name, (tool, _) in TOOLS.items() if re.search(rf"\${name}\b", text)]
        return sorted(set(tools + artefact.needs))

    def inputs(self, artefact):
        """Bytes of every source and generator that the recipe names."""
        text = "\n".join(artefact.commands)
        files = [self.source / name for name in re.findall(r"\$SRC/([\w./-]+)", text)]
        files += [self.tools / file for name, file in GENERATORS.items() if re.search(rf"\${name}\b", text)]
        return [file.read_bytes() for file in files if file.is_file()]

    def digest(self, artefact, below):
        h = hashlib.sha256()
        for part in artefact.commands + [self.version(tool) for tool in self.needs(artefact)] + [below]:
            h.update(part.encode() + b"\0")
        for content in self.inputs(artefact):
            h.update(hashlib.sha256(content).digest())
        return h.hexdigest()[:24]

    def make(self, artefact):
        missing = [tool for tool in self.needs(artefact) if self.version(tool) is None]
        if missing:
            return Made(missing=missing)
        below = self.make(artefact.source) if artefact.source else Made()
        if below.missing or below.error:
            return below
        key = self.digest(artefact, below.path)
        with self.guard:
            lock = self.locks.setdefault(key, threading.Lock())
        with lock:
            return self.cached(artefact, key, below.path)

    def cached(self, artefact, key, below):
        folder = self.cache / key
        done = folder / "artefact"
        if done.exists():
            return Made(str(done))
        work = self.neutral / f"{key}.{os.getpid()}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        env = dict(self.environment(), OUT=str(work / "artefact"), IN=below, DIR=str(work))
        for command in artefact.commands:
            run = subprocess.run(["sh", "-euc", command], cwd=work, env=env, capture_output=True, text=True,
                                 timeout=TIMEOUT)
            if run.returncode != 0:
                shutil.rmtree(work)
                return Made(error=f"cannot build '{artefact.name}': {command}\n{run.stderr[-2000:]}")
        if not (work / "artefact").exists():
            shutil.rmtree(work)
            return Made(error=f"'{artefact.name}' did not write $OUT")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(work, folder)
        return Made(str(done))
