from fractions import Fraction
from math import prod

import numpy as np
import pytest
import sympy as sp

from pgbook.derivation import Derivation, DerivationError, Partial, latex
from pgbook.expressions import value_at
from pgbook.normal_form import is_identity

k = sp.Symbol("k", integer=True, positive=True)
a, b, c, j = sp.symbols("a b c j", integer=True)
H, q = sp.IndexedBase("H", real=True), sp.IndexedBase("q", real=True)
x, y = sp.symbols("x y", real=True)
Z = sp.Symbol("Z", positive=True)
d = sp.KroneckerDelta


def total(term, index=b):
    return sp.Sum(term, (index, 0, k - 1))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((x + y) ** 2, x**2 + 2 * x * y + y**2),
        (1 / (x - 1) - 1 / (x + 1), 2 / (x**2 - 1)),
        (sp.exp(x + y), sp.exp(x) * sp.exp(y)),
        (sp.exp(2 * x) - 1, (sp.exp(x) - 1) * (sp.exp(x) + 1)),
        (sp.log(sp.exp(x) / Z), x - sp.log(Z)),
        (total(q[a], a), total(q[b], b)),
        (total(x * q[b] + 3), x * total(q[b]) + 3 * k),
        (total(d(b, j) * q[b]), q[j]),
        (total(d(b, j) ** 2 * q[b]), q[j]),
        (total(total(q[a] * H[b], a), b), total(q[a], a) * total(H[b], b)),
        (total(total(d(a, b) * q[a] * H[b], a), b), total(q[a] * H[a], a)),
        (total(sp.exp(H[b] - x)), sp.exp(-x) * total(sp.exp(H[b]))),
        (d(a, j) * q[a], d(a, j) * q[j]),
        (d(a, j) * d(a, j), d(a, j)),
        (Partial(total(sp.exp(H[b])), H[j]), sp.exp(H[j])),
        (Partial(Partial(x**3, x), x), 6 * x),
    ],
)
def test_identities_have_one_normal_form(left, right):
    assert is_identity(left, right)
    assert not is_identity(left, right + sp.Rational(1, 1000))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((x + y) ** 2, x**2 + y**2),
        (total(q[b] ** 2), total(q[b]) ** 2),
        (total(q[b] * H[b]), total(q[b]) * total(H[b])),
        (d(a, j) * q[a], q[j]),
        (total(d(b, j) * q[b]), q[a]),
        (sp.exp(x * y), sp.exp(x) * sp.exp(y)),
        (sp.log(x * y), sp.log(x) + sp.log(y)),
        (sp.log(x**2), 2 * sp.log(x)),
        (total(sp.Integer(1)), k - 1),
        (sp.Sum(q[b], (b, 0, k - 1)), sp.Sum(q[b], (b, 0, k))),
        (d(a, j) * q[a], sp.S.Zero),
        (total(total(q[a + b], a), b), total(total(q[3 * b - a], a), b)),
        (total(q[b + sp.Symbol("_i0", integer=True)]), total(q[2 * b])),
    ],
)
def test_what_only_looks_alike_is_told_apart(left, right):
    assert not is_identity(left, right)


@pytest.mark.parametrize(
    "definition", [{x: q[b]}, {q: sp.Lambda(c, H[b] * c)}], ids=["a name", "an indexed name"]
)
def test_the_free_index_of_a_definition_is_not_that_of_a_sum(definition):
    sums = {x: (total(x * H[b]), total(q[b] * H[b])), q: (total(q[b]), total(H[b] * b))}
    (name,) = definition
    assert not is_identity(*sums[name], definition)


def test_definitions_that_go_in_a_circle_are_refused():
    for circle in ({x: x + 1}, {x: x}, {x: y, y: x}):
        with pytest.raises(DerivationError, match="definitions must not go in a circle"):
            is_identity(x, y + 1, circle)


