"""What derivations are written in: SymPy's expressions with names that stand for others."""

from collections.abc import Mapping
from functools import cache

import sympy as sp
from sympy.printing.latex import LatexPrinter

Definitions = Mapping[sp.Basic, sp.Basic]


class DerivationError(ValueError):
    """A step of a derivation does not follow from the one before it."""


class Partial(sp.Function):
    """A partial derivative that is only written down: ``Partial(f, x)``.

    SymPy's own `Derivative` would see no `x` in a name such as J that is defined
    elsewhere.
    """

    nargs = 2

    def __new__(cls, *args: sp.Basic, **options: object) -> "Partial":
        """Both parts are made SymPy's; text is refused."""
        return super().__new__(cls, *map(expressed, args), **options)

    def _latex(self, printer: LatexPrinter) -> str:
        function, variable = (printer._print(arg) for arg in self.args)
        if self.args[0].is_Add or self.args[0].is_Mul:
            function = rf"\left({function}\right)"
        return rf"\frac{{\partial}}{{\partial {variable}}} {function}"


def expressed(given: object) -> sp.Basic:
    """An expression or a number as SymPy holds it; text is refused, for SymPy would run it."""
    try:
        return sp.sympify(given, strict=True)
    except sp.SympifyError:
        raise DerivationError(
            f"expressions must be made of SymPy's symbols and of numbers, got {given!r}"
        ) from None


def value_at(
    expression: sp.Expr, values: Mapping[sp.Basic, object], definitions: Definitions | None = None
) -> sp.Expr:
    """An expression at a point: `values` maps symbols to numbers and indexed names to lists.

    Names of functions, ``sp.Function("F")``, have functions for values. Number of terms and indices
    must be whole numbers; sums are then written out, so the result is exact for rational points.
    Non-commutative symbols have matrices for values; the whole must be a number then, such as a row
    times a column.
    """
    functions = {f: meaning for f, meaning in values.items() if isinstance(f, sp.FunctionClass)}
    values = {name: value for name, value in values.items() if name not in functions}
    definitions = {
        name: _applied(expressed(meaning), functions)
        for name, meaning in (definitions or {}).items()
    }
    unfolded = unfold(_applied(expressed(expression), functions), definitions)
    scalars = {s: expressed(v) for s, v in values.items() if not isinstance(s, sp.IndexedBase)}
    if not unfolded.is_commutative:
        return _of_matrices(sp.expand(unfolded), scalars)
    written = _written_out(unfolded.subs(scalars))
    entries = {
        entry: _entry(entry, values[entry.base])
        for entry in written.atoms(sp.Indexed)
        if entry.base in values
    }
    value = sp.simplify(written.subs(entries))
    if value.has(sp.Indexed, sp.Sum):  # such as 1/2[0], where a symbol and a list share a name
        raise DerivationError(f"values must give all entries and no name twice, got {value}")
    return value


def _applied(expression: sp.Basic, functions: Mapping[sp.FunctionClass, object]) -> sp.Basic:
    for name, meaning in functions.items():
        expression = expression.replace(name, meaning)
    return expression


def _written_out(expression: sp.Expr) -> sp.Expr:
    """The terms in place of sums whose ends are whole numbers; a sum that runs back is negative."""
    if isinstance(expression, sp.Sum):
        *inner, (index, first, last) = expression.limits
        body = sp.Sum(expression.function, *inner) if inner else expression.function
        if not (first.is_Integer and last.is_Integer):
            return expression
        sign, places = (
            (1, range(first, last + 1)) if first <= last else (-1, range(last + 1, first))
        )
        return sign * sp.Add(*(_written_out(body.subs(index, place)) for place in places))
    if not expression.has(sp.Sum):
        return expression
    return expression.func(*(_written_out(part) for part in expression.args))


def _entry(entry: sp.Indexed, values: object) -> object:
    """An entry of a list, or of a list of lists; an index from the end is none."""
    for index in entry.indices:
        if not index.is_Integer or not hasattr(values, "__len__") or not 0 <= index < len(values):
            raise DerivationError(f"values must hold {entry}, got {values} for index {index}")
        values = values[int(index)]
    return expressed(values)


def _of_matrices(expression: sp.Expr, values: Mapping[sp.Basic, object]) -> sp.Expr:
    """The number that a sum of products of matrices is, from a row on the left to a column."""
    if missing := {s for s in expression.free_symbols if not s.is_commutative} - values.keys():
        raise DerivationError(f"values must hold a matrix for each of {sorted(map(str, missing))}")
    total = sp.S.Zero
    for term in sp.Add.make_args(expression) if expression != 0 else ():
        numbers, factors = term.args_cnc()
        product = sp.Integer(1) if factors else sp.eye(1)
        for factor in factors:
            base, exponent = factor.as_base_exp()
            product = product * (values[base] if exponent == 1 else values[base] ** exponent)
        if product.shape != (1, 1):
            raise DerivationError(f"a product of matrices must be a number, got {term}")
        total += sp.Mul(*numbers).subs(values) * product[0, 0]
    return sp.simplify(total)


def unfold(expression: sp.Expr, definitions: Definitions) -> sp.Expr:
    """Replace names by what they stand for, then carry out the derivatives written down."""
    names = {name for name in definitions if not isinstance(name, sp.IndexedBase)}
    for _ in range(len(definitions) + 1):
        # An index that a definition leaves free is not that of a sum around the name.
        expression = _with_own_indices(expression)
        meaning = {name: definitions[name] for name in names & expression.free_symbols}
        for entry in expression.atoms(sp.Indexed):
            if entry.base in definitions:
                definition = definitions[entry.base]
                body = _with_own_indices(definition.expr)
                meaning[entry] = sp.Lambda(definition.signature, body)(*entry.indices)
        if not meaning:
            break
        expression = expression.xreplace(meaning)
    else:
        raise DerivationError(f"definitions must not go in a circle, got {dict(definitions)}")
    expression = expression.replace(sp.UnevaluatedExpr, lambda kept_together: kept_together)
    # Integrals first: SymPy would differentiate under the sign, which is to be checked.
    # And no index of a sum may share a letter with the variable, as in the slope in H[b].
    return _integrated(
        expression.replace(Partial, lambda f, x: sp.diff(_with_own_indices(_integrated(f)), x))
    )


def _integrated(expression: sp.Expr) -> sp.Expr:
    """The expression with its integrals carried out."""
    return expression.replace(sp.Integral, _carried_out)


@cache
def _carried_out(*args: sp.Basic) -> sp.Expr:
    value = sp.simplify(sp.Integral(*args).doit())
    if value.has(sp.Integral):
        raise DerivationError(f"SymPy cannot carry out {sp.Integral(*args)}")
    return value


def _with_own_indices(expression: sp.Expr) -> sp.Expr:
    """The expression with its sums over letters that occur nowhere else."""

    def renamed(body: sp.Expr, *limits: sp.Tuple) -> sp.Sum:
        own = {index: sp.Dummy(index.name, integer=True) for index, *_ in limits}
        return sp.Sum(body, *limits).xreplace(own)

    return expression.replace(sp.Sum, renamed)
