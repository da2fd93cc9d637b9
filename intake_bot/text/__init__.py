"""Characters and lines of text, before any room gives them a meaning."""
