//! What is computed: from the portal's tables and its export.

use crate::published::Published;
use portal::Portal;
use std::collections::{BTreeMap, HashMap};
use survey::tables::Cell;
use survey::{AgeGroup, Form};

/// Offices counted, of how many.
pub(crate) type Share = (u32, u32);

/// Per cent, halves up.
pub(crate) fn half_up((part, all): Share) -> i64 {
    i64::from((200 * part + all) / (2 * all))
}

/// One office in one wave, by column of the export.
type Row = HashMap<String, String>;

pub(crate) struct Facts {
    cells: Vec<Cell>,
    /// By wave and Kennung, all offices of the register.
    waves: BTreeMap<i32, BTreeMap<String, Row>>,
}

impl Facts {
    pub(crate) async fn of(portal: &Portal) -> Self {
        let cells = portal.tables(2008, Some(2007), &[]).await.expect("tables");
        let mut waves = BTreeMap::new();
        for wave in [2006, 2007, 2008] {
            let mut bytes = Vec::new();
            portal.export_csv(wave, &mut bytes).await.expect("exported");
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(bytes.as_slice());
            let rows = reader.deserialize().map(|row| row.expect("a row"));
            waves.insert(wave, rows.map(|row: Row| (row["kennung"].clone(), row)).collect());
        }
        Self { cells, waves }
    }

    /// A cell of the portal's tables, Ü25.
    pub(crate) fn cell(&self, table: &str, form: &str, row: &str, wave: i32) -> Share {
        let form: Option<Form> = form.parse().ok();
        let cell = self.cells.iter().find(|cell| {
            cell.table.name() == table
                && cell.age_group == AgeGroup::Ue
                && cell.wave == wave
                && cell.form == form
                && cell.row == row
        });
        let rate = cell.unwrap_or_else(|| panic!("no cell {table} {row}")).rate;
        (rate.numerator, rate.denominator)
    }

    pub(crate) fn tabelle_1(&self, figure: &Published, wave: i32) -> Share {
        let row = if figure.id.contains(".nint.") {
            "Vermittlung nicht integriert"
        } else {
            "Vermittlung integriert"
        };
        self.cell("Tabelle 1", &figure.population, row, wave)
    }

    /// Usable offices of a wave, of one form or all, for which something
    /// holds, of all of them.
    fn share(&self, wave: i32, form: Option<&str>, holds: impl Fn(&Row) -> bool) -> Share {
        let rows: Vec<&Row> = self.waves[&wave]
            .values()
            .filter(|row| row["status"] == "usable" && form.is_none_or(|form| row["form"] == form))
            .collect();
        let part = rows.iter().filter(|row| holds(row)).count();
        (number(part), number(rows.len()))
    }

    fn is(&self, wave: i32, form: Option<&str>, column: &str, value: &str) -> Share {
        self.share(wave, form, |row| row[column] == value)
    }

    /// Offices usable in 2007 and 2008, in both shapes.
    fn panel(&self) -> Vec<(&Row, &Row)> {
        self.waves[&2007]
            .iter()
            .filter_map(|(kennung, then)| Some((then, self.waves[&2008].get(kennung)?)))
            .filter(|(then, now)| then["status"] == "usable" && now["status"] == "usable")
            .collect()
    }

    /// Offices of the panel whose type of 2007 begins with `node`.
    pub(crate) fn of_panel(&self, form: &str, node: &str) -> u32 {
        let inside = |row: &Row| {
            let code = format!("{}{}{}", row["k1_ue"], row["k2_ue"], row["k3_ue"]);
            let rest = code.strip_prefix(node.trim_end_matches(['a', 'b']));
            rest.is_some_and(|rest| !rest.starts_with('I') && code.starts_with(node))
        };
        number(
            self.panel()
                .into_iter()
                .filter(|(then, _)| then["form"] == form && inside(then))
                .count(),
        )
    }

    /// Offices of the panel that went from one letter to another, of all that
    /// have the criterion in both waves.
    fn moved(&self, column: &str, from: &str, to: &str) -> Share {
        let both: Vec<_> = self
            .panel()
            .into_iter()
            .filter(|(then, now)| !then[column].is_empty() && !now[column].is_empty())
            .collect();
        let part = both
            .iter()
            .filter(|(then, now)| then[column] == from && now[column] == to)
            .count();
        (number(part), number(both.len()))
    }

    fn changed(&self, column: &str, letters: [&str; 2]) -> Share {
        let (one, all) = self.moved(column, letters[0], letters[1]);
        (one + self.moved(column, letters[1], letters[0]).0, all)
    }

