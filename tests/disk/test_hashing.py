"""SHA-256 of files, while they are written and afterwards."""

import hashlib
from pathlib import Path

from intake_bot.disk.hashing import HashingWriter, sha256_of


def test_hashing_writer_of_several_blocks_has_their_size_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        writer = HashingWriter(file)
        assert (writer.bytes, writer.sha256) == (0, hashlib.sha256().hexdigest())
        for block in (b"ab", b"", b"c"):
            writer.write(block)
    assert (writer.bytes, writer.sha256) == (3, hashlib.sha256(b"abc").hexdigest())
    assert path.read_bytes() == b"abc"
    assert sha256_of(path) == writer.sha256
