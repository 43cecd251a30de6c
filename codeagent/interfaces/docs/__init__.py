"""The reference pages, written from the same declarations that the commands are made from."""
