"""The words of the house: frozen values that every floor shares and that do no I/O."""
