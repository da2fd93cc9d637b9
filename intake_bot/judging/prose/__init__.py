"""What a text says: about an event, to the office, or in the words of the notice and of our own letters."""
