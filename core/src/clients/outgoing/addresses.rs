//! Which addresses are on the public internet, after IANA's special-purpose registries (RFC 6890 and its updates).
//! `IpAddr::is_global` of the standard library is not stable.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not public, as address and prefix length.
const RESERVED: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // carriers' own
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, and clouds' metadata
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved
    ([255, 255, 255, 255], 32),
];

/// True for an address that anybody on the internet reaches.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let bits = ip.to_bits();
    !RESERVED.iter().any(|&(network, length)| {
        let mask = u32::MAX << (32 - length);
        bits & mask == Ipv4Addr::from(network).to_bits()
    })
}

/// Of IPv6 only 2000::/3 is given out, and of that some is not for the public. Addresses that carry one of IPv4 are as
/// good as that one, where a gateway may lead there.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let last = || Ipv4Addr::from_bits((u32::from(segments[6]) << 16) | u32::from(segments[7]));
    match segments {
        // Mapped (::ffff:0:0/96).
        [0, 0, 0, 0, 0, 0xffff, ..] => is_public_v4(last()),
        // NAT64 (64:ff9b::/96): how a host without IPv4 reaches it.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(last()),
        // Protocol assignments (2001::/23), Teredo among them.
        [0x2001, second, ..] if second < 0x200 => false,
        // Documentation, 2001:db8::/32 and 3fff::/20.
        [0x2001, 0xdb8, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // 6to4: it carries an address of IPv4, and nobody needs it any more.
        [0x2002, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
