"""The extension of the book: formulas, icons, words and descriptions, in books of one page."""

import asyncio
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docutils import nodes
from finish import about, deferred, icons, mathematics, styles
from fontTools.ttLib import TTFont
from sphinx.testing.util import SphinxTestApp

ROOT = Path(__file__).parents[1]
BIBTEX = re.compile(r"@misc\{pgbook-index,\n(?:  \w+ = \{.*\},?\n)+\}")


@pytest.fixture(scope="module")
def engine():
    return mathematics.MathJax()


def build(folder, text="", **settings):
    """A book of one page in the theme of the book; the page's HTML and the build's warnings."""
    (folder / "CITATION.cff").write_text((ROOT / "CITATION.cff").read_text())
    (folder / "index.md").write_text(f"# A page\n\nIt says *this*. And $x$ is hidden. {text}\n")
    templates = str(ROOT / "book" / "_templates")
    options = {"footer_content_items": ["about.html"], **settings.pop("theme", {})}
    settings = {
        "extensions": ["myst_nb", "sphinx_book_theme", "finish"],
        "html_theme": "sphinx_book_theme", "html_theme_options": options, "html_title": "Book",
        "html_math_renderer": "typeset", "myst_enable_extensions": ["dollarmath"],
        "templates_path": [templates], "html_context": {"default_mode": "auto"}, **settings,
    }  # fmt: skip
    (folder / "conf.py").write_text("\n".join(f"{k} = {v!r}" for k, v in settings.items()))
    app = SphinxTestApp("html", srcdir=folder)
    app.build()
    page = (Path(app.outdir) / "index.html").read_text(encoding="utf-8")
    said = app.warning.getvalue()
    app.cleanup()
    return page, said, Path(app.outdir)


def test_a_formula_is_drawn_and_read_aloud(engine):
    inline, display = (
        engine.typeset((r"\frac{1}{2}", False)),
        engine.typeset((r"\frac{1}{2}", True)),
    )
    for drawn in (inline, display):
        assert "<mjx-math" in drawn and 'aria-hidden="true"' in drawn
        assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in drawn
    assert 'display="true"' in display and 'display="true"' not in inline
    assert any("mjx-frac" in rule for rule in engine.rules())


def test_formulas_are_typeset_where_an_event_loop_runs():
    async def drawn():
        return mathematics.MathJax().typeset(("x", False))

    with ThreadPoolExecutor(1) as alone:  # a browser's loop may run in this thread already
        assert "<mjx-math" in alone.submit(asyncio.run, drawn()).result()


def test_formulas_are_found_in_pages_and_in_outputs(engine):
    page = r"""<span class="math notranslate nohighlight">\(a &lt; b\)</span>
        <div class="amsmath math" id="e"><span class="eqno">(2)</span>\[c\]</div>
        <span class="maths">\(d\)</span>"""
    drawn = mathematics.with_formulas(page, engine.typeset)
    assert drawn.count("<mjx-math") == 2 and "<mo>&lt;</mo>" in drawn
    assert '<span class="eqno">(2)</span><mjx-container' in drawn and r"\(d\)" in drawn


def test_a_formula_is_not_parted_from_the_mark_after_it(engine):
    page = r"""<span class="math x">\(b\)</span> c <span class="math x">\(a\)</span>), d."""
    assert re.findall(
        r"unbroken.*?</span>([^<]*)</span>(..)", mathematics.with_formulas(page, engine.typeset)
    ) == [("),", " d")]


def test_one_core_typesets_the_same_as_many(tmp_path, monkeypatch):
    pages = []
    for cores in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        (tmp_path / str(cores)).mkdir()
        page, said, folder = build(tmp_path / str(cores), r"$a^2$ and $b$")
        assert said == ""
        rules = (folder / "_static" / "mathematics.css").read_text().split("\n\n")
        pages.append((re.sub(r"\?v=\w+", "", page), sorted(map(str.strip, rules))))
    assert pages[0] == pages[1] and "mjx-math" in pages[0][0]


def test_a_formula_that_mathjax_refuses_is_a_warning(tmp_path):
    page, said, _ = build(tmp_path, r"$\nosuchmacro$")
    assert "index.html: Undefined control sequence" in said
    assert page.count("<mjx-math") == 2


def test_fonts_keep_the_icons_in_use_and_no_others(tmp_path):
    page, _, folder = build(tmp_path)
    (font,) = folder.glob("_static/vendor/**/*.woff2")
    kept = set(TTFont(font).getBestCmap())
    assert 0xF0C9 in kept and 0xF06B not in kept and len(kept) < 30  # bars; gift
    assert "fa-bars:before" in (font.parents[1] / "css" / "all.min.css").read_text()
    assert "all.min.js" not in page and page.count('as="font"') == 1


