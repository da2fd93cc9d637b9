"""Letters to schools that answer no mail of theirs."""
