//! The codebook as DDI-Codebook 2.5 (XML), after the schema the DDI Alliance
//! publishes as `codebook.xsd`: what the study is, the data file, and every
//! variable with its question, its values and its missing codes. It describes
//! the file for machines, of which it names rows and columns.

use super::ExportError;
use super::encoder::{About, Encoder};
use super::record::Cell;
use super::variable::{Missing, Variable, VariableKind};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::fs::File;
use std::io;

pub(super) struct Ddi {
    about: About,
    variables: Vec<Variable>,
}

impl Ddi {
    pub(super) fn new(about: About, variables: Vec<Variable>) -> Self {
        Self { about, variables }
    }
}

impl Encoder for Ddi {
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        let mut xml = Xml(Writer::new_with_indent(out, b' ', 2));
        xml.0
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = [("version", "2.5"), ("xmlns", "ddi:codebook:2_5"), ("xml:lang", "de")];
        xml.within("codeBook", &root, |xml| {
            xml.within("stdyDscr", &[], |xml| study(xml, &self.about))?;
            xml.within("fileDscr", &[("ID", FILE)], |xml| {
                file(xml, &self.about, self.variables.len())
            })?;
            xml.within("dataDscr", &[], |xml| {
                modules(xml, &self.variables)?;
                for (at, variable) in self.variables.iter().enumerate() {
                    describe(xml, at, variable)?;
                }
                Ok(())
            })
        })?;
        out.push(b'\n');
        Ok(())
    }

    fn row(&mut self, _cells: &[Cell<'_>], _out: &mut Vec<u8>) -> Result<(), ExportError> {
        Ok(())
    }

    fn tail(self: Box<Self>, _out: &mut Vec<u8>) -> Result<Option<File>, ExportError> {
        Ok(None)
    }
}

const FILE: &str = "F1";

/// Writes elements.
struct Xml<'o>(Writer<&'o mut Vec<u8>>);

impl Xml<'_> {
    fn within(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.0.write_event(Event::Start(start))?;
        content(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.within(name, attributes, |xml| {
            xml.0.write_event(Event::Text(BytesText::new(text)))
        })
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.0.write_event(Event::Empty(start))
    }
}

fn study(xml: &mut Xml<'_>, about: &About) -> io::Result<()> {
    xml.within("citation", &[], |xml| {
        xml.within("titlStmt", &[], |xml| xml.text("titl", &[], &about.title))
    })?;
    xml.within("stdyInfo", &[], |xml| {
        xml.text(
            "abstract",
            &[],
            &format!(
                "Vollerhebung bei den Leitungen der Grundsicherungsstellen in Deutschland. Klassifikation: {}.",
                about.rules
            ),
        )?;
        xml.within("sumDscr", &[], |xml| {
            for wave in &about.waves {
                let (cycle, day) = (wave.key.to_string(), wave.stichtag.to_string());
                let text = format!("Welle {}: Stichtag {day}, Zeitraum {}", wave.key, wave.zeitraum);
                xml.text(
                    "timePrd",
                    &[("event", "single"), ("date", &day), ("cycle", &cycle)],
                    &text,
                )?;
            }
            for wave in &about.waves {
                let cycle = wave.key.to_string();
                for (event, day) in [("start", wave.start), ("end", wave.deadline)] {
                    let day = day.to_string();
                    xml.text("collDate", &[("event", event), ("date", &day), ("cycle", &cycle)], &day)?;
                }
            }
            xml.text("nation", &[("abbr", "DE")], "Deutschland")?;
            xml.text("anlyUnit", &[], "Grundsicherungsstelle")?;
            xml.text(
                "universe",
                &[],
                "Alle Grundsicherungsstellen des Verzeichnisses, das bei Eröffnung der Welle feststand",
            )?;
            xml.text("dataKind", &[], "Befragungsdaten")
        })
    })
}

