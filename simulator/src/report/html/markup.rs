//! Writing markup: everything that came from outside is escaped here and nowhere else.

use std::fmt::Write as _;

use super::super::words::Words;

/// The page as far as it is written.
pub(super) struct Page(String);

/// A drawing of fixed inner size that scales with its column.
pub(super) struct Drawing {
    markup: String,
}

impl Page {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(200_000))
    }

    pub(super) fn add(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// A drawing with its caption and legend.
    pub(super) fn figure(&mut self, title: Words, legend: &str, drawing: Drawing) {
        let markup = drawing.finish();
        self.add(&format!(
            "<figure><figcaption><span>{}</span>{legend}</figcaption>\n{markup}</figure>\n",
            both(title)
        ));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

impl Drawing {
    pub(super) fn new(width: f64, height: f64, title: Words) -> Self {
        let class = if width > 700.0 { " class=\"wide\"" } else { "" };
        let markup = format!(
            "<svg{class} viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{} {}\">\n",
            title.zh, title.en
        );
        Self { markup }
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (from.0, from.1, to.0, to.1);
        self.raw(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n"
        ));
    }

    /// Text at a point: `anchor` is start, middle or end.
    pub(super) fn text(&mut self, class: &str, at: (f64, f64), anchor: &str, text: &str) {
        self.raw(format_args!(
            "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
            at.0,
            at.1,
            escape(text)
        ));
    }

    pub(super) fn path(&mut self, class: &str, data: &str) {
        self.raw(format_args!("<path class=\"{class}\" d=\"{data}\"/>\n"));
    }

    /// A rectangle that tells its story when pointed at.
    pub(super) fn rect(&mut self, class: &str, corner: (f64, f64), size: (f64, f64), story: &str) {
        self.raw(format_args!(
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\">\
             <title>{}</title></rect>\n",
            corner.0,
            corner.1,
            size.0.max(0.0),
            size.1.max(0.0),
            escape(story)
        ));
    }

    pub(super) fn circle(&mut self, class: &str, at: (f64, f64), radius: f64, story: &str) {
        self.raw(format_args!(
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\"><title>{}</title></circle>\n",
            at.0,
            at.1,
            escape(story)
        ));
    }

    /// Markup that is already sound.
    pub(super) fn raw(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.markup.write_fmt(markup);
    }

    fn finish(mut self) -> String {
        self.markup.push_str("</svg>\n");
        self.markup
    }
}

/// The line through points, as path data.
pub(super) fn through(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut data = String::new();
    for (x, y) in points {
        let letter = if data.is_empty() { 'M' } else { 'L' };
        let _ = write!(data, "{letter}{x:.1} {y:.1}");
    }
    data
}

/// A heading in both languages.
pub(super) fn both(words: Words) -> String {
    format!("{} <span class=\"en\">{}</span>", words.zh, words.en)
}

/// A legend of colour keys; each entry is a class and its words.
pub(super) fn legend(entries: impl IntoIterator<Item = (String, String)>) -> String {
    let mut markup = "<span class=\"legend\">".to_owned();
    for (class, name) in entries {
        let _ = write!(markup, "<span><span class=\"key {class}\"></span>{name}</span>");
    }
    markup.push_str("</span>");
    markup
}

/// Text made harmless inside elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Control characters other than line ends have no place in a page.
            control if control.is_control() && control != '\n' => safe.push(' '),
            plain => safe.push(plain),
        }
    }
    safe
}
