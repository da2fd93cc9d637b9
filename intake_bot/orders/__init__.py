"""What a clerk may order, and in which words. Pure."""
