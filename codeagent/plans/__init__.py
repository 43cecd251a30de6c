"""Plans as files: what may stand in one, reading one that nobody vouches for, writing one that is always the same."""
