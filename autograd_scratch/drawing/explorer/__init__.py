"""A page in which a graph is stepped through, opened, changed and trained, without a server."""
