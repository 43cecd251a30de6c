"""Undo and redo of whole runs: their files, and what git has of them."""
