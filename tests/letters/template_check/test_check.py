"""What `check` says of templates that an admin edited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake_bot.commands.console.inspection import read_template_sources
from intake_bot.config.defaults import defaults_dir
from intake_bot.config.nearest import find_nearest
from intake_bot.letters.template_check.check import TemplateReport, check_templates

PACKAGED = defaults_dir() / "templates"
SHIPPED = {path.relative_to(PACKAGED).as_posix(): path.read_text("utf-8") for path in sorted(PACKAGED.rglob("*.*"))}


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _edit(folder: Path, name: str, old: str, new: str, count: int = 1) -> None:
    assert SHIPPED[name].count(old) == count, SHIPPED[name].count(old)
    _write(folder, name, SHIPPED[name].replace(old, new))


def _report(own: Path) -> TemplateReport:
    return check_templates(read_template_sources(own), read_template_sources(PACKAGED), find_nearest)


def _faults(own: Path) -> list[str]:
    return [str(fault) for fault in _report(own).faults]


def _remarks(own: Path) -> list[str]:
    return [str(remark) for remark in _report(own).remarks]


def test_shipped_templates_have_no_faults() -> None:
    report = _report(PACKAGED)
    assert (report.faults, report.remarks) == ((), ())


def test_home_without_templates_has_no_faults(tmp_path: Path) -> None:
    assert _faults(tmp_path / "none") == []


EDITS = {
    "name": (
        ("words/rejected.txt", "{% set what = letter.rejected", "{% set what = leter.rejected"),
        ["templates/words/rejected.txt 第 7 行：没有“leter”这个名称，是不是想写“letter”？"],
    ),
    "part of a name": (
        ("words/online.txt", "{{ letter.online.name }}", "{{ letter.online.nmae }}"),
        ["templates/words/online.txt 第 8 行：没有“nmae”这个名称，是不是想写“name”？"],
    ),
    "part of a name in a branch that no letter takes": (
        ("words/recovered.txt", "{{ alert.lasted }}", "{% if false %}{{ alert.lastd }}{% endif %}"),
        ["templates/words/recovered.txt 第 7 行：没有“lastd”这个名称，是不是想写“lasted”？"],
    ),
    "filter": (
        ("alert.txt", "{{ alert.since|moment }}", "{{ alert.since|monent }}"),
        ["templates/alert.txt 第 11 行：没有“monent”这个过滤词（竖线“|”后面的词），是不是想写“moment”？"],
    ),
    "test": (
        ("words/closed.txt", "{{ letter.about }}", "{{ letter.about if letter.late is definde }}"),
        ["templates/words/closed.txt 第 4 行：没有“definde”这个判断词（is 后面的词），是不是想写“defined”？"],
    ),
    "Chinese quotes in code": (
        ("words/closed.txt", "{{ letter.about }}", "{{ letter.about or “材料” }}"),
        ["templates/words/closed.txt 第 4 行：写法有误：这里不能写““”：花括号里只能用半角（英文）标点"],
    ),
    "unclosed block": (
        ("words/held.txt", "{% endblock %}\n\n{% block subject %}", "\n{% block subject %}"),
        ["templates/words/held.txt 第 10 行：写法有误：没写完：“block”缺少结尾的 {% endblock %}"],
    ),
    "unclosed if": (
        ("words/accepted.txt", "{{ taken }}\n{% endif %}", "{{ taken }}"),
        ["templates/words/accepted.txt 第 19 行：写法有误：这里不该是 {% endblock %}，要先写 {% endif %}"],
    ),
    "unclosed braces": (
        ("words/closed.txt", "{{ letter.receipt }}", "{{ letter.receipt }"),
        ["templates/words/closed.txt 第 4 行：写法有误：多了“}”"],
    ),
    "unknown tag": (
        ("words/closed.txt", "{{ letter.receipt }}", "{% 回执 %}"),
        ["templates/words/closed.txt 第 4 行：写法有误：不认识 {% 回执 %}"],
    ),
    "block twice": (
        ("words/early.txt", "{% block opening %}", "{% block subject %}"),
        [
            "templates/words/early.txt：缺少段落“opening”，要写成 {% block opening %}……{% endblock %}",
            "templates/words/early.txt 第 6 行：写法有误：段落“subject”写了两次",
        ],
    ),
    "misspelt block": (
        ("words/closed.txt", "{% block opening %}", "{% block openning %}"),
        [
            "templates/words/closed.txt：缺少段落“opening”，要写成 {% block opening %}……{% endblock %}",
            "templates/words/closed.txt 第 6 行：没有地方用到段落“openning”，是不是想写“opening”？",
        ],
    ),
    "misspelt block of the frame": (
        ("alert.html", "{% block foot %}", "{% block fot %}"),
        ["templates/alert.html 第 19 行：没有地方用到段落“fot”，是不是想写“foot”？"],
    ),
    "template that is not there": (
        ("alert.html", '{% extends "letter.html" %}', '{% extends "leter.html" %}'),
        ["templates/alert.html 第 1 行：找不到模板“leter.html”，是不是想写“letter.html”？"],
    ),
    "value of the wrong kind": (
        ("words/recovered.txt", "{{ alert.lasted }}", "{{ alert.lasted|moment }}"),
        [
            "templates/words/recovered.txt 第 7 行：这一行算不出结果"
            "（AttributeError：'str' object has no attribute 'tzinfo'）"
        ],
    ),
    "way into the program": (
        ("words/recovered.txt", "{{ alert.lasted }}", "{{ alert.__class__ }}"),
        ["templates/words/recovered.txt 第 7 行：没有“__class__”这个名称"],
    ),
    "empty block": (
        ("words/held.txt", "{% block headline %}邮件已收到，待人工查看", "{% block headline %}"),
        ["templates/words/held.txt：段落“headline”写出来是空的"],
    ),
}


def _groups() -> tuple[dict[str, str], ...]:
    """The edits in as few homes as can be (writing every letter takes a second): file → id of the one edit in it."""
    groups: list[dict[str, str]] = []
    for name, ((file, _, _), _) in EDITS.items():
        group = next((one for one in groups if file not in one), None)
        if group is None:
            groups.append(group := {})
        group[file] = name
    return tuple(groups)


@pytest.mark.parametrize("group", _groups(), ids=lambda group: ", ".join(group.values()))
def test_faulty_edit_is_reported_with_its_line(tmp_path: Path, group: dict[str, str]) -> None:
    for name in group.values():
        _edit(tmp_path, *EDITS[name][0])
    told = _faults(tmp_path)
    assert {
        name: [fault for fault in told if re.match(rf"templates/{re.escape(file)}\b", fault)]
        for file, name in group.items()
    } == {name: EDITS[name][1] for name in group.values()}
    assert len(told) == sum(len(EDITS[name][1]) for name in group.values())


def test_faults_of_all_templates_are_reported_at_once(tmp_path: Path) -> None:
    _edit(tmp_path, "words/held.txt", "{% block subject %}", "{% block subject %}{{ nobody }}{{ letter.recipt }}")
    _edit(tmp_path, "alert.txt", "{{ headline }}", "{{ headline|uper }}")
    _write(tmp_path, "digest.txt", "{% if %}")
    (tmp_path / "words" / "closed.txt").write_bytes(SHIPPED["words/closed.txt"].encode("gb18030"))
    assert [re.sub("：.*", "", fault) for fault in _faults(tmp_path)] == [
        "templates/alert.txt 第 3 行",
        "templates/digest.txt 第 1 行",
        "templates/words/closed.txt",
        "templates/words/held.txt 第 4 行",
        "templates/words/held.txt 第 4 行",
    ]


def test_empty_template_is_a_fault(tmp_path: Path) -> None:
    _write(tmp_path, "alert.txt", "{# 没有了 #}\n")
    _write(tmp_path, "digest.html", "\n<style>p { color: red }</style>\n")
    assert _faults(tmp_path) == ["templates/alert.txt：写出来是空的", "templates/digest.html：写出来是空的"]


OUTSIDE = {
    "script": ("<script>alert(1)</script>", "“<script”：邮箱会删掉脚本、表单和嵌入的网页，这封信还可能被当成垃圾邮件"),
    "event": ('<p onclick="x()">您好</p>', "“onclick=”：邮箱会删掉脚本、表单和嵌入的网页，这封信还可能被当成垃圾邮件"),
    "picture": ('<img src="https://a.cn/logo.png">', "“<img”：邮箱一般不显示外来的图片和样式，对方看到的会缺一块"),
    "link": ('<a href="https://a.cn">网站</a>', "“<a href=”：学校分不清链接的真假，最好只写文字（打电话的 tel: 可以）"),
}
RAW = "“<i>不是模板里写的</i>”：来信人写的内容会原样放进网页，可能夹带脚本，请去掉“|safe”或“autoescape”"


def test_markup_that_mailboxes_do_not_show_is_remarked(tmp_path: Path) -> None:
    lines = ["<h2>怎样补发</h2>", "{# 不要放", '<img src="x"> #}', *(added for added, _ in OUTSIDE.values())]
    _edit(tmp_path, "reply.html", "<h2>怎样补发</h2>", "\n".join(lines))
    assert _faults(tmp_path) == []
    assert set(_remarks(tmp_path)) == {f"templates/reply.html：{remark}" for _, remark in OUTSIDE.values()}


def test_unescaped_text_of_a_stranger_is_remarked(tmp_path: Path) -> None:
    _edit(tmp_path, "reply.html", "<h2>怎样补发</h2>", "{{ letter.subject|safe }}")
    _edit(
        tmp_path,
        "digest.html",
        "<p>{{ item.reason }}</p>",
        "{% autoescape false %}{{ item.subject }}{% endautoescape %}",
    )
    _edit(tmp_path, "alert.html", '<td class="value">{{ reason }}', '<td class="value">{{ reason|safe }}')
    assert _faults(tmp_path) == []
    assert _remarks(tmp_path) == [f"templates/{file}：{RAW}" for file in ("alert.html", "digest.html", "reply.html")]


def test_fault_behind_a_missing_block_is_reported_with_it(tmp_path: Path) -> None:
    _edit(tmp_path, "words/digest.txt", "{% block subject %}", "{% block subjekt %}")
    _edit(tmp_path, "digest.txt", "{{ line.what }}", "{{ line.waht }}", count=4)
    lines = (tmp_path / "digest.txt").read_text(encoding="utf-8").splitlines()
    typed = [number for number, line in enumerate(lines, 1) if "waht" in line]
    assert [re.sub("：.*", "", fault) for fault in _faults(tmp_path)] == [
        *(f"templates/digest.txt 第 {number} 行" for number in typed),
        "templates/words/digest.txt",
        "templates/words/digest.txt 第 2 行",
    ]


def test_unused_template_is_remarked(tmp_path: Path) -> None:
    _write(tmp_path, "words/heldd.txt", "{{ whatever }}")
    _write(tmp_path, "签名.txt", "濮阳市教育局")
    _edit(tmp_path, "alert.txt", "（这封信由", '{% include "签名.txt" %}（这封信由')
    assert _faults(tmp_path) == []
    assert _remarks(tmp_path) == ["templates/words/heldd.txt：没有信件用到这个文件，是不是想写“words/held.txt”？"]


def test_letter_without_its_receipt_number_is_remarked(tmp_path: Path) -> None:
    _write(tmp_path, "reply.txt", "{{ opening[0] }}")
    assert _faults(tmp_path) == []
    assert _remarks(tmp_path) == [
        "templates/reply.txt：信里没有回执编号（letter.receipt）：学校打电话来问时，查不到是哪一封"
    ]


@pytest.mark.slow
def test_samples_reach_every_expression_of_every_template(tmp_path: Path) -> None:
    """Each {{ … }} is given a part that nothing has: a sample that comes by must tell of it."""
    marked = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
    expected = set()
    for name, text in SHIPPED.items():
        if name.endswith(".css"):
            continue
        wrong = marked.sub(lambda found: f"{{{{ ({found[1]}).nowhere }}}}", text)
        _write(tmp_path, name, wrong)
        expected |= {(f"templates/{name}", wrong[: m.start()].count("\n") + 1) for m in marked.finditer(wrong)}
    report = _report(tmp_path)
    assert expected - {(fault.file, fault.line) for fault in report.faults} == set()
