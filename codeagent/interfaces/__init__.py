"""The doors of codeagent: they parse, call and render, and compute nothing."""
