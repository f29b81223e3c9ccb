"""How far the laws of the state drift apart: `drift` has the bounds, `coupling` their reason."""
