"""Checks, hints and progress of one reader, kept in this session and sent nowhere."""

import difflib
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from pgbook import validation
from pgbook.catalogue import CHAPTERS
from pgbook.exercises.definition import Exercise, exercises_of
from pgbook.exercises.feedback import Feedback, Hint, Remark
from pgbook.tables import Table, table

PACKAGE = Path(__file__).parents[1]
# What the reader has done so far; the one state of the package, for it is the reader's.
_right: dict[str, set[str]] = {}
_hinted: Counter[str] = Counter()


@lru_cache
def catalogue() -> Mapping[str, Mapping[str, Exercise]]:
    """All exercises that can be checked, by page, as ``bandits/index``, and label."""
    pages = {}
    for chapter in CHAPTERS:
        for path in sorted((PACKAGE / chapter / "exercises").glob("[!_]*.py")):
            module = import_module(f"pgbook.{chapter}.exercises.{path.stem}")
            pages[f"{chapter}/{path.stem}"] = {one.label: one for one in exercises_of(module)}
    return pages


def _find(label: str) -> Exercise:
    known = {name: one for page in catalogue().values() for name, one in page.items()}
    if not isinstance(label, str) or label not in known:
        near = difflib.get_close_matches(str(label), known) or list(known)[:3]
        raise ValueError(
            f"label must name an exercise that progress() lists, such as {', '.join(near)}, "
            f"got {validation.shown(label)}"
        )
    return known[label]


def check(label: str, /, **blanks: object) -> Feedback:
    """Check the answers to an exercise.

    Parameters
    ----------
    label : str
        Of the exercise on its page, without ``ex-``.
    **blanks
        An answer for each blank; ``...`` for those that are open, as those left out are.

    Returns
    -------
    Feedback
        True if all blanks are right. A blank that was right once stays so in `progress`.

    Raises
    ------
    ValueError
        If there is no such exercise or blank. A wrong answer raises nothing.

    Examples
    --------
    >>> check("steep", p=0.5, bend=0.5)
    Exercise steep: 1 of 3 right.
    ✓ p: right.
    ✗ bend: 0.5 is too large. That is where the slope is largest; there the curvature is zero.
    ○ curvature: the largest curvature, in the logit – open; a number, to within 0.001.
    exercises.hint("steep") gives the first hint.
    """
    one = _find(label)
    if unknown := [name for name in blanks if name not in one.asks]:
        raise ValueError(
            f"blanks of {label} must be {', '.join(one.asks)}, got {', '.join(unknown)}"
        )
    remarks = tuple(_remark(one, name, blanks.get(name, ...)) for name in one.asks)
    _right.setdefault(label, set()).update(r.blank for r in remarks if r.state == "right")
    return Feedback(label, remarks)


def _remark(one: Exercise, blank: str, given: object) -> Remark:
    if given is ...:
        return Remark(blank, "open", f"{one.asks[blank]} – open; {one.blanks[blank].wanted}.")
    wrong = one.verdict(blank, given)
    return Remark(blank, "wrong", wrong) if wrong else Remark(blank, "right", "right.")


def hint(label: str, /) -> Hint:
    """The next hint for an exercise; after the last one, the last one again.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    hints = _find(label).hints
    _hinted[label] = number = min(_hinted[label] + 1, len(hints))
    return Hint(label, number, len(hints), hints[number - 1])


def progress() -> Table:
    """How many blanks of each exercise have been right, and how many hints were given.

    In this session; the solutions of a page count too, if one runs them.
    """
    return table(
        {
            "page": page,
            "exercise": label,
            "right": f"{len(_right.get(label, ()))} of {len(one.asks)}",
            "hints": f"{_hinted[label]} of {len(one.hints)}",
        }
        for page, exercises in catalogue().items()
        for label, one in exercises.items()
    )


def forget() -> None:
    """Start anew: nothing has been answered, and no hint given."""
    _right.clear()
    _hinted.clear()
