//! The inverse modulo p by divisions of the greatest common divisor, 62 steps at a time, in variable time: a third of the cost
//! of raising to p - 2.
//!
//! The algorithm is that of Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019), in the
//! half-delta variant and with the limbs of Pieter Wuille's implementation (`modinv64` of libsecp256k1, MIT). Numbers are five limbs of 62
//! bits, the top one signed; every other one is below 2^62 and not negative between the rounds. It is not constant-time, as nothing of
//! the search is: see `field`.

/// A full limb.
const M62: u64 = u64::MAX >> 2;

/// The limbs of p = 2^255 - 19: the lowest is negative, those in the middle are zero.
const P0: i64 = -19;
const P4: i64 = 1 << 7;
/// The inverse of p modulo 2^62.
const P_INVERSE: u64 = 0x3943_5e50_d794_35e5;

/// u, v, q, r: 2^62 times the matrix that 62 steps multiply (f, g) by.
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// The inverse of a number below p, in little-endian words; zero for zero.
pub(super) fn invert(x: &[u64; 4]) -> [u64; 4] {
    let mut d = [0i64; 5];
    let mut e = [1i64, 0, 0, 0, 0];
    let mut f = [P0, 0, 0, 0, P4];
    let mut g = to_limbs(x);
    let mut length = 5;
    let mut eta = -1i64;
    loop {
        let (next, steps) = sixty_two_steps(eta, f[0] as u64, g[0] as u64);
        eta = next;
        update_coefficients(&mut d, &mut e, &steps);
        update_numbers(length, &mut f, &mut g, &steps);
        if g[..length].iter().all(|&limb| limb == 0) {
            break;
        }
        // Shorter by a limb once the top ones are nothing but signs.
        let (top_f, top_g) = (f[length - 1], g[length - 1]);
        if length > 1 && top_f ^ (top_f >> 63) == 0 && top_g ^ (top_g >> 63) == 0 {
            f[length - 2] |= top_f << 62;
            g[length - 2] |= top_g << 62;
            length -= 1;
        }
    }
    // Now f is 1 or -1 (p for x = 0, where d is 0), and d times x is f.
    from_limbs(normalised(d, f[length - 1]))
}

fn to_limbs(x: &[u64; 4]) -> [i64; 5] {
    [
        (x[0] & M62) as i64,
        ((x[0] >> 62 | x[1] << 2) & M62) as i64,
        ((x[1] >> 60 | x[2] << 4) & M62) as i64,
        ((x[2] >> 58 | x[3] << 6) & M62) as i64,
        (x[3] >> 56) as i64,
    ]
}

fn from_limbs(limbs: [i64; 5]) -> [u64; 4] {
    let [a, b, c, d, e] = limbs.map(|limb| limb as u64);
    [a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56]
}

/// Sixty-two steps on the low bits of f and g, several at a time where zeroes allow it.
fn sixty_two_steps(mut eta: i64, f: u64, g: u64) -> (i64, Steps) {
    let (mut f, mut g) = (f, g);
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    let mut left = 62u32;
    loop {
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            break;
        }
        let w;
        if eta < 0 {
            eta = -eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
            // Up to six zeroes at the bottom of g at once.
            let limit = u32::try_from(eta + 1).unwrap_or(u32::MAX).min(left);
            let mask = u64::MAX >> (64 - limit.min(62)) & 63;
            w = f.wrapping_mul(g).wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)) & mask;
        } else {
            // Up to four.
            let limit = u32::try_from(eta + 1).unwrap_or(u32::MAX).min(left);
            let mask = u64::MAX >> (64 - limit.min(62)) & 15;
            let f_inverse = f.wrapping_add((f.wrapping_add(1) & 4) << 1);
            w = f_inverse.wrapping_neg().wrapping_mul(g) & mask;
        }
        g = g.wrapping_add(f.wrapping_mul(w));
        q = q.wrapping_add(u.wrapping_mul(w));
        r = r.wrapping_add(v.wrapping_mul(w));
    }
    (eta, Steps { u: u as i64, v: v as i64, q: q as i64, r: r as i64 })
}

fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// (d, e) times the matrix, over 2^62 modulo p; both stay between -2p and p.
fn update_coefficients(d: &mut [i64; 5], e: &mut [i64; 5], steps: &Steps) {
    let Steps { u, v, q, r } = *steps;
    let (sign_d, sign_e) = (d[4] >> 63, e[4] >> 63);
    // Multiples of p that make the low limbs zero.
    let mut times_d = (u & sign_d) + (v & sign_e);
    let mut times_e = (q & sign_d) + (r & sign_e);
    let mut carry_d = wide(u, d[0]) + wide(v, e[0]);
    let mut carry_e = wide(q, d[0]) + wide(r, e[0]);
    times_d -= (P_INVERSE.wrapping_mul(carry_d as u64).wrapping_add(times_d as u64) & M62) as i64;
    times_e -= (P_INVERSE.wrapping_mul(carry_e as u64).wrapping_add(times_e as u64) & M62) as i64;
    carry_d = (carry_d + wide(P0, times_d)) >> 62;
    carry_e = (carry_e + wide(P0, times_e)) >> 62;
    for i in 1..5 {
        let (old_d, old_e) = (d[i], e[i]);
        carry_d += wide(u, old_d) + wide(v, old_e);
        carry_e += wide(q, old_d) + wide(r, old_e);
        if i == 4 {
            carry_d += wide(P4, times_d);
            carry_e += wide(P4, times_e);
        }
        d[i - 1] = (carry_d as u64 & M62) as i64;
        e[i - 1] = (carry_e as u64 & M62) as i64;
        carry_d >>= 62;
        carry_e >>= 62;
    }
    d[4] = carry_d as i64;
    e[4] = carry_e as i64;
}

/// (f, g) times the matrix, over 2^62, which divides it.
fn update_numbers(length: usize, f: &mut [i64; 5], g: &mut [i64; 5], steps: &Steps) {
    let Steps { u, v, q, r } = *steps;
    let mut carry_f = (wide(u, f[0]) + wide(v, g[0])) >> 62;
    let mut carry_g = (wide(q, f[0]) + wide(r, g[0])) >> 62;
    for i in 1..length {
        let (old_f, old_g) = (f[i], g[i]);
        carry_f += wide(u, old_f) + wide(v, old_g);
        carry_g += wide(q, old_f) + wide(r, old_g);
        f[i - 1] = (carry_f as u64 & M62) as i64;
        g[i - 1] = (carry_g as u64 & M62) as i64;
        carry_f >>= 62;
        carry_g >>= 62;
    }
    f[length - 1] = carry_f as i64;
    g[length - 1] = carry_g as i64;
}

/// A number between -2p and p, negated if `sign` is negative, brought between 0 and p.
fn normalised(mut r: [i64; 5], sign: i64) -> [i64; 5] {
    add_p_if_negative(&mut r);
    let negate = sign >> 63;
    for limb in &mut r {
        *limb = (*limb ^ negate) - negate;
    }
    carry(&mut r);
    add_p_if_negative(&mut r);
    carry(&mut r);
    r
}

fn add_p_if_negative(r: &mut [i64; 5]) {
    let mask = r[4] >> 63;
    r[0] += P0 & mask;
    r[4] += P4 & mask;
}

fn carry(r: &mut [i64; 5]) {
    for i in 0..4 {
        r[i + 1] += r[i] >> 62;
        r[i] = (r[i] as u64 & M62) as i64;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::field::FieldElement;
    use super::*;

    #[test]
    fn the_constant_is_the_inverse_of_p() {
        assert_eq!((P0 as u64).wrapping_mul(P_INVERSE) & M62, 1);
    }

    #[test]
    fn extremes_have_their_inverses() {
        let p = [u64::MAX - 18, u64::MAX, u64::MAX, u64::MAX >> 1];
        assert_eq!(invert(&[0; 4]), [0; 4]);
        let less = |n| [p[0] - n, p[1], p[2], p[3]];
        assert_eq!(invert(&less(1)), less(1), "-1 is its own inverse");
        assert_eq!(invert(&[1, 0, 0, 0]), [1, 0, 0, 0]);
        let powers = (0..255).map(|bit| std::array::from_fn(|word| if bit / 64 == word { 1 << (bit % 64) } else { 0 }));
        for x in powers.chain((1..100).map(less)).chain((2..100).map(|n| [n, 0, 0, 0])) {
            is_inverse(&x);
        }
    }

    fn is_inverse(x: &[u64; 4]) {
        let inverse = invert(x);
        let product = FieldElement::from_words(x).mul(&FieldElement::from_words(&inverse));
        assert_eq!(product.to_words(), [1, 0, 0, 0], "{x:x?}");
        assert_eq!(FieldElement::from_words(&inverse).to_words(), inverse, "below p");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn products_with_inverses_are_one(x in any::<[u64; 4]>(), short in 0usize..4) {
            let mut x = x;
            x[3] >>= 1;
            x[short..].iter_mut().skip(1).for_each(|word| *word = 0);
            let x = FieldElement::from_words(&x).to_words();
            prop_assume!(x != [0; 4]);
            is_inverse(&x);
        }
    }
}
