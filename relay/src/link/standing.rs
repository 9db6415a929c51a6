//! Standing (资格): what a neighbour may do on this link, once TLS has proved its key. Pure; computed once per link, and again when the
//! registry changes.
//!
//! | standing | enrol | renew its leaf | show registry entries | everything else |
//! | --- | --- | --- | --- | --- |
//! | Full | yes | yes | yes | yes |
//! | RenewOnly | yes | yes | no | no |
//! | RegistryOnly | no | no | yes | no |
//! | EnrolOnly | yes | no | no | no |
//! | Refused | no | no | no | no |
//!
//! An office of full standing may enrol once more, because the answer to its first time may have been lost. Dates are judged by the
//! parent's clock alone, and only on leaves that this office has signed.

use crate::{
    ids::{Digest, UnixMillis, Zone},
    link::frame::RefusedReason,
    registry::Registry,
    tls::leaf::Proven,
};

/// What a neighbour may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A direct child or the parent, as registered.
    Full,
    /// A direct child whose leaf has ended, or was not signed here.
    RenewOnly,
    /// Stands where the parent should, with a key that no entry has made the parent's yet.
    RegistryOnly,
    /// A key that belongs to nobody.
    EnrolOnly,
    /// Nothing. The reason is said in place of Hello.
    Refused(RefusedReason),
}

/// What somebody may want to do on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Show an invitation.
    Enrol,
    /// Get a new leaf for a registered key.
    Renew,
    /// Send `net.*` registry records.
    Registry,
    /// Hold a session and send and receive anything.
    Records,
}

impl Standing {
    /// The table above.
    pub fn allows(self, deed: Deed) -> bool {
        match self {
            Self::Full => true,
            Self::RenewOnly => matches!(deed, Deed::Enrol | Deed::Renew),
            Self::RegistryOnly => deed == Deed::Registry,
            Self::EnrolOnly => deed == Deed::Enrol,
            Self::Refused(_) => false,
        }
    }

    /// Why there is no session; `None`: there is one.
    pub fn session_refusal(self) -> Option<RefusedReason> {
        match self {
            Self::Full | Self::RegistryOnly => None,
            Self::RenewOnly => Some(RefusedReason::CertificateEnded),
            Self::EnrolOnly => Some(RefusedReason::UnknownKey),
            Self::Refused(reason) => Some(reason),
        }
    }
}

/// Standing of a neighbour that dialled this office, in `zone`, whose clock says `now`.
pub fn of_caller(registry: &Registry, proven: &Proven, zone: &Zone, now: UnixMillis) -> Standing {
    if proven.zone != *zone {
        return Standing::Refused(RefusedReason::Zone);
    }
    let id = proven.key.id();
    let Some(office) = registry.office_of_key(id) else {
        let superseded = registry.is_old_key(&proven.office, id);
        return if superseded { Standing::Refused(RefusedReason::Superseded) } else { Standing::EnrolOnly };
    };
    if registry.parent(office) != Some(registry.own()) {
        return Standing::Refused(RefusedReason::UnknownKey);
    }
    if proven.office != *office {
        return Standing::Refused(RefusedReason::Malformed);
    }
    // A leaf from the future only says that this clock has gone back since it was signed here; it would help nobody to refuse it.
    let valid = now <= proven.not_after && registry.keys(registry.own()).any(|own| proven.is_signed_by(own));
    if valid { Standing::Full } else { Standing::RenewOnly }
}

