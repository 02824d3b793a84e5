"""A real mail server for the tests: STARTTLS and AUTH are required, each mail
becomes a file. Arguments: port, certificate, key, folder. Ends with its input.
"""

import pathlib
import ssl
import sys
import uuid

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, certificate, key, folder = sys.argv[1:]


class Files:
    async def handle_DATA(self, server, session, envelope):
        target = pathlib.Path(folder) / f"{uuid.uuid4()}.eml"
        part = target.with_suffix(".part")
        part.write_bytes(envelope.original_content)
        part.rename(target)
        return "250 2.0.0 ist da"


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == b"iaw@institut.example" and data.password == "gehe!m/ö".encode()
    return AuthResult(success=right, handled=False)


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
controller = Controller(
    Files(),
    hostname="127.0.0.1",
    port=int(port),
    tls_context=tls,
    require_starttls=True,
    authenticator=authenticate,
    auth_required=True,
)
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
