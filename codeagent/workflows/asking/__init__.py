"""Answers and guides that a model writes from the code graph, each place in them checked."""
