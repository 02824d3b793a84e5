//! Cases by the number, made by the database itself.

use portal::berlin;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

/// Kennung of the case of a number.
pub(crate) fn kennung(number: usize) -> String {
    format!("G{number:010}")
}

/// Where the case of a number stands; the same is written in SQL below.
pub(crate) fn standing(number: usize) -> &'static str {
    match number * 7_919 % 100 {
        0..65 => "usable",
        65..70 => "submitted",
        70..82 => "started",
        82..88 => "opened",
        _ => "invited",
    }
}

/// Cases of 2008 from the second on, and 443 of 2007, with what happened to
/// them; a pattern of Länder, forms, statuses and days.
pub(crate) async fn fill(url: &str, cases: usize) {
    let postgres = url.starts_with("postgres");
    let mut conn = AnyConnection::connect(url).await.expect("connects");
    let numbers = |last: usize| {
        if postgres {
            format!("WITH n (i) AS (SELECT generate_series(CAST(2 AS bigint), {last}))")
        } else {
            format!("WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {last})")
        }
    };
    let text = if postgres {
        "lpad(i::text, 10, '0')"
    } else {
        "printf('%010d', i)"
    };
    let mut statements = Vec::new();
    let most = cases.max(443);
    statements.push(format!(
        "INSERT INTO units (id, kennung, kennung_key, created_at)
         {} SELECT 'u' || {text}, 'G' || {text}, 'g' || {text}, 0 FROM n",
        numbers(most)
    ));
    let part = "(i * 7919 % 100)";
    let land = "CASE i % 16 WHEN 0 THEN 'Baden-Württemberg' WHEN 1 THEN 'Bayern' WHEN 2 THEN 'Berlin' WHEN 3 THEN 'Brandenburg'
                WHEN 4 THEN 'Bremen' WHEN 5 THEN 'Hamburg' WHEN 6 THEN 'Hessen' WHEN 7 THEN 'Mecklenburg-Vorpommern'
                WHEN 8 THEN 'Niedersachsen' WHEN 9 THEN 'Nordrhein-Westfalen' WHEN 10 THEN 'Rheinland-Pfalz'
                WHEN 11 THEN 'Saarland' WHEN 12 THEN 'Sachsen' WHEN 13 THEN 'Sachsen-Anhalt'
                WHEN 14 THEN 'Schleswig-Holstein' ELSE 'Thüringen' END";
    let form = "CASE WHEN i % 20 < 15 THEN 'ARGE' WHEN i % 20 < 19 THEN 'zkT' ELSE 'gAw' END";
    let status = format!(
        "CASE WHEN {part} < 65 THEN 'usable' WHEN {part} < 70 THEN 'submitted' WHEN {part} < 82 THEN 'started'
              WHEN {part} < 88 THEN 'opened' ELSE 'invited' END"
    );
    for (wave, last) in [(2007, 443), (2008, cases)] {
        let start = berlin::parse_moment(&format!("{wave}-01-14T10:00"))
            .expect("a moment")
            .timestamp_micros();
        let numbers = numbers(last);
        // Between the first day and the twenty-fifth.
        let later =
            format!("(CAST({start} AS bigint) + CAST(i * 31 % 25 AS bigint) * 86400000000 + i % 3600 * 1000000)");
        let until = |limit: usize, at: &str| format!("CASE WHEN {part} < {limit} THEN {at} END");
        statements.push(format!(
            "INSERT INTO cases (id, wave, unit_id, kennung_key, name, sort_key, form, land, contact_name, contact_email,
                                attributes, status, revision, created_at, invited_at, opened_at, started_at, submitted_at,
                                status_at, active_at, asked, answered)
             {numbers} SELECT '{wave}-' || {text}, {wave}, 'u' || {text}, 'g' || {text}, 'Stelle ' || i, 'stelle ' || {text},
                    {form}, {land}, '', 'amt' || i || '@stelle.example', '{{}}', {status}, 3, {start}, {start},
                    {}, {}, {}, CASE WHEN {part} < 88 THEN {later} ELSE {start} END,
                    CASE WHEN {part} < 88 THEN {later} ELSE 0 END, CASE WHEN {part} < 88 THEN 88 ELSE 0 END,
                    CASE WHEN {part} < 82 THEN 1 + i % 88 ELSE 0 END FROM n",
            until(88, &later),
            until(82, &later),
            until(70, &later)
        ));
        // Whoever is waited for was reminded three days ago.
        let reminded = berlin::parse_moment(&format!("{wave}-02-07T09:00"))
            .expect("a moment")
            .timestamp_micros();
        statements.push(format!(
            "INSERT INTO outbox (id, wave, unit_id, case_id, step, kind, state, due_at, attempts, created_at, changed_at,
                                 priority, first_tried_at, sent_at)
             {numbers} SELECT 'm{wave}-' || {text}, {wave}, 'u' || {text}, '{wave}-' || {text}, 'erinnerung-1', 'erinnerung',
                    'sent', {reminded}, 1, {reminded}, {reminded}, 1, {reminded}, {reminded} FROM n WHERE {part} >= 70"
        ));
        let steps = [
            (
                "invite",
                100,
                "'not_invited'",
                "'invited'".to_owned(),
                start.to_string(),
            ),
            ("open", 88, "'invited'", "'opened'".to_owned(), later.clone()),
            ("answer", 82, "'opened'", "'started'".to_owned(), format!("{later} + 1")),
            ("submit", 70, "'started'", status.clone(), format!("{later} + 2")),
        ];
        for (event, limit, from, to, at) in steps {
            statements.push(format!(
                "INSERT INTO case_events (id, case_id, at, account_id, who, event, from_status, to_status, reason)
                 {numbers} SELECT '{event}-{wave}-' || {text}, '{wave}-' || {text}, {at}, NULL, 'Probe', '{event}', {from}, {to},
                        NULL FROM n WHERE {part} < {limit}"
            ));
        }
        statements.push(format!(
            "INSERT INTO submissions (id, case_id, number, receipt, fingerprint, instrument, entries, machine, confirmed,
                                      at, account_id, who)
             {numbers} SELECT 's-{wave}-' || {text}, '{wave}-' || {text}, 1, '{wave}-' || {text}, '',
                    (SELECT instrument FROM waves WHERE wave = {wave}), '{{}}', '{{\"B1\":\"' || (i * 37 % 9000 + 500) || '\"}}', '[]',
                    {later} + 2, '', 'Probe' FROM n WHERE {part} < 70"
        ));
    }
    statements.push("UPDATE counters SET value = 0 WHERE name = 'returns'".into());
    statements.push("UPDATE waves SET state = 'closed' WHERE wave = 2007".into());
    statements.push("UPDATE waves SET size_cuts = NULL".into());
    for sql in statements {
        conn.execute(AssertSqlSafe(sql)).await.expect("filled");
    }
    conn.close().await.expect("closed");
}

/// Lets the database look at what it holds, as it does by itself after a
/// while: words and figures were written when it was opened.
pub(crate) async fn analyze(url: &str) {
    let mut conn = AnyConnection::connect(url).await.expect("connects");
    conn.execute("ANALYZE").await.expect("analyzed");
    conn.close().await.expect("closed");
}
