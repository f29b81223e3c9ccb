"""A notebook as it is served: alone, in Jupyter, it reads as its page in the book.

References become the words and numbers that the page has, with links to the book; theorems
and exercises keep their numbers; solutions are folded, or left out in the edition for students,
and outputs left to the reader.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urljoin

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import new_document

from finish import edition

HERE = "https://book.invalid/"  # stands for the address of the book, which the browser knows
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?P<text>[^`]+)`")
ANCHOR = re.compile(r"\[(?P<text>[^\]]*)\]\(#(?P<label>[\w-]+)\)")
TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
EQUATION = re.compile(r"\$\$(?P<tex>.+?)\$\$(?: \((?P<label>[\w-]+)\))?", re.DOTALL)
EXERCISE = re.compile(
    r"^(?P<fence>[`:]{3,})\{exercise\}.*\n:label: (?P<label>.+)\n(?P<text>(?:.*\n)*?)(?P=fence)$",
    re.MULTILINE,
)
STATEMENT = re.compile(
    r"^(?P<fence>[`:]{3,})\{(?P<kind>prf:\w+|solution)\}(?P<title>.*)(?:\n:label: (?P<label>.+))?$",
    re.MULTILINE,
)
SOLUTION = re.compile(
    r"^(?P<fence>[`:]{3,})\{solution-(?P<what>start|end)\}(?P<label>.*)\n(?::.*\n)*(?P=fence)$",
    re.MULTILINE,
)
SOLVED = re.compile(r"^(?P<fence>[`:]{3,})\{solution\}.*\n(?:.*\n)*?(?P=fence)$", re.MULTILINE)
TITLE = re.compile(
    r'id="(?P<id>[\w-]+)">\s*(?:<span id="[^"]*"></span>\s*)*'
    r'<p class="admonition-title">(?P<title>.*?)</p>',
    re.DOTALL,
)
NUMBER = re.compile(r'id="equation-(?P<id>[\w-]+)">\s*<span class="eqno">\((?P<number>.*?)\)<')
WELCOME = (
    "*This is the page [{title}]({address}) as a notebook: its code is yours to change. "
    "The menu **Run** runs all cells.*"
)
ALONE = "*This notebook belongs to the page {title} of the book {book}.*"
INSTALL = """\
# The package of the book in the version of this page, unless it is there already.
%pip install -q {what}"""
GYMNASIUM = """ gymnasium
# Gymnasium asks for processes, which a browser does not have and this page does not use.
import sys
from unittest.mock import MagicMock

