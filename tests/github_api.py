"""A stand-in for GitHub's REST API on loopback: keeps comments, counts requests, fails when told to."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}


class GitHub:
    """One repository, acme/shop: comments of issues and of pull requests, as the API spells them."""

    def __init__(self):
        self.comments, self.remarks = [], []
        self.requests = []  # (method, path)
        self.failures = []  # (status, headers, message), each answered once
        self.login = None  # of a person's token
        self._next = 100

    def count(self, method):
        return sum(one[0] == method for one in self.requests)

    def add(self, where, body, user=BOT, **more):
        self._next += 1
        where.append({"id": self._next, "body": body, "user": user, **more})
        return where[-1]

    def answer(self, method, path, query, body):
        author = {"login": self.login, "type": "User"} if self.login else BOT
        if path == "/user":
            return (200, {"login": self.login}) if self.login else (403, {"message": "Resource not accessible"})
        match = re.fullmatch(r"/repos/acme/shop/(issues|pulls)/(?:(\d+)/)?(comments|reviews)(?:/(\d+))?", path)
        if not match:
            return 404, {"message": "Not Found"}
        where = self.comments if match[1] == "issues" else self.remarks
        if method == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, where[(page - 1) * size : page * size]
        if method == "PATCH":
            found = next(one for one in where if one["id"] == int(match[4]))
            found["body"] = body["body"]
            return 200, found
        if match[3] == "reviews":
            made = [self.add(where, **{**one, "user": author}) for one in body["comments"]]
            return 200, {"id": made[0]["id"]}
        return 201, self.add(where, body["body"], author)


@contextmanager
def serving():
    """The stand-in, and the address that it answers at."""
    github = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _do(self):
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            github.requests.append((self.command, parts.path))
            assert self.headers["Authorization"] == "Bearer t0ken"
            more = {}
            if github.failures and parts.path != "/user":
                status, more, message = github.failures.pop(0)
                answer = {"message": message}
            else:
                status, answer = github.answer(self.command, parts.path, parse_qs(parts.query), body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _do

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield github, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
