"""Exercises: the references pass, each mistake is refused with its own words, pages match data."""

import ast
import re
import subprocess
import sys

import nbformat
import notebooks
import numpy as np
import pytest
import sympy as sp

from pgbook import exercises
from pgbook.exercises import (
    Array,
    Choice,
    Expression,
    Feedback,
    Function,
    Number,
    exercise,
    mistake,
)
from pgbook.exercises.feedback import Remark

BOOK = notebooks.ROOT / "book"
PAGES = exercises.catalogue()
ALL = {one.label: one for page in PAGES.values() for one in page.values()}
# A function that is judged by what is made of it has no reference of its own kind; that it can be
# answered, the solution of the page shows, whose output nbval computes anew.
BLANKS = [
    (one.label, blank)
    for one in ALL.values()
    for blank, answer in one.blanks.items()
    if not isinstance(answer, Function) or answer.of is Function.of
]
MISTAKES = [
    pytest.param(one, wrong, id=f"{one.label}-{wrong.blank}-{wrong.why[:30]}")
    for one in ALL.values()
    for wrong in one.mistakes
]
each_exercise = pytest.mark.parametrize("one", ALL.values(), ids=ALL)


@pytest.fixture(autouse=True)
def _anew():
    exercises.forget()


@pytest.mark.parametrize(("label", "blank"), BLANKS)
def test_the_reference_is_an_answer_and_right(label, blank):
    answer = ALL[label].blanks[blank]
    assert ALL[label].verdict(blank, answer.reference) == ""


@pytest.mark.parametrize(("one", "wrong"), MISTAKES)
def test_a_mistake_is_refused_with_its_own_words(one, wrong):
    remarks = exercises.check(one.label, **{wrong.blank: wrong.value}).remarks
    (said,) = (remark for remark in remarks if remark.blank == wrong.blank)
    assert said.state == "wrong" and said.text.endswith(f"{wrong.why}.")


@each_exercise
def test_an_exercise_is_complete(one):
    assert one.asks.keys() == one.blanks.keys()
    assert len(one.hints) >= 2 and len(set(one.hints)) == len(one.hints)
    assert len({wrong.why for wrong in one.mistakes}) >= len(one.asks) > 0


@each_exercise
def test_open_blanks_say_so(one):
    feedback = exercises.check(one.label, **dict.fromkeys(one.asks, ...))
    assert not feedback.passed and repr(feedback) == repr(exercises.check(one.label))
    for blank, text in one.asks.items():
        assert f"○ {blank}: {text} – open; {one.blanks[blank].wanted}." in repr(feedback)
    assert f'exercises.hint("{one.label}") gives the first hint.' in repr(feedback)
    with pytest.raises(AssertionError, match="open"):
        feedback.demand()


# On the pages.

IN_PAGES = [
    pytest.param(page, one, id=label) for page in PAGES for label, one in PAGES[page].items()
]
CALL = re.compile(r"^(?:from pgbook import exercises\n\n)?(exercises\.check\(\n?.*\))$", re.DOTALL)


def cells_of(page, label):
    """The cells of an exercise: its text, the stub, hints and solution."""
    cells = nbformat.read(BOOK / f"{page}.ipynb", as_version=4).cells
    first = next(i for i, c in enumerate(cells) if f":label: ex-{label}\n" in c.source)
    rest = cells[first + 1 :]
    end = next(i for i, c in enumerate(rest) if "{solution-end}" in c.source)
    return cells[first], *rest[:end]


def said(cell):
    """What a cell shows, as text."""
    return "".join(output.data["text/plain"] for output in cell.outputs if "data" in output)


@pytest.mark.parametrize(("page", "one"), IN_PAGES)
def test_the_stub_follows_the_exercise_and_names_its_blanks(page, one):
    text, stub, *_ = cells_of(page, one.label)
    assert text.source.endswith("\n```") and stub.id == f"try-{one.label}"
    call = ast.parse(CALL.match(stub.source)[1]).body[0].value
    assert [argument.value for argument in call.args] == [one.label]
    assert [(k.arg, k.value.value) for k in call.keywords] == [(blank, ...) for blank in one.asks]
    assert said(stub) == repr(exercises.check(one.label))


@pytest.mark.parametrize(("page", "one"), IN_PAGES)
def test_hints_are_folded_in_the_page_too(page, one):
    _, _, folded, *_ = cells_of(page, one.label)
    hints = "\n".join(f"{number}. {hint}" for number, hint in enumerate(one.hints, start=1))
    assert folded.source.startswith(f":::{{dropdown}} Hints\n{hints}\n:::\n\n")
    assert f"{{solution-start}} ex-{one.label}\n" in folded.source


