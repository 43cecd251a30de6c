"""Files that other interpreters run at their start: each stands alone and works in Python 3.8 and newer."""
