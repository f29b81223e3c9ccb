"""Chapter 3, *Policy-based Theoretical Guarantees* (document 001)."""

from pgbook.guarantees.numeric import *
