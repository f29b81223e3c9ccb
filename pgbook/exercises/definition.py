"""Exercises as data: a function returns the blanks, and its decorators hold hints and mistakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

from pgbook.exercises.answers import Array, Choice, Expression, Number
from pgbook.exercises.functions import Function

Answer = Number | Array | Expression | Choice | Function


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that one expects in a blank, and why it is wrong."""

    why: str
    blank: str
    value: object


@dataclass(frozen=True)
class Exercise:
    """An exercise of a page: its blanks, its hints, and the mistakes one expects."""

    label: str  # of the page's exercise, without ex-
    hints: tuple[str, ...]  # Markdown, from the first nudge on
    asks: Mapping[str, str]  # what belongs in each blank
    mistakes: tuple[Mistake, ...]
    answers: Callable[[], Mapping[str, Answer]]

    @cached_property
    def blanks(self) -> Mapping[str, Answer]:
        """The answers by the names of their blanks, computed when they are first asked for."""
        return self.answers()

    def verdict(self, blank: str, given: object) -> str:
        """What is wrong with an answer; nothing, if it is right."""
        answer = self.blanks[blank]
        if fault := answer.fault(given):
            return f"{fault}."
        difference = answer.difference(given, answer.reference)
        if not difference:
            return ""
        expected = (m for m in self.mistakes if m.blank == blank)
        why = next((m.why for m in expected if not answer.difference(given, m.value)), "")
        return f"{difference}. {why}." if why else f"{difference}."


def exercise(label: str, /, *hints: str, **asks: str) -> Callable[[Callable], Callable]:
    """Make an exercise of the function below, which returns its blanks.

    Parameters
    ----------
    label : str
        The label of the page's ``{exercise}``, without ``ex-``.
    *hints : str
        Markdown; at least two.
    **asks : str
        The blanks, and what belongs in each.
    """

    def register(answers: Callable[[], Mapping[str, Answer]]) -> Callable:
        mistakes = vars(answers).pop("mistakes", ())
        answers.exercise = Exercise(label, hints, asks, mistakes, answers)
        return answers

    return register


def mistake(why: str, /, **blank: object) -> Callable[[Callable], Callable]:
    """Name a wrong answer for one blank of the exercise below, and say why it is wrong.

    Raises
    ------
    ValueError
        If not exactly one blank is named.
    """
    if len(blank) != 1:
        raise ValueError(f"a mistake must be made in one blank, got {list(blank)}")

    def register(answers: Callable) -> Callable:
        # Decorators are applied from below, and read from above.
        ((name, value),) = blank.items()
        answers.mistakes = (Mistake(why, name, value), *getattr(answers, "mistakes", ()))
        return answers

    return register


def exercises_of(module: ModuleType) -> list[Exercise]:
    """The exercises that a module defines, in their order."""
    return [value.exercise for value in vars(module).values() if hasattr(value, "exercise")]
