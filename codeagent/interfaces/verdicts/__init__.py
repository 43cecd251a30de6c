"""Verdicts of gates in every form: terminal, JSON, SARIF, GitHub annotations, Markdown."""
