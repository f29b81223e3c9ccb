"""Every page in a real browser, on a laptop and on a phone, by day and by night.

A page is opened once for all that is looked at without touching it.
"""

from pathlib import Path

import axe_playwright_python
import pytest
from built import pages

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"laptop": (1280, 900), "phone": (390, 844)}
MOST = 700_000  # bytes of a first view, compressed
WITH_CODE = ("book/bandits/update", "book/api/exercises")

MATHEMATICS = """() => [...document.querySelectorAll(".math")].map(element => ({
    typeset: element.querySelector("mjx-container mjx-math") !== null,
    error: element.querySelector("mjx-merror") !== null,
    source: element.textContent.slice(0, 60),
}))"""
IMAGES = """() => [...document.images].map(image => ({
    loaded: image.complete && image.naturalWidth > 0, alt: image.alt, source: image.src,
}))"""
OVERFLOW = """() => [...document.querySelectorAll("article *")]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
    .filter(element => {
        for (let box = element.parentElement; box; box = box.parentElement)
            if (getComputedStyle(box).overflowX !== "visible") return false;
        return true;
    })
    .map(element => element.outerHTML.slice(0, 80))"""
CUT = """() => [...document.querySelectorAll("article span.math")]
    .map(formula => [formula, formula.querySelector("mjx-math")])
    .filter(([formula, drawn]) =>
        drawn.getBoundingClientRect().right > formula.getBoundingClientRect().right + 1.5)
    .map(([formula]) => formula.querySelector("mjx-assistive-mml").textContent)"""
WIDE = """selector => [...document.querySelectorAll(selector)]
    .filter(part => part.scrollWidth > part.clientWidth + 1)"""
TEXT = "part => part.textContent.trim().slice(0, 60)"
HINTED = 'part => getComputedStyle(part).backgroundAttachment.includes("local")'
TABLES = """() => [...document.querySelectorAll("article table")]
    .filter(table => table.offsetWidth > table.parentElement.clientWidth + 1)
    .map(table => table.innerText.slice(0, 60))"""
