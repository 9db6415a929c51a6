//! From what was typed, or stands in an answers file, to answers of a form. Nothing is refused here: what cannot be read goes on as text,
//! so that the node names every fault of a form at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use toml::{Table, Value as Toml};

use super::{args::report::Fields, told::Told, when};
use crate::{
    domain::form::{Answer, Code, Field, FieldKind, Form, Row, Value},
    text::{refusal::Refusal, typed},
};

/// Answers by field; the last word to a field counts. An empty one empties the field.
#[derive(Debug, Default)]
pub(super) struct Answers {
    said: BTreeMap<String, Value>,
    emptied: BTreeSet<String>,
}

/// What was typed to fields.
#[derive(Debug, Default)]
pub(super) struct Typed<'a> {
    /// A file of answers, over which the rest is laid.
    pub(super) file: Option<&'a Path>,
    /// By options of their own: each field's key with everything that was typed to it.
    pub(super) named: Vec<(&'a str, Vec<&'a str>)>,
    /// `key=value`.
    pub(super) keyed: &'a [String],
}

impl Answers {
    /// 无 to each field that takes nothing else.
    pub(super) fn nil_by_name(form: &Form) -> Self {
        let nil = form.fields.iter().filter(|field| field.kind == FieldKind::Nil);
        Self { said: nil.map(|field| (field.key.clone(), Value::Nil)).collect(), ..Self::default() }
    }

    /// What was said before.
    pub(super) fn of(said: Vec<Answer>) -> Self {
        Self { said: said.into_iter().map(|answer| (answer.field, answer.value)).collect(), ..Self::default() }
    }

    /// Lays over it what was typed: the file first, then the options by name, then those by key.
    pub(super) fn typed(self, form: &Form, fields: &Fields) -> Result<Self, Told> {
        let options = [
            ("leader", &fields.leader),
            ("officer", &fields.officer),
            ("phone", &fields.phone),
            ("calls", &fields.calls),
            ("important", &fields.important),
            ("tomorrow", &fields.tomorrow),
            ("weather", &fields.weather),
            ("remark", &fields.remark),
        ];
        let mut named: Vec<(&str, Vec<&str>)> =
            options.into_iter().filter_map(|(key, text)| Some((key, vec![text.as_deref()?]))).collect();
        if !fields.incidents.is_empty() {
            named.push(("incidents", fields.incidents.iter().map(String::as_str).collect()));
        }
        self.laid(&form.fields, &Typed { file: fields.file.as_deref(), named, keyed: &fields.fields })
    }

    /// The same to any fields.
    pub(super) fn laid(mut self, fields: &[Field], typed: &Typed<'_>) -> Result<Self, Told> {
        if let Some(path) = typed.file {
            self.read_file(fields, path)?;
        }
        typed.named.iter().for_each(|(key, texts)| self.say(fields, key, texts));
        let mut keyed: Vec<(&str, Vec<&str>)> = Vec::new();
        for text in typed.keyed {
            let (key, value) = typed::at_equals(text).unwrap_or((text, ""));
            match keyed.iter_mut().find(|(k, _)| *k == key) {
                Some((_, values)) => values.push(value),
                None => keyed.push((key, vec![value])),
            }
        }
        keyed.iter().for_each(|(key, values)| self.say(fields, key, values));
        Ok(self)
    }

    /// In the order of the fields, those at unknown ones last.
    pub(super) fn into_vec(mut self, fields: &[Field]) -> Vec<Answer> {
        let known = fields.iter().filter_map(|f| Some(Answer { field: f.key.clone(), value: self.said.remove(&f.key)? }));
        let mut answers: Vec<_> = known.collect();
        answers.extend(self.said.into_iter().map(|(field, value)| Answer { field, value }));
        answers
    }

