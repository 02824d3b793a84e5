//! The command line: which commands there are and what they take. Parsing
//! only; what a command does stands in [`crate::commands`].

mod german;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use portal::{ExportFormat, Role};
use std::path::PathBuf;
use survey::K3Rule;
use survey::typology::RuleVersion;

pub use german::{explain, parse};

const SETTINGS: &str = "\
Einstellungen kommen aus der Umgebung oder aus ruecklauf.toml im Arbeitsverzeichnis; die Umgebung gilt zuerst:
  DATABASE_URL               sqlite:DATEI oder postgres://NAME@HOST/DATENBANK (sonst sqlite:ruecklauf.db)
  RUECKLAUF_ADDR             Adresse, an der das Portal lauscht (sonst 127.0.0.1:3000)
  RUECKLAUF_BASE_URL         Adresse, unter der es erreichbar ist, etwa https://ruecklauf.example
  RUECKLAUF_TRUSTED_PROXIES  Adressen oder Netze vorgeschalteter Proxys, durch Komma getrennt
  SMTP_URL                   Postausgang: smtp://NAME:PASSWORT@RECHNER:PORT (STARTTLS) oder smtps://…;
                             ohne ihn wird jede E-Mail eine Datei in RUECKLAUF_MAIL_DIR
  RUECKLAUF_SMTP_CA          Datei mit dem Zertifikat einer eigenen Stelle (PEM), der der Postausgang vertraut
  RUECKLAUF_SMTP_CONNECTIONS Verbindungen zugleich, 1 bis 100 (sonst 4)
  RUECKLAUF_MAILS_PER_MINUTE höchstens so viele E-Mails je Minute (sonst unbegrenzt)
  RUECKLAUF_MAIL_DIR         Ordner für E-Mails als .eml (sonst post/)
  RUECKLAUF_BOUNCE_EMAIL     wohin Zustellberichte gehen (sonst an RUECKLAUF_CONTACT_EMAIL)
  RUECKLAUF_BOUNCE_DIR       Ordner, in dem Zustellberichte als Dateien ankommen
  RUECKLAUF_CONTACT_NAME, RUECKLAUF_CONTACT_PHONE, RUECKLAUF_CONTACT_EMAIL
                             an wen sich die Befragten wenden
  RUECKLAUF_TEXTS            Ordner mit impressum.txt, datenschutz.txt, barrierefreiheit.txt
  RUECKLAUF_LETTERS          Ordner mit Begleitschreiben als PDF
  RUECKLAUF_METRICS_ADDR     Adresse, an der /metrics für Prometheus antwortet, etwa 127.0.0.1:9000 (sonst nirgends)
  RUECKLAUF_LOG              Protokoll als text oder json (sonst text); RUST_LOG wählt aus, was darin steht
  RUECKLAUF_K3_RULE          Regel für Kriterium 3: fm_only, any oder both (sonst fm_only)
  RUECKLAUF_STAFF_TOTP       zweiter Schritt der Anmeldung im Institut: optional oder required (sonst optional)

Rückgabe: 0 erledigt, 1 abgelehnt oder gescheitert (Grund auf der Fehlerausgabe), 2 falscher Aufruf.";

