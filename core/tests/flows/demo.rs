//! The demo world is made once, from patterns and orders that are all accepted.

use vanikeys_core::flow::demo;

use crate::world::over_both;

over_both! {
    async fn it_is_lively_and_made_once(world, |config| config.free_pulls_per_day = 3) {
        let account = demo::seed(&world.app).await.unwrap();
        assert!(account.email.ends_with("@demo.invalid"));
        let (users, jobs) = (world.number("SELECT COUNT(*) FROM users").await, world.number("SELECT COUNT(*) FROM jobs").await);
        assert_eq!((users, jobs), (3, 5));
        assert_eq!(world.number("SELECT COUNT(*) FROM users WHERE username NOT LIKE 'demo-%'").await, 0);
        demo::seed(&world.app).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, users);
        world.ledger_holds().await;
    }
}
