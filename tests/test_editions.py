"""Editions: solutions left out for students, and more said to instructors."""

import re
from itertools import accumulate

import nbformat
import notebooks
import pytest
from docutils import nodes
from finish import edition, served
from sphinx.errors import ConfigError
from sphinx_exercise.nodes import solution_node

from pgbook import exercises

EXERCISES = [one for page in exercises.catalogue().values() for one in page.values()]


@pytest.mark.parametrize(
    ("name", "left", "added"), [("", 1, 0), ("student", 0, 0), ("instructor", 1, 1)]
)
def test_editions_leave_the_solutions_out_or_add_to_them(monkeypatch, name, left, added):
    monkeypatch.setenv("EDITION", name)
    solution = solution_node("", nodes.literal_block(), target_label="ex-steep")
    tree = nodes.section("", nodes.paragraph(), solution)
    edition.edit(None, tree)
    assert len(list(tree.findall(solution_node))) == left
    assert len(list(tree.findall(nodes.admonition))) == added
    assert isinstance(tree[0], nodes.paragraph)


@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.label)
def test_instructors_see_each_reference_and_each_mistake(one):
    said = edition.for_instructors(one)
    text = " ".join(said.astext().split())
    for blank, ask in one.asks.items():
        assert f"{blank}: {ask.replace('`', '')}. It is compared with" in text
    for mistake in one.mistakes:
        assert f"{mistake.why.replace('`', '')}:" in text
    codes = [block.astext() for block in said.findall(nodes.literal_block)]
    values = [answer.reference for answer in one.blanks.values()]
    values += [mistake.value for mistake in one.mistakes]
    assert len(codes) == sum(map(callable, values))
    for code in codes:
        compile(code, one.label, "exec")


def test_a_lambda_is_shown_as_it_is_written():
    pair = [m.value for one in EXERCISES if one.label == "temperature" for m in one.mistakes][:2]
    assert list(map(edition.code_of, pair)) == [
        "lambda odds, c: c * odds",
        "lambda odds, c: odds ** (1 / c)",
    ]


@pytest.mark.parametrize("path", notebooks.pages(), ids=lambda path: path.stem)
def test_notebooks_for_students_have_all_but_the_solutions(path):
    whole = nbformat.read(path, as_version=4).cells
    left = served.unsolved(nbformat.read(path, as_version=4).cells)
    before, after = ("\n".join(cell.source for cell in cells) for cells in (whole, left))
    assert "{solution" not in after
    opened = accumulate(cell.source.count("{solution-start}") for cell in whole)
    closed = accumulate(cell.source.count("{solution-end}") for cell in whole)
    outside = [cell.id for cell, *at in zip(whole, opened, closed, strict=True) if at[0] == at[1]]
    code = [cell.id for cell in left if cell.cell_type == "code"]
    assert code == [c.id for c in whole if c.cell_type == "code" and c.id in outside]
    for kept in (r"^```\{exercise\}", r"^## .*", r"^:::\{dropdown\} Hints"):
        assert re.findall(kept, after, re.MULTILINE) == re.findall(kept, before, re.MULTILINE)


def test_an_unknown_edition_is_refused(monkeypatch):
    monkeypatch.setenv("EDITION", "pocket")
    with pytest.raises(ConfigError, match="must be student, instructor or nothing, got 'pocket'"):
        edition.check(None, None)
