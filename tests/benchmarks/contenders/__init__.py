"""The programs that are compared, each as a process of its own: `python -m tests.benchmarks.contenders.<name> JOB`.

JOB is a `Job` as JSON. Each takes every mail of the inbox and prints an `Outcome` as JSON."""
