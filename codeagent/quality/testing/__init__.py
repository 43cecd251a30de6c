"""Running a repository's own tests: what its runners are, what they say of each test, which tests a change concerns."""
