import numpy as np
import pytest
import sympy as sp

from pgbook import evidence
from pgbook.derivation import Derivation
from pgbook.evidence import Evidence, Sampled, judged
from pgbook.montecarlo import Estimate

x = sp.Symbol("x")


def test_symbolic_evidence_proves_or_refutes_at_a_point():
    proved = evidence.symbolic((x + 1) ** 2, x**2 + 2 * x + 1, "all x", point={x: 1})
    assert proved.passed and proved.numbers["generality"] == "all x"
    refuted = evidence.symbolic((x + 1) ** 2, x**2 + 1, "all x", point={x: 3})
    assert not refuted.passed and refuted.found == "the two sides differ by 6"


def test_a_point_that_decides_nothing_is_an_error():
    with pytest.raises(ValueError, match="neither proved nor refuted"):
        evidence.symbolic(x**2, x, "all x", point={x: 1})


def test_a_derivation_is_evidence_for_its_ends():
    def derive():
        return Derivation((x * (x + 1), "start"), (x**2 + x, "expand"))

    assert evidence.proved(derive, generality="all x", point={x: 1}).passed
    assert not evidence.proved(derive, x**2, generality="all x", point={x: 1}).passed


def judge(*said):
    return judged(said, "cases", tolerance=0.1, seed=3)


def test_booleans_are_truths_and_numbers_are_errors():
    for said, passed, found in (
        ((True, np.array([True, True])), True, "true in all 3"),
        ((True, np.bool_(False)), False, "false in 1 of 2"),
        ((0.05, np.array([[-0.1, 0.0]])), True, "error at most 1e-01"),
        ((0.05, -0.2), False, "error 0.2"),
        ((np.inf,), False, "error inf"),
    ):
        made = judge(*said)
        assert (made.passed, made.found) == (passed, f"{found}: cases, seed 3")
    assert evidence.true_in(False, "one case").found == "false: one case"
    with pytest.raises(ValueError, match="errors must be numbers"):
        judge(np.nan)
    with pytest.raises(ValueError, match="at least one boolean"):
        evidence.true_in(1.0, "one case")
    with pytest.raises(ValueError, match="truths of all cases or errors of all"):
        judge(True, 0.0)
    with pytest.raises(ValueError, match="cases must hold at least one"):
        judge()


def test_evidence_and_samples_speak_for_all_cases():
    own = Evidence(True, "exact", "found")
    assert judge(own) is own
    assert judge(sampled(0.0)).numbers["seed"] == 3


def sampled(truth, wrong=1.0):
    result = Estimate(np.array([0.001]), np.array([0.001]))
    return Sampled(result, np.array([truth]), np.array([wrong]))


def test_monte_carlo_evidence_needs_a_hit_and_the_power_to_miss():
    assert evidence.monte_carlo(sampled(0.0), seed=1).passed
    assert not evidence.monte_carlo(sampled(0.006), seed=1).passed
    assert not evidence.monte_carlo(sampled(0.0, wrong=0.01), seed=1).passed
