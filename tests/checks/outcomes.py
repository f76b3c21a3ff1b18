# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which outcomes the code of a check can give: read from the sources, along the calls from its `rp_check`."""
import re

# The calls that set an outcome (checks/check.h).
SETTERS = {"rp_pass": "pass", "rp_find": "finding", "rp_skip": "na", "rp_unknown": "unknown"}
# Its head begins in the first column and may go on over lines; its body ends at a brace there.
FUNCTION = re.compile(r"^(?P<static>static )?[A-Za-z][^;{}=#]*?\b(?P<name>\w+)\([^;{}]*\)\n"
                      r"\{\n(?P<body>.*?)^\}", re.M | re.S)
ROW = re.compile(r"^const rp_check rp_check_rp\d+ = \{.*?^\};", re.M | re.S)
WORD = re.compile(r"\b[a-z]\w+\b")


def without_texts(source):
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/', "", source, flags=re.S)


class Sources:
    """The functions of src/checks: a static one is known in its own file only."""

    def __init__(self, folder):
        self.files = {file: without_texts(file.read_text()) for file in sorted(folder.rglob("*.c"))}
        self.own, self.shared = {}, {}
        for file, text in self.files.items():
            self.own[file] = {}
            for match in FUNCTION.finditer(text):
                (self.own[file] if match["static"] else self.shared)[match["name"]] = (file, match["body"])

    def called(self, file, text):
        for word in set(WORD.findall(text)):
            found = self.own[file].get(word) or self.shared.get(word)
            if found:
                yield word, found

    def outcomes_of(self, file):
        """The outcomes that are reached from the row of the check in `file`."""
        row = ROW.search(self.files[file])
        waiting, seen = [(file, row[0])], set()
        found = {"pass", "finding", "unknown"} if ".rule = " in row[0] else set()  # by rule_result.c
        while waiting:
            where, text = waiting.pop()
            found |= {SETTERS[word] for word in WORD.findall(text) if word in SETTERS}
            for name, (home, body) in self.called(where, text):
                if (home, name) not in seen and name not in SETTERS:
                    seen.add((home, name))
                    waiting.append((home, body))
        return found


def of_checks(folder):
    """Code of each check in `folder` -> the outcomes that it can give."""
    sources = Sources(folder)
    return {file.name[:6].upper(): sources.outcomes_of(file) for file in sources.files
            if re.match(r"rp\d{4}_", file.name)}
