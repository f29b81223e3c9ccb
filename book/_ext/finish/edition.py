"""Editions of the book: for all readers, for students without solutions, for instructors."""

import os

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

EDITIONS = ("", "student", "instructor")


def setup(app: Sphinx) -> None:
    """Choose the edition by the environment variable `EDITION`, as `make book EDITION=student`."""
    app.connect("config-inited", choose)


def choose(app: Sphinx, config: Config) -> None:
    """Leave the solutions out, or not."""
    edition = os.environ.get("EDITION", "")
    if edition not in EDITIONS:
        raise ConfigError(f"EDITION must be student, instructor or nothing, got {edition!r}")
    if edition == "student":
        config.hide_solutions = True
