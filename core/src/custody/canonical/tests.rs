//! RFC 8785's own examples, and the rule for numbers.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn text(value: &Value) -> String {
    String::from_utf8(canonical(value).unwrap()).unwrap()
}

/// RFC 8785, appendix B: the bits of a double and what ECMAScript prints.
const APPENDIX_B: &[(u64, &str)] = &[
    (0x0000_0000_0000_0000, "0"),
    (0x8000_0000_0000_0000, "0"),
    (0x0000_0000_0000_0001, "5e-324"),
    (0x8000_0000_0000_0001, "-5e-324"),
    (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
    (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
    (0x4340_0000_0000_0000, "9007199254740992"),
    (0xc340_0000_0000_0000, "-9007199254740992"),
    (0x4430_0000_0000_0000, "295147905179352830000"),
    (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
    (0x44b5_2d02_c7e1_4af6, "1e+23"),
    (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
    (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
    (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
    (0x444b_1ae4_d6e2_ef50, "1e+21"),
    (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
    (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
    (0x41b3_de43_5555_5553, "333333333.3333332"),
    (0x41b3_de43_5555_5554, "333333333.33333325"),
    (0x41b3_de43_5555_5555, "333333333.3333333"),
    (0x41b3_de43_5555_5556, "333333333.3333334"),
    (0x41b3_de43_5555_5557, "333333333.33333343"),
    (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
];

#[test]
fn doubles_print_as_in_ecmascript() {
    for (bits, expected) in APPENDIX_B {
        assert_eq!(ecmascript(f64::from_bits(*bits)), *expected, "{bits:#018x}");
    }
}

#[test]
fn strings_and_literals_of_section_3_2_2() {
    let value: Value = serde_json::from_str(
        r#"{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
    )
    .unwrap();
    assert_eq!(text(&value), r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#);
}

#[test]
fn names_sort_by_utf16_as_in_section_3_2_3() {
    let value = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"
    });
    let written = text(&value);
    let places: Vec<usize> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
        .iter()
        .map(|word| written.find(word).unwrap())
        .collect();
    assert!(places.is_sorted(), "{written}");
}

#[test]
fn numbers_that_are_not_integers_become_strings() {
    assert_eq!(text(&json!([1, -1, 0, -0.0])), "[1,-1,0,0]");
    assert_eq!(text(&json!({"oneIn": 61_670_620_262.34})), r#"{"oneIn":"61670620262.34"}"#);
    assert_eq!(
        text(&json!([1024.0, 0.5, 1e21, 9_007_199_254_740_991.0, 9_007_199_254_740_992.0])),
        r#"[1024,"0.5","1e+21",9007199254740991,"9007199254740992"]"#
    );
}

#[test]
fn integers_out_of_range_are_refused_by_name() {
    for value in [json!(9_007_199_254_740_992u64), json!(u64::MAX), json!(i64::MIN)] {
        assert!(matches!(canonical(&value), Err(CanonicalError::UnsafeInteger(_))));
    }
}

#[test]
fn the_context_and_a_zero_byte_come_first() {
    assert_eq!(signed_bytes("ctx", &json!({"b": 1, "a": 2})).unwrap(), b"ctx\0{\"a\":2,\"b\":1}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_form_reads_back_and_is_its_own_canonical_form(value in any_json()) {
        let bytes = canonical(&value).unwrap();
        let again: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(canonical(&again).unwrap(), bytes);
    }

    #[test]
    fn doubles_read_back_to_the_same_bits(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite() && number != 0.0);
        prop_assert_eq!(ecmascript(number).parse::<f64>().unwrap().to_bits(), bits);
    }
}