    /// A percentage of the text, by its id.
    pub(crate) fn text(&self, id: &str) -> Option<Share> {
        let (arge, zkt, gaw) = (Some("ARGE"), Some("zkT"), Some("gAw"));
        let register = |wave: i32| {
            let usable = self.share(wave, None, |_| true).0;
            (usable, number(self.waves[&wave].len()))
        };
        Some(match id {
            "rl.w1" => register(2006),
            "rl.w2" => register(2007),
            "rl.w3" => register(2008),
            "fm.spez.arge" => self.is(2008, arge, "k1_ue", "I"),
            "fm.spez.gaw" => self.is(2008, gaw, "k1_ue", "I"),
            "fm.gen.zkt" | "fm.gen.zkt.ue25b" => self.is(2008, zkt, "k1_ue", "II"),
            "fm.gen.arge.ue25" => self.is(2008, arge, "k1_ue", "II"),
            "fm.gen.zkt.fm_fuer_alle" => self.is(2008, zkt, "variante1_ue", "fuer_alle"),
            "fm.gen.zkt.dasselbe_personal" => self.is(2008, zkt, "variante1_ue", "dasselbe_personal"),
            "fm.concordance_ue25_u25" => self.share(2008, None, |row| row["k1_ue"] == row["k1_u25"]),
            "fm.gen.arge.u25" => self.is(2008, arge, "k1_u25", "II"),
            "fm.gen.zkt.u25" => self.is(2008, zkt, "k1_u25", "II"),
            "fm.change_w2w3" => self.changed("k1_ue", ["I", "II"]),
            "vm.int.all.text" => self.is(2008, None, "k2_ue", "b"),
            "vm.int.arge.text" => self.is(2008, arge, "k2_ue", "b"),
            "vm.int.zkt.text" => self.is(2008, zkt, "k2_ue", "b"),
            "vm.int.all.u25" => self.is(2008, None, "k2_u25", "b"),
            "vm.int.arge.u25" => self.is(2008, arge, "k2_u25", "b"),
            "vm.int.zkt.u25" => self.is(2008, zkt, "k2_u25", "b"),
            "ls.int.all" | "ls.int.zusf.all" => self.is(2008, None, "k3_ue", "b"),
            "ls.int.zkt" | "ls.int.zusf.zkt" => self.is(2008, zkt, "k3_ue", "b"),
            "ls.int.arge.text" | "ls.int.zusf.arge" => self.is(2008, arge, "k3_ue", "b"),
            "ls.nint.zkt.2006" => self.is(2007, zkt, "k3_ue", "a"),
            "ls.nint.zkt.2007" => self.is(2008, zkt, "k3_ue", "a"),
            "ls.nint.arge.2006" => self.is(2007, arge, "k3_ue", "a"),
            "ls.nint.arge.2007" => self.is(2008, arge, "k3_ue", "a"),
            "ls.selbst.all" => self.is(2008, None, "verzahnung_ue", "V1"),
            "ls.ansprech.all" => self.is(2008, None, "verzahnung_ue", "V2"),
            "ls.selbst.zkt.2007" => self.is(2008, zkt, "verzahnung_ue", "V1"),
            "ls.selbst.arge.2007" => self.is(2008, arge, "verzahnung_ue", "V1"),
            "ls.selbst.zkt.2006" => self.is(2007, zkt, "verzahnung_ue", "V1"),
            "ls.selbst.arge.2006" => self.is(2007, arge, "verzahnung_ue", "V1"),
            "ls.ansprech.arge.2007" => self.is(2008, arge, "verzahnung_ue", "V2"),
            "ls.ansprech.zkt.2007" => self.is(2008, zkt, "verzahnung_ue", "V2"),
            "ls.change_w2w3" => self.changed("k3_ue", ["a", "b"]),
            "ls.teams_funktionsuebergreifend.zkt" => self.is(2008, zkt, "verzahnung_ue", "V3"),
            "ls.teams_funktionsuebergreifend.arge" => self.is(2008, arge, "verzahnung_ue", "V3"),
            "ls.max3.zkt" => self.is(2008, zkt, "verzahnung_ue", "V4"),
            "ls.max3.arge" => self.is(2008, arge, "verzahnung_ue", "V4"),
            _ => return None,
        })
    }

