"""All claims of all chapters, in one place.

What a claim says stands in the `claims.toml` of its chapter; how it is checked, in the modules of
the chapter's `proofs` and `checks` that have the name of the claim's page.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from IPython.display import Markdown

from pgbook import ledger
from pgbook import report as shown
from pgbook.ledger import Check, Claim, Kind, Verdict

CHAPTERS = ("bandits", "unbiased", "guarantees")


def claims(*ids: str) -> Sequence[Claim]:
    """The claims with these ids, in their order; or all of them, in that of the ids.

    Raises
    ------
    ValueError
        If an id is not in the catalogue.
    """
    tables = _tables()
    if unknown := [name for name in ids if name not in tables]:
        raise ValueError(f"ids must name claims of the catalogue, got {', '.join(unknown)}")
    return [_on_page(tables[name]["page"])[name] for name in ids or sorted(tables, key=_place)]


def _place(name: str) -> tuple[int, int, str]:
    """B before U before G, then by number, then by letter."""
    chapter, number, letter = re.fullmatch(r"([A-Z])(\d+)([a-z]?)", name).groups()
    return "BUG".index(chapter), int(number), letter


def report(*ids: str) -> Markdown:
    """Run the checks and mutants of these claims; what they found, for the end of a page."""
    return Markdown("\n\n".join(map(shown.as_markdown, ledger.run(claims(*ids)))))


def joined(
    tables: Mapping[str, Mapping], checks: Iterable[tuple[str, Check]]
) -> Mapping[str, Claim]:
    """Claims from what is written of them and from pairs of an id and a check.

    Raises
    ------
    ValueError
        If a claim has no checks or checks have no claim.
    """
    of_claim: dict[str, list[Check]] = {}
    for name, check in checks:
        of_claim.setdefault(name, []).append(check)
    if single := tables.keys() ^ of_claim.keys():
        raise ValueError(
            f"claims and checks must have the same ids, got only one of {sorted(single)}"
        )
    return {name: _claim(name, table, of_claim[name]) for name, table in tables.items()}


def _claim(name: str, table: Mapping, checks: Sequence[Check]) -> Claim:
    verdict, kinds = Verdict(table["verdict"]), tuple(map(Kind, table.get("kinds", ())))
    return Claim(name, **{**table, "verdict": verdict, "kinds": kinds}, checks=tuple(checks))


@lru_cache
def _tables() -> Mapping[str, Mapping]:
    """What is written of each claim, by its id."""
    files = (Path(__file__).parent / chapter / "claims.toml" for chapter in CHAPTERS)
    texts = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    return {name: table for text in texts for name, table in text.items()}


@lru_cache
def _on_page(page: str) -> Mapping[str, Claim]:
    """The claims of one page; the checks of other pages are not even imported."""
    chapter, stem = page.split("/")
    names = (f"pgbook.{chapter}.{layer}.{stem}" for layer in ("proofs", "checks"))
    modules = [module for name in names if find_spec(name) for module in _modules(name)]
    tables = {name: table for name, table in _tables().items() if table["page"] == page}
    return joined(tables, (pair for module in modules for pair in ledger.checks_of(module)))


def _modules(name: str) -> list[ModuleType]:
    """A module, or those in a package."""
    module = import_module(name)
    inside = iter_modules(getattr(module, "__path__", ()), f"{name}.")
    return [module, *(import_module(one.name) for one in inside)]
