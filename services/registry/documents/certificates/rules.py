"""Why there is no certificate, or none to be had."""

from shared.problems import Conflict, NotFound


class NoSuchCertificate(NotFound):
    slug, zh, en = "no-such-certificate", "辖区内没有这本登记证", "There is no such certificate in your division"


class HouseholdRemoved(Conflict):
    slug, zh, en = "household-removed", "该户已被剔除，不能发证", "The household was removed from the register"
