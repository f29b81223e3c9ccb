"""The files of the built book: nothing missing, nothing raw, nothing from elsewhere."""

import json
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import nbformat
import notebooks
import pytest
from built import HTML, ROOT, pages
from jupyter_cache import get_cache

LARGEST = 1_000_000  # bytes of a page with its figures
EXPLORER = r'<section [^>]*\bclass="pgbook-explorer"'
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

each_page = pytest.mark.parametrize("page", pages())


class Page(HTMLParser):
    """A page: as it is written, its tags, their ids, and its text without code."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tags, self.text, self.open = html, [], [], []
        self.feed(html)
        self.ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style", "pre", "code"} & set(self.open):
            self.text.append(data)


@cache
def read(page):
    return Page((HTML / f"{page}.html").read_text(encoding="utf-8"))


def test_pages_are_made_of_what_is_committed():
    """What was executed for this build says the same as any other execution: two builds agree."""
    cache, book = get_cache(ROOT / "_build" / ".jupyter_cache"), notebooks.pages()
    for path in book:
        committed = nbformat.read(path, as_version=4)
        record = cache.match_cache_notebook(committed)
        executed = notebooks.canonical(cache.get_cache_bundle(record.pk).nb)
        outputs = [
            [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
            for notebook in (executed, committed)
        ]
        assert outputs[0] == outputs[1], path
    assert len(book) > 15


def source_heading(page):
    """The first heading of the source of a page."""
    markdown = ROOT / f"{page}.md"
    if markdown.exists():
        text = markdown.read_text()
    else:
        notebook = json.loads((ROOT / f"{page}.ipynb").read_text())
        text = "".join(notebook["cells"][0]["source"])
    return re.search(r"^# (.*)$", text, re.MULTILINE)[1]


def test_the_table_of_contents_names_every_source():
    sources = {
        str(path.relative_to(ROOT).with_suffix(""))
        for suffix in ("*.md", "*.ipynb")
        for path in (ROOT / "book").rglob(suffix)
        if not any(part.startswith(".") for part in path.parts)
    }
    assert sources == set(pages())


@each_page
def test_the_page_exists_and_holds_its_heading(page):
    heading = re.search(r"<article.*?<h1>(.*?)<a", read(page).html, re.DOTALL)[1]
    assert heading == source_heading(page)


@each_page
def test_nothing_raw_shows(page):
    text = " ".join(read(page).text)
    assert 'class="problematic"' not in read(page).html
    assert "Traceback (most recent call last)" not in read(page).html
    assert not re.search(r"\{[a-z:]+\}`", text), "a role shows as text"
    assert not re.search(r"^\s*(:::|```)", text, re.MULTILINE), "a fence shows as text"
    assert "$" not in text, "Markdown shows as text"
    # In a signature two stars are Python.
    assert "**" not in text or page.startswith("book/api/"), "Markdown shows as text"
    assert not re.search(r"\(\w+\)=\s*$", text, re.MULTILINE)


@each_page
def test_links_inside_the_book_lead_somewhere(page):
    for tag, attributes in read(page).tags:
        link = urlsplit(attributes.get("href" if tag in ("a", "link") else "src") or "")
        if link.scheme or not (link.path or link.fragment):
            continue
        file = f"{page}.html"
        target = normpath(join(dirname(file), unquote(link.path))) if link.path else file
        assert (HTML / target).exists(), link
        if link.fragment and tag == "a":
            assert link.fragment in read(target.removesuffix(".html")).ids, link


@each_page
def test_nothing_is_loaded_from_another_host(page):
    for tag, attributes in read(page).tags:
        if tag in ("script", "link", "img", "iframe", "source"):
            link = attributes.get("src") or attributes.get("href") or ""
            assert not urlsplit(link).netloc, link


@each_page
def test_images_have_alternative_text(page):
    for tag, attributes in read(page).tags:
        if tag == "img":
            assert len(attributes.get("alt") or "") > 40, attributes


@each_page
def test_ids_are_unique(page):
    theirs = {"proof-content", "exercise-content", "solution-content"}  # Sphinx extensions repeat
    counts = Counter(read(page).ids).items()
    assert [i for i, count in counts if count > 1 and i not in theirs] == []


@each_page
def test_the_page_with_its_figures_stays_small(page):
    path = HTML / f"{page}.html"
    images = [a["src"] for tag, a in read(page).tags if tag == "img"]
    size = path.stat().st_size + sum((path.parent / image).stat().st_size for image in images)
    assert size <= LARGEST


@each_page
def test_explorers_are_in_the_page_and_their_frames_are_small(page):
    html = read(page).html
    sizes = [
        len(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', html)
    ]
    assert len(sizes) == len(re.findall(EXPLORER, html))
    assert all(size <= 500_000 for size in sizes)
    assert "application/vnd.jupyter.widget" not in html


@each_page
def test_all_that_the_notebook_makes_is_on_the_page(page):
    html, path = read(page).html, ROOT / f"{page}.ipynb"
    cells = json.loads(path.read_text())["cells"] if path.exists() else []
    made = [output for cell in cells for output in cell.get("outputs", ())]
    outputs = [output.get("data", {}) for output in made]
    texts = ["".join(data.get("text/plain", "")) for data in outputs]
    derivations = sum("pgbook-derivation" in "".join(d.get("text/html", "")) for d in outputs)
    assert html.count('class="pgbook-derivation') == derivations
    explorers = sum(text.startswith("Explorer(") for text in texts)
    assert len(re.findall(EXPLORER, html)) == explorers
    figures = sum("<Figure size" in text for text in texts)
    assert len(re.findall(r'<figure class="align-default" id="fig-', html)) == figures
    assert "<strong>failure</strong>" not in html


def test_no_page_is_published_that_nobody_wrote():
    """Nor an index, which would show what only programs read."""
    made = {str(path.relative_to(HTML).with_suffix("")) for path in HTML.rglob("*.html")}
    made = {page for page in made if not page.startswith(("_static/", "lite/", "_modules/"))}
    assert made == {*pages(), "index", "search"}
    for page in pages():
        links = [attributes for tag, attributes in read(page).tags if tag == "link"]
        assert "index" not in [link.get("rel") for link in links]


@each_page
def test_the_page_says_what_it_is_and_how_to_cite_it(page):
    named = {a.get("name"): a.get("content") for tag, a in read(page).tags if tag == "meta"}
    assert 10 < len(named["description"]) <= 162
    assert not re.search(r"[\\$`]|  ", named["description"])
    key = page.removeprefix("book/").replace("/", "-")
    assert f"@misc{{pgbook-{key}," in read(page).html


def test_descriptions_differ():
    tags = [tag for page in pages() for tag in read(page).tags]
    named = [attributes for tag, attributes in tags if tag == "meta"]
    descriptions = [a["content"] for a in named if a.get("name") == "description"]
    assert len(descriptions) == len(pages())
    assert len(set(descriptions)) == len(descriptions)


def test_the_front_door_leads_to_the_book():
    assert "book/index.html" in (HTML / "index.html").read_text()


DRAWN = sorted((HTML / "_images").glob("*.svg"))
PHONE = 350  # pixels that a figure has on a page of 390


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem[:8])
def test_no_text_of_a_figure_is_smaller_than_nine_pixels_on_a_phone(path):
    svg = path.read_text(encoding="utf-8")
    width = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', svg)[1])
    texts = re.findall(r"<text.*?</text>", svg, re.DOTALL)  # an exponent is smaller than its text
    sizes = [max(map(float, re.findall(r"font-size: ([\d.]+)px", text))) for text in texts]
    assert sizes and min(sizes) * min(1, PHONE / width) >= 9, f"{min(sizes)} of {width}"
