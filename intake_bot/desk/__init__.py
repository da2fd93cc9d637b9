"""What a person decides about mails that wait for one."""
