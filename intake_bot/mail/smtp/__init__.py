"""The SMTP client, and letters as bytes."""
