"""Tells a report from a cover note: words to the office that promise, excuse or point elsewhere. Pure.

No word alone decides, since a true story may say 明天, 附件 or 在审. A text is read clause by clause. A clause is part
of a cover note where several words together make it one (明天…补发, 方案…在审, 照片见附件), and a clause that says what
people did is not, whatever other words it has. The whole text is then weighed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from intake_bot.mail.body import strip_stock_phrases
from intake_bot.notices.spelling import name_pattern, normalise

_MAXIMUM_LENGTH = 20_000
"""Characters that are read. A cover note is shorter."""
_MINIMUM_CHARACTERS = 2
"""Characters of a clause without stock phrases. A clause with fewer is a greeting, a name or a date."""
_MINIMUM_CAPTION = 6
"""Characters without stock phrases that make a text the caption of a picture."""
_MINIMUM_EVENT = 4
"""The same for a text that names an event: 茶艺表演."""

_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
_CLAUSE_END = re.compile(r"[，,、]+")

_DELIVER = (
    r"(?:补[发报交上齐传寄送]|[再另重][发报交传寄送]|另(?:附|行)|发(?:送|给|到|来|您|过[来去]|出)|报(?:送|给|您|来|上|过[来去])"
    r"|上[报交传]|呈[报上]|提[交供]|交(?:上|给|到|来|过[来去])|传(?:给|到|来|过[来去]|送)|寄(?:给|出|来|去|到)|送(?:上|来|去|达|到|过[来去])"
    r"|奉上)"
)
_SOON = (
    r"(?:[明后][天日早晚]|今[晚天日]|[上下]午|[晚稍过随][后晚些候]|晚[些点上]|过?[几两一二三\d]天|这两天|[尽赶]快|尽早|抓紧|马上|立[即刻]"
    r"|第一时间|一会|等会|回头|[下本]周|周[一二三四五六日末]|月底|改天|[近后]期|近日|争取|一定|[之以]后|以?后?再|后(?:即|就|立)"
    r"|(?:结束|完成|完毕|[写做整弄]好|审[核阅批定]|签字|盖章|定稿)后|[之以]前|届时"
    r"|\d[日号点时前]|将|会|就|单独|分别|统一|直接)"
)
_MATTER = (
    r"(?:材料|资料|方案|总结|综述|照片|图片|视频|短片|文字|[文初定底终]?稿|报?表格?|数据|[员名]单|人数|文[档件]|附件"
    r"|内容|案例|新闻|正文|说明|签字|盖章)"
)
_PERSON = r"(?:领导|校长|局长|院长|主任|书记|科长|处长|负责人|经办人|老师|同事|上级|主管|部门)"
_STRONG = re.compile(
    rf"{_SOON}.{{0,16}}{_DELIVER}|补[发报交齐传寄送]|[再另重][发报交传寄]|另行"
    r"|[发报交传送寄]给?(?:您|贵局)|谅解|见谅|包涵|海涵|宽限|通融|抱歉|对不起|不好意思|给您(?:添|带来)|麻烦(?:您|老师|领导|各位)|劳烦|收到请回"
    r"|请(?:您|予以?|领导|老师|贵局|各位)?(?:先|暂)?(?:查收|收(?![集看听藏获])|登记|查[阅看]|审[阅核批]|批[阅改]|指正|知悉|放心|稍[等候]|理解|批准|同意|见附)"
    r"|恳[请求]|望(?:领导|贵|您|批|谅|予)|敬请|感谢(?:您|贵|领导|各位|老师)|随时(?:和我)?联系|请?与?我联系"
    r"|(?:延期|延迟|延缓|推迟|缓)(?:上报|报送?|提交|交|几|一|两|到|至)|特此说明|^报告(?:老师|领导)|请问|可否|可不可以|行不行|可以不可以|再改"
    r"|(?:可以|能|行|好).{0,10}[吗么]$|(?:可以|行|对|好)了?吧$"
    rf"|分[两二三四五六几\d]+[次封批].{{0,4}}(?:{_DELIVER}|[发传]$)"
    rf"|(?:没有?|未能?|无法)(?:再|继续|按时|如期)?(?:开展|组织|举[行办]|安排|进行|搞)"
    r"|\b(?:sorry|tomorrow|attached|attachments?|please|later|will (?:be )?sen[dt])\b"
)
"""Speaks to the office, whatever else the clause says."""
_WEAK = re.compile(
    rf"{_MATTER}.{{0,14}}(?:[还尚仍正]在?|在)(?:走|做|写|弄|等|审|签|批|改|修改|整理|完善|收集|汇总|统计|撰写|起草|编|制作|剪|排版|准备|拍|核|研究|讨论|商)"
    rf"|(?:[还尚仍正]在?|在)(?:走|做|写|弄|等|审|签|批|改|修改|整理|完善|收集|汇总|统计|撰写|起草|编|制作|剪|排版|准备|拍|核|研究|讨论|商).{{0,8}}{_MATTER}"
    rf"|(?:{_MATTER}|{_PERSON}).{{0,16}}(?:审[核批阅定签]?|把关|过目|签|盖章|拍板|定稿|开会|出差|请假|外出|生病|不在)"
    r"|(?:[还尚]没|没|未能?|来不及|[暂仍]缺|暂无).{0,10}(?:定|写|做|弄|整理|统计|审|签|盖|收|拍|剪|准备|出来|好|完|齐|通过|交|发|报|传|成)"
    rf"|{_MATTER}.{{0,6}}(?:待定|待补|暂缺|暂无|不全|没有|[太过超较很偏]大|超过|打不开)"
    r"|(?:格式|像素|分辨率|大小|命名|文件名|尺寸).{0,10}(?:转换?|改|符合|调整|正确|要求|jpe?g|以上|达标)|(?:核[对实]|检查)无误"
    r"|原图.{0,6}(?:发|传|报|交|上|见)|每[张幅].{0,6}(?:超过|大于|不低于|\d+ ?[mk兆])|均?为?原创"
    rf"|(?:同意|授权)使用|改[好完]了?$|{_MATTER}.{{0,4}}由.{{1,10}}提供|退信|请(?:您|老师)?(?:再|帮忙|帮我)?(?:看看|看一下|耐心|下载)"
    r"|按(?:照|着)?(?:您|老师|贵局|来信|回信|回执|电话|退信)|重新(?:[发传报交拍做]|打包|压缩|上传|提交)"
    r"|(?:发|传|上传|报|交|提交|登录|下载|打)不[了出上开来]|(?:上传|发送|报送)(?:失败|不成功)|无法(?:上传|发送|报送|提交|按时|及时|提供)"
    rf"|(?:没有|并无|[^有]无|^无)(?:任何|什么)?{_MATTER}|{_DELIVER}了?$"
    r"|(?:和|与|跟|同)(?:昨[天日]|上次|前[一次天]).{0,4}(?:一样|相同)|没有?变化|请看|请到.{0,10}[看下]|活动.{0,4}(?:取消|暂停)|停课"
    rf"|{_SOON}.{{0,16}}(?<![出颁散分开激引萌研宣流社汇海播])[发报交传]$|先.{{0,10}}[发报交传](?:过[来去]|给|来|上)"
    r"|没人.{0,4}(?:签|写|管|做|审|弄)|[还仍]差|收到.{0,4}(?:通知|邮件|来信|回信)"
    r"|停电|断网|没网|网络(?:不|故障|有?问题|异常)|(?:电脑|系统|邮箱|软件|设备)(?:坏|故障|有?问题|异常|中毒|满|打不开)"
    r"|(?:详|请|参|可|都|均)?见(?:附件|附|链接|压缩|网盘|云盘|另|上[一封]|下[一封]|微信|群)|附件(?:中|里|是|为|内|含|有|\d|的)|如附|随附|附后"
    rf"|{_MATTER}.{{0,8}}(?:在|于).{{0,4}}(?:附件|压缩包|网盘|云盘|链接|另|上[一封]|下[一封])"
    rf"|(?:通过|用|放|存|加|从|在)?.{{0,6}}(?:微信|qq|网盘|云盘|u盘|钉钉|快递|链接).{{0,8}}(?:{_DELIVER}|发|传|下载|查看|提取|分享)"
    r"|^我(?:是|叫)[^是]{1,20}$|提取码|下载(?:链接|地址|密码)|[上前另下昨][一封天面个].{0,4}(?:邮件|封)|同(?:上一?封|前|昨日?)"
    rf"|(?:已经?|[昨前]天|之前|先前|刚才|上次).{{0,10}}(?:{_DELIVER}|发了|发过|报了|报过|交了|交过|传了)",
)
"""Is part of a cover note where the clause says nothing of an event."""
_EVENT = re.compile(
    r"开展|举[办行]|参加|参[观与]|体验|走[进访入近]|学习|展[示演出览台销]|宣[讲传]|义[诊务卖]|维修|竞?[比大]赛|服务|讲[解授述座]|观[摩看]|启动仪?式?"
    r"|开幕|设[立置]|发放|邀请|带领|围观|操作|演[示练讲出奏唱]|表演|互动|[慰访]问|理发|测量|咨询|培[训育]|实[训践操]|制作|布置|座谈|介绍|亮相"
    r"|[同男女]学|学[生员子]|师生|教[师练]|志愿|居民|市民|村民|群众|家长|老人|儿童|孩子|选手|嘉宾|师傅|企业家?|[专作]业|作品|技[能术艺]|掌声"
    r"|\d+余?(?:多)?(?:名|人|位|场|家|项|件|次|余人|台|盏|个)|[一二三四五六七八九十百千两几]+(?:多|余)?(?:名|位|场|家|项|件|次|台|盏)"
)
_CAUSE = re.compile(r"(?:因(?![此而材地势人])|由于|鉴于|考虑到)")
"""Begins the reason of what the rest of the sentence says."""
_PROMISE = re.compile(r"马上|立[即刻]|尽[快早]|抓紧|争取|打算|准备")
_REASON = re.compile(r"(?:因|由于|鉴于|考虑|目前|现在|近期|最近|等|待|如果?|若|但|只是|所以|因此|原因)")


class _Says(Enum):
    NOTHING = auto()
    """A greeting, a name, a date."""
    NOTE = auto()
    """Words to the office."""
    REPORT = auto()


@dataclass(frozen=True)
class TextWeight:
    """How many characters of a text report something, and how many are words to the office. The rest is neither."""

    report: int
    note: int
    report_words: str
    """The clauses that report something, joined."""

    @property
    def is_cover_note(self) -> bool:
        """True for a text that mainly speaks to the office. An empty text is none."""
        return self.note > self.report


def weigh(text: str, material_names: tuple[str, ...] = ()) -> TextWeight:
    """Weighs a text. `material_names` are the names of the notice: they say what is reported and report nothing.

    The first 20,000 characters are read.
    """
    names = name_pattern(material_names)
    report: list[str] = []
    note = 0
    for sentence in _SENTENCE_END.split(text[:_MAXIMUM_LENGTH]):
        for clause, says in _read_sentence(sentence, names):
            if says is _Says.REPORT:
                report.append(clause)
            elif says is _Says.NOTE:
                note += len(clause)
    return TextWeight(sum(map(len, report)), note, "，".join(report))


def describes(text: str, material_names: tuple[str, ...] = (), units: tuple[str, ...] = ()) -> bool:
    """True for words that may be the caption of a picture: at least six characters of them report something, or four
    that name an event. Names of units report nothing.

    Within a cover note they must report an event: 学生操作无人机。文字材料明天补发.
    """
    weight = weigh(text, material_names)
    report = name_pattern(units).sub(" ", normalise(weight.report_words)) if units else weight.report_words
    has_event = _has_event(report, name_pattern(material_names))
    characters = len(strip_stock_phrases(report))
    if weight.is_cover_note:
        return has_event and characters >= _MINIMUM_CAPTION
    return characters >= (_MINIMUM_EVENT if has_event else _MINIMUM_CAPTION)


def _read_sentence(sentence: str, names: re.Pattern[str]) -> list[tuple[str, _Says]]:
    clauses = [clause for clause in _CLAUSE_END.split(sentence) if clause.strip()]
    read = [(clause.strip(), _read_clause(clause, names)) for clause in clauses]
    has_note = any(says is _Says.NOTE for _, says in read)
    if not has_note:
        return read
    read = _without_causes(read)
    has_event = any(says is _Says.REPORT and _has_event(clause, names) for clause, says in read)
    return [(clause, _beside_note(clause, says, names, has_event)) for clause, says in read]


def _without_causes(read: list[tuple[str, _Says]]) -> list[tuple[str, _Says]]:
    """Takes for notes what stands between 因 or 由于 and the last note of the sentence, events among it.

    因学校举办运动会，老师都在赛场，总结明天补发 reports no event.
    """
    last = max(number for number, (_, says) in enumerate(read) if says is _Says.NOTE)
    first = next((number for number, (clause, _) in enumerate(read) if _CAUSE.match(normalise(clause))), last)
    return [
        (clause, _Says.NOTE if first <= number < last and says is _Says.REPORT else says)
        for number, (clause, says) in enumerate(read)
    ]


def _beside_note(clause: str, says: _Says, names: re.Pattern[str], has_event: bool) -> _Says:
    """What a clause says beside a note in the same sentence: 因学校迎接检查，方案明天补发 gives the reason."""
    if says is _Says.REPORT and _PROMISE.search(normalise(clause)):
        return _Says.NOTE
    if says is not _Says.REPORT or _has_event(clause, names):
        return says
    return _Says.NOTE if not has_event or _REASON.match(normalise(clause)) else says


def _read_clause(clause: str, names: re.Pattern[str]) -> _Says:
    if len(strip_stock_phrases(clause)) < _MINIMUM_CHARACTERS and not _WEAK.search(normalise(clause)):
        return _Says.NOTHING
    words = names.sub("材料", normalise(clause))
    if _STRONG.search(words):
        return _Says.NOTE
    return _Says.NOTE if _WEAK.search(words) and not _EVENT.search(words) else _Says.REPORT


def _has_event(clause: str, names: re.Pattern[str]) -> bool:
    return _EVENT.search(names.sub("材料", normalise(clause))) is not None
