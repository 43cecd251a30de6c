"""codeagent: understand a repository from facts, and change it safely."""

__version__ = "0.1.0"
