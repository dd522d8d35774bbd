from shared.problems import NotFound


class NoSuchHousehold(NotFound):
    slug, zh, en = "no-such-household", "辖区内没有这一户", "There is no such household in your division"
