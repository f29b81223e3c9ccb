"""All claims of all chapters, in one place."""

from collections.abc import Sequence
from importlib import import_module

from IPython.display import Markdown

from pgbook import ledger
from pgbook.ledger import Claim

CHAPTERS = ("bandits", "unbiased", "guarantees")


def claims(*ids: str) -> Sequence[Claim]:
    """The claims with these ids, or all of them.

    Raises
    ------
    ValueError
        If an id is not in the catalogue.
    """
    known = [c for name in CHAPTERS for c in import_module(f"pgbook.{name}.claims").CLAIMS]
    by_id = {claim.id: claim for claim in known}
    if unknown := [name for name in ids if name not in by_id]:
        raise ValueError(f"ids must name claims of the catalogue, got {', '.join(unknown)}")
    return [by_id[name] for name in ids] if ids else known


def report(*ids: str) -> Markdown:
    """Run the checks and mutants of these claims; what they found, for the end of a page."""
    return Markdown("\n\n".join(map(ledger.as_markdown, ledger.run(claims(*ids)))))
