"""Figures of the households' ledgers."""

from shared.figures import Figure

FIGURES = {
    "ledger-lines": Figure(
        "台账记录数（按类）",
        "lines of household ledgers of a kind",
        "lines",
        "SELECT id::text AS id, zh AS label, 1 AS adds FROM household_ledger WHERE kind = :kind",
        {"kind": "text"},
    ),
    "ledger-amount": Figure(
        "台账金额（按类）",
        "money in household ledgers of a kind",
        "yuan",
        "SELECT id::text AS id, zh AS label, amount AS adds FROM household_ledger WHERE kind = :kind AND amount IS NOT NULL",
        {"kind": "text"},
    ),
}
