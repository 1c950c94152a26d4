//! The fixed table of scalar mode: what the multiples of 8B contribute to the points a few steps to either side of a centre.
//!
//! For a centre P = (x1, y1) and Q = (x2, y2) in Edwards coordinates, y(P ± Q) = y1 β (γ ± c) / (e - κ), where e = 1 / x2^2, β = 1 / x2 and
//! γ = y2 (1 - d x2^2) / x2 belong to Q, κ = d y1^2 and c = x1 (1 + d y1^2) / y1 to P. As d is no square, e - κ is never zero.

use std::sync::OnceLock;

use curve25519_dalek::{EdwardsPoint, Scalar};

use super::{
    curve::{EDWARDS_D, edwards_coordinates},
    field::FieldElement,
    form::Form,
    lanes::Lanes,
};

/// Most steps to a side.
pub(crate) const MAX_REACH: usize = 2048;

/// What i + 1 steps contribute: field elements, or the limbs that a backend has for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<E> {
    pub(crate) e: E,
    pub(crate) beta: E,
    pub(crate) gamma: E,
}

/// All steps.
pub(crate) fn step_elements() -> Vec<Step<FieldElement>> {
    let one = EdwardsPoint::mul_base(&Scalar::from(8u8));
    let points = std::iter::successors(Some(one), |point| Some(point + one)).take(MAX_REACH);
    let encoded = EdwardsPoint::compress_batch_alloc(&points.collect::<Vec<_>>());
    encoded.iter().filter_map(|point| edwards_coordinates(point.as_bytes())).map(Step::new).collect()
}

/// All steps in the limbs of a backend, built once for each form: 250 KB.
pub(crate) fn steps<L: Lanes>() -> &'static [Step<[u64; 5]>] {
    static STEPS: [OnceLock<Vec<Step<[u64; 5]>>>; Form::COUNT] = [const { OnceLock::new() }; Form::COUNT];
    STEPS[L::FORM as usize].get_or_init(|| {
        let limbs = |step: Step<FieldElement>| Step {
            e: L::limbs(&step.e),
            beta: L::limbs(&step.beta),
            gamma: L::limbs(&step.gamma),
        };
        step_elements().into_iter().map(limbs).collect()
    })
}

impl Step<FieldElement> {
    fn new((x, y): (FieldElement, FieldElement)) -> Self {
        let beta = x.invert();
        let factor = FieldElement::ONE.sub(&EDWARDS_D.mul(&x.square()));
        Self { e: beta.square(), beta, gamma: y.mul(&factor).mul(&beta) }
    }
}
