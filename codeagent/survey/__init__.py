"""Pure questions of the graph, of manifests and of history that make up the onboarding report."""
