"""Finding what matters for a question: ranking, lexical scores, skeletons, reach."""
