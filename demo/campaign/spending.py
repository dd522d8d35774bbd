"""Funding and projects: money comes in, is lent, invested and paid as rewards."""

from datetime import date
from typing import Any

from demo.campaign.clock import advance
from demo.client import Platform
from demo.generator.county import County
from demo.generator.money import BANK, cooperatives, yuan

FUNDING, PROJECTS = "/api/funding/v1", "/api/projects/v1"


async def receive(platform: Platform, county: County) -> None:
    """Inflows, entered by one and confirmed by another, and the risk fund."""
    items = [
        {
            "id": str(inflow.id),
            "division": "220622",
            "level": inflow.level,
            "payer": inflow.payer,
            "document_no": inflow.document_no,
            "year": 2016,
            "purpose": inflow.purpose,
            "amount": yuan(inflow.amount),
            "received_on": "2016-01-15",
        }
        for inflow in county.inflows
    ]
    (await platform.decide("finance_clerk", f"{FUNDING}/inflows", items)).all_accepted("inflows")
    ids = [{"id": item["id"]} for item in items]
    (await platform.decide("finance_officer", f"{FUNDING}/inflows/confirmations", ids)).all_accepted("confirmations")
    fund = next(inflow for inflow in county.inflows if inflow.purpose == "risk_fund")
    item = {"id": str(fund.id), "division": "220622", "bank": BANK, "amount": yuan(county.fund)}
    await platform.decide("finance_officer", f"{FUNDING}/risk-funds/contributions", [item])


async def invest(platform: Platform, county: County) -> None:
    """Industry projects: proposed, approved, paid, with the households that take part."""
    items = [
        {
            "id": str(project.id),
            "division": project.village,
            "name": project.name,
            "kind": "industry",
            "budget": yuan(project.budget),
            "starts_on": "2016-03-01",
            "ends_on": "2016-11-30",
            "outputs": [{"kind": project.kind, "quantity": str(project.quantity)}],
        }
        for project in county.projects
    ]
    ids = [{"id": item["id"]} for item in items]
    (await platform.decide("project_office", f"{PROJECTS}/projects", items)).all_accepted("projects")
    (await platform.decide("county_leader", f"{PROJECTS}/projects/approvals", ids)).all_accepted("approvals")
    await advance(platform, date(2016, 4, 5))
    (await platform.decide("finance_officer", f"{FUNDING}/project-requests/payments", ids)).all_accepted("payments")
    taking_part = [
        {"id": str(id), "project_id": str(project.id), "household_id": str(home.id)}
        for project in county.projects
        for id, home in project.participants
    ]
    outcome = await platform.decide("village_cadre", f"{PROJECTS}/projects/participations", taking_part)
    outcome.all_accepted("participations")


async def deliver(platform: Platform, county: County) -> None:
    """What the projects brought."""
    items = [
        {
            "id": str(project.delivery),
            "project_id": str(project.id),
            "kind": project.kind,
            "quantity": str(project.quantity),
            "delivered_on": "2016-10-08",
        }
        for project in county.projects
    ]
    (await platform.decide("town_cadre", f"{PROJECTS}/projects/deliveries", items)).all_accepted("deliveries")


async def lend(platform: Platform, county: County) -> None:
    """Micro-credit: applied for in villages, approved by the county, disbursed by the bank."""
    items = [
        {
            "id": str(loan.id),
            "household_id": str(loan.household.id),
            "borrower_id": str(loan.borrower.id),
            "bank": BANK,
            "amount": yuan(loan.amount),
            "months": loan.months,
            "use": "发展种养业",
        }
        for loan in county.loans
    ]
    ids = [{"id": item["id"]} for item in items]
    (await platform.decide("village_cadre", f"{FUNDING}/loans/applications", items)).all_accepted("applications")
    (await platform.decide("county_office", f"{FUNDING}/loans/approvals", ids)).all_accepted("approvals")
    (await platform.decide("bank", f"{FUNDING}/loans/disbursements", ids)).all_accepted("disbursements")


async def enter_payees(platform: Platform, county: County) -> None:
    """The cooperatives that are paid: entered by one, confirmed by another."""
    items = [
        {
            "id": str(one.id),
            "division": one.village,
            "kind": "cooperative",
            "name": one.name,
            "credit_code": one.credit_code,
            "valid_from": "2015-03-02",
        }
        for one in cooperatives(county.rewards)
    ]
    ids = [{"id": item["id"]} for item in items]
    (await platform.decide("finance_clerk", f"{FUNDING}/payees", items)).all_accepted("payees")
    (await platform.decide("finance_officer", f"{FUNDING}/payees/confirmations", ids)).all_accepted("confirmations")


async def reward(platform: Platform, county: County) -> None:
    """Rewards in place of investment, up to their approval; the cooperatives among them are known first."""
    await enter_payees(platform, county)
    items: list[dict[str, Any]] = [
        {
            "id": str(reward.id),
            "division": reward.village,
            "payee_kind": reward.payee_kind,
            "payee_id": str(reward.payee),
            "item": reward.item,
            "year": 2016,
            "quantity": str(reward.quantity),
        }
        for reward in county.rewards
    ]
    found = [{"id": item["id"], "accepted": item["quantity"]} for item in items]
    ids = [{"id": item["id"]} for item in items]
    (await platform.decide("village_cadre", f"{FUNDING}/rewards/applications", items)).all_accepted("applications")
    (await platform.decide("town_cadre", f"{FUNDING}/rewards/inspections", found)).all_accepted("inspections")
    (await platform.decide("county_office", f"{FUNDING}/rewards/approvals", ids)).all_accepted("approvals")


async def pay(platform: Platform, county: County) -> None:
    """Pay the approved rewards; sent twice, as a clerk with bad signal would: each is paid once."""
    ids = [{"id": str(reward.id)} for reward in county.rewards]
    (await platform.decide("finance_officer", f"{FUNDING}/rewards/payments", ids)).all_accepted("payments")
    (await platform.decide("finance_officer", f"{FUNDING}/rewards/payments", ids[::-1])).all_accepted("payments")
