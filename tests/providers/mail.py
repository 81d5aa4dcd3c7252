"""A mail server on this machine: says what it takes in as a line of JSON, and refuses who is called "refused"."""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return f"550 5.1.1 <{address}> is nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        taken = {
            "to": envelope.rcpt_tos,
            "subject": message["subject"],
            "body": message.get_content(),
            "raw": envelope.content.decode("ascii"),
        }
        print(json.dumps(taken), flush=True)
        return "250 OK"


async def main(port):
    loop = asyncio.get_running_loop()
    make = lambda: SMTP(Handler(), hostname="mail.example")
    server = await loop.create_server(make, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
