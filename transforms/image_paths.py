"""Image paths stay inside the image folder: the one rule, for whoever reads them from annotations or opens them."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:")
_UNPAIRED = re.compile("[\ud800-\udfff]")  # surrogates, which no file system can spell
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def path_problem(uri: str) -> str:
    """Returns why an image path is refused, "" where it is a relative path that stays in its folder.

    Backslashes count as separators, and drive letters as absolute, so that a verdict does not depend on the machine.
    """
    if not uri or "\0" in uri or _UNPAIRED.search(uri):
        return "not a possible file name"
    if _SCHEME.match(uri):
        return "a URI of its own, a path relative to the image folder expected"
    if uri.startswith(("/", "\\")) or _DRIVE.match(uri):
        return "an absolute path, one relative to the image folder expected"
    if ".." in re.split(r"[/\\]", uri):
        return '".." leaves the image folder'
    return ""
