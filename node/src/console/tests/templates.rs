//! Every template, made from a sample: an office with something of everything, whose pages are opened one after the other by their links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;

/// Pages of one shape that are opened: the tenth step looks like the first.
const OF_ONE_SHAPE: usize = 3;

/// Templates by the module of what fills them, as the sources say.
fn written() -> BTreeMap<String, String> {
    fn in_folder(folder: &std::path::Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                in_folder(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for piece in text.split("#[template(path = \"").skip(1) {
                let (template, rest) = piece.split_once('"').unwrap();
                let name = rest.split("struct ").nth(1).unwrap().split([' ', '<', '{']).next().unwrap();
                let module = path.with_extension("").display().to_string().replace('/', "::");
                let module = module.split("::src::").nth(1).unwrap().to_owned();
                found.insert(format!("dutynet_node::{module}::{name}"), template.to_owned());
            }
        }
    }
    let mut found = BTreeMap::new();
    in_folder(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console"), &mut found);
    found
}

/// What a path is without what it names.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let named = |part: &str| part.len() > 12 || part.chars().any(|c| c.is_ascii_digit());
    let parts: Vec<&str> = path.split('/').map(|part| if named(part) { "*" } else { part }).collect();
    let names: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    format!("{}?{}", parts.join("/"), names.join("&"))
}

impl Browser {
    /// Something of everything that an office can have.
    async fn with_something_of_everything(&mut self) {
        self.called().await;
        let matter = self.matter();
        self.get(&format!("{matter}/ask-approval")).await;
        self.post(&format!("{matter}/ask-approval"), &[("f.approver_1", "王五"), ("f.asks", "首报")]).await;
        self.get("/notices/new").await;
        let notice = [("title", "台风防御"), ("text", "请做好准备"), ("urgency", "routine"), ("whom", "all")];
        self.post("/notices/new", &notice).await;
        self.get("/rolls/new").await;
        self.post("/rolls/new", &[("whom", "all"), ("kind", "roll")]).await;
        self.get("/matters/consultation/call").await;
        self.post("/matters/consultation/call", &look::SESSION).await;
        let session = self.matter();
        self.get(&format!("{session}/outcome")).await;
        self.post(&format!("{session}/outcome"), &[("f.what", "排查堤防"), ("f.owner", "湛江市")]).await;
        self.get("/").await;
        let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
        let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
        self.post("/reports/new/zero", &fields).await;
    }

    /// Opens every page to which links lead from the duty screen.
    async fn follow_links(&mut self) {
        let (mut shapes, mut next) = (BTreeMap::<String, usize>::new(), VecDeque::from(["/".to_owned()]));
        let mut known: BTreeSet<String> = next.iter().cloned().collect();
        while let Some(path) = next.pop_front() {
            let count = shapes.entry(shape(&path)).or_default();
            *count += 1;
            if *count > OF_ONE_SHAPE || path.starts_with("/assets/") || path.contains("/file/") {
                continue;
            }
            let (status, to, page) = self.ask("GET", &path, "").await;
            assert!(status == StatusCode::OK || status.is_redirection(), "a link leads to {path}: {status} {page}");
            let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next()).map(str::to_owned);
            for link in links.chain([to]).filter(|link| link.starts_with('/')) {
                let link = link.replace("&#38;", "&").replace("&amp;", "&");
                if known.insert(link.clone()) {
                    next.push_back(link);
                }
            }
        }
    }
}

#[tokio::test]
async fn every_template_is_made_from_a_sample() {
    let mut browser = look::with_offices().await;
    browser.with_something_of_everything().await;
    browser.follow_links().await;
    // What no link leads to: what is made by a form, and what stands in the way.
    browser.get("/nowhere").await;
    browser.get("/admin/invite").await;
    browser.post("/admin/invite", &[("table", "坡头区 440804 区 无终端\n雷州市 440882 县"), ("days", "7")]).await;
    browser.get("/rolls/answer").await;
    browser.seat(&["auditor", "leader"]).await;
    browser.follow_links().await;
    browser.cookie.clear();
    browser.get("/enter").await;
    let made = page::MADE.with_borrow(Clone::clone);
    let missing: Vec<_> = written().into_iter().filter(|(name, _)| !made.contains(name.as_str())).collect();
    // The page of the first run belongs to a machine that has no office yet; its own tests make it.
    assert_eq!(missing, [("dutynet_node::console::setup::Page".to_owned(), "setup.html".to_owned())]);
}
