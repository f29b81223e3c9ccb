"""The reference of the package: whole, and one click away from each cell."""

import ast
import inspect
import json
import re
from importlib import import_module

import pytest
from built import HTML, ROOT
from sphinx.util.inventory import InventoryFile

from pgbook import catalogue

NOTEBOOKS = sorted((ROOT / "book").rglob("[!.]*.ipynb"))
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "pgbook").rglob("*.py")
}


def documented():
    """Names in the inventory of the book, and where they lead."""
    with (HTML / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda _, location: location)
    kinds = [entries for kind, entries in inventory.items() if kind.startswith("py:")]
    return {name: entry[2] for entries in kinds for name, entry in entries.items()}


def names_used(path):
    """The dotted names of the package in the cells of a notebook, where no variable hides them."""
    cells = json.loads(path.read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    imported, names = {}, set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "pgbook":
            names |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
            imported |= {n.asname or n.name: f"{node.module}.{n.name}" for n in node.names}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            imported.pop(node.id, None)
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in imported:
                names.add(f"{imported[node.value.id]}.{node.attr}")
    return names


def definition(name):
    """The name under which the reference has what a cell calls by another name."""
    if name in MODULES:
        return name
    module, attribute = name.rsplit(".", 1)
    if module not in MODULES:  # a member of a class
        return f"{definition(module)}.{attribute}"
    value = getattr(import_module(module), attribute)
    if inspect.isclass(value) or inspect.isroutine(value):
        return f"{value.__module__}.{value.__qualname__}"
    below = [m for m in sorted(MODULES, key=len) if m.startswith(module)]
    return next(f"{m}.{attribute}" for m in below[::-1] if defines(m, attribute))


def defines(module, name):
    """Whether a module says `name = ...` itself."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    targets = [
        target
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return any(isinstance(n, ast.Name) and n.id == name for t in targets for n in ast.walk(t))


def test_every_module_has_its_place():
    assert MODULES - {"pgbook.__main__"} <= documented().keys()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_names_in_cells_lead_to_the_reference(path):
    html = HTML / path.relative_to(ROOT).with_suffix(".html")
    links = re.findall(
        r'<a class="sphinx-codeautolink-a" href="[./]*([^"]*)"', html.read_text(encoding="utf-8")
    )
    found, used = documented(), names_used(path)
    assert len(used) > 3
    for name in used:
        assert definition(name) in found, name
        assert found[definition(name)].replace("$", definition(name)) in links, name


def test_what_an_object_of_the_package_does_is_linked_too():
    html = (HTML / "book/bandits/sampling.html").read_text(encoding="utf-8")
    assert re.search(r'#pgbook\.[\w.]+\.GradientBandit\.update"><span class="n">agent</span>', html)


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_every_check_says_for_which_claim_it_is(chapter):
    pages = [HTML / f"book/api/{name}.html" for name in (chapter, f"{chapter}_checks")]
    html = "".join(page.read_text(encoding="utf-8") for page in pages)
    claims = [claim for claim in catalogue.claims() if claim.page.split("/")[0] == chapter]
    for claim in claims:
        assert f'#{claim.id.lower()}"><span class="std std-ref">{claim.id}</span>' in html
    assert len(claims) > 15
