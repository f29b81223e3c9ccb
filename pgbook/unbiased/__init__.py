"""Chapter 2, *Unbiased Estimates in Policy Gradient* (document 002)."""

from pgbook.unbiased.numeric import *
