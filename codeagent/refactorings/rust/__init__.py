"""What the refactorings know of Rust."""
