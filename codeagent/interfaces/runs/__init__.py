"""Runs for people and for programs: as they happen, and as they were."""
