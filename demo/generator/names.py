"""Names as the county's people have them: surnames by how common they are, given names by sex and the years."""

from random import Random

_SURNAMES = (
    "王王王王李李李李张张张张刘刘刘孙孙孙赵赵陈杨杨周徐于于姜宋宋马朱胡郭林何高梁郑罗谢唐韩曹许邓"
    "冯彭曾肖田董袁潘蔡蒋余杜叶程魏苏吕丁任沈姚卢钟崔谭陆范汪金石贾韦夏付方邹熊白孟秦邱侯江尹薛"
)
# The last year of birth, then the first and second characters of men's and women's names; a space: none.
_MEN = (
    (1945, "德福长玉永文天连万广殿鸿", "山林财贵福海发江臣顺和才义志"),
    (1959, "国建永志文玉振忠庆凤明长", "华军林明海山义生祥友臣发平"),
    (1976, "建国卫志军红晓永春玉宝", "军林伟民东平生华峰明志"),
    (1991, "晓海志永立春大   ", "伟磊勇刚强涛波超鹏明亮军"),
    (2005, "浩宇俊子文佳嘉 ", "然轩阳博鑫龙豪旭航明"),
    (9999, "梓子浩宇一俊", "轩泽睿宸豪辰阳博"),
)
_WOMEN = (
    (1945, "桂玉淑秀凤素", "兰英珍芝荣花琴云芹"),
    (1959, "桂淑秀玉凤亚", "兰芳英华珍琴云芬香"),
    (1976, "丽淑艳春亚晓红", "华娟杰萍霞梅芳玲丽英"),
    (1991, "晓海丽春雪   ", "静娜丹艳红颖燕梅玲敏丽"),
    (2005, "思佳雨欣嘉诗 ", "琪怡婷慧彤雯莹"),
    (9999, "梓欣子雨诗一", "涵怡萱彤妍瑶"),
)


def surname(random: Random, other_than: str = "") -> str:
    """A surname; not the one of a husband."""
    while (found := random.choice(_SURNAMES)) == other_than:
        continue
    return found


def given(random: Random, born: int, *, male: bool, beginning: str = "", unlike: str = "") -> str:
    """A given name of a year of birth, without the characters of parents' names; brothers have the same beginning
    where their family keeps to that.
    """
    _, first, second = next(years for years in (_MEN if male else _WOMEN) if born <= years[0])
    begun = beginning or random.choice([one for one in first if one not in unlike]).strip()
    return begun + random.choice([one for one in second if one not in begun + unlike])