if sys.platform == "emscripten":
    sys.modules["_multiprocessing"] = MagicMock()"""


class Server:
    """Makes the notebooks that the book serves, once its pages are written."""

    def __init__(self, app: Sphinx, pages: Mapping[Path, str]) -> None:
        self.app, self.titles, self.numbers = app, {}, {}
        self.resolved = cache(self._resolved)  # for the two notebooks of a page
        for path, html in pages.items():
            for found in TITLE.finditer(html):
                self.titles[found["id"]] = _words(found["title"])
            for found in NUMBER.finditer(html):
                name = path.relative_to(app.outdir).with_suffix("").as_posix()
                self.numbers[name, found["id"]] = found["number"]

    def live(self, page: str) -> NotebookNode:
        """The notebook in JupyterLite, whose own index has the package."""
        notebook = self._notebook(page, HERE, f"pgbook=={version('pgbook')}")
        notebook.metadata.kernelspec = KERNEL
        return notebook

    def download(self, page: str) -> NotebookNode:
        """The notebook elsewhere: the package is at the address of the book, if it has one."""
        root = self.app.config.html_baseurl
        root = root and f"{root.rstrip('/')}/"
        wheel = f"lite/pypi/pgbook-{version('pgbook')}-py3-none-any.whl"
        return self._notebook(page, root, root and f"pgbook@{root}{wheel}")

    def _notebook(self, page: str, root: str, package: str) -> NotebookNode:
        notebook = nbformat.read(self.app.env.doc2path(page), as_version=4)
        title, book = self.app.env.titles[page].astext(), self.app.config.html_title
        text = WELCOME if root else ALONE
        text = text.format(title=title, book=book, address=f"{root}{page}.html")
        start = [nbformat.v4.new_markdown_cell(text, id="book")]
        if package:
            code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
            install = INSTALL.format(what=package)
            if any("import gymnasium" in source for source in code):
                install += GYMNASIUM
            start.append(nbformat.v4.new_code_cell(install, id="install"))
        references = self._references(page, root)
        if edition.chosen() == "student":
            notebook.cells = unsolved(notebook.cells)
        cells = [part for cell in notebook.cells for part in self._parts(cell, page, references)]
        notebook.cells = [*start, *cells]
        return notebook

    def _parts(self, cell: NotebookNode, page: str, references: dict[str, str]):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if "hide-input" in cell.metadata.get("tags", ()):
                cell.metadata["jupyter"] = {"source_hidden": True}
            yield cell
        else:
            text, at = self._text(cell.source, page, references), 0
            for number, fence in enumerate([*SOLUTION.finditer(text), None]):
                piece = text[at : fence.start() if fence else None].strip()
                if piece:
                    yield _markdown(piece, f"{cell.id}-{number}" if number else cell.id)
                if fence and fence["what"] == "start":
                    title = f"#### Solution to {self.titles[fence['label'].strip()]}"
                    yield _markdown(title, f"{cell.id}-folded-{number}", folded=True)
                at = fence.end() if fence else None

    def _text(self, text: str, page: str, references: dict[str, str]) -> str:
        """A cell with everything that only the book knows put into words."""
        text = TARGET.sub("", text)
        text = EQUATION.sub(lambda found: self._equation(page, **found.groupdict()), text)
        # A folded solution ends at the next heading, so an exercise has one.
        text = EXERCISE.sub(
            lambda found: f"### {self.titles[found['label'].strip()]}\n\n{found['text'].strip()}",
            text,
        )
        text = STATEMENT.sub(self._statement, text)
        text = ANCHOR.sub(
            lambda found: references["#" + found["label"]].format(found["text"]), text
        )
        return ROLE.sub(lambda found: references.get(_key(**found.groupdict()), found[0]), text)

    def _equation(self, page: str, tex: str, label: str | None) -> str:
        """An equation with its number in the book, and without one in the notebook."""
        tag = f" \\tag{{{self.numbers[page, label]}}}" if label else ""
        return f"$$\\begin{{equation*}}{tex}{tag}\\end{{equation*}}$$"

    def _statement(self, found: re.Match[str]) -> str:
        kind = found["kind"].removeprefix("prf:")
        if kind == "solution":
            title = f"Solution to {self.titles[found['title'].strip()]}"
        elif found["label"]:
            title = self.titles[found["label"].strip()]
        else:
            title = f"{kind.capitalize()} {found['title']}".strip()
        return f"{found['fence']}{{admonition}} {title}"

    def _references(self, page: str, root: str) -> dict[str, str]:
        """What each reference of a page says in the book, with a link if there is an address."""
        found = {}
        here = urljoin(root, f"{page}.html") if root else ""

        def link(text: str, address: str) -> str:
            return f"[{text}]({urljoin(here, address)})" if root else text

        for name, (target, anchor) in self.app.env.get_domain("std").anonlabels.items():
            address = f"{self.app.builder.get_relative_uri(page, target)}#{anchor}"
            found[f"#{name}"] = link("{}", address)
        for key, resolved in self.resolved(page).items():
            found[key] = "".join(_marked(node, link) for node in resolved)
        return found

    def _resolved(self, page: str) -> dict[str, list[nodes.Node]]:
        """Each reference of a page, as the book resolves it."""
        env, found = self.app.env, {}
        for reference in env.get_doctree(page).findall(pending_xref):
            key = " ".join(reference.rawsource.split())
            if key not in found:
                tree = new_document(page)
                tree.settings.env = env
                tree += nodes.paragraph("", "", reference.deepcopy())
                env.resolve_references(tree, page, self.app.builder)
                found[key] = tree[0].children
        return found


def unsolved(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells without solutions, some of which begin in one cell and end in another."""
    left, inside = [], False
    for cell in cells:
        if cell.cell_type == "markdown":
            text, kept, at = SOLVED.sub("", cell.source), "", 0
            for fence in SOLUTION.finditer(text):
                kept += "" if inside else text[at : fence.start()]
                inside, at = fence["what"] == "start", fence.end()
            cell.source = kept if inside else kept + text[at:]
            left += [cell] if cell.source.strip() else []
        elif not inside:
            left.append(cell)
    return left


def _key(role: str, text: str) -> str:
    return " ".join(f":{role}:`{text}`".split())


def _markdown(text: str, name: str, *, folded: bool = False) -> NotebookNode:
    cell = nbformat.v4.new_markdown_cell(text, id=name)
    if folded:
        cell.metadata["jp-MarkdownHeadingCollapsed"] = True
    return cell


def _marked(node: nodes.Node, link) -> str:
    """A resolved reference as Markdown."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        return f"${node.astext()}$"
    text = "".join(_marked(child, link) for child in node.children)
    if isinstance(node, nodes.reference):
        address = node.get("refuri") or f"#{node['refid']}"
        return link(text, address)
    return text


def _words(html: str) -> str:
    """The text of a title as Markdown."""
    text = unescape(re.sub("<.*?>", "", html))
    return " ".join(re.sub(r"\\\((.*?)\\\)", r"$\1$", text).split())
