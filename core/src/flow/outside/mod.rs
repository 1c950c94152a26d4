//! What has an effect outside of this service: claim, act, settle. The claim commits before anything leaves, the act
//! has no transaction, what came of it is written in a transaction of its own and only if the claim still holds. A
//! process may die between any two of these; then somebody else takes over under the same id, by which the outside
//! knows a repeat. So outside effects happen at least once, ours once.
//!
//! [`tasks`] does it for what is owed by the outbox, [`requests`] for what a client waits for under an
//! `Idempotency-Key`, [`rows`] for what a row of its own asks for. These are the only places that make an [`Acting`](crate::clients::acting::Acting), which the
//! clients ask for.

pub mod requests;
pub(crate) mod rows;
pub mod tasks;

#[cfg(test)]
mod tests {
    use lettre::Message;
    use uuid::Uuid;
    use vanikeys_testkit::Scratch;

    use crate::{
        clients::{acting::Acting, mailer::Mailer},
        store::{StoreError, testing::both, transact},
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn no_client_acts_while_this_task_holds_a_transaction() {
        for fixture in both().await {
            let db = fixture.db.clone();
            let inside = tokio::spawn(async move {
                let scratch = Scratch::new("outside");
                let mailer = Mailer::files(scratch.path().to_owned());
                let builder = Message::builder().from("a@example.org".parse().unwrap());
                let message = builder.to("b@example.org".parse().unwrap()).body(String::from("x")).unwrap();
                let acting = Acting::new(Uuid::nil());
                mailer.send(&acting, message.clone()).await.unwrap();
                transact!(db, _tx => {
                    mailer.send(&acting, message.clone()).await.unwrap();
                    Ok::<_, StoreError>(())
                })
            });
            let panic = inside.await.unwrap_err().into_panic();
            let said = panic.downcast_ref::<&str>().copied().unwrap_or_default();
            assert!(said.contains("inside a transaction"), "{said}");
        }
    }
}
