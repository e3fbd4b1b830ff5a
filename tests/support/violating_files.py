"""Scenario files that break the contract without `off_contract`, by name, each with all its problems."""

from __future__ import annotations

from tests.support.scenario_files import HEAD, reply, stub

__all__ = ["HINT", "SESSION", "VIOLATING"]

SESSION = (
    "token: T, wb_customer_id: W, customer_id: C, provider: stripe, operation: add_method, status: created, "
    "address: true, detach_previous_on_success: false"
)
HINT = "(or add off_contract: <reason>)"
UNKNOWN = f"the contract documents no such member {HINT}"
NO_PARAMETER = "no path parameter of c_create_payment_session has this name"

VIOLATING = {
    "status": (
        reply("status: 503"),
        [f"6:15: stubs[0].reply.status: the status 503 is not documented; documented: 200 {HINT}"],
    ),
    "status of a payment session": (
        reply("status: 201\npayment_session: {}"),
        [f"6:15: stubs[0].reply.status: the status 201 is not documented; documented: 200 {HINT}"],
    ),
    "status of a reply with expressions": (
        reply("status: 404\nbody: {customer: '{$request.path.customer_id}'}"),
        [f"6:15: stubs[0].reply.status: the status 404 is not documented; documented: 200 {HINT}"],
    ),
    "no body": (
        reply("status: 200"),
        [f"6:7: stubs[0].reply.body: a body is documented, but none is sent {HINT}"],
    ),
    "media type": (
        reply("headers: {content-type: text/plain}\nbody: hello"),
        [
            (
                "6:31: stubs[0].reply.headers.content-type: the media type 'text/plain' is not documented; "
                f"documented: application/json {HINT}"
            )
        ],
    ),
    "media type of a reply with expressions": (
        reply("headers: {Content-Type: text/plain}\nbody: 'hello {$request.path.customer_id}'"),
        [
            (
                "6:31: stubs[0].reply.headers.Content-Type: the media type 'text/plain' is not documented; "
                f"documented: application/json {HINT}"
            )
        ],
    ),
    "other JSON": (
        reply("headers: {Content-Type: application/problem+json}\nbody: {}"),
        [
            (
                "6:31: stubs[0].reply.headers.Content-Type: the media type 'application/problem+json' is not "
                f"documented; documented: application/json {HINT}"
            )
        ],
    ),
    "body of another kind": (
        reply("body: [1]"),
        [f"6:13: stubs[0].reply.body: [1] is an array; the contract wants an object {HINT}"],
    ),
    "null body": (
        reply("body: null"),
        [f"6:13: stubs[0].reply.body: null is not allowed here; the contract wants an object {HINT}"],
    ),
    "members of a body": (
        reply(f"body:\n  {SESSION.replace('true', '1').replace('stripe', 'paypal').replace(', ', chr(10) + '  ')}"),
        [
            f'10:19: stubs[0].reply.body.provider: "paypal" is not one of "authorize", "self_handled", "stripe" {HINT}',
            f"13:18: stubs[0].reply.body.address: 1 is a number; the contract wants a boolean {HINT}",
        ],
    ),
    "missing members": (
        reply(
            "body:\n  setup_intent:\n    wb_customer_id: W\n    address: true\n"
            f"  {SESSION.replace(', ', chr(10) + '  ')}"
        ),
        [f'8:11: stubs[0].reply.body.setup_intent.customer_id: "customer_id" is required {HINT}'],
    ),
    "body beside a header with an expression": (
        reply(f"headers: {{X: '{{$method}}'}}\nbody: {{{SESSION.replace('T', '5')}}}"),
        [f"7:21: stubs[0].reply.body.token: 5 is a number; the contract wants a string {HINT}"],
    ),
    "override": (
        reply("payment_session: {provider: paypal}"),
        [
            (
                '6:35: stubs[0].reply.payment_session.provider: "paypal" is not one of "authorize", '
                f'"self_handled", "stripe" {HINT}'
            )
        ],
    ),
    "override deep": (
        reply("payment_session: {setup_intent: {stripe: {client_secret: null}}}"),
        [
            (
                "6:64: stubs[0].reply.payment_session.setup_intent.stripe.client_secret: null is not allowed "
                f"here; the contract wants a string {HINT}"
            )
        ],
    ),
    "override misspelled": (
        reply("payment_session: {staus: created}"),
        [f"6:25: stubs[0].reply.payment_session.staus: {UNKNOWN}; did you mean 'status'?"],
    ),
    "override misspelled deep": (
        reply("payment_session: {setup_intent: {stripe: {client_secert: x}}}"),
        [
            (
                f"6:49: stubs[0].reply.payment_session.setup_intent.stripe.client_secert: {UNKNOWN}; did you mean "
                "'client_secret'?"
            )
        ],
    ),
    "override misspelled beside an expression": (
        reply("payment_session: {status: '{$method}', tokn: '{$request.header.x}'}"),
        [f"6:46: stubs[0].reply.payment_session.tokn: {UNKNOWN}; did you mean 'token'?"],
    ),
    "override unlike any member": (
        reply("payment_session: {zzz: 1}"),
        [
            (
                f"6:25: stubs[0].reply.payment_session.zzz: {UNKNOWN}; known are address, customer_id, "
                "detach_previous_on_success, operation, provider, setup_intent, status, token, wb_customer_id"
            )
        ],
    ),
    "override for the provider that when names": (
        stub(
            "when: {body: {provider: self_handled}}\nreply: {payment_session: {setup_intent: {customer_id: "
            "C, address: true}}}"
        ),
        [f'6:45: stubs[0].reply.payment_session.setup_intent.wb_customer_id: "wb_customer_id" is required {HINT}'],
    ),
    "override for the first provider that when allows": (
        stub(
            "when: {body: {provider: {one_of: [self_handled, stripe]}, plan_id: {absent: true}}}\n"
            "reply: {payment_session: {setup_intent: {customer_id: C, address: true}}}"
        ),
        [f'6:45: stubs[0].reply.payment_session.setup_intent.wb_customer_id: "wb_customer_id" is required {HINT}'],
    ),
    "keys that Stripe.js refuses": (
        reply("payment_session: {setup_intent: {stripe: {pk_key: pk_live_1, client_secret: seti_a_b_secret_c}}}"),
        [
            (
                "6:57: stubs[0].reply.payment_session.setup_intent.stripe.pk_key: Stripe.js refuses this: the "
                f"format is pk_test_<letters and digits> {HINT}"
            ),
            (
                "6:83: stubs[0].reply.payment_session.setup_intent.stripe.client_secret: Stripe.js refuses this: "
                f"the format is seti_<letters and digits>_secret_<letters and digits> {HINT}"
            ),
        ],
    ),
    "when": (
        stub("when: {path: {custmer_id: x}}\nfault: hang"),
        [f"5:19: stubs[0].when.path.custmer_id: {NO_PARAMETER}; did you mean 'customer_id'?"],
    ),
    "when of the file": (
        stub("fault: hang").replace("stubs:", "when: {path: {id: x}}\nstubs:"),
        [f"2:15: when.path.id: {NO_PARAMETER}; known are customer_id"],
    ),
    "several": (
        reply("status: 500")
        + HEAD.partition("stubs:\n")[2].replace("name: a", "name: b")
        + "    when: {path: {id: x}}\n    reply: {payment_session: {setup_intent: []}}\n",
        [
            f"6:15: stubs[0].reply.status: the status 500 is not documented; documented: 200 {HINT}",
            f"9:19: stubs[1].when.path.id: {NO_PARAMETER}; known are customer_id",
            f"10:45: stubs[1].reply.payment_session.setup_intent: [] is an array; the contract wants an object {HINT}",
        ],
    ),
}