def test_rounded_numbers_prove_nothing():
    for left, right in ((1e-17 * x + x, x), (x, 1.0 * x), (1e20 * x + x, 1e20 * x)):
        with pytest.raises(DerivationError, match="numbers must be exact"):
            is_identity(left, right)
    with pytest.raises(DerivationError, match="numbers must be exact"):
        is_identity(y, x, {y: 1.0 * x})


def test_a_delta_is_not_resolved_in_a_sum_that_may_miss_its_index():
    with pytest.raises(DerivationError, match="must run over all indices, got 1"):
        is_identity(sp.Sum(d(b, j) * q[b], (b, 1, k - 1)), q[j])
    with pytest.raises(DerivationError, match="must run over all indices, got 0 to k - 2"):
        is_identity(sp.Sum(d(b, j) * q[b], (b, 0, k - 2)), q[j])


@pytest.mark.parametrize(
    "term",
    [sp.exp(d(b, j)), 1 / (1 + d(b, j)), q[b] ** d(b, j), d(b, j + 1) * q[b], d(b, 5), d(2 * b, j)],
)
def test_a_delta_that_is_no_factor_or_compares_no_two_indices_is_refused(term):
    with pytest.raises(DerivationError, match="a delta must be a factor and compare two indices"):
        is_identity(total(term), 0)


def test_a_slope_in_an_indexed_name_does_not_capture_the_index_of_a_sum():
    squares = {x: total(q[b] * H[b])}
    assert is_identity(Partial(x, H[b]), q[b], squares)
    assert not is_identity(Partial(x, H[b]), total(q[b]), squares)
    assert is_identity(Partial(total(q[b] * H[b]), H[b]), q[b])


def test_a_denominator_that_is_zero_is_an_error():
    zero = (x + 1) ** 2 - x**2 - 2 * x - 1
    with pytest.raises(DerivationError, match="is zero"):
        is_identity(y / zero, 2)


def test_names_stand_for_their_definitions_inside_derivatives():
    definitions = {Z: total(sp.exp(H[b])), q: sp.Lambda(c, sp.exp(H[c]) / Z)}
    assert is_identity(Partial(q[a], H[j]), q[a] * (d(a, j) - q[j]), definitions)
    assert not is_identity(Partial(q[a], H[j]), q[a] * (d(a, j) - q[a]), definitions)


def test_a_definition_keeps_its_own_index_whatever_letter_it_is_used_with():
    definitions = {q: sp.Lambda(c, total(H[c] * H[b]))}
    assert is_identity(total(q[b]), total(H[a], a) * total(H[j], j), definitions)
    assert not is_identity(total(q[b]), total(H[b] ** 2), definitions)
    assert not is_identity(total(q[b]), k * total(H[b] ** 2), definitions)


def test_a_derivation_refuses_a_wrong_step_and_says_which():
    with pytest.raises(DerivationError) as error:
        Derivation((x * (x + 1), "start"), (x**2 + x, "expand"), (x**2, "wrong"))
    assert "step 3 (wrong) does not follow" in str(error.value)
    assert "before: x**2 + x" in str(error.value)
    assert "after:  x**2" in str(error.value)


def test_a_derivation_refuses_a_step_that_says_nothing():
    with pytest.raises(DerivationError, match=r"step 2 \(again\) repeats"):
        Derivation((x + 1, "start"), (1 + x, "again"))


def test_a_derivation_needs_two_steps():
    with pytest.raises(DerivationError, match="at least two steps, got 1"):
        Derivation((x, "start"))


def test_values_are_exact_at_a_point():
    definitions = {Z: total(sp.exp(H[b]))}
    point = {k: 3, j: 1, H: [sp.log(2), sp.log(3), sp.S.Zero]}
    assert value_at(sp.exp(H[j]) / Z, point, definitions) == sp.Rational(1, 2)
    assert value_at(total(d(b, j) * H[b]), point) == sp.log(3)
    table = [[1, 2], [3, 4]]
    assert value_at(total(H[b, j]), {k: 2, j: 1, H: table}) == 6


