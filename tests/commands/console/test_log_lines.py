from __future__ import annotations

import io
import logging

import pytest

from intake_bot.commands.console.log_lines import DiscreetFormatter, discreet, trace_of

OUR_ID = "<intake.1042-9.0123456789abcdef0123456789abcdef@126.com>"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("550 <zhangsan@qq.com>: no such user", "550 <z***@qq.com>: no such user"),
        ("收件地址无法使用：'王老师@例子.cn'", "收件地址无法使用：'王***@例子.cn'"),
        ("电话13812345678、0393-6661234和01012345678", "电话138***、039***和010***"),
        (f"letter sent id=1 message_id={OUR_ID}", f"letter sent id=1 message_id={OUR_ID}"),
        ("2023-05-17 15:02:11,123 uid=1446555803 port=993", "2023-05-17 15:02:11,123 uid=1446555803 port=993"),
        ("receipt=1042-9 disposition=held unit=濮阳县教育局", "receipt=1042-9 disposition=held unit=濮阳县教育局"),
        ("a\x1b[2J\r\u202eb\u200b\ta", "a [2J  b  a"),
        ("x" * 100_000 + "@", "x" * 100_000 + "@"),
    ],
    ids=["address", "Chinese address", "numbers", "our Message-ID", "other numbers", "ours", "unseen", "long"],
)
def test_discreet_shortens_personal_data_and_keeps_ids(text: str, line: str) -> None:
    assert discreet(text) == line


def failed() -> RuntimeError:
    """As a bug raises it, with words of a mail in it."""
    try:
        try:
            int("张三，电话13812345678")
        except ValueError as error:
            raise RuntimeError("材料正文") from error
    except RuntimeError as error:
        return error
    raise AssertionError


def test_trace_of_an_exception_has_types_and_places_without_messages() -> None:
    kinds = [line for line in trace_of(failed()).splitlines() if not line.startswith("  ")]
    places = [line for line in trace_of(failed()).splitlines() if line.startswith("  ")]
    assert kinds == ["builtins.RuntimeError", "builtins.ValueError"]
    assert [place.rpartition(" ")[2] for place in places] == ["failed", "failed"]
    assert __file__ in trace_of(failed())


def test_record_with_an_exception_is_formatted_without_its_message() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(message)s"))
    record = logging.getLogger("test").makeRecord(
        "test", logging.ERROR, __file__, 1, "message failed receipt=%s", ("1042-9",), (RuntimeError, failed(), None)
    )
    handler.emit(record)
    assert stream.getvalue().startswith("ERROR message failed receipt=1042-9\nbuiltins.RuntimeError\n")
    assert "正文" not in stream.getvalue()
    assert "138" not in stream.getvalue()
