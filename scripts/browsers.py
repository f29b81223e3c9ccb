"""The browser of the machine, for the printed book, the picture of the README, and the tests."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def found() -> str | None:
    """The path of the first browser that is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)
