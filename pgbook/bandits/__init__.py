"""Chapter 1, *Policy Gradient for Multi-Armed Bandits* (document 000)."""

from pgbook.bandits.numeric import *
