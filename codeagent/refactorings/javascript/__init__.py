"""What the refactorings know of JavaScript and TypeScript."""
