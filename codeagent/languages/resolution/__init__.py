"""How each deep language finds the module that an import names."""
