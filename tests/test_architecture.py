"""The layout is the syllabus: who may import whom, and the mirror of chapters in three places."""

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from pgbook import catalogue

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pgbook"
MODULES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = {  # in a chapter: what a part may import of the outside, of the package, of its chapter
    "numeric": (
        {"numpy"},
        {"policies", "mdp", "outcomes", "montecarlo", "validation"},
        {"numeric"},
    ),
    "printed": ({"numpy"}, set(), set()),
    "proofs": ({"sympy"}, {"derivation", "ledger", "symbols"}, {"proofs"}),
    "figures": ({"numpy", "matplotlib"}, {"charts", "style", "montecarlo", "validation"}, set()),
    "explorers": (
        {"numpy"},
        {"charts", "explorer", "mdp", "montecarlo", "outcomes", "policies", "style"},
        {"numeric", "figures"},
    ),
    "cases": ({"numpy"}, {"cases", "ledger", "mdp", "policies", "validation"}, {"numeric"}),
    "checks": (
        {"numpy", "sympy"},
        {"cases", "derivation", "differences", "evidence", "ledger", "mdp", "montecarlo"}
        | {"outcomes", "policies", "symbols"},
        {"numeric", "printed", "proofs", "cases", "checks"},
    ),
    "exercises": (
        {"numpy", "sympy"},
        {"differences", "exercises", "mdp", "outcomes", "policies"},
        {"numeric"},
    ),
}
LONGEST_MODULE, LONGEST_PIECE = 300, 25  # lines; of code, in a function or in a table of a module


def imports(path):
    """Every module that a file imports, dotted; names imported from a package are joined on."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{name.name}" for name in node.names}
    return names


def module_parts():
    for chapter in catalogue.CHAPTERS:
        for path in sorted((PACKAGE / chapter).rglob("*.py")):
            part = path.relative_to(PACKAGE / chapter).parts[0].removesuffix(".py")
            if part != "__init__":
                yield pytest.param(chapter, part, path, id=str(path.relative_to(PACKAGE)))


@pytest.mark.parametrize(("chapter", "part", "path"), [*module_parts()])
def test_a_part_of_a_chapter_imports_only_what_it_may(chapter, part, path):
    outside, shared, own = ALLOWED[part]
    for name in imports(path):
        first, *rest = name.split(".")
        if first in sys.stdlib_module_names:
            continue
        if first != "pgbook":
            assert first in outside, name
        elif rest[0] == chapter:
            assert len(rest) > 1 and rest[1] in own, name
        else:
            assert rest[0] in shared, name


def shared_modules():
    chapters = {PACKAGE / chapter for chapter in catalogue.CHAPTERS}
    return [path for path in MODULES if not chapters & set(path.parents)]


@pytest.mark.parametrize("path", shared_modules(), ids=lambda path: path.stem)
def test_shared_modules_do_not_depend_on_a_chapter(path):
    for name in imports(path):
        assert not name.startswith(tuple(f"pgbook.{c}" for c in catalogue.CHAPTERS)), name


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_a_chapter_has_the_same_stem_in_three_places(chapter):
    for place in ("book", "pgbook", "tests"):
        assert (ROOT / place / chapter).is_dir()


def modules_by_page(chapter, layer):
    """The modules, or folders of modules, in a layer of a chapter."""
    return {path.stem for path in (PACKAGE / chapter / layer).glob("[!_]*")}


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_checks_and_proofs_have_the_names_of_the_pages_that_show_them(chapter):
    pages = {path.stem: path.read_text() for path in (ROOT / "book" / chapter).glob("*.ipynb")}
    assert modules_by_page(chapter, "checks") == pages.keys()
    imported = {
        name for name, text in pages.items() if f"{chapter}.proofs import {name} as proofs" in text
    }
    assert modules_by_page(chapter, "proofs") == imported
    derived = {name for name, text in pages.items() if "pgbook-derivation" in text}
    assert derived <= imported


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_exercises_have_the_names_of_the_pages_that_check_them(chapter):
    pages = {path.stem: path.read_text() for path in (ROOT / "book" / chapter).glob("*.ipynb")}
    checked = {name for name, text in pages.items() if "exercises.check(" in text}
    assert modules_by_page(chapter, "exercises") == checked


def test_every_shared_module_has_its_tests():
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    modules = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in shared_modules()}
    modules -= {"__init__", "__main__", "style"}
    assert modules <= tests | {"expressions", "symbols", "report"}  # tested with others


def code_lines(node):
    """How many lines of code a function or a statement has, without its docstring."""
    documented = isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and node.body[1:]
    return node.end_lineno - (node.body[1] if documented else node).lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_stays_readable(path):
    tree = ast.parse(path.read_text())
    assert path.read_text().count("\n") <= LONGEST_MODULE
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    tables = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr)]
    for node in (*functions, *tables[bool(ast.get_docstring(tree)) :]):
        assert code_lines(node) <= LONGEST_PIECE, ast.unparse(node)[:80]


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_a_chapter_offers_each_number_it_computes(chapter):
    offered = importlib.import_module(f"pgbook.{chapter}")
    for path in (PACKAGE / chapter / "numeric").glob("[!_]*.py"):
        module = importlib.import_module(f"pgbook.{chapter}.numeric.{path.stem}")
        if getattr(offered, path.stem, None) is not module:  # as `pitfalls`, offered as a whole
            for name, value in vars(module).items():
                own = getattr(value, "__module__", "") == module.__name__
                assert name.startswith("_") or not own or hasattr(offered, name), name


def test_the_examples_in_docstrings_are_true():
    with_examples = [path for path in MODULES if ">>>" in path.read_text()]
    assert with_examples
    for path in with_examples:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        assert not doctest.testmod(importlib.import_module(name)).failed, name


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_importing_the_numbers_loads_neither_sympy_nor_matplotlib(chapter):
    code = (
        f"import sys, pgbook.{chapter};"
        "print([m for m in ('sympy', 'matplotlib', 'ipywidgets') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr
