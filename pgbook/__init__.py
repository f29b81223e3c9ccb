r"""Policy gradients, derived, checked and measured: the package behind the book.

=================  ================================================================
`bandits`          chapter 1: the gradient bandit of document 000
`unbiased`         chapter 2: unbiased estimates of document 002
`policies`         softmax, its logarithm, the score, the exact gradient, sampling
`montecarlo`       estimates with standard errors, and how they are tested
`derivation`       chains of equalities that refuse to exist if a step is wrong
`symbols`          the symbols of a softmax policy for all derivations
`ledger`           claims with their checks and mutants; `catalogue` holds all
`charts`           charts that several chapters draw
`explorer`         figures with controls, live and in a built page
`style`            one Matplotlib style
`validation`       what public functions check, and the errors they raise
=================  ================================================================

In a chapter: `numeric` says what the number is, `symbolic` why it is so, `figures` and
`explorers` what it looks like, `claims` whether it is true and how we know.

Names and shapes; A actions (the sources write k), N samples:

==============================  ====================  =================
in formulas                     in code               shape
==============================  ====================  =================
:math:`H(a)`, :math:`h_a`       ``preferences``       (..., A)
:math:`\pi(a)`                  ``policy``            (..., A)
:math:`q(a)`                    ``action_values``     (..., A)
:math:`\partial_j\log\pi(a)`    ``score[a, j]``       (A, A)
:math:`\alpha`                  ``step_size``         scalar
:math:`b`                       ``baseline``          scalar
==============================  ====================  =================
"""
