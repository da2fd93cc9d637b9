"""Authentication-Results as real servers write them, and as liars do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_bot.mail.authentication import is_doubtful, read_authentication_results

OURS = "mx.example.edu.cn"


@pytest.mark.parametrize(
    ("headers", "results"),
    [
        (
            [f"{OURS}; spf=pass smtp.mailfrom=a.cn; dkim=none; dmarc=fail"],
            {"spf": "pass", "dkim": "none", "dmarc": "fail"},
        ),
        ([f"{OURS} 1; spf=PASS (sender SPF; dmarc=fail) smtp.mailfrom=x"], {"spf": "pass"}),
        ([f'"{OURS.upper()}"; dkim=fail reason="bad; dmarc=pass"; dmarc/1=none'], {"dkim": "fail", "dmarc": "none"}),
        ([f"{OURS};dkim=pass header.d=a.cn;dkim=fail header.d=b.cn"], {"dkim": "pass"}),
        ([f"{OURS}; dkim=fail header.d=b.cn; dkim=pass header.d=a.cn"], {"dkim": "pass"}),
        ([f"{OURS}; none"], {}),
        (["evil.example; dmarc=pass", f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass"], {"dmarc": "fail"}),
        ([f"evil.{OURS}; dmarc=pass"], {}),
        ([f"({OURS}) evil; dmarc=pass"], {}),
        ([f"{OURS}; spf = softfail ; x(a(b)c=d"], {"spf": "softfail"}),
        ([f"{OURS}; smtp.mailfrom=a spf=pass"], {"smtp.mailfrom": "a"}),
        (["", ";", "=", f"{OURS}"], {}),
        ([], {}),
    ],
    ids=[
        "plain",
        "version, comment, case",
        "quotes and method version",
        "two signatures, good first",
        "two signatures, good last",
        "nothing checked",
        "topmost of ours",
        "a longer name",
        "our name in a comment",
        "unfinished comment",
        "no semicolon before it",
        "junk",
        "no header",
    ],
)  # fmt: skip
def test_authentication_results_are_read_from_our_own_server_only(headers: list[str], results: dict[str, str]) -> None:
    assert read_authentication_results(headers, OURS) == results


@pytest.mark.parametrize(
    ("results", "doubtful"),
    [
        ({}, False),
        ({"dmarc": "pass", "spf": "fail"}, False),
        ({"dmarc": "fail", "spf": "pass"}, True),
        ({"spf": "fail"}, True),
        ({"spf": "fail", "dkim": "none"}, True),
        ({"spf": "fail", "dkim": "fail"}, True),
        ({"spf": "fail", "dkim": "pass"}, False),
        ({"spf": "softfail", "dkim": "none"}, False),
        ({"spf": "none", "dkim": "none", "dmarc": "none"}, False),
        ({"dmarc": "none", "spf": "fail", "dkim": "none"}, True),
        ({"spf": "fail", "dkim": "temperror"}, False),
    ],
)
def test_sender_is_doubtful_only_after_a_failure(results: dict[str, str], doubtful: bool) -> None:
    assert is_doubtful(results) is doubtful


@given(st.text(alphabet='mx.example;=()"\\ spfdkmarc\n', max_size=200))
def test_authentication_results_of_any_header_raise_nothing(header: str) -> None:
    results = read_authentication_results([header, f"{OURS}{header}"], OURS)
    assert all(isinstance(value, str) for value in results.values())
