"""Editions of the book: for all readers, and for students, without solutions."""

import os

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

EDITIONS = ("", "student")


def setup(app: Sphinx) -> None:
    """Choose the edition by the environment variable `EDITION`, as `make book EDITION=student`."""
    app.connect("config-inited", choose)


def choose(app: Sphinx, config: Config) -> None:
    """Leave the solutions out, or not."""
    edition = os.environ.get("EDITION", "")
    if edition not in EDITIONS:
        raise ConfigError(f"EDITION must be student or nothing, got {edition!r}")
    if edition == "student":
        config.hide_solutions = True
