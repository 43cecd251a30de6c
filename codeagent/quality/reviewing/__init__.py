"""What a change means to those who read it: its symbols, its public surface, the refactorings in it."""
