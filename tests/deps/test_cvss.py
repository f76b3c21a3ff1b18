# SPDX-License-Identifier: MIT OR Apache-2.0
"""CVSS scores against the package `cvss` (Red Hat's) over random vectors of every version, and
vectors that are none. Usage: test_cvss.py PROBE CACHE_FOLDER"""
import importlib
import pathlib
import random
import subprocess
import sys

PROBE, CACHE = sys.argv[1], pathlib.Path(sys.argv[2])
EACH = 10000  # vectors of a version

BASE = {
    "": "AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC",
    "CVSS:3.0/": "AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN",
    "CVSS:3.1/": "AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN",
    "CVSS:4.0/": "AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN",
}
MORE4 = ("E:XAPU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA MVC:XHLN MVI:XHLN "
         "MVA:XHLN MSC:XHLN MSI:XSHLN MSA:XSHLN")
BAD = ["CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Z", "CVSS:5.0/AV:N/AC:L",
       "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1", "CVSS:4.0/AV:N/AC:L/AT:N",
       "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "AV:N/AC:L/Au:N/C:N/I:N", "x", "/", ":",
       "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:Z", "CVSS:3.1/av:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]


def oracle():
    sys.path.insert(0, str(CACHE))
    try:
        import cvss
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--target", str(CACHE), "cvss"], capture_output=True, timeout=100)
        importlib.invalidate_caches()  # the folder was not there when it was first looked into
        try:
            import cvss
        except ImportError:
            print("SKIPPED: the package cvss could not be had")
            print("0 passed, 0 failed, 1 skipped")
            sys.exit(77)
    return cvss


def pick(random_, metrics):
    return [f"{m.split(':')[0]}:{random_.choice(m.split(':')[1])}" for m in metrics.split()]


def vectors():
    r = random.Random(4)
    for prefix, metrics in BASE.items():
        for i in range(EACH):
            parts = pick(r, metrics)
            if prefix == "CVSS:4.0/" and i % 2:
                parts += [m for m in pick(r, MORE4) if r.random() < 0.4]
            yield prefix + "/".join(parts)


def expected(cvss, vector):
    if vector.startswith("CVSS:4"):
        x = cvss.CVSS4(vector)
        return f"{round(float(x.base_score) * 10)} {x.severity.lower()}"
    if vector.startswith("CVSS:3"):
        x = cvss.CVSS3(vector)
        return f"{round(float(x.base_score) * 10)} {x.severities()[0].lower()}"
    x = cvss.CVSS2(vector)
    return f"{round(float(x.base_score) * 10)} {x.severities()[0].lower()}"


def main():
    cvss = oracle()
    questions = list(vectors())
    got = subprocess.run([PROBE, "cvss"], input="\n".join(questions + BAD) + "\n", text=True,
                         capture_output=True, check=True).stdout.split("\n")
    faults = [(q, a, w) for q, a in zip(questions, got) if a != (w := expected(cvss, q))]
    faults += [(q, a, "-") for q, a in zip(BAD, got[len(questions):]) if a != "-"]
    for q, a, w in faults[:20]:
        print(f"{q}: {a}, not {w}")
    n = len(questions) + len(BAD)
    print(f"{n - len(faults)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults else 0


sys.exit(main())
