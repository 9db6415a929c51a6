//! The offices of the demonstration: real names and codes of Guangdong, one department, one office without a node.
//!
//! `offices.csv` is the data; it is read once and is known to be right: a test walks it. A person names an office by its id or its name.

/// What an office files when the day begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    /// 日报告
    Daily {
        /// 接报件数
        calls: String,
        /// 突发事件, as the command line takes it; `None`: 无.
        incident: Option<String>,
    },
    /// 零报告
    Zero,
    /// It is silent.
    Nothing,
}

/// Whether an office has a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Station {
    /// A node of its own, a process here.
    Node,
    /// 无终端: it stands on the boards only.
    None,
}

/// One office of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Empty: no area.
    pub area_code: String,
    /// As the command line says it: province, city, county, township, department.
    pub class: String,
    /// `None`: the root.
    pub parent: Option<String>,
    /// Whether it has a machine.
    pub station: Station,
    /// What it files when the day begins.
    pub files: Files,
}

/// All offices; each stands after its parent.
#[derive(Debug, Clone)]
pub struct Offices(Vec<Office>);

impl Offices {
    /// The offices that this program brings.
    pub fn built_in() -> Self {
        let rows = include_str!("offices.csv").lines().skip(1);
        Self(rows.map(|row| read_row(row).expect("offices.csv is checked by a test")).collect())
    }

    /// In an order in which every parent comes before its children.
    pub fn iter(&self) -> impl Iterator<Item = &Office> {
        self.0.iter()
    }

    /// The office at the top.
    pub fn root(&self) -> &Office {
        &self.0[0]
    }

    /// By id.
    pub fn by_id(&self, id: &str) -> Option<&Office> {
        self.0.iter().find(|office| office.id == id)
    }

    /// By id or name, as a person types it.
    pub fn find(&self, typed: &str) -> Option<&Office> {
        self.0.iter().find(|office| office.id == typed || office.name == typed)
    }

    /// Those whose way to the root leads through this one.
    pub fn below<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Office> {
        self.0.iter().filter(move |office| self.is_below(office, id))
    }

    fn is_below(&self, office: &Office, id: &str) -> bool {
        let above = |office: &Office| office.parent.as_deref().and_then(|parent| self.by_id(parent)).cloned();
        std::iter::successors(above(office), above).any(|higher| higher.id == id)
    }
}

fn read_row(row: &str) -> Option<Office> {
    let [id, name, area_code, class, parent, station, files, calls, incident] =
        row.split(',').collect::<Vec<_>>().try_into().ok()?;
    let text = str::to_owned;
    let some = |cell: &str| (!cell.is_empty()).then(|| text(cell));
    let station = match station {
        "yes" => Station::Node,
        "no" => Station::None,
        _ => return None,
    };
    let files = match files {
        "daily" => Files::Daily { calls: text(calls), incident: some(incident) },
        "zero" => Files::Zero,
        "nothing" => Files::Nothing,
        _ => return None,
    };
    let (id, name, area_code, class) = (text(id), text(name), text(area_code), text(class));
    Some(Office { id, name, area_code, class, parent: some(parent), station, files })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_a_tree_of_four_tiers() {
        let offices = Offices::built_in();
        let mut known = BTreeSet::new();
        for office in offices.iter() {
            match &office.parent {
                Some(parent) => assert!(known.contains(parent), "{} stands before its parent", office.name),
                None => assert_eq!(office, offices.root()),
            }
            assert!(known.insert(office.id.clone()), "{} stands twice", office.id);
        }
        let tiers: BTreeSet<&str> = offices.iter().map(|office| office.class.as_str()).collect();
        assert_eq!(tiers, BTreeSet::from(["province", "city", "county", "township", "department"]));
        assert_eq!(offices.below("440800").filter(|office| office.class == "township").count(), 6);
    }

    #[test]
    fn there_is_enough_to_see() {
        let offices = Offices::built_in();
        assert!(offices.iter().filter(|office| office.station == Station::Node).count() >= 12);
        assert_eq!(offices.iter().filter(|office| office.station == Station::None).count(), 1);
        assert!(offices.iter().all(|office| office.station == Station::Node || office.files == Files::Nothing));
        assert!(offices.iter().filter(|office| office.station == Station::Node && office.files == Files::Nothing).count() >= 3);
    }

    #[test]
    fn an_office_is_found_by_what_a_person_types() {
        let offices = Offices::built_in();
        assert_eq!(offices.find("安铺镇"), offices.find("440881108"));
        assert_eq!(offices.find("安铺"), None);
    }
}
