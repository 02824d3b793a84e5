//! Reads forms from a page as a browser does: controls in order, with what
//! they say now. Enough HTML for the portal's own pages.

use crate::client::{Answer, Client};

/// A form with its controls.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) id: String,
    controls: Vec<Control>,
}

#[derive(Debug)]
struct Control {
    name: String,
    value: String,
    kind: String,
    on: bool,
}

impl Control {
    /// Whether its name is sent only while it is checked.
    fn is_box(&self) -> bool {
        matches!(self.kind.as_str(), "radio" | "checkbox")
    }
}

/// What the first control of a name holds.
pub(crate) fn value(page: &str, name: &str) -> String {
    let controls = forms(page).into_iter().flat_map(|form| form.controls);
    let found = controls.into_iter().find(|control| control.name == name);
    found.unwrap_or_else(|| panic!("no control {name}")).value
}

impl Form {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.controls.iter().any(|control| control.name == name)
    }

    /// Types a text, or checks the boxes with these codes (`1,3`) and no other.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        assert!(self.has(name), "the form has no {name}");
        for control in self.controls.iter_mut().filter(|control| control.name == name) {
            if control.is_box() {
                control.on = value.split(',').any(|code| code == control.value);
            } else {
                control.value = value.to_owned();
            }
        }
    }

    /// Sends it, by pressing the button `aktion=button` if one is named.
    pub(crate) async fn post(&self, browser: &mut Client, button: Option<&str>) -> Answer {
        let pressed = button.map(|value| ("aktion", value));
        if let Some((name, value)) = pressed {
            let there = self
                .controls
                .iter()
                .any(|one| one.kind == "button" && one.name == name && one.value == value);
            assert!(there, "the form has no button {value}");
        }
        let sent = self
            .controls
            .iter()
            .filter(|control| control.kind != "button" && (!control.is_box() || control.on))
            .map(|control| (control.name.as_str(), control.value.as_str()));
        let fields: Vec<(&str, &str)> = sent.chain(pressed).collect();
        browser.post(&self.action, &fields).await
    }
}

/// All forms of a page.
pub(crate) fn forms(page: &str) -> Vec<Form> {
    let mut list: Vec<Form> = Vec::new();
    let mut open = false;
    for (place, _) in page.match_indices('<') {
        let rest = &page[place + 1..];
        let tag = &rest[..end_of_tag(rest)];
        let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
        match name {
            "form" => {
                open = true;
                list.push(Form {
                    action: attribute(tag, "action"),
                    id: attribute(tag, "id"),
                    controls: Vec::new(),
                });
            }
            "" if tag.starts_with("/form") => open = false,
            "select" if open && !attribute(tag, "name").is_empty() => list.last_mut().unwrap().controls.push(Control {
                name: attribute(tag, "name"),
                value: String::new(),
                kind: "select".to_owned(),
                on: false,
            }),
            "option" if open => {
                let list = list.last_mut().unwrap().controls.last_mut();
                // The first one counts unless another is selected.
                if let Some(select) = list.filter(|one| one.kind == "select" && (!one.on || has(tag, "selected"))) {
                    select.value = attribute(tag, "value");
                    select.on = true;
                }
            }
            "input" | "textarea" | "button" if open && !attribute(tag, "name").is_empty() && !has(tag, "disabled") => {
                let text = rest[tag.len() + 1..].split('<').next().unwrap_or_default();
                let value = if name == "textarea" {
                    unescape(text)
                } else {
                    attribute(tag, "value")
                };
                let kind = if name == "button" {
                    "button".to_owned()
                } else {
                    attribute(tag, "type")
                };
                let control = Control {
                    name: attribute(tag, "name"),
                    value,
                    kind,
                    on: has(tag, "checked"),
                };
                list.last_mut().unwrap().controls.push(control);
            }
            _ => {}
        }
    }
    list
}

/// Where a tag ends: the first `>` outside of quotes.
fn end_of_tag(rest: &str) -> usize {
    let mut quoted = false;
    for (place, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return place,
            _ => {}
        }
    }
    rest.len()
}

fn attribute(tag: &str, name: &str) -> String {
    let start = tag.find(&format!(" {name}=\"")).map(|place| place + name.len() + 3);
    start
        .map(|start| unescape(tag[start..].split('"').next().unwrap_or_default()))
        .unwrap_or_default()
}

/// Whether a tag has an attribute without a value.
fn has(tag: &str, name: &str) -> bool {
    tag.split([' ', '\n'])
        .any(|part| part == name || part.starts_with(&format!("{name}=")))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}
