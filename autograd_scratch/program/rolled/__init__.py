"""Programs of arrays: what steps compute, rolled along their axes."""
