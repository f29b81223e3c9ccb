"""Chapter 1, *Policy Gradient for Multi-Armed Bandits* (document 000)."""

from pgbook.bandits.numeric import *  # noqa: F403
from pgbook.bandits.numeric import __all__  # noqa: F401
