//! What is wrong with a text as staff wrote it, in German. What minijinja says
//! of it is English; the words at fault are quoted instead.

use minijinja::ErrorKind;

/// What is wrong with a text, with its line.
pub(super) fn in_german(error: &minijinja::Error, source: &str) -> String {
    let line = error.line().map_or(String::new(), |line| format!("Zeile {line}: "));
    let what = match error.kind() {
        ErrorKind::UndefinedError => match at_fault(error) {
            Some(name) => format!("Der Platzhalter „{name}“ hat hier keinen Wert."),
            None => "Dieser Platzhalter hat hier keinen Wert.".to_owned(),
        },
        ErrorKind::OutOfFuel => "Der Text ist zu aufwendig (eine Schleife ohne Ende?).".to_owned(),
        ErrorKind::UnknownFilter => format!("Diesen Filter gibt es nicht{}.", quoted(line_of(error, source))),
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            format!("Diese Funktion gibt es nicht{}.", quoted(line_of(error, source)))
        }
        ErrorKind::TemplateNotFound => "Diesen Text gibt es nicht.".to_owned(),
        _ => format!(
            "Das lässt sich nicht lesen{}. Zu jedem {{{{ gehört ein }}}}, zu jedem {{% ein %}} und zu jedem {{% if … %}} ein {{% endif %}}.",
            quoted(line_of(error, source))
        ),
    };
    format!("{line}{what}")
}

/// The line of a text an error is about.
fn line_of<'a>(error: &minijinja::Error, source: &'a str) -> &'a str {
    let line = error.line().and_then(|line| source.lines().nth(line.checked_sub(1)?));
    line.unwrap_or_default().trim()
}

fn quoted(line: &str) -> String {
    const LONGEST: usize = 80;
    match line.char_indices().nth(LONGEST) {
        _ if line.is_empty() => String::new(),
        Some((end, _)) => format!(": „{}…“", &line[..end]),
        None => format!(": „{line}“"),
    }
}

/// The words of the text an error is about: a filter with what it is put on.
fn at_fault(error: &minijinja::Error) -> Option<&str> {
    let (source, range) = (error.template_source()?, error.range()?);
    let before = source.get(..range.start)?;
    let words = if before.trim_end().ends_with('|') {
        let begin = before.rfind(['{', '%'])? + 1;
        source.get(begin..)?.split(['%', '}']).next()?
    } else {
        source.get(range)?
    };
    let words = words.trim();
    (!words.is_empty() && words.len() <= 80).then_some(words)
}
