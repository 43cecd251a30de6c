"""What the refactorings know of Java."""
