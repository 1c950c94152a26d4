// Stripe's own client against the sandbox, from a customer to a dispute, with its webhooks verified by Stripe's library.
// Usage: node stripe.mjs BASE-URL; prints as JSON what the caller compares.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import Stripe from "stripe";

const base = new URL(process.argv[2]);
const options = { host: base.hostname, port: base.port, protocol: "http", telemetry: false };
const stripe = new Stripe("sk_test_node", { ...options, maxNetworkRetries: 2 });

// An endpoint whose every delivery must carry a good signature.
const received = [];
let secret;
const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    received.push(stripe.webhooks.constructEvent(Buffer.concat(parts), request.headers["stripe-signature"], secret));
    response.end("{}");
  });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const endpoint = await stripe.webhookEndpoints.create({
  url: `http://127.0.0.1:${server.address().port}/hook`,
  enabled_events: ["*"],
});
({ secret } = endpoint);

const submit = async (url, number) => {
  const body = new URLSearchParams({ number, email: "ann@example.org" });
  return fetch(url, { method: "POST", body, redirect: "manual" });
};
const control = async (what, body) => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(new URL(`/_sandbox/${what}`, base), { method: "POST", headers, body: JSON.stringify(body) });
  assert.ok(response.ok, await response.text());
};

const start = Math.floor(Date.now() / 1000);
const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
const customer = await stripe.customers.create({ email: "ann@example.org", test_clock: clock.id, metadata: { user: "u1" } });
const product = await stripe.products.create({ name: "Starter", metadata: { instance: "i1" } });
const pack = await stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 99 });
const plan = (amount) =>
  stripe.prices.create({ product: product.id, currency: "usd", unit_amount: amount, recurring: { interval: "month" } });
const [pro, unlimited] = [await plan(999), await plan(9900)];
const checkout = (mode, price) =>
  stripe.checkout.sessions.create({
    mode,
    customer: customer.id,
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "http://shop.test/ok?session={CHECKOUT_SESSION_ID}",
    cancel_url: "http://shop.test/no",
    metadata: { purchase: "p1" },
  });

// A pack: declined, then paid.
const session = await checkout("payment", pack);
assert.equal((await submit(session.url, "4000000000000002")).status, 402);
const paid = await submit(session.url, "4242424242424242");
assert.equal(paid.headers.get("location"), `http://shop.test/ok?session=${session.id}`);
const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["line_items", "payment_intent.latest_charge"] });
assert.equal(done.payment_status, "paid");
assert.equal(done.line_items.data[0].amount_total, 99);
assert.equal(done.payment_intent.latest_charge.status, "succeeded");

// A plan: bought, its renewal fails, recovers with another card.
const plans = await checkout("subscription", pro);
await submit(plans.url, "4242424242424242");
const bought = await stripe.checkout.sessions.retrieve(plans.id, { expand: ["subscription"] });
const subscription = bought.subscription;
assert.equal(subscription.status, "active");
const item = subscription.items.data[0];
await stripe.subscriptions.update(subscription.id, { default_payment_method: "pm_card_chargeCustomerFail" });
await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: item.current_period_end + 2 * 3600 });
let now = await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
assert.equal(now.status, "past_due");
assert.equal(now.latest_invoice.parent.subscription_details.subscription, subscription.id);
await assert.rejects(stripe.invoices.pay(now.latest_invoice.id), Stripe.errors.StripeCardError);
await stripe.invoices.pay(now.latest_invoice.id, { payment_method: "pm_card_visa" });
now = await stripe.subscriptions.retrieve(subscription.id);
assert.equal(now.status, "active");

// An upgrade: previewed, refused and held back, paid on the invoice's page.
const change = [{ id: item.id, price: unlimited.id }];
const preview = await stripe.invoices.createPreview({
  subscription: subscription.id,
  subscription_details: { items: change, proration_behavior: "always_invoice" },
});
assert.ok(preview.amount_due > 8000 && preview.amount_due <= 8901, `${preview.amount_due}`);
now = await stripe.subscriptions.update(subscription.id, {
  items: change,
  proration_behavior: "always_invoice",
  payment_behavior: "pending_if_incomplete",
  expand: ["latest_invoice"],
});
assert.equal(now.items.data[0].price.id, pro.id);
assert.equal(now.pending_update.subscription_items[0].price.id, unlimited.id);
assert.equal((await submit(now.latest_invoice.hosted_invoice_url, "4242424242424242")).status, 303);
now = await stripe.subscriptions.retrieve(subscription.id);
assert.equal(now.items.data[0].price.id, unlimited.id);
now = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
assert.equal(now.cancel_at, now.items.data[0].current_period_end);

// Money back: in part by a refund, then a dispute that is won.
const refund = await stripe.refunds.create({ payment_intent: done.payment_intent.id, amount: 40, metadata: { why: "test" } });
assert.equal(refund.status, "succeeded");
const disputed = await stripe.paymentIntents.create({
  amount: 399,
  currency: "usd",
  customer: customer.id,
  payment_method: "pm_card_createDispute",
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: "never" },
});
const [dispute] = (await stripe.disputes.list({ payment_intent: disputed.id })).data;
assert.equal(dispute.status, "needs_response");
const won = await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" } });
assert.equal(won.status, "won");

// The portal.
const configuration = await stripe.billingPortal.configurations.create({
  features: { subscription_cancel: { enabled: true }, payment_method_update: { enabled: true } },
});
const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, configuration: configuration.id });
assert.equal((await fetch(portal.url)).status, 200);

// Errors have their classes; a repeated key makes one object, whether repeated by hand or by the library's retries.
await assert.rejects(stripe.customers.retrieve("cus_none"), Stripe.errors.StripeInvalidRequestError);
await assert.rejects(stripe.customers.create({ nope: 1 }), { code: "parameter_unknown", param: "nope" });
await assert.rejects(new Stripe("sk_live_x", options).customers.list(), Stripe.errors.StripeAuthenticationError);
const key = { idempotencyKey: "once" };
const first = await stripe.customers.create({ name: "Eve" }, key);
assert.equal((await stripe.customers.create({ name: "Eve" }, key)).id, first.id);
await assert.rejects(stripe.customers.create({ name: "Bob" }, key), Stripe.errors.StripeIdempotencyError);
await control("fault", { path: "/v1/customers", method: "POST", effect: "status", status: 503, retry_after: 0 });
await control("fault", { path: "/v1/customers", method: "POST", effect: "cut" });
await stripe.customers.create({ name: "Late" });
const names = [];
for await (const one of stripe.customers.list({ limit: 1 })) names.push(one.name);
assert.deepEqual(names, ["Late", "Eve", null]);

// Everything that happened was delivered and verified.
const listed = [];
for await (const event of stripe.events.list({ limit: 7 })) listed.push(event.id);
for (let wait = 0; received.length < listed.length && wait < 2400; wait += 1) {
  await new Promise((next) => setTimeout(next, 50));
}
const ids = new Set(received.map((event) => event.id));
assert.deepEqual(listed.filter((id) => !ids.has(id)), [], "these were not delivered");

// What Stripe's library signs, for comparison.
const payload = JSON.stringify({ id: "evt_test", object: "event" });
const header = stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_test", timestamp: start });
process.stdout.write(JSON.stringify({ types: [...new Set(received.map((event) => event.type))], payload, start, header }));
server.closeAllConnections();
server.close();
