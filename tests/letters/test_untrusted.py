from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_bot.letters.untrusted import (
    defuse_file_name,
    defuse_links,
    defuse_server_text,
    defuse_words,
    host_of,
    short_line,
    show_address,
    strip_scheme,
)
from tests.marking import slow

CASES = {
    "plain": ("现场 1.jpg", "现场 1.jpg"),
    "line breaks": (" a\r\n\tb\u2028c\x85d ", "a b c d"),
    "invisible": ("报\u202e表\u200b\ufeff\x00\x1b", "报表"),
    "surrogate": ("a\udcffb", "ab"),
    "formula stays text": ("=1+1", "=1+1"),
    "web address": ("见 https://a.cn/x", "见 https：//a．cn/x"),
    "web address behind an invisible sign": ("http\u200b://a.cn", "http：//a．cn"),
    "dots behind invisible signs": ("evil\u200b.\u2060com", "evil．com"),
    "www": ("WWW.a.cn", "WWW．a．cn"),
}


@pytest.mark.parametrize(("raw", "shown"), CASES.values(), ids=CASES)
def test_defused_links_read(raw: str, shown: str) -> None:
    assert defuse_links(raw) == shown


HOSTILE = {
    "bare host": ("快看 evil.com", "快看 evil．com"),
    "host with a path": ("t.cn/A6xyz", "t．cn/A6xyz"),
    "host behind Chinese words": ("点击evil.top查看", "点击evil．top查看"),
    "Chinese name before a domain": ("百度.com", "百度．com"),
    "Chinese top-level domain": ("evil.中国", "evil．中国"),
    "punycode": ("xn--fiqs8s.xn--55qx5d", "xn--fiqs8s．xn--55qx5d"),
    "host with a port": ("evil.example:8080/a", "evil．example:8080/a"),
    "host of many labels": ("a.b-c.d9.evil.info", "a．b-c．d9．evil．info"),
    "numbers in a host": ("mail.163.com", "mail．163．com"),
    "underscore": ("my_site.com", "my_site．com"),
    "host like a file": ("evil.zip/run", "evil．zip/run"),
    "IP address": ("10.0.0.1/login", "10．0．0．1/login"),
    "IP address before a name": ("0.0.0.0.x", "0．0．0．0．x"),
    "IP address behind a name": ("a.10.0.0.1", "a.10．0．0．1"),
    "IP address and port": ("访问192.168.1.20:80", "访问192．168．1．20:80"),
    "mail address": ("写信到 a.b@evil.com", "写信到 a．b＠evil．com"),
    "lone @": ("@张老师", "＠张老师"),
    "mailto": ("mailto:a@b.cn", "mailto：a＠b．cn"),
    "tel": ("tel:13800138000", "tel：138·001·380·00"),
    "backslashes": ("http:\\\\evil", "http：\\\\evil"),
    "messenger": ("weixin://dl/chat?x", "weixin：//dl/chat?x"),
    "script": ("javascript:alert(1)", "javascript：alert(1)"),
    "QQ": ("加QQ123456789", "加QQ123·456·789"),
    "QQ with a colon": ("QQ：12345", "QQ：123·45"),
    "QQ group": ("QQ群号 987654321 领证书", "QQ群号 987·654·321 领证书"),
    "q q": ("扣扣 1 2 3 4 5 6", "扣扣 123·456"),
    "WeChat": ("微信号：13800138000", "微信号：138·001·380·00"),
    "V": ("咨询加V 88888888", "咨询加V 888·888·88"),
    "VX": ("vx:1380013", "vx:138·001·3"),
    "telephone": ("电话010-88886666", "电话010·888·866·66"),
    "telephone in full-width digits": ("电话：１３８００１３８０００", "电话：１３８·００１·３８０·００"),
    "mobile": ("手机 138 0013 8000", "手机 138·001·380·00"),
}

FILES = {
    "photo": ("1.jpg", "1.jpg"),
    "document": ("说明.docx", "说明.docx"),
    "upper case": ("IMG_0001.JPG", "IMG_0001.JPG"),
    "WeChat's own name": ("微信图片_20230517101530.jpg", "微信图片_20230517101530.jpg"),
    "QQ's own name": ("QQ20230517101530.png", "QQ20230517101530.png"),
    "date": ("5.17活动照片.jpg", "5.17活动照片.jpg"),
    "long date": ("2023.5.17总结.docx", "2023.5.17总结.docx"),
    "decimals": ("新闻稿3.5千字.doc", "新闻稿3.5千字.doc"),
    "volume": ("照片.zip.001", "照片.zip.001"),
    "part": ("照片.part1.rar", "照片.part1.rar"),
    "tar": ("照片.tar.gz", "照片.tar.gz"),
    "in an archive": ("照片.zip/第1组/1.jpg", "照片.zip/第1组/1.jpg"),
    "host in a name": ("www.evil.com.jpg", "www．evil．com.jpg"),
    "host behind a name": ("现场.jpg evil.com", "现场．jpg evil．com"),
    "host as a name": ("evil.com", "evil．com"),
    "address as a name": ("a@evil.com.docx", "a＠evil．com.docx"),
    "number in a name": ("加微信138001380.docx", "加微信138·001·380.docx"),
    "web address as a name": ("http://evil.com/1.jpg", "http：//evil．com/1.jpg"),
}


