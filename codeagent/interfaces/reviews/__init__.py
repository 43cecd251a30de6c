"""Reviews in every form: terminal, JSON, Markdown; SARIF and annotations come from the verdict in it."""
