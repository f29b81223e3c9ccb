"""One style sheet for all pages in place of many, each of which a page would wait for."""

import hashlib
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

SHEET = "styles.css"
LINK = re.compile(
    r'\s*<link (?=[^>]*rel="stylesheet")[^>]*href="(?P<root>[^"]*?)_static/(?P<name>[^"?]*)[^>]*>'
)
OPTIONS = re.compile(r'<script src="[^"]*_static/(?P<name>documentation_options\.js)[^>]*>')
IMPORT = re.compile(r'@import "(?P<name>[^"]*)";')
ADDRESS = re.compile(r"(?:url\([\"']?|@import [\"'])(?!data:|#|/|\w+:)(?P<path>[^\"')]+)")


def bundle(pages: Mapping[Path, str], folder: Path) -> dict[Path, str]:
    """The pages with one style sheet, which is written to the book's `_static`, in the same order.

    The options of Sphinx, a script of five lines that pages read at once, become part of them.
    """
    static = folder / "_static"
    names = dict.fromkeys(link["name"] for page in pages.values() for link in LINK.finditer(page))
    sheet = "\n".join(_read(static, name) for name in names)
    (static / SHEET).write_text(sheet, encoding="utf-8")
    version = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    options = (static / "documentation_options.js").read_text("utf-8")
    return {
        path: OPTIONS.sub(lambda _: f"<script>{options}", _linked(page, version))
        for path, page in pages.items()
    }


def _read(static: Path, name: str) -> str:
    """A style sheet with those that it imports, as it reads in the folder above all of them."""
    sheet = moved((static / name).read_text("utf-8").replace('@charset "UTF-8";', ""), name)
    return IMPORT.sub(lambda found: _read(static, found["name"]), sheet)


def moved(sheet: str, name: str) -> str:
    """A style sheet of this name with its addresses as they read in the folder above."""

    def address(found: re.Match[str]) -> str:
        path = posixpath.join(posixpath.dirname(name), found["path"])
        return found[0].replace(found["path"], posixpath.normpath(path))

    return ADDRESS.sub(address, sheet)


def _linked(page: str, version: str) -> str:
    """The page with one link, where the first one was."""
    first = LINK.search(page)
    if first is None:
        return page
    link = f'\n  <link rel="stylesheet" href="{first["root"]}_static/{SHEET}?v={version}" />'
    return page[: first.start()] + link + LINK.sub("", page[first.end() :])
