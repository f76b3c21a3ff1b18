# SPDX-License-Identifier: MIT OR Apache-2.0
"""`rustproof db update` against a local HTTPS server with a certificate of our own: what is good
becomes the database, what is not leaves the old one as it was. Usage: test_update.py RUSTPROOF"""
import contextlib
import gzip
import http.server
import io
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading

RUSTPROOF = pathlib.Path(sys.argv[1]).resolve()
faults, passed = [], 0

ADVISORY = """```toml
[advisory]
id = "RUSTSEC-2099-%04d"
package = "crate-%d"
date = "2099-01-%02d"
url = "https://example.org"
[versions]
patched = [">= 1.2.3"]
```

# Title

Text.
"""


def expect(what, got, want=True):
    global passed
    if got == want:
        passed += 1
    else:
        faults.append(f"{what}: {got!r}, not {want!r}")


def skip(why):
    print(f"SKIPPED: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)


def member(tar, name, data=b"", kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(data)
    tar.addfile(info, io.BytesIO(data))


def archive(n=3, more=lambda tar: None, first=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        if first:
            first(tar)
        member(tar, "advisory-db-main/", kind=tarfile.DIRTYPE)
        member(tar, "advisory-db-main/README.md", b"not unpacked")
        member(tar, "advisory-db-main/.github", kind=tarfile.SYMTYPE, link="/etc")  # outside: left out
        for i in range(1, n + 1):
            text = (ADVISORY % (i, i, i)).encode()
            member(tar, f"advisory-db-main/crates/crate-{i}/RUSTSEC-2099-{i:04}.md", text)
        more(tar)
    return out.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        s = self.server.script
        s["requests"].append(dict(self.headers))
        if s.get("etag") and self.headers.get("If-None-Match") == s["etag"]:
            self.answer(304, b"")
        elif s.get("modified") and self.headers.get("If-Modified-Since") == s["modified"]:
            self.answer(304, b"")
        elif s.get("location") and self.path != "/moved":
            self.answer(302, b"", {"Location": s["location"]})
        else:
            self.answer(s.get("status", 200), s["body"])

    def answer(self, status, body, more=None):
        s = self.server.script
        self.send_response(status)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        for name in ("etag", "modified"):
            if s.get(name):
                self.send_header({"etag": "ETag", "modified": "Last-Modified"}[name], s[name])
        self.send_header("Content-Length", str(len(body) + s.get("missing", 0)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)
        if s.get("missing"):
            self.close_connection = True


class Server:
    def __init__(self, certificate, key):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"https://localhost:{self.http.server_address[1]}/db.tar.gz"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def serve(self, body, **more):
        self.http.script = {"body": body, "requests": [], **more}
        return self.http.script


class Proxy(threading.Thread):
    """Answers CONNECT by a tunnel; counts."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.seen = self.socket.getsockname()[1], []
        self.start()

    def run(self):
        while True:
            client, _ = self.socket.accept()
            threading.Thread(target=self.tunnel, args=(client,), daemon=True).start()

    def tunnel(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        self.seen.append(head.split(b"\r\n")[0].decode())
        host, port = head.split()[1].decode().rsplit(":", 1)
        server = socket.create_connection(("127.0.0.1", int(port)))
        client.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
        threading.Thread(target=self.copy, args=(client, server), daemon=True).start()
        self.copy(server, client)

    @staticmethod
    def copy(a, b):
        with contextlib.suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)


class Case:
    def __init__(self, temp, ca):
        self.cache, self.ca = temp / "cache", ca
        self.env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self.env.update(XDG_CACHE_HOME=str(self.cache), HOME=str(temp), CARGO_HOME=str(temp / "cargo"))
        self.env.pop("RUSTPROOF_DB", None)

    def run(self, *args, **env):
        return subprocess.run([RUSTPROOF, "db", *args], capture_output=True, text=True, timeout=60,
                              env={**self.env, **env})

    def update(self, url, *args, ca=None, **env):
        return self.run("update", "--url", url, "--ca-file", str(ca or self.ca), *args, **env)

    def status(self):
        done = self.run("status", "-f", "json", "--max-age", "0")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def folders(self):
        return sorted(p.name for p in (self.cache / "rustproof/advisories").glob("db-*"))


def certificates(temp):
    if not shutil.which("openssl"):
        skip("openssl is not installed")
    for name, host in ("good", "localhost"), ("wrong", "elsewhere.invalid"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", temp / f"{name}.key",
                        "-out", temp / f"{name}.pem"], check=True, capture_output=True)


def good(case, server):
    served = server.serve(archive(3), etag='W/"one"')
    done = case.update(server.url)
    expect("good: exit code", done.returncode, 0)
    expect("good: advisories", (case.status() or {}).get("advisories"), 3)
    expect("good: asked without a condition", "If-None-Match" in served["requests"][0], False)
    expect("good: no secrets in the request", sorted(k.lower() for k in served["requests"][0]),
           ["accept", "host", "user-agent"])
    current = case.cache / "rustproof/advisories/current"
    names = sorted(str(p.relative_to(current)) for p in current.rglob("*") if not p.is_dir())
    expect("good: files", names, ["advisories.index"] + [f"crates/crate-{i}/RUSTSEC-2099-{i:04}.md" for i in (1, 2, 3)]
           + ["stamp.toml"])
    expect("path", case.run("path").stdout, f"{current}\n")
    done = case.update(server.url)
    expect("304: exit code", done.returncode, 0)
    expect("304: said", "nothing has changed" in done.stderr)
    expect("304: the condition", served["requests"][-1].get("If-None-Match"), 'W/"one"')
    expect("304: still there", case.status()["advisories"], 3)
    expect("304: one database", len(case.folders()), 1)
    server.serve(archive(5), modified="Fri, 21 Aug 2026 12:00:00 GMT")
    expect("newer: exit code", case.update(server.url).returncode, 0)
    expect("newer: advisories", case.status()["advisories"], 5)
    expect("the replaced one stays for who reads it", len(case.folders()), 2)
    done = case.update(server.url)
    expect("by date: said", "nothing has changed" in done.stderr)
    expect("which removes it", len(case.folders()), 1)


def index(case):
    """The index is a cache: spoilt, absent or of another database, the advisories are the same."""
    path = case.cache / "rustproof/advisories/current/advisories.index"
    whole = path.read_bytes()
    for what, data in (("cut", whole[:100]), ("spoilt", whole[:60] + b"\xff" * 20 + whole[80:]), ("empty", b""),
                       ("another version", whole[:8] + b"\x63" + whole[9:]),
                       ("another database", whole.replace(whole[29:61], b"0" * 32))):
        path.write_bytes(data)
        expect(f"index {what}", (case.status() or {}).get("advisories"), 5)
    path.unlink()
    expect("no index", case.status()["advisories"], 5)
    path.write_bytes(whole)
    advisory = path.parent / "crates/crate-1/RUSTSEC-2099-0001.md"
    text = advisory.read_text()
    advisory.write_text("broken")
    expect("the index is used", case.status()["faults"], 0)
    path.unlink()
    expect("broken one counted", case.status()["faults"], 1)
    expect("the others stay", case.status()["advisories"], 4)
    advisory.write_text(text)
    path.write_bytes(whole)


def large():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member(tar, "top/crates/a/b.md", bytes(200 << 20))
    return gzip.compress(out.getvalue(), 6)


def zeros():
    """A large archive of small members that would fill the disk."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for i in range(40):
            member(tar, f"top/crates/a/b{i}.md", bytes(3 << 20))
    return gzip.compress(out.getvalue(), 6)


def hostile(more):
    return archive(3, more=lambda tar: more(tar))


def through_link(tar):
    member(tar, "top/crates/out", kind=tarfile.SYMTYPE, link="../../../../..")
    member(tar, "top/crates/out/escaped.md", b"x")


def hard_link(tar):
    member(tar, "top/crates/a/x.md", kind=tarfile.LNKTYPE, link="/etc/passwd")


BAD = {  # what is served, and a word of the message
    "cut gzip": (lambda: archive(3)[:-200], ""),
    "cut in the middle": (lambda: archive(30)[:900], ""),
    "no archive": (lambda: b"<html>login</html>" * 50, "neither a tar archive nor a zip"),
    "empty": (lambda: b"", ""),
    "no advisories": (lambda: archive(0), "no database"),
    "mostly broken": (lambda: archive(1, lambda tar: [member(tar, f"t/crates/x/{i}.md", b"?") for i in range(9)]),
                      "no database"),
    "one large member": (large, "longer than 4 MiB"),
    "bomb": (zeros, "bomb"),
    "traversal": (lambda: hostile(lambda tar: member(tar, "top/crates/../../../../escaped.md", b"x")), "leads out"),
    "traversal in front": (lambda: archive(3, first=lambda tar: member(tar, "../escaped.md", b"x")), "leads out"),
    "absolute": (lambda: hostile(lambda tar: member(tar, "/tmp/escaped.md", b"x")), "leads out"),
    "backslashes": (lambda: hostile(lambda tar: member(tar, "top/crates\\..\\..\\escaped.md", b"x")), "leads out"),
    "symbolic link": (lambda: hostile(through_link), "a link or device"),
    "hard link": (lambda: hostile(hard_link), "a link or device"),
    "device": (lambda: hostile(lambda tar: member(tar, "top/crates/a/null", kind=tarfile.CHRTYPE)), "a link or device"),
    "twice": (lambda: archive(3, lambda tar: member(tar, "advisory-db-main/crates/crate-1/RUSTSEC-2099-0001.md", b"x")),
              "could not be written"),
}


def refused(case, server, what, done, word):
    expect(f"{what}: exit code", done.returncode not in (0, 70) and done.returncode > 0)
    expect(f"{what}: message ({done.stderr.strip()!r})", word in done.stderr)
    expect(f"{what}: the old one stays", (case.status() or {}).get("advisories"), 5)
    expect(f"{what}: nothing is left behind", len(case.folders()), 1)
    expect(f"{what}: nothing escaped", [*case.cache.parent.rglob("escaped*")], [])


def bad(case, server, wrong):
    for what, (body, word) in BAD.items():
        server.serve(body())
        refused(case, server, what, case.update(server.url), word)
    for what, more, word in (("truncated", {"missing": 1000}, ""), ("500", {"status": 500}, "status 500"),
                             ("404", {"status": 404}, "status 404"),
                             ("redirect to http", {"location": "http://localhost:1/x"}, ""),
                             ("unasked 304", {"status": 304}, "status 304")):
        server.serve(archive(7), **more)
        url = server.url + "?other" if what == "unasked 304" else server.url
        refused(case, server, what, case.update(url), word)
    server.serve(archive(7))
    refused(case, server, "unknown certificate", case.update(server.url, ca=wrong), "certificate")
    refused(case, server, "http", case.update(server.url.replace("https", "http", 1)), "only https")
    refused(case, server, "file", case.update("file:///etc/passwd"), "only https")
    refused(case, server, "nobody there", case.update("https://localhost:1/x"), "")


def main():
    with tempfile.TemporaryDirectory() as folder:
        temp = pathlib.Path(folder)
        certificates(temp)
        case, server = Case(temp, temp / "good.pem"), Server(temp / "good.pem", temp / "good.key")
        expect("nothing there", case.run("status").returncode, 4)
        probe = case.update(server.url.replace("https", "ftp"))
        server.serve(archive(1))
        if "which needs libcurl, is not installed" in case.update(server.url, ).stderr + probe.stderr:
            skip("built without libcurl")
        shutil.rmtree(case.cache, ignore_errors=True)
        good(case, server)
        index(case)
        bad(case, server, temp / "wrong.pem")
        elsewhere = Server(temp / "wrong.pem", temp / "wrong.key")
        elsewhere.serve(archive(7))
        refused(case, elsewhere, "certificate of another host", case.update(elsewhere.url, ca=temp / "wrong.pem"), "")
        proxy = Proxy()
        server.serve(archive(6), location="/moved")
        done = case.update(server.url, https_proxy=f"http://127.0.0.1:{proxy.port}")
        expect("proxy and redirect: exit code", done.returncode, 0)
        expect("proxy: asked", {line.split(":")[0] for line in proxy.seen}, {"CONNECT localhost"})
        expect("proxy: advisories", case.status()["advisories"], 6)
        listed = case.run("status", "-f", "json", "--max-age", "0",
                          RUSTPROOF_DB=f"{case.cache}/rustproof/advisories/current")
        expect("RUSTPROOF_DB", json.loads(listed.stdout)["advisories"], 6)
    for fault in faults:
        print(fault)
    print(f"{passed} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults else 0


sys.exit(main())
