"""What a page says about itself: to search engines, in shared links, and to those who cite."""

import re
from html import escape, unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

LONGEST = 160  # characters of a description that search engines show
PICTURE = "_static/screenshot.png"


def setup(app: Sphinx) -> None:
    """Add descriptions, citations and, once the book has an address, a map of its pages."""
    app.connect("config-inited", link_repository)
    app.connect("html-page-context", introduce)
    app.connect("build-finished", write_sitemap)


def link_repository(app: Sphinx, config: Config) -> None:
    """Show links to the source, to edit it and to report a mistake, if there is where to link."""
    options = config.html_theme_options
    for kind in ("repository", "edit_page", "issues"):
        options[f"use_{kind}_button"] = bool(options.get("repository_url"))


def introduce(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    tree: nodes.document | None,
) -> None:
    """Give the page its description, the tags of a shared link, and its citation."""
    if tree is None:
        return
    book = yaml.safe_load((Path(app.confdir) / "CITATION.cff").read_text(encoding="utf-8"))
    title = unescape(re.sub("<.*?>", "", context["title"]))
    address = app.config.html_baseurl and f"{app.config.html_baseurl.rstrip('/')}/{page}.html"
    context["metatags"] += tags(
        title, description(title, tree), app.config.html_title, address, page
    )
    context["book_version"] = version("pgbook")
    context["bibtex"] = bibtex(page, title, book, address)


def description(title: str, tree: nodes.document) -> str:
    """Title and first sentences without formulas, as many as search engines show."""
    text = start = f"{title}."
    for paragraph in tree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section):
            continue
        copy = paragraph.deepcopy()
        for formula in list(copy.findall(nodes.math)):
            formula.parent.replace(formula, nodes.Text("\\"))
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(copy.astext().split())):
            longer = f"{text} {sentence}"
            if "\\" in sentence or not sentence.endswith((".", "!", "?")):
                continue
            if len(longer) > LONGEST:
                return text if text != start else f"{longer[:LONGEST].rsplit(' ', 1)[0]} …"
            text = longer
    return text


def tags(title: str, text: str, book: str, address: str, page: str) -> str:
    """The elements of a page's head that say what it is about."""
    named = {"description": text, "twitter:card": "summary"}
    shared = {"title": title, "description": text, "type": "article", "site_name": book}
    if address:
        base = address.removesuffix(f"{page}.html")
        shared |= {"url": address, "image": base + PICTURE}
    lines = [f'<meta name="{name}" content="{escape(value)}" />' for name, value in named.items()]
    lines += [
        f'<meta property="og:{name}" content="{escape(value)}" />' for name, value in shared.items()
    ]
    return "\n    ".join(lines) + "\n"


def bibtex(page: str, title: str, book: dict[str, Any], address: str) -> str:
    """An entry that cites the page in its version of the book."""
    authors = " and ".join(author["name"] for author in book["authors"])
    fields = {
        "author": f"{{{authors}}}",
        "title": f"{{{title}}}",
        "howpublished": f"In: {book['title']}, version {book['version']}",
        "year": str(book["date-released"].year),
    }
    if address:
        fields["url"] = address
    key = page.removeprefix("book/").replace("/", "-")
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items()]
    return f"@misc{{pgbook-{key},\n" + ",\n".join(lines) + "\n}"


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    """List the pages for search engines; they want whole addresses."""
    base = app.config.html_baseurl.rstrip("/")
    if error or app.builder.format != "html" or not base:
        return
    pages = "\n".join(
        f"  <url><loc>{escape(f'{base}/{page}.html')}</loc></url>"
        for page in sorted(app.env.found_docs)
    )
    (Path(app.outdir) / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}\n</urlset>\n',
        encoding="utf-8",
    )
