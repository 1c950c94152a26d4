//! Stripe's test numbers and tokens, and how a payment with each of them goes.

/// How payments with a method go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// At once, and nothing comes after.
    Pays,
    /// Refused with this code and decline code.
    Declines(&'static str, &'static str),
    /// Can be kept for later, and is refused then.
    DeclinesLater,
    /// Asks the bank; without the customer at hand it is refused.
    Authenticates,
    /// Days later, successfully or not.
    Delayed(bool),
    /// Paid, then disputed for this reason; an inquiry moves no money.
    Disputed { reason: &'static str, inquiry: bool },
    /// Paid, then the issuer warns of fraud.
    Warned,
    /// Refunds stay pending for a while, then succeed or fail.
    RefundsSlowly(bool),
}

/// One test number.
pub(crate) struct Card {
    pub(crate) number: &'static str,
    /// The payment method of Stripe's documentation.
    pub(crate) token: &'static str,
    /// The type of payment methods that have it.
    pub(crate) kind: &'static str,
    pub(crate) conduct: Conduct,
}

const fn card(number: &'static str, token: &'static str, conduct: Conduct) -> Card {
    Card { number, token, kind: "card", conduct }
}

const fn account(kind: &'static str, number: &'static str, token: &'static str, succeeds: bool) -> Card {
    Card { number, token, kind, conduct: Conduct::Delayed(succeeds) }
}

const CARDS: &[Card] = &[
    card("4242424242424242", "pm_card_visa", Conduct::Pays),
    card("4000000000000002", "pm_card_visa_chargeDeclined", Conduct::Declines("card_declined", "generic_decline")),
    card(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        Conduct::Declines("card_declined", "insufficient_funds"),
    ),
    card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", Conduct::Declines("expired_card", "expired_card")),
    card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", Conduct::Declines("incorrect_cvc", "incorrect_cvc")),
    card("4000000000000341", "pm_card_chargeCustomerFail", Conduct::DeclinesLater),
    card("4000002760003184", "pm_card_authenticationRequired", Conduct::Authenticates),
    card("4000000000003220", "pm_card_threeDSecure2Required", Conduct::Authenticates),
    card("4000002500003155", "pm_card_authenticationRequiredOnSetup", Conduct::Authenticates),
    card("4000000000000259", "pm_card_createDispute", Conduct::Disputed { reason: "fraudulent", inquiry: false }),
    card(
        "4000000000002685",
        "pm_card_createDisputeProductNotReceived",
        Conduct::Disputed { reason: "product_not_received", inquiry: false },
    ),
    card("4000000000001976", "pm_card_createDisputeInquiry", Conduct::Disputed { reason: "fraudulent", inquiry: true }),
    card("4000000000005423", "pm_card_createIssuerFraudRecord", Conduct::Warned),
    card("4000000000007726", "pm_card_pendingRefund", Conduct::RefundsSlowly(true)),
    card("4000000000005126", "pm_card_refundFail", Conduct::RefundsSlowly(false)),
];

/// Account numbers of bank debits.
const ACCOUNTS: &[Card] = &[
    account("us_bank_account", "000123456789", "pm_usBankAccount_success", true),
    account("us_bank_account", "000111111116", "pm_usBankAccount_debitNotAuthorized", false),
    account("sepa_debit", "AT611904300234573201", "pm_success_at", true),
    account("sepa_debit", "AT861904300235473202", "pm_failed_at", false),
    // The one that Stripe's command line uses.
    account("sepa_debit", "IT60X0542811101000000123456", "pm_failed_it", false),
];

/// The card or account with this number, spaces aside.
pub(crate) fn by_number(number: &str) -> Option<&'static Card> {
    let kept: String = number.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    CARDS.iter().chain(ACCOUNTS).find(|card| card.number == kept)
}

/// The card or account of a token: `pm_card_visa`, or `tok_visa` as older ones are called.
pub(crate) fn by_token(token: &str) -> Option<&'static Card> {
    let token = match token.strip_prefix("tok_") {
        Some(name) => format!("pm_card_{name}"),
        None => token.to_owned(),
    };
    // The short name of the documentation's first decline.
    let token = if token == "pm_card_chargeDeclined" { "pm_card_visa_chargeDeclined" } else { &token };
    CARDS.iter().chain(ACCOUNTS).find(|card| card.token == token)
}
