//! `serve` does not start on anything that would go wrong later, and says
//! what it was.

use crate::program::{Place, free_port};
use std::net::TcpListener;

fn serve(place: &Place) -> String {
    let reason = place.refused(&["serve"]);
    assert!(!reason.contains("panicked"), "{reason}");
    reason
}

#[test]
fn wrong_settings_are_named_with_value_and_reason() {
    for (name, value, reason) in [
        ("RUECKLAUF_ADDR", "irgendwo", "„irgendwo“"),
        ("RUECKLAUF_BASE_URL", "ruecklauf.example", "https://"),
        ("RUECKLAUF_BASE_URL", "ftp://ruecklauf.example", "https://"),
        ("RUECKLAUF_BASE_URL", "http://ruecklauf.example", "https://"),
        ("RUECKLAUF_BASE_URL", "https://ruecklauf.example/pfad", "ohne Pfad"),
        ("RUECKLAUF_BASE_URL", "https://ruecklauf.example?a=b", "ohne Pfad"),
        ("RUECKLAUF_BASE_URL", "https://:443", "Rechnername"),
        ("RUECKLAUF_TRUSTED_PROXIES", "proxy.example", "„proxy.example“"),
        ("RUECKLAUF_K3_RULE", "immer", "fm_only"),
        ("RUECKLAUF_CONTACT_EMAIL", "hotline", "E-Mail-Adresse"),
        ("RUECKLAUF_TEXTS", "texte", "Ordner"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL"),
    ] {
        let said = serve(&Place::new().with(name, value));
        assert!(said.contains(name) && said.contains(reason), "{name}={value}: {said}");
    }
}

#[test]
fn whoever_listens_for_others_must_say_where_they_reach_it() {
    let said = serve(&Place::new().with("RUECKLAUF_ADDR", "0.0.0.0:8080"));
    assert!(
        said.contains("RUECKLAUF_BASE_URL: fehlt") && said.contains("0.0.0.0:8080"),
        "{said}"
    );
}

#[test]
fn a_wrong_line_in_the_file_is_named_and_the_environment_goes_before_it() {
    let place = Place::new();
    place.write("ruecklauf.toml", "adresse = '127.0.0.1:1'\n");
    let said = serve(&place);
    assert!(said.contains("adresse") && said.contains("gibt es nicht"), "{said}");
    place.write("ruecklauf.toml", "addr = 3000\n");
    assert!(serve(&place).contains("addr"));
    place.write("ruecklauf.toml", "addr = '127.0.0.1\n");
    assert!(serve(&place).contains("ruecklauf.toml"));

    let place = Place::new().with("RUECKLAUF_K3_RULE", "any");
    place.write("ruecklauf.toml", "k3_rule = 'falsch'\ndatabase_url = 'mysql://x'\n");
    assert!(
        serve(&place).contains("DATABASE_URL"),
        "the wrong rule of the file did not count"
    );
}

#[test]
fn an_unreadable_database_is_refused() {
    let place = Place::new().with("DATABASE_URL", "sqlite:gibt/es/nicht/ruecklauf.db");
    assert!(serve(&place).contains("Datei oder Ordner fehlt"));
    let place = Place::new();
    place.write("ruecklauf.db", "Das ist ein Brief und keine Datenbank. ".repeat(200));
    assert!(serve(&place).contains("nicht lesbar"), "no database at all");
    let place = Place::new().with(
        "DATABASE_URL",
        &format!("postgres://niemand@127.0.0.1:{}/nichts", free_port()),
    );
    assert!(serve(&place).contains("nicht lesbar"), "nobody listens there");
}

#[tokio::test]
async fn a_foreign_and_a_newer_database_are_refused_and_left_alone() {
    use sqlx::{Connection, SqliteConnection};
    let place = Place::new();
    let url = format!("sqlite:{}?mode=rwc", place.path().join("ruecklauf.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("CREATE TABLE rechnungen (id INTEGER)")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    assert!(serve(&place).contains("„rechnungen“"));

    let place = Place::new();
    place.refused(&["wave", "open", "2008"]);
    let url = format!("sqlite:{}", place.path().join("ruecklauf.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', true, x'00', 0)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    let said = serve(&place);
    assert!(
        said.contains("neuer als dieses Programm") && said.contains("9999"),
        "{said}"
    );
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let said = serve(&Place::new().with("RUECKLAUF_ADDR", &addr));
    assert!(said.contains(&addr) && said.contains("anderes Programm"), "{said}");
}
