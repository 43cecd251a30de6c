"""What people come for, each as one function from a project to a typed result."""
