use proptest::prelude::*;

use super::*;

fn standing(cause: Cause, claim: Claim, taking: Taking) -> Standing {
    Standing { cause, cents: claim.cents(), taking }
}

const fn cents(cents: i64, of: i64) -> Claim {
    Claim::Share { cents, of }
}

#[test]
fn a_share_is_rounded_up_and_never_more_than_all() {
    for (tokens, money, of, expected) in [
        (500, 399, 399, 500),
        (500, 1, 399, 2),
        (500, 200, 399, 251),
        (500, 400, 399, 500),
        (500, 0, 399, 0),
        (100, 1, 1_000, 1),
        (i64::MAX, i64::MAX, i64::MAX, i64::MAX),
        (500, 10, 0, 0),
    ] {
        assert_eq!(share(tokens, money, of), expected, "{tokens} * {money} / {of}");
    }
}

#[test]
fn refunds_add_up_without_rounding_twice() {
    let mut before = Vec::new();
    let mut all = Vec::new();
    for _ in 0..3 {
        let claim = cents(133, 399);
        let taking = Taking::claim(500, Cause::Refund, claim, &before);
        all.push(taking.asked);
        before.push(standing(Cause::Refund, claim, taking));
    }
    assert_eq!(all, [167, 167, 166]);
}

#[test]
fn refund_and_dispute_of_one_purchase_take_it_once() {
    let refund = Taking::claim(500, Cause::Refund, cents(200, 399), &[]).made(251);
    let before = [standing(Cause::Refund, cents(200, 399), refund)];
    let dispute = Taking::claim(500, Cause::Dispute, cents(399, 399), &before);
    assert_eq!((dispute.asked, dispute.covered, dispute.effective()), (500, 251, 249));
}

#[test]
fn a_won_dispute_leaves_a_refund_what_it_kept_it_from() {
    let mut dispute = Taking::claim(500, Cause::Dispute, cents(399, 399), &[]).made(300);
    assert_eq!(dispute.repay(120), 0);
    let before = [standing(Cause::Dispute, cents(399, 399), dispute)];
    let mut refund = Taking::claim(500, Cause::Refund, cents(399, 399), &before).made(0);
    assert_eq!((refund.asked, refund.covered), (500, 500));
    assert!(dispute.hand_over(&mut refund));
    assert_eq!((refund.taken, refund.repaid, refund.open, refund.covered), (300, 120, 80, 0));
    assert_eq!((dispute.undo(), dispute.paid()), (0, 0));
    assert!(!dispute.hand_over(&mut refund));
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Refund(i64),
    Dispute(i64),
    Pay(i64),
    Undo(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let one = prop_oneof![
        3 => (1i64..400).prop_map(Event::Refund),
        2 => (1i64..=400).prop_map(Event::Dispute),
        2 => (1i64..300).prop_map(Event::Pay),
        2 => any::<usize>().prop_map(Event::Undo),
    ];
    proptest::collection::vec(one, 1..30)
}

fn whole(taking: &Taking) -> bool {
    let Taking { asked, covered, taken, repaid, open, forgiven } = *taking;
    asked == covered + taken + repaid + open + forgiven
        && [asked, covered, taken, repaid, open, forgiven].iter().all(|part| *part >= 0)
}

proptest! {
    /// Whatever happens to a purchase: it is taken at most once, every part is accounted for, refunds that stand get
    /// what they claim as far as the purchase has it, and what is undone goes back whole.
    #[test]
    fn no_program_of_events_takes_a_purchase_twice(program in events(), available in 0i64..600) {
        let (tokens, of) = (500, 399);
        let mut takings: Vec<(Cause, Option<i64>, Taking)> = Vec::new();
        let mut undone: Vec<Taking> = Vec::new();
        let (mut user, mut clawback) = (available, 0i64);
        for event in program {
            let before: Vec<Standing> = takings.iter()
                .map(|(cause, cents, taking)| Standing { cause: *cause, cents: *cents, taking: *taking }).collect();
            let refunded: i64 = before.iter().filter(|one| one.cause == Cause::Refund).filter_map(|one| one.cents).sum();
            match event {
                // More than was paid is never refunded.
                Event::Refund(money) if refunded + money > of => {}
                Event::Refund(money) | Event::Dispute(money) => {
                    let cause = if matches!(event, Event::Refund(_)) { Cause::Refund } else { Cause::Dispute };
                    let claim = Taking::claim(tokens, cause, cents(money, of), &before);
                    let taken = claim.effective().min(user);
                    user -= taken;
                    clawback += taken;
                    takings.push((cause, Some(money), claim.made(taken)));
                }
                Event::Pay(amount) => {
                    let left = takings.iter_mut().fold(amount, |left, (_, _, taking)| taking.repay(left));
                    clawback += amount - left;
                    user += left;
                }
                Event::Undo(which) => if !takings.is_empty() {
                    let (_, _, mut gone) = takings.remove(which % takings.len());
                    for (_, _, other) in &mut takings { gone.hand_over(other); }
                    gone.undo();
                    user += gone.paid();
                    clawback -= gone.paid();
                    undone.push(gone);
                },
            }
            let all: i64 = takings.iter().map(|(_, _, taking)| taking.effective()).sum();
            prop_assert!(all <= tokens, "{all} taken of {tokens}");
            prop_assert!(takings.iter().all(|(_, _, taking)| whole(taking)));
            prop_assert!(undone.iter().all(|taking| whole(taking) && taking.open == 0));
            let paid: i64 = takings.iter().map(|(_, _, taking)| taking.paid()).sum();
            prop_assert_eq!(paid, clawback);
            let short = takings.iter().any(|(_, _, taking)| taking.covered > 0);
            prop_assert!(!short || all == tokens, "a claim is short although the purchase has some left");
            let money: i64 = takings.iter().filter(|one| one.0 == Cause::Refund).filter_map(|one| one.1).sum();
            let asked: i64 = takings.iter().filter(|one| one.0 == Cause::Refund).map(|one| one.2.asked).sum();
            let refunds = i64::try_from(takings.len()).unwrap();
            prop_assert!((asked - share(tokens, money, of)).abs() <= refunds);
        }
    }
}
