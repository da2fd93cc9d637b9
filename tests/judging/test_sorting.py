from __future__ import annotations

import pytest

from intake_bot.files.facts import FileFacts, Kind, MailFacts, TextFacts, Trouble
from intake_bot.judging.sorting import sort_files
from tests.judging.cases import notice

_NOTICE = notice("puyang-2023")


@pytest.mark.parametrize(
    ("file", "kind", "trouble"),
    [
        pytest.param(
            FileFacts("现场.jpg", Kind.UNKNOWN, 9, "s", "照片.zip", "5月17日", Trouble.UNSUPPORTED),
            Kind.JPEG,
            Trouble.DAMAGED,
            id="shapeless",
        ),
        pytest.param(
            FileFacts("现场.jpg", Kind.UNKNOWN, 9, "s", "照片.zip", "5月17日", Trouble.TRUNCATED),
            Kind.JPEG,
            Trouble.TRUNCATED,
            id="cut-off-in-the-archive",
        ),
        pytest.param(
            FileFacts("现场.jpg", Kind.TEXT, 9, "s", "照片.zip", "5月17日", text=TextFacts("x", 1)),
            Kind.JPEG,
            Trouble.DAMAGED,
            id="text",
        ),
    ],
)
def test_sort_files_takes_what_is_nothing_known_for_what_its_name_says(
    file: FileFacts, kind: Kind, trouble: Trouble
) -> None:
    material = _NOTICE.material("照片")
    assert material is not None
    found = sort_files(MailFacts((file,), TextFacts("", 0)), [material]).places[0].files
    assert [(one.kind, one.trouble, one.text, one.shown_name) for one in found] == [
        (kind, trouble, None, "照片.zip/5月17日/现场.jpg")
    ]
