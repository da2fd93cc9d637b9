"""Letters: composed, delivered, and settled where delivery is uncertain."""
