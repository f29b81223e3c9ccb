"""Exercises: the references pass, and each mistake is refused with its own words."""

import pytest

from pgbook import exercises

PAGES = exercises.catalogue()
ALL = [one for page in PAGES.values() for one in page.values()]
BLANKS = [
    pytest.param(one, blank, id=f"{one.label}-{blank}") for one in ALL for blank in one.blanks
]
MISTAKES = [
    pytest.param(one, mistake, id=f"{one.label}-{mistake.why[:30]}")
    for one in ALL
    for mistake in one.mistakes
]
each_exercise = pytest.mark.parametrize("one", ALL, ids=lambda one: one.label)


@pytest.fixture(autouse=True)
def _anew():
    exercises.forget()
    yield
    exercises.forget()


@pytest.mark.parametrize(("one", "blank"), BLANKS)
def test_the_reference_is_right(one, blank):
    reference = one.blanks[blank].reference
    if not isinstance(one.blanks[blank], exercises.Function):
        assert one.verdict(blank, reference) == ""


@pytest.mark.parametrize(("one", "mistake"), MISTAKES)
def test_a_mistake_is_refused_with_its_own_words(one, mistake):
    said = one.verdict(mistake.blank, mistake.value)
    assert mistake.why in said
