"""What a reader's browser fetches before the first view of a page, on a phone."""

import re

import pytest
from built import HTML, pages
from test_browser import SIZES

MOST = 700_000  # bytes of a first view, compressed
STATIC = HTML / "_static"


def transferred(browser, url):
    """The bytes of all that is fetched for the first view of a page, by address."""
    width, height = SIZES["phone"]
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        tab = context.new_page()
        fetched = []
        tab.on("requestfinished", lambda request: fetched.append(request))
        tab.goto(url, wait_until="networkidle")
        return {request.url: sum(sizes(request).values()) for request in fetched}


def sizes(request):
    both = request.sizes()
    return {part: both[part] for part in ("responseBodySize", "responseHeadersSize")}


def test_no_page_is_heavy(browser, address):
    weights = {
        page: sum(transferred(browser, f"{address}/{page}.html").values()) for page in pages()
    }
    assert min(weights.values()) > 50_000, "nothing was measured"
    assert {page: weight for page, weight in weights.items() if weight > MOST} == {}


def test_neither_mathematics_nor_icons_need_a_script():
    scripts = [path.name for path in STATIC.rglob("*.js")]
    assert "all.min.js" not in scripts and "tex-chtml.js" not in scripts
    for page in pages():
        html = (HTML / f"{page}.html").read_text(encoding="utf-8")
        assert r"\(" not in html.partition("<article")[2].partition("</article>")[0], page
        assert html.count("<mjx-math") == html.count("<mjx-assistive-mml"), page


def test_every_icon_of_a_page_has_its_glyph():
    (styles,) = STATIC.glob("vendor/fontawesome/*/css/all.min.css")
    sheet = styles.read_text()
    style = {"fa-solid", "fa-regular", "fa-brands", "fa-lg", "fa-sm", "fa-fw"}
    icons = {
        name
        for page in [*pages(), "search"]
        for classes in re.findall(
            r'<(?:i|span) class="([^"]*\bfa-[^"]*)"', (HTML / f"{page}.html").read_text("utf-8")
        )
        for name in classes.split()
        if name.startswith("fa-")
    }
    assert len(icons - style) > 8
    assert [name for name in icons - style if f".{name}:before" not in sheet] == []
    assert sum(path.stat().st_size for path in STATIC.glob("vendor/**/*.woff2")) < 10_000


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_icons_are_drawn(browser, address, mode):
    with browser.new_context(color_scheme=mode) as context:
        tab = context.new_page()
        tab.goto(f"{address}/book/index.html", wait_until="networkidle")
        assert tab.evaluate("""() => [...document.fonts]
            .some(font => font.family.includes("Awesome") && font.status === "loaded")""")
