"""The demo: invented mails, and embedded mail servers on loopback, which the tests use too."""
