import pytest
import sympy as sp

from pgbook.derivation import (
    Derivation,
    DerivationError,
    Partial,
    Step,
    is_identity,
    latex,
    value_at,
)

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
    ],
)
def test_what_only_looks_alike_is_told_apart(left, right):
    assert not is_identity(left, right)


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
        Derivation(Step(x * (x + 1), "start"), Step(x**2 + x, "expand"), Step(x**2, "wrong"))
    assert "step 3 (wrong) does not follow" in str(error.value)
    assert "before: x**2 + x" in str(error.value)
    assert "after:  x**2" in str(error.value)


def test_a_derivation_refuses_a_step_that_says_nothing():
    with pytest.raises(DerivationError, match=r"step 2 \(again\) repeats"):
        Derivation(Step(x + 1, "start"), Step(1 + x, "again"))


def test_a_derivation_needs_two_steps():
    with pytest.raises(DerivationError, match="at least two steps, got 1"):
        Derivation(Step(x, "start"))


def test_values_are_exact_at_a_point():
    definitions = {Z: total(sp.exp(H[b]))}
    point = {k: 3, j: 1, H: [sp.log(2), sp.log(3), sp.S.Zero]}
    assert value_at(sp.exp(H[j]) / Z, point, definitions) == sp.Rational(1, 2)
    assert value_at(total(d(b, j) * H[b]), point) == sp.log(3)


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
    chain = Derivation(Step((x + 1) ** 2, "a square"), Step(x**2 + 2 * x + 1, "expanded"))
    assert repr(chain) == "  (x + 1)**2   (a square)\n= x**2 + 2*x + 1   (expanded)"
    for form in (chain._repr_latex_(), chain._repr_html_()):
        assert form.count("a square") == form.count("expanded") == 1
        assert form.count(latex(chain.first)) == form.count(latex(chain.last)) == 1


def test_reasons_and_formulas_are_escaped_in_the_page():
    chain = Derivation(Step((x + y) ** 2 - y**2, "0 < x & y"), Step(x * (x + 2 * y), "factor"))
    assert "0 &lt; x &amp; y" in chain._repr_html_()
