//! What a page is told of what rings.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef},
    record::Mode,
    registry::Registry,
};
use tokio_stream::StreamExt as _;

use super::*;
use crate::{
    domain::{
        notice::{Asked, Signer, Urgency},
        obligation::{Clocked, Met, Obligation},
    },
    usecase::keep_dues,
};

const WAIT: Duration = Duration::from_secs(30);

impl Browser {
    /// A 特急 notice from above, without a time to sign by.
    fn owes_its_signature(&self, signed: Option<Met>, mode: Mode) -> Obligation {
        let (own, notice) = (self._house.office.status().office, notice());
        let now = Clocked::same(self._house.clock().wall());
        let asked = Asked { notice: &notice, made: now, sign_by: None, urgency: Urgency::Flash, mode };
        let tree = Registry::new(own.clone(), Digest::ZERO);
        asked.of(&Signer { office: &own, had: Some(now), signed }, &tree).unwrap()
    }

    /// The first thing that a page is told, once a ring has sounded.
    async fn state(&self) -> serde_json::Value {
        let request = self.request("GET", "/live", Body::empty());
        let mut events = self.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
        let first = tokio::time::timeout(WAIT, events.next()).await.unwrap().unwrap().unwrap();
        let text = String::from_utf8(first.to_vec()).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
        assert!(text.contains("event: state"), "{text}");
        serde_json::from_str(data).unwrap()
    }
}

fn notice() -> RecordRef {
    RecordRef { origin: OfficeId::parse("100000").unwrap(), id: RecordId([7; 16]) }
}

async fn rung(browser: &Browser, owed: &Obligation) {
    let rings = async {
        while browser._house.office.rang_now().await.unwrap().iter().all(|rang| rang.due.obligation.key != owed.key) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(WAIT, rings).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flash_notice_insists_on_every_page_until_somebody_has_signed() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let waits = browser.owes_its_signature(None, Mode::Exercise);
    browser._house.owes(&notice(), &waits);
    let (stop, stopped) = watch::channel(false);
    let clock = tokio::spawn(keep_dues(browser._house.office.clone(), stopped));
    rung(&browser, &waits).await;
    let path = format!("/notices/show/100000/{}", notice().id);
    let about =
        |state: &serde_json::Value| state["rings"].as_array().unwrap().iter().find(|ring| ring["path"] == path.as_str()).cloned();
    let ring = about(&browser.state().await).expect("it rings as soon as it is here");
    assert_eq!((ring["insists"].as_bool(), ring["loud"].as_bool()), (Some(true), Some(true)), "{ring}");
    assert!(ring["sentence"].as_str().unwrap().contains("演练"), "what is practised says so: {ring}");
    let at = Clocked::same(browser._house.clock().wall());
    let signed = browser.owes_its_signature(Some(Met { record: notice(), at, arrived: at.here }), Mode::Exercise);
    browser._house.owes(&notice(), &signed);
    assert_eq!(about(&browser.state().await), None, "who has signed is left alone");
    stop.send_replace(true);
    clock.await.unwrap();
}
