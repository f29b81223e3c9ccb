"""Chapter 3, *Policy-based Theoretical Guarantees* (document 001)."""

from pgbook.guarantees.numeric import *  # noqa: F403
from pgbook.guarantees.numeric import __all__  # noqa: F401
