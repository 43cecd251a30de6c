"""Source to facts, facts to a graph, and the graph's answers."""
