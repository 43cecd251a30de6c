"""Edits that a model (or anybody) wrote as text become a patch: found by a ladder of repair, never guessed."""
