"""Editions of the book: for all readers; for students, without solutions; and for instructors.

The edition for instructors says at the end of each solution what the blanks of the exercise are
compared with, and which wrong answers are expected.
"""

import ast
import inspect
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx_exercise.nodes import solution_node

import pgbook
from pgbook import exercises
from pgbook.exercises import Exercise
from pgbook.exercises.values import shown

EDITIONS = ("", "student", "instructor")
PACKAGE = Path(pgbook.__file__).parent


def setup(app: Sphinx) -> None:
    """Choose the edition by the environment variable `EDITION`, as `make book EDITION=student`."""
    app.connect("config-inited", check)
    app.connect("doctree-read", edit, priority=400)  # before the names in code are linked


def chosen() -> str:
    """The edition that is being built."""
    return os.environ.get("EDITION", "")


def check(app: Sphinx, config: Config) -> None:
    """Refuse an edition that there is not."""
    if chosen() not in EDITIONS:
        raise ConfigError(f"EDITION must be student, instructor or nothing, got {chosen()!r}")


def edit(app: Sphinx, tree: nodes.document) -> None:
    """Take the solutions from a page, or add to them; `hide_solutions` fails for cells of code."""
    if not chosen():
        return
    pages = exercises.catalogue().values()
    known = {f"ex-{label}": one for page in pages for label, one in page.items()}
    for solution in list(tree.findall(solution_node)):
        if chosen() == "student":
            solution.parent.remove(solution)
        elif one := known.get(solution["target_label"]):
            solution += for_instructors(one)


def for_instructors(one: Exercise) -> nodes.admonition:
    """What each blank is compared with, and the mistakes that are expected in it."""
    said = nodes.admonition("", nodes.title("", "For instructors"))
    for blank, ask in one.asks.items():
        said += _compared(f"`{blank}`: {ask}. It is compared with", one.blanks[blank].reference)
        wrong = [mistake for mistake in one.mistakes if mistake.blank == blank]
        if wrong:
            said += _sentence("Mistakes to expect:")
            items = (nodes.list_item("", *_compared(f"{m.why}:", m.value)) for m in wrong)
            said += nodes.bullet_list("", *items)
    return said


def _compared(text: str, value: object) -> list[nodes.Element]:
    """A sentence that ends with a value, or is followed by the code of a function."""
    if not callable(value):
        return [_sentence(f"{text} `{shown(value)}`")]
    code = code_of(value)
    return [_sentence(text), nodes.literal_block(code, code, language="python")]


def _sentence(text: str) -> nodes.paragraph:
    """A paragraph with names in backticks as code."""
    parts = enumerate(text.split("`"))
    return nodes.paragraph(
        "", "", *(nodes.literal("", part) if i % 2 else nodes.Text(part) for i, part in parts)
    )


def code_of(function: Callable) -> str:
    """The code of a function of the package, or the name of another one."""
    code = getattr(function, "__code__", None)
    if code is None or not Path(code.co_filename).is_relative_to(PACKAGE):
        return f"{function.__module__}.{function.__qualname__}"
    if function.__name__ != "<lambda>":
        return textwrap.dedent(inspect.getsource(function)).strip()
    source = Path(code.co_filename).read_text(encoding="utf-8")
    starts = {(line, column) for line, _, column, _ in code.co_positions()}
    lambdas = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Lambda))
    return next(
        ast.unparse(node) for node in lambdas if (node.body.lineno, node.body.col_offset) in starts
    )
