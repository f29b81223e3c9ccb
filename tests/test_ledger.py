import json
from functools import partial

import numpy as np
import pytest
import sympy as sp

from pgbook import ledger
from pgbook.__main__ import main
from pgbook.derivation import Derivation, Step
from pgbook.ledger import Check, Claim, Evidence, Kind, Verdict
from pgbook.montecarlo import Estimate

x = sp.Symbol("x")


def evidence(passed):
    return Evidence(passed, "exact", "found")


def claim(*checks, verdict=Verdict.HOLDS, kinds=()):
    return Claim("B1", "000", "bandits/index", "statement", verdict, checks, kinds, "holds")


def outcome(check_passes, mutant):
    (result,) = ledger.run(
        [claim(Check("check", partial(evidence, check_passes), {"mutant": mutant}))]
    )
    return result


def test_a_good_claim_passes_and_its_mutant_does_not():
    assert outcome(True, partial(evidence, False)).failures == ()


def test_a_failing_check_is_a_failure():
    assert outcome(False, partial(evidence, False)).failures == ("check failed: check: found",)


def test_a_mutant_that_passes_is_a_failure():
    assert outcome(True, partial(evidence, True)).failures == ("mutant passed: mutant: found",)


def test_a_mutant_that_breaks_is_not_a_rejection():
    (failure,) = outcome(True, lambda: 1 / 0).failures
    assert failure == "mutant broke: mutant: ZeroDivisionError: division by zero"


def test_a_check_that_breaks_is_a_failure_and_the_others_still_run():
    checks = Check("broken", lambda: 1 / 0, {}), Check("good", partial(evidence, True), {})
    (result,) = ledger.run([claim(*checks)])
    assert len(result.failures) == 1 and len(result.checks) == 2


def test_what_one_page_of_a_build_found_the_next_one_reads(tmp_path, monkeypatch):
    runs = []

    def check():
        runs.append(1)
        return evidence(True)

    shared = [claim(Check("check", check, {"mutant": partial(evidence, False)}))]
    for _ in range(2):
        list(ledger.run(shared))
    assert len(runs) == 2  # without a folder each run is a run
    monkeypatch.setenv(ledger.SHARED, str(tmp_path))
    first, second = (next(ledger.run(shared)) for _ in range(2))
    assert len(runs) == 3 and first == second
    assert [path.name for path in tmp_path.iterdir()] == ["B1.pickle"]


def test_symbolic_evidence_proves_or_refutes_at_a_point():
    proved = ledger.symbolic((x + 1) ** 2, x**2 + 2 * x + 1, "all x", point={x: 1})
    assert proved.passed and proved.numbers["generality"] == "all x"
    refuted = ledger.symbolic((x + 1) ** 2, x**2 + 1, "all x", point={x: 3})
    assert not refuted.passed and refuted.found == "the two sides differ by 6"


def test_a_point_that_decides_nothing_is_an_error():
    with pytest.raises(ValueError, match="neither proved nor refuted"):
        ledger.symbolic(x**2, x, "all x", point={x: 1})


def test_a_derivation_is_evidence_for_its_ends():
    def derive():
        return Derivation(Step(x * (x + 1), "start"), Step(x**2 + x, "expand"))

    assert ledger.proves(derive, generality="all x", point={x: 1}).passed
    assert not ledger.proves(derive, x**2, generality="all x", point={x: 1}).passed


def test_exact_evidence_states_error_cases_and_seed():
    good = ledger.exact([1e-13, -1e-14], "2 cases", seed=5)
    assert good.passed and good.found == "error at most 1e-12: 2 cases, seed 5"
    assert not ledger.exact([1e-13, -1e-3], "2 cases").passed
    assert not ledger.exact([np.inf], "1 case").passed
    with pytest.raises(ValueError, match="errors must be numbers"):
        ledger.exact([np.nan], "1 case")


def test_statements_are_counted():
    assert ledger.true_in(np.array([True, True]), "cases").found == "true in all 2: cases"
    assert not ledger.true_in(np.array([True, False]), "cases").passed


def test_monte_carlo_evidence_needs_a_hit_and_the_power_to_miss():
    result = Estimate(np.array([0.001]), np.array([0.001]))
    sample = partial(ledger.monte_carlo, result, n_samples=200_000, seed=1)
    assert sample(np.zeros(1), wrong=np.ones(1)).passed
    assert not sample(np.full(1, 0.006), wrong=np.ones(1)).passed
    assert not sample(np.zeros(1), wrong=np.full(1, 0.01)).passed
    with pytest.raises(ValueError, match="n_samples must be at least 200000, got 100"):
        ledger.monte_carlo(result, 0.0, wrong=1.0, n_samples=100, seed=1)


def test_only_corrections_have_kinds():
    with pytest.raises(ValueError, match="kinds must be given exactly for corrections"):
        claim(kinds=(Kind.NOTATION,))
    with pytest.raises(ValueError, match="kinds must be given exactly for corrections"):
        claim(verdict=Verdict.CORRECTED)


def test_claims_and_checks_must_match(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text("[B1]\nsource = ''\npage = ''\nverdict = 'holds'\nstatement = ''\n")
    (read,) = ledger.read_claims(path, {"B1": ()})
    assert read.id == "B1"
    with pytest.raises(ValueError, match=r"got only one of \['B2'\]"):
        ledger.read_claims(path, {"B1": (), "B2": ()})


def test_the_command_prints_a_line_for_each_claim(capsys):
    assert main(["check", "B3", "B10"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("B3 ") and "checks 2/2" in lines[0]
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
    bad = claim(Check("check", partial(evidence, False), {}))
    monkeypatch.setattr("pgbook.catalogue.claims", lambda *ids: [bad])
    assert main(["check"]) == 1
    assert "FAILURE check failed: check: found" in capsys.readouterr().out


def test_products_in_the_evidence_do_not_become_emphasis():
    found = Evidence(False, "symbolic", "differ by 2*log(3) + 4*log(5)")
    text = ledger.as_markdown(outcome(True, lambda: found))
    assert r"differ by 2\*log(3) + 4\*log(5)" in text
