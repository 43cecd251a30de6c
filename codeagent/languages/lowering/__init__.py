"""From a parse tree to `FileFacts`: one walk per deep language, one query-driven walk for the rest."""
