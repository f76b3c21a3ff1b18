#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""validate.py report|facts [lines] < OUTPUT: holds JSON against its published schema; with `lines`
each line is a document of $defs/line. Exit 1 with the reason when it does not fit."""
import json
import os
import pathlib
import sys

import jsonschema


def no_duplicates(pairs):
    keys = [k for k, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"duplicate keys in {keys}")
    return dict(pairs)


def main(argv):
    schema = json.loads((pathlib.Path(os.environ["SCHEMA"]) / f"{argv[0]}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    text = sys.stdin.buffer.read().decode("utf-8")  # strict
    documents = text.splitlines() if "lines" in argv else [text]
    if "lines" in argv:
        schema = {"$ref": "#/$defs/line", "$defs": schema["$defs"]}
    validator = jsonschema.Draft202012Validator(schema)
    for document in documents:
        validator.validate(json.loads(document, object_pairs_hook=no_duplicates))
    print(f"valid: {len(documents)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (ValueError, jsonschema.ValidationError) as error:
        sys.exit(f"not valid: {str(error)[:2000]}")
