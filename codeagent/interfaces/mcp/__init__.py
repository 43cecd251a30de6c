"""The Model Context Protocol, both ways: our tools for other people's agents, and other people's tools for ours.

The SDK is imported only here, and only by modules that are loaded once it is needed: it takes a second."""
