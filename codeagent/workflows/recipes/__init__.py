"""Recipes: what applied runs taught, kept as files that people review, and offered when a goal is like an old one."""
