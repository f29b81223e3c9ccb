"""The committed notebooks: one canonical form, small cells, and pages that keep their promises."""

import re

import nbformat
import notebooks
import pytest

from pgbook import catalogue

PAGES = notebooks.pages()
BOOK = notebooks.ROOT / "book"


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def text_of(output):
    """What an output says without a picture, in a page or a terminal."""
    data = output.get("data", {})
    return "" if "image/svg+xml" in data else output.get("text", data.get("text/plain", ""))


def name(path):
    return str(path.relative_to(BOOK))


each_page = pytest.mark.parametrize("path", PAGES, ids=name)


@each_page
def test_the_committed_form_is_the_canonical_one(path):
    notebook = read(path)
    assert notebooks.canonical(notebook) == notebook
    assert [c.execution_count for c in code_cells(path)] == [*range(1, len(code_cells(path)) + 1)]


@each_page
def test_the_text_of_the_file_is_what_make_notebooks_writes(path):
    assert nbformat.writes(read(path)) + "\n" == path.read_text()


@each_page
def test_cells_are_short_and_only_narrate(path):
    for cell in code_cells(path):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= 10, cell.source
        assert max(map(len, lines)) <= 88, cell.source
        assert not re.search(r"^\s*((def|class)\b|[!%])", cell.source, re.MULTILINE), cell.source
        assert "default_rng()" not in cell.source and "SFC64()" not in cell.source


@each_page
def test_cells_have_names(path):
    ids = [cell.id for cell in read(path).cells]
    assert all(re.fullmatch(r"[a-z0-9-]+", i) for i in ids) and len(set(ids)) == len(ids)


@each_page
def test_figures_have_caption_label_alternative_text_and_a_number(path):
    for cell in code_cells(path):
        if "plt.subplots" in cell.source:
            figure, image = cell.metadata.mystnb.figure, cell.metadata.mystnb.image
            assert figure.caption and figure.name.startswith("fig-") and len(image.alt) > 40
            assert cell.source.count("plt.show()") == 1 and "plt.show();" not in cell.source
            printed = "".join(map(text_of, cell.outputs))
            assert re.search(r"\d", printed), f"{cell.id} prints no number beside its figure"


@each_page
def test_cells_compute_and_leave_the_formatting_to_the_table(path):
    for cell in code_cells(path):
        assert "# fmt: skip" not in cell.source, cell.source
        widths = re.search(r"\{[^{}]*:[<>^+]?\d+[,.\d]*[a-z%]?\}", cell.source)
        assert not widths, f"{cell.id} pads: {widths}"
        assert "tabulate" not in cell.source and "|---" not in cell.source, cell.source


@each_page
def test_folded_cells_say_what_they_do(path):
    """A cell that only imports, draws or prints is folded, and the fold has a title."""
    for cell in code_cells(path):
        if "hide-input" in cell.metadata.get("tags", []):
            prompt = cell.metadata.get("mystnb", {}).get("code_prompt_show", "")
            assert re.fullmatch(r"[A-Z][^{}]{5,60}", prompt), f"{cell.id}: {prompt!r}"
        else:
            assert "plt.show()" not in cell.source, f"{cell.id} draws and is not folded"


CHAPTER_PAGES = [path for path in PAGES if path.parent != BOOK]


@pytest.mark.parametrize("path", CHAPTER_PAGES, ids=name)
def test_a_page_has_its_frame(path):
    """What is needed, how long, what for; at the end a minute, exercises, what was checked."""
    text = "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")
    frame = re.search(r"^:::\{admonition\} Before you start\n(.*?)^:::$", text, re.M | re.S)[1]
    assert re.search(r"^\*\*Time\*\* \d+ minutes", frame, re.M)
    assert re.search(r"^\*\*You need\*\* .{10}", frame, re.M)
    assert len(re.findall(r"^- ", frame.split("**You will be able to**")[1], re.M)) == 3
    headings = re.findall(r"^## (.*)$", text, re.M)
    assert headings[-3:] == ["In one minute", "Exercises", "What was checked"], headings
    minute = text.split("## In one minute")[1].split("## Exercises")[0]
    assert minute.count("$$") == 2 and 30 <= len(minute.split()) <= 150


def test_home_says_how_long_the_chapters_take():
    """To half an hour, from what their pages say."""
    minutes = dict.fromkeys(catalogue.CHAPTERS, 0)
    for path in CHAPTER_PAGES:
        text = "\n".join(c.source for c in read(path).cells)
        minutes[path.parent.name] += int(re.search(r"\*\*Time\*\* (\d+) minutes", text)[1])
    home = "\n".join(c.source for c in read(BOOK / "index.ipynb").cells)
    hours = [float(number) for number in re.findall(r"^([\d.]+) hours · needs", home, re.MULTILINE)]
    assert len(hours) == 3
    for said, summed in zip(hours, minutes.values(), strict=True):
        assert abs(said - summed / 60) <= 0.25


