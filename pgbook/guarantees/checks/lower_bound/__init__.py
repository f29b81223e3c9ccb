"""The bound on the objective: `penalties` is what is subtracted, `promises` what is left."""
