"""A link into a page leads to the place it names."""

import re

import pytest
from built import HTML
from test_browser import Opened

SHOWN = """id => {
    const { top } = document.getElementById(id).getBoundingClientRect();
    const end = innerHeight + scrollY > document.documentElement.scrollHeight - 2;
    return 0 <= top && (top < 500 || end && top < innerHeight);
}"""
LAST = [
    (page, re.findall(r'<section id="([\w-]+)">', (HTML / f"{page}.html").read_text("utf-8"))[-1])
    for page in ("book/bandits/update", "book/guarantees/lower_bound", "book/ledger")
    if HTML.exists()
]


@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize(("page", "section"), LAST)
def test_an_address_with_an_anchor_shows_its_place(browser, address, page, section, size):
    with Opened(browser, f"{address}/{page}.html#{section}", size) as opened:
        opened.page.wait_for_function(SHOWN, arg=section)  # it scrolls smoothly


@pytest.mark.parametrize(("page", "section"), LAST)
def test_a_link_in_the_contents_shows_its_place(browser, address, page, section):
    with Opened(browser, f"{address}/{page}.html", "laptop") as opened:
        tab = opened.page
        tab.locator(f'.page-toc a[href="#{section}"]').click()
        tab.wait_for_function(SHOWN, arg=section)


def test_a_word_of_the_glossary_says_what_it_means_until_one_looks_away(browser, address):
    with Opened(browser, f"{address}/book/bandits/update.html", "laptop") as opened:
        tab = opened.page
        link, card = tab.locator("a[href*=term-score]").first, tab.locator("#card-term-score")
        assert not card.is_visible()
        for look, away in [
            (link.hover, lambda: tab.mouse.move(0, 0)),
            (link.focus, lambda: tab.keyboard.press("Escape")),
        ]:
            look()
            card.wait_for(state="visible")
            assert "the slope of the log-probability" in card.inner_text()
            assert "(" not in card.inner_text().splitlines()[-1]  # the page it would lead to
            away()
            card.wait_for(state="hidden")
        assert link.get_attribute("aria-describedby") == "card-term-score"
