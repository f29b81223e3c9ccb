"""Numbers in a table: what is shown is what was given."""

import re

import numpy as np
import pytest

from pgbook.montecarlo import Estimate
from pgbook.tables import table


def test_rows_and_columns_make_the_same_table():
    columns = {"name": ["a", "b"], "value": np.array([0.5, -0.25]), "n": np.array([1, 2000])}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    assert table(columns) == table(rows) == table(iter(rows))
    assert repr(table(rows)) == "name   value      n\na      0.500      1\nb     −0.250  2,000"


def test_each_kind_of_cell():
    estimate = Estimate(0.5, 0.01)
    cells = {"t": "text", "b": np.bool_(True), "i": -1000, "e": estimate, "v": np.array([1.0, 2.5])}
    assert table([cells]).rows == (("text", "yes", "−1,000", "0.500 ± 0.010", "1.000, 2.500"),)
    assert table([cells]).numeric == (False, True, True, True, True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.000"), (-0.0, "0.000"), (-1e-9, "−1.0e-09"), (0.0005, "0.001"), (1e6, "1.0e+06"),
        (-2.5, "−2.500"), (12345.6789, "12,345.679"), (np.inf, "∞"), (-np.inf, "−∞"), (np.nan, "–"),
    ],
)  # fmt: skip
def test_numbers(value, shown):
    assert table({"x": [value]}).rows == ((shown,),)


def test_no_number_is_shown_as_another_one():
    rng = np.random.default_rng(5)
    for value in rng.normal(size=1000) * 10.0 ** rng.integers(-12, 12, size=1000):
        ((shown,),) = table({"x": [value]}, digits=4).rows
        read = float(shown.replace("−", "-").replace(",", ""))
        assert np.sign(read) == np.sign(value)
        assert abs(read - value) <= max(0.5e-4, 0.05 * abs(value)) * (1 + 1e-9)


def test_digits_by_column():
    assert table({"a": [1.0], "b": [1.0]}, digits={"a": 1}).rows == (("1.0", "1.000"),)
    assert table({"a": [0.25]}, digits=0).rows == (("2.5e-01",),)


def test_html_has_the_same_cells_escaped_with_headers_of_rows_and_columns():
    shown = table({"x < 1": ["a & b"], "n": [3]})._repr_html_()
    assert "x &lt; 1" in shown and "a &amp; b" in shown
    assert re.findall(r"<(th|td)((?: [^>]*)?)>([^<]*)<", shown) == [
        ("th", " scope=col", "x &lt; 1"), ("th", " scope=col class=number", "n"),
        ("th", " scope=row", "a &amp; b"), ("td", " class=number", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "digits", "error", "says"),
    [
        ([], 3, ValueError, "at least one row, got none"),
        ({}, 3, ValueError, "at least one row"),
        ({"a": []}, 3, ValueError, "at least one row"),
        ({"a": [1], "": [2]}, 3, ValueError, r"columns must have names, got \('a', ''\)"),
        ({"a": [1], "b": [1, 2]}, 3, ValueError, "equal lengths, got {'a': 1, 'b': 2}"),
        ([{"a": 1}, {"b": 1}], 3, ValueError, r"columns \('a',\), got \('b',\)"),
        ({"a": [1.0]}, -1, ValueError, "digits"),
        ({"a": [1.0]}, {"b": 1}, ValueError, r"digits must name columns of \('a',\), got \['b'\]"),
        ({"a": [None]}, 3, TypeError, "a must hold texts, numbers, estimates or vectors, got None"),
        ({"a": [np.eye(2)]}, 3, TypeError, "a must hold"),
    ],
)
def test_bad_input(given, digits, error, says):
    with pytest.raises(error, match=says):
        table(given, digits=digits)
