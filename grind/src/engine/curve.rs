//! Points of Curve25519 in the coordinates that the engine adds in: affine, short Weierstrass.
//!
//! With u, v of the Montgomery form v^2 = u^3 + A u^2 + u (RFC 7748, section 4.1), a point is (u + A/3, v): then
//! λ = (y2 - y1) / (x2 - x1), x3 = λ^2 - x1 - x2, y3 = λ (x2 - x3) - y2, which with a shared inversion costs 5 multiplications
//! and a square, where the mixed addition in extended Edwards coordinates costs 7 multiplications.

use curve25519_dalek::edwards::EdwardsPoint;

use super::field::FieldElement;

/// A third of A = 486662.
pub(crate) const A_THIRD: FieldElement = FieldElement([
    750_599_938_057_297,
    1_501_199_875_790_165,
    750_599_937_895_082,
    1_501_199_875_790_165,
    750_599_937_895_082,
]);
/// A square root of -(A + 2): v = SCALE * u / x for x of the Edwards form.
const SCALE: FieldElement = FieldElement([
    1_693_982_333_959_686,
    608_509_411_481_997,
    2_235_573_344_831_311,
    947_681_270_984_193,
    266_558_006_233_600,
]);
/// d = -121665/121666 of the Edwards form -x^2 + y^2 = 1 + d x^2 y^2.
pub(crate) const EDWARDS_D: FieldElement = FieldElement([
    929_955_233_495_203,
    466_365_720_129_213,
    1_662_059_464_998_953,
    2_033_849_074_728_123,
    1_442_794_654_840_575,
]);

/// A point other than the neutral one, in the coordinates of the module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine {
    pub(crate) x: FieldElement,
    pub(crate) y: FieldElement,
}

/// The Edwards coordinates behind 32 bytes; `None` if they are no point. Bits are read as RFC 8032 says, but numbers from p
/// up are accepted.
pub(crate) fn edwards_coordinates(bytes: &[u8; 32]) -> Option<(FieldElement, FieldElement)> {
    let y = FieldElement::from_bytes(bytes);
    let yy = y.square();
    let num = yy.sub(&FieldElement::ONE);
    let den = yy.mul(&EDWARDS_D).add(&FieldElement::ONE);
    let x = FieldElement::sqrt_ratio(&num, &den)?;
    let odd = bytes[31] >> 7 == 1;
    Some((if odd { x.neg() } else { x }, y))
}

impl Affine {
    /// The same point as the library's, which must not be of order 1 or 2.
    pub(crate) fn new(point: &EdwardsPoint) -> Self {
        let bytes = point.compress().to_bytes();
        // A point that was just encoded decodes; the fallback is never taken.
        let (x, y) = edwards_coordinates(&bytes).unwrap_or((FieldElement::ONE, FieldElement::ZERO));
        let one = FieldElement::ONE;
        let (above, below) = (one.add(&y), one.sub(&y));
        // u = above / below, v = SCALE * above / (below * x), with one inversion.
        let inverse = below.mul(&x).invert();
        let u = above.mul(&x).mul(&inverse);
        Self { x: u.add(&A_THIRD), y: SCALE.mul(&above).mul(&inverse) }
    }

    /// y of the Edwards form.
    #[cfg(test)]
    pub(crate) fn edwards_y(&self) -> FieldElement {
        let u = self.x.sub(&A_THIRD);
        u.sub(&FieldElement::ONE).mul(&u.add(&FieldElement::ONE).invert())
    }
}

/// Appends `points[i] + step` for every point there is; none may have the x of `step`.
pub(crate) fn extend_by(points: &mut Vec<Affine>, step: &Affine) {
    let count = points.len();
    let mut product = FieldElement::ONE;
    let mut prefixes = Vec::with_capacity(count);
    for p in points.iter() {
        prefixes.push(product);
        product = product.mul(&p.x.sub(&step.x));
    }
    let mut inverse = product.invert();
    points.resize(2 * count, *step);
    for (i, prefix) in prefixes.iter().enumerate().rev() {
        let p = points[i];
        let difference = p.x.sub(&step.x);
        let slope = p.y.sub(&step.y).mul(&inverse.mul(prefix));
        inverse = inverse.mul(&difference);
        let x = slope.square().sub(&p.x.lazy_add(&step.x));
        points[count + i] = Affine { x, y: slope.mul(&step.x.sub(&x)).sub(&step.y) };
    }
}
