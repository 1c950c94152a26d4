//! What the audit records.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

macro_rules! actions {
    ($($(#[$about:meta])* $action:ident = $word:tt,)*) => {
        /// What an audit entry says was done.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames,
        )]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditAction))]
        pub enum Action {
            $($(#[$about])* #[serde(rename = $word)] #[strum(serialize = $word)] $action,)*
        }
    };
}

actions! {
    /// Signed up.
    AccountRegister = "account.register",
    /// Signed in.
    AccountLogin = "account.login",
    /// Confirmed the e-mail address.
    AccountEmailConfirm = "account.email.confirm",
    /// Asked for another e-mail address.
    AccountEmailAsk = "account.email.ask",
    /// Changed the e-mail address.
    AccountEmailChange = "account.email.change",
    /// Changed the password.
    AccountPasswordChange = "account.password.change",
    /// Asked for a link to set another password.
    AccountPasswordForgot = "account.password.forgot",
    /// Set another password by such a link.
    AccountPasswordReset = "account.password.reset",
    /// Deleted the account.
    AccountDelete = "account.delete",
    /// Made a new account that is an admin's.
    AdminCreate = "admin.create",
    /// Made an admin of a user.
    AdminPromote = "admin.promote",
    /// Made an API key of the admin API.
    AdminKeyCreate = "admin_key.create",
    /// Revoked one.
    AdminKeyRevoke = "admin_key.revoke",
    /// Cleared the flag of a signup.
    SignupClear = "signup.clear",
    /// Turned a switch.
    SwitchSet = "switch.set",
    /// Granted tokens.
    TokensGrant = "tokens.grant",
    /// Took a grant back.
    TokensTakeBack = "tokens.take_back",
    /// Took tokens back after a refund or a dispute.
    TokensClawBack = "tokens.claw_back",
    /// Gave back what such an event had taken.
    TokensGiveBack = "tokens.give_back",
    /// Granted points.
    PointsGrant = "points.grant",
    /// Changed what a kind of points gives.
    PointsKind = "points.kind",
    /// Erased the key of a pull.
    PullShred = "pull.shred",
    /// Ordered a job.
    JobCreate = "job.create",
    /// Cancelled a job.
    JobCancel = "job.cancel",
    /// Erased the key of a job.
    JobShred = "job.shred",
    /// Tried a heist.
    HeistAttempt = "heist.attempt",
    /// Bought a shield.
    ShieldBuy = "shield.buy",
    /// Enrolled a searcher.
    SearcherEnrol = "searcher.enrol",
    /// Suspended a searcher.
    SearcherSuspend = "searcher.suspend",
    /// Let a suspended searcher work again.
    SearcherResume = "searcher.resume",
    /// Dropped a searcher's report that does not verify.
    SearcherBadReport = "searcher.bad_report",
    /// Paused a queue.
    QueuePause = "queue.pause",
    /// Let a paused queue go on.
    QueueResume = "queue.resume",
    /// Ran a dead task again.
    TaskRunAgain = "task.run-again",
    /// Ran all dead tasks that match again.
    TaskRunAllAgain = "task.run-all-again",
    /// Asked Stripe for a refund.
    BillingRefund = "billing.refund",
    /// Credited a payment by hand.
    BillingCredit = "billing.credit",
    /// Reconcile repaired what differed from Stripe.
    BillingRepair = "billing.repair",
    /// Had an event of Stripe's handled again.
    BillingEventAgain = "billing.event.run-again",
    /// Held tokens back because the card's issuer warned of fraud.
    BillingFreeze = "billing.freeze",
    /// Let such tokens go.
    BillingUnfreeze = "billing.unfreeze",
    /// Had a subscription end with its period.
    SubscriptionCancel = "subscription.cancel",
    /// Took that back.
    SubscriptionResume = "subscription.resume",
    /// A renewal was not paid.
    SubscriptionGrace = "subscription.grace",
    /// What was paid for a subscription went back, so it ends.
    SubscriptionRevoke = "subscription.revoke",
    /// A second one was paid beside one that was live, so it ends.
    SubscriptionSurplus = "subscription.surplus",
}

impl Action {
    /// The word under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
