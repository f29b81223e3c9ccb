"""The reference of the package: whole, and one click away from each cell."""

import ast
import inspect
import json
import re
from functools import cache
from pkgutil import resolve_name

import pytest
import yaml
from built import HTML, ROOT
from sphinx.util.inventory import InventoryFile

from pgbook import catalogue

HOME = ROOT / "book" / "index.ipynb"  # shows no code
NOTEBOOKS = sorted({*(ROOT / "book").rglob("[!.]*.ipynb")} - {HOME})
MOVED = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"][
    "codeautolink_inventory_map"
]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "pgbook").rglob("*.py")
}


@cache
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
        first, *rest = ast.unparse(node).split(".") if isinstance(node, ast.Attribute) else [""]
        if first in imported and all(name.isidentifier() for name in rest):
            names.add(".".join([imported[first], *rest]))
    return {name for name in names if not any(other.startswith(f"{name}.") for other in names)}


def definition(name):
    """The name under which the reference has what a cell calls by another name."""
    if name in MOVED:
        return MOVED[name]
    parent, _, attribute = name.rpartition(".")
    value = resolve_name(name)
    if inspect.ismodule(value):
        return value.__name__
    if inspect.isclass(value) or (inspect.isroutine(value) and value.__module__ in MODULES):
        return f"{value.__module__}.{value.__qualname__}"
    return definition(parent) if inspect.isroutine(value) else f"{definition(parent)}.{attribute}"


def test_every_module_has_its_place():
    assert MODULES - {"pgbook.__main__"} <= documented().keys()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_names_in_cells_lead_to_the_reference(path):
    html = HTML / path.relative_to(ROOT).with_suffix(".html")
    links = re.findall(
        r'<a class="sphinx-codeautolink-a" href="[./]*([^"]*)"', html.read_text(encoding="utf-8")
    )
    found, used = documented(), names_used(path)
    assert used
    assert {name for name in used if definition(name) not in found} == set()
    own = {name for name in used if definition(name).endswith(name[name.rindex(".") + 1 :])}
    missing = {n for n in own if found[definition(n)].replace("$", definition(n)) not in links}
    assert missing == set()  # a method of a dictionary, as in `FAMILIES.items()`, has no entry


def test_what_an_object_of_the_package_does_is_linked_too():
    html = (HTML / "book/bandits/sampling.html").read_text(encoding="utf-8")
    assert re.search(r'#pgbook\.[\w.]+\.GradientBandit\.update"><span class="n">agent</span>', html)


CHECKS = [(claim, check) for claim in catalogue.claims() for check in claim.checks]


@pytest.mark.parametrize(("claim", "check"), CHECKS, ids=lambda one: getattr(one, "id", ""))
def test_one_jump_leads_from_a_check_to_its_code_and_one_back(claim, check):
    place = documented()[check.function].replace("$", check.function)
    page = (HTML / "book" / f"{claim.page}.html").read_text(encoding="utf-8")
    assert f'href="../{place.removeprefix("book/")}"' in page
    path, anchor = place.split("#")
    (entry,) = re.findall(
        rf'<dt class="[^"]*" id="{re.escape(anchor)}">.*?</dd>',
        (HTML / path).read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert f'href="../{claim.page}.html#{claim.id.lower()}"' in entry
    assert f'<span class="nf">{check.function.rpartition(".")[2]}</span>' in entry
