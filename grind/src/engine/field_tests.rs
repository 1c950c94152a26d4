//! Field arithmetic of every backend against big integers, on random and on extreme limbs.

use proptest::prelude::*;

use super::{
    field::{FieldElement, LIMB_MASK, P},
    field_check::check,
};

/// Loose limbs, extremes often among them.
fn limb() -> impl Strategy<Value = u64> {
    let loose = (1u64 << 52) - 1;
    prop_oneof![
        4 => 0..=loose,
        1 => prop::sample::select(vec![0, 1, 18, 19, 20, LIMB_MASK - 19, LIMB_MASK - 18, LIMB_MASK, LIMB_MASK + 1, loose - 1, loose]),
    ]
}

fn element() -> impl Strategy<Value = FieldElement> {
    let extreme =
        vec![[0; 5], [1, 0, 0, 0, 0], P, [P[0] - 1, P[1], P[2], P[3], P[4]], [LIMB_MASK; 5], [(1 << 52) - 1; 5]];
    prop_oneof![
        6 => prop::array::uniform5(limb()).prop_map(FieldElement),
        1 => prop::sample::select(extreme).prop_map(FieldElement),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn operations_agree_with_big_integers(
        a in prop::array::uniform8(element()),
        b in prop::array::uniform8(element()),
        c in prop::array::uniform8(element()),
    ) {
        check(a, b, c);
    }

    #[test]
    fn square_roots(x in element()) {
        let square = x.square();
        if let Some(root) = FieldElement::sqrt_ratio(&square, &FieldElement::ONE) {
            prop_assert!(!root.is_odd() && root.square().equals(&square));
        } else {
            prop_assert!(false, "a square has no root");
        }
        // 2 is no square modulo p.
        let twice = square.add(&square);
        let zero = square.equals(&FieldElement::ZERO);
        prop_assert_eq!(FieldElement::sqrt_ratio(&twice, &FieldElement::ONE).is_some(), zero);
    }
}
