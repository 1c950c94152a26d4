//! The fixed table of scalar mode: what the multiples of 8B contribute to the points a few steps to either side of a centre.
//!
//! For a centre P = (x1, y1) and Q = (x2, y2) in Edwards coordinates, y(P ± Q) = y1 β (γ ± c) / (e - κ), where e = 1 / x2^2, β = 1 / x2 and
//! γ = y2 (1 - d x2^2) / x2 belong to Q, κ = d y1^2 and c = x1 (1 + d y1^2) / y1 to P. As d is no square, e - κ is never zero.

use std::sync::OnceLock;

use curve25519_dalek::{EdwardsPoint, Scalar};

use super::{
    curve::{EDWARDS_D, edwards_coordinates},
    field::FieldElement,
};

/// Most steps to a side.
pub(crate) const MAX_REACH: usize = 2048;

/// What i + 1 steps contribute, limbs below 2^51.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) e: [u64; 5],
    pub(crate) beta: [u64; 5],
    pub(crate) gamma: [u64; 5],
}

/// All steps, built once: 250 KB.
pub(crate) fn steps() -> &'static [Step] {
    static STEPS: OnceLock<Vec<Step>> = OnceLock::new();
    STEPS.get_or_init(|| {
        let one = EdwardsPoint::mul_base(&Scalar::from(8u8));
        let points = std::iter::successors(Some(one), |point| Some(point + one)).take(MAX_REACH);
        let encoded = EdwardsPoint::compress_batch_alloc(&points.collect::<Vec<_>>());
        encoded.iter().filter_map(|point| edwards_coordinates(point.as_bytes())).map(Step::new).collect()
    })
}

impl Step {
    fn new((x, y): (FieldElement, FieldElement)) -> Self {
        let beta = x.invert();
        let factor = FieldElement::ONE.sub(&EDWARDS_D.mul(&x.square()));
        let gamma = y.mul(&factor).mul(&beta);
        Self { e: beta.square().canonical(), beta: beta.canonical(), gamma: gamma.canonical() }
    }
}
