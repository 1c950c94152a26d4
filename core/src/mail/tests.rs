use lettre::Message;
use uuid::Uuid;

use super::*;
use crate::{domain::time::Timestamp, secret::Secret};

fn frame(username: &str) -> Frame {
    Frame {
        origin: String::from("https://keys.example.org"),
        username: line(username),
        unsubscribe: Some(String::from("https://keys.example.org/unsubscribe?token=t&x=y")),
    }
}

fn envelope(letter: Letter, unsubscribe: Option<&str>) -> Message {
    let envelope = Envelope {
        task: Uuid::from_u128(7),
        from: "VaniKeys <keys@example.org>",
        to: "ann@example.org",
        at: Timestamp::parse("2026-11-21T12:00:00Z").unwrap(),
        unsubscribe,
    };
    envelope.enclose(letter).unwrap()
}

#[test]
fn links_stand_in_both_parts_as_they_are() {
    let url = "https://keys.example.org/confirm?token=abc_-123";
    let secret = || Secret::new(url);
    let letters: [&dyn Write; 3] = [
        &confirm_address::ConfirmAddress { url: secret() },
        &change_address::ChangeAddress { url: secret() },
        &reset_password::ResetPassword { url: secret() },
    ];
    for letter in letters {
        let written = letter.write(&Frame { unsubscribe: None, ..frame("ann") }).unwrap();
        assert!(written.text.contains(&format!("\n{url}\n")), "{}", written.text);
        assert!(written.html.contains(&format!("href=\"{url}\"")), "{}", written.html);
        assert!(written.text.starts_with("Hello ann,\n\n") && !written.text.contains("Unsubscribe"));
        assert!(!format!("{written:?}").contains("abc_"));
    }
}

#[test]
fn what_users_write_stays_text_on_one_line() {
    let letter = key_found::KeyFound {
        pattern: line("<b>x</b>\r\nBcc: all@example.org\u{2028}y"),
        text: String::from("did:key:z6Mk<i>"),
        url: String::from("https://keys.example.org/app/jobs/1"),
    };
    let written = letter.write(&frame("<script>alert(1)</script>\r\n\r\nPay here\u{202e}")).unwrap();
    assert_eq!(written.subject, "Your key was found: <b>x</b> Bcc: all@example.org y");
    assert!(!written.html.contains("<script>") && !written.html.contains("<b>x") && !written.html.contains("<i>"));
    assert!(written.html.contains("&#60;script&#62;"), "{}", written.html);
    assert!(written.text.starts_with("Hello <script>alert(1)</script> Pay here,\n"), "{}", written.text);
    assert!(written.text.contains("token=t&x=y"), "text is not escaped");
}

#[test]
fn no_header_can_be_added_from_inside() {
    let letter = Letter {
        subject: String::from("a\r\nBcc: all@example.org\r\n\r\nbody"),
        text: String::from("text"),
        html: String::from("<p>html</p>"),
    };
    let raw = String::from_utf8(envelope(letter, None).formatted()).unwrap();
    let head = raw.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    assert!(!head.contains("List-Unsubscribe"));
    for to in ["ann@example.org\r\nBcc: x@example.org", "ann", ""] {
        let letter = Letter { subject: String::new(), text: String::new(), html: String::new() };
        let broken =
            Envelope { task: Uuid::nil(), from: "a@example.org", to, at: Timestamp::from_micros(0), unsubscribe: None };
        assert!(matches!(broken.enclose(letter), Err(EnvelopeError::Address("recipient"))), "{to:?}");
    }
}

#[test]
fn headers_name_the_letter_and_the_way_out_of_it() {
    let letter = || Letter { subject: String::from("Grüße"), text: String::from("t"), html: String::from("<p>h") };
    let out = "https://keys.example.org/unsubscribe?token=aaaa.key-found.bbbb";
    let raw = String::from_utf8(envelope(letter(), Some(out)).formatted()).unwrap();
    for header in [
        "Message-ID: <00000000-0000-0000-0000-000000000007@example.org>",
        "Date: Sat, 21 Nov 2026 12:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <https://keys.example.org/unsubscribe?token=aaaa.key-found.bbbb>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Content-Type: multipart/alternative",
        "To: ann@example.org",
    ] {
        assert!(raw.lines().any(|line| line.starts_with(header)), "{header} is missing in\n{raw}");
    }
}

#[test]
fn amounts_are_counted_right() {
    let letter = |released| job_failed::JobFailed {
        pattern: String::from("gacha"),
        reason: String::from("no searcher came"),
        released,
        url: String::from("https://keys.example.org/app/jobs/1"),
    };
    assert!(letter(1).write(&frame("ann")).unwrap().text.contains("1 VaniToken went"));
    assert!(letter(2).write(&frame("ann")).unwrap().text.contains("2 VaniTokens went"));
    let won = pull_won::PullWon {
        text: String::from("did:key:z6Mkx"),
        one_in: String::from("1234.5"),
        url: String::from("https://keys.example.org/app/history"),
    };
    assert!(won.write(&frame("ann")).unwrap().html.contains("did:key:z6Mkx"));
}