/// Standing of whoever answered where this office's parent should. `pin` is the parent's key as this office last knew it; its dates are
/// its own parent's business.
pub fn of_parent(registry: &Registry, proven: &Proven, zone: &Zone, pin: Digest) -> Standing {
    if proven.zone != *zone {
        return Standing::Refused(RefusedReason::Zone);
    }
    let registered = registry.own_parent().and_then(|parent| registry.entry(parent));
    let Some(parent) = registered else {
        return if proven.key.pin() == pin { Standing::Full } else { Standing::RegistryOnly };
    };
    if proven.office != parent.office {
        return Standing::Refused(RefusedReason::UnknownKey);
    }
    if parent.key.as_ref() == Some(&proven.key) {
        return Standing::Full;
    }
    let superseded = registry.is_old_key(&parent.office, proven.key.id());
    if superseded { Standing::Refused(RefusedReason::Superseded) } else { Standing::RegistryOnly }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::OfficeId,
        record::OfficeKey,
        registry::{Entry, OfficeClass},
        tls::leaf::{LeafSubject, make_leaf},
    };

    const NOW: UnixMillis = UnixMillis(1_750_000_000_000);
    const ENDED: UnixMillis = UnixMillis(NOW.0 - 1000);
    const LATER: UnixMillis = UnixMillis(NOW.0 + 1000);

    const ROOT: u8 = 1;
    const CITY: u8 = 2;
    const CITY_BEFORE: u8 = 3;
    const COUNTY: u8 = 4;
    const COUNTY_BEFORE: u8 = 5;
    const TOWN: u8 = 6;
    const NOBODY: u8 = 9;

    fn key(byte: u8) -> OfficeKey {
        OfficeKey::from_secret(&[byte; 32])
    }

    fn id(office: &str) -> OfficeId {
        OfficeId::parse(office).unwrap()
    }

    fn zone() -> Zone {
        Zone::parse("gov-a").unwrap()
    }

    fn entry(office: &str, parent: Option<&str>, secret: u8) -> Entry {
        Entry {
            office: id(office),
            name: office.to_owned(),
            area_code: String::new(),
            class: OfficeClass::Other,
            zone: zone(),
            parent: parent.map(id),
            key: Some(key(secret).public()),
            replaces: None,
            valid_from: UnixMillis(0),
            successor_hash: None,
        }
    }

    /// root – city – county – town; city and county were replaced once.
    fn registry(own: &str) -> Registry {
        Registry::new(id(own), key(ROOT).public().pin())
            .with(entry("root", None, ROOT))
            .with(entry("city", Some("root"), CITY_BEFORE))
            .with(entry("city", Some("root"), CITY))
            .with(entry("county", Some("city"), COUNTY_BEFORE))
            .with(entry("county", Some("city"), COUNTY))
            .with(entry("town", Some("county"), TOWN))
    }

    struct Shown {
        secret: u8,
        office: &'static str,
        zone: &'static str,
        signer: u8,
        not_after: UnixMillis,
    }

    const COUNTY_SHOWN: Shown = Shown { secret: COUNTY, office: "county", zone: "gov-a", signer: CITY, not_after: LATER };

    fn proven(shown: &Shown) -> Proven {
        let subject = LeafSubject {
            key: key(shown.secret).public(),
            office: id(shown.office),
            zone: Zone::parse(shown.zone).unwrap(),
            not_before: UnixMillis(0),
            not_after: shown.not_after,
        };
        Proven::read(&make_leaf(&subject, &key(shown.signer)).unwrap()).unwrap()
    }

    fn at_city(shown: &Shown) -> Standing {
        of_caller(&registry("city"), &proven(shown), &zone(), NOW)
    }

    #[test]
    fn a_registered_child_with_a_valid_leaf_has_full_standing() {
        assert_eq!(at_city(&COUNTY_SHOWN), Standing::Full);
        assert_eq!(at_city(&Shown { not_after: NOW, ..COUNTY_SHOWN }), Standing::Full, "to its last moment");
    }

    #[test]
    fn a_leaf_signed_with_this_offices_earlier_key_still_counts() {
        assert_eq!(at_city(&Shown { signer: CITY_BEFORE, ..COUNTY_SHOWN }), Standing::Full);
    }

    #[test]
    fn a_leaf_from_before_the_clock_went_back_still_counts() {
        let registry = registry("city");
        assert_eq!(of_caller(&registry, &proven(&COUNTY_SHOWN), &zone(), UnixMillis(-1)), Standing::Full);
    }

    #[test]
    fn an_ended_leaf_may_only_be_renewed() {
        assert_eq!(at_city(&Shown { not_after: ENDED, ..COUNTY_SHOWN }), Standing::RenewOnly);
    }

    #[test]
    fn dates_that_somebody_else_signed_count_for_nothing() {
        for signer in [COUNTY, ROOT, NOBODY] {
            assert_eq!(at_city(&Shown { signer, ..COUNTY_SHOWN }), Standing::RenewOnly, "signed by {signer}");
        }
    }

    #[test]
    fn an_unknown_key_may_only_enrol_whatever_it_calls_itself() {
        for office in ["county", "town", "new"] {
            assert_eq!(at_city(&Shown { secret: NOBODY, office, ..COUNTY_SHOWN }), Standing::EnrolOnly, "{office}");
        }
    }

    #[test]
    fn a_replaced_machine_is_refused_as_superseded() {
        let standing = at_city(&Shown { secret: COUNTY_BEFORE, ..COUNTY_SHOWN });
        assert_eq!(standing, Standing::Refused(RefusedReason::Superseded));
    }

    #[test]
    fn another_zone_is_refused_before_anything_else() {
        for secret in [COUNTY, COUNTY_BEFORE, NOBODY] {
            let standing = at_city(&Shown { secret, zone: "gov-b", ..COUNTY_SHOWN });
            assert_eq!(standing, Standing::Refused(RefusedReason::Zone));
        }
    }

    #[test]
    fn a_known_office_that_is_no_child_of_this_one_is_refused() {
        for (secret, office) in [(TOWN, "town"), (ROOT, "root"), (CITY, "city")] {
            let standing = at_city(&Shown { secret, office, ..COUNTY_SHOWN });
            assert_eq!(standing, Standing::Refused(RefusedReason::UnknownKey), "{office}");
        }
    }

    #[test]
    fn a_leaf_that_names_another_office_than_its_keys_is_refused() {
        let standing = at_city(&Shown { office: "town", ..COUNTY_SHOWN });
        assert_eq!(standing, Standing::Refused(RefusedReason::Malformed));
    }

    #[test]
    fn the_parent_is_judged_by_its_key_and_never_by_its_dates() {
        let (own, pin) = (registry("county"), key(CITY).public().pin());
        let parent = Shown { secret: CITY, office: "city", zone: "gov-a", signer: NOBODY, not_after: ENDED };
        let judge = |shown: Shown| of_parent(&own, &proven(&shown), &zone(), pin);
        assert_eq!(judge(Shown { ..parent }), Standing::Full);
        assert_eq!(judge(Shown { secret: NOBODY, ..parent }), Standing::RegistryOnly);
        assert_eq!(judge(Shown { secret: CITY_BEFORE, ..parent }), Standing::Refused(RefusedReason::Superseded));
        assert_eq!(judge(Shown { zone: "gov-b", ..parent }), Standing::Refused(RefusedReason::Zone));
        assert_eq!(judge(Shown { office: "root", ..parent }), Standing::Refused(RefusedReason::UnknownKey));
        // Registered since with a newer key than the pinned one.
        assert_eq!(of_parent(&own, &proven(&parent), &zone(), key(CITY_BEFORE).public().pin()), Standing::Full);
    }

    #[test]
    fn before_any_entry_is_known_the_parent_is_whoever_holds_the_pinned_key() {
        let empty = Registry::new(id("county"), key(ROOT).public().pin());
        let shown = Shown { secret: CITY, office: "city", zone: "gov-a", signer: CITY, not_after: LATER };
        let judge = |pin| of_parent(&empty, &proven(&shown), &zone(), pin);
        assert_eq!(judge(key(CITY).public().pin()), Standing::Full);
        assert_eq!(judge(key(NOBODY).public().pin()), Standing::RegistryOnly);
    }

    #[test]
    fn the_table_of_what_each_standing_may_do() {
        let deeds = [Deed::Enrol, Deed::Renew, Deed::Registry, Deed::Records];
        let refused = Standing::Refused(RefusedReason::Zone);
        let table = [
            (Standing::Full, [true, true, true, true], None),
            (Standing::RenewOnly, [true, true, false, false], Some(RefusedReason::CertificateEnded)),
            (Standing::RegistryOnly, [false, false, true, false], None),
            (Standing::EnrolOnly, [true, false, false, false], Some(RefusedReason::UnknownKey)),
            (refused, [false; 4], Some(RefusedReason::Zone)),
        ];
        for (standing, allowed, refusal) in table {
            assert_eq!(deeds.map(|deed| standing.allows(deed)), allowed, "{standing:?}");
            assert_eq!(standing.session_refusal(), refusal);
        }
    }
}
