"""The user's disk, git and processes: the only place that touches them."""
