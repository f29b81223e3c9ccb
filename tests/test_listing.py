"""What a page shows of the code is the code."""

from pgbook import bandits, guarantees, policies
from pgbook.listing import source


def test_a_listing_is_the_source_without_the_docstring():
    shown = source(bandits.GradientBandit.softmax, policies.softmax).data
    assert shown.startswith("```python\ndef softmax(self)")
    assert "return weights / weights.sum" in shown and '"""' not in shown
    assert "# Shifting by the maximum" in shown


def test_a_function_without_a_docstring_is_shown_whole():
    assert source(plain).data == "```python\ndef plain():\n    return 1\n```"


def test_properties_are_shown_as_they_stand_in_their_class():
    shown = source(guarantees.Comparison.gain, guarantees.Comparison.mean_advantages).data
    assert "@property\ndef gain(self) -> float:\n    return self.new" in shown
    assert "@cached_property\ndef mean_advantages(self)" in shown


def plain():
    return 1
