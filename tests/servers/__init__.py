"""Servers for the tests beside pymap and aiosmtpd (`intake_bot.demo.servers`): Dovecot, a NetEase look-alike, an SMTP
server that refuses on demand. `loopback.crt` and `loopback.key` are a throw-away TLS identity for 127.0.0.1."""