@pytest.mark.parametrize("index", [-1, 3, sp.Rational(3, 2)])
def test_an_entry_that_a_list_does_not_hold_has_no_value(index):
    with pytest.raises(DerivationError, match="values must hold"):
        value_at(q[j], {j: index, q: [1, 2, 3]})


def test_a_second_index_needs_a_list_of_lists():
    with pytest.raises(DerivationError, match="values must hold"):
        value_at(q[0, 1], {q: [1, 2]})


def test_printing_follows_the_textbook_order():
    assert latex(H[a] - sp.log(Z)) == r"{H}_{a} - \log{\left(Z \right)}"
    assert latex((q[j] - Z) * H[j]) == r"{H}_{j} \left({q}_{j} - Z\right)"
    assert latex(-x * y) == "- x y"
    assert latex(Partial(x + y, x)) == r"\frac{\partial}{\partial x} \left(x + y\right)"
    assert latex(Partial(x * y, x)) == r"\frac{\partial}{\partial x} \left(x y\right)"
    assert latex(1 / Z - x) == r"\frac{1}{Z} - x"
    assert latex(-(Z**-2)) == r"- \frac{1}{Z^{2}}"
    assert latex(y * sp.log(x)) == r"y \log{\left(x \right)}"


def test_integrals_are_carried_out_before_derivatives_of_them():
    moving = sp.Integral(y, (y, 0, x))
    assert is_identity(moving, x**2 / 2)
    assert is_identity(Partial(moving, x), x)
    assert not is_identity(Partial(moving, x), sp.Integral(Partial(y, x), (y, 0, x)))
    normal = sp.exp(-((x - y) ** 2) / 2) / sp.sqrt(2 * sp.pi)
    assert is_identity(sp.Integral(x**2 * normal, (x, -sp.oo, sp.oo)), y**2 + 1)


def test_an_integral_that_cannot_be_carried_out_is_an_error():
    with pytest.raises(DerivationError, match="cannot carry out"):
        is_identity(sp.Integral(sp.exp(sp.sin(x)), (x, 0, 1)), y)


def test_an_unevaluated_fraction_keeps_its_value():
    assert is_identity(y * sp.UnevaluatedExpr(x / y), x)
    assert not is_identity(y * sp.UnevaluatedExpr(x / y), y)


def test_all_forms_of_a_derivation_show_each_step_and_its_reason():
    derivation = Derivation(((x + 1) ** 2, "a square"), (x**2 + 2 * x + 1, "expanded"))
    assert repr(derivation) == "  (x + 1)**2   (a square)\n= x**2 + 2*x + 1   (expanded)"
    for form in (derivation._repr_latex_(), derivation._repr_html_()):
        assert form.count("a square") == form.count("expanded") == 1
        assert form.count(latex(derivation.first)) == form.count(latex(derivation.last)) == 1


def test_reasons_and_formulas_are_escaped_in_the_page():
    derivation = Derivation(((x + y) ** 2 - y**2, "0 < x & y"), (x * (x + 2 * y), "factor"))
    assert "0 &lt; x &amp; y" in derivation._repr_html_()


# Sums with other ends, powers, matrices.

T, n = sp.symbols("T n", integer=True, nonnegative=True)
s, t = sp.symbols("s t", integer=True)
g = sp.Symbol("g", positive=True)
v, w = sp.IndexedBase("v", real=True), sp.IndexedBase("w", real=True)
A, B, C = sp.symbols("A B C", commutative=False)


def up_to(term, first=0, last=T - 1, index=t):
    return sp.Sum(term, (index, first, last))


