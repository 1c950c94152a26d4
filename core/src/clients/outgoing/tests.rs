use vanikeys_testkit::http;

use super::*;

fn acting() -> Acting {
    Acting::new(uuid::Uuid::nil())
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn special_addresses_are_not_public_and_their_neighbours_are() {
    for private in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2400::1",
        "2606:4700:4700::1111",
        "2a00::1",
        "3ffe::1",
        "3fff:1000::1",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn every_spelling_of_a_private_address_is_refused() {
    let outgoing = Outgoing::new(&[], &Trust::default()).unwrap();
    for text in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fd00::1]:8443/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
    ] {
        assert!(matches!(outgoing.admits(&url(text)), Err(Blocked::Private(_))), "{text}");
    }
    for text in ["http://8.8.8.8/", "http://example.org/"] {
        assert!(matches!(outgoing.admits(&url(text)), Err(Blocked::Plain(_))), "{text}");
    }
    for text in ["https://example.org/hook?a=b", "https://8.8.8.8:8443/", "https://[2606:4700:4700::1111]/"] {
        assert_eq!(outgoing.admits(&url(text)), Ok(()), "{text}");
    }
}

#[test]
fn a_network_that_is_allowed_is_reached_without_tls_and_opens_no_other() {
    let outgoing = Outgoing::new(&["10.1.0.0/16".parse().unwrap()], &Trust::default()).unwrap();
    for fine in ["http://10.1.2.3/", "https://10.1.2.3/", "http://[::ffff:10.1.2.3]/", "https://8.8.8.8/"] {
        assert_eq!(outgoing.admits(&url(fine)), Ok(()), "{fine}");
    }
    assert!(matches!(outgoing.admits(&url("http://10.2.0.1/")), Err(Blocked::Private(_))));
    assert!(matches!(outgoing.admits(&url("http://8.8.8.8/")), Err(Blocked::Plain(_))));
}

#[tokio::test]
async fn nothing_is_sent_to_a_private_address_by_number_or_by_name() {
    let sink = http::Sink::start().await;
    let outgoing = Outgoing::new(&[], &Trust::default()).unwrap();
    let port = url(&sink.url()).port().unwrap();
    for scheme in ["http", "https"] {
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let to = url(&format!("{scheme}://{host}:{port}/hook"));
            let error = outgoing.post(&acting(), &to, HeaderMap::new(), String::new()).await.unwrap_err();
            assert!(matches!(error, SendError::Blocked(Blocked::Private(_))), "{to}: {error:?}");
        }
    }
    assert!(sink.requests().is_empty());
}

#[tokio::test]
async fn an_allowed_network_gets_the_request_and_the_answer_is_read() {
    let sink = http::Sink::start().await;
    let outgoing = Outgoing::new(&["127.0.0.0/8".parse().unwrap()], &Trust::default()).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let to = url(&sink.url().replace("127.0.0.1", host));
        let answer =
            outgoing.post(&acting(), &to.join("/hook").unwrap(), HeaderMap::new(), String::from("{}")).await.unwrap();
        assert_eq!(answer, Answer { status: 200, retry_after: None });
    }
    let requests = sink.requests();
    assert_eq!((requests.len(), requests[0].path.as_str()), (2, "/hook"));
    assert!(requests[0].header("user-agent").starts_with("VaniKeys/"));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let sink = http::Sink::start().await;
    sink.answer(500, &"x".repeat(4 << 20));
    let outgoing = Outgoing::new(&["127.0.0.0/8".parse().unwrap()], &Trust::default()).unwrap();
    let answer = outgoing.post(&acting(), &url(&sink.url()), HeaderMap::new(), String::new()).await.unwrap();
    assert_eq!(answer.status, 500);
}

#[tokio::test]
async fn a_closed_port_is_told_without_the_address() {
    let outgoing = Outgoing::new(&["127.0.0.0/8".parse().unwrap()], &Trust::default()).unwrap();
    let to = url("http://127.0.0.1:1/hook?token=hush");
    let error = outgoing.post(&acting(), &to, HeaderMap::new(), String::new()).await.unwrap_err();
    assert!(matches!(error, SendError::Failed(_)) && error.to_string().starts_with("could not connect"), "{error}");
    assert!(!error.to_string().contains("hush"));
}