@pytest.mark.parametrize(("page", "one"), IN_PAGES)
def test_the_solution_of_the_page_passes(page, one):
    *_, last = cells_of(page, one.label)
    assert f'exercises.check("{one.label}"' in " ".join(last.source.split()).replace("( ", "(")
    assert said(last) == repr(
        Feedback(one.label, tuple(Remark(b, "right", "right.") for b in one.asks))
    )


def test_most_exercises_answer():
    texts = [path.read_text() for path in BOOK.rglob("*.ipynb")]
    assert len(ALL) == sum(map(len, PAGES.values())), "labels are unique"
    assert len(ALL) >= 0.6 * sum(text.count("{exercise}") for text in texts) > 0


def test_every_silent_bug_answers_and_knows_the_program_as_printed():
    bugs = {"bug-sequential", "bug-clipped", "bug-or-not"}  # under one heading of the recap
    for path in BOOK.rglob("*.ipynb"):
        bugs |= {
            *re.findall(
                r"Find the silent bug: [^\\]*\\n\",\s*\":label: ex-([\w-]+)", path.read_text()
            )
        }
    assert len(bugs) == 11 and bugs <= ALL.keys()
    for label in bugs - {"bug-or-not"}:  # which is none
        assert any("as printed" in w.why and callable(w.value) for w in ALL[label].mistakes), label


# The machinery.


def test_a_hint_at_a_time_and_the_last_one_again():
    texts = [exercises.hint("steep").text for _ in range(4)]
    assert texts == [*ALL["steep"].hints, ALL["steep"].hints[-1]]
    assert repr(exercises.hint("ties")).startswith("Hint 1 of 2: ")


def test_progress_is_kept_until_it_is_forgotten():
    exercises.check("effective", chi2=0.04, steps=1)
    exercises.check("effective", chi2=7)
    exercises.hint("effective")
    (line,) = [row for row in exercises.progress().rows if row[1] == "effective"]
    assert line == ("guarantees/surrogate", "effective", "1 of 3", "1 of 3")
    exercises.forget()
    assert {row[2][0] for row in exercises.progress().rows} == {"0"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exercises.check("step", p=1), "such as .*steep.*, got 'step'"),
        (lambda: exercises.hint("nothing-like-it"), "label must name an exercise"),
        (lambda: exercises.hint(["ties"]), r"such as ties, got \['ties'\]"),
        (lambda: exercises.check("steep", q=1), "blanks of steep must be p, bend, .*, got q"),
        (lambda: mistake("why", a=1, b=2), r"in one blank, got \['a', 'b'\]"),
    ],
)
def test_a_name_that_is_not_there_is_an_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("answer", "given", "message"),
    [
        (Number(0.5), np.nan, "must be finite, got nan"),
        (Number(0.5), "0.5", "must be a real number, got '0.5'"),
        (Number(0.5), True, "must be a real number, got True"),
        (Number(0.5), [0.5], r"must be a real number, got \[0.5\]"),
        (Number(0.5), sp.I, "must be a real number, got I"),
        (Number(0.5), sp.Symbol("x"), "must be a real number, got x"),
        (Number(0.5), 10**400, "must be a real number"),
        (Array([1.0, 2.0]), [1.0], r"must have shape \(2,\), got \(1,\)"),
        (Array([1.0, 2.0]), [1.0, np.nan], "must be finite"),
        (Array([1.0, 2.0]), [[1.0], [2.0, 3.0]], "must be a rectangular array"),
        (Array([1.0, 2.0]), None, "must be an array of real numbers, got None"),
        (Expression(sp.Symbol("x")), 0.5, "must be a SymPy expression, got 0.5"),
        (Expression(sp.Symbol("x")), sp.Float(0.5), "must be exact"),
        (Expression(sp.Symbol("x")), sp.Symbol("y"), "must be in x alone, got y"),
        (Choice("a", "b"), "c", 'must be one of "a", "b", got \'c\''),
        (Function(np.sqrt, lambda rng: (rng.random(),)), 3, "must be a function of"),
    ],
)
def test_what_is_no_answer_says_why(answer, given, message):
    assert re.search(message, answer.fault(given))


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        (Number(0.5), sp.Rational(1, 2)),
        (Number(0.5), np.float32(0.5)),
        (Number(0.5), np.array(0.5009)),
        (Array([1, 2]), (sp.Integer(1).__int__(), 2.0)),
        (Expression(sp.Symbol("x", positive=True) ** 2), sp.Symbol("x") * sp.Symbol(r"\x")),
        (Expression(sp.Symbol("x") * 0 + 3 + sp.Symbol("x")), sp.Symbol("x") + 3),
        (Expression(sp.cos(sp.Symbol("x")) ** 2), 1 - sp.sin(sp.Symbol("x")) ** 2),
    ],
)
def test_an_answer_may_be_written_in_many_ways(answer, given):
    assert not answer.fault(given) and not answer.difference(given, answer.reference)


