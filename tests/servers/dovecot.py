"""A real Dovecot, unprivileged, on a free loopback port (Debian package dovecot-imapd, 2.3 or 2.4).

Any user name logs in with the password "secret" and gets a Maildir of its own.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from intake_bot.demo.servers import HOST, ImapAccount

PASSWORD = "secret"
START_SECONDS = 60

_COMMON = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 1G
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
ssl = no
# A test need not wait: not after a wrong password, not for the disk, not for a process of its own.
auth_failure_delay = 0
mail_fsync = never
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service imap {{
  service_count = 0
}}
service anvil {{
  chroot =
  # No growing pauses after the wrong passwords of our tests.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

_2_3 = """\
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u:UTF-8
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""

_2_4 = """\
auth_allow_cleartext = yes
auth_mechanisms = plain login
mail_driver = maildir
mail_home = {folder}/mail/%{{user}}
mail_path = {folder}/mail/%{{user}}
mailbox_list_utf8 = yes
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
"""


class Dovecot:
    """A running Dovecot; see `running_dovecot`."""

    host = HOST

    def __init__(self, port: int, mail: Path) -> None:
        self.port = port
        self.mail = mail
        """The folder of the Maildirs, one for each user."""

    def account(self, user: str) -> ImapAccount:
        """The account of this name; Dovecot makes it at its first login."""

        def append(raw: bytes, internaldate: datetime) -> None:
            with self.client(user) as client:
                answer, text = client.append("INBOX", "", imaplib.Time2Internaldate(internaldate), raw)
            assert answer == "OK", text

        return ImapAccount(self.host, self.port, user, PASSWORD, append)

    def client(self, user: str) -> imaplib.IMAP4:
        """A logged-in connection of a second client, for what a clerk's mail program would do or see."""
        client = imaplib.IMAP4(self.host, self.port)
        client.login(user, PASSWORD)
        return client


def find_dovecot() -> str | None:
    """The program, or None where it is not installed."""
    return shutil.which("dovecot", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))


@contextmanager
def running_dovecot(program: str) -> Iterator[Dovecot]:
    """Starts Dovecot in the foreground of a process of its own, waits for its greeting, and ends it."""
    # Unix sockets want a short path (107 bytes), hence not pytest's own temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="dc"))
    log = folder / "dovecot.log"
    port = _free_port()
    (folder / "mail").mkdir()
    config = folder / "dovecot.conf"
    config.write_text(_configuration(program, folder, port), encoding="utf-8")
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, *_identity())
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen([program, "-F", "-c", str(config)], stdout=output, stderr=output)
    try:
        _wait_for_greeting(process, port, (log, folder / "output"))
        yield Dovecot(port, folder / "mail")
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _identity() -> tuple[str, str]:
    """User and group that Dovecot runs as: nobody where we are root, else ourselves. (POSIX, like Dovecot.)"""
    import grp
    import pwd

    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name


def _configuration(program: str, folder: Path, port: int) -> str:
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    version = said.split()[0]
    user, group = _identity()
    if tuple(int(number) for number in version.split(".")[:2]) < (2, 4):
        template = _COMMON + _2_3
    else:
        short = version.split("-")[0]
        template = f"dovecot_config_version = {short}\ndovecot_storage_version = {short}\n" + _COMMON + _2_4
    return template.format(folder=folder, port=port, user=user, group=group, password=PASSWORD)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_greeting(process: subprocess.Popen[bytes], port: int, logs: tuple[Path, ...]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection((HOST, port), timeout=START_SECONDS) as line:
                if line.recv(64).startswith(b"* OK"):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    said = "\n".join(log.read_text(errors="replace") for log in logs if log.exists())
    raise RuntimeError(f"Dovecot did not start:\n{said}")
