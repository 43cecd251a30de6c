"""What people come for: each workflow takes a repository, narrates through `emit`, and returns a value."""