@pytest.mark.parametrize("given", [sp.nan, sp.zoo, sp.oo, sp.I, sp.log(sp.Symbol("theta"))])
def test_an_expression_without_a_value_is_only_wrong(given):
    assert "expected" in exercises.check("shifted", mean=given).remarks[0].text


def test_a_difference_names_the_place():
    assert Number(0.5).difference(0.502, 0.5) == "0.502 is too large"
    assert Array([1, 2]).difference([1, 1], [1, 2]) == "entry [1] is 1, which is too small"
    x, y = sp.symbols("x y")
    found = Expression(x - y).difference(y - x, x - y)
    assert found == "for x = -1/3, y = -1/4: expected -1/12, got 1/12"


def _sum(values):
    return float(np.sum(values))


def _several(rng):
    return (rng.normal(size=rng.integers(1, 9)),)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda values: {}["no key"], r"for values = \[[^,]*\]: it raised KeyError: 'no key'$"),
        (lambda: 1, "it raised TypeError: .*takes 0 positional arguments but 1 was given"),
        (
            lambda values: values,
            r"for values = \[[^,]*\]: the value must have shape \(\), got \(1,\)",
        ),
        (lambda values: np.nan, "the value must be finite, got nan"),
        (lambda values: None, "the value must be an array of real numbers, got None"),
        (lambda values: values[0], r"for values = \[[^,]*, [^,]*\]: expected .*, got "),
        (lambda values: values.sort() or values[0], "expected"),
    ],
)
def test_a_function_is_shown_the_smallest_case_on_which_it_fails(given, message):
    assert re.search(message, Function(_sum, _several).difference(given, _sum))


def test_a_function_may_write_into_its_arguments_without_harm():
    def careless(values):
        total, values[:] = values.sum(), 0
        return total

    assert Function(_sum, _several).difference(careless, _sum) == ""


def test_what_is_compared_may_be_made_of_the_function():
    def mean(draw, low, high):
        return (draw(low) + draw(high)) / 2

    answer = Function(lambda low, high: (low + high) / 2, lambda rng: tuple(rng.random(2)), of=mean)
    assert answer.difference(lambda x: x, answer.reference) == ""
    assert "expected" in answer.difference(lambda x: 2 * x, answer.reference)


def test_feedback_is_text_html_and_a_demand():
    feedback = exercises.check("ties", attained="<b>", third=...)
    assert "&lt;b&gt;" in feedback._repr_html_() and "<b>" not in feedback._repr_html_()
    assert '<li class="open">○ <code>third</code>' in feedback._repr_html_()
    assert "the value of <code>ratio</code>" in exercises.check("ratio")._repr_html_()
    with pytest.raises(AssertionError, match="✗ attained: must be one of"):
        feedback.demand()
    right = exercises.check("ties", attained="no", third=lambda gap, eta: eta / gap)
    assert right and right.demand() is None and "hint" not in repr(right) + right._repr_html_()


def test_decorators_are_read_from_above():
    @exercise("sample", "one", "two", a="a number")
    @mistake("first", a=1)
    @mistake("second", a=2)
    def sample():
        return {"a": Number(3)}

    assert [wrong.why for wrong in sample.exercise.mistakes] == ["first", "second"]
    assert sample.exercise.verdict("a", 2) == "2 is too small. second."
    assert sample.exercise.verdict("a", 5) == "5 is too large."


def test_a_change_of_sign_is_found_in_both_directions_or_not_at_all():
    for sign in (1, -1):
        assert exercises.sign_change(lambda x, s=sign: s * (x**2 - 2), 0, 5) == pytest.approx(
            2**0.5
        )
    assert exercises.sign_change(lambda x: x**2 + 1, -3, 5) == np.inf


def test_listing_the_exercises_loads_no_proofs():
    code = (
        "import sys; from pgbook import exercises; exercises.progress();"
        "print([m for m in sys.modules if m.startswith('pgbook.') and '.proofs' in m])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr
