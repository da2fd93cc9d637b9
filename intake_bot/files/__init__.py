"""What is in the envelope: unpacking, measuring, keeping. Measuring never judges."""