SUMS = [  # equal; with the last one changed by one place they are not
    (up_to(v[t + 1]), up_to(v[t], 1, T)),
    (up_to(v[t]), up_to(v[t - 1], 1, T)),
    (up_to(v[t]) + v[T], v[0] + up_to(v[t], 1, T)),
    (up_to(v[t], 2, T + 1), up_to(v[t]) - v[0] - v[1] + v[T] + v[T + 1]),
    (up_to(v[t], -2, T - 3), v[-2] + v[-1] + up_to(v[t]) - v[T - 1] - v[T - 2]),
    (up_to(v[t] * w[t + 1]), up_to(v[t + 1] * w[t + 2], -1, T - 2)),
    (up_to(v[2 * t + 2] * w[t + 1]), up_to(v[2 * t] * w[t], 1, T)),
    (up_to(g ** (t + 1) * v[t + 1]), up_to(g**t * v[t], 1, T)),
    (up_to(g**t * v[t + 1]), up_to(g ** (t - 1) * v[t], 1, T)),
    (up_to(t**2 * v[t + 1]), up_to((t - 1) ** 2 * v[t], 1, T)),
    (up_to(v[T - t], 0, T), up_to(v[T - t]) + v[0]),
    (up_to(T * t * v[t + 2]), T * up_to((t - 2) * v[t], 2, T + 1)),
    (up_to(v[t] / (1 + w[t + 1] ** 2)), up_to(v[t - 1] / (1 + w[t] ** 2), 1, T)),
    (up_to(v[t] * up_to(w[s], 0, t, s)),
     up_to(v[t] * up_to(w[s], 0, t - 1, s)) + up_to(v[t] * w[t])),
    (up_to(w[t + 1] * up_to(v[s], 0, t - 1, s)), up_to(w[t] * up_to(v[s], 0, t - 2, s), 1, T)),
    (up_to(v[t + 1], n, T - 1), up_to(v[t], n + 1, T)),
    (up_to(sp.Integer(3), 1, T), 3 * T),
]  # fmt: skip


def plain(expression, at):
    """The value of an expression in fractions, each sum written out; backwards ones negative."""
    args = expression.args
    if isinstance(expression, sp.Sum):
        body, (index, *ends) = expression.function, expression.limits[0]
        first, last = (int(plain(end, at)) for end in ends)
        if first > last + 1:
            return -sum(plain(body, {**at, index: i}) for i in range(last + 1, first))
        return sum(plain(body, {**at, index: i}) for i in range(first, last + 1))
    if isinstance(expression, sp.Indexed):
        return at[expression.base](int(plain(expression.indices[0], at)))
    if expression.is_Symbol or expression.is_Rational:
        return Fraction(at[expression] if expression.is_Symbol else str(expression))
    values = [plain(arg, at) for arg in args]
    if expression.is_Pow:
        return Fraction(values[0]) ** int(values[1])
    return sum(values) if expression.is_Add else prod(values)


def point(steps):
    numbers = np.random.default_rng(0).integers(-9, 10, size=(2, 100))
    entries = {
        x: lambda i, row=row: Fraction(int(row[i]), 4)
        for x, row in zip((v, w), numbers, strict=True)
    }
    return {T: steps, n: 1, g: Fraction(2, 3), **entries}


