"""Exercises: the references pass, each mistake is refused with its own words, pages match data."""

import re

import nbformat
import notebooks
import numpy as np
import pytest
import sympy as sp

from pgbook import exercises
from pgbook.exercises import (
    Array,
    Choice,
    Exercise,
    Expression,
    Feedback,
    Function,
    Number,
    exercise,
    mistake,
)
from pgbook.exercises.definition import exercises_of

BOOK = notebooks.ROOT / "book"
PAGES = exercises.catalogue()
ALL = {one.label: one for page in PAGES.values() for one in page.values()}
BLANKS = [(one.label, blank) for one in ALL.values() for blank in one.asks]
MISTAKES = [
    pytest.param(one, wrong, id=f"{one.label}-{wrong.blank}-{wrong.why[:30]}")
    for one in ALL.values()
    for wrong in one.mistakes
]
each_exercise = pytest.mark.parametrize("one", ALL.values(), ids=ALL)


@pytest.fixture(autouse=True)
def _anew():
    exercises.forget()
    yield
    exercises.forget()


@pytest.mark.parametrize(("label", "blank"), BLANKS)
def test_the_reference_is_an_answer_and_right(label, blank):
    answer = ALL[label].blanks[blank]
    if getattr(answer, "of", None) is not Function.of and isinstance(answer, Function):
        return  # judged through what is made of it: the solution of the page passes, see below
    assert ALL[label].verdict(blank, answer.reference) == ""


@pytest.mark.parametrize(("one", "wrong"), MISTAKES)
def test_a_mistake_is_refused_with_its_own_words(one, wrong):
    said = one.verdict(wrong.blank, wrong.value)
    assert said.endswith(f"{wrong.why}.")
    feedback = exercises.check(one.label, **{wrong.blank: wrong.value})
    assert not feedback and wrong.why in repr(feedback)


@each_exercise
def test_an_exercise_is_complete(one):
    assert list(one.asks) == list(dict.fromkeys(one.asks)) and one.asks.keys() == one.blanks.keys()
    assert len(one.hints) >= 2 and len(set(one.hints)) == len(one.hints)
    assert {wrong.blank for wrong in one.mistakes} <= one.asks.keys()
    assert one.mistakes and len({wrong.why for wrong in one.mistakes}) >= len(one.asks)


@each_exercise
def test_open_blanks_say_so(one):
    feedback = exercises.check(one.label, **dict.fromkeys(one.asks, ...))
    assert not feedback.passed and repr(feedback) == repr(exercises.check(one.label))
    for blank, text in one.asks.items():
        assert f"○ {blank}: {text} – open; {one.blanks[blank].wanted}." in repr(feedback)
    assert f'exercises.hint("{one.label}") gives the first hint.' in repr(feedback)
    with pytest.raises(AssertionError, match="open"):
        feedback.demand()
