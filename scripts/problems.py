"""Write the exercises of each page as a notebook to hand out, which nbgrader collects and grades.

    make problems

They are made of the built book, where references are words and exercises have their numbers. The
folder `course` is one as nbgrader knows it, and each chapter an assignment. What is there already
stays: what was handed in, grades, and notebooks that somebody has changed.
"""

import re
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import Any

import copies
import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebooks import ROOT, SERVED

from pgbook import exercises
from pgbook.exercises import Exercise

BOOK = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
COURSE = ROOT / "course"
SETTINGS = """\
from nbgrader.converters import GenerateAssignment

c = get_config()
c.CourseDirectory.course_id = "policy-gradients"
# These notebooks hold no solutions; what would be cleared in their place are the blanks.
steps = GenerateAssignment.class_traits()["preprocessors"].default()
c.GenerateAssignment.preprocessors = [s for s in steps if s.__name__ != "ClearSolutions"]
"""
TITLE = re.compile(r"^# (.*)", re.MULTILINE)
EXERCISE = re.compile(r"^(?=### Exercise \d+)", re.MULTILINE)
# What follows the text of an exercise, or all exercises of a page.
REST = re.compile(r"^(?:[`:]{3,}\{\w+\} (?:Hints|Solution)|##? |#### Solution)", re.MULTILINE)
WELCOME = """\
# Problems: {title}

These are the exercises of the page *{title}* of the book *{book}*; numbers in parentheses are
those of its equations. Write an answer in place of each `...`: the cell below it says what is
right, what is wrong and what is open. `exercises.hint("...")`, with the name that stands in that
cell, helps on.

The package `pgbook` {version} must be installed."""
IN_WORDS = "*Your answer:*"
POINTS = 2  # for an answer in words; the others have one for each blank


def main() -> None:
    """Write them, and say what was kept."""
    for path in write(COURSE):
        print(f"{path.relative_to(ROOT)} holds changes of yours; it is kept as it is.")
    print(f"The problems are in {(COURSE / 'source').relative_to(ROOT)}.")


def write(course: Path) -> list[Path]:
    """Write the settings and the notebooks of all pages; those that were changed are kept."""
    kept = []
    for page, listed in exercises.catalogue().items():
        target = course / "source" / f"{page}.ipynb"
        built = nbformat.read(SERVED / f"{page}.ipynb", as_version=4)
        if copies.write(problems(built, listed), target):
            kept.append(target)
    settings = course / "nbgrader_config.py"
    if not settings.exists():
        settings.write_text(SETTINGS)
    return kept


def problems(built: NotebookNode, listed: dict[str, Exercise]) -> NotebookNode:
    """The exercises of a built page, each with a cell for the answer and one that grades it."""
    cells = iter(built.cells)
    whole = "\n".join(cell.source for cell in built.cells)
    about = {"title": TITLE.search(whole)[1], "book": BOOK, "version": version("pgbook")}
    setup = next(cell.source for cell in cells if cell.id in ("setup", "imports"))
    made = [
        _markdown("welcome", WELCOME.format(**about)),
        _code("setup", f"{setup}\n\nfrom pgbook import exercises"),
    ]
    texts: list[str] = []
    for cell in cells:
        if cell.cell_type == "markdown":
            made += _in_words(texts)
            texts = _texts(cell.source)
        elif texts and cell.id.startswith("try-"):
            one = listed[cell.id.removeprefix("try-")]
            made += [*_in_words(texts[:-1]), *_with_blanks(texts[-1], one)]
            texts = []
    notebook = new_notebook(cells=[*made, *_in_words(texts)])
    notebook.metadata.kernelspec = built.metadata.kernelspec
    return notebook


def _texts(source: str) -> list[str]:
    """The exercises in a cell of text, each from its title on, without hints and solutions."""
    return [REST.split(part, maxsplit=1)[0].strip() for part in EXERCISE.split(source)[1:]]


def _with_blanks(text: str, one: Exercise) -> list[NotebookNode]:
    """An exercise that is checked by the package."""
    lines = []
    for blank, ask in one.asks.items():
        comment = f"{blank}: {ask}; {one.blanks[blank].wanted}"
        lines += [*textwrap.wrap(comment, 86, initial_indent="# ", subsequent_indent="#   ")]
        lines += [f"{blank} = ..."]
    given = ", ".join(f"{blank}={blank}" for blank in one.asks)
    return [
        _markdown(f"text-{one.label}", text),
        _code(f"answer-{one.label}", "\n".join(lines), solution=True),
        _code(
            f"test-{one.label}",
            f'exercises.check("{one.label}", {given}).demand()',
            points=len(one.asks),
        ),
    ]


def _in_words(texts: list[str]) -> list[NotebookNode]:
    """Exercises that are graded by hand: a proof, or an explanation."""
    made = []
    for text in texts:
        label = re.sub(r"\W+", "-", text.splitlines()[0].lower()).strip("-")
        answer = _markdown(f"answer-{label}", IN_WORDS, solution=True, points=POINTS)
        made += [_markdown(f"text-{label}", text), answer]
    return made


def _markdown(name: str, source: str, **roles: Any) -> NotebookNode:
    return _marked(new_markdown_cell(source, id=name), **roles)


def _code(name: str, source: str, **roles: Any) -> NotebookNode:
    return _marked(new_code_cell(source, id=name), **roles)


def _marked(cell: NotebookNode, *, solution: bool = False, points: int = 0) -> NotebookNode:
    """A cell with what nbgrader has to know: what is an answer, and what gives points."""
    about = {
        "grade_id": cell.id,
        "schema_version": 3,
        "solution": solution,
        "grade": bool(points),
        "locked": not solution,
        "task": False,
    }
    cell.metadata["nbgrader"] = about | ({"points": points} if points else {})
    return cell


if __name__ == "__main__":
    main()
