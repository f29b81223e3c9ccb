"""A reader who searches for a word finds its page first."""

import re

import pytest
from built import HTML

FIRST = {
    "TRPO": "guarantees/trust_region",
    "PPO": "guarantees/trust_region",
    "GAE": "unbiased/critics",
    "actor-critic": "unbiased/critics",
    "likelihood ratio": "bandits/update",
    "softmax": "bandits/softmax",
}
RESULTS = """() => [...document.querySelectorAll("#search-results li")].map(result => ({
    address: result.querySelector("a").href,
    excerpt: result.querySelector(".context")?.textContent ?? "",
}))"""


def results(browser, base, query):
    """What the search page shows, once all excerpts are there."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{base}/search.html?q={query}", wait_until="networkidle")
        tab.wait_for_function("document.querySelector('.search-summary')?.textContent.length > 9")
        return tab.evaluate(RESULTS)


@pytest.mark.parametrize(("query", "page"), FIRST.items())
def test_a_search_finds_the_page_first(browser, address, query, page):
    found = results(browser, address, query)
    assert found[0]["address"].partition("#")[0].endswith(f"/{page}.html")


def test_a_search_works_from_a_folder_on_disk(browser):
    assert "critics.html" in results(browser, HTML.as_uri(), "GAE")[0]["address"]


def test_a_part_of_a_word_counts_only_where_no_page_has_the_word(browser, address):
    found = {
        result["address"].partition("?")[0].partition("#")[0].removeprefix(f"{address}/")
        for result in results(browser, address, "PPO")
    }
    assert "book/guarantees/trust_region.html" in found
    for page in found:  # and not those with "support"
        assert re.search(r"\bPPO\b", (HTML / page).read_text(encoding="utf-8")), page
    assert len(results(browser, address, "elescop")) > 0


def test_excerpts_are_sentences(browser, address):
    found = results(browser, address, "gradient")
    assert len(found) > 9 and any(result["excerpt"] for result in found)
    for result in found:
        text = result["excerpt"]
        assert not re.search(r"\\|^import |\bnp\.|  ", text), text


@pytest.mark.parametrize("query", ["mathbb", "nabla", "einsum", "plt"])
def test_neither_code_nor_tex_is_in_the_index(browser, address, query):
    found = results(browser, address, query)
    assert found == []
