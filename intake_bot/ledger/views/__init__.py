"""What the digest reads of several tables at once."""
