"""Drawings of problems, from their own tables: what is drawn is what is computed with.

A circle is a state, a grey square the end, where nothing is paid any more. An arrow has the colour
of its action, the same as in all figures, and says what the action pays. If chance decides where it
leads, there is an arrow for each next state, with its probability p. Actions that differ in nothing
share an arrow, in black. Numbers are rounded to three digits.

Each function takes Axes that are alone in their figure, and gives the figure the size of the
drawing: one unit is one inch, so text and circles are equally large in all of them.
"""

from pgbook.drawings.problems import Arrow, arrows, draw_problem, end_states
from pgbook.drawings.schemes import draw_bandit, draw_loop, draw_trajectory
from pgbook.drawings.tables import draw_choices, draw_grid
