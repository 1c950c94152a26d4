//! The billing portal: Stripe's pages on which a customer sees invoices, changes a card and ends a subscription.

use serde::Serialize;

use super::{
    super::{Change, List, Metadata, Object, Read, Unreadable},
    Enabled,
};

const CONFIGURATIONS: &str = "/v1/billing_portal/configurations";

/// What customers may do in the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalConfiguration {
    /// Its id.
    pub id: String,
    /// Whether it can be used.
    pub active: bool,
    /// Whether it is the account's own.
    pub is_default: bool,
    /// Whether subscriptions can be ended there.
    pub cancels: bool,
    /// When they then end: `at_period_end` or `immediately`.
    pub cancel_mode: Option<String>,
    /// Whether they can be changed there.
    pub changes: bool,
    /// Whether invoices are shown there.
    pub shows_invoices: bool,
    /// Whether cards are changed there.
    pub changes_cards: bool,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Read for PortalConfiguration {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        let on = |feature: &str| object.flag(&format!("features.{feature}.enabled")) == Some(true);
        Ok(Self {
            id: object.id()?,
            active: object.flag("active") == Some(true),
            is_default: object.flag("is_default") == Some(true),
            cancels: on("subscription_cancel"),
            cancel_mode: object.text("features.subscription_cancel.mode"),
            changes: on("subscription_update"),
            shows_invoices: on("invoice_history"),
            changes_cards: on("payment_method_update"),
            metadata: object.metadata("metadata"),
        })
    }
}

/// Makes a configuration.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CreatePortalConfiguration {
    /// What customers may do.
    pub features: PortalFeatures,
    /// Where they go back to.
    pub default_return_url: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

/// What customers may do in the portal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PortalFeatures {
    /// See their invoices.
    pub invoice_history: Option<Enabled>,
    /// Change what they pay with.
    pub payment_method_update: Option<Enabled>,
    /// End a subscription.
    pub subscription_cancel: Option<CancelFeature>,
    /// Change a subscription.
    pub subscription_update: Option<Enabled>,
}

/// How customers end a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CancelFeature {
    /// Whether they can.
    pub enabled: bool,
    /// When it then ends.
    pub mode: CancelMode,
}

/// When a subscription ends that is ended in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelMode {
    /// With the period that is paid.
    AtPeriodEnd,
    /// At once.
    Immediately,
}

impl Change for CreatePortalConfiguration {
    type Answer = PortalConfiguration;

    fn path(&self) -> String {
        CONFIGURATIONS.to_owned()
    }
}

/// Changes a configuration. What is not named stays.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UpdatePortalConfiguration {
    /// Its id.
    #[serde(skip)]
    pub id: String,
    /// Whether it can be used.
    pub active: Option<bool>,
    /// What customers may do.
    pub features: Option<PortalFeatures>,
    /// Where they go back to.
    pub default_return_url: Option<String>,
}

impl Change for UpdatePortalConfiguration {
    type Answer = PortalConfiguration;

    fn path(&self) -> String {
        format!("{CONFIGURATIONS}/{}", self.id)
    }
}

/// Reads configurations.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ListPortalConfigurations {
    /// Only those that can be used, or can't.
    pub active: Option<bool>,
}

impl List for ListPortalConfigurations {
    type Item = PortalConfiguration;
    const PATH: &'static str = CONFIGURATIONS;
}

/// Lets a customer in.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePortalSession {
    /// Whom.
    pub customer: String,
    /// What they may do; the account's own configuration without it.
    pub configuration: Option<String>,
    /// Where they go back to.
    pub return_url: Option<String>,
}

/// The way into the portal, for a short time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalSession {
    /// Its id.
    pub id: String,
    /// The page.
    pub url: String,
    /// Whose it is.
    pub customer: Option<String>,
}

impl Read for PortalSession {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { id: object.id()?, url: object.need("url", Object::text)?, customer: object.reference("customer") })
    }
}

impl Change for CreatePortalSession {
    type Answer = PortalSession;

    fn path(&self) -> String {
        "/v1/billing_portal/sessions".to_owned()
    }
}
