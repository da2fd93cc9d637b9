"""The words of the order language: every spelling of a verb, with what is like it and means something else.

收到 is no order to accept, and 关于 none to close: what follows a verb in a longer word is excluded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from intake_bot.orders.order import Verb

_NO_ACCEPT = "到|悉|件|取|据|集|货|费|入|看|信|讫|好|藏|缩|回"
_PATTERNS: Mapping[Verb, str] = {
    Verb.PACKAGE: r"打个?包|打成包",
    Verb.MISSING: (
        r"(?:看看?|查查?|列出?)?(?:还有|现在|今天)?(?:谁|哪些单位|哪个单位|哪几家|哪些学校|哪些)(?:都|还)?(?:没有|没|未)"
        r"(?:报送|上报|报|交|发)(?:的|呢|了)?|未报(?:单位|情况)?|没报的(?:单位)?"
    ),
    Verb.WORKBOOK: r"(?:电子|总)?台[账帐](?:表格?)?",
    Verb.WEEK_REPORT: r"周报表?|一?周总结",
    Verb.UNDO: r"撤[销消](?:命令)?|撤回|取消(?:命令)?|撤",
    Verb.HELP: r"帮助|怎么(?:用|写|办)|使?用?说明|命令(?:列表|清单)?|help",
    Verb.ACCEPT: rf"收下|接收|收录|通过|同意收|采用|收(?!{_NO_ACCEPT})",
    Verb.REJECT: r"退回(?:补正)?|打回|退件|驳回|不收|不通过|退(?!休|役|款|出|学)",
    Verb.SUPPLY: r"补?交(?:上|附件)?(?!流|通|代|换|接)|附件(?:是|给)?|上传",
    Verb.CORRECT: r"改判|更正|改(?:为|成|到)?(?!天|日|期|进|善|正|好)",
    Verb.EXTEND: r"延期|延长|延时|延迟|宽限|延到|延(?!续|误|伸|安|津|庆)",
    Verb.REMIND: r"催[报交办]|催一?催|催一下|催促|提醒|催",
    Verb.ANSWER: r"答[复覆]|回[复覆]|回答|答(?!应|案|卷|辩|题)",
    Verb.PICK: r"选用|挑选|选中|选择|选(?!手|票|举|题|拔|修)|挑(?!战)",
    Verb.CLOSE: r"关闭|结案|关掉|办结|关(?!于|注|心|系|联|键|爱|怀|工委)",
}
"""In this order: 打包 before what begins with one of its characters."""
SPELLINGS: Mapping[Verb, re.Pattern[str]] = {verb: re.compile(form) for verb, form in _PATTERNS.items()}
"""Of a normalised line, from its beginning."""

CONFIRMATION = re.compile(r"(?:好|好的|好吧|是|是的|对|对的|确认|确定|可以|行|发吧|催吧|ok|yes|嗯|同意)[\s.。!！,，~]*")
"""A whole line that says yes."""

PLACEHOLDERS: Mapping[Verb, str] = {
    Verb.ACCEPT: "",
    Verb.REJECT: "原因",
    Verb.SUPPLY: "",
    Verb.CORRECT: "单位 材料",
    Verb.ANSWER: "要回给学校的话",
    Verb.CLOSE: "",
    Verb.PICK: "照片的号",
}
"""What stands behind the receipt number, or behind 选, in a line that is suggested. A clerk replaces it; left as it is,
it is no reason and no answer."""

WITH_NUMBER = frozenset({Verb.ACCEPT, Verb.REJECT, Verb.SUPPLY, Verb.CORRECT, Verb.ANSWER, Verb.CLOSE})
"""The verbs that a receipt number follows, or precedes."""
ALONE = frozenset({Verb.MISSING, Verb.WORKBOOK, Verb.WEEK_REPORT, Verb.HELP})
"""The verbs that nothing follows."""

LIKENESSES: Mapping[str, Verb] = {
    **dict.fromkeys("手首受守售授收", Verb.ACCEPT),
    **dict.fromkeys("推腿退", Verb.REJECT),
    **dict.fromkeys("盖该概改", Verb.CORRECT),
    **dict.fromkeys("言严沿盐研演延", Verb.EXTEND),
    **dict.fromkeys("崔吹摧脆催", Verb.REMIND),
    **dict.fromkeys("达打大搭回答", Verb.ANSWER),
    **dict.fromkeys("先线仙选挑", Verb.PICK),
    **dict.fromkeys("观官管惯结关", Verb.CLOSE),
    **dict.fromkeys("车扯彻测撤消取", Verb.UNDO),
}
"""What a line that was not understood may have meant, by a character in it: input methods offer what sounds alike. Only
a suggestion is made of it."""

EXAMPLES: Mapping[Verb, tuple[str, str]] = {
    Verb.ACCEPT: ("收 1017-6", "收下这一封"),
    Verb.REJECT: ("退 1017-6 照片模糊，请换原图", "退回，原因写给学校"),
    Verb.SUPPLY: ("交 1017-6", "下载好的超大附件附在这封回信里，就像学校原来附着一样"),
    Verb.CORRECT: ("改 1012-1 范县教育局 文字材料", "改单位、材料或日期，重新判"),
    Verb.EXTEND: ("延 范县职校 照片 5月18日12:00", "给一个单位延期"),
    Verb.ANSWER: ("答 1020-3 可以明天上午交", "把这句话回给学校，并结案"),
    Verb.CLOSE: ("关 1020-3", "问题已另行答复，或没送到的回信已电话告知：结案，不写信"),
    Verb.REMIND: ("催 照片", "写信催没报的单位；只写 催 就是全部"),
    Verb.PICK: ("选 3、7、12", "选出好照片，放进周报；号在照片下面"),
    Verb.PACKAGE: ("打包 照片 5月17日", "把收下的文件打成一个包"),
    Verb.MISSING: ("谁没报", "看看还有谁没报"),
    Verb.WORKBOOK: ("台账", "要一份最新的台账"),
    Verb.WEEK_REPORT: ("周报", "要一份周报"),
    Verb.UNDO: ("撤销 7", "第 7 号命令不算"),
    Verb.HELP: ("帮助", "看这张单子"),
    Verb.CONFIRM: ("好", "要您确认的，回这个字"),
}
"""Each order as an example, and what it does."""
