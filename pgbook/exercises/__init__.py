"""Exercises that answer: blanks of a page's exercises, checked in the reader's own session.

``exercises.check("steep", p=..., curvature=...)`` says what is open, right and wrong, and
``exercises.hint("steep")`` helps on. The exercises themselves are data, in the ``exercises`` of
each chapter, in modules with the names of the pages that show them.
"""

from pgbook.exercises.answers import Array, Choice, Expression, Number, yes_or_no
from pgbook.exercises.definition import Exercise, Mistake, exercise, mistake
from pgbook.exercises.feedback import Feedback, Hint
from pgbook.exercises.functions import Function
from pgbook.exercises.routes import sign_change
from pgbook.exercises.session import catalogue, check, forget, hint, progress