fn file(xml: &mut Xml<'_>, about: &About, variables: usize) -> io::Result<()> {
    xml.within("fileTxt", &[], |xml| {
        xml.text("fileName", &[], &about.data_file)?;
        xml.within("dimensns", &[], |xml| {
            xml.text("caseQnty", &[], &about.rows.to_string())?;
            xml.text("varQnty", &[], &variables.to_string())
        })?;
        xml.text(
            "fileType",
            &[],
            "CSV, UTF-8, Semikolon, Punkt als Dezimalzeichen, erste Zeile mit Variablennamen",
        )
    })
}

/// Variables by module, in the order of the questionnaire.
fn modules(xml: &mut Xml<'_>, variables: &[Variable]) -> io::Result<()> {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for (at, variable) in variables.iter().enumerate() {
        let Some(module) = variable.module.as_deref() else {
            continue;
        };
        match groups.iter_mut().find(|(name, _)| *name == module) {
            Some((_, members)) => members.push(id(at)),
            None => groups.push((module, vec![id(at)])),
        }
    }
    for (at, (module, members)) in groups.iter().enumerate() {
        let attributes = [
            ("ID", format!("G{}", at + 1)),
            ("type", "section".to_owned()),
            ("var", members.join(" ")),
        ];
        let attributes = attributes.each_ref().map(|(name, value)| (*name, value.as_str()));
        xml.within("varGrp", &attributes, |xml| xml.text("labl", &[], module))?;
    }
    Ok(())
}

fn id(at: usize) -> String {
    format!("V{}", at + 1)
}

fn describe(xml: &mut Xml<'_>, at: usize, variable: &Variable) -> io::Result<()> {
    let id = id(at);
    let decimals = match variable.kind {
        VariableKind::Number { decimals } => Some(decimals.to_string()),
        _ => None,
    };
    let (interval, representation) = match variable.kind {
        VariableKind::Number { .. } => ("contin", "numeric"),
        VariableKind::Day | VariableKind::Moment => ("contin", "datetime"),
        VariableKind::Code | VariableKind::Word => ("discrete", "code"),
        VariableKind::Text => ("discrete", "text"),
    };
    let mut attributes = vec![("ID", id.as_str()), ("name", &variable.name), ("files", FILE)];
    attributes.extend(decimals.as_deref().map(|decimals| ("dcml", decimals)));
    attributes.push(("intrvl", interval));
    attributes.extend(variable.unit.as_deref().map(|unit| ("measUnit", unit)));
    attributes.push(("representationType", representation));
    xml.within("var", &attributes, |xml| {
        xml.text("labl", &[], &variable.label)?;
        if let Some(question) = &variable.question {
            xml.within("qstn", &[], |xml| xml.text("qstnLit", &[], question))?;
        }
        if variable.coded_missing {
            xml.within("invalrng", &[], |xml| {
                for one in Missing::ALL {
                    xml.empty("item", &[("VALUE", one.text())])?;
                }
                Ok(())
            })?;
        }
        let categories = variable
            .values
            .iter()
            .map(|(value, label)| (value.as_ref(), label.as_str(), "N"));
        let missing = Missing::ALL.map(|one| (one.text(), one.label(), "Y"));
        let missing = missing.into_iter().filter(|_| variable.coded_missing);
        for (value, label, is_missing) in categories.chain(missing) {
            xml.within("catgry", &[("missing", is_missing)], |xml| {
                xml.text("catValu", &[], value)?;
                xml.text("labl", &[], label)
            })?;
        }
        let kind = if variable.kind.is_numeric() && !matches!(representation, "datetime") {
            "numeric"
        } else {
            "character"
        };
        let category = match variable.kind {
            VariableKind::Day => "date",
            VariableKind::Moment => "time",
            _ => "other",
        };
        xml.empty(
            "varFormat",
            &[("type", kind), ("schema", "ISO"), ("category", category)],
        )
    })
}
