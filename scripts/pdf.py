"""Print the built book as one PDF: contents, all pages but those of the package, solutions.

    python scripts/pdf.py

Chromium prints what the site shows, so the book must be built; `make pdf` builds it first.
It prints twice: from the first print it learns on which page each part begins.
"""

import posixpath
import re
import sys
from importlib.metadata import version
from pathlib import Path

import browsers
import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Error, Page, sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
PRINTED = HTML / "print.html"
STYLE = Path(__file__).with_suffix(".css")
BOOK = ROOT / "_build" / "policy-gradients-checked.pdf"
LEFT_OUT = "book/api/"  # the reference of the package is for the screen
START, LEDGER = "book/index", "book/ledger"
# What only a screen can use, folded code, and what is there twice.
UNPRINTED = (
    "a.headerlink, script, form, .buttons, .ghost, .pgbook-card, .pgbook-filter, "
    "details.above-input, .pgbook-explorer style ~ style, .pgbook-run, .pgbook-answer"
)
NUMBERS = (
    '<div style="font: 8pt sans-serif; width: 100%; text-align: center">'
    '<span class="pageNumber"></span></div>'
)


def main() -> None:
    """Print the book, and say where it is."""
    if (browser := browsers.found()) is None:
        sys.exit(f"To print, one of these browsers is needed: {', '.join(browsers.NAMES)}.")
    book = whole(parts())
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        except Error as error:
            sys.exit(f"{browser} does not start: {error}")
        print_twice(chromium.new_page(color_scheme="light"), book)
        chromium.close()
    print(f"The book is printed: {BOOK.relative_to(ROOT)}, {len(PdfReader(BOOK).pages)} pages.")


def parts() -> dict[str, list[str]]:
    """The pages to print, by the part of the book."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    all_parts = {part["caption"]: [c["file"] for c in part["chapters"]] for part in toc["parts"]}
    printed = {
        caption: [page for page in pages if not page.startswith(LEFT_OUT)]
        for caption, pages in all_parts.items()
    }
    return {caption: pages for caption, pages in printed.items() if pages}


def whole(parts: dict[str, list[str]]) -> BeautifulSoup:
    """All pages in the order of the contents in one document, the solutions at its end."""
    book = BeautifulSoup(FRAME.format(style=STYLE.read_text("utf-8")), "html.parser")
    book.main.append(article(START))
    solutions = book.new_tag("article", id="solutions")
    solutions.append(book.new_tag("h1", string="Solutions"))
    for caption, pages in parts.items():
        book.nav.append(book.new_tag("h2", string=caption))
        for page in pages:
            printed = article(page)
            title = printed.h1.get_text().strip()
            _list(book, page, title)
            if solved := [solution.extract() for solution in printed.select("div.solution")]:
                solutions.append(book.new_tag("h2", string=title))
                solutions.extend(solved)
            book.main.append(printed)
    if solutions.div:  # an edition may have none
        book.main.append(solutions)
        _list(book, "solutions", "Solutions")
    return book


def article(page: str) -> Tag:
    """What a page says, with addresses as they are in one document of all pages."""
    html = (HTML / f"{page}.html").read_text(encoding="utf-8")
    said = BeautifulSoup(html, "html.parser").select_one("article.bd-article")
    for unprinted in said.select(UNPRINTED):
        unprinted.decompose()
    for folded in said.select("details"):
        folded["open"] = ""
    if page != LEDGER:  # which holds all evidence once more
        for evidence in said.select("details:not([class])"):
            evidence.replace_with(evidence.summary.get_text())
    for named in said.select("[id]"):
        named["id"] = f"{page}--{named['id']}"
    said["id"] = page
    folder = posixpath.dirname(page)
    for picture in said.select("img[src]"):
        picture["src"] = posixpath.normpath(posixpath.join(folder, picture["src"]))
    for link in said.select("a[href]"):
        _lead_on(link, page)
    for used in said.find_all(["use", "g"], recursive=True):
        for name in ("xlink:href", "clip-path"):
            if name in used.attrs:
                used[name] = used[name].replace("#", f"#{page}--")
    return said


def _lead_on(link: Tag, page: str) -> None:
    """Let a link lead to its place in the one document, or to another host, or be text."""
    if re.match(r"\w+:", link["href"]):
        return
    path, _, anchor = link["href"].partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    target = target.removesuffix(".html")
    if target.startswith(LEFT_OUT) or not (HTML / f"{target}.html").exists():
        link.unwrap()
    else:
        link["href"] = f"#{target}--{anchor}" if anchor else f"#{target}"


def _list(book: BeautifulSoup, target: str, title: str) -> None:
    """Add a line to the contents, whose page number is still to come."""
    line = book.new_tag("p")
    line.extend([book.new_tag("a", href=f"#{target}", string=title), book.new_tag("span")])
    book.nav.append(line)


def print_twice(tab: Page, book: BeautifulSoup) -> None:
    """Print without page numbers in the contents, and with those that the first print shows."""
    _print(tab, book)
    pages = begins(BOOK)
    for line in book.nav.find_all("p"):
        line.span.string = str(pages[line.a["href"].removeprefix("#")])
    _print(tab, book)


def begins(path: Path) -> dict[str, int]:
    """On which page each named place of a PDF is, counted from one."""
    reader = PdfReader(path)
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def _print(tab: Page, book: BeautifulSoup) -> None:
    PRINTED.write_text(str(book), encoding="utf-8")
    tab.goto(PRINTED.as_uri(), wait_until="networkidle")
    PRINTED.unlink()
    tab.pdf(
        path=BOOK, format="A4", outline=True, tagged=True, display_header_footer=True,
        header_template="<span></span>", footer_template=NUMBERS, print_background=True,
        margin={"top": "18mm", "bottom": "20mm", "left": "20mm", "right": "20mm"},
    )  # fmt: skip


FRAME = f"""<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8"/>
<title>Policy gradients, checked</title>
<link rel="stylesheet" href="_static/styles.css"/>
<style>{{style}}</style>
</head>
<body>
<header><h1>Policy gradients, checked</h1><p>Version {version("pgbook")}</p></header>
<nav><h1>Contents</h1></nav>
<main class="bd-content"></main>
</body>
</html>
"""

if __name__ == "__main__":
    main()
