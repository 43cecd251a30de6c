"""What must hold of code: checks that are questions of the graph."""
