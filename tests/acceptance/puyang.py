"""濮教工委〔2023〕8号, clause by clause: what is accepted, and what is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from intake_bot.demo import media
from tests.acceptance.posts import (
    NOTE,
    Case,
    Files,
    Make,
    Under,
    album,
    big_video,
    nothing,
    one_photo,
    one_video,
    one_word,
    photo,
    small_photo,
    word,
)
from tests.files import compound, papers, samples
from tests.files.media.iso import FRAME, Film, Track, encrypted_entry, media_segment

EXCUSE = (
    "老师您好：由于我校近期正在迎接省里的检查，各部门工作繁忙，相关负责同志又外出培训，文字材料还没有最终定稿。"
    "领导说等下周一开会研究后再确定具体内容。我们会尽快修改完善，争取明天下班前补发到贵局邮箱。"
    "给您的工作带来不便，敬请谅解！如有问题请随时联系我，谢谢老师。"
)
OUR_LETTER = (Path(__file__).parents[1] / "letters/golden/rejected.txt").read_text(encoding="utf-8")
NOTICE, NOON = "puyang-2023", "2023-05-17 12:00:00"


def _under(clause: str, material: str, unit: str = "濮阳县教育局", received: str = NOON) -> Under:
    return Under(NOTICE, clause, f"活动周{unit}{material}", received)


def _texts() -> Iterator[Case]:
    daily = _under("四（三）", "文字材料")
    for hour, day, late in (
        ("2023-05-17 00:00:00", "2023-05-16", True),
        ("2023-05-17 00:00:01", "2023-05-17", False),
        ("2023-05-17 15:59:59", "2023-05-17", False),
        ("2023-05-17 16:00:00", "2023-05-17", False),
        ("2023-05-17 16:00:01", "2023-05-17", True),
        ("2023-05-17 16:01:00", "2023-05-17", True),
        ("2023-05-18 00:00:00", "2023-05-17", True),
        ("2023-05-18 00:00:01", "2023-05-18", False),
        ("2023-05-14 00:00:00", "2023-05-14", False),
        ("2023-05-20 16:00:00", "2023-05-20", False),
        ("2023-05-20 16:00:01", "2023-05-20", True),
        ("2023-06-23 00:00:00", "2023-05-20", True),
    ):
        codes = ("deadline.late",) if late else ()
        yield daily.accepted(f"每天16:00前，{hour}到", one_word(), *codes, received=hour, day=day, late=late)
    for number in (14, 20):
        subject = f"活动周濮阳县教育局文字材料5月{number}日"
        yield daily.accepted(f"主题写着5月{number}日", one_word(), subject=subject, received="2023-05-14 09:00:00",
                             day=f"2023-05-{number}", late=False)  # fmt: skip
    for hour in ("2023-05-13 23:59:59", "2023-06-23 00:00:01"):
        yield daily.rejected(f"每天16:00前，{hour}到", one_word(), "deadline.closed", received=hour)

    length = _under("四（三）1", "文字材料")
    for words in (800, 801, 1499, 1500):
        yield length.accepted(f"{words}字", one_word(words))
    for words, code in ((720, "short"), (721, "short"), (799, "short"), (1501, "long"), (1649, "long"), (1650, "long")):
        yield length.accepted(f"{words}字，左右", one_word(words), f"text.too_{code}")
    yield length.rejected("719字", one_word(719), "text.too_short")
    yield length.rejected("1651字", one_word(1651), "text.too_long")
    for words, code in ((49, "part.missing"), (50, "text.too_short")):
        yield length.rejected(f"正文{words}字", nothing, code, text=media.chinese_text(words))
    for excuse in ("方案领导还在审，明天补发", "文字材料见附件，谢谢", EXCUSE, OUR_LETTER):
        yield length.rejected(f"正文是“{excuse[:8]}”", nothing, "part.missing", text=excuse)
    yield length.accepted("正文说到明天", nothing, text=media.chinese_text(790) + "明天还将走进社区，为居民维修家电。")
    yield length.rejected(
        "文档里只有留言", lambda: {"说明.docx": media.docx([EXCUSE])}, "file.unexpected", "part.missing"
    )
    yield length.rejected("名为docx的图片", lambda: {"活动情况.docx": small_photo()}, "document.not_word")
    yield length.accepted("正文800字", nothing, text=media.chinese_text(800))
    yield length.accepted("doc 800字", lambda: {"活动情况.doc": compound.doc(media.chinese_text(800))})
    yield length.rejected(
        "doc 719字", lambda: {"活动情况.wps": compound.doc(media.chinese_text(719))}, "text.too_short"
    )
    yield length.accepted("txt，GBK", lambda: {"活动情况.txt": media.chinese_text(800).encode("gbk")})
    yield length.accepted("pdf 800字", lambda: {"活动情况.pdf": papers.pdf("word " * 800)})
    yield length.rejected("pdf 719字", lambda: {"活动情况.pdf": papers.pdf("word " * 719)}, "text.too_short")
    yield length.rejected("没有文字", nothing, "part.missing", text="老师您好，附件是我校材料，请查收。")


def _other_daily() -> Iterator[Case]:
    for material, files in (
        ("照片", one_photo()),
        ("图片新闻", lambda: {**_good_news(), **_pictures()}),
        ("视频", one_video()),
        ("媒体报道", _good_report),
    ):
        under = _under("四（三）", material)
        yield under.accepted(f"{material}每天16:00前", files, received="2023-05-17 16:00:00", late=False, text=NOTE)
        yield under.accepted(
            f"{material}晚一秒", files, "deadline.late", received="2023-05-17 16:00:01", late=True, text=NOTE
        )


def _photos() -> Iterator[Case]:
    under = _under("四（三）2", "照片")
    yield under.accepted("合格", one_photo())
    for width, height in ((2001, 1500), (2000, 1500), (1500, 2000)):
        yield under.accepted(f"{width}×{height}像素", one_photo(width, height))
    for width, height in ((1999, 1500), (1500, 1999)):
        yield under.rejected(f"{width}×{height}像素", one_photo(width, height), "photo.too_few_pixels")
    for size in (2_000_001, 2_000_000):
        yield under.accepted(f"{size}字节", one_photo(size=size))
    yield under.rejected("1999999字节", one_photo(size=1_999_999), "photo.too_small")
    yield under.rejected("PNG改名为jpg", lambda: album(media.png(2000, 1500) + bytes(2_000_000)), "photo.not_jpeg")
    yield under.rejected(
        "苹果手机的HEIC",
        lambda: {"照片.zip": media.zip_of({"学生技能展示现场.heic": samples.heic(4032, 3024) + bytes(2_000_000)})},
        "photo.not_jpeg",
    )
    yield under.rejected("没有打包", lambda: {"学生技能展示现场.jpg": photo()}, "photo.not_in_archive")
    yield under.rejected("没有说明", _named("DSC_0001.JPG"), "photo.no_caption")
    for name, codes in (("技能展.jpg", ("photo.no_caption",)), ("技能展示.jpg", ())):
        decide = under.rejected if codes else under.accepted
        yield decide(f"文件名{name}", _named(name), *codes)
    yield under.accepted("说明在正文", _named("DSC_0001.JPG"), text=NOTE)
    yield under.accepted(
        "说明在包里",
        lambda: {"照片.zip": media.zip_of({"1.JPG": photo(), "说明.txt": NOTE.encode("gbk")}, gbk=True)},
    )
    yield under.rejected("只有问候", _named("1.jpg"), "photo.no_caption",
                         text="老师您好，附件是我校照片，请查收，谢谢！")  # fmt: skip
    yield under.rejected("只说见附件", _named("1.jpg"), "photo.no_caption", text="照片见附件，文字说明稍后补发，谢谢")
    yield under.rejected("名为jpg的文档", lambda: album(photo(), word(20)), "photo.not_jpeg")
    yield under.accepted("同一张图片两个名称", lambda: album(photo(), photo()), "file.duplicate")
    yield under.rejected("没有照片", nothing, "part.missing", text=NOTE)
    yield under.rejected("三张中一张不合格", lambda: album(photo(), photo(seed=1, size=1_999_999), photo(seed=2)),
                         "photo.too_small")  # fmt: skip
    yield under.rejected("截断", lambda: album(media.jpeg(4000, 3000)[:-9000]), "photo.unreadable")
    yield under.rejected(
        "什么都不对",
        lambda: {"DSC_0001.png": media.png(900, 600)},
        "photo.not_jpeg", "photo.too_few_pixels", "photo.too_small", "photo.not_in_archive", "photo.no_caption",
    )  # fmt: skip


def _named(name: str) -> Make:
    return lambda: {"照片.zip": media.zip_of({name: photo()})}


def _news() -> Iterator[Case]:
    under = _under("四（三）2", "图片新闻")
    yield under.accepted("图片新闻合格", lambda: {**_good_news(), **_pictures()})
    yield under.rejected("图片新闻pdf", _printed_news, "document.not_word")
    yield under.rejected("图片新闻写在正文里", _pictures, "document.not_word", "news.no_picture", "news.no_source",
                         text=media.chinese_text(300))  # fmt: skip
    yield under.rejected("图片新闻没有图片", lambda: {"图片新闻.docx": word(300, "图片来源：校团委"), **_pictures()},
                         "news.no_picture")  # fmt: skip
    yield under.rejected(
        "图片新闻没有图片来源", lambda: {"图片新闻.docx": word(300, pictures=1), **_pictures()}, "news.no_source"
    )
    yield under.rejected("图片新闻没有另附图片", _good_news, "part.missing")
    yield under.rejected(
        "图片新闻图片没有打包", lambda: {**_good_news(), "现场.jpg": small_photo()}, "photo.not_in_archive"
    )
    yield under.rejected("图片新闻没有Word文件", _pictures, "part.missing")
    both = _under("四（三）2", "照片、图片新闻")
    yield both.accepted("同一张图片报两项", lambda: {**_good_news(), **album(photo())}, "photo.shared")


def _good_news() -> Files:
    return {"图片新闻.docx": word(300, "图片来源：校团委 张三 摄", pictures=1)}


def _phone_video() -> Files:
    return {"IMG_1.mp4": media.mp4(1920, 1080, 5, codec="hvc1", brand="qt  ")}


def _web_page() -> Files:
    return {"报道.html": b"<html><body><a href='http://a.cn/1'>link</a></body></html>", **_pictures()}


def _printed_news() -> Files:
    return {"图片新闻.pdf": papers.pdf("Photo by Zhang San", picture=True), **_pictures()}


def _pictures() -> Files:
    return album(small_photo())


def _videos() -> Iterator[Case]:
    under = _under("四（三）3", "视频")
    yield under.accepted("合格", lambda: {"实训.mp4": media.mp4(1280, 720, 60), "说明.docx": word(60)})
    for width, height, disposition, codes in (
        (1280, 720, "accepted", ()),
        (720, 1280, "accepted", ()),
        (1279, 720, "accepted", ("video.below_recommended",)),
        (1280, 719, "accepted", ("video.below_recommended",)),
        (640, 480, "accepted", ("video.below_recommended",)),
        (480, 640, "accepted", ("video.below_recommended",)),
        (639, 480, "rejected", ("video.low_resolution",)),
        (640, 479, "rejected", ("video.low_resolution",)),
        (479, 640, "rejected", ("video.low_resolution",)),
    ):
        decide = under.accepted if disposition == "accepted" else under.rejected
        yield decide(f"{width}×{height}像素", one_video(width, height), *codes, text=NOTE)
    yield under.accepted("209715200字节", big_video(209_715_200), text=NOTE)
    yield under.rejected("209715201字节", big_video(209_715_201), "video.too_large", text=NOTE)
    yield under.accepted("手机的mp4，标着qt", _phone_video, text=NOTE)
    yield under.rejected(
        "mov", lambda: {"IMG_1.MOV": media.mp4(1920, 1080, 5, brand="qt  ")}, "video.not_mp4", text=NOTE
    )
    yield under.rejected("avi改名为mp4", lambda: {"实训.mp4": samples.avi(1280, 720, 50)}, "video.not_mp4", text=NOTE)
    yield under.rejected("图片改名为mp4", lambda: {"短片.mp4": small_photo()}, "video.not_mp4", text=NOTE)
    yield under.rejected("文档改名为mp4", lambda: {"短片.mp4": word(100)}, "video.not_mp4", text=NOTE)
    both = Under(NOTICE, "四（三）", "活动周濮阳县职校视频、我的一天", NOON)
    yield both._case("partial", "一个视频报两项", one_video(), ["part.missing"], {"text": NOTE})
    yield under.rejected("没有文字说明", lambda: {"学生技能展示现场.mp4": media.mp4(1280, 720, 5)}, "video.no_text")
    yield under.rejected(
        "截断", lambda: {"实训.mp4": media.mp4(1280, 720, 60)[:-50_000]}, "video.unreadable", text=NOTE
    )
    yield from _odd_films(under)
    yield under.rejected("没有视频", nothing, "part.missing", text=NOTE)


def _odd_films(under: Under) -> Iterator[Case]:
    film = Track(8, 1280, 720, (FRAME,) * 80)
    sound = Track(600, handler=b"soun", kind=b"mp4a")
    preview = Track(0.04, 320, 180, (FRAME,), kind=b"jpeg")
    locked = Track(8, 1280, 720, entry=encrypted_entry(1280, 720))
    half = Track(8, 1280, 720, (FRAME,) * 40 + (bytes(64),) * 40)
    for what, content in {"预览图在前": Film((preview, film)), "声音更长": Film((film, sound))}.items():
        yield under.accepted(what, partial(_named_mp4, bytes(content)), text=NOTE)
    for what, content, code in (
        ("只有声音", Film((sound,)), "video.no_picture"),
        ("声音加封面", Film((preview, sound)), "video.no_picture"),
        ("一半是零", Film((half,)), "video.unreadable"),
    ):
        yield under.rejected(what, partial(_named_mp4, bytes(content)), code, text=NOTE)
    for what, piece in {"加密": bytes(Film((locked,))), "分段": media_segment(film)}.items():
        yield under.held(what, partial(_named_mp4, piece), "file.unmeasured", text=NOTE)


def _named_mp4(content: bytes) -> Files:
    return {"实训.mp4": content}


def _media_reports() -> Iterator[Case]:
    under = _under("四（三）4", "媒体报道")
    link = ("https://news.example.cn/1.html",)
    yield under.accepted("合格", _good_report)
    yield under.accepted(
        "网址写在文中", lambda: {"报道.docx": word(400, f"报道链接：{link[0]}", pictures=1), **_pictures()}
    )
    yield under.rejected("没有链接", lambda: {"报道.docx": word(400, pictures=1), **_pictures()}, "media.no_link")
    yield under.rejected("没有照片", lambda: {"报道.docx": word(400, links=link), **_pictures()}, "news.no_picture")
    yield under.rejected("网页", _web_page,
                         "document.not_word", "news.no_picture")  # fmt: skip
    yield under.rejected("没有另附图片", lambda: {"报道.docx": word(400, pictures=1, links=link)}, "part.missing")
    yield under.rejected(
        "图片没有打包",
        lambda: {"报道.docx": word(400, pictures=1, links=link), "报道配图.jpg": small_photo()},
        "photo.not_in_archive",
    )


def _good_report() -> Files:
    return {"报道.docx": word(400, pictures=1, links=("https://news.example.cn/1.html",)), **_pictures()}


def _summaries() -> Iterator[Case]:
    under = _under("四（三）末", "工作总结")
    yield under.accepted("合格", _good_summary)
    yield under.accepted("图片另附", lambda: {"总结.docx": word(900, "亮点与典型"), "现场.jpg": small_photo()})
    yield under.rejected("没有图片", lambda: {"总结.docx": word(900, "亮点与典型")}, "part.missing")
    yield under.rejected("没有文字", lambda: {"现场.jpg": small_photo()}, "part.missing")
    plain = "活动周圆满结束，全县职业学校开放了全部实训室。"
    yield under.accepted(
        "没提亮点和案例", lambda: {"总结.docx": media.docx([plain], [small_photo()])}, "text.not_mentioned"
    )
    yield under.accepted("3日内", _good_summary, received="2023-05-24 00:00:00", late=False)
    yield under.accepted("过了3日", _good_summary, "deadline.late", received="2023-05-24 00:00:01", late=True)


def _good_summary() -> Files:
    return {"总结.docx": word(1200, "活动亮点：校企同台。", "典型案例：汽修专业。", pictures=2)}


def _contests() -> Iterator[Case]:
    for clause, material, most in (("三（六）", "十八般武艺短视频", 120), ("三（七）", "我的一天视频", 180)):
        under = _under(clause, material, "濮阳县职校")
        for seconds in (most - 1, most, most + 0.99):
            yield under.accepted(f"{seconds}秒", one_video(seconds=seconds), text=NOTE)
        yield under.rejected(f"{most + 1}秒", one_video(seconds=most + 1), "video.too_long", text=NOTE)
    for clause, material in (
        ("三（六）", "十八般武艺短视频"),
        ("三（七）", "我的一天"),
        ("三（二）", "招生宣传短视频"),
    ):
        under = _under(clause, material, "濮阳县职校")
        yield under.accepted(
            "活动周最后一刻", one_video(seconds=60), text=NOTE, received="2023-05-21 00:00:00", late=False
        )
        yield under.accepted(
            "活动周以后", one_video(seconds=60), "deadline.late", text=NOTE, received="2023-05-21 00:00:01", late=True
        )
        yield under.accepted("活动周以前", one_video(seconds=60), text=NOTE, received="2023-05-08 09:00:00", late=False)
        yield under.rejected("avi", lambda: {"实训.avi": samples.avi(1280, 720, 50)}, "video.not_mp4", text=NOTE)
        yield under.rejected("639像素", one_video(639, 480), "video.low_resolution", text=NOTE)
        yield under.rejected("209715201字节", big_video(209_715_201), "video.too_large", text=NOTE)
        yield under.rejected("没有说明", one_video(seconds=60), "video.no_text")
        yield under.rejected("没有视频", nothing, "part.missing", text=NOTE)
    yield _under("三（二）", "招生宣传短视频", "濮阳县职校").accepted("不限时长", one_video(seconds=600), text=NOTE)


def _subjects() -> Iterator[Case]:
    for subject, code in (
        ("活动周xx单位xx材料", "subject.placeholder"),
        ("活动周文字材料", "subject.no_unit"),
        ("活动周开封市教育局文字材料", "subject.unknown_unit"),
        ("活动周清丰县教育局、南乐县教育局文字材料", "subject.many_units"),
        ("活动周濮阳县教育局", "subject.no_material"),
    ):
        yield Under(NOTICE, "", subject, NOON).rejected(f"主题“{subject}”", one_word(), code)
    for subject in ("活动周濮阳县教育局文字材料5月10日", "活动周濮阳县教育局文字材料5月16日、17日"):
        yield Under(NOTICE, "", subject, NOON).accepted(f"主题“{subject}”", one_word(), "subject.other_day")
    subject = "文字材料濮阳县教育局"
    yield Under(NOTICE, "", subject, NOON).accepted(f"主题“{subject}”", one_word())


CASES = tuple(
    case
    for table in (_texts, _other_daily, _photos, _news, _videos, _media_reports, _summaries, _contests, _subjects)
    for case in table()
)
