//! How another machine of the office comes to trust this console: for anybody, because whoever needs it is not in yet.

use askama::Template;
use axum::{Router, extract::State, http::header, response::IntoResponse as _, routing::get};
use dutynet_relay::tls::front::Trusted;

use super::super::{
    Console,
    page::{Paged, html, moment},
};
use crate::text::refusal::Refusal;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/trust", get(trust)).route("/trust/certificate", get(certificate))
}

#[derive(Template)]
#[template(path = "trust.html")]
struct Page {
    office: String,
    number: String,
    /// `None`: plain HTTP on this machine alone.
    trusted: Option<View>,
}

struct View {
    /// In lines of eight pairs, as it is read over the telephone.
    fingerprint: Vec<String>,
    until: String,
    is_own: bool,
    file: String,
}

fn view(console: &Console, trusted: &Trusted) -> View {
    let pairs: Vec<&str> = trusted.fingerprint.split(':').collect();
    View {
        fingerprint: pairs.chunks(8).map(|line| line.join(" ")).collect(),
        until: moment(trusted.not_after),
        is_own: trusted.is_own,
        file: file(console),
    }
}

fn file(console: &Console) -> String {
    format!("dutynet-{}.crt", console.office.own())
}

async fn trust(State(console): State<Console>) -> Paged {
    let status = console.office.status();
    let trusted = console.front.as_ref().map(|front| view(&console, &front.trusted()));
    html(&Page { office: status.name, number: status.office.to_string(), trusted })
}

/// The certificate itself, as Windows opens it.
async fn certificate(State(console): State<Console>) -> Paged {
    let trusted = console.front.as_ref().ok_or(Refusal::PageUnknown)?.trusted();
    let name = format!("attachment; filename=\"{}\"", file(&console));
    let head = [(header::CONTENT_TYPE, "application/x-x509-ca-cert".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, trusted.certificate).into_response())
}