    /// What is said to a field by now.
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.said.get(key)
    }

    /// Fields that were emptied on purpose.
    pub(super) fn emptied(&self) -> impl Iterator<Item = &str> {
        self.emptied.iter().map(String::as_str)
    }

    /// One field by its key or its name; nothing but blanks empties it.
    fn say(&mut self, fields: &[Field], key: &str, texts: &[&str]) {
        let field = fields.iter().find(|field| field.key == key || field.label == key);
        let key = field.map_or(key, |field| field.key.as_str());
        if texts.iter().all(|text| text.trim().is_empty()) && field.is_some() {
            self.said.remove(key);
            self.emptied.insert(key.to_owned());
        } else {
            self.emptied.remove(key);
            self.said.insert(key.to_owned(), field.map_or_else(|| Value::Text(texts.join(" ")), |field| value(field, texts)));
        }
    }

    fn read_file(&mut self, fields: &[Field], path: &Path) -> Result<(), Told> {
        let unreadable = |why: String| Told::of(Refusal::FileUnreadable).about(format!("{}: {why}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| unreadable(error.message().to_owned()))?;
        for (key, value) in &table {
            let texts = written(value).ok_or_else(|| unreadable(key.clone()))?;
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            self.say(fields, key, &texts);
        }
        Ok(())
    }
}

/// A value of an answers file as it would have been typed.
fn written(value: &Toml) -> Option<Vec<String>> {
    match value {
        Toml::String(text) => Some(vec![text.clone()]),
        Toml::Integer(number) => Some(vec![number.to_string()]),
        Toml::Array(list) => list.iter().map(|line| line.as_str().map(str::to_owned)).collect(),
        Toml::Table(table) => table.iter().map(|(code, n)| n.as_integer().map(|n| format!("{code}={n}"))).collect(),
        Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => None,
    }
}

fn value(field: &Field, texts: &[&str]) -> Value {
    let joined = texts.join("\n");
    if (field.nil_allowed || matches!(field.kind, FieldKind::Number(_))) && typed::is_nil(&joined) {
        return Value::Nil;
    }
    if field.unknown_allowed && typed::is_unknown(&joined) {
        return Value::Unknown;
    }
    match &field.kind {
        FieldKind::Time => when::past(&joined).map_or(Value::Text(joined), Value::Time),
        FieldKind::Choice { codes, .. } => Value::Choices(chosen(codes, texts)),
        FieldKind::Number(_) => joined.trim().parse().map_or(Value::Text(joined), Value::Number),
        FieldKind::Rows { .. } => {
            let rows: Option<Vec<_>> = texts.iter().map(|text| row(field, text)).collect();
            rows.map_or(Value::Text(joined), Value::Rows)
        }
        FieldKind::Text { .. } | FieldKind::Nil => Value::Text(joined),
    }
}

/// Codes by key or name, in one text or several; what is neither goes on as it is.
fn chosen(codes: &[Code], texts: &[&str]) -> Vec<String> {
    let parts = texts.iter().flat_map(|text| typed::parts(text));
    let key = |part: &str| codes.iter().find(|c| c.key == part || c.label == part).map_or(part, |c| c.key.as_str()).to_owned();
    parts.map(key).collect()
}

/// `category=number[:words]`, the category by its key or its name.
fn row(field: &Field, text: &str) -> Option<Row> {
    let FieldKind::Rows { codes, .. } = &field.kind else { return None };
    let (code, rest) = typed::at_equals(text)?;
    let (number, words) = typed::at_colon(rest);
    let known = codes.iter().find(|c| c.key == code || c.label == code);
    Some(Row {
        code: known.map_or_else(|| code.to_owned(), |c| c.key.clone()),
        number: number.parse().ok()?,
        text: words.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::Forms;

    fn daily() -> &'static Form {
        Forms::built_in().get("daily").unwrap()
    }

    fn typed(fields: Fields) -> Vec<Answer> {
        Answers::default().typed(daily(), &fields).unwrap().into_vec(&daily().fields)
    }

    fn keyed(fields: &[&str]) -> Vec<(String, Value)> {
        let fields = fields.iter().map(|s| (*s).to_owned()).collect();
        typed(Fields { fields, ..Fields::default() }).into_iter().map(|a| (a.field, a.value)).collect()
    }

    fn row(code: &str, number: i64, text: &str) -> Row {
        Row { code: code.into(), number, text: text.into() }
    }

    #[test]
    fn options_by_name_make_a_whole_report() {
        let fields = Fields {
            leader: Some("李四".into()),
            officer: Some("张三".into()),
            phone: Some("0759-4850000".into()),
            calls: Some("3".into()),
            incidents: vec!["自然灾害=1:台风".into(), "social=2".into()],
            important: Some("无".into()),
            ..Fields::default()
        };
        let filled = daily().fill(typed(fields)).unwrap();
        assert_eq!(filled.value("calls"), Some(&Value::Number(3)));
        assert_eq!(filled.value("incidents"), Some(&Value::Rows(vec![row("natural", 1, "台风"), row("social", 2, "")])));
        assert_eq!(filled.value("important"), Some(&Value::Nil));
    }

    #[test]
    fn what_cannot_be_read_goes_on_as_text() {
        assert_eq!(keyed(&["calls=三"]), [("calls".into(), Value::Text("三".into()))]);
        assert_eq!(keyed(&["incidents=有"]), [("incidents".into(), Value::Text("有".into()))]);
        assert_eq!(keyed(&["incidents=无"]), [("incidents".into(), Value::Nil)]);
        assert_eq!(keyed(&["salary=1"]), [("salary".into(), Value::Text("1".into()))]);
        assert_eq!(keyed(&["calls=无"]), [("calls".into(), Value::Nil)]);
    }

    #[test]
    fn fields_may_be_named_as_officers_name_them() {
        assert_eq!(keyed(&["接报件数＝3"]), [("calls".into(), Value::Number(3))]);
        let rows = Value::Rows(vec![row("health", 1, ""), row("flood", 2, "")]);
        assert_eq!(keyed(&["突发事件=公共卫生事件=1", "突发事件=flood=2"]), [("incidents".into(), rows)]);
    }

    #[test]
    fn an_empty_value_empties_a_field() {
        let before = Answers::of(vec![Answer { field: "remark".into(), value: Value::Text("x".into()) }]);
        let fields = Fields { remark: Some(String::new()), ..Fields::default() };
        assert!(before.typed(daily(), &fields).unwrap().into_vec(&daily().fields).is_empty());
    }

    #[test]
    fn a_file_is_laid_under_what_is_typed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.toml");
        fs::write(
            &path,
            "\"带班领导\" = \"李四\"\ncalls = 7\nweather = \"\"\"\n晴\n有雾\"\"\"\nincidents = { natural = 1, \"社会安全事件\" = 2 }\n",
        )
        .unwrap();
        let fields = Fields { file: Some(path.clone()), calls: Some("8".into()), ..Fields::default() };
        let said: BTreeMap<_, _> = typed(fields).into_iter().map(|a| (a.field, a.value)).collect();
        assert_eq!(said["leader"], Value::Text("李四".into()));
        assert_eq!(said["calls"], Value::Number(8));
        assert_eq!(said["weather"], Value::Text("晴\n有雾".into()));
        let Value::Rows(rows) = &said["incidents"] else { panic!("{said:?}") };
        assert_eq!(rows.len(), 2);
        fs::write(&path, "calls = 1.5\n").unwrap();
        let told = Answers::default().typed(daily(), &Fields { file: Some(path), ..Fields::default() }).unwrap_err();
        assert_eq!(told.code(), "FILE_UNREADABLE");
    }

    #[test]
    fn a_zero_report_is_filled_by_name() {
        let zero = Forms::built_in().get("zero").unwrap();
        let answers = Answers::nil_by_name(zero).typed(zero, &Fields::default()).unwrap().into_vec(&zero.fields);
        assert_eq!(answers.len(), 5);
        assert!(zero.fill(answers).is_ok());
    }
}