    /// Counts of the text.
    pub(crate) fn counts(&self) -> [(&'static str, i64); 3] {
        let usable = |wave: i32, kennung: &str| {
            self.waves[&wave]
                .get(kennung)
                .is_some_and(|row| row["status"] == "usable")
        };
        let in_all = |form: Option<&str>| {
            let rows = self.waves[&2008].iter().filter(|(kennung, row)| {
                form.is_none_or(|form| row["form"] == form)
                    && [2006, 2007, 2008].iter().all(|wave| usable(*wave, kennung))
            });
            i64::try_from(rows.count()).unwrap_or(i64::MAX)
        };
        [
            ("rl.zkt_all_waves", in_all(Some("zkT"))),
            ("panel.w1w2w3", in_all(None)),
            ("panel.w2w3", i64::try_from(self.panel().len()).unwrap_or(i64::MAX)),
        ]
    }

    /// What the text says in words.
    pub(crate) fn in_words(&self) -> [(&'static str, String); 9] {
        let told = |share: Share| format!("{} of {} = {} %", share.0, share.1, half_up(share));
        let variant = |name: &str| self.is(2008, Some("ARGE"), "variante1_ue", name).0;
        let to_special = self.moved("k3_ue", "b", "a").0;
        let back = self.moved("k3_ue", "a", "b").0;
        [
            ("fm.spez.all", told(self.is(2008, None, "k1_ue", "I"))),
            ("fm.gen.all", told(self.is(2008, None, "k1_ue", "II"))),
            ("fm.gen.arge.text", told(self.is(2008, Some("ARGE"), "k1_ue", "II"))),
            ("fm.gen.arge.zusf", told(self.is(2008, Some("ARGE"), "k1_ue", "II"))),
            ("fm.spez.zkt.text", told(self.is(2008, Some("zkT"), "k1_ue", "I"))),
            (
                "fm.gen.arge.varianten",
                format!(
                    "{} for all, {} with the same staff",
                    variant("fuer_alle"),
                    variant("dasselbe_personal")
                ),
            ),
            ("vm.int.zusf", told(self.is(2008, None, "k2_ue", "b"))),
            ("vm.nint.zusf", told(self.is(2008, None, "k2_ue", "a"))),
            (
                "ls.change_direction",
                format!("{to_special} towards specialisation, {back} away from it"),
            ),
        ]
    }

    /// What is computed where the paper contradicts itself.
    pub(crate) fn about(&self, id: &str) -> String {
        let before = |node: &str| {
            let all = self.cell("Tabelle 2", "ARGE", node, 2007).0;
            format!("{node} {all} (panel {})", self.of_panel("ARGE", node))
        };
        let told = |id: &str| {
            let share = self.text(id).expect("a figure");
            format!("{} / {} = {} %", share.0, share.1, half_up(share))
        };
        let nodes = |nodes: [&str; 3]| nodes.map(before).join(", ");
        match id {
            "D01" => nodes(["Ia", "Iaa", "Iab"]),
            "D02" => nodes(["Ib", "Iba", "Ibb"]),
            "D03" => nodes(["IIb", "IIba", "IIbb"]),
            "D04" => {
                let sums = ["ARGE", "zkT", "gAw"].map(|form| {
                    let all = self.cell("Tabelle 2", form, "I", 2007).0 + self.cell("Tabelle 2", form, "II", 2007).0;
                    let panel = self.of_panel(form, "I") + self.of_panel(form, "II");
                    format!("{form} {all} (panel {panel})")
                });
                sums.join(", ")
            }
            "D05" => format!(
                "{}, {}",
                told("fm.gen.zkt.fm_fuer_alle"),
                told("fm.gen.zkt.dasselbe_personal")
            ),
            "D06" => told("fm.spez.gaw"),
            "D07" => told("ls.int.arge.text"),
            "D08" => told("ls.nint.arge.2007"),
            "D09" => told("ls.nint.arge.2006"),
            "D10" => told("ls.selbst.zkt.2006"),
            "D11" => {
                let (zkt, arge) = (
                    self.is(2007, Some("zkT"), "k1_ue", "II"),
                    self.is(2007, Some("ARGE"), "k1_ue", "II"),
                );
                format!(
                    "zkT {} / {} and {}, ARGE {} / {} and {}",
                    zkt.0,
                    zkt.1,
                    told("fm.gen.zkt"),
                    arge.0,
                    arge.1,
                    told("fm.gen.arge.ue25")
                )
            }
            "D12" => {
                let unknown = self.cell("Tabelle 2", "alle", "nicht klassifizierbar", 2007).0;
                format!(
                    "{} usable in the second wave, {unknown} of them not classifiable; third wave {}",
                    told("rl.w2"),
                    told("rl.w3")
                )
            }
            "D13" => format!("first wave {} usable", told("rl.w1")),
            "D15" => ["ARGE", "zkT", "gAw"]
                .map(|form| {
                    let counts = ["V1", "V2", "V3", "V4", "V5"]
                        .map(|row| self.cell("Abbildung 2", form, row, 2008).0.to_string());
                    format!("{form} V1 to V5 {}", counts.join(" "))
                })
                .join(", "),
            _ => "nothing to compute".to_owned(),
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
