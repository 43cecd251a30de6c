"""`codeagent` with no arguments: the same commands, kept open; the terminal's own library is imported only here."""