@pytest.mark.parametrize(("raw", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_words_of_a_stranger_hold_nothing_to_click(raw: str, shown: str) -> None:
    assert (defuse_words(raw), defuse_links(raw), defuse_links(f"主题“{raw}”不对")) == (
        shown,
        shown,
        f"主题“{shown}”不对",
    )


@pytest.mark.parametrize(("raw", "shown"), FILES.values(), ids=FILES)
def test_file_name_keeps_its_ending_and_nothing_to_click(raw: str, shown: str) -> None:
    assert defuse_file_name(raw) == shown


@pytest.mark.parametrize("raw", [raw for raw, shown in FILES.values() if raw == shown])
@pytest.mark.parametrize(
    "sentence", ["{}", "“{}”是空的", "没有找到文字材料（{}、2.doc不算）", "{}：长边1280像素，3.5 MB"]
)
def test_sentence_keeps_the_file_names_in_it(raw: str, sentence: str) -> None:
    assert defuse_links(sentence.format(raw)) == sentence.format(raw)


WORDS = st.sampled_from(
    ["evil", "com", "a", "1", "中", ".", "..", "@", "-", "_", "/", ":", "//", " ", "QQ", "微信", "电话"]
)
PIECES = st.lists(WORDS | st.text("0123456789abcxyz.@:", max_size=8), max_size=12).map("".join)
_CLICKABLE = re.compile(
    r"://|@|mailto:|tel:|(?i:www)\.|[A-Za-z0-9-]\.[A-Za-z]|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:QQ|微信|电话)[号:：]?\d{5}",
    re.ASCII,
)


@given(PIECES)
def test_no_words_are_clickable(raw: str) -> None:
    shown = defuse_words(raw)
    timestamp = re.search(r"20[1-3]\d{5}", raw)
    assert timestamp or not _CLICKABLE.search(shown), shown


@given(PIECES.map(lambda stem: f"{stem}x.jpg"))
def test_no_file_name_is_clickable_before_its_ending(raw: str) -> None:
    shown = defuse_file_name(raw)
    assert shown.endswith(".jpg")
    assert re.search(r"20[1-3]\d{5}", raw) or not _CLICKABLE.search(shown.removesuffix(".jpg")), shown


@given(st.text(st.characters(), max_size=400))
def test_defused_text_is_one_short_line_that_can_be_encoded(raw: str) -> None:
    for shown in (defuse_words(raw), defuse_links(raw, 60), defuse_file_name(raw)):
        assert len(shown) <= 60
        assert len(shown.splitlines()) <= 1
        assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize(
    "raw", [slow("a." * 50_000), "QQ" + "1 " * 50_000, slow("." * 100_000), slow("电话" * 50_000), "a@" * 50_000]
)
def test_long_text_takes_no_long_time(raw: str) -> None:
    assert len(defuse_words(raw)) == len(defuse_file_name(raw)) == 60
    assert len(defuse_links(raw, 300, kept={"a@b.cn"})) == 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("发件邮箱 a.b@x.cn 不在名册里", "发件邮箱 a.b@x.cn 不在名册里"),
        ("a.b@x.cn、c@y.cn", "a.b@x.cn、c＠y．cn"),
        ("xa.b@x.cn", "xa．b＠x．cn"),
        ("a.b@x.cn.evil.com", "a．b＠x．cn．evil．com"),
        ("imap.163.com:993 没有应答，见 evil.com", "imap.163.com:993 没有应答，见 evil．com"),
        ("vimap.163.com", "vimap．163．com"),
    ],
)
def test_texts_to_keep_stay_whole_and_nothing_around_them(text: str, shown: str) -> None:
    assert defuse_links(text, kept=("a.b@x.cn", "imap.163.com", "")) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("zhang.san@qq.com", "zhang.san@qq.com"),
        ("a" * 60 + "@school.example.edu.cn", "a" * 60 + "@school.example.edu.cn"),
        ("点击evil.com", "点击evil．com"),
        ("<a@b.cn>", "<a＠b．cn>"),
        ("", ""),
    ],
)
def test_only_an_address_is_shown_whole(address: str, shown: str) -> None:
    assert show_address(address) == shown


def test_words_of_a_server_keep_its_name() -> None:
    said = "imap.163.com:993 不接受 py@126.com 的登录（see https://help.163.com www.163.com）"
    shown = "imap.163.com:993 不接受 py@126.com 的登录（see https：//help.163.com www．163.com）"
    assert defuse_server_text(said) == shown


def test_short_line_of_a_long_name_keeps_beginning_and_suffix() -> None:
    assert short_line("0123456789.jpg", 12) == "0123456….jpg"


@pytest.mark.parametrize(
    ("link", "text", "host"),
    [
        ("https://mail.163.com/a?file=x%2B1&y=2", "mail.163.com/a?file=x%2B1&y=2", "mail.163.com"),
        ("HTTP://u.163.com/x", "u.163.com/x", "u.163.com"),
        ("https://mail.qq.com/开幕\u202e式\r\n<b>", "mail.qq.com/%E5%BC%80%E5%B9%95%E5%BC%8F%20%3Cb%3E", "mail.qq.com"),
        ("https://mail.qq.com@evil.com/x", "mail.qq.com@evil.com/x", "evil.com"),
        ("https://mail.qq.com:443@evil.com:8080/x", "mail.qq.com:443@evil.com:8080/x", "evil.com"),
        ("https://[oops", "[oops", ""),
    ],
)
def test_address_without_scheme_is_ascii_and_its_host_is_known(link: str, text: str, host: str) -> None:
    assert (strip_scheme(link), host_of(link)) == (text, host)
