"""Stripe's Python client against the sandbox: intents, subscriptions, warnings, pages of lists, verified webhooks.

Usage: stripe_client.py BASE-URL
"""

import http.server
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import stripe

base = sys.argv[1]
client = stripe.StripeClient("sk_test_python", base_addresses={"api": base}, max_network_retries=2)
v1 = client.v1
received = []
refused = []
secret = None


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            received.append(client.construct_event(body, self.headers["stripe-signature"], secret))
        except stripe.SignatureVerificationError as error:
            refused.append(error)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def submit(url, **fields):
    """The status of a page that is submitted."""
    data = urllib.parse.urlencode(fields).encode()
    try:
        return urllib.request.build_opener(Stay).open(url, data).status
    except urllib.error.HTTPError as error:
        return error.code


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/hook"
secret = v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]}).secret

# Payment intents: refused, asked by the bank, canceled.
amount = {"amount": 399, "currency": "usd", "automatic_payment_methods": {"enabled": True}}
intent = v1.payment_intents.create({**amount, "metadata": {"payment": "p1"}})
try:
    v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})
    raise AssertionError("the card was not refused")
except stripe.CardError as error:
    assert error.error.payment_intent.id == intent.id and error.code == "card_declined", error
asked = v1.payment_intents.confirm(
    intent.id, {"payment_method": "pm_card_authenticationRequired", "return_url": "http://shop.test/back"}
)
assert asked.status == "requires_action"
assert submit(asked.next_action.redirect_to_url.url, outcome="pass") == 303
assert v1.payment_intents.retrieve(intent.id).status == "succeeded"
other = v1.payment_intents.create(amount)
assert v1.payment_intents.cancel(other.id).status == "canceled"

# A trial, by Checkout and without a customer; an expired session.
plan = v1.prices.create(
    {"currency": "usd", "unit_amount": 999, "recurring": {"interval": "month"}, "product_data": {"name": "Pro"}}
)
session = v1.checkout.sessions.create({
    "mode": "subscription",
    "line_items": [{"price": plan.id, "quantity": 1}],
    "subscription_data": {"trial_period_days": 7, "metadata": {"plan": "pro"}},
    "success_url": "http://shop.test/ok",
})
assert submit(session.url, number="4242424242424242", email="eve@example.org") == 303
session = v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "customer"]})
assert session.payment_status == "no_payment_required" and session.customer.email == "eve@example.org"
assert session.subscription.status == "trialing"
canceled = v1.subscriptions.cancel(session.subscription.id)
assert canceled.status == "canceled" and canceled.ended_at
expired = v1.checkout.sessions.create({
    "mode": "payment",
    "line_items": [{"price_data": {"currency": "usd", "unit_amount": 99, "product_data": {"name": "Pack"}}, "quantity": 2}],
    "success_url": "http://shop.test/ok",
})
assert v1.checkout.sessions.expire(expired.id).status == "expired"

# A subscription made without Checkout, listed, found, and gone with its customer.
customer = v1.customers.create({
    "metadata": {"user": "o'brien"},
    "payment_method": "pm_card_visa",
    "invoice_settings": {"default_payment_method": "pm_card_visa"},
})
subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": plan.id}]})
assert subscription.status == "active"
listed = v1.subscriptions.list({"customer": customer.id, "status": "all"})
assert [one.id for one in listed.data] == [subscription.id]
found = v1.customers.search({"query": "metadata['user']:'o\\'brien'"})
assert [one.id for one in found.data] == [customer.id], found
payments = v1.invoice_payments.list({"invoice": subscription.latest_invoice})
assert payments.data[0].status == "paid"
assert v1.customers.delete(customer.id).deleted
assert v1.subscriptions.retrieve(subscription.id).status == "canceled"

# An issuer's warning, and a refund that comes back.
warned = v1.payment_intents.create({**amount, "payment_method": "pm_card_createIssuerFraudRecord", "confirm": True,
                                    "return_url": "http://shop.test/back"})
warnings = v1.radar.early_fraud_warnings.list({"payment_intent": warned.id})
assert warnings.data[0].charge == warned.latest_charge
refund = v1.refunds.create({"charge": warned.latest_charge, "reason": "fraudulent"})
assert v1.refunds.retrieve(refund.id).status == "succeeded"

# All pages of the events, each delivered once and verified.
events = [event.id for event in v1.events.list({"limit": 5}).auto_paging_iter()]
for _ in range(2400):
    if len(received) >= len(events):
        break
    time.sleep(0.05)
assert not refused, refused
assert sorted(event.id for event in received) == sorted(events), (len(received), len(events))
print(len(events))
