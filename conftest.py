"""What holds for all tests, those of the notebooks included."""

import os
import sys
from pathlib import Path

import pytest

import pgbook

# Notebooks show what they show in the book, whatever the machine is set to.
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
os.environ["IPYTHONDIR"] = str(Path(sys.prefix, "ipython"))  # no profile of a person


def pytest_configure():
    """A copied environment would test the package it was made for, not the one beside the tests."""
    here, found = Path(__file__).parent, Path(pgbook.__file__).parents[1]
    if here != found:
        pytest.exit(f"pgbook must be that of {here}, got {found}; `make test` makes .venv anew", 4)
