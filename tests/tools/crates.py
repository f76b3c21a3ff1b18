# SPDX-License-Identifier: MIT OR Apache-2.0
"""Source of other people's packages on this machine."""
import pathlib


def manifests():
    """Of each package that Cargo fetched; without any, of Debian's librust-*-dev."""
    fetched = pathlib.Path.home().glob(".cargo/registry/src/*/*/Cargo.toml")
    return sorted(fetched) or sorted(pathlib.Path("/usr/share/cargo/registry").glob("*/Cargo.toml"))