CONTRAST = """() => {
    const linear = part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const light = colour => {
        const [red, green, blue] = colour.match(/[0-9.]+/g).map(part => linear(part / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    return [...document.querySelectorAll("article .highlight pre")].flatMap(pre => {
        const ground = light(getComputedStyle(pre).backgroundColor);
        return [...pre.querySelectorAll("span[class]")].map(part => {
            const both = [light(getComputedStyle(part).color), ground];
            const [dim, bright] = both.sort((a, b) => a - b);
            return [(bright + 0.05) / (dim + 0.05), part.className, part.textContent];
        });
    });
}"""
UNFOLD = """() => {
    document.querySelectorAll("article details").forEach(details => { details.open = true; });
    document.querySelectorAll("article .toggle-hidden button").forEach(button => button.click());
}"""
# The fonts that what is laid out asks for are there, and the observers of its size have run.
DRAWN = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (const _ of ["fonts", "observers"]) {
        await frame();
        await frame();  // a frame is laid out after its callbacks, and asks for its fonts then
        await document.fonts.ready;
    }
}"""


class Opened:
    """A page in the browser, and what it said and asked for."""

    def __init__(self, browser, url, size, mode="light"):
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=mode
        )
        self.page, self.said, self.requests = self.context.new_page(), [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("requestfailed", lambda request: self.said.append(f"failed {request.url}"))
        self.page.on("request", lambda request: self.requests.append(request))
        # On the way to an anchor all is laid out, also what is out of sight.
        self.page.goto(url if "#" in url else f"{url}#main-content")
        self.page.evaluate(DRAWN)

    def weight(self):
        """The bytes that were fetched, compressed; without an anchor there are no more."""
        sizes = [request.sizes() for request in self.requests]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", pages())
def test_the_page_is_whole_in_both_modes(browser, address, page, size):
    with Opened(browser, f"{address}/{page}.html", size) as opened:
        tab = opened.page
        assert opened.said == [], "the console is not empty"
        if size == "phone":
            assert 50_000 < opened.weight() < MOST
        tab.evaluate(UNFOLD)
        tab.evaluate(DRAWN)
        assert tab.query_selector("article :is(.toggle-hidden, details:not([open]))") is None
        check_width(tab, SIZES[size][0])
        if size == "phone":
            check_nothing_is_out_of_sight(tab)
        formulas = tab.evaluate(MATHEMATICS)
        assert [f["source"] for f in formulas if f["error"] or not f["typeset"]] == []
        assert tab.evaluate(CUT) == [], "formulas in the text are cut off"
        images = tab.evaluate(IMAGES)
        assert [image["source"] for image in images if not (image["loaded"] and image["alt"])] == []
        tab.evaluate(AXE)
        # Colours depend on the mode and not on the size, except in the theme's own frame.
        judged = size == "laptop" or page in WITH_CODE
        assert violations(tab, rules={"color-contrast": {"enabled": judged}}) == []
        check_code(tab, page)
        assert tab.evaluate("document.documentElement.dataset.theme") == "light"
        tab.add_style_tag(content="* { transition: none !important; }")
        tab.emulate_media(color_scheme="dark")
        tab.wait_for_function("document.documentElement.dataset.theme === 'dark'", timeout=5000)
        check_width(tab, SIZES[size][0])
        if judged:  # nothing else depends on the mode
            assert violations(tab, runOnly=["color-contrast"]) == []
        check_code(tab, page)
        assert opened.said == []
        addresses = {request.url for request in opened.requests}
        assert {url for url in addresses if not url.startswith((address, "data:"))} == set()


def check_width(tab, width):
    """Nothing reaches beyond the window, except in boxes that scroll."""
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, tab.evaluate(OVERFLOW)
    assert tab.evaluate(OVERFLOW) == []


def check_nothing_is_out_of_sight(tab):
    """Outputs and tables fit a phone; code that goes on beyond its edge shows it."""
    assert tab.evaluate(f"({WIDE})('article .cell_output pre').map({TEXT})") == []
    assert tab.evaluate(TABLES) == []
    code = f"({WIDE})('article .highlight pre').filter(part => !({HINTED})(part)).map({TEXT})"
    assert tab.evaluate(code) == []


def check_code(tab, page):
    """Code stands out from its ground; its shadow keeps axe from judging that."""
    parts = tab.evaluate(CONTRAST)
    assert len({kind for _, kind, _ in parts}) >= 5 or page not in WITH_CODE
    assert [part for part in parts if part[0] < 4.5] == []


def violations(tab, **options):
    """What axe-core finds on the page as it is shown.

    The inside of an explorer's picture is left out: it is one image, with a text equivalent.
    """
    run = "options => axe.run({exclude: ['.frame svg']}, options)"
    # Styles are not fetched once more, and what is in order is not listed: half the time.
    options |= {"preload": False, "resultTypes": ["violations"]}
    violations = tab.evaluate(run, options)["violations"]
    return [(v["id"], v["nodes"][0]["html"][:100]) for v in violations]


def test_a_solution_unfolds_and_folds(browser, address):
    with Opened(browser, f"{address}/book/bandits/recap.html", "laptop") as opened:
        solution = opened.page.query_selector(".solution")
        assert "toggle-hidden" in solution.get_attribute("class")
        # By a click on its title, the name of the exercise included, ...
        solution.query_selector(".admonition-title").click(position={"x": 150, "y": 15})
        assert "toggle-hidden" not in solution.get_attribute("class")
        # ... and by keyboard.
        solution.query_selector("button").focus()
        opened.page.keyboard.press("Enter")
        assert "toggle-hidden" in solution.get_attribute("class")
        assert opened.said == []


def test_no_line_begins_with_the_mark_after_a_formula(browser, address):
    with Opened(browser, f"{address}/book/guarantees/surrogate.html", "phone") as opened:
        apart = """() => [...document.querySelectorAll("article section .pgbook-unbroken")]
            .map(whole => { const marks = document.createRange();
                marks.selectNodeContents(whole.lastChild);
                return marks.getBoundingClientRect().top
                    - whole.firstChild.getBoundingClientRect().bottom; })"""
        gaps = opened.page.evaluate(apart)
        assert len(gaps) > 20 and max(gaps) < 0
