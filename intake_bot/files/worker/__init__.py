"""The process that opens what strangers sent."""
