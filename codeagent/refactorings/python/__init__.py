"""What refactorings know of Python beyond the graph: scopes, flow, selections, layout."""
