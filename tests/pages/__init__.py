"""The pages of the API, made from the docstrings: what is on them, and how they are built."""
