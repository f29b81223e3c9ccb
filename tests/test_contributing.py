"""The worked examples of CONTRIBUTING.md work where it says that they stand."""

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

from pgbook import catalogue, ledger

TEXT = Path(__file__).parents[1].joinpath("CONTRIBUTING.md").read_text()


def example(name):
    """A function of a worked example, defined in the module that the text before it names."""
    (block,) = re.finditer(rf"```python\n((?:(?!```).)*def {name}\(.*?)```", TEXT, re.DOTALL)
    module = re.findall(r"`(pgbook/[\w/]+)\.py`", TEXT[: block.start()])[-1]
    scope = dict(vars(import_module(module.replace("/", "."))))
    exec(block[1], scope)
    return scope[name]


def test_the_claim_its_check_and_its_derivation_hold():
    (written,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    checks = [*example("score_by_differences").checks, *example("score").checks]
    (claim,) = catalogue.joined(tomllib.loads(written), checks).values()
    checked = ledger.verify(claim)
    assert checked.failures == () and checked.counts == ("2 of 2", "2 of 2")


def test_the_explorer_is_drawn_for_the_values_of_its_cell():
    (values,) = re.findall(r"`explorers\.update\(reward=(.*?)\)`", TEXT)
    explorer = example("update")(reward=ast.literal_eval(values))
    sentences = {explorer.frame(reward=value).text for value in ast.literal_eval(values)}
    assert len(sentences) == 3


def test_the_exercise_knows_the_right_answer_and_the_expected_mistake():
    ties = example("ties").exercise
    assert ties.verdict("attained", "no") == ""
    assert "positive probability" in ties.verdict("attained", "yes")
