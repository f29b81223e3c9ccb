r"""Policy gradients, derived, checked and measured: the package behind the book.

=================  ================================================================
`bandits`          chapter 1: the gradient bandit of document 000
`unbiased`         chapter 2: unbiased estimates of document 002
`guarantees`       chapter 3: gains, surrogates, drift and bounds of document 001
`policies`         softmax, its logarithm, score, gradient, sampling, distance, coupling
`mdp`              finite decision problems: exact values with error bounds, trajectories
`outcomes`         estimators whose possible values can be listed: exact mean, covariance
`montecarlo`       estimates with standard errors, and how they are tested
`differences`      slopes without a formula
`derivation`       equalities, one below the other, that refuse to exist if a step is wrong
`expressions`      what the steps are written in, and their values at a point
`normal_form`      how the two sides of a step are compared
`symbols`          the symbols of a softmax policy for all derivations
`ledger`           claims with their checks and mutants; `catalogue` holds all
`evidence`         what one run of a check says; `report` shows it
`exercises`        answers of a reader, checked: hints, expected mistakes, progress
`cases`            random bandits, on which claims of all chapters are tried
`charts`           charts that several chapters draw
`drawings`         pictures of the problems, from their own tables
`tables`           numbers as a table, in a page and as text
`explorer`         figures with controls, live and in a built page; `controls`, `svg`: its parts
`listing`          the source of a function, shown on a page
`style`            one Matplotlib style
`validation`       what public functions check, and the errors they raise
=================  ================================================================

In a chapter: `numeric` says what the number is, `proofs` why it is so, `figures` and `explorers`
what it looks like, `claims.toml` what the document says, and `checks` whether it is true, tried on
`cases`; `exercises` asks the reader. Proofs, checks and exercises are in modules with the names of
the pages that show them.

Names and shapes; S states, A actions (document 000 writes k), N samples:

==============================  ====================  =================
in formulas                     in code               shape
==============================  ====================  =================
:math:`H(a)`, :math:`h_a`       ``preferences``       (..., A)
:math:`\pi(a)`, with states     ``policy``            (..., A), (S, A)
:math:`q(a)`                    ``action_values``     (..., A)
:math:`\partial_j\log\pi(a)`    ``score[a, j]``       (A, A)
:math:`V(s)`, :math:`Q(s, a)`   ``state_values``, …   (S,), (S, A)
:math:`d(s)`                    ``occupancy``         (S,)
:math:`\alpha`                  ``step_size``         scalar
:math:`b`                       ``baseline``          scalar
==============================  ====================  =================
"""

from importlib import import_module, metadata
from importlib.util import find_spec
from types import ModuleType

__version__ = metadata.version("pgbook")


def __getattr__(name: str) -> ModuleType:
    """A module of the package, imported when it is asked for."""
    if name.startswith("_") or find_spec(f"pgbook.{name}") is None:
        raise AttributeError(f"module pgbook has no attribute {name!r}")
    return import_module(f"pgbook.{name}")
