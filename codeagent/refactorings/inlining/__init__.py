"""What inline knows beyond Python itself: where a definition is used, and whether its text may stand there."""
