"""What the refactorings know of Go."""
