"""From each kind of opportunity to steps: what an operation can do and prove, else what a model is to write."""
