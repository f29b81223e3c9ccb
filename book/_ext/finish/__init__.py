"""What the theme leaves undone: light pages, a search for words, a description of each page.

A Sphinx extension. Mathematics is typeset and the icon font reduced once the pages are written.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

from finish import about, cards, edition, icons, live, mathematics, parallel, search, styles


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts with the events of a build."""
    parallel.setup(app)
    edition.setup(app)
    mathematics.setup(app)
    search.setup(app)
    about.setup(app)
    cards.setup(app)
    live.setup(app)
    # Last of all: the theme writes the colours of code, and others their styles, at the end too.
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def lighten(app: Sphinx, error: Exception | None) -> None:
    """Rewrite the pages with typeset mathematics and without what they do not need."""
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    pages = {path: path.read_text(encoding="utf-8") for path in pages_of(folder)}
    live.publish(app, pages)
    pages = mathematics.typeset(pages, app)
    pages = icons.reduce(pages, folder)
    pages = styles.bundle(pages, folder)
    for path, html in pages.items():
        path.write_text(deferred(html), encoding="utf-8")


def pages_of(folder: Path) -> list[Path]:
    """All pages of a built book, without the templates of themes and the live notebooks."""
    others = {folder / "_static", folder / live.FOLDER}
    return sorted(path for path in folder.rglob("*.html") if not others & {*path.parents})


def deferred(html: str) -> str:
    """The page with the scripts of its head run after it is read, in their order."""
    head, end, rest = html.partition("</head>")
    script = r'<script ((?:data-[\w-]+="[^"]*" )?src=")'
    return re.sub(script, r"<script defer \1", head) + end + rest
