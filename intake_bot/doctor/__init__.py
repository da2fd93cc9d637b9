"""What `doctor` tries, each thing for real and without leaving a trace at a mail server."""
