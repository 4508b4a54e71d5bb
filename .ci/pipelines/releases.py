#!/usr/bin/env python3
"""GitHub's releases on the loopback interface: redirects to the files of a folder, and 404 for everything else.

Usage: releases.py FOLDER VERSION [CERTIFICATE-WITH-KEY]. Prints its port; every request is a line on standard error.
"""

import http.server
import pathlib
import re
import ssl
import sys

folder, version = pathlib.Path(sys.argv[1]), sys.argv[2]
RELEASE = re.compile(r"/[^/]+/jira-build-status/releases/(?:download/v" + re.escape(version) + r"|latest/download)/([\w.-]+)")
ASSET = re.compile(r"/asset/([\w.-]+)")


class Releases(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # The folder may change between two requests: the file's presence decides.
        if found := RELEASE.fullmatch(self.path):
            return self.answer(302 if (folder / found[1]).exists() else 404, location=f"/asset/{found[1]}")
        found = ASSET.fullmatch(self.path)
        if not found or not (folder / found[1]).exists():
            return self.answer(404)
        self.answer(200, (folder / found[1]).read_bytes())

    def answer(self, status, body=b"Not Found", location=None):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Releases)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