@pytest.mark.parametrize("path", CHAPTER_PAGES, ids=name)
def test_at_most_two_explorers_on_a_page(path):
    cells = [cell for cell in code_cells(path) if cell.source.startswith("explorers.")]
    assert len(cells) <= 2


@each_page
def test_explorers_are_not_compared_and_fold_their_code(path):
    for cell in code_cells(path):
        if cell.source.startswith("explorers."):
            shown = "remove-input" if path == BOOK / "index.ipynb" else "hide-input"
            assert set(cell.metadata.tags) == {shown, "nbval-ignore-output"}
            assert cell.outputs[0].data["text/plain"].startswith("Explorer(")
            assert cell.outputs[0].data.keys() == {"text/plain"}
        else:
            assert "nbval-ignore-output" not in cell.metadata.get("tags", [])


@pytest.mark.parametrize("claim", catalogue.claims(), ids=lambda claim: claim.id)
def test_each_claim_is_treated_and_reported_on_its_page(claim):
    notebook = read(BOOK / f"{claim.page}.ipynb")
    text = "\n".join(cell.source for cell in notebook.cells)
    assert re.search(rf"^\({claim.id.lower()}\)=$", text, re.MULTILINE)
    (report,) = re.findall(r"catalogue\.report\((.*?)\)\n?$", text, re.DOTALL | re.MULTILINE)
    assert f'"{claim.id}"' in report
    if claim.kinds:
        anchors = rf"^\({claim.id.lower()}\)=\n(?:\([\w-]+\)=\n)*`{{3,}}\{{admonition\}} Correction"
        assert re.search(anchors, text, re.MULTILINE), "the correction has its own anchor"
        title, correction = text.split(f"Correction {claim.id}: ")[1].split("\n", 1)
        assert title[0].upper() + title[1:] == claim.title
        parts = ("**The source says**", "**Why it fails.**", "**What holds.**")
        assert all(part in correction for part in parts)
        assert [correction.index(part) for part in parts] == sorted(map(correction.index, parts))


@each_page
def test_every_exercise_has_a_folded_solution(path):
    text = "\n".join(cell.source for cell in read(path).cells)
    exercises = re.findall(r"\{exercise\}.*\n:label: ([\w-]+)", text)
    solutions = re.findall(r"\{solution(?:-start)?\} ([\w-]+)\n:class: dropdown", text)
    assert exercises == solutions


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_a_chapter_has_exercises_and_explorers(chapter):
    sources = {path: "\n".join(c.source for c in read(path).cells) for path in PAGES}
    pages = [text for path, text in sources.items() if path.parent.name == chapter]
    assert sum(text.count("{exercise}") for text in pages) >= 8
    assert sum(len(re.findall(r"^explorers\.", t, re.MULTILINE)) for t in pages) >= 5
    assert sum("silent bug" in text for text in pages) >= 1


REFERENCE = re.compile(r"\{(?:prf:ref|numref|ref|eq|doc)\}`([^`<]+)`")


@each_page
def test_a_reference_to_another_page_has_a_text_of_its_own(path):
    """JupyterLab knows the labels of one notebook only, and shows others as they are written."""
    notebook = read(path)
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    labels = re.findall(r"^\(([\w-]+)\)=|:(?:label|name): *([\w-]+)|\$\$ *\(([\w-]+)\)", text, re.M)
    figures = [c.metadata.get("mystnb", {}).get("figure", {}).get("name") for c in notebook.cells]
    own = {label for found in labels for label in found} | set(figures)
    assert set(REFERENCE.findall(text)) <= own


def test_the_minutes_for_a_lecture_are_those_of_its_pages():
    rows = re.findall(r"^\| .* \| (\{doc\}.*) \| (\d+) \| .* \|$", text_for_instructors(), re.M)
    assert len(rows) == 10
    for pages, minutes in rows:
        frames = [(BOOK / f"{name}.ipynb").read_text() for name in re.findall("`(.*?)`", pages)]
        times = [int(re.search(r"\*\*Time\*\* (\d+) minutes", frame)[1]) for frame in frames]
        assert sum(times) == int(minutes), pages


def text_for_instructors():
    return (BOOK / "instructors.md").read_text()


def test_the_list_for_instructors_holds_every_exercise_once():
    listed = re.findall(r"^\| \{ref\}`(ex-[\w-]+)`", text_for_instructors(), re.M)
    labels = [
        label
        for path in PAGES
        for cell in nbformat.read(path, as_version=4).cells
        for label in re.findall(r"\{exercise\}.*\n:label: (ex-[\w-]+)", cell.source)
    ]
    assert sorted(listed) == sorted(labels)
