"""The onboarding report in four forms: for the terminal, for programs, for GitHub, and to look at."""
