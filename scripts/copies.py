"""Notebooks in which others work: they follow the book until somebody changes them."""

import hashlib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

MARK = "pgbook"  # where a copy keeps the digest of what it was made as


def write(notebook: NotebookNode, target: Path) -> bool:
    """Write a copy, unless the one that is there holds changes; whether it does."""
    notebook.metadata[MARK] = digest(notebook)
    if target.exists():
        there = nbformat.read(target, as_version=4)
        if there.metadata.get(MARK) != digest(there):
            return True
        if there.metadata[MARK] == notebook.metadata[MARK]:
            return False  # with the outputs that it has by now
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return False


def digest(notebook: NotebookNode) -> str:
    """Of what its cells say, outputs aside."""
    said = "\0".join(f"{cell.cell_type}\0{cell.source}" for cell in notebook.cells)
    return hashlib.sha256(said.encode()).hexdigest()
