"""The four services by name: the only place that knows them all."""

from importlib import import_module

from shared.service import Service

NAMES = ("registry", "funding", "projects", "evaluation")


def service(name: str) -> Service:
    """The service of a name."""
    found: Service = import_module(f"services.{name}.main").SERVICE
    return found


def all_services() -> list[Service]:
    return [service(name) for name in NAMES]
