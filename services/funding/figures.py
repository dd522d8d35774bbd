"""Funding's figures, each counted from rows that can be opened."""

from shared.figures import Figure

_FUND = "(SELECT sum(amount) FROM contribution)"

FIGURES = {
    "reward-villages": Figure(
        "以奖代投覆盖村数",
        "villages with a paid reward",
        "villages",
        "SELECT division AS id, division || ' × ' || count(*) AS label, 1 AS adds FROM reward"
        " WHERE status = 'paid' GROUP BY division",
    ),
    "reward-objects": Figure(
        "以奖代投对象数",
        "payees of paid rewards; a household and its members are one",
        "objects",
        "SELECT CASE WHEN household_id IS NULL THEN payee_kind ELSE 'household' END || ' '"
        " || coalesce(household_id, payee_id) AS id, max(division) || ' × ' || count(*) AS label, 1 AS adds FROM reward"
        " WHERE status = 'paid' GROUP BY 1, coalesce(household_id, payee_id)",
    ),
    "reward-paid": Figure(
        "以奖代投资金",
        "rewards paid",
        "yuan",
        "SELECT id::text, division || ' ' || item AS label, amount AS adds FROM reward WHERE status = 'paid'",
    ),
    "loans": Figure(
        "小额信贷笔数",
        "loans disbursed",
        "loans",
        "SELECT id::text, division || ' ' || bank AS label, 1 AS adds FROM loan WHERE status = 'disbursed'",
    ),
    "loans-lent": Figure(
        "小额信贷金额",
        "lent",
        "yuan",
        "SELECT id::text, division || ' ' || bank AS label, amount AS adds FROM loan WHERE status = 'disbursed'",
    ),
    "loans-covered": Figure(
        "风险补偿金覆盖金额",
        "lent and covered by the risk fund",
        "yuan",
        "SELECT id::text, division || ' ' || bank AS label, covered AS adds FROM loan WHERE status = 'disbursed'",
    ),
    "risk-fund": Figure(
        "风险补偿金",
        "paid into the risk fund",
        "yuan",
        "SELECT id::text, bank AS label, amount AS adds FROM contribution",
    ),
    "leverage": Figure(
        "放大倍数（贷款 ÷ 风险补偿金）",
        "lent over the risk fund; each loan adds its share",
        "times",
        f"SELECT id::text, division || ' ' || bank AS label, amount / {_FUND} AS adds FROM loan WHERE status = 'disbursed'",
    ),
    "inflows": Figure(
        "到位资金",
        "money that came in",
        "yuan",
        "SELECT id::text, document_no AS label, amount AS adds FROM lot",
    ),
}
