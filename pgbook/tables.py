"""Numbers as a table: HTML in a page, aligned text elsewhere.

What a cell of a notebook computes should not drown in padding; `table` does the formatting.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from pgbook import validation
from pgbook.montecarlo import Estimate

LARGE = 1e6  # from here on, and where all digits would be zeros, powers of ten
MINUS = "\u2212"


@dataclass(frozen=True)
class Table:
    """Cells as text, with a header; numbers stand at the right. Made by `table`."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]  # of each column

    def __repr__(self) -> str:
        lines = (self.head, *self.rows)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = (
            [
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, self.numeric, strict=True)
            ]
            for line in lines
        )
        return "\n".join("  ".join(cells).rstrip() for cells in aligned)

    def _repr_html_(self) -> str:
        head = self._line(self.head, ["th scope=col"] * len(self.head))
        kinds = ["th scope=row", *["td"] * (len(self.head) - 1)]
        rows = "\n".join(self._line(row, kinds) for row in self.rows)
        return (
            f'<table class="pgbook-table">\n<thead>{head}</thead>\n'
            f"<tbody>\n{rows}\n</tbody>\n</table>"
        )

    def _line(self, cells: Sequence[str], kinds: Sequence[str]) -> str:
        parts = (
            f"<{kind}{' class=number' * right}>{html.escape(cell)}</{kind.split()[0]}>"
            for cell, kind, right in zip(cells, kinds, self.numeric, strict=True)
        )
        return f"<tr>{''.join(parts)}</tr>"


def table(
    given: Mapping[str, Iterable] | Iterable[Mapping[str, object]],
    *,
    digits: int | Mapping[str, int] = 3,
) -> Table:
    """A table of columns or of rows.

    Parameters
    ----------
    given : mapping of str to iterables of equal length, or iterable of mappings
        Columns by their names; or rows, each a mapping with the same names in the same order. A
        cell is a text, a truth value (yes or no), a number, an `Estimate` (mean ± standard error)
        or a one-dimensional array.
    digits : int, or mapping of str to int
        Decimals of floating-point numbers, in all columns or by column (3 for others). Integers
        keep all their digits. Numbers that would be zeros only or reach a million are shown with
        a power of ten.

    Raises
    ------
    ValueError
        If there is no row, if a column has no name, if rows or columns do not fit together, or if
        `digits` is negative or names no column.
    TypeError
        If a cell is none of the above.

    Examples
    --------
    >>> table({"steps": [1, 1000], "share": [0.5, 1e-9]})
    steps    share
        1    0.500
    1,000  1.0e-09
    """
    head, rows = _by_rows(given)
    places = _digits(digits, head)
    numeric = tuple(not any(isinstance(row[i], str) for row in rows) for i in range(len(head)))
    texts = tuple(
        tuple(_text(name, cell, places[name]) for name, cell in zip(head, row, strict=True))
        for row in rows
    )
    return Table(head, texts, numeric)


def _by_rows(given: Mapping | Iterable) -> tuple[tuple[str, ...], Sequence[tuple]]:
    if isinstance(given, Mapping):
        columns = {name: list(column) for name, column in given.items()}
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns must have equal lengths, got {lengths}")
        head, rows = tuple(columns), list(zip(*columns.values(), strict=True))
    else:
        lines = [dict(row) for row in given]
        head = tuple(lines[0]) if lines else ()
        if odd := [tuple(line) for line in lines if tuple(line) != head]:
            raise ValueError(f"rows must have the columns {head}, got {odd[0]}")
        rows = [tuple(line.values()) for line in lines]
    if not rows:
        raise ValueError("given must hold at least one row, got none")
    if not all(head):
        raise ValueError(f"columns must have names, got {head}")
    return head, rows


def _digits(digits: int | Mapping[str, int], head: Sequence[str]) -> Mapping[str, int]:
    named = digits if isinstance(digits, Mapping) else dict.fromkeys(head, digits)
    if unknown := named.keys() - set(head):
        raise ValueError(f"digits must name columns of {tuple(head)}, got {sorted(unknown)}")
    for count in named.values():
        validation.count("digits", count, least=0)
    return dict.fromkeys(head, 3) | dict(named)


def _text(name: str, cell: object, digits: int) -> str:
    match cell:
        case str():
            return cell
        case bool() | np.bool():
            return "yes" if cell else "no"
        case Estimate():
            return f"{_number(cell.mean, digits)} ± {_number(cell.standard_error, digits)}"
        case Integral():
            return f"{cell:,}".replace("-", MINUS)
        case Real():
            return _number(cell, digits)
        case np.ndarray() if cell.ndim == 0:
            return _text(name, cell.item(), digits)
        case np.ndarray() if cell.ndim == 1:
            return ", ".join(_text(name, part, digits) for part in cell)
    raise TypeError(f"{name} must hold texts, numbers, estimates or vectors, got {cell!r}")


def _number(value: float, digits: int) -> str:
    """With so many decimals, a minus sign, and never the sign of a zero."""
    value = float(value)
    if not np.isfinite(value):
        return {"nan": "–", "inf": "∞", "-inf": f"{MINUS}∞"}[str(value)]
    tiny = value != 0 and abs(value) < 0.5 * 10.0**-digits
    shown = f"{value:.1e}" if tiny or abs(value) >= LARGE else f"{value + 0.0:,.{digits}f}"
    return shown.replace("-", MINUS, 1) if value < 0 else shown