/// `ruecklauf`
#[derive(Debug, Parser)]
#[command(
    name = "ruecklauf",
    version,
    about = "Rücklauf: die Organisationserhebung bei den Grundsicherungsstellen",
    after_help = SETTINGS,
    disable_help_flag = true,
    disable_version_flag = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// Diese Hilfe
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Version des Programms
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the contract.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bringt die Datenbank auf Stand und betreibt das Portal
    Serve,
    /// Betreibt das Portal auf Vorführdaten mit erfundenen Einheiten
    Demo(Demo),
    /// Legt Wellen an, öffnet und schließt sie
    Wave {
        /// What to do with it.
        #[command(subcommand)]
        action: Wave,
    },
    /// Übernimmt das Verzeichnis der Einheiten
    Units {
        /// What to do with it.
        #[command(subcommand)]
        action: Units,
    },
    /// Gibt Beschäftigten des Instituts einen Zugang
    Staff {
        /// What to do with them.
        #[command(subcommand)]
        action: Staff,
    },
    /// Zeigt oder löscht, was lange genug aufbewahrt ist
    Retention {
        /// What to do about it.
        #[command(subcommand)]
        action: Retention,
    },
    /// Prüft einen Fragebogen
    Instrument {
        /// What to do with it.
        #[command(subcommand)]
        action: Instrument,
    },
    /// Zeigt oder verschickt E-Mails, die an der Reihe sind
    Mail {
        /// What to do with them.
        #[command(subcommand)]
        action: Mail,
    },
    /// Bestimmt die Typen abgegebener Fragebogen, die noch keinen haben
    Classify {
        /// Nur diese Welle
        #[arg(long, value_name = "WELLE", value_parser = german::wave)]
        wave: Option<i32>,
        /// Unter dieser Regelversion statt der geltenden
        #[arg(long, value_name = "VERSION", value_parser = german::rule_version)]
        rule_version: Option<RuleVersion>,
        /// Mit dieser Regel für Kriterium 3 statt der geltenden: fm_only, any oder both
        #[arg(long, value_name = "REGEL", value_parser = german::k3_rule)]
        k3_rule: Option<K3Rule>,
    },
    /// Schreibt die Angaben einer Welle als Datei für die Auswertung
    Export(Export),
    /// Zeigt Tabelle 1, Tabelle 2, Abbildung 1 und 2 einer Welle
    Tables(Tables),
    /// Prüft die Datenbank: Zustand, Bezüge, jede Abgabe vollständig, jede Klassifikation nachvollziehbar
    Check,
    /// Sichert die Datenbank in eine Datei, auch bei laufendem Betrieb
    Backup {
        /// Zieldatei; darf noch nicht bestehen
        #[arg(value_name = "DATEI")]
        file: PathBuf,
    },
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Ordner der Vorführdaten; fehlt er, wird er angelegt (sonst ruecklauf-demo)
    #[arg(
        long,
        value_name = "ORDNER",
        default_value = "ruecklauf-demo",
        hide_default_value = true
    )]
    pub dir: PathBuf,
    /// Auch die Welle 2008 ist vollständig, die Typen verteilt wie in Tabelle 2
    #[arg(long)]
    pub complete: bool,
    /// Nur die Daten anlegen, nichts betreiben
    #[arg(long)]
    pub no_serve: bool,
    /// Adresse und Zugänge als JSON auf der Standardausgabe
    #[arg(long)]
    pub json: bool,
}

/// `wave …`
#[derive(Debug, Subcommand)]
pub enum Wave {
    /// Legt eine Welle an
    Add {
        /// Jahr der Welle
        #[arg(value_name = "WELLE", value_parser = german::wave)]
        wave: i32,
        /// Stichtag der Angaben
        #[arg(long, value_name = "JJJJ-MM-TT", value_parser = german::day)]
        stichtag: NaiveDate,
        /// Zeitraum der Angaben, wie er im Fragebogen steht
        #[arg(long, value_name = "TEXT")]
        zeitraum: String,
        /// Erster Tag der Befragung
        #[arg(long, value_name = "JJJJ-MM-TT", value_parser = german::day)]
        start: NaiveDate,
        /// Letzter Tag der Frist
        #[arg(long, value_name = "JJJJ-MM-TT", value_parser = german::day)]
        deadline: NaiveDate,
        /// Welle, deren Angaben zum Vergleich dienen
        #[arg(long, value_name = "WELLE", value_parser = german::wave)]
        vorwelle: Option<i32>,
        /// Ziel: so viel Prozent der Einheiten sollen antworten, 1 bis 100 (sonst 95)
        #[arg(long, value_name = "PROZENT", value_parser = german::percent)]
        target: Option<u32>,
        /// Spalte des Verzeichnisses, nach der Größenklassen gebildet werden (sonst Kunden der Vorwelle, B1)
        #[arg(long, value_name = "SPALTE")]
        size_column: Option<String>,
        /// Ordner mit einem eigenen Fragebogen (sonst der mitgelieferte)
        #[arg(long, value_name = "ORDNER")]
        instrument: Option<PathBuf>,
    },
    /// Öffnet eine Welle: Fragebogen und Einheiten stehen fest, jede Einheit wird eingeladen
    Open {
        /// Jahr der Welle
        #[arg(value_name = "WELLE", value_parser = german::wave)]
        wave: i32,
    },
    /// Schließt eine Welle: danach ändert sich keine Angabe mehr
    Close {
        /// Jahr der Welle
        #[arg(value_name = "WELLE", value_parser = german::wave)]
        wave: i32,
    },
}

/// `units …`
#[derive(Debug, Subcommand)]
pub enum Units {
    /// Übernimmt CSV oder XLSX mit kennung;name;form;land;kontakt_name;kontakt_email: alles oder nichts
    Import {
        /// Die Datei
        #[arg(value_name = "DATEI")]
        file: PathBuf,
        /// Jahr der Welle
        #[arg(long, value_name = "WELLE", value_parser = german::wave)]
        wave: i32,
        /// Weitere Spalten, die als Merkmale erhalten bleiben, durch Komma getrennt
        #[arg(long, value_name = "SPALTEN", value_delimiter = ',')]
        extra: Vec<String>,
    },
}

