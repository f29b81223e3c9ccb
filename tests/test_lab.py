"""Copies for JupyterLab: they follow the book until their reader changes them."""

import lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "built" / "chapter" / "page.ipynb"
    path.parent.mkdir(parents=True)
    write(path, "1 + 1")
    return path


def write(path, code):
    cells = [new_markdown_cell("A page."), new_code_cell(code)]
    nbformat.write(new_notebook(cells=cells), path)


def copied(page):
    """What is kept, and the copy."""
    root = page.parents[2]
    kept = lab.copy(root / "built", root / "lab")
    return kept, root / "lab" / "chapter" / "page.ipynb"


def code_of(path):
    return nbformat.read(path, as_version=4).cells[1].source


def test_a_copy_follows_the_book(page):
    assert copied(page)[0] == []
    write(page, "2 + 2")
    kept, copy = copied(page)
    assert kept == [] and code_of(copy) == "2 + 2"


def test_what_a_reader_has_run_keeps_its_outputs(page):
    _, copy = copied(page)
    notebook = nbformat.read(copy, as_version=4)
    notebook.cells[1].outputs = [new_output("stream", text="2")]
    nbformat.write(notebook, copy)
    kept, copy = copied(page)
    assert kept == [] and nbformat.read(copy, as_version=4).cells[1].outputs
    write(page, "2 + 2")
    assert copied(page)[0] == [] and code_of(copy) == "2 + 2"


def test_what_a_reader_has_changed_is_kept(page):
    _, copy = copied(page)
    notebook = nbformat.read(copy, as_version=4)
    notebook.cells[1].source = "my answer"
    nbformat.write(notebook, copy)
    write(page, "2 + 2")
    for _ in range(2):
        assert copied(page) == ([copy], copy)
        assert code_of(copy) == "my answer"


def test_a_notebook_of_the_reader_is_left_alone(page):
    copy = page.parents[2] / "lab" / "chapter" / "page.ipynb"
    copy.parent.mkdir(parents=True)
    write(copy, "mine")
    assert copied(page)[0] == [copy] and code_of(copy) == "mine"