def test_a_font_goes_when_nothing_asks_for_it():
    sheet = (
        '.fa-gift:before{content:"\\f06b"}.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}'
        '@font-face{src:url(../webfonts/fa-solid-900.woff2) format("woff2")}'
        '@font-face{src:url(../webfonts/fa-brands-400.woff2) format("woff2")}'
    )
    kept, points = icons.reduced(sheet, {"fa-navicon"}, {"fa-solid-900"})
    assert points == {0xF0C9} and "gift" not in kept and "brands" not in kept and "solid" in kept


def test_scripts_of_the_head_wait_in_their_order():
    page = '<script src="a.js"></script><script data-x-y="1" src="b.js?v=1"></script>'
    page += "<script>c()</script></head>"
    page += '<script src="d.js"></script>'
    assert re.findall(r"<script defer (?:data-\S+ )?src=\"(\w)", deferred(page)) == ["a", "b"]


def test_without_an_address_nothing_links_to_it(tmp_path):
    page, said, folder = build(tmp_path)
    assert said == "" and not (folder / "sitemap.xml").exists()
    assert "og:url" not in page and "canonical" not in page
    assert "edit-button" not in page and "repository-button" not in page
    assert '<meta name="description" content="A page. It says this." />' in page
    assert BIBTEX.search(page) and "url = " not in page
    assert "Version 0.1.0" in page


def test_with_addresses_the_page_links_to_them(tmp_path):
    source = {"repository_url": "https://github.com/a/b", "repository_branch": "main"}
    page, said, folder = build(tmp_path, html_baseurl="https://example.org/book/", theme=source)
    assert said == ""
    assert "<loc>https://example.org/book/index.html</loc>" in (folder / "sitemap.xml").read_text()
    assert 'property="og:url" content="https://example.org/book/index.html"' in page
    assert 'content="https://example.org/book/_static/screenshot.png"' in page
    assert "url = {https://example.org/book/index.html}" in page
    assert "https://github.com/a/b/edit/main/index.md" in page
    assert "https://github.com/a/b/issues/new" in page
    (font,) = folder.glob("_static/vendor/**/fa-brands-400.woff2")  # the mark of the host
    assert len(TTFont(font).getBestCmap()) == 1


def paragraph(*children):
    return nodes.paragraph("", "", *children)


def described(*paragraphs):
    tree = nodes.section()
    tree += paragraphs
    return about.description("Page", tree)


def test_a_description_is_made_of_whole_sentences_without_formulas():
    text, formula = nodes.Text, nodes.math("", r"\pi")
    assert described(paragraph(text("One. Here is "), formula, text(". Two!"))) == "Page. One. Two!"
    assert described(paragraph(text("No end")), paragraph(text("An end."))) == "Page. An end."
    assert described(paragraph(text("First. " + "word " * 40 + "end."))) == "Page. First."
    cut = described(paragraph(text("word " * 40 + "end.")))
    assert cut.endswith("word …") and len(cut) <= about.LONGEST + 2


def test_a_description_does_not_take_what_stands_in_a_box():
    box = nodes.note("", paragraph(nodes.Text("Inside.")))
    assert described(box, paragraph(nodes.Text("Outside."))) == "Page. Outside."


def test_all_styles_are_in_one_sheet_that_finds_its_files(tmp_path):
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    (static / "documentation_options.js").write_text("const DOCUMENTATION_OPTIONS = {};")
    (static / "basic.css").write_text("a {background: url(file.png)}")
    (static / "styles" / "theme.css").write_text(
        '@charset "UTF-8";\n@import "../basic.css";\nb {background: url("../fonts/b.woff2")}'
        "c {background: url(data:image/png;base64,00)}"
    )
    (static / "book.css").write_text("d {color: red}")
    page = """<head><link href="../_static/styles/theme.css?digest=1" rel="stylesheet" />
        <link rel="preload" href="../_static/a.js" />
        <script src="../_static/documentation_options.js?v=2"></script>
        <link rel="stylesheet" type="text/css" href="../_static/book.css?v=3" /></head>"""
    ready = styles.bundle({tmp_path / "a.html": page}, tmp_path)[tmp_path / "a.html"]
    sheet = (static / "styles.css").read_text()
    assert re.findall(r'url\("?([^")]*)|color', sheet) == [
        "file.png", "fonts/b.woff2", "data:image/png;base64,00", "",
    ]  # fmt: skip
    assert "@" not in sheet and ready.count('rel="stylesheet"') == 1 and 'rel="preload"' in ready
    assert 'href="../_static/styles.css?v=' in ready
    assert "<script>const DOCUMENTATION_OPTIONS = {};</script>" in ready
