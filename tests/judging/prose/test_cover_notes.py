"""Cover notes and reports: a text is judged as a whole, and never by one word."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import chinese_text
from intake_bot.judging.prose.cover_notes import describes, weigh
from intake_bot.judging.prose.reader import ProseReader
from tests.judging.cases import notice
from tests.work import assert_grows_linearly

NAMES = ProseReader.of(notice("hefei-2023")).material_names
NOTES = (
    "方案领导还在审，明天补发",
    "照片见附件，谢谢",
    "材料太大发不出去，已加您微信发送",
    "因停电，今天报不了，请谅解",
    "总结正在写，周五前一定补上",
    "视频放在U盘里送过去了",
    "老师您好：由于我校近期正在迎接省里的检查，各部门工作繁忙，相关负责同志又外出培训，走进校园活动方案还没有最终定稿。领导说"
    "等下周一开会研究后再确定具体内容。我们会尽快修改完善，争取明天下班前补发到贵局邮箱。给您的工作带来不便，敬请谅解！如有问题请随时联系我，谢谢老师。",
    "走进社区的人数还没有统计出来，等统计好了马上报给您，请谅解。",
    "活动内容和参加人数稍后另行报送",
    "报名表见附件",
    "我校走进社区活动报名材料已经按要求准备，领导正在审核，审核通过后报送。",
    "参加人数待定，内容待定，过几天再报",
    "老师，我校领导外出开会，方案未能签字盖章，恳请宽限一天",
    "王老师：视频文件超过了邮箱限制，我放到百度网盘了，链接: https://pan.baidu.com/s/1abc 提取码: abcd",
    "尊敬的领导：我校5月17日的文字材料昨天已经发过了，请查看昨天下午的邮件。",
    "文字材料由宣传科的李老师单独发送，请注意查收。",
    "老师您好，我是濮阳县教育局的小王，文字材料还在校长那里，等他签完字我就发给您。",
    "今天的活动还没结束，文字晚上再报。",
    "材料在审，明日补报。",
    "稿子还没写好，请再给一天时间",
    "本周我校活动较多，宣传人员紧张，文字材料未能按时完成，拟于5月19日前完成并补报，特此说明，望批准。",
    "由于电脑中毒，所有资料丢失，正在重新整理，预计后天可以报送，对此造成的不便深表歉意。",
    "详见附件压缩包里的文档，里面有照片、视频和文字说明，如打不开请电话联系我 13812345678",
    "附件是我单位本次活动周的文字材料，共三个文件，请老师审阅，如有不妥请指出，我们及时修改。",
    "具体内容已上传到微信工作群，请老师在群里下载",
    "因活动周期间学校承办市级技能大赛，全体教师都在赛场服务，抽不出人手写材料，等大赛结束后我们一定尽快把文字材料和照片整理出来报给贵局，请多多包涵。",
    "由于我校学生正在参加顶岗实习，活动周活动安排在周五举行，届时将开展技能展示、校园开放等活动，材料将在活动结束后报送，特此说明。",
    "收到通知，我们马上组织各校开展活动，活动结束后按要求报送文字材料、照片和视频。",
    "文字稿还差一点，先把照片发过来，文字下午三点之前发，请先收照片。",
    "请问文字材料可以晚一天交吗？我们这边校长出差了，没人签字。",
    "报告老师，我们今天没有开展活动，没有材料。",
    "麻烦老师看一下这样写行不行，不行我再改。",
    "因邮箱容量限制，材料分三次发送，这是第一次。",
    "文字材料在照片压缩包里的word文档中。",
    "因疫情学校停课，本周活动取消，无材料报送。",
    "Sorry, the report will be sent tomorrow.",
)
REPORTS = (
    "5月13日走进社区，开展家电维修、理发、义诊等便民服务，参加师生40人。",
    "明天上午9点，我校20名志愿者走进社区开展义诊、家电维修，预计参加人数200人。",
    "老师您好，我校走进社区活动内容为家电维修、义务理发，参加人数40人，谢谢！",
    "走进社区活动内容：家电维修、电脑维护、美容美发。参加人数：教师5人，学生30人。",
    "我校在濮上园设立展台，向市民讲解专业，发放传单，照片见附件，谢谢老师",
    "今天，学生们用电脑制作视频，老师在现场指导。明天，学校还将组织同学走进社区，把修好的电器送到老人家中。",
    "五月十七日，我校在实训室举行技能展示活动，学生正在操作无人机。",
    "活动内容为健康义诊和免费理发，师生共36人参加，地点在滨湖社区，报名材料请查收",
    "我校报名参加走进社区活动，内容：汽车保养知识宣传、小家电维修；人数：45人。领导已审核。",
    "图一为启动仪式，图二为学生展示茶艺。",
    "义诊、理发、家电维修，师生五十人",
    "因为热爱，所以坚持。李明进入职业学校后选择了机电专业，反复练习，终于在省赛中夺得第一名。老师问他想说什么，他说：能不能把这份奖状留在学校？",
    "由于长期站立，她的腿患上了静脉曲张，但她从没请过一天假。她指导的学生先后获得全国技能大赛金牌三枚。",
    "活动安排在5月20日下午，由于场地限制，只安排烹饪和茶艺两个专业，学生30人参加，为社区老人制作糕点。",
    "我校拟于5月19日组织学生35人走进社区，开展电脑维修、护理义诊等便民服务活动。",
    "志愿者先后把修好的电器交给居民，下午学校将职教故事向全镇宣传，请收看当天的县电视台新闻。",
)


@pytest.mark.parametrize("text", NOTES)
def test_words_to_the_office_are_a_cover_note(text: str) -> None:
    assert weigh(text, NAMES).is_cover_note


@pytest.mark.parametrize("text", [*REPORTS, chinese_text(50), chinese_text(800)])
def test_words_on_an_event_are_no_cover_note(text: str) -> None:
    weight = weigh(text, NAMES)
    assert not weight.is_cover_note
    assert 2 * weight.report > len(text) - 20


def test_empty_text_and_greeting_weigh_nothing() -> None:
    for text in ("", "。，；\n\n", "老师您好，谢谢！"):
        weight = weigh(text, NAMES)
        assert (weight.report, weight.is_cover_note) == (0, False)


@pytest.mark.parametrize(
    ("text", "is_caption"),
    [
        ("照片见附件，谢谢", False),
        ("照片说明领导还在审，明天补发", False),
        ("视频太大，文字说明稍后另发，请谅解", False),
        ("学生操作无人机。文字材料领导还在审，明天补发，给您添麻烦了，谢谢理解", True),
        ("图一为启动仪式，图二为学生展示茶艺。", True),
        ("茶艺表演", True),
        ("老师指导学生做月饼", True),
        ("我们的照片", False),
        ("张老师\n濮阳医专宣传部\n13800000000", False),
        ("张晓明 台前县教体局职成教股", False),
        ("IMG_2011 IMG_2012 微信图片_20230517143022", False),
        ("见附件。发自我的小米手机", False),
        ("学校宣传部组织学生拍摄短片", True),
        ("图片较大，请耐心下载。", False),
        ("图片太大，分两次发，这是第一次", False),
        ("原图已发，每张都超过2M。", False),
        ("格式已转换为JPG。", False),
        ("收到退信，重新发送一次，请老师查收。", False),
        ("按您电话里说的改好了，请再看看。", False),
        ("以上照片均为原创，同意使用。", False),
        ("老师，这次应该可以了吧？", False),
        ("学生按老师要求完成剪纸作品，请家长看看", True),
        ("每张课桌都由学生重新打包、修理", True),
    ],
)
def test_caption_describes_an_event(text: str, is_caption: bool) -> None:
    assert describes(text, NAMES) is is_caption


def test_names_of_units_describe_nothing() -> None:
    units = ("濮阳石油化工职业技术学院", "石化学院", "濮阳县", "合肥经贸")
    assert not describes("石化学院合肥经贸濮阳县", NAMES, units)
    assert describes("石化学院学生在濮阳县展示茶艺", NAMES, units)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["明天", "方案还在审，", "，", "。", "见附件", "a" * 50, "请", "材料在"])
def test_hostile_text_is_weighed_in_linear_time(piece: str) -> None:
    assert_grows_linearly(lambda size: weigh(piece * (size // len(piece)), NAMES), 500_000)
