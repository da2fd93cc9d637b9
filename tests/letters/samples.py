"""What the tests of letters share beside the samples of the package."""

from __future__ import annotations

from intake_bot.config.defaults import defaults_dir
from intake_bot.judging.verdict import Finding
from intake_bot.letters.templates import read_templates
from intake_bot.notices.notice import Severity
from tests.letters.sample_digests import DUE as DUE
from tests.letters.sample_letters import file as file
from tests.letters.sample_notice import DAY as DAY
from tests.letters.sample_notice import at as at

TEMPLATES = read_templates([defaults_dir() / "templates"])
PHOTO_CLAUSE = "四（三）2"
PHOTO_QUOTE = "格式为JPG文件，不低于2000像素、2M，配文字说明，以压缩包形式报送"


def error(code: str, found: str, asked: str = "", todo: str = "", file: str | None = None) -> Finding:
    return Finding(code, Severity.ERROR, found, asked, todo, file, PHOTO_CLAUSE, PHOTO_QUOTE)
