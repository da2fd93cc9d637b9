"""Files that were sent before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts, Kind, PhotoFacts
from intake_bot.judging.author import Author
from intake_bot.judging.prior_mail.duplicate_files import (
    MAXIMUM_LOOK_DISTANCE,
    DuplicateFile,
    KnownFile,
    check_duplicates,
    find_duplicate,
)
from tests.judging.cases import archive, photo, word

UNIT = "濮阳县教育局"
ME = Author("me@qq.com")

LOOK = 0xF0F0_1234_5678_9ABC

KNOWN = (
    KnownFile("1001-9", UNIT, "照片.zip/一.jpg", "aa", LOOK, ME.address),
    KnownFile("1002-4", "范县教育局", "照片.zip/二.jpg", "bb", LOOK ^ 0b11, ME.address),
    KnownFile("1003-5", None, "说明.docx", "cc", sender=ME.address),
)


def seen(sha256: str, look: int | None) -> FileFacts:
    return photo("新.jpg", sha256=sha256, photo=PhotoFacts(4000, 3000, look))


@pytest.mark.parametrize(
    ("file", "duplicate"),
    [
        (seen("aa", None), DuplicateFile(KNOWN[0], exact=True)),
        (seen("bb", LOOK), DuplicateFile(KNOWN[1], exact=True)),
        (seen("zz", LOOK), DuplicateFile(KNOWN[0], exact=False)),
        (seen("zz", LOOK ^ (1 << MAXIMUM_LOOK_DISTANCE) - 1), DuplicateFile(KNOWN[0], exact=False)),
        (seen("zz", LOOK ^ ((1 << MAXIMUM_LOOK_DISTANCE + 3) - 1) << 8), None),
        (seen("zz", None), None),
        (word("说明.docx", sha256="cc"), DuplicateFile(KNOWN[2], exact=True)),
        (replace(archive(), sha256="aa"), None),
        (FileFacts("空.jpg", Kind.EMPTY, 0, "aa"), None),
    ],
    ids=["bytes", "bytes before looks", "look", "last bit", "too far", "no look", "a text", "archive", "empty"],
)
def test_find_duplicate_prefers_same_bytes_to_same_look(file: FileFacts, duplicate: DuplicateFile | None) -> None:
    assert find_duplicate(file, KNOWN) == duplicate


def test_check_duplicates_names_other_unit_to_clerks_only() -> None:
    (private,) = check_duplicates([seen("bb", None)], KNOWN, UNIT, ME)
    clerks = f"“{UNIT}”的文件与“范县教育局”报送的“照片.zip/二.jpg”相同（回执编号 1002-4）"
    assert (private.found, private.private) == (clerks, True)
    for content, unit, receipt in (("aa", UNIT, "1001-9"), ("cc", UNIT, "1003-5"), ("bb", None, "1002-4")):
        found = [(one.found, one.private) for one in check_duplicates([seen(content, None)], KNOWN, unit, ME)]
        assert found == [(f"与此前收到的文件相同（回执编号 {receipt}）", False)]


@pytest.mark.parametrize("author", [Author("other@qq.com"), Author("")])
def test_check_duplicates_names_other_authors_to_clerks_only(author: Author) -> None:
    (private,) = check_duplicates([seen("aa", None)], KNOWN, UNIT, author)
    assert private.private
    assert private.found == f"“{UNIT}”的文件与{ME.address} 报送的“照片.zip/一.jpg”相同（回执编号 1001-9）"


@pytest.mark.parametrize(("bits", "same"), [(3, True), (4, True), (5, False)])
def test_pictures_differing_in_at_most_four_bits_are_duplicates(bits: int, same: bool) -> None:
    seen = photo()
    assert seen.photo is not None
    seen = replace(seen, photo=replace(seen.photo, look=0))
    known = KnownFile("1042-9", None, "旧.jpg", "another", look=(1 << bits) - 1)
    assert (find_duplicate(seen, [known]) is not None) is same
