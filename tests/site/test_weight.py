"""What makes pages light: no script for mathematics and icons, and of their font what is used."""

import re

import pytest
from built import HTML, pages

STATIC = HTML / "_static"


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
