# SPDX-License-Identifier: MIT OR Apache-2.0
"""Sentences that a program writes about numbers: "1 files" and "1 file are" are faults in whatever it prints."""
import re

COUNTED = ("advisories|artefacts|blocks|branches|bytes|calls|checks|comments|crates|days|entries|entitlements|errors|"
           "files|findings|functions|handlers|hashes|libraries|lines|members|notes|operations|packages|pads|pages|"
           "paths|places|pointers|problems|relocations|results|sections|segments|statements|symbols|targets|warnings")
ONE = r"(?<![\w.,/:+#%=<>*-])1 "
WORD = r"(?!of |in |with |from |to |and |or )[a-zA-Z-]+ "
FAULT = re.compile(rf"{ONE}(?:{WORD}){{0,2}}(?:{COUNTED})\b|{ONE}(?:{WORD}){{1,2}}(?:are|have|were|do)\b")


def number_fault(text):
    """The first words in which a noun or verb does not agree with its number, or None."""
    match = FAULT.search(text)
    return match.group(0) if match else None
