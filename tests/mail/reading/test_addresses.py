"""Repair of address fields."""

from __future__ import annotations

import pytest

from intake_bot.mail.reading.addresses import repair_addresses
from tests.mail.samples import encoded_word


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (b"a@b.cn", b"a@b.cn"),
        (b"<a@b.cn>, c@d.cn; <e@f.cn>", b"a@b.cn, c@d.cn, e@f.cn"),
        (encoded_word(b"\xd6\xd0") + b"<a@b.cn>", b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b'"' + encoded_word(b"\xd6\xd0") + b'" <a@b.cn>', b"=?utf-8?b?5Lit?= <a@b.cn>"),
        ("中 <a@b.cn>".encode("gbk"), b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b"'\xd6\xd0' <a@b.cn>", b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b"group: a@b.cn, c@d.cn;", b"a@b.cn, c@d.cn"),
        (b"undisclosed-recipients:;", b""),
        (b"<>", b""),
        (b"<a b@c.cn>", b"=?utf-8?b?YQ==?= <b@c.cn>"),
        (b"=?utf-8?b?5Lit?= <Zhang San a@b.cn>", b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b"a <mailto:a@b.cn>", b"=?utf-8?b?YQ==?= <a@b.cn>"),
        (b"mailto:a@b.cn", b"a@b.cn"),
        (b"<mailto:a@b.cn?subject=x>", b"a@b.cn"),
        (b"<<a@b.cn>>", b"a@b.cn"),
        (b"[a@b.cn]", b"a@b.cn"),
        (b"a@b.cn <\xe5\xbc\xa0>", b"a@b.cn"),
        (encoded_word("张 <a@b.cn>".encode(), "utf-8"), b"=?utf-8?b?5byg?= <a@b.cn>"),
        (encoded_word("张三 a@b.cn".encode("gbk")), b"a@b.cn"),
        ("张 <a＠b.cn>".encode(), b"=?utf-8?b?5byg?= <a@b.cn>"),
        ("张 <ａ＠ｂ．ｃｎ>".encode("gbk"), b"=?utf-8?b?5byg?= <a@b.cn>"),
        ("张三＜a@b.cn＞".encode(), b"=?utf-8?b?5byg5LiJ?= <a@b.cn>"),
        ("a＠b。cn".encode(), b"a@b.cn"),
        (b"<a@b.cn.>", b"a@b.cn"),
        ("张三 <\u200ba@b.cn\ufeff>".encode(), b"=?utf-8?b?5byg5LiJ?= <a@b.cn>"),
        ("a@b.cn\u200b".encode(), b"a@b.cn"),
        ("张三 〈a@b.cn〉".encode(), b"=?utf-8?b?5byg5LiJ?= <a@b.cn>"),
        (b"a @b.cn", b"a@b.cn"),
        (b"Zhang <a @ b.cn>", b"=?utf-8?b?Wmhhbmc=?= <a@b.cn>"),
        (b"zhang..san@qq.com, .a@b_c.cn, a.@docomo.ne.jp", b'"zhang..san"@qq.com, ".a"@b_c.cn, "a."@docomo.ne.jp'),
        (b"<a@b.cn c@d.cn>", b""),
        (b"<a@-b.cn>", b""),
        (b"<a@b@c.cn>, <a@\xd6\xd0.cn>, <a@b.cn\0>, <@>, <a@>", b""),
    ],
)
def test_address_field_is_repaired(value: bytes, cleaned: bytes) -> None:
    assert repair_addresses(value) == cleaned
