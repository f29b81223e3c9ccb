"""What a reader does with an explorer: by keyboard, by touch, by a link, in print, unscripted."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from built import HTML, pages
from test_browser import SIZES, Opened

SECTION = 'class="pgbook-explorer" id="'
WITH_EXPLORERS = [
    page
    for page in pages()
    if (HTML / f"{page}.html").exists()
    and SECTION in (HTML / f"{page}.html").read_text(encoding="utf-8")
]
PLAYED = ("book/bandits/sampling", "#explorer-frequencies")
CONTROLS = """section => [...new Map([...section.querySelector("form").elements]
    .filter(element => element.name)
    .map(element => [element.name, {
        name: element.name,
        kind: element.type,
        last: element.options ? element.options.length - 1 : element.max ? Number(element.max)
            : section.querySelectorAll(`[name=${element.name}]`).length - 1,
    }])).values()]"""
VALUE = "(section, name) => section.querySelector('form').elements.namedItem(name).value"
TARGETS = """section => [...section.querySelectorAll("label:has(input), [max], select, button")]
    .filter(element => element.checkVisibility())
    .map(element => element.getBoundingClientRect())
    .map(({width, height}) => [width, height])"""
ROWS = """section => [...section.querySelectorAll("fieldset, input[type=range], select")]
    .map(row => row.getBoundingClientRect().width - section.clientWidth)"""
DRAWN = """section => [...section.querySelectorAll(".ghost :is(.data, .bar)")]
    .filter(part => getComputedStyle(part).visibility === "visible").length"""


def opening(size):
    """A fixture: each page with explorers; tests leave them as they were."""

    @pytest.fixture(scope="module", params=WITH_EXPLORERS)
    def opened(request, browser, address):
        with Opened(browser, f"{address}/{request.param}.html", size) as opened:
            yield opened

    return opened


phone, laptop = opening("phone"), opening("laptop")


def explorers(tab):
    return tab.query_selector_all(".pgbook-explorer")


def state(explorer):
    picture = explorer.query_selector(".frame")
    return (
        explorer.query_selector("output").inner_text(),
        picture.get_attribute("aria-label"),
        picture.query_selector("svg").evaluate("picture => picture.outerHTML"),
    )


def value(explorer, name):
    return int(explorer.evaluate(f"section => ({VALUE})(section, {name!r})"))


def press(tab, explorer, control, forward=True):
    """One step of a control by keyboard."""
    name, kind = control["name"], control["kind"]
    chosen = ":checked" if kind == "radio" else ""
    explorer.query_selector(f"[name={name}]{chosen}").focus()
    arrows = ("ArrowUp", "ArrowDown") if kind == "select-one" else ("ArrowLeft", "ArrowRight")
    tab.keyboard.press(arrows[forward])


def move_every_control(tab):
    """Move each control by keyboard, there and back; return how many were moved."""
    moved = 0
    for explorer in explorers(tab):
        for control in explorer.evaluate(CONTROLS):
            forward = value(explorer, control["name"]) < control["last"]
            before = state(explorer)
            press(tab, explorer, control, forward)
            after = state(explorer)
            assert all(old != new for old, new in zip(before, after, strict=True)), before[0]
            assert after[0] == after[1], "what is read aloud is what is shown"
            press(tab, explorer, control, not forward)
            assert state(explorer) == before
            moved += 1
    return moved


def test_controls_fit_a_finger_and_the_width_of_a_phone(phone):
    for explorer in explorers(phone.page):
        targets = explorer.evaluate(TARGETS)
        assert len(targets) > 1 and min(min(target) for target in targets) >= 44
        assert all(abs(rest) < 1 for rest in explorer.evaluate(ROWS))
        letters = explorer.query_selector(".frame svg").bounding_box()["width"]
        assert letters >= 349, "the letters of figures are made for 350 px"
        for control in explorer.evaluate(CONTROLS):
            few = control["last"] < 4
            assert (control["kind"] == "radio") == few


def test_every_explorer_moves_by_keyboard_and_prints(phone):
    assert move_every_control(phone.page) >= len(explorers(phone.page)) > 0
    assert phone.said == []
    phone.page.emulate_media(media="print")
    for explorer in explorers(phone.page):
        assert not explorer.query_selector("form").is_visible()
        assert explorer.query_selector(".frame svg").is_visible()
    phone.page.emulate_media(media="screen")


@pytest.mark.parametrize("page", WITH_EXPLORERS)
def test_every_explorer_works_from_a_folder_on_disk(browser, page):
    with Opened(browser, (HTML / f"{page}.html").as_uri(), "laptop") as opened:
        assert move_every_control(opened.page) > 0
        urls = [request.url for request in opened.requests]
        assert all(url.startswith(("file:", "data:")) for url in urls)


def test_the_start_stays_as_a_ghost_until_all_is_reset(laptop):
    for explorer in explorers(laptop.page):
        before = state(explorer)
        assert explorer.evaluate(DRAWN) == 0
        for control in explorer.evaluate(CONTROLS):
            press(laptop.page, explorer, control, value(explorer, control["name"]) == 0)
        after = state(explorer)
        assert before[2] != after[2]
        fits = "axis fits" in after[0]  # then a ghost would stand on other axes
        assert (explorer.evaluate(DRAWN) == 0) == fits
        explorer.query_selector(".reset").click()
        assert state(explorer) == before
        assert explorer.evaluate(DRAWN) == 0


def test_an_address_restores_a_setting(laptop, browser):
    explorer = explorers(laptop.page)[-1]
    for control in explorer.evaluate(CONTROLS):
        press(laptop.page, explorer, control, value(explorer, control["name"]) == 0)
    seen, url = state(explorer), laptop.page.url
    name, query = urlsplit(url).fragment.split("?")
    assert name == explorer.get_attribute("id")
    assert list(parse_qs(query)) == [c["name"] for c in explorer.evaluate(CONTROLS)]
    explorer.query_selector(".reset").click()
    with Opened(browser, url, "laptop") as again:
        restored = explorers(again.page)[-1]
        assert state(restored) == seen
        top = restored.bounding_box()["y"]
        assert -10 < top < SIZES["laptop"][1] / 2
        assert again.said == []


@pytest.fixture(scope="module")
def untouched(browser, address):
    page, _ = PLAYED
    with Opened(browser, f"{address}/{page}.html", "laptop") as opened:
        (before,) = map(state, explorers(opened.page))
    return before


@pytest.mark.parametrize(
    "fragment",
    ["?", "?n_samples=31", "?n_samples=30&side=2", "?constructor=1", "?%", "?n_samples=30&seed=x"],
)
def test_a_malformed_address_is_ignored(browser, address, fragment, untouched):
    page, name = PLAYED
    with Opened(browser, f"{address}/{page}.html{name}{fragment}", "laptop") as opened:
        assert list(map(state, explorers(opened.page))) == [untouched]
        assert opened.said == []


def test_playing_walks_to_the_end_and_stops(browser, address):
    page, name = PLAYED
    with Opened(browser, f"{address}/{page}.html", "laptop") as opened:
        explorer, tab = opened.page.query_selector(name), opened.page
        play, slider = (explorer.query_selector(s) for s in (".play", "[name=n_samples]"))
        assert play.get_attribute("aria-label") == "Play number of draws N"
        tab.clock.install(time=0)
        tab.clock.pause_at(1)
        play.click()
        seen, last = [], int(slider.get_attribute("max"))
        for _ in range(last):
            assert play.get_attribute("aria-pressed") == "true"
            seen.append(slider.input_value())
            tab.clock.run_for(1000)
        assert play.get_attribute("aria-pressed") == "false"
        assert [*seen, slider.input_value()] == [str(i) for i in range(last + 1)]
        assert "n_samples=10000" in tab.url
        play.click()  # from the end it begins again, and a touch of any control ends it
        assert slider.input_value() == "0"
        slider.press("ArrowRight")
        assert play.get_attribute("aria-pressed") == "false"
        tab.emulate_media(reduced_motion="reduce")
        assert not play.is_visible() and slider.is_visible()


def test_nothing_of_the_frames_is_parsed_before_a_control_is_touched(browser, address):
    page, name = PLAYED
    with Opened(browser, f"{address}/{page}.html", "laptop") as opened:
        tab = opened.page
        tab.evaluate(
            """() => { const parse = JSON.parse; window.parsed = 0;
            JSON.parse = (...given) => { window.parsed++; return parse(...given); }; }"""
        )
        explorer = tab.query_selector(name)
        explorer.scroll_into_view_if_needed()
        assert tab.evaluate("window.parsed") == 0
        for _ in range(2):
            explorer.query_selector("[name=n_samples]").press("ArrowRight")
        assert tab.evaluate("window.parsed") == 1


def test_without_scripts_the_first_frame_and_its_sentence_show(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page, name = PLAYED
    tab = context.new_page()
    tab.goto(f"{address}/{page}.html#main-content")
    explorer = tab.query_selector(name)
    assert explorer.query_selector(".frame svg").is_visible()
    assert re.search(r"\d", explorer.query_selector("output").inner_text())
    assert not explorer.query_selector("form").is_visible()
    context.close()
