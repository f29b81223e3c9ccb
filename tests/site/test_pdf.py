"""The printed book: every page, links that lead somewhere, and page numbers that are right."""

import pdf
import pytest
from built import HTML
from pypdf import PdfReader

FEW = {"Bandits": ["book/bandits/recap", "book/bandits/softmax"], "Reference": ["book/glossary"]}


@pytest.fixture(scope="module")
def whole():
    return pdf.whole(pdf.parts())


def test_the_printed_book_holds_every_page_but_those_of_the_package(whole):
    pages = {str(page.relative_to(HTML))[:-5] for page in HTML.glob("book/**/*.html")}
    printed = {article["id"] for article in whole.find_all("article")}
    assert printed == {page for page in pages if "/api/" not in page} | {"solutions"}


def test_every_link_of_the_printed_book_leads_somewhere(whole):
    places = {named["id"] for named in whole.select("[id]")}
    for link in whole.select("a[href^='#']"):
        assert link["href"][1:] in places, link
    for link in whole.select("a[href]:not([href^='#'])"):
        assert link["href"].startswith(("https:", "mailto:")), link
    for shape in whole.select("[xlink\\:href]"):
        assert shape["xlink:href"][1:] in places


def test_solutions_stand_at_the_end_and_nothing_is_folded_or_waits_for_a_hand(whole):
    built = sum(
        page.read_text("utf-8").count('<div class="solution dropdown')
        for page in HTML.rglob("*.html")
    )
    assert (
        len(whole.select("#solutions div.solution")) == len(whole.select("div.solution")) == built
    )
    assert not whole.select("form, input, button, script, details:not([open])")
    assert whole.select(".pgbook-explorer svg") and whole.select("mjx-math")


def test_the_contents_say_where_a_page_begins(browser, monkeypatch, tmp_path):
    book = pdf.whole(FEW)
    tab = browser.new_page()
    monkeypatch.setattr(pdf, "BOOK", tmp_path / "book.pdf")
    pdf.print_twice(tab, book)
    tab.close()
    printed = PdfReader(pdf.BOOK)
    for line in book.nav.find_all("p"):
        page = printed.pages[int(line.span.string) - 1].extract_text()
        assert line.a.string.replace(" ", "") in page.replace(" ", "").replace("\n", "")
    assert len(printed.outline) > len(FEW)
