"""What levels, roles, purposes and states are called in sentences: the one place for words that several nouns use."""

from collections.abc import Mapping

from shared.words import Word, words

LEVELS: Mapping[str, Word] = words(
    province=("省级", "province level"),
    city=("市级", "city level"),
    county=("县级", "county level"),
    town=("乡镇级", "town level"),
    village=("村级", "village level"),
)

ROLES: Mapping[str, Word] = words(
    village_cadre=("村干部", "village cadre"),
    town_cadre=("乡镇干部", "town cadre"),
    county_office=("县扶贫办", "county office"),
    county_leader=("县级领导", "county leader"),
    finance_clerk=("财务经办", "finance clerk"),
    finance_officer=("财务审核", "finance officer"),
    bank=("银行", "bank"),
    project_office=("项目办", "project office"),
    evaluator=("评估人员", "evaluator"),
    auditor=("审计监督", "auditor"),
    ops=("系统运维", "operations"),
)

STATES: Mapping[str, Word] = words(
    registered=("在册", "on the register"),
    exited=("已脱贫", "out of poverty"),
    removed=("已剔除", "removed from the register"),
    new=("尚未登记", "not registered yet"),
)

# Why somebody acts, as the rows of the access matrix name it.
PURPOSES: Mapping[str, Word] = words(
    adjustment=("动态调整", "adjustments of the register"),
    archive=("档案管理", "archives"),
    certificates=("登记证管理", "certificates"),
    codes=("代码表维护", "code lists"),
    credit=("小额信贷", "credit"),
    divisions=("区划维护", "divisions"),
    evidence=("佐证材料", "evidence"),
    exit=("贫困退出", "exits"),
    identification=("贫困识别", "identification"),
    income=("收入核算", "incomes"),
    ledger=("资金台账", "the ledger"),
    look_back=("回头看", "look-back rounds"),
    notices=("公示公告", "public notices"),
    payments=("资金兑付", "payments"),
    plans=("脱贫计划", "plans"),
    policy=("政策参数", "policies"),
    privacy=("个人信息权益", "rights of the persons"),
    procedures=("程序办理", "procedures"),
    projects=("产业项目", "projects"),
    register=("登记管理", "the register"),
    responsibility=("责任管理", "responsibilities"),
    rewards=("产业奖补", "rewards"),
    screening=("数据比对", "screening"),
    sources=("资金来源", "sources of money"),
    statistics=("统计分析", "statistics"),
    supervision=("监督检查", "supervision"),
    verification=("疑点核查", "verification"),
    work=("日常工作", "daily work"),
)
