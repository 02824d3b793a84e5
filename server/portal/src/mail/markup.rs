//! One source, two parts: the simple markup of a mail's text (a subset of
//! CommonMark in which a line break is a line break) as plain text and as
//! HTML. Pure.
//!
//! Values go in through [`escaped`], so that nothing anybody typed is markup;
//! raw HTML, pictures and links to anything but web, mail and telephone are
//! text.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Longest line of the text part; longer words (links) stand alone.
const WIDTH: usize = 72;

/// Text that stands for itself wherever it is put into the markup; of its
/// white space only line breaks are left.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    let lines = visible.lines().map(str::trim).filter(|line| !line.is_empty());
    for (place, line) in lines.enumerate() {
        if place > 0 {
            out.push('\n');
        }
        for (place, word) in line.split_whitespace().enumerate() {
            if place > 0 {
                out.push(' ');
            }
            for c in word.chars() {
                if c.is_ascii_punctuation() {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
    out
}

/// The markup's events with everything turned into text that is not wanted.
fn events(source: &str) -> impl Iterator<Item = Event<'_>> {
    let mut open_links = Vec::new();
    Parser::new_ext(source, Options::empty()).filter_map(move |event| {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Link { dest_url, .. }) if !is_harmless(&dest_url) => {
                open_links.push(false);
                return None;
            }
            Event::Start(link @ Tag::Link { .. }) => {
                open_links.push(true);
                Event::Start(link)
            }
            Event::End(TagEnd::Link) if open_links.pop() != Some(true) => return None,
            Event::SoftBreak => Event::HardBreak,
            other => other,
        })
    })
}

fn is_harmless(address: &CowStr<'_>) -> bool {
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

/// The text as the body of an HTML document.
pub(super) fn to_html(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    html::push_html(&mut out, events(source));
    out
}

/// The text as plain text: wrapped, list items with a dash, links spelled out.
pub(super) fn to_text(source: &str) -> String {
    let mut text = Text::default();
    for event in events(source) {
        text.take(event);
    }
    text.out.truncate(text.out.trim_end().len());
    text.out.push('\n');
    text.out
}

#[derive(Default)]
struct Text {
    out: String,
    /// The block being read, with its line breaks.
    block: String,
    /// Address of the open link and where its words begin.
    link: Option<(String, usize)>,
    /// Where the next item's number stands, per open list.
    lists: Vec<Option<u64>>,
    /// What the next block begins with.
    bullet: Option<String>,
}

impl Text {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.block.push_str(&text),
            Event::HardBreak => self.block.push('\n'),
            Event::Rule => self.block.push_str("--"),
            Event::Start(Tag::Link { dest_url, .. }) => self.link = Some((dest_url.into_string(), self.block.len())),
            Event::End(TagEnd::Link) => self.end_link(),
            Event::Start(Tag::List(first)) => {
                self.flush();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.flush();
                self.lists.pop();
                self.out.push('\n');
            }
            Event::Start(Tag::Item) => self.bullet = Some(self.next_bullet()),
            Event::End(TagEnd::Item) => self.flush(),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock) => {
                self.flush();
                if self.lists.is_empty() {
                    self.out.push('\n');
                }
            }
            _ => {}
        }
    }

    fn next_bullet(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        }
    }

    /// A link of its own stands below its words; one among words, behind them.
    fn end_link(&mut self) {
        let Some((address, begin)) = self.link.take() else {
            return;
        };
        let shown = address
            .strip_prefix("mailto:")
            .or(address.strip_prefix("tel:"))
            .unwrap_or(&address);
        let words = self.block[begin..].to_owned();
        if words.trim() == shown {
            return;
        }
        let alone = self.block[..begin].chars().next_back().is_none_or(|c| c == '\n');
        let separator = if alone && self.bullet.is_none() {
            ":\n    "
        } else {
            ": "
        };
        self.block.push_str(separator);
        self.block.push_str(shown);
    }

    fn flush(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.trim().is_empty() {
            return;
        }
        let bullet = self.bullet.take().unwrap_or_default();
        let indent = " ".repeat(bullet.chars().count());
        for (place, line) in block.lines().enumerate() {
            let begin = if place == 0 { &bullet } else { &indent };
            let own_indent = if line.starts_with("    ") { "    " } else { "" };
            wrap(&mut self.out, line, &format!("{begin}{own_indent}"), &indent);
        }
    }
}

/// Adds one line, wrapped.
fn wrap(out: &mut String, line: &str, begin: &str, indent: &str) {
    out.push_str(begin);
    let mut width = begin.chars().count();
    let mut first = true;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if !first && width + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(indent);
            width = indent.chars().count();
        } else if !first {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
        first = false;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_source_gives_both_parts() {
        let source = "Guten Tag,\n\nbitte öffnen Sie\n\n[Zugang öffnen](https://x.example/a)\n\n- **Eins**\n- [Brief](https://x.example/b)\n\nFragen? [Wir](mailto:a@x.example) helfen.\nGruß";
        assert_eq!(
            to_text(source),
            "Guten Tag,\n\nbitte öffnen Sie\n\nZugang öffnen:\n    https://x.example/a\n\n- Eins\n- Brief: https://x.example/b\n\nFragen? Wir: a@x.example helfen.\nGruß\n"
        );
        let html = to_html(source);
        assert!(
            html.contains(r#"<p><a href="https://x.example/a">Zugang öffnen</a></p>"#),
            "{html}"
        );
        assert!(html.contains("<li><strong>Eins</strong></li>"), "{html}");
        assert!(html.contains("helfen.<br />\nGruß"), "{html}");
    }

    #[test]
    fn nothing_a_value_holds_is_markup() {
        for hostile in [
            "<script>alert(1)</script>",
            "[hier](https://boese.example)",
            "{{7*7}}",
            "# Titel",
            "a\r\n\r\n- b",
            "    Code",
            "![x](https://boese.example/x.png)",
            "&lt;b&gt;",
            "1. Eins",
            "`x` *y* _z_ ~~w~~ | --- |",
            "\\",
        ] {
            let value = escaped(hostile);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words(&to_text(&value)), words(hostile));
            let html = to_html(&value);
            for tag in ["<script", "<a ", "<img", "<h1", "<li", "<code", "<em"] {
                assert!(!html.contains(tag), "{hostile:?}: {html}");
            }
        }
    }

    #[test]
    fn what_staff_writes_brings_no_code_and_no_pictures_either() {
        let source =
            "<b onclick=x>fett</b> [klick](javascript:x) ![Bild](https://x.example/p.png) [gut](https://x.example)";
        let html = to_html(source);
        assert!(
            !html.contains("<b") && !html.contains("javascript:") && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains(r#"<a href="https://x.example">gut</a>"#), "{html}");
    }

    #[test]
    fn long_lines_are_wrapped_and_long_words_are_not() {
        let link = format!("https://x.example/{}", "a".repeat(90));
        let text = to_text(&format!("{} {link}", "wort ".repeat(30)));
        assert!(text.lines().any(|line| line == link));
        assert!(
            text.lines()
                .filter(|line| *line != link)
                .all(|line| line.chars().count() <= WIDTH)
        );
    }
}
