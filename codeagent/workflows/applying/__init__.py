"""`apply` and `resume`: a plan, step by step, on a tree that nobody sees until the last step holds."""
