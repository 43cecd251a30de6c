"""What needs no network: every engine on an empty page, two hosts, a port of this machine, the order of finds."""

import contextlib
import time

import sublist3r

found = sublist3r.DNSdumpster("a.invalid", silent=True, verbose=False)
found.req = lambda *_, **__: '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
found.subdomains = ["localhost", "b.invalid"]
found.enumerate()
sublist3r.portscan(["localhost"], ["9"]).run()
time.sleep(1)


class Page:
    """What a search answers: nothing found."""

    text = ""
    status_code = 200
    headers: dict[str, str] = {}


class Session:
    """In place of the network."""

    def get(self, *_, **__):
        return Page()


ENGINES = (
    *(sublist3r.GoogleEnum, sublist3r.YahooEnum, sublist3r.AskEnum, sublist3r.BingEnum, sublist3r.BaiduEnum),
    *(sublist3r.NetcraftEnum, sublist3r.DNSdumpster, sublist3r.Virustotal, sublist3r.ThreatCrowd),
    *(sublist3r.CrtSearch, sublist3r.PassiveDNS),
)
pause, sublist3r.time.sleep = time.sleep, lambda _: None
for made in ENGINES:
    with contextlib.suppress(Exception):
        engine = made("https://a.invalid", q=[], silent=True, verbose=False)
        engine.session = Session()
        engine.run()
sublist3r.time.sleep = pause


class Engine:
    """An engine that finds two names at once."""

    def __init__(self, _domain, _subdomains, q, silent, verbose):
        q.extend(["www.a.invalid", "a.invalid"])

    def start(self): ...
    def join(self): ...


sublist3r.GoogleEnum = Engine
sublist3r.main("a.invalid", 1, None, None, True, False, False, "google")
