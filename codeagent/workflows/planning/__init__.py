"""Plans: made of an opportunity or by a model, tried on a scratch graph, and completed with what the graph knows."""
