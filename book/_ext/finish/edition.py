"""Editions of the book: for all readers, and for students, without solutions."""

import os

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx_exercise.nodes import solution_node

EDITIONS = ("", "student")


def setup(app: Sphinx) -> None:
    """Choose the edition by the environment variable `EDITION`, as `make book EDITION=student`."""
    app.connect("config-inited", check)
    app.connect("doctree-read", leave_out, priority=400)  # before the names in code are linked


def check(app: Sphinx, config: Config) -> None:
    """Refuse an edition that there is not."""
    edition = os.environ.get("EDITION", "")
    if edition not in EDITIONS:
        raise ConfigError(f"EDITION must be student or nothing, got {edition!r}")


def leave_out(app: Sphinx, tree: nodes.document) -> None:
    """Take the solutions from a page; `hide_solutions` fails for those with cells of code."""
    if os.environ.get("EDITION") == "student":
        for solution in list(tree.findall(solution_node)):
            solution.parent.remove(solution)
