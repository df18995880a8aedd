"""Training runs whose steps an executor computes: what a worker does (`work`), and how it comes to it."""
