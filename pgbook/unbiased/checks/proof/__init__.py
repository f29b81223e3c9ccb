"""The proof: `one_step` has its lines, `several_steps` what becomes of them."""
