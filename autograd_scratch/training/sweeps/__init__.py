"""Training over and over: a run for each seed and combination of settings, here or by an executor."""
