"""Where the built book is, its pages, and what happens without what opens them."""

import os
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"


def pages():
    """The pages of `_toc.yml` without their suffixes, in order."""

    def files(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    yield value
                else:
                    yield from files(value)
        elif isinstance(node, list):
            for item in node:
                yield from files(item)

    return list(files(yaml.safe_load((ROOT / "_toc.yml").read_text())))


def absent(reason):
    """Skip a test for which something is not installed; in CI that is a failure."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
