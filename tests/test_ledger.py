import json
import sys
from functools import partial

import numpy as np
import pytest
import sympy as sp

from pgbook import ledger, report
from pgbook.__main__ import main
from pgbook.derivation import Derivation
from pgbook.evidence import Evidence
from pgbook.ledger import Cases, Check, Claim, Kind, Verdict, check, proves, wrong

x = sp.Symbol("x")


def evidence(passed):
    return Evidence(passed, "exact", "found")


def claim(*checks, verdict=Verdict.HOLDS, kinds=()):
    return Claim(
        "B1", "title", "000", "bandits/index", "statement", verdict, checks, kinds, "holds"
    )


def checked(check_passes, mutant):
    (result,) = ledger.run(
        [claim(Check("check", "here.check", partial(evidence, check_passes), {"mutant": mutant}))]
    )
    return result


def test_a_good_claim_passes_and_its_mutant_does_not():
    assert checked(True, partial(evidence, False)).failures == ()


def test_a_failing_check_is_a_failure():
    assert checked(False, partial(evidence, False)).failures == ("check failed: check: found",)


def test_a_mutant_that_passes_is_a_failure():
    assert checked(True, partial(evidence, True)).failures == ("mutant passed: mutant: found",)


def test_a_mutant_that_breaks_is_not_a_rejection():
    (failure,) = checked(True, lambda: 1 / 0).failures
    assert failure == "mutant broke: mutant: ZeroDivisionError: division by zero"


def test_a_check_that_breaks_is_a_failure_and_the_others_still_run():
    checks = (
        Check("broken", "here.broken", lambda: 1 / 0, {}),
        Check("good", "here.good", partial(evidence, True), {}),
    )
    (result,) = ledger.run([claim(*checks)])
    assert len(result.failures) == 1 and len(result.checks) == 2


def draw(rng):
    return [(number, 2.0) for number in rng.normal(size=3)]


@check("B1", "halves", Cases("{factor} times three numbers", draw, 5), factor=0.5)
@wrong("a third", factor=1 / 3)
@wrong("moved", shift=1.0)
@check("B2", "doubles", Cases("one case", [(3.0, 0.5)]), seed=6, factor=2.0)
@wrong("the other sign", factor=-2.0)
def product(number, other, factor, shift=0.0, rng=None):
    noise = 0.0 if rng is None else 0.0 * rng.normal()
    return number * factor * other - number + shift + noise


def test_a_check_runs_one_function_on_all_cases_and_its_mutants_change_one_argument():
    (first, halves), (second, doubles) = product.checks
    assert (first, halves.name, second, doubles.name) == ("B1", "halves", "B2", "doubles")
    assert halves.run().found == "error at most 1e-12: 0.5 times three numbers, seed 5"
    assert list(halves.mutants) == ["a third", "moved"]
    assert list(doubles.mutants) == ["the other sign"]
    errors = np.array([number / 3 for number, _ in draw(np.random.default_rng(5))])
    assert halves.mutants["a third"]().numbers["error"] == pytest.approx(np.abs(errors).max())
    assert halves.mutants["moved"]().numbers["error"] == 1.0
    assert doubles.run().found == "error at most 1e-12: one case, seed 6"
    assert product(3.0, 2.0, 0.5) == 0.0  # it is still a function


@proves("G9", "expanded", generality="all x", point={x: 2}, power=2)
@wrong("without the mixed term", claimed=x**2 + 1)
def square(power) -> Derivation:
    return Derivation(((x + 1) ** power, "a square"), (sp.expand((x + 1) ** power), "expanded"))


def test_a_derivation_proves_a_claim_and_its_mutants_end_differently():
    ((name, proof),) = square.checks
    assert name == "G9" and proof.run().found == "proved for all x, in 2 steps"
    assert proof.mutants["without the mixed term"]().found == "the two sides differ by 4"


def test_a_check_without_a_wrong_variant_or_with_one_that_changes_nothing_known_is_refused():
    with pytest.raises(ValueError, match="“title” of B1 must have a wrong variant, got none"):
        check("B1", "title")(lambda: True)
    for change in ({}, {"a": 1, "b": 2}, {"unknown": 1}):
        with pytest.raises(ValueError, match=r"must change one of \['a', 'b'\], got"):
            check("B1", "title")(wrong("mutant", **change)(lambda a=0, b=0: True))
    with pytest.raises(ValueError, match="different names, got “mutant” twice"):
        wrong("mutant", a=1)(wrong("mutant", a=2)(lambda a=0: True))


def test_cases_are_drawn_once_and_may_be_named_anew():
    draws = []

    def source(rng):
        draws.append(rng.integers(10, size=4))
        return draws[-1]

    family = Cases("numbers", source, 7)
    some = family.named("two of them", 2)
    assert (some.text, some.seed) == ("two of them", 7)
    assert some.drawn == family.drawn[:2] and family.named("all").drawn == family.drawn
    assert len(draws) == 1
    assert Cases("listed", [1, 2]).drawn == Cases("made", lambda: [1, 2]).drawn == (1, 2)


def test_only_what_a_module_defines_is_collected_from_it():
    own = ledger.checks_of(sys.modules[__name__])
    assert [name for name, _ in own] == ["B1", "B2", "G9"]


def test_only_corrections_have_kinds():
    with pytest.raises(ValueError, match="kinds must be given exactly for corrections"):
        claim(kinds=(Kind.NOTATION,))
    with pytest.raises(ValueError, match="kinds must be given exactly for corrections"):
        claim(verdict=Verdict.CORRECTED)


def test_the_command_prints_a_line_for_each_claim(capsys):
    assert main(["check", "B3", "B10"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("B3 ") and "checks 2 of 2" in lines[0]
    assert lines[1].startswith("B10 ") and lines[2].startswith("claims: 2 ")


def test_the_command_speaks_json(capsys):
    assert main(["check", "B4", "--json"]) == 0
    text = capsys.readouterr().out
    (entry,) = json.loads(text, parse_constant=lambda name: pytest.fail(f"not JSON: {name}"))
    assert entry["id"] == "B4" and entry["failures"] == []
    assert {"name", "passed", "method", "found"} <= entry["checks"][0].keys()


def test_an_unknown_claim_is_a_wrong_call(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["check", "B99"])
    assert stop.value.code == 2
    assert "got B99" in capsys.readouterr().err


def test_a_failure_sets_the_exit_status(capsys, monkeypatch):
    bad = claim(Check("check", "here.check", partial(evidence, False), {}))
    monkeypatch.setattr("pgbook.catalogue.claims", lambda *ids: [bad])
    assert main(["check"]) == 1
    assert "FAILURE check failed: check: found" in capsys.readouterr().out


def test_products_in_the_evidence_do_not_become_emphasis():
    evidence = Evidence(False, "symbolic", "differ by 2*log(3) + 4*log(5)")
    text = report.as_markdown(checked(True, lambda: evidence))
    assert r"differ by 2\*log(3) + 4\*log(5)" in text
