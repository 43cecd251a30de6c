"""The refactorings, one file each: from the graph and what is asked for to a proposal, never to a written file."""
