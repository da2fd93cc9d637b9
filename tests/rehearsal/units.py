"""The 40 units of the rehearsal: the rosters as shipped, three schools more, addresses, contacts and telephones."""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.demo.clients import FOXMAIL, IPHONE, NETEASE, OUTLOOK, OUTLOOK_EXPRESS, QQ, Client

HEADER = "单位,简称,类别,级别,邮箱,曾用名,联系人,电话"


@dataclass(frozen=True)
class Unit:
    """One line of a roster, and the mailbox and mail program that the unit uses."""

    name: str
    aliases: str
    category: str
    rank: str
    address: str
    """The unit always writes from here."""
    is_registered: bool
    """The address stands in the roster."""
    contact: str
    telephone: str
    client: Client

    @property
    def short(self) -> str:
        """The first alias."""
        return self.aliases.partition("|")[0]

    @property
    def row(self) -> str:
        address = self.address if self.is_registered else ""
        return ",".join((self.name, self.aliases, self.category, self.rank, address, "", self.contact, self.telephone))


_CLIENTS = (NETEASE, QQ, FOXMAIL, OUTLOOK, IPHONE, OUTLOOK_EXPRESS)
"""In turn: each unit uses one of them."""


def _units(table: str) -> tuple[Unit, ...]:
    """Reads lines of: name, aliases, category, rank, address, contact, telephone. `-` is an empty cell; an address in
    brackets is not in the roster."""
    units = []
    for number, line in enumerate(table.strip().splitlines()):
        cells = ["" if cell == "-" else cell for cell in line.split()]
        name, aliases, category, rank, address, contact, telephone = cells
        registered = not address.startswith("(")
        client = _CLIENTS[number % len(_CLIENTS)]
        units.append(Unit(name, aliases, category, rank, address.strip("()"), registered, contact, telephone, client))
    return tuple(units)


PUYANG = _units("""
濮阳县教育局 濮阳县|濮阳县教体局 县区 - pyx@pyx.example 张敏 0393-3221718
清丰县教育局 清丰县 县区 - qf@qf.example 刘强 0393-7261718
南乐县教育局 南乐县 县区 - (nljyj@nl.example) 王磊 13500000003
范县教育局 范县 县区 - fx@fx.example 王芳 0393-5261718
台前县教育局 台前县 县区 - tq@tq.example 李建国 13500000005
华龙区教育局 华龙区 县区 - hl@hl.example - -
濮阳经济技术开发区教育局 开发区|经开区|濮阳市开发区 县区 - (kfq@kfq.example) 周平 0393-8910000
濮阳工业园区教育局 工业园区 县区 - (gyy@gyy.example) - -
濮阳市城乡一体化示范区教育局 示范区|城乡一体化示范区 县区 - sfq@sfq.example 何静 0393-8820000
濮阳职业技术学院 濮职院 学校 - pzy@pzy.example 孙晓 13500000010
濮阳医学高等专科学校 濮阳医专|医专 学校 - yz@yz.example 郑洁 0393-4410000
濮阳石油化工职业技术学院 石化学院|濮阳石化学院 学校 - (sh@sh.example) 吴涛 13500000012
濮阳科技职业学院 濮阳科技学院 学校 - kj@kj.example 冯云 13500000013
濮阳技师学院 濮技院 学校 - (pjy@pjy.example) 刘洋 13500000014
濮阳市职业中等专业学校 濮职中|濮阳职专 学校 省级示范 pzz@pzz.example 陈镕 0393-8990015
濮阳县职业技术学校 濮阳县职校 学校 - pyxzx@pyxzx.example 赵强 13500000016
清丰县职业技术学校 清丰职校 学校 - (qfzx@qfzx.example) 马丽 13500000017
南乐县职业中等专业学校 南乐职专 学校 - nlzz@nlzz.example 胡军 13500000018
范县职业技术学校 范县职校 学校 - fxzx@fxzx.example 林娜 13500000019
台前县职业技术学校 台前职校 学校 - (tqzx@tqzx.example) - -
濮阳市油田职业中等专业学校 油田职专 学校 - yt@yt.example 高峰 0393-4820000
濮阳市卫生中等专业学校 濮阳卫校 学校 - wx@wx.example 罗燕 13500000022
濮阳市工艺美术学校 工艺美校 学校 - (gm@gm.example) 梁爽 13500000023
""")

HEFEI = _units("""
肥东县教育体育局 肥东县|肥东教体局 县市 - fd@fd.example 丁一 0551-67711111
肥西县教育体育局 肥西县|肥西教体局 县市 - fxi@fxi.example 方圆 0551-68841111
长丰县教育体育局 长丰县|长丰教体局 县市 - (cf@cf.example) 石磊 13600000003
庐江县教育体育局 庐江县|庐江教体局 县市 - lj@lj.example 汪洋 13600000004
巢湖市教育体育局 巢湖市|巢湖教体局 县市 - (ch@ch.example) - -
合肥高新技术产业开发区教育局 高新区 开发区 - gx@gx.example 余音 0551-65310000
合肥经济技术开发区教育局 经开区 开发区 - (jk@jk.example) 章程 13600000007
合肥新站高新技术产业开发区教育局 新站区|新站高新区 开发区 - xz@xz.example - -
合肥工业学校 合工校 学校 省级示范 hgx@hgx.example 程晨 0551-64290000
合肥市经贸旅游学校 经贸旅游学校|合肥经贸 学校 省级示范 jm@jm.example - -
合肥铁路工程学校 铁路工程学校 学校 - tl@tl.example 许诺 13600000011
合肥腾飞职业学校 腾飞职校 学校 - (tf@tf.example) 倪萍 13600000012
安徽合肥技师学院 合肥技师学院 学校 省级示范 js@js.example 沈默 13600000013
合肥职业技术学院 合职院 学校 省级示范 (hzy@hzy.example) 韩梅 13600000014
合肥幼教职业学校 幼教职校 学校 - yj@yj.example 苏醒 13600000015
巢湖职业教育中心 巢湖职教中心 学校 - (chzj@chzj.example) 袁方 13600000016
肥西县职业教育中心 肥西职教中心 学校 省级示范 fxzj@fxzj.example 施展 13600000017
""")

UNITS = {"puyang": PUYANG, "hefei": HEFEI}


def unit(bureau: str, name: str) -> Unit:
    """The unit of this name or alias."""
    return next(one for one in UNITS[bureau] if name == one.name or name in one.aliases.split("|"))


def roster(bureau: str) -> str:
    """The roster file of a bureau."""
    return "\n".join((HEADER, *(one.row for one in UNITS[bureau]))) + "\n"
