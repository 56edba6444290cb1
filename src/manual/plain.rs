//! Converts inline Markdown to plain text.

/// Removes the Markdown of code spans, bold text, links and escaped bars.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = String::new();
    for (index, part) in markdown.split('`').enumerate() {
        let is_code = index % 2 == 1;
        if is_code {
            text.push_str(part);
        } else {
            text.push_str(&without_links(&part.replace("**", "")));
        }
    }
    text.replace("\\|", "|")
}

/// Replaces `[text](address)` by the text.
fn without_links(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("](") {
        let (Some(open), Some(close)) = (before.rfind('['), after.find(')')) else {
            break;
        };
        out.push_str(&before[..open]);
        out.push_str(&before[open + 1..]);
        rest = &after[close + 1..];
    }
    out + rest
}

/// Returns the code spans of a text.
pub(super) fn code_spans(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split('`').skip(1).step_by(2)
}
