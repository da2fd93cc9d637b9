"""The letters that the program sends: replies, digests, alerts. Pure: values in, text out."""
