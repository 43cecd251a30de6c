"""What needs no network: an enumeration of two hosts, a scan of a port of this machine, the order of what is found."""

import time

import sublist3r

found = sublist3r.DNSdumpster("a.invalid", silent=True, verbose=False)
found.req = lambda *_, **__: '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
found.subdomains = ["localhost", "b.invalid"]
found.enumerate()
sublist3r.portscan(["localhost"], ["9"]).run()
time.sleep(1)


class Engine:
    """An engine that finds two names at once."""

    def __init__(self, _domain, _subdomains, q, silent, verbose):
        q.extend(["www.a.invalid", "a.invalid"])

    def start(self): ...
    def join(self): ...


sublist3r.GoogleEnum = Engine
sublist3r.main("a.invalid", 1, None, None, True, False, False, "google")
