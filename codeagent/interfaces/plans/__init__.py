"""Plans as people read them: Markdown with a picture of the order, and lines for a terminal."""
