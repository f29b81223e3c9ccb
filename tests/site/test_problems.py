"""The exercises to hand out: complete, without solutions, and graded by nbgrader."""

import csv
import os
import re
import subprocess
import sys

import nbformat
import problems
import pytest
from built import ROOT, absent

from pgbook import exercises
from pgbook.exercises import Function

PAGES = exercises.catalogue()
PAGE, CHAPTER = "bandits/softmax", "bandits"  # which is graded
NBGRADER = ROOT / ".venv" / "nbgrader"
REFERENCE = "exercises.catalogue()[{page!r}][{label!r}].blanks[{blank!r}].reference"
MISTAKE = (
    "next(wrong.value for wrong in exercises.catalogue()[{page!r}][{label!r}].mistakes"
    " if wrong.blank == {blank!r})"
)
each_page = pytest.mark.parametrize("page", PAGES)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    problems.write(folder)
    return folder


def read(course, page):
    return nbformat.read(course / "source" / f"{page}.ipynb", as_version=4)


def answered(notebook, page, value):
    """The notebook with a value, an expression, in each blank."""
    for cell in notebook.cells:
        label = cell.id.removeprefix("answer-")
        if cell.id.startswith("answer-") and cell.cell_type == "code":
            blanks = PAGES[page][label].asks
            cell.source = "\n".join(
                f"{blank} = {value.format(page=page, label=label, blank=blank)}" for blank in blanks
            )
    return notebook


@each_page
def test_every_exercise_of_the_page_is_handed_out_without_its_solution(course, page):
    notebook = read(course, page)
    nbformat.validate(notebook)
    page_text = (ROOT / "book" / f"{page}.ipynb").read_text()
    texts = [cell.source for cell in notebook.cells if cell.id.startswith("text-")]
    assert len(texts) == page_text.count("{exercise}") > 0
    assert all(re.match(r"### Exercise \d+ ", text) for text in texts)
    tests = [cell for cell in notebook.cells if cell.id.startswith("test-")]
    assert [cell.id.removeprefix("test-") for cell in tests] == list(PAGES[page])
    whole = "\n".join(cell.source for cell in notebook.cells)
    assert "Solution" not in whole and "Hints" not in whole and "{ref}" not in whole
    for one in PAGES[page].values():
        assert not [hint for hint in one.hints if hint in whole]


@each_page
def test_answers_can_be_written_and_nothing_else(course, page):
    for cell in read(course, page).cells:
        about = cell.metadata.nbgrader
        assert about.solution == cell.id.startswith("answer-") == (not about.locked)
        assert about.grade is ("points" in about)
        assert about.grade_id == cell.id and re.fullmatch(r"[\w-]+", cell.id)


@each_page
def test_the_last_cell_of_an_exercise_lets_right_answers_pass_alone(course, page):
    """But for functions judged by what is made of them, which have no reference of their kind."""
    scope = {}
    notebook = answered(read(course, page), page, REFERENCE)
    code = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    exec(code.pop("setup"), scope)
    blanks = {blank for one in PAGES[page].values() for blank in one.asks}
    assert not blanks & scope.keys(), "an answer would hide what the notebook imports"
    for label, one in PAGES[page].items():
        with pytest.raises(NameError):
            exec(code[f"test-{label}"], dict(scope))
        with pytest.raises(AssertionError, match=f"0 of {len(one.asks)} right"):
            exec(code[f"test-{label}"], scope | dict.fromkeys(one.asks, ...))
        if all(getattr(answer, "of", Function.of) is Function.of for answer in one.blanks.values()):
            filled = dict(scope)
            exec(code[f"answer-{label}"], filled)
            exec(code[f"test-{label}"], filled)


def test_what_is_there_is_kept(tmp_path):
    assert problems.write(tmp_path) == []
    submitted, changed = tmp_path / "submitted" / "work", tmp_path / "source" / f"{PAGE}.ipynb"
    submitted.mkdir(parents=True)
    notebook = nbformat.read(changed, as_version=4)
    notebook.cells[0].source = "Mine."
    nbformat.write(notebook, changed)
    (tmp_path / "nbgrader_config.py").write_text("mine")
    assert problems.write(tmp_path) == [changed] and submitted.exists()
    assert nbformat.read(changed, as_version=4).cells[0].source == "Mine."
    assert (tmp_path / "nbgrader_config.py").read_text() == "mine"


def nbgrader(course, *words):
    environment = os.environ | {
        "PYTHONPATH": str(NBGRADER),
        "PATH": f"{NBGRADER / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(course / "config"),
        "JUPYTER_DATA_DIR": str(course / "data"),
    }
    command = [sys.executable, "-m", "nbgrader", *words]
    ran = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_nbgrader_grades_what_is_right_wrong_and_broken(course):
    if not NBGRADER.exists():
        absent("nbgrader graded nothing, for it is not there; to download it: make tools")
    nbgrader(course, "generate_assignment", CHAPTER)
    released = course / "release" / f"{PAGE}.ipynb"
    first, second = PAGES[PAGE].values()

    def submitted(student):
        path = course / "submitted" / student / f"{PAGE}.ipynb"
        path.parent.mkdir(parents=True)
        return path, nbformat.read(released, as_version=4)

    for student, value in {"right": REFERENCE, "wrong": MISTAKE}.items():
        path, notebook = submitted(student)
        nbformat.write(answered(notebook, PAGE, value), path)
    path, notebook = submitted("broken")
    answered(notebook, PAGE, REFERENCE)
    (cell,) = (cell for cell in notebook.cells if cell.id == f"answer-{first.label}")
    cell.source = "for this I had no time"
    nbformat.write(notebook, path)
    nbgrader(course, "autograde", CHAPTER, f"--notebook={released.stem}")
    nbgrader(course, "export")
    with open(course / "grades.csv", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {
        "right": len(first.asks) + len(second.asks), "wrong": 0, "broken": len(second.asks),
    }  # fmt: skip
