#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Changes a signed PE32+ file, and puts the digest of the changed file into its signature: what the signer signed is
then another digest.

  pe_replace_digest.py IN OUT
"""
import hashlib
import struct
import sys


def digest(data):
    """Authenticode: all but the checksum, the security directory's entry and the certificates."""
    optional = struct.unpack_from("<I", data, 0x3c)[0] + 24
    checksum, entry = optional + 64, optional + 112 + 8 * 4
    table, size = struct.unpack_from("<II", data, entry)
    parts = data[:checksum], data[checksum + 4:entry], data[entry + 8:table], data[table + size:]
    return hashlib.sha256(b"".join(parts)).digest()


data = bytearray(open(sys.argv[1], "rb").read())
before = digest(data)
assert data.count(before) == 1, "the digest of the file is in its signature once"
data[4000] ^= 1
at = data.index(before)
data[at:at + len(before)] = digest(data)
open(sys.argv[2], "wb").write(data)
