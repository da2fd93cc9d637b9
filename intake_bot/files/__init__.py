"""What is in the files of a mail: unpacking, measuring and storing them. Measuring never judges."""