@pytest.mark.parametrize("pair", SUMS)
def test_sums_with_other_ends_are_equal_exactly_if_their_numbers_are(pair):
    left, right = pair
    for steps in (0, 1, 2, 3, 6):
        assert plain(left, point(steps)) == plain(right, point(steps))
    assert is_identity(left, right)
    moved = right.replace(sp.Indexed, lambda base, i: base[i + 1])
    longer = right.replace(sp.Sum, lambda f, limit: sp.Sum(f, (*limit[:2], limit[2] + 1)))
    for changed in {moved, longer} - {right}:
        assert plain(left, point(6)) != plain(changed, point(6))
        assert not is_identity(left, changed)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (g ** (T + 2), g**2 * g**T, True),
        (g ** (2 * T), g**T * g**T, True),
        ((1 - g) ** (T + 1), (1 - g) ** T - g * (1 - g) ** T, True),
        (g**T / g, g ** (T - 1), True),
        ((1 + g) ** (T - 1) + g * (1 + g) ** (T - 1), (1 + g) ** T, True),
        (up_to(g ** (T + t)), g**T * up_to(g**t), True),
        (Partial(up_to(g**t * v[t]), g), up_to(t * g ** (t - 1) * v[t]), True),
        (g ** (T + 1), g * g**n, False),
        (g ** (2 * T), 2 * g**T, False),
        ((1 - g) ** T, 1 - g**T, False),
        (up_to(g ** (T * t)), g**T * up_to(g**t), False),
        ((-g) ** T, g**T, False),
    ],
)
def test_powers_with_a_symbol_in_the_exponent(left, right, equal):
    assert is_identity(left, right) == equal


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (A * (B + C), A * B + A * C, True),
        (A**-1 - B**-1, A**-1 * (B - A) * B**-1, True),
        ((A * B) ** -1, B**-1 * A**-1, True),
        (up_to(v[t] * A * B), A * up_to(v[t + 1], -1, T - 2) * B, True),
        (A * B, B * A, False),
        (A**-1 - B**-1, A**-1 * (A - B) * B**-1, False),
        ((A + B) ** 2, A**2 + 2 * A * B + B**2, False),
        ((A * B) ** -1, A**-1 * B**-1, False),
        ((A * B) ** T, A**T * B**T, False),
        (A * B * A**-1, B, False),
        (up_to(A**t * B), B * up_to(A**t), False),
        (sp.exp(A) * sp.exp(B), sp.exp(B) * sp.exp(A), False),
    ],
)
def test_matrices_do_not_commute(left, right, equal):
    assert is_identity(left, right) == equal


def test_matrices_are_printed_in_their_order_behind_the_numbers():
    assert latex(B * A) == "B A" and latex(A * B) == "A B"
    assert latex(-g * B * A**-1 * C) == "- g B A^{-1} C"
    assert latex(B * (C - A) * g) == r"g B \left(C - A\right)"


def test_a_row_times_matrices_times_a_column_has_a_value():
    a, b = np.array([[2, 1], [0, 3]]), np.array([[1, 4], [2, 1]])
    row, column = np.array([[1, 5]]), np.array([[2], [7]])
    r = sp.Symbol("r", commutative=False)
    values = {A: sp.Matrix(a), B: sp.Matrix(b), C: sp.Matrix(row), r: sp.Matrix(column), g: 3}
    assert (
        value_at(C * (A * B - g * A**2) * r + g, values)
        == (row @ (a @ b - 3 * a @ a) @ column + 3)[0, 0]
    )
    assert float(value_at(C * A**-1 * r, values)) == pytest.approx(
        (row @ np.linalg.inv(a) @ column).item()
    )
    assert value_at(C * r - C * r, values) == 0
    with pytest.raises(DerivationError, match=r"must be a number, got A\*B"):
        value_at(A * B, values)


@pytest.mark.parametrize(
    "expression",
    [
        up_to(up_to(d(s, j) * v[s], 0, t - 1, s)),  # j may lie beyond t
        up_to(up_to(d(s, t) * v[s], 0, t - 1, s)),
        sp.Sum(total(d(b, j)), (j, 0, n - 1)),  # the smaller of k and n
        sp.Sum(total(d(b, j) * q[b]), (j, -1, k - 1)),
        up_to(d(t, T) * v[t]),  # T is no index of the sum
        Partial(up_to(v[t]), v[T]),
        Partial(up_to(v[t + 1]), v[j]),
    ],
)
def test_a_delta_that_may_miss_one_of_its_sums_is_refused(expression):
    with pytest.raises(DerivationError, match=r"all indices|two indices"):
        is_identity(expression, 0)


@pytest.mark.parametrize("term", [q[b] / d(b, j), q[b] * d(b, j) ** x])
def test_a_delta_with_a_power_that_may_be_negative_is_refused(term):
    with pytest.raises(DerivationError, match="a delta must be a factor"):
        is_identity(total(term), q[j])
