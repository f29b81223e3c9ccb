"""On a phone nothing is out of sight without a sign that it is there."""

import pytest
from built import pages
from test_browser import UNFOLD, Opened

WIDE = """selector => [...document.querySelectorAll(selector)]
    .filter(part => part.scrollWidth > part.clientWidth + 1)"""
TEXT = "part => part.textContent.trim().slice(0, 60)"
HINTED = 'part => getComputedStyle(part).backgroundAttachment.includes("local")'
TABLES = """() => [...document.querySelectorAll("article table")]
    .filter(table => table.offsetWidth > table.parentElement.clientWidth + 1)
    .map(table => table.innerText.slice(0, 60))"""


@pytest.fixture(params=pages())
def phone(request, browser, address):
    """A page on a phone, with all that is folded open."""
    with Opened(browser, f"{address}/{request.param}.html", "phone") as opened:
        opened.page.evaluate(UNFOLD)
        yield opened.page


def test_outputs_and_tables_fit(phone):
    assert phone.evaluate(f"({WIDE})('article .cell_output pre').map({TEXT})") == []
    assert phone.evaluate(TABLES) == []


def test_code_that_goes_on_shows_it(phone):
    code = f"({WIDE})('article .highlight pre').filter(part => !({HINTED})(part)).map({TEXT})"
    assert phone.evaluate(code) == []