/// `staff …`
#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Legt einen Zugang an und gibt den Link aus, mit dem das Passwort gesetzt wird
    Add {
        /// E-Mail-Adresse
        #[arg(value_name = "E-MAIL")]
        email: String,
        /// Rolle: viewer (liest), editor (bearbeitet Fälle) oder admin (verwaltet)
        #[arg(long, value_name = "ROLLE", value_parser = german::role)]
        role: Role,
    },
    /// Entfernt den zweiten Schritt der Anmeldung, wenn das Telefon verloren ist und niemand sonst helfen kann
    ResetTotp {
        /// E-Mail-Adresse
        #[arg(value_name = "E-MAIL")]
        email: String,
    },
}

/// `retention …`
#[derive(Debug, Subcommand)]
pub enum Retention {
    /// Zeigt, was nach den eingestellten Fristen zu löschen wäre
    Preview,
    /// Löscht es endgültig
    Run {
        /// Zur Bestätigung: die Zahl aus der Vorschau
        #[arg(long, value_name = "ANZAHL")]
        confirm: u64,
    },
}

/// `instrument …`
#[derive(Debug, Subcommand)]
pub enum Instrument {
    /// Prüft einen Ordner mit Fragebogen-Dateien und nennt jeden Befund
    Check {
        /// Der Ordner
        #[arg(value_name = "ORDNER")]
        dir: PathBuf,
    },
}

/// `mail …`
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Zeigt, was an der Reihe ist
    Due(MailArgs),
    /// Stellt ein, was der Plan vorsieht, und verschickt, was an der Reihe ist
    Run(MailArgs),
    /// Liest einen Zustellbericht (RFC 3464) von der Standardeingabe und sperrt die Adresse, die er nennt
    Bounce,
}

/// What both mail commands take.
#[derive(Debug, Args)]
pub struct MailArgs {
    /// Nur diese Welle
    #[arg(long, value_name = "WELLE", value_parser = german::wave)]
    pub wave: Option<i32>,
    /// Als wäre es dieser Zeitpunkt: JJJJ-MM-TT oder JJJJ-MM-TTThh:mm, Berliner Zeit
    #[arg(long, value_name = "ZEITPUNKT", value_parser = german::moment)]
    pub at: Option<chrono::DateTime<chrono::Utc>>,
}

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    /// Jahr der Welle: eine Zeile je Einheit ihres Verzeichnisses
    #[arg(long, value_name = "WELLE", value_parser = german::wave, required_unless_present = "panel")]
    pub wave: Option<i32>,
    /// Statt einer Welle das Panel: nur Einheiten, die in allen diesen Wellen verwertbar sind, durch Komma getrennt;
    /// eine Zeile je Einheit, jede Variable je Welle (B1_2007)
    #[arg(long, value_name = "WELLEN", value_delimiter = ',', value_parser = german::wave)]
    pub panel: Vec<i32>,
    /// Das Panel mit einer Zeile je Einheit und Welle
    #[arg(long, requires = "panel")]
    pub long: bool,
    /// Format: csv (für Programme), csv-de (für Excel), xlsx, sav (SPSS), dta (Stata), ddi (Codebuch), paradata
    #[arg(long, value_name = "FORMAT", default_value = "csv", hide_default_value = true, value_parser = german::export_format)]
    pub format: ExportFormat,
    /// Auch Namen, Adressen und was als Kontaktangabe gekennzeichnet ist; wird eigens protokolliert
    #[arg(long)]
    pub names: bool,
    /// Zieldatei; sie erscheint erst, wenn sie vollständig ist
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
}

/// `tables`
#[derive(Debug, Args)]
pub struct Tables {
    /// Jahr der Welle
    #[arg(long, value_name = "WELLE", value_parser = german::wave)]
    pub wave: i32,
    /// Welle zum Vergleich
    #[arg(long, value_name = "WELLE", value_parser = german::wave)]
    pub previous: Option<i32>,
    /// Nur Einheiten, die in allen diesen Wellen verwertbar sind, durch Komma getrennt; gezählt unter ihrer Form in der letzten
    #[arg(long, value_name = "WELLEN", value_delimiter = ',', value_parser = german::wave)]
    pub panel: Vec<i32>,
    /// Format: text oder csv
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub format: TablesFormat,
}

/// Formats of `tables`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TablesFormat {
    /// For reading.
    Text,
    /// `table;age_group;form;row;wave;n;base;percent`.
    Csv,
}
